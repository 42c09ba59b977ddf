"""``fedsol watch``, ``fedsol challenge`` and ``fedsol demand``."""

import asyncio
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest
from solders.pubkey import Pubkey

import fedsol
from fedsol.chain import Chain, EmbeddedLedger
from fedsol.demo.cheats import WrongAggregator
from fedsol.program import Round
from fedsol.program import instructions as ix
from fedsol.program.addresses import participant_address as person_at
from fedsol.program.addresses import round_address, submission_address
from fedsol.roles import Aggregator, Crank, Journal, Trainer, Training, run_together
from tests.unit.cli.conftest import Terminal

PEOPLE = ("alice", "bob")
STAKE = 3_000
BOND = 100
# Of the whole aggregator's bond and half of the rest, a fifth.
FINDERS_PART = (1_000 + 1_000) // 5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--budget=-1"], "--budget must be 0 or more"),
        (["--budget=0", "--rounds=0"], "--rounds must be 1 or more"),
        (["--budget=0", "--metrics-port=70000"], "--metrics-port must be within 0..65535"),
    ],
)
def test_what_cannot_work(terminal: Terminal, words, message):
    assert message in terminal.refused("watch", *words)["message"]


def test_a_budget_must_be_named(terminal: Terminal):
    done = terminal.run("watch")
    assert done.status == 2
    assert "--budget" in done.err


def test_who_has_no_tokens_for_a_bond_is_told(terminal: Terminal):
    terminal.address("eve")
    terminal.done("faucet", f"--to={terminal.address('eve')}", "--stake=99")
    error = terminal.refused("watch", "--budget=500", key="eve")
    assert error["kind"] == "InsufficientFunds"
    assert "a challenge takes a bond of 100" in error["message"]
    assert "--budget 0" in error["hint"]


def test_two_watchers_of_one_key(terminal: Terminal):
    address = Pubkey.from_string(str(terminal.federation))
    with Journal(terminal.folder / "state" / "watch", terminal.address("creator"), address):
        error = terminal.refused("watch", "--budget=0")
    assert error["kind"] == "StateError"
    assert "another process" in error["message"]


def test_a_port_that_is_taken(terminal: Terminal):
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = taken.getsockname()[1]
        error = terminal.refused("watch", "--budget=0", f"--metrics-port={port}")
    assert error["kind"] == "ConfigError"
    assert f"metrics cannot be served on port {port}" in error["message"]


# -- a round in which a wrong aggregate stands -----------------------------------------------------


def address_of(terminal: Terminal) -> Pubkey:
    """The federation's address."""
    return Pubkey.from_string(str(terminal.federation))


async def reach_challenge(terminal: Terminal, ledger: EmbeddedLedger, wrong: bool) -> None:
    """Two trainers' round until its aggregate stands, wrong in one coordinate or right."""
    train, _ = fedsol.load("breast_cancer")
    chain = Chain.embedded(ledger)
    federation = await fedsol.Federation.at(
        chain,
        address_of(terminal),
        artifacts=fedsol.ArtifactStore(str(terminal.folder / "artifacts")),
        state=terminal.folder / "state",
    )
    members = [federation.member(terminal.keys[name]) for name in ("creator", *PEOPLE)]
    model = fedsol.model("logreg", features=30, classes=2)
    parts = fedsol.partition(train, fedsol.DirichletPartitioner(2, alpha=1.0, seed=1))
    roles = [Crank(members[0], opens=True, rounds=1)]
    for member, part in zip(members[1:], parts, strict=True):
        aggregator = WrongAggregator(member, 7) if wrong else Aggregator(member)
        roles += [Trainer(member, Training(model, part)), aggregator]
    try:
        await run_together(
            roles, until=lambda now: now.round is not None and now.round.phase.kind == "Challenge"
        )
    finally:
        for member in members:
            member.journal.close()
        await chain.close()


