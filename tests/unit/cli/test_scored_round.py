"""``fedsol round`` and ``fedsol reward`` where evaluators score."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from solders.pubkey import Pubkey

import fedsol
from fedsol.chain import Chain, EmbeddedLedger
from fedsol.membership import Membership
from fedsol.roles import (
    Aggregator,
    Crank,
    Evaluator,
    HeldOut,
    Role,
    Trainer,
    Training,
    run_together,
)
from fedsol.roles.member import Snapshot
from tests.unit.cli.conftest import Terminal, create

WINDOWS = [f"--{name}=20s" for name in ("commit", "reveal", "score", "aggregate", "challenge")]
PEOPLE = {"alice": "trainer", "bob": "trainer", "ida": "evaluator", "jon": "evaluator"}


class Committing(Trainer):
    """Trains, commits and reveals, and leaves the reward to be claimed by hand."""

    async def _settle_accounts(self, now: object) -> bool:
        return False


class Scoring(Evaluator):
    """Scores, and leaves the reward to be claimed by hand."""

    async def _settle_accounts(self, now: object) -> bool:
        return False


@dataclass(frozen=True)
class Quiet:
    """A crank that never scores: that is left to the command line."""

    crank: Crank

    @property
    def member(self):
        return self.crank.member

    async def step(self, now: Snapshot) -> bool:
        tallying = now.round is not None and now.round.phase.kind == "Tally"
        return not tallying and await self.crank.step(now)


def members(federation: fedsol.Federation, terminal: Terminal) -> list[Membership]:
    train, test = fedsol.load("breast_cancer")
    model = fedsol.model("logreg", features=30, classes=2)
    found = []
    for name, what in PEOPLE.items():
        member = federation.member(terminal.keys[name])
        roles: Sequence[Role] = [Scoring(member, HeldOut(model, test))]
        if what == "trainer":
            roles = [Committing(member, Training(model, train)), Aggregator(member)]
        found.append(Membership(member, roles))
    return found


async def play(terminal: Terminal, ledger: EmbeddedLedger, phase: str) -> None:
    """A round by the library up to a phase, without time passing for anybody else."""
    chain = Chain.embedded(ledger)
    federation = await fedsol.Federation.at(
        chain,
        Pubkey.from_string(str(terminal.federation)),
        artifacts=fedsol.ArtifactStore(str(terminal.folder / "artifacts")),
        state=terminal.folder / "library",
    )
    people = members(federation, terminal)
    crank = Quiet(Crank(federation.member(terminal.keys["creator"]), opens=True, rounds=1))

    def there(now: Snapshot) -> bool:
        return now.round is not None and now.round.phase.kind == phase

    try:
        roles = [role for one in people for role in one.roles]
        await run_together([crank, *roles], until=there)
    finally:
        for member in (crank.member, *(one.member for one in people)):
            member.journal.close()
        await chain.close()


@pytest.fixture
def scored(shell: Terminal, ledger: EmbeddedLedger, numbers) -> Terminal:
    """A round of two trainers and two evaluators whose Tally phase has begun."""
    shell.federation = create(shell, f"scored {next(numbers)}", *WINDOWS)
    shell.done("federation", "fund", "1000")
    for name, what in PEOPLE.items():
        shell.person(name, register=False)
        roles = [f"--role={what}", *(["--role=aggregator"] if what == "trainer" else [])]
        shell.done("participant", "register", *roles, "--stake=3000", key=name)
    asyncio.run(play(shell, ledger, "Tally"))
    return shell


def settle(scored: Terminal, ledger: EmbeddedLedger) -> None:
    """Scores by the command line, and lets the library do the rest."""
    ledger.advance(seconds=30, slots=100)
    assert scored.done("round", "advance")["phase"] == "Aggregate"
    asyncio.run(play(scored, ledger, "Settled"))


def test_advance_scores_what_was_revealed(scored: Terminal, ledger: EmbeddedLedger):
    early = scored.refused("round", "advance")
    assert "nothing is due: Tally of round 1 ends in" in early["message"]
    before = scored.done("round", "show")
    assert [one["score"] for one in before["submissions"]] == [None, None]
    ledger.advance(seconds=30, slots=100)
    advanced = scored.done("round", "advance")
    assert (advanced["did"], advanced["phase"], advanced["scored"]) == ("advance", "Aggregate", 2)
    after = scored.done("round", "show")
    assert [one["status"] for one in after["submissions"]] == ["Revealed", "Revealed"]
    assert all(one["score"] > 1_000 for one in after["submissions"])


def test_evaluators_are_shown(scored: Terminal, ledger: EmbeddedLedger):
    shown = scored.done("round", "show")
    assert (shown["seats"], shown["scores_shown"], shown["accepted"]) == (2, 2, 2)
    assert [one["status"] for one in shown["evaluators"]] == ["Revealed", "Revealed"]
    assert all(len(one["scores"]) == 2 for one in shown["evaluators"])
    assert [one["at_fault"] for one in shown["evaluators"]] == [False, False]
    settle(scored, ledger)
    text = scored.run("round", "show").out
    for word in (
        "evaluator",
        "credits",
        "strikes",
        "missed plants",
        "2 of at most 5, 2 have shown",
    ):
        assert word in text


def test_trainers_and_evaluators_claim(scored: Terminal, ledger: EmbeddedLedger):
    assert (
        "nothing can be claimed"
        in scored.refused("reward", "claim", "--round=1", key="ida")["message"]
    )
    settle(scored, ledger)
    points = [one["score"] for one in scored.done("round", "show")["submissions"]]
    got = {name: scored.done("reward", "claim", key=name) for name in PEOPLE}
    assert [got[name]["claimed"] for name in ("ida", "jon")] == [5, 5]
    assert [got[name]["claimed"] for name in ("alice", "bob")] == [
        90 * score // sum(points) for score in points
    ]
    assert [one["as"] for one in got["ida"]["rounds"]] == ["evaluator"]
    for name, what in PEOPLE.items():
        me = scored.done("participant", "show", key=name)
        assert (me["rewarded"], me["duties"]) == (got[name]["claimed"], 0)
        assert me["evaluated"] == (what == "evaluator")
        assert scored.done("reward", "claim", key=name) == {"claimed": 0, "rounds": []}
    assert scored.done("federation", "show")["ledger"]["owed"] == 0
