"""Rules, data and times as they are written by people."""

import numpy as np
import pytest

from fedsol.cli.data import check_fit, read_data, take_part
from fedsol.cli.rules import Rules, params_of
from fedsol.cli.views import duration, rule_text
from fedsol.errors import ArchitectureMismatch, ConfigError
from fedsol.learning.models import parse_spec, spec
from fedsol.program.params import (
    Params,
    Window,
    masked,
    median,
    multi_krum,
    trimmed_mean,
    weighted,
)


def test_no_rules_are_the_defaults():
    assert params_of(Rules()) == Params()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45", 45), ("45s", 45), ("10min", 600), ("10m", 600), ("2 h", 7_200), ("7d", 604_800)],
)
def test_lengths_of_time(text, seconds):
    assert params_of(Rules(challenge=text)).challenge.seconds == seconds


NUMBERS = {
    "challenge_bond": 5,
    "min_evaluators": 2,
    "max_evaluators": 9,
    "evaluator_bps": 700,
    "score_floor": 50,
    "score_band": 900,
    "audit_one_in": 4,
    "no_reveal_bps": 300,
    "evaluator_slash_bps": 400,
    "fraud_bps": 4_500,
    "round_cap_bps": 6_500,
    "finder_bps": 1_500,
    "treasury_bps": 2_500,
}


def test_every_rule_of_scores_and_disputes_can_be_given():
    params = params_of(Rules(score="30s", dispute="2h", **NUMBERS))
    assert (params.score.seconds, params.dispute.seconds) == (30, 7_200)
    assert {name: getattr(params, name) for name in NUMBERS} == NUMBERS


def test_without_a_length_nobody_scores():
    assert params_of(Rules(score="0")).score == Window(0, 0)


def test_a_local_unbonding_window_outlasts_scores_and_disputes():
    """The program takes no shorter one: every second of the longest round, and one more."""
    params = params_of(Rules(preset="local", score="7s", dispute="11s"))
    assert params.unbonding.seconds == 1 + 3 * 7 + 3 * 11 + 5 * 4


def test_options_win_over_the_file(tmp_path):
    file = tmp_path / "rules.toml"
    file.write_text("min_stake = 5\nmin_submissions = 6\n")
    params = params_of(Rules(params=file, min_stake=7))
    assert (params.min_stake, params.min_submissions) == (7, 6)


@pytest.mark.parametrize("text", ["min_stake = ", "min_stake = true", "commit = { seconds = 3 }"])
def test_a_file_that_is_wrong(tmp_path, text):
    file = tmp_path / "rules.toml"
    file.write_text(text)
    with pytest.raises(ConfigError):
        params_of(Rules(params=file))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (-5, "0 s"), (59.6, "1 min"), (61, "1 min 1 s"), (90_061, "1 d 1 h")],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    "text",
    [
        "logreg(classes=2,features=30)",
        "mlp(classes=10,features=64,hidden=32)",
        "mlp(classes=10,features=64,hidden=32x16)",
        "cnn(channels=1,classes=10,filters=8x16,side=8)",
    ],
)
def test_a_models_text_is_read_back(text):
    assert spec(parse_spec(text)) == text
    name, _, settings = text.removesuffix(")").partition("(")
    backwards = " , ".join(reversed(settings.split(",")))
    assert spec(parse_spec(f" {name} ({backwards}) ")) == text


@pytest.mark.parametrize(
    "text", ["", "logreg", "logreg(features=-1,classes=2)", "logreg(30,2)", "mlp(a=1)"]
)
def test_what_is_no_model(text):
    with pytest.raises(ConfigError):
        parse_spec(text)


@pytest.mark.parametrize("how", ["iid", "dirichlet", "pathological", "shard"])
def test_parts_are_the_whole(how):
    whole = read_data("breast_cancer")
    parts = [take_part(whole, f"{i}/4", how, alpha=1.0, seed=3) for i in (1, 2, 3, 4)]
    assert sum(map(len, parts)) == len(whole)


def test_data_must_fit():
    model = parse_spec("cnn(side=8,classes=10)")
    check_fit(model, read_data("digits"))
    with pytest.raises(ArchitectureMismatch):
        check_fit(model, read_data("iris"))


def test_a_data_file_cannot_run_anything(tmp_path):
    file = tmp_path / "evil.npz"
    np.savez(file, x=np.array([{"a": 1}], object), y=np.zeros(1, np.int32))
    with pytest.raises(ConfigError):
        read_data(str(file))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("median", median()),
        ("trimmed_mean( 2 )", trimmed_mean(2)),
        ("krum(1)", multi_krum(1, 1)),
        ("multi_krum(1, 3)", multi_krum(1, 3)),
        ("weighted", weighted()),
        ("masked", masked()),
        ("masked(7500)", masked(7_500)),
    ],
)
def test_a_rule_is_given_as_it_is_shown(text, rule):
    made = params_of(Rules(rule=text))
    assert made.rule == rule
    assert params_of(Rules(rule=rule_text(made.rule))).rule == rule


@pytest.mark.parametrize(
    "text", ["krum", "krum(1, 2)", "multi_krum(1)", "mean(1)", "best", "(", "masked(1, 2)"]
)
def test_a_rule_that_there_is_not_is_refused(text):
    with pytest.raises(ConfigError, match="no aggregation rule"):
        params_of(Rules(rule=text))


def test_a_rule_that_selects_takes_no_more_submissions_than_it_can():
    assert params_of(Rules(rule="krum(1)")).max_submissions == 256
    assert params_of(Rules(rule="masked")).max_submissions == 256
    assert params_of(Rules(rule="weighted", max_submissions=9)).max_submissions == 9
    assert params_of(Rules(rule="weighted", max_submissions=999)).max_submissions == 999


def test_a_local_unbonding_window_of_a_masked_round_has_the_time_to_share_in_it():
    params = params_of(Rules(preset="local", rule="masked", commit="9s"))
    assert params.unbonding.seconds == 1 + 2 * 9 + 7 * 4
