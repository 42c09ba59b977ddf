"""The rules of a federation, with defaults that suit a cluster or a local chain."""

from dataclasses import dataclass, field, replace

from fedsol.program.generated.types import aggregation_rule
from fedsol.program.generated.types.aggregation_rule import AggregationRuleKind
from fedsol.program.generated.types.params import Params as RawParams
from fedsol.program.generated.types.scoring import Scoring
from fedsol.program.generated.types.slash_rates import SlashRates
from fedsol.program.generated.types.slash_split import SlashSplit
from fedsol.program.generated.types.window import Window as RawWindow

DAY = 86_400
SELECTING = ("MultiKrum", "Weighted")
"""Rules under which an aggregator posts which submissions count, and with which weights."""
SELECTION_MAX = 256
"""Most submissions of a round under such a rule, and under a masked one."""
SLOTS_PER_SECOND = 2.5


@dataclass(frozen=True)
class Window:
    """A length of time: at least so many seconds and at least so many slots."""

    seconds: int
    slots: int

    def raw(self) -> RawWindow:
        """The same as AnchorPy encodes it."""
        return RawWindow(self.seconds, self.slots)


def window(seconds: int, slots: int | None = None) -> Window:
    """A window of so many seconds and, unless given, as many slots as pass in half that time."""
    return Window(seconds, max(1, int(seconds * SLOTS_PER_SECOND / 2)) if slots is None else slots)


def mean() -> AggregationRuleKind:
    """Weighted mean."""
    return aggregation_rule.Mean()


def trimmed_mean(trim: int) -> AggregationRuleKind:
    """Mean without the ``trim`` lowest and highest values of each coordinate."""
    return aggregation_rule.TrimmedMean({"trim": trim})


def median() -> AggregationRuleKind:
    """Coordinate-wise median."""
    return aggregation_rule.Median()


def multi_krum(byzantine: int, keep: int) -> AggregationRuleKind:
    """Mean of the ``keep`` updates nearest to their ``n - byzantine - 2`` nearest others; 1: Krum.

    The aggregator posts distances and choice, and every step of both can be proved wrong.
    """
    return aggregation_rule.MultiKrum({"byzantine": byzantine, "keep": keep})


def weighted() -> AggregationRuleKind:
    """Mean with weights that the aggregator posts: they are its word, the mean can be proved wrong."""
    return aggregation_rule.Weighted()


def masked(threshold_bps: int = 6_667) -> AggregationRuleKind:
    """Mean of updates that nobody sees: only their masked sum appears.

    Of a round's members ``threshold_bps`` basis points (at least 5,001; rounded up) must answer for it
    to be unmasked. As long as fewer are in league, they can unmask nobody.
    """
    return aggregation_rule.Masked({"threshold_bps": threshold_bps})


_HOUR = window(3_600)
_DAY = window(DAY)
_CHALLENGE = window(7 * DAY)
_UNBONDING = window(14 * DAY)
_NONE = Window(0, 0)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The rules. Token amounts in token units, windows in seconds and slots, rates in basis points.

    Bounds are the program's (``programs/fedsol/src/state/params.rs``); it refuses what breaks them
    by name.
    """

    commit: Window = _HOUR
    reveal: Window = _HOUR
    score: Window = _NONE
    aggregate: Window = _HOUR
    challenge: Window = _CHALLENGE
    dispute: Window = _DAY
    unbonding: Window = _UNBONDING
    min_submissions: int = 3
    max_submissions: int = 1_000
    min_stake: int = 1_000
    aggregator_bond: int = 1_000
    challenge_bond: int = 100
    round_reward: int = 0
    max_norm_squared: int = 2**48
    qmax: int = 32_767
    frac_bits: int = 16
    update_bits: int = 14
    rule: AggregationRuleKind = field(default_factory=mean)
    lr_num: int = 1
    lr_den: int = 1
    min_evaluators: int = 1
    max_evaluators: int = 5
    evaluator_bps: int = 1_000
    score_floor: int = 1_000
    score_band: int = 2_500
    audit_one_in: int = 20
    no_reveal_bps: int = 2_000
    evaluator_slash_bps: int = 1_000
    fraud_bps: int = 5_000
    round_cap_bps: int = 7_500
    finder_bps: int = 2_000
    treasury_bps: int = 4_000

    @classmethod
    def local(cls, *, seconds: int = 4, **changes: object) -> "Params":
        """Rules whose every window is ``seconds`` long: for a chain of your own.

        Nobody scores unless ``score`` is given.
        """
        short = window(seconds)
        longer = window(11 * seconds + 1, 11 * short.slots + 1)
        base = cls(
            commit=short,
            reveal=short,
            aggregate=short,
            challenge=short,
            dispute=short,
            unbonding=longer,
        )
        return replace(base, **changes)  # type: ignore[arg-type]

    def raw(self) -> RawParams:
        """The same as AnchorPy encodes it."""
        return RawParams(
            commit=self.commit.raw(),
            reveal=self.reveal.raw(),
            score=self.score.raw(),
            aggregate=self.aggregate.raw(),
            challenge=self.challenge.raw(),
            dispute=self.dispute.raw(),
            unbonding=self.unbonding.raw(),
            min_submissions=self.min_submissions,
            max_submissions=self.max_submissions,
            min_stake=self.min_stake,
            aggregator_bond=self.aggregator_bond,
            challenge_bond=self.challenge_bond,
            round_reward=self.round_reward,
            max_norm_squared=self.max_norm_squared,
            qmax=self.qmax,
            frac_bits=self.frac_bits,
            update_bits=self.update_bits,
            rule=self.rule,
            lr_num=self.lr_num,
            lr_den=self.lr_den,
            scoring=Scoring(
                min_evaluators=self.min_evaluators,
                max_evaluators=self.max_evaluators,
                evaluator_bps=self.evaluator_bps,
                floor=self.score_floor,
                band=self.score_band,
                audit_one_in=self.audit_one_in,
            ),
            slash_rates=SlashRates(
                no_reveal_bps=self.no_reveal_bps,
                evaluator_bps=self.evaluator_slash_bps,
                fraud_bps=self.fraud_bps,
                round_cap_bps=self.round_cap_bps,
            ),
            slash_split=SlashSplit(self.finder_bps, self.treasury_bps),
        )
