"""``fedsol participant`` and ``fedsol stake``."""

import asyncio
import base64
import json

import pytest
from solders.pubkey import Pubkey
from solders.signature import Signature

from fedsol.chain import Chain, EmbeddedLedger
from fedsol.program import instructions as ix
from fedsol.reading import read_ref
from fedsol.roles import Journal
from tests.unit.cli.conftest import Done, Terminal


def test_register_stake_and_show(terminal: Terminal):
    alice = terminal.person("alice", register=False)
    made = terminal.done("participant", "register", "--role=trainer", "--stake=3000", key=alice)
    assert made["owner"] == str(terminal.address(alice))
    assert (made["roles"], made["stake"]) == ("trainer", 3_000)
    shown = terminal.done("participant", "show", made["owner"])
    assert shown == made
    listed = terminal.done("participant", "list")["participants"]
    assert listed == [made]


def test_the_agreement_is_shown_before_it_is_signed(terminal: Terminal):
    alice = terminal.person("alice", register=False)
    done = terminal.run("participant", "register", key=alice)
    assert done.status == 0
    assert "for research only" in done.err


def test_registering_again_changes_nothing(terminal: Terminal):
    alice = terminal.person("alice", stake=2_000)
    again = terminal.run("participant", "register", "--json", key=alice)
    assert again.status == 0
    assert again.json["stake"] == 2_000
    assert "registered already" in again.err


def test_registering_needs_the_agreements_text(terminal: Terminal, tmp_path):
    alice = terminal.person("alice", register=False)
    error = terminal.refused(
        "participant", "register", key=alice, artifacts=str(tmp_path / "other")
    )
    assert error["kind"] == "ArtifactMissing"
    assert "--artifacts" in error["hint"]


def test_registering_needs_money(terminal: Terminal):
    assert terminal.refused("participant", "register", key="pauper")["kind"] == "InsufficientFunds"


def test_strangers_have_nothing_here(terminal: Terminal):
    stranger = terminal.person("stranger", register=False)
    for words in (
        ["participant", "show"],
        ["participant", "close"],
        ["stake", "deposit", "5"],
        ["stake", "unbond"],
        ["stake", "withdraw"],
        ["reward", "claim"],
    ):
        assert "is no participant" in terminal.refused(*words, key=stranger)["message"]


def test_deposit(terminal: Terminal):
    alice = terminal.person("alice")
    assert terminal.done("stake", "deposit", "500", key=alice)["stake"] == 500
    assert terminal.done("stake", "deposit", "500", key=alice)["stake"] == 1_000
    error = terminal.refused("stake", "deposit", "20000", key=alice)
    assert error["kind"] == "InsufficientFunds"
    assert "9,000" in error["message"]
    assert "positive" in terminal.refused("stake", "deposit", "0", key=alice)["message"]


def test_the_way_out(terminal: Terminal, ledger: EmbeddedLedger):
    alice = terminal.person("alice", stake=2_000)
    assert terminal.refused("participant", "close", key=alice)["kind"] == "ParticipantInUse"
    assert "nothing is unbonding" in terminal.refused("stake", "withdraw", key=alice)["message"]
    assert "2,001" in terminal.refused("stake", "unbond", "2001", key=alice)["message"]
    part = terminal.done("stake", "unbond", "500", key=alice)
    assert part["stake"] == 1_500
    assert [one["amount"] for one in part["unbonding"]] == [500]
    rest = terminal.done("stake", "unbond", key=alice)
    assert (rest["stake"], rest["unbonded"]) == (0, 1_500)
    assert "nothing has matured" in terminal.refused("stake", "withdraw", key=alice)["message"]
    ledger.advance(seconds=60)
    assert terminal.done("stake", "withdraw", key=alice)["withdrawn"] == 2_000
    assert "closed" in terminal.done("participant", "close", key=alice)
    assert "is no participant" in terminal.refused("participant", "show", key=alice)["message"]


def test_withdraw_can_wait(terminal: Terminal, ledger: EmbeddedLedger):
    alice = terminal.person("alice", stake=2_000)
    terminal.done("stake", "unbond", key=alice)
    ledger.advance(seconds=60)
    assert terminal.done("stake", "withdraw", "--wait", key=alice)["withdrawn"] == 2_000


def test_an_aggregator_leaves_the_middle_of_the_list(terminal: Terminal):
    for name in ("alice", "bob"):
        terminal.person(name, stake=3_000)
    assert terminal.done("federation", "show")["aggregators"] == 2
    terminal.done("stake", "unbond", key="alice")
    assert terminal.done("federation", "show")["aggregators"] == 1


class Killed(Exception):
    """What a test raises where a process would have been killed."""


async def killed_before_sending(terminal: Terminal, ledger: EmbeddedLedger, *, amount: int) -> None:
    """Leaves what ``stake deposit 5`` of alice leaves when it dies after signing."""
    address, key = Pubkey.from_string(str(terminal.federation)), terminal.keys["alice"]
    journal = Journal(terminal.folder / "state" / "commands", key.pubkey(), address)

    async def die(signed: bytes, signature: Signature, height: int) -> None:
        record = {"signature": str(signature), "height": height}
        text = json.dumps({**record, "bytes": base64.b64encode(signed).decode()})
        (journal.folder / "stake-deposit-5.transaction").write_text(text)
        raise Killed

    async with Chain.embedded(ledger) as chain:
        step = ix.stake_deposit(await read_ref(chain, address), key.pubkey(), amount)
        with journal, pytest.raises(Killed):
            await chain.send([step], [key], before_send=die, simulate=False)


async def interrupted(terminal: Terminal, ledger: EmbeddedLedger, *, amount: int) -> Done:
    """The same command again, after such a death."""
    await asyncio.to_thread(terminal.person, "alice")
    await killed_before_sending(terminal, ledger, amount=amount)
    done = await asyncio.to_thread(terminal.run, "stake", "deposit", "5", "--json", key="alice")
    assert done.status == 0, done.err
    assert "an earlier `stake-deposit-5` was interrupted" in done.err
    return done


async def test_an_interrupted_deposit_is_completed_and_not_doubled(
    terminal: Terminal, ledger: EmbeddedLedger
):
    assert (await interrupted(terminal, ledger, amount=5)).json["stake"] == 5


async def test_an_interrupted_deposit_that_cannot_succeed_is_made_anew(
    terminal: Terminal, ledger: EmbeddedLedger
):
    """What was signed asks for more than is held: it lands, fails, and is forgotten."""
    assert (await interrupted(terminal, ledger, amount=10**12)).json["stake"] == 5
