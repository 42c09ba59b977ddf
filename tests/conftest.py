"""Fixtures for all tests. Imports are late: tests of the learning need no chain."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.world import World


@pytest.fixture
async def empty_world() -> AsyncIterator[World]:
    """A funded federation without people."""
    from tests.world import open_world

    async with open_world() as opened:
        yield opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A funded federation; alice, bob and carol can train and aggregate."""
    from tests.world import open_world

    async with open_world("alice", "bob", "carol") as opened:
        yield opened


@pytest.fixture
async def scored_world() -> AsyncIterator[World]:
    """A funded federation in which eva, ed and eli score what alice, bob and carol train."""
    from tests.world import open_scored_world

    async with open_scored_world("alice", "bob", "carol") as opened:
        yield opened
