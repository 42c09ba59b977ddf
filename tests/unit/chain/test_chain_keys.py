"""Key files and the cluster's configuration."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from solders.keypair import Keypair

from fedsol.chain import load_config, load_keypair, resolve_url, save_keypair, websocket_url_of
from fedsol.errors import ConfigError


def test_key_file_comes_back_and_is_private(tmp_path):
    keypair = Keypair()
    path = save_keypair(keypair, tmp_path / "keys" / "id.json")
    assert load_keypair(path) == keypair
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == list(bytes(keypair))


def test_existing_key_is_not_overwritten_unasked(tmp_path):
    path = save_keypair(Keypair(), tmp_path / "id.json")
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="exists"):
        save_keypair(Keypair(), path)
    assert path.read_bytes() == before
    other = Keypair()
    save_keypair(other, path, overwrite=True)
    assert load_keypair(path) == other


def test_open_key_file_is_read_with_a_warning(tmp_path, caplog):
    path = save_keypair(Keypair(), tmp_path / "id.json")
    os.chmod(path, 0o644)
    load_keypair(path)
    assert [record.msg["event"] for record in caplog.records] == ["key_file_is_open"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not json",
        "{}",
        "[1, 2, 3]",
        json.dumps([256] * 64),
        json.dumps(["a"] * 64),
        json.dumps([-1] * 64),
        json.dumps([*list(bytes(Keypair()))[:32], *list(bytes(Keypair()))[32:]]),
    ],
)
def test_wrong_key_file_is_named_and_never_quoted(tmp_path, content):
    path = tmp_path / "id.json"
    path.write_text(content)
    os.chmod(path, 0o600)
    with pytest.raises(ConfigError, match=r"id\.json") as caught:
        load_keypair(path)
    assert caught.value.__cause__ is None
    assert not content or content[1:40] not in str(caught.value)


def test_missing_key_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.json") as caught:
        load_keypair(tmp_path / "none.json")
    assert "solana-keygen" in caught.value.hint


def cli_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yml"
    path.write_text(text)
    return path


def test_solana_cli_file_is_read(tmp_path):
    path = cli_file(
        tmp_path,
        "json_rpc_url: https://rpc.example.com\nwebsocket_url: wss://ws.example.com/\n"
        "keypair_path: /keys/id.json\n",
    )
    config = load_config(cli_config=path, env={})
    assert config.urls == ("https://rpc.example.com",)
    assert config.websocket_url == "wss://ws.example.com/"
    assert config.keypair_path == Path("/keys/id.json")


def test_environment_wins_over_the_file_and_arguments_over_both(tmp_path):
    path = cli_file(tmp_path, "json_rpc_url: https://rpc.example.com\nwebsocket_url: 'wss://x/'\n")
    env = {"FEDSOL_URL": "devnet, http://localhost:9000", "FEDSOL_KEYPAIR": "/env.json"}
    config = load_config(cli_config=path, env=env)
    assert config.urls == ("https://api.devnet.solana.com", "http://localhost:9000")
    assert config.websocket_url == "wss://api.devnet.solana.com/"
    assert config.keypair_path == Path("/env.json")
    config = load_config(url="testnet", keypair="/mine.json", cli_config=path, env=env)
    assert config.urls == ("https://api.testnet.solana.com",)
    assert config.keypair_path == Path("/mine.json")


def test_defaults_without_any_file(tmp_path):
    config = load_config(cli_config=tmp_path / "none.yml", env={})
    assert config.urls == ("http://localhost:8899",)
    assert config.websocket_url == "ws://localhost:8900/"


@pytest.mark.parametrize("text", ["a: [", "- just\n- a list\n"])
def test_broken_cli_file_is_named(tmp_path, text):
    with pytest.raises(ConfigError, match=r"config\.yml"):
        load_config(cli_config=cli_file(tmp_path, text), env={})


def test_monikers_and_urls():
    assert resolve_url("m") == resolve_url("mainnet") == "https://api.mainnet-beta.solana.com"
    assert resolve_url("http://10.0.0.1:1234") == "http://10.0.0.1:1234"
    for wrong in ("mars", "ws://localhost", "http://", ""):
        with pytest.raises(ConfigError):
            resolve_url(wrong)


def test_websocket_is_on_the_next_port_where_one_is_named():
    assert websocket_url_of("http://127.0.0.1:8899") == "ws://127.0.0.1:8900/"
    assert websocket_url_of("https://rpc.example.com/?k=1") == "wss://rpc.example.com/?k=1"
