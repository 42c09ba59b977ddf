"""Help, usage errors and exit statuses of every command."""

import json
import subprocess
import sys

import pytest
from cyclopts import App

import fedsol
from fedsol.cli import app
from tests.unit.cli.conftest import Terminal, run

_NOUNS = {"audit", "demo", "doctor", "faucet", "federation", "join", "key", "localnet"}
_NOUNS |= {"participant", "reward", "round", "stake", "watch", "challenge", "demand", "simulate"}


def commands(of: App = app, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The words of every command."""
    found = [path]
    for name in of:
        if not name.startswith("-"):
            found += commands(of[name], (*path, name))
    return found


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_help_says_what_it_does_and_gives_an_example(words):
    done = run(*words, "--help")
    assert done.status == 0
    lines = [line for line in done.out.splitlines() if line.strip()]
    assert lines[0].startswith("Usage: fedsol")
    assert lines[1].endswith(".")
    assert any(line.startswith("Example: fedsol") for line in lines)


def test_every_noun_is_there():
    assert {words[0] for words in commands() if words} == _NOUNS


def test_version():
    assert run("--version").out.strip() == fedsol.__version__


@pytest.mark.parametrize("words", [words for words in commands() if len(words) > 0], ids=" ".join)
def test_unknown_option_is_a_usage_error(words):
    done = run(*words, "--no-such-thing")
    assert done.status == 2
    assert "error: " in done.err
    assert f"fedsol {words[0]}" in done.err
    assert done.out == ""


def test_usage_errors_are_json_too():
    done = run("stake", "deposit", "much", "--json")
    assert done.status == 2
    assert "much" in done.json["error"]["message"]
    assert done.json["error"]["hint"] == "See `fedsol stake deposit --help`."


def test_an_unknown_command_is_a_usage_error():
    assert run("stakes").status == 2


def test_an_unreachable_chain_is_named(shell: Terminal):
    error = shell.refused("federation", "list", url="http://127.0.0.1:1")
    assert error["kind"] == "RpcUnreachable"
    assert "http://127.0.0.1:1" in error["message"]
    assert "doctor" in error["hint"]


def test_the_next_endpoint_is_used(shell: Terminal):
    done = shell.run("federation", "list", "--json", f"--url={shell.url}", url="http://127.0.0.1:1")
    assert done.status == 0
    assert "federations" in done.json


def test_no_federation_named(shell: Terminal):
    error = shell.refused("federation", "show")
    assert error["message"] == "no federation was named"
    assert "FEDSOL_FEDERATION" in error["hint"]


def test_the_environment_names_the_federation(terminal: Terminal, monkeypatch):
    monkeypatch.setenv("FEDSOL_FEDERATION", str(terminal.federation))
    found = terminal.done("federation", "show", federation=None)
    assert found["federation"] == terminal.federation


@pytest.mark.parametrize("text", ["here", "11111111111111111111111111111111"])
def test_what_is_no_federation_is_refused(shell: Terminal, text):
    error = shell.refused("federation", "show", federation=text)
    assert error["kind"] == "ConfigError"
    assert text in error["message"]


def test_ctrl_c_is_clean(monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("fedsol.chain.load_keypair", interrupted)
    done = run("key", "show", "somewhere.json")
    assert done.status == 130
    assert "Traceback" not in done.err
    assert done.out == ""


def test_a_bug_is_one_line_unless_it_is_looked_for(monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("fedsol.chain.load_keypair", broken)
    done = run("key", "show", "somewhere.json", "--json")
    assert done.status == 1
    assert done.json["error"]["message"] == "ZeroDivisionError: oh"
    assert "FEDSOL_DEBUG=1" in done.err
    monkeypatch.setenv("FEDSOL_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run("key", "show", "somewhere.json")


_MEASURE = """
import json, resource, sys
from fedsol.cli import main
status = main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
heavy = [name for name in ("jax", "sklearn", "numba", "anchorpy") if name in sys.modules]
print(json.dumps({"status": status, "seconds": used.ru_utime + used.ru_stime, "heavy": heavy}))
"""


def measured(*words: str) -> dict:
    """What a command costs in a process of its own."""
    command = [sys.executable, "-c", _MEASURE, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_help_answers_at_once():
    cost = measured("--help")
    assert cost["status"] == 0
    assert cost["heavy"] == []
    assert cost["seconds"] < 0.5


def test_looking_at_a_federation_loads_no_jax(terminal: Terminal):
    options = [
        f"--url={terminal.url}",
        f"--federation={terminal.federation}",
        f"--keypair={terminal.folder / 'creator.json'}",
        f"--artifacts={terminal.folder / 'artifacts'}",
        f"--state={terminal.folder / 'state'}",
        "--json",
    ]
    for words in (["federation", "show"], ["federation", "fund", "1"], ["round", "open"]):
        cost = measured(*words, *options)
        assert cost["status"] == 0
        assert "jax" not in cost["heavy"]
