"""Every attack of the demo: tried, caught, and paid for by the cheat alone, to the unit."""

import asyncio
import io
import json
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fedsol import demo
from fedsol.cli import main
from fedsol.demo import attack_performance
from fedsol.demo.attack_board import AttackBoard
from fedsol.demo.attack_flows import money_ways
from fedsol.demo.attack_money import reckon
from fedsol.demo.attack_performance import files_of
from fedsol.demo.cast import ATTACKS, CHEAT_ROUND, CONVENER, TOKEN, WATCHER, Scenario
from fedsol.demo.live import Quiet, Shown
from fedsol.demo.story import Outcome, Screen, play
from fedsol.errors import ConfigError

ROUNDS = 2  # one before the attack, and the attack's own

# What the rules cost: the rate of the fault, of all that is staked, in basis points.
RATES = {"silent": 2_000, "lazy-evaluator": 1_000}
FRAUD, FINDER, TREASURY = 5_000, 2_000, 4_000
BOND, AGGREGATOR_BOND = 50 * TOKEN, 200 * TOKEN
KINDS = {
    "wrong-aggregate": "WrongAggregate",
    "fake-norm": "LyingNorm",
    "copy": "CopiedUpdate",
    "withhold": "Unavailable",
}


@dataclass(frozen=True)
class Told:
    """An attack as the command line told it: exit code, what it printed, and the folder."""

    attack: str
    code: int
    result: dict[str, Any]
    out: Path

    def balance(self, name: str) -> dict[str, Any]:
        return next(one for one in self.result["balances"] if one["name"] == name)

    @property
    def cheat(self) -> dict[str, Any]:
        return self.balance(self.result["cheat"])

    def lines(self, step: str) -> list[str]:
        told = [one for one in self.result["told"] if one["round"] == CHEAT_ROUND]
        return [one["words"] for one in told if one["step"] == step]


@pytest.fixture(scope="module", params=ATTACKS)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """One attack through the real entry point."""
    out = tmp_path_factory.mktemp(request.param)
    paper = io.StringIO()
    words = ["demo", f"--attack={request.param}", f"--rounds={ROUNDS}", f"--out={out}", "--json"]
    with redirect_stdout(paper):
        code = main(words)
    return Told(request.param, code, json.loads(paper.getvalue()), out)


def test_it_is_caught_and_the_audit_finds_nothing_wrong(told: Told) -> None:
    assert told.code == 0
    assert told.result["ok"] is told.result["caught"] is True
    assert set(told.result["checks"].values()) == {True}
    assert told.result["audit"]["ok"] is True
    assert told.result["finder"] == WATCHER


def test_the_cheat_pays_exactly_what_its_fault_costs(told: Told) -> None:
    staked = told.cheat["stake_before"]
    lost = AGGREGATOR_BOND if told.attack == "wrong-aggregate" else 0
    fine = lost + (staked - lost) * RATES.get(told.attack, FRAUD) // 10_000
    assert told.result["fine"] == fine
    assert told.cheat["stake_after"] == staked - fine
    assert told.cheat["stake_honest"] == staked
    assert told.cheat["rewards"] <= told.cheat["rewards_honest"]


def test_a_fine_is_divided_by_the_rules(told: Told) -> None:
    fine = told.result["fine"]
    watcher = told.balance(WATCHER)
    assert watcher["stake_after"] - watcher["stake_before"] == fine * FINDER // 10_000
    assert told.result["treasury"] == fine * TREASURY // 10_000
    assert told.result["burned"] == fine - fine * (FINDER + TREASURY) // 10_000


def test_nobody_else_loses_anything(told: Told) -> None:
    guilty = {told.cheat["name"], WATCHER}
    others = [one for one in told.result["balances"] if one["name"] not in guilty]
    assert {one["name"] for one in others} > {CONVENER}
    for one in others:
        assert one["stake_after"] == one["stake_before"] == one["stake_honest"]
    before, after = (
        sum(one[f"stake_{when}"] for one in told.result["balances"]) for when in ("before", "after")
    )
    assert before - after == told.result["treasury"] + told.result["burned"]


def test_a_bond_comes_back_where_one_was_needed(told: Told) -> None:
    bonds = [(one["kind"], one["amount"], one["returned"]) for one in told.result["bonds"]]
    kind = KINDS.get(told.attack)
    assert bonds == ([(kind, BOND, BOND)] if kind is not None else [])


