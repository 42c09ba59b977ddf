"""Histories that several tests look at; they only read them."""

from __future__ import annotations

import pytest

from tests.unit.audit.histories import over, season, tell
from tests.unit.audit.tampering import Told


@pytest.fixture(scope="session")
def told() -> Told:
    """Two scored rounds with a plant, displaced, mute and lazy evaluators, and all claims."""
    return tell(season, "alice", "bob", "carol", "dan", scored=True)


@pytest.fixture(scope="session")
def ended() -> Told:
    """A round that settled, one that was aborted, and everybody gone."""
    return tell(over, "alice", "bob", scored=True)
