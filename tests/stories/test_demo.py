"""The demo's story, in five rounds: its money, its people and its files, counted independently."""

import asyncio
import io
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from solders.pubkey import Pubkey

from fedsol import demo
from fedsol.audit import Check
from fedsol.demo import performance
from fedsol.demo.cast import BYSTANDER, CONVENER, TOKEN, Scenario
from fedsol.demo.live import Quiet, Shown
from fedsol.demo.performance import FILES, add_up, write
from fedsol.demo.report import sol
from fedsol.demo.story import Outcome, play
from fedsol.demo.summary import Summary
from fedsol.errors import ConfigError

ROUNDS = 5
SILENT, LATE, LEAVER = "Cedarfield", "Eastgate", "Bellwater"


@dataclass
class Account:
    """One person's tokens outside the federation, and what is inside; token units."""

    stake: int = 0
    reward: int = 0
    inside: int = 0


@dataclass
class Books:
    """A ledger of its own: nothing but the events, one token moved at a time."""

    people: dict[str, Account] = field(default_factory=dict)
    treasury: int = 0
    burned: int = 0
    vault: int = 0

    def book(self, event: Any, who: str, finder: str) -> None:
        data, account = event.data, self.people[who]
        match event.name:
            case "StakeDeposited":
                account.stake, account.inside = (
                    account.stake - data.amount,
                    account.inside + data.amount,
                )
            case "StakeWithdrawn":
                account.stake, account.inside = (
                    account.stake + data.amount,
                    account.inside - data.amount,
                )
            case "RewardClaimed":
                account.reward += data.amount
                self.vault -= data.amount
            case "NoRevealFaulted":
                account.inside -= data.slashed
                self.people[finder].stake += data.to_finder
                self.treasury += data.to_treasury
                self.burned += data.slashed - data.to_finder - data.to_treasury
            case "FederationFunded":
                account.reward -= data.amount
                self.vault += data.amount


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Summary, Path]:
    """The story, told once, and the folder with its files."""
    out = tmp_path_factory.mktemp("demo")
    scenario = Scenario(rounds=ROUNDS)
    summary = add_up(asyncio.run(play(scenario, Quiet(ROUNDS))))
    write(summary, out)
    return summary, out


@pytest.fixture
def summary(told: tuple[Summary, Path]) -> Summary:
    return told[0]


def test_the_audit_finds_nothing_wrong(summary: Summary) -> None:
    report = summary.outcome.audit
    assert report.ok, [check for check in report.checks if not check.ok]
    assert len(report.checks) >= 9
    assert report.events == len(summary.outcome.moments)


def test_final_balances_are_those_of_a_ledger_kept_from_the_events_alone(summary: Summary) -> None:
    outcome = summary.outcome
    books = keep_books(summary)
    for name, wallet in outcome.wallets.items():
        account = books.people[name]
        assert (wallet.stake, wallet.reward) == (account.stake, account.reward), name
    for owner, person in outcome.participants.items():
        unbonding = sum(entry.amount for entry in person.unbonding)
        assert person.stake + unbonding == books.people[outcome.names[owner]].inside
    assert (summary.totals.treasury, summary.totals.burned) == (books.treasury, books.burned)
    assert summary.totals.funded - summary.totals.paid == books.vault == 0
    for purse in summary.purses:
        assert purse.staked == purse.returned + purse.slashed + purse.still_staked
        assert purse.still_staked == books.people[purse.name].inside


def test_the_silent_hospital_loses_exactly_its_rate(summary: Summary) -> None:
    params = summary.outcome.scenario.params
    purse = purse_of(summary, SILENT)
    assert purse.slashed == purse.staked * params.no_reveal_bps // 10_000 == 200 * TOKEN
    assert purse_of(summary, BYSTANDER).found == purse.slashed * params.finder_bps // 10_000
    assert summary.totals.treasury == purse.slashed * params.treasury_bps // 10_000
    assert [purse.name for purse in summary.purses if purse.slashed] == [SILENT]
    fourth = summary.chapters[3]
    assert SILENT in fourth.committed
    assert SILENT not in fourth.revealed
    assert all(SILENT in one.revealed for one in summary.chapters if one.number != 4)


def test_the_leaver_gets_its_stake_back_to_the_unit(summary: Summary) -> None:
    purse = purse_of(summary, LEAVER)
    assert purse.returned == purse.staked == 1_200 * TOKEN
    assert purse.still_staked == 0
    assert purse.rewards > 0
    assert LEAVER not in {summary.outcome.names[one] for one in summary.outcome.participants}
    assert LEAVER not in summary.chapters[-1].committed


def test_the_late_one_submits_nothing_before_it_joins(summary: Summary) -> None:
    present = [LATE in one.committed for one in summary.chapters]
    assert present == [False, False, True, True, True]


def test_every_round_pays_its_pool_to_those_who_revealed(summary: Summary) -> None:
    pool = summary.outcome.scenario.params.round_reward
    for one in summary.chapters:
        assert one.settled
        assert one.share == pool // len(one.revealed)
    for purse in summary.purses:
        shares = sum(one.share for one in summary.chapters if purse.name in one.revealed)
        assert purse.rewards == shares


def test_together_is_better_than_alone_and_near_to_pooled(summary: Summary) -> None:
    together = summary.outcome.accuracies[-1]
    alone = [curve[-1] for curve in summary.baselines.alone]
    assert together >= sum(alone) / len(alone) + 0.02
    assert together >= summary.baselines.pooled[-1] - 0.03


