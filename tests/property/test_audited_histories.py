"""Whatever happened, the audit agrees with it: before everybody leaves, and when nothing is left."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis.stateful import run_state_machine_as_test

from fedsol.audit import audit
from fedsol.chain import Chain, EmbeddedLedger
from fedsol.errors import AuditError
from tests.property.machine import FEDS, Histories
from tests.property.names import address
from tests.property.profiles import runs

AUDITED: set[str] = set()
# Planters here plant what they like, and nobody has to challenge it: that the audit may say.
LEFT_OPEN = "plants are what their seeds make"
# What a random history must have been looked at for, or it proves nothing.
NEEDED = {
    "rounds equal their events",
    "the federation was empty when it was closed",
    "evaluators sit where the beacon says",
    "medians are those of the shown scores",
    "slashes are what the rates say",
    "claims are what was earned",
    "verdicts follow from the evidence",
}


class AuditedHistories(Histories):
    """The same histories; at their end each federation is audited twice."""

    def teardown(self) -> None:
        """Audits, lets everybody leave, and audits again."""
        driver = getattr(self, "driver", None)
        if driver is not None and driver.sound:
            asyncio.run(assert_agrees(driver.world.ledger))
        super().teardown()
        if driver is not None and driver.sound:
            # Nobody has taken the chain for another world yet.
            asyncio.run(assert_agrees(driver.world.ledger))


async def assert_agrees(ledger: EmbeddedLedger) -> None:
    """Nothing is found wrong with any federation of a chain."""
    async with Chain.embedded(ledger) as chain:
        for fed in FEDS:
            try:
                report = await audit(chain, address(fed))
            except AuditError:
                continue  # never created
            wrong = [check for check in report.checks if not check.ok]
            assert [check for check in wrong if check.name != LEFT_OPEN] == []
            AUDITED.update(check.name for check in report.checks)


@pytest.mark.slow
def test_random_histories_are_found_right() -> None:
    run_state_machine_as_test(AuditedHistories, settings=runs(ci=15, deep=1_000, steps=40))
    assert AUDITED >= NEEDED
