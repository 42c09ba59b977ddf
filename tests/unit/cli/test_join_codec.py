"""The codec that somebody joins with."""

import pytest

from fedsol.learning.codecs import TopK
from fedsol.roles import Trainer
from tests.unit.cli.conftest import Terminal

JOIN = ["join", "--data=breast_cancer", "--register", "--stake=2000"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--codec=zip"], "no codec 'zip'"),
        (["--codec=top_k=2"], "k is a share"),
        (["--codec=top_k=much"], "'top_k=much' names no codec"),
        (["--codec=int8", "--plant"], "who plants cannot encode"),
    ],
)
def test_what_cannot_work(terminal: Terminal, words, message):
    terminal.person("alice", register=False)
    assert message in terminal.refused(*JOIN, *words, key="alice")["message"]


def test_the_trainer_gets_the_codec(terminal: Terminal, monkeypatch):
    from fedsol.cli import joining

    parts = []

    async def leave(_session, _terms, part):
        parts.append(part)
        return joining.Outcome(1, 1, "done", 0)

    monkeypatch.setattr(joining, "act", leave)
    terminal.person("alice", register=False)
    terminal.done(*JOIN, "--codec=top_k=0.02", key="alice")
    (trainer,) = [role for role in parts[0].roles if isinstance(role, Trainer)]
    assert trainer.training.codec == TopK(0.02)
