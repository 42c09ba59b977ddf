import typing
from . import aggregation_rule
from .aggregation_rule import AggregationRuleKind, AggregationRuleJSON
from . import ascent
from .ascent import Ascent, AscentJSON
from . import audit_reveal_args
from .audit_reveal_args import AuditRevealArgs, AuditRevealArgsJSON
from . import challenge_kind
from .challenge_kind import ChallengeKindKind, ChallengeKindJSON
from . import climb
from .climb import Climb, ClimbJSON
from . import deadline
from .deadline import Deadline, DeadlineJSON
from . import demand_answer_args
from .demand_answer_args import DemandAnswerArgs, DemandAnswerArgsJSON
from . import evaluation_status
from .evaluation_status import EvaluationStatusKind, EvaluationStatusJSON
from . import evidence
from .evidence import EvidenceKind, EvidenceJSON
from . import evidence_args
from .evidence_args import EvidenceArgs, EvidenceArgsJSON
from . import federation_create_args
from .federation_create_args import FederationCreateArgs, FederationCreateArgsJSON
from . import measure_args
from .measure_args import MeasureArgs, MeasureArgsJSON
from . import node
from .node import Node, NodeJSON
from . import params
from .params import Params, ParamsJSON
from . import part
from .part import PartKind, PartJSON
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
from . import score_reveal_args
from .score_reveal_args import ScoreRevealArgs, ScoreRevealArgsJSON
from . import scoring
from .scoring import Scoring, ScoringJSON
from . import selected
from .selected import Selected, SelectedJSON
from . import selection
from .selection import Selection, SelectionJSON
from . import slash_rates
from .slash_rates import SlashRates, SlashRatesJSON
from . import slash_split
from .slash_split import SlashSplit, SlashSplitJSON
from . import submission_status
from .submission_status import SubmissionStatusKind, SubmissionStatusJSON
from . import unbonding
from .unbonding import Unbonding, UnbondingJSON
from . import update
from .update import Update, UpdateJSON
from . import verdict
from .verdict import VerdictKind, VerdictJSON
from . import window
from .window import Window, WindowJSON
