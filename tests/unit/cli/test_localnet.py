"""``fedsol localnet``: it serves until it is told to stop, and keeps what it should."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fedsol.program.addresses import PROGRAM_ID
from tests.unit.cli.conftest import Done, run


def ask(port: int, method: str, *params: Any) -> Any:
    """One call; patient while the chain is starting."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    for _ in range(200):
        try:
            return httpx.post(f"http://127.0.0.1:{port}", json=body).json()["result"]
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the chain never answered")


def served(*words: str, look: Callable[[int], Any], end: signal.Signals) -> tuple[Done, Any]:
    """Serves while ``look`` looks at it, then ends it with a signal."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    seen = []

    def visit() -> None:
        try:
            seen.append(look(port))
        finally:
            os.kill(os.getpid(), end)

    visitor = threading.Thread(target=visit)
    visitor.start()
    done = run("localnet", f"--port={port}", *words)
    visitor.join()
    return done, seen[0]


def test_it_has_the_program_and_says_what_to_do_next():
    done, program = served(
        look=lambda port: ask(port, "getAccountInfo", str(PROGRAM_ID), {"encoding": "base64"}),
        end=signal.SIGINT,
    )
    assert done.status == 130
    assert program["value"]["executable"] is True
    assert str(PROGRAM_ID) in done.out
    assert "fedsol key new" in done.out
    assert "Traceback" not in done.err


def test_a_chain_that_is_kept_goes_on(tmp_path):
    state = f"--state={tmp_path / 'chain'}"
    address = "So11111111111111111111111111111111111111112"
    first, _ = served(
        state,
        "--json",
        look=lambda port: ask(port, "requestAirdrop", address, 10**9),
        end=signal.SIGTERM,
    )
    assert first.status == 0
    again, balance = served(
        state,
        "--json",
        look=lambda port: ask(port, "getBalance", address)["value"],
        end=signal.SIGTERM,
    )
    assert again.json["genesis"] == first.json["genesis"]
    assert balance == 10**9


def test_fast_time(tmp_path):
    def slots(port: int) -> int:
        before = ask(port, "getSlot")
        time.sleep(1.0)
        return int(ask(port, "getSlot") - before)

    assert served("--fast", look=slots, end=signal.SIGTERM)[1] >= 8
    assert served("--real-time", look=slots, end=signal.SIGTERM)[1] <= 5


def test_a_taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("localnet", f"--port={taken.getsockname()[1]}")
    assert done.status == 1
    assert "cannot be had" in done.error
    assert "--port" in done.err


@pytest.mark.parametrize("content", [b"", b"not a ledger"])
def test_a_state_file_that_is_none(tmp_path, content):
    (tmp_path / "chain").write_bytes(content)
    done = run("localnet", "--port=0", f"--state={tmp_path / 'chain'}")
    assert done.status == 1
    assert "this is not the file of a fedsol ledger" in done.error
    assert (tmp_path / "chain").read_bytes() == content
