"""The command line in this process, against a local chain in another thread."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.chain import EmbeddedLedger, Localnet, save_keypair
from fedsol.cli import main
from fedsol.sandbox import load_program

MODEL = "logreg(features=30,classes=2)"


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON value on standard output."""
        value: dict[str, Any] = json.loads(self.out)
        return value

    @property
    def error(self) -> str:
        """The first error line."""
        return next(line for line in self.err.splitlines() if line.startswith("error: "))


@dataclass
class Terminal:
    """Somebody's terminal: keys, store and memory in one folder."""

    url: str
    folder: Path
    federation: str | None = None
    keys: dict[str, Keypair] = field(default_factory=dict, repr=False)

    def address(self, name: str) -> Pubkey:
        """Whose key file NAME.json is; made when it is first asked for."""
        if name not in self.keys:
            self.keys[name] = Keypair()
            save_keypair(self.keys[name], self.folder / f"{name}.json")
        return self.keys[name].pubkey()

    def run(self, *words: str, key: str = "creator", **instead: str | None) -> Done:
        """One command by KEY; ``instead`` replaces an option, or leaves it out with None."""
        self.address(key)
        given: dict[str, str | None] = {
            "url": self.url,
            "keypair": str(self.folder / f"{key}.json"),
            "artifacts": str(self.folder / "artifacts"),
            "state": str(self.folder / "state"),
            "federation": self.federation,
            **instead,
        }
        options = [f"--{name}={value}" for name, value in given.items() if value is not None]
        return run(*words, *options)

    def done(self, *words: str, key: str = "creator", **instead: str | None) -> dict[str, Any]:
        """The JSON result of a command that succeeds."""
        result = self.run(*words, "--json", key=key, **instead)
        assert result.status == 0, result.err
        return result.json

    def refused(self, *words: str, key: str = "creator", **instead: str | None) -> dict[str, str]:
        """The JSON error of a command that fails, and is no bug."""
        result = self.run(*words, "--json", key=key, **instead)
        assert result.status == 1, result.out
        assert "Traceback" not in result.err
        error: dict[str, str] = result.json["error"]
        assert f"error: {error['message']}" in result.err
        return error

    def person(self, name: str, *, stake: int = 0, register: bool = True) -> str:
        """Somebody with money, and unless asked otherwise a stake."""
        to = str(self.address(name))
        self.done("faucet", f"--to={to}", "--stake=10000", "--reward=10000")
        if register:
            self.done("participant", "register", f"--stake={stake}", key=name)
        return name


def run(*words: str) -> Done:
    """One command line, as the shell would run it."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            status = main(words)
    finally:
        logger = logging.getLogger("fedsol")
        logger.handlers[:] = [logging.NullHandler()]
        logger.setLevel(logging.NOTSET)
        logger.propagate = True
    return Done(status, out.getvalue(), err.getvalue())


@contextmanager
def serving(ledger: EmbeddedLedger) -> Iterator[str]:
    """A ledger over HTTP, from a thread of its own; its URL."""
    started, loops = threading.Event(), []
    net = Localnet(0, ledger=ledger)

    async def serve() -> None:
        async with net:
            stop = asyncio.Event()
            loops.append((asyncio.get_running_loop(), stop))
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert started.wait(20)
        yield net.url
    finally:
        loop, stop = loops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)


@pytest.fixture(scope="session")
def ledger() -> EmbeddedLedger:
    """A chain whose time passes when it is told to."""
    made = EmbeddedLedger()
    load_program(made)
    return made


@pytest.fixture(scope="session")
def url(ledger: EmbeddedLedger) -> Iterator[str]:
    with serving(ledger) as at:
        yield at


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return iter(range(1, 1_000))


@pytest.fixture
def shell(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal whose creator has money, and no federation yet."""
    for name in ("FEDERATION", "ARTIFACTS", "STATE", "URL", "KEYPAIR", "DEBUG"):
        monkeypatch.delenv(f"FEDSOL_{name}", raising=False)
    terminal = Terminal(url, tmp_path)
    terminal.done("faucet", "--stake=10000", "--reward=10000")
    return terminal


@pytest.fixture
def terminal(shell: Terminal, numbers: Iterator[int]) -> Terminal:
    """A terminal whose creator has made a federation with short windows."""
    shell.federation = create(shell, f"test {next(numbers)}")
    return shell


def create(shell: Terminal, name: str, *more: str) -> str:
    """A federation's address."""
    words = ["federation", "create", f"--name={name}", f"--model={MODEL}", "--preset=local"]
    made = shell.done(*words, "--min-submissions=1", "--round-reward=100", *more)
    return str(made["federation"])
