"""``fedsol round`` where updates stay under masks: who shared, what opens, and who turns it down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from solders.pubkey import Pubkey

import fedsol
from fedsol.chain import Chain, EmbeddedLedger
from fedsol.membership import Membership
from fedsol.roles import Aggregator, Crank, Member, Role, Training, run_together
from fedsol.roles.member import Snapshot
from tests.stories.masked_people import During, Liar
from tests.unit.cli.conftest import MODEL, Terminal
from tests.unit.cli.test_round import Committing

NAMES = ("alice", "bob", "carol")
WINDOWS = [f"--{name}=20s" for name in ("commit", "reveal", "aggregate", "challenge")]


def found(shell: Terminal, name: str, *more: str) -> str:
    """A masked federation's address."""
    words = [
        *("federation", "create", f"--name={name}", f"--model={MODEL}", "--preset=local"),
        *("--rule=masked", *WINDOWS, *more),
    ]
    return str(shell.done(*words)["federation"])


async def play(
    terminal: Terminal,
    ledger: EmbeddedLedger,
    phase: str,
    aggregator: Callable[[Member], Aggregator],
    silent: str | None = None,
) -> None:
    """A round by the library up to a phase, without time passing for anybody else.

    ``silent``: somebody who comes besides, shares, and shows nothing.
    """
    train, _ = fedsol.load("breast_cancer")
    chain = Chain.embedded(ledger)
    federation = await fedsol.Federation.at(
        chain,
        Pubkey.from_string(str(terminal.federation)),
        artifacts=fedsol.ArtifactStore(str(terminal.folder / "artifacts")),
        state=terminal.folder / "library",
    )
    model = fedsol.model("logreg", features=30, classes=2)
    people = []
    for name in NAMES:
        member = federation.member(terminal.keys[name])
        people.append(
            Membership(member, (Committing(member, Training(model, train)), aggregator(member)))
        )
    if silent is not None:
        member = federation.member(terminal.keys[silent])
        mute = During(Committing(member, Training(model, train)), ("Commit", "Share"))
        people.append(Membership(member, (mute,)))
    crank = Crank(federation.member(terminal.keys["creator"]), opens=True, rounds=1)

    def there(now: Snapshot) -> bool:
        return now.round is not None and now.round.phase.kind == phase

    try:
        roles: list[Role] = [crank, *(role for one in people for role in one.roles)]
        await run_together(roles, until=there)
    finally:
        for member in (crank.member, *(one.member for one in people)):
            member.journal.close()
        await chain.close()


@pytest.fixture
def masked(shell: Terminal, numbers: Iterator[int]) -> Terminal:
    """A masked federation of three people with stakes, and no round yet."""
    shell.federation = found(shell, f"masked {next(numbers)}")
    shell.done("federation", "fund", "1000")
    for name in NAMES:
        shell.person(name, stake=3_000)
    return shell


def test_a_masked_federation_is_shown_with_its_rule_and_its_time_to_share(masked: Terminal) -> None:
    params = masked.done("federation", "show")["params"]
    assert (params["rule"], params["max_submissions"]) == ("masked(6667)", 256)
    table = " ".join(masked.run("federation", "show").out.split())
    assert "to share as long as to commit: 20 s" in table


def test_what_masks_cannot_be_is_refused_by_name(shell: Terminal, numbers: Iterator[int]) -> None:
    words = ["federation", "create", f"--model={MODEL}", "--preset=local"]
    for wrong in ("--rule=masked(5000)", "--rule=masked --min-submissions=2"):
        name = f"--name=unmasked {next(numbers)}"
        assert shell.refused(*words, name, *wrong.split())["kind"] == "MaskedOutOfBounds"


def test_who_has_shared_is_shown(masked: Terminal, ledger: EmbeddedLedger) -> None:
    asyncio.run(play(masked, ledger, "Share", Aggregator))
    shown = masked.done("round", "show")
    assert shown["phase"] == "Share"
    assert shown["members"] == {"joined": 3, "shared": 0, "objected": 0}
    assert [one["shares"] for one in shown["submissions"]] == [None] * 3
    asyncio.run(play(masked, ledger, "Reveal", Aggregator))
    shown = masked.done("round", "show")
    assert shown["members"] == {"joined": 3, "shared": 3, "objected": 0}
    assert {one["status"] for one in shown["submissions"]} == {"Shared"}
    assert all(len(one["shares"]) == 64 for one in shown["submissions"])
    table = " ".join(masked.run("round", "show").out.split())
    assert "members 3 shared 3 revealed 0" in table


