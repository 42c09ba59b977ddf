"""What an aggregator may post: a model, and where the rule selects a selection, right or wrong."""

from __future__ import annotations

from collections.abc import Iterator

from tests.property.model import Step, digest
from tests.property.proving import accepted, revealed_updates
from tests.property.selections import WORDS, Choice, choice_of
from tests.property.state import Federation
from tests.property.updates import next_model

MODELS = ("good", "good", "good", "wrong 0", "wrong 70", "padded", "lost")


def posting(
    fed: Federation, number: int, step: Step, word: str = "good", chosen: str = "good"
) -> Step:
    """A step that posts the model of a word, made of the selection of another one if there is one."""
    round_, counting = fed.rounds[number], accepted(fed, number)
    choice: Choice | None = None
    weights: tuple[int, ...] = ()
    if round_.rules.selects:
        choice = choice_of(revealed_updates(fed, number), round_.rules, chosen)
        # Who posts what nobody has computes as if all counted alike.
        weights = tuple(choice.weights[one.index] if choice.tree else 1 for _, one in counting)
    elif round_.rules.masked:
        choice = Choice(digest("opening", step.fed, number, step.actor), right=True, chunks=1)
    updates = tuple(one.update for _, one in counting)
    model = next_model(round_.base, updates, round_.rules, word, weights)
    fields = {"word": word, "model": model, "choice": choice, "amount": len(updates)}
    return Step(**{**vars(step), **fields})


def postings(fed: Federation, number: int, step: Step) -> Iterator[Step]:
    """Likely ones; a third of them wrong."""
    for word in MODELS:
        yield posting(fed, number, step, word)
    for chosen in (*("good",) * 4, *WORDS) if fed.rounds[number].rules.selects else ():
        yield posting(fed, number, step, "good", chosen)
