"""Both builds of the program run on a cluster."""

from pathlib import Path

import pytest

import fedsol
from fedsol.audit import audit
from fedsol.chain import Chain
from fedsol.sandbox import sandbox_on
from tests.localnet.participant import MODEL


@pytest.mark.parametrize("build", ["v0", "v3"])
async def test_a_federation_can_be_created_and_joined(
    build: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url: str = request.getfixturevalue(f"url_{build}")
    async with await Chain.connect(url) as chain:
        sandbox = await sandbox_on(chain)
        federation = await fedsol.Federation.on(
            sandbox, name="hospitals", model=MODEL, state=tmp_path
        )
        ada = await federation.join(await sandbox.wallet(stake=3_000), stake=3_000)
        me = await ada.member.me()
        assert me is not None
        assert (me.stake, me.listed) == (3_000, True)
        account = await federation.account()
        assert (account.participants, account.stake_total) == (1, 3_000)
        report = await audit(chain, federation.ref.address)
        assert report.ok, [check for check in report.checks if not check.ok]
