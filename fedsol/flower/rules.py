"""Which of Flower's strategies a federation settles exactly: those whose rule is the program's."""

from flwr.serverapp.strategy import FedAvg, FedMedian, FedTrimmedAvg, Strategy

from fedsol.errors import ConfigError
from fedsol.flower.openness import require_open
from fedsol.learning import Mean, Median, Rule, TrimmedMean
from fedsol.learning.selection import SelectionRule
from fedsol.program.generated.types.params import Params
from fedsol.roles.rules import rule_of, selection_rule_of

_KINDS: dict[type, type[FedAvg]] = {
    Mean: FedAvg,
    Median: FedMedian,
    TrimmedMean: FedTrimmedAvg,
}


def require_settled(strategy: Strategy, params: Params) -> FedAvg:
    """The strategy, if its aggregate is what the federation's rules (``params``) settle.

    A subclass that only chooses clients or settings otherwise is as good as its base. FedAvg's
    weights are all one here: nobody can prove how many examples they have.

    Raises:
        ConfigError: it aggregates in another way, or the federation is masked, with the reason.
    """
    require_open(params.rule)
    rule = selection_rule_of(params.rule) or rule_of(params.rule)
    if not isinstance(strategy, FedAvg) or not _computes(strategy, rule):
        fits = _KINDS.get(type(rule))
        raise ConfigError(
            f"{type(strategy).__name__} is not what this federation settles, which is {rule}",
            hint="The program can judge no other aggregate here; "
            + (f"wrap {fits.__name__}." if fits else "no strategy of Flower's computes it."),
        )
    if params.lr_num != params.lr_den:
        raise ConfigError(
            f"this federation's server learning rate is {params.lr_num}/{params.lr_den}, "
            f"{type(strategy).__name__}'s is 1",
            hint="Found the federation with lr_num = lr_den.",
        )
    return strategy


def trims_alike(strategy: FedAvg, params: Params, accepted: int) -> bool:
    """Whether FedTrimmedAvg would cut as many of ``accepted`` updates as the program does."""
    rule = rule_of(params.rule)
    if not isinstance(strategy, FedTrimmedAvg) or not isinstance(rule, TrimmedMean):
        return True
    return int(strategy.beta * accepted) == rule.trim


def _computes(strategy: FedAvg, rule: Rule | SelectionRule) -> bool:
    """Whether the method that aggregates is Flower's own for the rule, whatever else is overridden."""
    kind = _KINDS.get(type(rule))
    return kind is not None and type(strategy).aggregate_train is kind.aggregate_train