def standing(terminal: Terminal, ledger: EmbeddedLedger, *, wrong: bool) -> Terminal:
    # Long enough for some commands, one after the other.
    windows = ["--challenge=60s", "--unbonding=200s", "--dispute=20s"]
    from tests.unit.cli.conftest import create

    terminal.federation = create(terminal, f"watched {time.monotonic_ns()}"[:32], *windows)
    for name in PEOPLE:
        terminal.person(name, stake=STAKE)
    terminal.person("eve", register=False)
    asyncio.run(reach_challenge(terminal, ledger, wrong))
    return terminal


@pytest.fixture
def wrong(shell: Terminal, ledger: EmbeddedLedger) -> Terminal:
    """A round whose aggregate is wrong in coordinate 7."""
    return standing(shell, ledger, wrong=True)


@pytest.fixture
def right(shell: Terminal, ledger: EmbeddedLedger) -> Terminal:
    """A round whose aggregate is right."""
    return standing(shell, ledger, wrong=False)


def round_now(terminal: Terminal, ledger: EmbeddedLedger) -> Round:
    account = ledger.get_account(round_address(address_of(terminal), 1))
    assert account is not None
    return Round.decode(bytes(account.data))


def when(ready: Callable[[], bool], then: Callable[[], None]) -> threading.Thread:
    """Does something in a thread once something else is so; after 30 s in any case."""

    def wait() -> None:
        end = time.monotonic() + 30
        while not ready() and time.monotonic() < end:
            time.sleep(0.1)
        then()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_watching_proves_a_wrong_aggregate_until_ctrl_c(wrong: Terminal, ledger: EmbeddedLedger):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pages: list[str] = []

    def won() -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{port}/metrics") as page:
                pages[:] = [page.read().decode()]
        except OSError:  # not served yet
            return False
        return 'fedsol_watch_challenges_won_total{kind="WrongAggregate"} 1.0' in pages[0]

    waiting = when(won, lambda: os.kill(os.getpid(), signal.SIGINT))
    words = [str(wrong.federation), "--budget=500", f"--metrics-port={port}", "--json"]
    done = wrong.run("watch", *words, key="eve", federation=None)
    waiting.join()
    assert done.status == 130
    assert round_now(wrong, ledger).attempt == 1
    result = done.json
    assert (result["left_because"], result["newest_round"]) == ("SIGINT", 1)
    assert (result["won"], result["lost"], result["challenges_opened"]) == (1, 0, 1)
    assert result["tokens_won"] == FINDERS_PART
    assert "dispute_won" in done.err
    assert 'fedsol_watch_checks_total{what="update"} 2.0' in pages[0]
    assert 'fedsol_watch_challenges_opened_total{kind="WrongAggregate"}' in pages[0]


def test_watching_for_some_rounds_ends_with_them(right: Terminal, ledger: EmbeddedLedger):
    async def settle() -> None:
        ledger.advance(seconds=70)
        async with Chain.embedded(ledger) as chain:
            step = ix.round_settle(address_of(right), 1, round_now(right, ledger).aggregator)
            await chain.send([step], [right.keys["creator"]])

    here = Path(str(address_of(right))) / str(right.address("eve")) / "lock"
    begun = right.folder / "state" / "watch" / here
    thread = when(begun.exists, lambda: asyncio.run(settle()))
    done = right.done("watch", "--budget=0", "--rounds=1", key="eve")
    thread.join()
    assert done["left_because"] == "done"
    assert (done["challenges_opened"], done["demands"]) == (0, 0)


def test_a_challenge_by_hand_proves_only_what_is_so(wrong: Terminal):
    assert wrong.done("challenge", "list") == {"round": 1, "disputes": []}
    aggregate = ["challenge", "open", "--kind=wrong-aggregate"]
    error = wrong.refused(*aggregate, "--coordinate=8", key="eve")
    assert error["kind"] == "LearningError"
    assert "as the reference says" in error["message"]
    lying = ["challenge", "open", "--kind=lying-norm", f"--target={wrong.address('alice')}"]
    assert "nothing of the kind LyingNorm" in wrong.refused(*lying, key="eve")["message"]
    done = wrong.done(*aggregate, "--coordinate=7", key="eve")
    assert (done["kind"], done["outcome"], done["gained"]) == (
        "WrongAggregate",
        "won",
        FINDERS_PART,
    )
    assert "nothing of the kind" in wrong.refused(*aggregate, key="eve")["message"]


