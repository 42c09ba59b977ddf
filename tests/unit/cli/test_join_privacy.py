"""The noise that somebody joins with, and what of it a federation cannot have."""

import pytest

from fedsol.learning.privacy import Budget, ClientPrivacy, ExamplePrivacy
from fedsol.roles import Trainer
from tests.unit.cli.conftest import MODEL, Terminal

JOIN = ["join", "--data=breast_cancer", "--register", "--stake=2000"]
CREATE = ["federation", "create", "--name=hidden", f"--model={MODEL}", "--preset=local"]


@pytest.fixture
def masked(terminal: Terminal) -> str:
    """The address of a federation whose updates are masked."""
    done = terminal.done(*CREATE, "--rule=masked", "--max-submissions=8", federation=None)
    return str(done["federation"])


@pytest.fixture
def joined(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> list[Trainer]:
    """The trainers that have joined; none of them stays."""
    from fedsol.cli import joining

    trainers: list[Trainer] = []

    async def leave(_session, _terms, part):
        trainers.extend(role for role in part.roles if isinstance(role, Trainer))
        return joining.Outcome(1, 1, "done", 0)

    monkeypatch.setattr(joining, "act", leave)
    terminal.person("alice", register=False)
    return trainers


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--epsilon=3"], "there is none"),
        (["--privacy=examples", "--clip-norm=0"], "clip_norm must be positive"),
        (["--privacy=examples", "--epsilon=3", "--noise-multiplier=0"], "without noise"),
        (["--privacy=clients"], "every single update is public"),
    ],
)
def test_what_cannot_work(terminal: Terminal, words, message):
    terminal.person("alice", register=False)
    assert message in terminal.refused(*JOIN, *words, key="alice")["message"]


def test_codecs_do_not_go_with_masks(terminal: Terminal, masked: str):
    terminal.person("alice", register=False)
    refused = terminal.refused(*JOIN, "--codec=int8", key="alice", federation=masked)
    assert "Codec int8: masks turn every word" in refused["message"]


def test_the_trainer_gets_noise_and_budget(terminal: Terminal, joined: list[Trainer]):
    words = ["--privacy=examples", "--clip-norm=2", "--noise-multiplier=1.5", "--epsilon=3"]
    terminal.done(*JOIN, *words, key="alice")
    training = joined[0].training
    assert training.privacy == ExamplePrivacy(2.0, 1.5)
    assert training.budget == Budget(3.0, 1e-5, sampling="poisson")


def test_under_masks_the_trainer_hides_itself(
    terminal: Terminal, joined: list[Trainer], masked: str
):
    words = ["--privacy=clients", "--clip-norm=0.2", "--noise-multiplier=0.5"]
    terminal.done(*JOIN, *words, key="alice", federation=masked)
    assert joined[0].training.privacy == ClientPrivacy(0.2, 0.5)
