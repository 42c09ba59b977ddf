import typing
from . import aggregation_rule
from .aggregation_rule import AggregationRuleKind, AggregationRuleJSON
from . import deadline
from .deadline import Deadline, DeadlineJSON
from . import federation_create_args
from .federation_create_args import FederationCreateArgs, FederationCreateArgsJSON
from . import params
from .params import Params, ParamsJSON
from . import participant_register_args
from .participant_register_args import (
    ParticipantRegisterArgs,
    ParticipantRegisterArgsJSON,
)
from . import phase
from .phase import PhaseKind, PhaseJSON
from . import round_aggregate_args
from .round_aggregate_args import RoundAggregateArgs, RoundAggregateArgsJSON
from . import round_reveal_args
from .round_reveal_args import RoundRevealArgs, RoundRevealArgsJSON
from . import slash_split
from .slash_split import SlashSplit, SlashSplitJSON
from . import submission_status
from .submission_status import SubmissionStatusKind, SubmissionStatusJSON
from . import unbonding
from .unbonding import Unbonding, UnbondingJSON
from . import update
from .update import Update, UpdateJSON
from . import window
from .window import Window, WindowJSON
