"""``fedsol federation``."""

import pytest

from tests.unit.cli.conftest import MODEL, Terminal, create


def test_create_with_rules_from_preset_file_and_options(shell: Terminal, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text(
        'min_stake = 50\nrule = "trimmed_mean(1)"\nmin_submissions = 3\n'
        'commit = "1h"\nreveal = { seconds = 60, slots = 70 }\n'
    )
    terms = tmp_path / "terms.txt"
    terms.write_text("Only for the good of patients.")
    made = shell.done(
        "federation",
        "create",
        "--name=rules",
        f"--model={MODEL}",
        "--preset=local",
        f"--params={rules}",
        f"--agreement={terms}",
        "--min-stake=70",
    )
    params = made["params"]
    assert params["min_stake"] == 70
    assert params["rule"] == "trimmed_mean(1)"
    assert params["commit"]["seconds"] == 3_600
    assert params["reveal"] == {"seconds": 60, "slots": 70}
    once, twice = ("commit", "reveal", "challenge"), ("aggregate",)
    thrice = ("score", "dispute")
    phases = once + 2 * twice + 3 * thrice
    assert params["unbonding"]["seconds"] == 1 + sum(params[one]["seconds"] for one in phases)
    shell.federation = made["federation"]
    shown = shell.done("federation", "show")
    assert shown["model"] == "logreg(classes=2,features=30)"
    assert shown["parameter_count"] == 62
    assert {key: shown[key] for key in made} == made


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--model=forest(trees=3)"], "no model 'forest'"),
        (["--model=logreg"], "does not name a model"),
        (["--rule=best"], "there is no aggregation rule 'best'"),
        (["--commit=soon"], "commit is no length of time: 'soon'"),
        (["--params=/nowhere.toml"], "cannot be read"),
        (["--agreement=/nowhere.txt"], "cannot be read"),
        (["--stake-mint=11111111111111111111111111111111"], "is no token mint"),
        (["--reward-mint=here"], "'here' is no address of a mint"),
        (["--min-stake=-1"], "min_stake must be a whole number"),
        (["--score=soon"], "score is no length of time: 'soon'"),
        (["--score=30s", "--max-evaluators=17"], "1 <= min <= max <= 16 evaluators"),
        (["--fraud-bps=10001"], "Slash rates must be 100 basis points"),
        (["--preset=local", "--unbonding=3s"], "unbonding window must be longer"),
    ],
)
def test_create_names_what_is_wrong(shell: Terminal, words, message):
    if not any(word.startswith("--model") for word in words):
        words = [f"--model={MODEL}", *words]
    error = shell.refused("federation", "create", "--name=wrong", *words)
    assert message in error["message"]


def test_a_rule_that_is_none_is_named(shell: Terminal, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text("min_steak = 50\n")
    error = shell.refused(
        "federation", "create", "--name=wrong", f"--model={MODEL}", f"--params={rules}"
    )
    assert "min_steak" in error["message"]
    assert "min_stake" in error["hint"]


def test_nobody_creates_without_money(shell: Terminal):
    error = shell.refused("federation", "create", "--name=poor", f"--model={MODEL}", key="pauper")
    assert error["kind"] == "InsufficientFunds"
    assert str(shell.address("pauper")) in error["message"]


def test_show_for_people(terminal: Terminal):
    done = terminal.run("federation", "show")
    assert done.status == 0
    for text in (str(terminal.federation), "logreg(classes=2,features=30)", "4 s", "none yet"):
        assert text in done.out


def test_the_rules_of_scores_are_shown_under_their_own_names(shell: Terminal):
    rules = ["--score=30s", "--min-evaluators=2", "--score-floor=70", "--evaluator-slash-bps=400"]
    shell.federation = create(shell, "scored", *rules)
    params = shell.done("federation", "show")["params"]
    assert params["score"]["seconds"] == 30
    names = ("min_evaluators", "score_floor", "evaluator_bps", "evaluator_slash_bps", "fraud_bps")
    assert [params[name] for name in names] == [2, 70, 1_000, 400, 5_000]


def test_what_a_fault_costs_is_shown_to_people(shell: Terminal):
    shell.federation = create(shell, "costs", "--score=30s", "--evaluator-slash-bps=450")
    text = shell.run("federation", "show").out
    (line,) = [one for one in text.splitlines() if "evaluator silent" in one]
    assert [part.strip() for part in line.split("│")[2:6]] == ["4.5 %", "20 %", "40 %", "40 %"]
    assert "one in 20 armed trainers plants" in text
    assert "10 % of a round's reward" in text


def test_where_nobody_scores_that_is_said(terminal: Terminal):
    assert "nobody scores" in terminal.run("federation", "show").out


def test_list_names_it(terminal: Terminal):
    listed = terminal.done("federation", "list", federation=None)["federations"]
    assert terminal.federation in [one["federation"] for one in listed]


def test_fund(terminal: Terminal):
    assert terminal.done("federation", "fund", "300")["available"] == 300
    assert terminal.done("federation", "fund", "5")["available"] == 305
    shown = terminal.done("federation", "show")
    assert shown["ledger"]["available"] == 305
    error = terminal.refused("federation", "fund", "1000000")
    assert error["kind"] == "InsufficientFunds"
    assert "9,695" in error["message"]
    assert "positive" in terminal.refused("federation", "fund", "0")["message"]


def test_pause_and_resume(terminal: Terminal):
    assert terminal.done("federation", "pause")["paused"] is True
    assert terminal.done("federation", "show")["paused"] is True
    assert terminal.refused("round", "open")["kind"] == "FederationPaused"
    assert terminal.done("federation", "pause", "--resume")["paused"] is False
    assert terminal.done("round", "open")["round"] == 1


def test_only_the_creator_pauses_and_closes(terminal: Terminal):
    other = terminal.person("other", register=False)
    for words in (["federation", "pause"], ["federation", "close"]):
        assert "only the creator" in terminal.refused(*words, key=other)["message"]


def test_close(terminal: Terminal):
    terminal.done("federation", "fund", "300")
    assert terminal.done("federation", "close")["closed"] == terminal.federation
    assert "there is no federation" in terminal.refused("federation", "show")["message"]
    held = terminal.done("faucet", "--sol=0", "--stake=0", "--reward=0")
    assert held["reward_tokens"] == 10_000


def test_a_federation_with_people_is_not_closed(terminal: Terminal):
    terminal.person("alice", stake=2_000)
    assert terminal.refused("federation", "close")["kind"] == "FederationInUse"


def test_the_same_name_twice(shell: Terminal):
    create(shell, "twin")
    done = shell.run(
        "federation", "create", "--name=twin", f"--model={MODEL}", "--preset=local", "--json"
    )
    assert done.status == 1
    assert "error" in done.json
