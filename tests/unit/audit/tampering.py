"""Histories that somebody changed afterwards, and what the audit says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fedsol.audit import History, watch
from fedsol.audit.calls import Call, Step
from fedsol.audit.ledger import Scores
from fedsol.audit.verdicts import check_plants, check_verdicts
from fedsol.program.events import Event, coder, decode

_DISCRIMINATOR_BYTES = 8


@dataclass(frozen=True)
class Told:
    """A history as it was read: the cluster's genesis hash, and scores that stood in accounts."""

    history: History
    genesis: bytes
    kept: dict[bytes, Scores]

    def flaws(self, history: History | None = None) -> set[str]:
        """Names of the checks that fail of this history, or of another one, without any account."""
        replayed = watch(history or self.history, self.genesis, self.kept)
        checks = [
            *replayed.checks,
            check_verdicts(replayed.ledger),
            check_plants(replayed.ledger),
        ]
        return {check.name for check in checks if not check.ok}


def altered(event: Event, **fields: Any) -> Event:
    """The event with other values: decoded from its bytes, as if a ledger had them."""
    layout = coder().events.layouts[event.name].subcon.subcon
    values = vars(event.data) | fields
    made = decode(event.payload[:_DISCRIMINATOR_BYTES] + layout.build(values))
    assert made is not None
    assert made.payload != event.payload
    return made


def change(history: History, name: str, nth: int = 0, **fields: Any) -> History:
    """The history in which the ``nth`` event of a name has other values.

    A value may be a function of the one before.
    """
    places = [i for i, one in enumerate(history.steps) if _is(one, name)]
    steps = list(history.steps)
    event = steps[places[nth]]
    assert isinstance(event, Event)
    values = {
        field: value(getattr(event.data, field)) if callable(value) else value
        for field, value in fields.items()
    }
    steps[places[nth]] = altered(event, **values)
    return replace(history, steps=tuple(steps))


def without(history: History, name: str, nth: int | None = None) -> History:
    """The history without events (or calls) of a name: all of them, or the ``nth``."""
    places = [i for i, one in enumerate(history.steps) if _is(one, name)]
    assert places
    gone = set(places if nth is None else [places[nth]])
    kept = (one for i, one in enumerate(history.steps) if i not in gone)
    return replace(history, steps=tuple(kept))


def up_to(history: History, name: str, nth: int = 0) -> History:
    """The history up to the ``nth`` event of a name, and with it: nothing later can give it away."""
    places = [i for i, one in enumerate(history.steps) if _is(one, name)]
    return replace(history, steps=history.steps[: places[nth] + 1])


def moved(history: History, name: str, to: str, nth: int = 0) -> History:
    """The history in which the ``nth`` event of a name came right before the first of another."""
    steps = [one for one in history.steps if not _is(one, name)]
    event = [one for one in history.steps if _is(one, name)][nth]
    place = next(i for i, one in enumerate(steps) if _is(one, to))
    return replace(history, steps=(*steps[:place], event, *steps[place:]))


def events_of(history: History, name: str) -> list[Event]:
    """The events of a name."""
    return [one for one in history.events if one.name == name]


def flipped(data: Any) -> list[int]:
    """Bytes of which one bit is another."""
    return [data[0] ^ 1, *data[1:]]


def more(amount: int = 1) -> Callable[[int], int]:
    """A change that adds to a number."""
    return lambda value: value + amount


def _is(step: Step, name: str) -> bool:
    return isinstance(step, Event | Call) and step.name == name
