"""Which federations a Flower app can train: those whose updates are seen."""

from fedsol.errors import ConfigError
from fedsol.program.generated.types.aggregation_rule import AggregationRuleKind


def require_open(rule: AggregationRuleKind) -> None:
    """Refuses a federation whose updates stay under masks, by its rule.

    Raises:
        ConfigError: a server that combines updates has to see them, and here nobody does.
    """
    if rule.kind == "Masked":
        raise ConfigError(
            "this federation is masked: nobody sees an update, and a Flower server would",
            hint="Train it with `fedsol join`, or found one with another rule for Flower.",
        )
