"""The client of the fedsol program.

In the order in which a transaction is made: ``addresses`` (where accounts are), ``params`` (the
rules), ``commitment`` (what is hashed), ``instructions`` (what is sent), ``errors`` (what may come
back), ``events`` (what is recorded), ``builds`` (the compiled program). ``generated`` is AnchorPy's
output and never edited.
"""

from fedsol.chain.failure import register
from fedsol.program.addresses import (
    PROGRAM_ID as PROGRAM_ID,
)
from fedsol.program.addresses import (
    FederationRef as FederationRef,
)
from fedsol.program.addresses import (
    Token as Token,
)
from fedsol.program.errors import PROGRAM_ERRORS
from fedsol.program.generated.accounts import (
    Challenge as Challenge,
)
from fedsol.program.generated.accounts import (
    Evaluation as Evaluation,
)
from fedsol.program.generated.accounts import (
    Federation as Federation,
)
from fedsol.program.generated.accounts import (
    Participant as Participant,
)
from fedsol.program.generated.accounts import (
    Round as Round,
)
from fedsol.program.generated.accounts import (
    Submission as Submission,
)

register(PROGRAM_ID, PROGRAM_ERRORS)