def test_a_demand_is_answered_for_its_author_and_resolved(right: Terminal):
    alice = str(right.address("alice"))
    opened = right.done("demand", "open", "--chunk=0", f"--target={alice}", key="eve")
    assert (opened["kind"], opened["bond"], opened["due"]) == ("Unavailable", BOND, None)
    listed = right.done("challenge", "list")["disputes"]
    assert [one["dispute"] for one in listed] == [opened["dispute"]]
    assert opened["dispute"] in right.run("challenge", "list").out
    early = right.refused("challenge", "resolve", opened["dispute"])
    assert early["kind"] == "DeadlineNotPassed"
    assert right.done("demand", "answer", opened["dispute"], key="eve")["transactions"] == 1
    again = right.refused("demand", "answer", opened["dispute"], key="eve")
    assert "waits for no answer" in again["message"]
    shown = right.done("challenge", "show", opened["dispute"])
    assert (shown["evidence"], shown["due"]) == ("Refutes", "resolve")
    ended = right.done("challenge", "resolve", opened["dispute"])
    assert (ended["outcome"], ended["gained"]) == ("lost", 0)
    assert right.done("challenge", "list")["disputes"] == []


def test_an_author_answers_from_its_own_memory(right: Terminal):
    alice = str(right.address("alice"))
    opened = right.done("demand", "open", "--chunk=0", f"--target={alice}", key="eve")
    answered = right.done(
        "demand", "answer", opened["dispute"], key="alice", artifacts=str(right.folder / "none")
    )
    assert answered == {"answered": opened["dispute"], "transactions": 1}


async def claim(terminal: Terminal, ledger: EmbeddedLedger) -> Pubkey:
    """Eve claims that alice's update lies, and shows nothing."""
    chain = Chain.embedded(ledger)
    address, eve = address_of(terminal), terminal.keys["eve"]
    alice = person_at(address, terminal.address("alice"))
    target = submission_address(round_address(address, 1), alice)
    ref = (
        await fedsol.Federation.at(
            chain, address, artifacts=fedsol.ArtifactStore("memory://"), state=terminal.folder
        )
    ).ref
    step = ix.challenge_open(ref, 1, eve.pubkey(), ix.lying_norm(0), target=target)
    await chain.send([step], [eve])
    return target


def test_a_claim_without_evidence_expires(right: Terminal, ledger: EmbeddedLedger):
    asyncio.run(claim(right, ledger))
    (one,) = right.done("challenge", "list")["disputes"]
    assert (one["kind"], one["verdict"], one["due"]) == ("LyingNorm", "Open", None)
    early = right.refused("challenge", "expire", one["dispute"])
    assert early["kind"] == "DeadlineNotPassed"
    ledger.advance(seconds=25)
    assert right.done("challenge", "show", one["dispute"])["due"] == "expire"
    assert right.done("challenge", "expire", one["dispute"])["outcome"] == "lost"


def test_a_dispute_that_is_not_there(right: Terminal):
    nothing = str(Pubkey.new_unique())
    for words in (["challenge", "show"], ["challenge", "resolve"], ["demand", "answer"]):
        assert "has no challenge or demand" in right.refused(*words, nothing)["message"]
    demand = ["demand", "open", "--chunk=0", f"--target={nothing}"]
    assert "has no submission in round 1" in right.refused(*demand, key="eve")["message"]


def test_before_the_first_round(terminal: Terminal):
    assert "no round was opened" in terminal.refused("challenge", "list")["message"]
