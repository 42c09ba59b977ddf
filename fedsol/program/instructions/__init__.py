"""One builder per instruction, under the instruction's name: what you know in, a solders
``Instruction`` out.

Builders derive every address; they read nothing and send nothing.
"""

from fedsol.program.instructions.dispute import BASE as BASE
from fedsol.program.instructions.dispute import POSTED as POSTED
from fedsol.program.instructions.dispute import SELECTION as SELECTION
from fedsol.program.instructions.dispute import UPDATE as UPDATE
from fedsol.program.instructions.dispute import challenge_append as challenge_append
from fedsol.program.instructions.dispute import challenge_close as challenge_close
from fedsol.program.instructions.dispute import challenge_expire as challenge_expire
from fedsol.program.instructions.dispute import challenge_measure as challenge_measure
from fedsol.program.instructions.dispute import challenge_open as challenge_open
from fedsol.program.instructions.dispute import challenge_resolve as challenge_resolve
from fedsol.program.instructions.dispute import copied_update as copied_update
from fedsol.program.instructions.dispute import demand_answer as demand_answer
from fedsol.program.instructions.dispute import demand_open as demand_open
from fedsol.program.instructions.dispute import false_plant as false_plant
from fedsol.program.instructions.dispute import lying_norm as lying_norm
from fedsol.program.instructions.dispute import wrong_aggregate as wrong_aggregate
from fedsol.program.instructions.dispute import wrong_distance as wrong_distance
from fedsol.program.instructions.dispute import wrong_selection as wrong_selection
from fedsol.program.instructions.dispute import wrong_weights as wrong_weights
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
    round_join as round_join,
)
from fedsol.program.instructions.round import (
    round_object as round_object,
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
    round_share as round_share,
)
from fedsol.program.instructions.round import (
    submission_close as submission_close,
)
from fedsol.program.instructions.scoring import audit_arm as audit_arm
from fedsol.program.instructions.scoring import audit_reveal as audit_reveal
from fedsol.program.instructions.scoring import evaluation_claim as evaluation_claim
from fedsol.program.instructions.scoring import evaluation_close as evaluation_close
from fedsol.program.instructions.scoring import fault_evaluator as fault_evaluator
from fedsol.program.instructions.scoring import score_commit as score_commit
from fedsol.program.instructions.scoring import score_reveal as score_reveal
from fedsol.program.instructions.scoring import submission_score as submission_score