def test_the_story_says_what_happened_in_its_order(told: Told) -> None:
    steps = [one["step"] for one in told.result["told"] if one["round"] == CHEAT_ROUND]
    (deed,) = told.lines("cheat")
    assert deed.startswith(told.cheat["name"])
    shown = ["cheat", "notice", "verdict", "pay"] if told.attack in KINDS else ["cheat", "fault"]
    assert [one for one in steps if one in shown] == shown
    if told.attack == "wrong-aggregate":
        pieces = [line.split(":")[0] for line in told.lines("evidence")]
        assert pieces == [f"{number} of 7" for number in range(1, 8)]
        posted = told.lines("aggregate")
        assert len(posted) == 2
        assert posted[0].startswith(told.cheat["name"])
        assert not posted[1].startswith(told.cheat["name"])
    assert steps[-1] == ("fault" if told.attack == "lazy-evaluator" else "settle")


def test_page_picture_and_numbers_are_written(told: Told) -> None:
    page, picture, numbers = files_of(told.attack)
    assert sorted(one.name for one in told.out.iterdir()) == sorted([page, picture, numbers])
    assert (told.out / picture).read_bytes().startswith(b"\x89PNG")
    assert json.loads((told.out / numbers).read_text()) == told.result
    text = (told.out / page).read_text()
    assert f"{told.cheat['name']} was caught and lost {told.result['fine'] // TOKEN:,}:" in text
    assert text.count("data:image/png;base64,") == 2
    assert "$" not in text


# -- what the attacks have in common ---------------------------------------------------------------


@pytest.fixture(scope="module")
def outcomes() -> tuple[Outcome, Outcome]:
    """A told attack and the same story without the cheat."""
    scenario = Scenario(attack="fake-norm", rounds=ROUNDS)
    tellings = (scenario, replace(scenario, honest=True))
    attacked, honest = (asyncio.run(play(one, Quiet(ROUNDS))) for one in tellings)
    return attacked, honest


def test_an_honest_story_has_no_fine_and_is_no_catch(outcomes: tuple[Outcome, Outcome]) -> None:
    honest = reckon(outcomes[1], outcomes[1])
    assert (honest.fines, honest.bonds, honest.burned) == ([], [], 0)
    assert honest.caught is False
    assert honest.checks["others_whole"] is True


def test_an_attack_that_is_not_caught_is_no_success(
    outcomes: tuple[Outcome, Outcome],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def unnoticed(_: Scenario, __: Screen) -> Outcome:
        return outcomes[1]

    monkeypatch.setattr(attack_performance, "play", unnoticed)
    assert demo.run(attack="fake-norm", out=tmp_path, rounds=ROUNDS) == 1
    assert "Cedarfield was not caught" in capsys.readouterr().out
    assert json.loads((tmp_path / "attack-fake-norm.json").read_text())["caught"] is False


def test_the_drawn_ways_keep_every_token(outcomes: tuple[Outcome, Outcome]) -> None:
    bill = reckon(*outcomes)
    ways = money_ways(bill)
    for node in ways.nodes:
        came = sum(one.amount for one in ways.flows if one.target == node.key)
        went = sum(one.amount for one in ways.flows if one.source == node.key)
        assert node.amount in {came, went}
        assert node.column in {0, 2} or came == went
    drawn = {one.key: one.amount for one in ways.nodes}
    assert drawn["kept"] == bill.of("Cedarfield").stake_after
    assert (drawn["treasury"], drawn["burned"]) == (bill.treasury, bill.burned)
    watcher = bill.of(WATCHER)
    assert drawn["finder"] - drawn["put up"] == watcher.stake_after - watcher.stake_before


def test_the_live_panel_shows_the_case(outcomes: tuple[Outcome, Outcome]) -> None:
    outcome, paper = outcomes[0], io.StringIO()
    console = Console(file=paper, force_terminal=True, width=120)
    board = AttackBoard({}, ROUNDS, scenario=outcome.scenario)
    with Shown(ROUNDS, console, board) as screen:
        screen.cast(outcome.names)
        for moment in outcome.moments:
            screen.saw(moment)
    text = paper.getvalue()
    assert "evidence ▰▰▰▰▰▰▰ 1 of 1" in text
    assert "guilty, Cedarfield loses 500 of its stake" in text
    stakes = {seat.name: seat.stake + seat.bond for seat in board.seats.values()}
    for owner, person in outcome.participants.items():
        assert stakes[outcome.names[owner]] == person.stake


def test_an_unknown_attack_is_named_with_those_that_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigError) as unknown:
        demo.run(attack="sign-flip", out=tmp_path)
    assert "no attack 'sign-flip'" in str(unknown.value)
    assert all(attack in unknown.value.hint for attack in ATTACKS)
    assert main(["demo", "--attack=sign-flip", f"--out={tmp_path}"]) != 0
    assert "wrong-aggregate" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
