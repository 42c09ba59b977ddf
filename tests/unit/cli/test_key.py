"""``fedsol key`` and ``fedsol faucet``."""

import stat

import pytest

from fedsol.chain import load_keypair
from tests.unit.cli.conftest import Terminal, run


def test_a_new_key_is_its_owners_alone(tmp_path):
    file = tmp_path / "new.json"
    done = run("key", "new", str(file), "--json")
    assert done.status == 0
    assert done.json == {"address": str(load_keypair(file).pubkey()), "file": str(file)}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert run("key", "show", str(file), "--json").json == done.json


def test_a_key_is_not_replaced_by_accident(tmp_path):
    file = tmp_path / "new.json"
    first = run("key", "new", str(file), "--json").json
    again = run("key", "new", str(file))
    assert again.status == 1
    assert "exists already" in again.error
    assert run("key", "show", str(file), "--json").json == first
    replaced = run("key", "new", str(file), "--force", "--json")
    assert replaced.status == 0
    assert replaced.json != first


def test_a_broken_key_file_is_named_and_not_quoted(tmp_path):
    file = tmp_path / "broken.json"
    file.write_text("[1, 2, 3]")
    done = run("key", "show", str(file))
    assert done.status == 1
    assert str(file) in done.err
    assert "1, 2, 3" not in done.err


def test_a_key_that_others_can_read_is_warned_of_on_stderr(tmp_path):
    file = tmp_path / "open.json"
    run("key", "new", str(file))
    file.chmod(0o644)
    done = run("key", "show", str(file), "--json")
    assert done.status == 0
    assert done.json["file"] == str(file)
    assert "chmod 600" in done.err


def test_the_faucet_gives_what_is_asked(shell: Terminal):
    to = str(shell.address("someone"))
    got = shell.done("faucet", f"--to={to}", "--sol=1.5", "--stake=7", "--reward=0")
    assert got["lamports"] == 1_500_000_000
    assert (got["stake_tokens"], got["reward_tokens"]) == (7, 0)
    more = shell.done("faucet", f"--to={to}", "--sol=0", "--stake=1", "--reward=2")
    assert (more["stake_tokens"], more["reward_tokens"]) == (8, 2)
    assert more["stake_mint"] == got["stake_mint"]


@pytest.mark.parametrize("public", ["devnet", "mainnet-beta", "https://rpc.example.com"])
def test_the_faucet_refuses_public_clusters(shell: Terminal, public):
    error = shell.refused("faucet", url=public)
    assert "local chains only" in error["message"]


def test_the_faucet_only_gives(shell: Terminal):
    assert shell.refused("faucet", "--stake=-1")["message"] == "the faucet only gives"
