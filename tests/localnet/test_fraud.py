"""Ada posts a wrong model; a watcher, `fedsol watch` in a process of its own, makes her pay for it."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from solders.keypair import Keypair

from fedsol.audit import read_events
from fedsol.chain import save_keypair
from fedsol.program import Participant
from fedsol.program.addresses import stake_vault_address
from fedsol.program.tokens import token_amount
from tests.localnet.people import FUNDED, PEOPLE, POOL, ROOT, STAKE, Town, town

CHEST = 500
"""What the watcher brings for bonds."""


async def test_a_cheating_aggregator_is_convicted_by_a_watcher_and_another_one_aggregates(
    url_v0: str, tmp_path: Path
) -> None:
    async with town(url_v0, tmp_path, commit=8, reveal=8, challenge=12, cheat=True) as people:
        key = await people.sandbox.wallet(stake=CHEST)
        async with _watcher(people, key, url_v0, tmp_path / "watcher") as watching:
            end = await people.run_round()
            metrics = (await asyncio.to_thread(httpx.get, watching.metrics)).text
        assert end.round is not None
        assert (end.round.phase.kind, end.round.attempt, end.round.accepted) == ("Settled", 1, 3)
        assert end.round.aggregator == people.people["ben"].participant
        assert watching.result["won"] == 1
        assert 'fedsol_watch_challenges_won_total{kind="WrongAggregate"} 1.0' in metrics
        resolved = [
            event.data
            for event in await read_events(people.chain, people.federation.ref.address)
            if event.name == "ChallengeResolved"
        ]
        assert [(one.proven, one.accused) for one in resolved] == [
            (True, people.people["ada"].participant)
        ]
        await _assert_balances(people, key)
        await people.assert_record()


async def _assert_balances(people: Town, watcher: Keypair) -> None:
    """The cheat lost its bond and half of the rest; a fifth went to the watcher; nobody else paid."""
    params = (await people.federation.account()).params
    bond, rate = params.aggregator_bond, params.slash_rates.fraud_bps
    fine = (STAKE - bond) * rate // 10_000
    lost = bond + fine
    found = lost * params.slash_split.finder_bps // 10_000
    treasury = lost * params.slash_split.treasury_bps // 10_000
    sandbox = people.sandbox
    assert await sandbox.tokens(watcher.pubkey(), sandbox.stake) == CHEST + found
    for name, person in people.people.items():
        account = await people.chain.account(person.participant)
        assert account is not None
        me = Participant.decode(account.data)
        kept = STAKE - lost if name == "ada" else STAKE
        assert (me.stake, me.bonded, me.duties, me.rewarded) == (kept, 0, 0, POOL // PEOPLE)
    ledger = await people.federation.account()
    assert (ledger.stake_total, ledger.bond_total) == (PEOPLE * STAKE - lost, 0)
    assert (ledger.treasury_total, ledger.reward_owed) == (treasury, 0)
    assert ledger.reward_available == FUNDED - PEOPLE * (POOL // PEOPLE)
    vault = await people.chain.account(stake_vault_address(people.federation.ref.address))
    assert vault is not None
    assert token_amount(vault.data) == ledger.stake_total


class Watching:
    """A running watcher: where its metrics are, and, once it has left, what it printed."""

    def __init__(self, metrics: str) -> None:
        self.metrics = metrics
        self.result: dict[str, int] = {}


@asynccontextmanager
async def _watcher(people: Town, key: Keypair, url: str, folder: Path) -> AsyncIterator[Watching]:
    folder.mkdir()
    save_keypair(key, folder / "key.json")
    port = _free_port()
    words = ["watch", str(people.federation.ref.address), "--budget", str(CHEST), "--json"]
    words += ["--metrics-port", str(port), "--url", url, "--keypair", str(folder / "key.json")]
    words += ["--artifacts", people.federation.artifacts.url, "--state", str(folder / "state")]
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "fedsol.cli", *words),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env={**os.environ, "JAX_PLATFORMS": "cpu"},
        )
    watching = Watching(f"http://127.0.0.1:{port}/metrics")
    try:
        yield watching
        process.send_signal(signal.SIGTERM)
        printed, _ = await process.communicate()
        assert process.returncode == 0, (folder / "log").read_text()[-4_000:]
        watching.result = json.loads(printed)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
