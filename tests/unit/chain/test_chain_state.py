"""The embedded ledger's file and its snapshots."""

from __future__ import annotations

import os

import pytest
from solders.keypair import Keypair

from fedsol.chain import Chain, EmbeddedLedger
from fedsol.errors import ConfigError, StateError

SOL = 10**9


async def test_whole_ledger_comes_back_from_its_file(chain, ledger, alice, bob, pay, tmp_path):
    landed = await chain.send([pay(alice, bob, 7)], [alice])
    ledger.advance(seconds=100)
    ledger.save(tmp_path / "ledger.bin")
    loaded = EmbeddedLedger.load(tmp_path / "ledger.bin")
    async with Chain.embedded(loaded) as again:
        assert await again.genesis_hash() == await chain.genesis_hash()
        assert await again.clock() == await chain.clock()
        assert await again.history(bob.pubkey()) == await chain.history(bob.pubkey())
        assert await again.balance(alice.pubkey()) == 100 * SOL - 5_007
        assert loaded.blocks.to_json() == ledger.blocks.to_json()
        assert loaded.snapshot() == ledger.snapshot()
        more = await again.send([pay(alice, bob, 7)], [alice])
        assert more.signature != landed.signature


async def test_blockhash_and_duplicates_survive_the_file(chain, ledger, alice, bob, pay, tmp_path):
    kept = []

    async def persist(raw: bytes, _signature: object, height: int) -> None:
        kept.append((raw, height))

    landed = await chain.send([pay(alice, bob, 7)], [alice], before_send=persist)
    ledger.save(tmp_path / "ledger.bin")
    async with Chain.embedded(EmbeddedLedger.load(tmp_path / "ledger.bin")) as again:
        assert await again.resume(*kept[0]) == landed
        assert await again.balance(bob.pubkey()) == SOL + 7


async def test_same_blocks_follow_from_a_snapshot(ledger, alice, bob):
    snapshot = ledger.snapshot()
    ledger.airdrop(bob.pubkey(), SOL)
    first = ledger.blocks.latest
    ledger.restore(snapshot)
    assert ledger.get_account(bob.pubkey()).lamports == SOL
    ledger.airdrop(bob.pubkey(), SOL)
    assert ledger.blocks.latest == first


def test_restore_forgets_accounts_made_after_the_snapshot(ledger):
    snapshot, later, owner = ledger.snapshot(), Keypair().pubkey(), Keypair().pubkey()
    ledger.set_account(later, lamports=SOL, owner=owner)
    ledger.restore(snapshot)
    assert ledger.get_account(later) is None
    assert ledger.owned_by(owner) == []


@pytest.mark.parametrize(
    "damage",
    [lambda b: b[:100], lambda b: b"x" + b, lambda b: b[:13] + b"\x09" + b[14:], lambda b: b""],
)
def test_damaged_file_is_refused_and_changes_nothing(ledger, alice, tmp_path, damage):
    file = tmp_path / "ledger.bin"
    file.write_bytes(damage(ledger.snapshot()))
    with pytest.raises(StateError):
        EmbeddedLedger.load(file)
    with pytest.raises(StateError):
        ledger.restore(file.read_bytes())
    assert ledger.get_account(alice.pubkey()).lamports == 100 * SOL


def test_missing_file_is_a_state_error(tmp_path):
    with pytest.raises(StateError, match=r"nowhere\.bin"):
        EmbeddedLedger.load(tmp_path / "nowhere.bin")


def test_failed_save_leaves_the_old_file(ledger, tmp_path, monkeypatch):
    file = tmp_path / "ledger.bin"
    ledger.save(file)
    before = file.read_bytes()
    ledger.advance(slots=5)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        ledger.save(file)
    assert file.read_bytes() == before
    assert os.listdir(tmp_path) == ["ledger.bin"]


def test_clock_moves_by_seconds_slots_or_both(ledger):
    slot = ledger.slot
    ledger.advance(seconds=4)
    assert (ledger.slot, ledger.unix_timestamp) == (slot + 10, 1_800_000_004)
    ledger.advance(slots=10)
    assert (ledger.slot, ledger.unix_timestamp) == (slot + 20, 1_800_000_008)
    ledger.advance(seconds=100, slots=1)
    assert (ledger.slot, ledger.unix_timestamp) == (slot + 21, 1_800_000_108)
    ledger.warp_to(unix_timestamp=1_800_000_000, slot=slot + 22)
    assert (ledger.slot, ledger.unix_timestamp) == (slot + 22, 1_800_000_000)
    with pytest.raises(ValueError, match="passed"):
        ledger.warp_to(slot=slot)
    with pytest.raises(ValueError, match="negative"):
        ledger.advance(seconds=-1)


def test_ledger_moved_far_ahead_keeps_512_slot_hashes(ledger):
    ledger.advance(slots=1_000_000)
    slots = [slot for slot, _hash in ledger.blocks.slot_hashes]
    assert slots == list(range(ledger.slot - 1, ledger.slot - 513, -1))


def test_only_v0_programs_are_loaded(ledger, tmp_path):
    file = tmp_path / "program.so"
    file.write_bytes(b"text")
    with pytest.raises(ConfigError, match="no ELF"):
        ledger.load_program(Keypair().pubkey(), file)
    file.write_bytes(b"\x7fELF" + bytes(44) + b"\x03\x00\x00\x00" + bytes(100))
    with pytest.raises(ConfigError, match="v3"):
        ledger.load_program(Keypair().pubkey(), file)
    with pytest.raises(ConfigError, match="cannot be read"):
        ledger.load_program(Keypair().pubkey(), tmp_path / "none.so")
