"""One builder per instruction, under the instruction's name: what you know in, a solders
``Instruction`` out.

Builders derive every address; they read nothing and send nothing.
"""

from fedsol.program.instructions.federation import (
    federation_close as federation_close,
)
from fedsol.program.instructions.federation import (
    federation_create as federation_create,
)
from fedsol.program.instructions.federation import (
    federation_fund as federation_fund,
)
from fedsol.program.instructions.federation import (
    federation_pause as federation_pause,
)
from fedsol.program.instructions.money import (
    fault_no_reveal as fault_no_reveal,
)
from fedsol.program.instructions.money import (
    reward_claim as reward_claim,
)
from fedsol.program.instructions.money import (
    stake_deposit as stake_deposit,
)
from fedsol.program.instructions.money import (
    stake_unbond as stake_unbond,
)
from fedsol.program.instructions.money import (
    stake_withdraw as stake_withdraw,
)
from fedsol.program.instructions.participant import (
    participant_close as participant_close,
)
from fedsol.program.instructions.participant import (
    participant_register as participant_register,
)
from fedsol.program.instructions.round import (
    round_abort as round_abort,
)
from fedsol.program.instructions.round import (
    round_advance as round_advance,
)
from fedsol.program.instructions.round import (
    round_aggregate as round_aggregate,
)
from fedsol.program.instructions.round import (
    round_close as round_close,
)
from fedsol.program.instructions.round import (
    round_commit as round_commit,
)
from fedsol.program.instructions.round import (
    round_open as round_open,
)
from fedsol.program.instructions.round import (
    round_reveal as round_reveal,
)
from fedsol.program.instructions.round import (
    round_settle as round_settle,
)
from fedsol.program.instructions.round import (
    submission_close as submission_close,
)
