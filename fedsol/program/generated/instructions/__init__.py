from .audit_arm import audit_arm, AuditArmArgs, AuditArmAccounts
from .audit_reveal import audit_reveal, AuditRevealArgs, AuditRevealAccounts
from .challenge_append import (
    challenge_append,
    ChallengeAppendArgs,
    ChallengeAppendAccounts,
)
from .challenge_close import challenge_close, ChallengeCloseAccounts
from .challenge_expire import challenge_expire, ChallengeExpireAccounts
from .challenge_measure import (
    challenge_measure,
    ChallengeMeasureArgs,
    ChallengeMeasureAccounts,
)
from .challenge_open import challenge_open, ChallengeOpenArgs, ChallengeOpenAccounts
from .challenge_resolve import challenge_resolve, ChallengeResolveAccounts
from .demand_answer import demand_answer, DemandAnswerArgs, DemandAnswerAccounts
from .demand_open import demand_open, DemandOpenArgs, DemandOpenAccounts
from .evaluation_claim import evaluation_claim, EvaluationClaimAccounts
from .evaluation_close import evaluation_close, EvaluationCloseAccounts
from .fault_evaluator import fault_evaluator, FaultEvaluatorAccounts
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
from .round_join import round_join, RoundJoinArgs, RoundJoinAccounts
from .round_object import round_object, RoundObjectAccounts
from .round_open import round_open, RoundOpenAccounts
from .round_reveal import round_reveal, RoundRevealArgs, RoundRevealAccounts
from .round_settle import round_settle, RoundSettleAccounts
from .round_share import round_share, RoundShareArgs, RoundShareAccounts
from .score_commit import score_commit, ScoreCommitArgs, ScoreCommitAccounts
from .score_reveal import score_reveal, ScoreRevealArgs, ScoreRevealAccounts
from .stake_deposit import stake_deposit, StakeDepositArgs, StakeDepositAccounts
from .stake_unbond import stake_unbond, StakeUnbondArgs, StakeUnbondAccounts
from .stake_withdraw import stake_withdraw, StakeWithdrawAccounts
from .submission_close import submission_close, SubmissionCloseAccounts
from .submission_score import submission_score, SubmissionScoreAccounts