def test_how_many_joined_is_known_when_submissions_are_closed(
    masked: Terminal, ledger: EmbeddedLedger
) -> None:
    asyncio.run(play(masked, ledger, "Settled", Aggregator))
    masked.done("reward", "claim", key="alice")
    shown = masked.done("round", "show", "1")
    assert len(shown["submissions"]) == 2
    assert shown["members"] == {"joined": 3, "shared": None, "objected": 0}
    table = " ".join(masked.run("round", "show", "1").out.split())
    assert "members 3 shared - revealed 3" in table


def test_nobody_objects_before_there_is_an_aggregate(
    masked: Terminal, ledger: EmbeddedLedger
) -> None:
    asyncio.run(play(masked, ledger, "Reveal", Aggregator))
    early = masked.refused("round", "object", key="alice")["message"]
    assert early == "round 1 has no aggregate to object to: its phase is Reveal"


def test_a_wrong_aggregate_falls_when_most_members_object(
    masked: Terminal, ledger: EmbeddedLedger
) -> None:
    asyncio.run(play(masked, ledger, "Challenge", Liar))
    before = masked.done("round", "show")
    assert (before["objections"], before["selection"]) == (0, None)
    assert len(before["opening"]) == 64
    done = masked.run("round", "object", "--json", key="alice")
    assert "makes another model than was posted" in done.err
    assert (done.json["did"], done.json["phase"], done.json["objections"]) == (
        "object",
        "Challenge",
        1,
    )
    again = masked.refused("round", "object", key="alice")
    assert again["kind"] == "AlreadyObjected"
    shown = masked.done("round", "show")
    assert shown["members"]["objected"] == 1
    assert sorted(one["objected"] for one in shown["submissions"]) == [False, False, True]
    table = " ".join(masked.run("round", "show").out.split())
    assert "objections 1; with 2 the aggregate falls" in table
    fell = masked.done("round", "object", key="bob")
    assert (fell["phase"], fell["attempt"], fell["objections"]) == ("Aggregate", 1, 0)
    assert masked.done("audit", "--no-updates")["ok"] is True


def test_a_right_aggregate_is_not_objected_to(masked: Terminal, ledger: EmbeddedLedger) -> None:
    asyncio.run(play(masked, ledger, "Challenge", Aggregator))
    refused = masked.refused("round", "object", key="alice")["message"]
    assert refused == "the aggregate of round 1 is the exact sum of what was masked"
    assert masked.done("round", "show")["objections"] == 0


def test_what_does_not_open_is_objected_to(masked: Terminal, ledger: EmbeddedLedger) -> None:
    asyncio.run(play(masked, ledger, "Challenge", Aggregator))
    opening = masked.done("round", "show")["opening"]
    (file,) = (masked.folder / "artifacts").rglob(f"*{opening}")
    file.unlink()
    done = masked.run("round", "object", "--json", key="carol")
    assert "the masked sum does not open: " in done.err
    assert done.json["objections"] == 1


def test_only_whose_submission_is_accepted_objects(
    masked: Terminal, ledger: EmbeddedLedger
) -> None:
    stranger = masked.person("stranger", register=False)
    silent = masked.person("silent", stake=3_000)
    asyncio.run(play(masked, ledger, "Challenge", Liar, silent))
    for who in (stranger, silent):
        refused = masked.refused("round", "object", key=who)["message"]
        assert refused == f"{masked.address(who)} has no accepted submission in round 1"


def test_nobody_objects_in_an_open_round(terminal: Terminal) -> None:
    terminal.done("round", "open")
    refused = terminal.refused("round", "object")["message"]
    assert refused == "round 1 is not masked: nobody votes on its aggregate"
    shown = terminal.done("round", "show")
    assert (shown["objections"], shown["opening"], shown["members"]) == (None, None, None)


def test_an_audit_says_what_it_can_know_of_masked_rounds(
    masked: Terminal, ledger: EmbeddedLedger
) -> None:
    asyncio.run(play(masked, ledger, "Settled", Aggregator))
    report = masked.done("audit")
    assert report["ok"] is True
    assert report["checks"][-1]["detail"] == (
        "3 masked updates, 1 aggregates; masked: the posted model is the exact sum of what was "
        "committed; what single updates are, and their norms, cannot be checked"
    )
    table = " ".join(masked.run("audit").out.split())
    assert "everything agrees" in table
    assert "masked: the posted model" in table
