"""A round's rule and numbers, as the learning layer names them."""

from fedsol.learning import Mean, Median, Rule, Scale, TrimmedMean
from fedsol.learning.selection import MultiKrum, SelectionRule, Weighted
from fedsol.program import Round
from fedsol.program.generated.types.aggregation_rule import AggregationRuleKind
from fedsol.program.generated.types.aggregation_rule import MultiKrum as RawMultiKrum
from fedsol.program.generated.types.aggregation_rule import TrimmedMean as RawTrimmedMean
from fedsol.program.generated.types.aggregation_rule import Weighted as RawWeighted


def rule_of(raw: AggregationRuleKind) -> Rule:
    """The rule that makes each coordinate: where the program's rule selects, the weighted mean."""
    if isinstance(raw, RawTrimmedMean):
        return TrimmedMean(raw.value["trim"])
    return Median() if raw.kind == "Median" else Mean()


def selection_rule_of(raw: AggregationRuleKind) -> SelectionRule | None:
    """The rule by which submissions are selected; None where all that are accepted count."""
    if isinstance(raw, RawMultiKrum):
        return MultiKrum(raw.value["byzantine"], raw.value["keep"])
    return Weighted() if isinstance(raw, RawWeighted) else None


def scale_of(round_: Round) -> Scale:
    """The round's fixed-point settings and server learning rate."""
    params = round_.params
    return Scale(
        lr_num=params.lr_num,
        lr_den=params.lr_den,
        frac_bits=params.frac_bits,
        update_bits=params.update_bits,
    )
