"""Fixtures of the tests on ``solana-test-validator``."""

import os
from collections.abc import Iterator

import pytest

from tests.localnet.validator import COMMAND, installed, validator


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies in this folder needs a validator."""
    for item in items:
        if "localnet" in item.path.parts:
            item.add_marker(pytest.mark.localnet)


@pytest.fixture(scope="session")
def validator_here() -> None:
    """Skips where there is no validator; where CI=true that is a failure."""
    if installed():
        return
    why = f"{COMMAND} is not installed: https://docs.anza.xyz/cli/install"
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def url_v0(validator_here: None) -> Iterator[str]:
    """RPC URL of a validator with the program's SBPF v0 build."""
    with validator("v0") as url:
        yield url


@pytest.fixture
def url_v3(validator_here: None) -> Iterator[str]:
    """RPC URL of a validator with the program's SBPF v3 build; each one keeps a core busy."""
    with validator("v3") as url:
        yield url
