from .fault_no_reveal import fault_no_reveal, FaultNoRevealAccounts
from .federation_close import federation_close, FederationCloseAccounts
from .federation_create import (
    federation_create,
    FederationCreateArgs,
    FederationCreateAccounts,
)
from .federation_fund import federation_fund, FederationFundArgs, FederationFundAccounts
from .federation_pause import (
    federation_pause,
    FederationPauseArgs,
    FederationPauseAccounts,
)
from .participant_close import participant_close, ParticipantCloseAccounts
from .participant_register import (
    participant_register,
    ParticipantRegisterArgs,
    ParticipantRegisterAccounts,
)
from .reward_claim import reward_claim, RewardClaimAccounts
from .round_abort import round_abort, RoundAbortAccounts
from .round_advance import round_advance, RoundAdvanceAccounts
from .round_aggregate import round_aggregate, RoundAggregateArgs, RoundAggregateAccounts
from .round_close import round_close, RoundCloseAccounts
from .round_commit import round_commit, RoundCommitArgs, RoundCommitAccounts
from .round_open import round_open, RoundOpenAccounts
from .round_reveal import round_reveal, RoundRevealArgs, RoundRevealAccounts
from .round_settle import round_settle, RoundSettleAccounts
from .stake_deposit import stake_deposit, StakeDepositArgs, StakeDepositAccounts
from .stake_unbond import stake_unbond, StakeUnbondArgs, StakeUnbondAccounts
from .stake_withdraw import stake_withdraw, StakeWithdrawAccounts
from .submission_close import submission_close, SubmissionCloseAccounts
