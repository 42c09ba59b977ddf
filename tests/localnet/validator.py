"""A ``solana-test-validator`` of its own for the tests: free ports, own ledger, gone afterwards."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from fedsol.program.addresses import PROGRAM_ID
from fedsol.program.builds import build_path

COMMAND = "solana-test-validator"
STARTS_WITHIN = 60.0
_PORTS = 40
# Ends the validator and removes its files when the pipe to this process closes: also when this
# process is killed.
_GUARD = 'folder=$1; shift; "$@" & read -r line; kill -9 $!; wait $!; rm -rf "$folder"'


def installed() -> bool:
    """Whether the validator can be run here."""
    return shutil.which(COMMAND) is not None


@contextmanager
def validator(build: str) -> Iterator[str]:
    """Runs a validator with the program's build ``v0`` or ``v3``; yields its RPC URL."""
    folder = Path(tempfile.mkdtemp(prefix="fedsol-validator-"))
    base = _free_ports()
    url, log = f"http://127.0.0.1:{base}", folder / "log"
    command = [COMMAND, "--reset", "--quiet", "--ledger", str(folder / "ledger")]
    command += ["--bind-address", "127.0.0.1", "--rpc-port", str(base)]
    command += ["--faucet-port", str(base + 2), "--gossip-port", str(base + 3)]
    command += ["--dynamic-port-range", f"{base + 4}-{base + _PORTS}"]
    command += ["--bpf-program", str(PROGRAM_ID), str(build_path(build))]
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["sh", "-c", _GUARD, "sh", str(folder), *command],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
        )
    try:
        _wait(url, log)
        yield url
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


def _wait(url: str, log: Path) -> None:
    """Returns once the validator is healthy and confirms blocks."""
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end:
        healthy = _call(url, "getHealth") == "ok"
        slot = _call(url, "getSlot", {"commitment": "confirmed"})
        if healthy and isinstance(slot, int) and slot > 1:
            return
        time.sleep(0.2)
    said = log.read_text(errors="replace")[-2_000:]
    raise RuntimeError(f"{COMMAND} was not ready within {STARTS_WITHIN:.0f} s:\n{said}")


def _call(url: str, method: str, *params: object) -> object:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return json.load(answer).get("result")
    except (OSError, ValueError):
        return None


def _free_ports() -> int:
    """The first of a run of ports that nothing listens on."""
    for _ in range(50):
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            # Below the ephemeral ports, which other programs are given at any moment.
            base = 10_000 + (int(probe.getsockname()[1]) * 37 + os.getpid()) % 20_000
        if all(_is_free(port) for port in range(base, base + _PORTS + 1)):
            return base
    raise RuntimeError(f"no run of {_PORTS} free ports was found")


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with closing(socket.socket(socket.AF_INET, kind)) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
