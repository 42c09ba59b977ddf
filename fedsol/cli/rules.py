"""The rules of a new federation: a preset, then a file, then single options."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Group, Parameter

from fedsol.errors import ConfigError

Preset = Literal["local", "cluster"]
RULES = Group("Rules", sort_key=50)
_UNITS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400}
_WINDOWS = ("commit", "reveal", "score", "aggregate", "challenge", "dispute", "unbonding")


@Parameter(name="*", group=RULES)
@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules that can be given one by one."""

    preset: Annotated[
        Preset, Parameter(help="Where to start: seconds long (local), or hours and days (cluster).")
    ] = "cluster"
    params: Annotated[
        Path | None, Parameter(help="TOML file with any of the rules, by their names.")
    ] = None
    commit: Annotated[str | None, Parameter(help="Time to commit, like 30s, 10min, 2h or 7d.")] = (
        None
    )
    reveal: Annotated[str | None, Parameter(help="Time to reveal.")] = None
    score: Annotated[
        str | None,
        Parameter(
            help="Time to score, to show scores, and to reveal plants; 0 where nobody scores."
        ),
    ] = None
    aggregate: Annotated[str | None, Parameter(help="Time to aggregate.")] = None
    challenge: Annotated[str | None, Parameter(help="Time to challenge.")] = None
    dispute: Annotated[
        str | None, Parameter(help="Time to prove a challenge, and to show a chunk.")
    ] = None
    unbonding: Annotated[
        str | None, Parameter(help="Time in the unbonding queue: longer than a whole round.")
    ] = None
    min_submissions: Annotated[int | None, Parameter(help="Fewest updates of a round.")] = None
    max_submissions: Annotated[int | None, Parameter(help="Most updates of a round.")] = None
    min_stake: Annotated[int | None, Parameter(help="Least stake of a trainer.")] = None
    aggregator_bond: Annotated[int | None, Parameter(help="What an aggregator bonds.")] = None
    challenge_bond: Annotated[
        int | None, Parameter(help="What a challenger bonds; more for each further demand.")
    ] = None
    round_reward: Annotated[
        int | None, Parameter(help="What a round pays, if there is as much.")
    ] = None
    rule: Annotated[
        str | None,
        Parameter(
            help="How updates are combined: mean, median, trimmed_mean(TRIM), krum(BYZANTINE), "
            "multi_krum(BYZANTINE, KEEP), weighted, or masked(THRESHOLD_BPS): the mean of updates "
            "that nobody sees, unmasked only if so many of a round's members answer, in 1/100 %; "
            "6667 unless given."
        ),
    ] = None
    min_evaluators: Annotated[
        int | None, Parameter(help="Fewest evaluators of a round, where there is time to score.")
    ] = None
    max_evaluators: Annotated[int | None, Parameter(help="Most evaluators of a round.")] = None
    evaluator_bps: Annotated[
        int | None, Parameter(help="What evaluators get of a round's reward, in 1/100 %.")
    ] = None
    score_floor: Annotated[
        int | None, Parameter(help="Least score of an accepted update, 0 to 10000.")
    ] = None
    score_band: Annotated[
        int | None, Parameter(help="How far from the median an evaluator may be, 0 to 10000.")
    ] = None
    audit_one_in: Annotated[
        int | None, Parameter(help="One in so many armed trainers may plant noise; 0 for none.")
    ] = None
    no_reveal_bps: Annotated[
        int | None, Parameter(help="What silence costs a trainer of its stake, in 1/100 %.")
    ] = None
    evaluator_slash_bps: Annotated[
        int | None, Parameter(help="What a fault costs an evaluator, in 1/100 %.")
    ] = None
    fraud_bps: Annotated[int | None, Parameter(help="What proved fraud costs, in 1/100 %.")] = None
    round_cap_bps: Annotated[
        int | None, Parameter(help="Most that somebody can lose in a round, in 1/100 %.")
    ] = None
    finder_bps: Annotated[
        int | None, Parameter(help="What of a slash goes to who proved the fault, in 1/100 %.")
    ] = None
    treasury_bps: Annotated[
        int | None, Parameter(help="What of a slash goes to the treasury; the rest is burned.")
    ] = None


