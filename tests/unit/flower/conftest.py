"""A village on a local chain in another thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import tests.unit.flower.quiet  # noqa: F401  (before anything of Flower)

# isort: split
from fedsol.chain import EmbeddedLedger
from fedsol.sandbox import load_program
from tests.unit.cli.conftest import serving
from tests.unit.flower.village import Village, found

Founding = Callable[..., Village]


@pytest.fixture
def founding(tmp_path: Path) -> Iterator[Founding]:
    """Makes a village with rules of one's own."""
    with ExitStack() as stack:

        def make(**rules: Any) -> Village:
            ledger = EmbeddedLedger(real_time=True)
            load_program(ledger)
            url = stack.enter_context(serving(ledger))
            return asyncio.run(found(url, ledger, tmp_path, **rules))

        yield make


@pytest.fixture
def village(founding: Founding) -> Village:
    """A village whose rule is the mean."""
    return founding()