def test_the_files_hold_the_numbers(told: tuple[Summary, Path]) -> None:
    summary, out = told
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    for name in ("accuracy.png", "balances.png"):
        assert (out / name).read_bytes().startswith(b"\x89PNG")
    result = json.loads((out / "result.json").read_text())
    assert result == summary.to_json()
    assert {purse["name"] for purse in result["money"]} >= {SILENT, LATE, LEAVER, CONVENER}
    page = (out / "report.html").read_text()
    for chapter in summary.chapters:
        assert chapter.model_root in page
        assert f"{chapter.accuracy:.1%}" in page
    for purse in summary.purses:
        assert sol(purse.fees) in page
    assert "1,200 tokens back" in page
    assert "lost 200 tokens, 20 % of its stake" in page


def test_the_report_needs_nothing_from_outside(told: tuple[Summary, Path]) -> None:
    page = (told[1] / "report.html").read_text()
    links = Links()
    links.feed(page)
    assert links.found
    assert all(link.startswith("data:image/png;base64,") for link in links.found)
    assert "$" not in page
    assert "@import" not in page
    assert "url(" not in page


def test_a_second_telling_learns_the_same_and_says_it_line_by_line(
    told: tuple[Summary, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.run(out=tmp_path, rounds=ROUNDS) == 0
    first, second = (json.loads((one / "result.json").read_text()) for one in (told[1], tmp_path))
    assert second["accuracy"] == first["accuracy"]
    roots = [[one["model_root"] for one in result["timeline"]] for result in (first, second)]
    assert roots[0] == roots[1]
    lines = capsys.readouterr().out.splitlines()
    silence = "Ashgrove, Bellwater, Dunmoor and Eastgate revealed; Cedarfield silent"
    assert f"round 4   reveal     {silence}" in lines
    assert sum(line.startswith("round") and "accuracy" in line for line in lines) == ROUNDS
    assert sum(line.startswith("  ✓ ") for line in lines) == len(first["audit"]["checks"])


def test_json_is_all_that_is_printed_and_a_failed_audit_is_no_success(
    told: tuple[Summary, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outcome = told[0].outcome
    wrong = replace(outcome, audit=replace(outcome.audit, checks=[Check("heads", False, "no")]))

    async def replay(*_: object) -> Outcome:
        return wrong

    monkeypatch.setattr(performance, "play", replay)
    assert demo.run(out=tmp_path, json=True, rounds=ROUNDS) == 1
    printed = json.loads(capsys.readouterr().out)
    assert printed["ok"] is False
    page = (tmp_path / "report.html").read_text()
    assert "FAILED" in page
    assert "Silence has its price" not in page


def test_the_live_panel_follows_the_ledger(summary: Summary) -> None:
    paper = io.StringIO()
    outcome = summary.outcome
    with Shown(ROUNDS, Console(file=paper, force_terminal=True, width=90)) as screen:
        screen.cast(outcome.names)
        for moment in outcome.moments:
            screen.saw(moment)
            if moment.event.name == "RoundSettled":
                screen.scored(outcome.accuracies[moment.event.data.number - 1])
    text = paper.getvalue()
    assert f"round {ROUNDS} of {ROUNDS}" in text
    assert "slashed 200" in text
    assert "✓" in text
    seats = {seat.name: seat for seat in screen.board.seats.values()}
    for purse in summary.purses:
        if purse.name in seats:
            seat = seats[purse.name]
            assert seat.stake + seat.bond + seat.leaving == purse.still_staked
            assert seat.rewards == purse.rewards


async def test_whoever_stops_it_half_way_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Impatient(Quiet):
        def scored(self, accuracy: float) -> None:
            raise asyncio.CancelledError

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(asyncio.CancelledError):
        await play(Scenario(rounds=ROUNDS), Impatient(ROUNDS))
    assert not list(tmp_path.iterdir())


def test_what_the_demo_cannot_do_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as attack:
        demo.run(attack="sign_flip", out=tmp_path)
    assert "silent" in attack.value.hint
    with pytest.raises(ConfigError) as model:
        demo.run(model="resnet", out=tmp_path)
    assert "digits" in model.value.hint
    assert not list(tmp_path.iterdir())


class Links(HTMLParser):
    """Everything that a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"src", "srcset", "href"}
        self.found += [value for name, value in attrs if name in wanted and value is not None]


def keep_books(summary: Summary) -> Books:
    """Starts from what everyone was given, and moves what each event says."""
    outcome = summary.outcome
    books = Books({name: Account() for name in outcome.names.values()})
    for hospital in outcome.scenario.hospitals:
        books.people[hospital.name].stake = hospital.stake * TOKEN
    books.people[CONVENER].reward = ROUNDS * outcome.scenario.params.round_reward
    owners: dict[Any, str] = {}
    for event, who in events_with_people(summary, owners):
        finder = outcome.names.get(getattr(event.data, "finder", Pubkey.default()), "")
        books.book(event, who, finder)
    return books


def events_with_people(summary: Summary, owners: dict[Any, str]) -> Iterator[tuple[Any, str]]:
    """Each event that concerns a person or a funder, with their name."""
    names = summary.outcome.names
    for moment in summary.outcome.moments:
        data = moment.event.data
        if moment.event.name == "ParticipantRegistered":
            owners[data.participant] = names[data.owner]
        if moment.event.name == "FederationFunded":
            yield moment.event, names[data.funder]
        elif getattr(data, "participant", None) in owners:
            yield moment.event, owners[data.participant]


def purse_of(summary: Summary, name: str) -> Any:
    return next(purse for purse in summary.purses if purse.name == name)