NO_RULES = Rules()


def params_of(rules: Rules) -> Any:
    """The rules of a new federation, as ``fedsol.Params``. Raises ConfigError by name."""
    from fedsol.program.params import SELECTING, SELECTION_MAX, Params

    given = {
        one.name: value
        for one in fields(rules)
        if one.name not in ("preset", "params") and (value := getattr(rules, one.name)) is not None
    }
    changes = {**(_read(rules.params) if rules.params else {}), **given}
    values = {name: _value(name, value) for name, value in changes.items()}
    base = Params.local() if rules.preset == "local" else Params()
    params = replace(base, **values)
    bounded = params.rule.kind in SELECTING or _is_masked(params)
    if bounded and "max_submissions" not in values:
        params = replace(params, max_submissions=min(params.max_submissions, SELECTION_MAX))
    if rules.preset == "local" and "unbonding" not in values:
        params = replace(params, unbonding=_after_a_round(params))
    return params


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.expanduser().read_text())
    except OSError as error:
        raise ConfigError(f"the rules {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"the rules {path} are not TOML: {error}") from error


def _value(name: str, value: Any) -> Any:
    from fedsol.program.params import Params

    known = [one.name for one in fields(Params)]
    if name not in known:
        raise ConfigError(f"there is no rule {name!r}", hint=f"The rules are {', '.join(known)}.")
    if name in _WINDOWS:
        return _window(name, value)
    if name == "rule":
        return _rule(str(value))
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ConfigError(f"{name} must be a whole number of 0 or more, not {value!r}")
    return value


def _window(name: str, value: Any) -> Any:
    from fedsol.program.params import Window, window

    if isinstance(value, Mapping):
        if set(value) != {"seconds", "slots"}:
            raise ConfigError(f"{name} must name seconds and slots, or be a text like '10min'")
        return Window(int(value["seconds"]), int(value["slots"]))
    found = re.fullmatch(r"\s*(\d+)\s*([a-z]*)\s*", str(value))
    if found is None or found[2] not in _UNITS:
        raise ConfigError(
            f"{name} is no length of time: {value!r}", hint="Write 30s, 10min, 2h or 7d."
        )
    seconds = int(found[1]) * _UNITS[found[2]]
    return window(seconds) if seconds else Window(0, 0)


def _rule(text: str) -> Any:
    from fedsol.program.params import masked, mean, median, multi_krum, trimmed_mean, weighted

    makers: dict[tuple[str, int], Callable[..., Any]] = {
        ("mean", 0): mean,
        ("median", 0): median,
        ("weighted", 0): weighted,
        ("masked", 0): masked,
        ("masked", 1): masked,
        ("trimmed_mean", 1): trimmed_mean,
        ("krum", 1): lambda byzantine: multi_krum(byzantine, 1),
        ("multi_krum", 2): multi_krum,
    }
    found = re.fullmatch(r"\s*(\w+)\s*(?:\(([\d\s,]*)\))?\s*", text)
    numbers = [one for one in (found[2] or "").split(",") if one.strip()] if found else []
    maker = makers.get((found[1] if found else "", len(numbers)))
    if maker is None:
        raise ConfigError(
            f"there is no aggregation rule {text!r}",
            hint="Use mean, median, trimmed_mean(1), krum(1), multi_krum(1, 3), weighted or "
            "masked(6667).",
        )
    return maker(*map(int, numbers))


def _is_masked(params: Any) -> bool:
    return bool(params.rule.kind == "Masked")


def _after_a_round(params: Any) -> Any:
    """The shortest unbonding window that these phases allow."""
    from fedsol.program.params import Window

    phases = [
        *(params.commit, params.reveal, params.challenge),
        *(params.score, params.score, params.score),
        *(params.aggregate, params.aggregate),
        *(params.dispute, params.dispute, params.dispute),
        *([params.commit] if _is_masked(params) else []),  # as long, to share
    ]
    return Window(1 + sum(one.seconds for one in phases), 1 + sum(one.slots for one in phases))
