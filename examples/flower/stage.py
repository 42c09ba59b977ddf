"""What a federation needs before an app can run under it: a chain, the federation, keys and money."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digits import PARTITIONS
from flwr.app import ArrayRecord
from solders.keypair import Keypair

from fedsol import ArtifactStore, Chain, Federation, Params
from fedsol.chain import EmbeddedLedger, Localnet, save_keypair
from fedsol.flower import found_federation, key_path
from fedsol.flower.background import Background
from fedsol.sandbox import load_program, sandbox_on

STAKE, REWARD, ROUNDS = 3_000, 900, 3
# Nobody waits for these windows: the server moves the local chain's clock.
RULES = Params.local(seconds=600, round_reward=REWARD)


@contextmanager
def staged(folder: Path, arrays: ArrayRecord) -> Iterator[Federation]:
    """A local chain with a federation for an app's arrays; the environment tells it where it is."""
    ledger = EmbeddedLedger(real_time=True)
    load_program(ledger)
    net = Localnet(0, ledger=ledger)
    with Background() as background:
        background.run(net.start())
        try:
            federation = asyncio.run(_found(ledger, folder, arrays))
            os.environ |= {
                "FEDSOL_URL": net.url,
                "FEDSOL_FEDERATION": str(federation.ref.address),
                "FEDSOL_KEYPAIR": str(folder / "server.json"),
                "FEDSOL_ARTIFACTS": str(folder / "artifacts"),
                "FEDSOL_STATE": str(folder),
            }
            yield federation
        finally:
            background.run(net.stop())


async def _found(ledger: EmbeddedLedger, folder: Path, arrays: ArrayRecord) -> Federation:
    sandbox = await sandbox_on(Chain.embedded(ledger))
    server = await sandbox.wallet(stake=STAKE, reward=ROUNDS * REWARD)
    save_keypair(server, folder / "server.json")
    federation = await found_federation(
        sandbox.chain,
        server,
        arrays,
        name="digits",
        stake=sandbox.stake,
        reward=sandbox.reward,
        params=RULES,
        artifacts=ArtifactStore(str(folder / "artifacts")),
        state=folder,
    )
    await federation.fund(server, ROUNDS * REWARD)
    for partition in range(PARTITIONS):
        client = Keypair()
        await sandbox.endow(client.pubkey(), lamports=10**9, stake=STAKE)
        path = key_path(folder, str(partition))
        path.parent.mkdir(exist_ok=True, mode=0o700)
        save_keypair(client, path)
    return federation
