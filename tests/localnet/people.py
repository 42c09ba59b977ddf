"""The driver's side: a federation on a validator, and participants in processes of their own."""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from solders.keypair import Keypair
from solders.pubkey import Pubkey

import fedsol
from fedsol.audit import audit, read_events
from fedsol.chain import Chain, save_keypair
from fedsol.program import Participant
from fedsol.program import addresses as at
from fedsol.program.params import masked, mean, window
from fedsol.reading import is_masked
from fedsol.roles import Crank, Journal, run
from fedsol.roles.member import Snapshot
from fedsol.roles.runner import Watch
from fedsol.sandbox import SOL, sandbox_on
from tests.localnet.participant import MODEL, PEOPLE, Settings

ROOT = Path(__file__).parents[2]
STAKE, POOL, FUNDED = 3_000, 1_000, 5_000
FEE = 5_000
ENDS_WITHIN = 150.0
NAMES = ("ada", "ben", "cem")


@dataclass
class Person:
    """A key and the process that acts for it; the process is started again whenever it is killed."""

    name: str
    key: Keypair
    settings: Settings
    folder: Path
    deaths: list[str] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None

    @property
    def participant(self) -> Pubkey:
        """The key's participant."""
        federation = Pubkey.from_string(self.settings.federation)
        return at.participant_address(federation, self.key.pubkey())

    def kill(self) -> None:
        """SIGKILL, now."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)

    async def live(self) -> None:
        """Runs the process to its good end."""
        settings = self.settings
        while True:
            path = settings.write(self.folder / "settings.json")
            with (self.folder / "log").open("ab") as log:
                command = [sys.executable, "-m", "tests.localnet.participant", str(path)]
                self.process = await asyncio.create_subprocess_exec(
                    *command,
                    cwd=ROOT,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, "JAX_PLATFORMS": "cpu", "PYTHONPATH": str(ROOT)},
                )
            try:
                code = await self.process.wait()
            finally:
                if self.process.returncode is None:
                    self.kill()
            if code == 0:
                return
            said = (self.folder / "log").read_text()
            assert code == -signal.SIGKILL, f"{self.name} ended with {code}:\n{said[-4_000:]}"
            self.deaths.append(self.pending())
            settings = replace(settings, dies=None)

    def pending(self) -> str:
        """Signature of the transaction that the process left in its journal; empty if none."""
        federation = Pubkey.from_string(self.settings.federation)
        kept = Journal(self.settings.state, self.key.pubkey(), federation).folder
        found = [json.loads(path.read_text()) for path in kept.glob("*.transaction")]
        return str(found[0]["signature"]) if found else ""


@dataclass
class Town:
    """A federation with one round to run, and its people by name."""

    sandbox: fedsol.Sandbox
    federation: fedsol.Federation
    people: dict[str, Person]

    @property
    def chain(self) -> Chain:
        """The validator."""
        return self.sandbox.chain

    async def run_round(self, watch: Watch | None = None) -> Snapshot:
        """Everybody joins, round 1 runs to its end, everybody is paid and every process has ended."""
        async with asyncio.timeout(ENDS_WITHIN), asyncio.TaskGroup() as tasks:
            for person in self.people.values():
                tasks.create_task(person.live())
            await self._all_staked()
            assert self.federation.creator is not None
            crank = Crank(self.federation.member(self.federation.creator), opens=True, rounds=1)
            return await run([crank], until=_over, watch=watch)

    async def events(self) -> Counter[tuple[str, Pubkey]]:
        """How often each event of a participant is on the record."""
        events = await read_events(self.chain, self.federation.ref.address)
        named = [(one.name, getattr(one.data, "participant", None)) for one in events]
        return Counter((name, who) for name, who in named if who is not None)

    async def assert_paid_and_exact(self) -> None:
        """Equal shares, stakes whole, vaults equal to the ledger, lamports to the last one."""
        account, share = await self.federation.account(), POOL // PEOPLE
        assert account.stake_total == PEOPLE * STAKE
        assert (account.bond_total, account.unbonding_total, account.treasury_total) == (0, 0, 0)
        assert account.reward_available == FUNDED - PEOPLE * share
        assert (account.reward_owed, account.reward_reserved) == (0, 0)
        rent = await self.chain.rent(len(await self._state(self.people["ada"])))
        for person in self.people.values():
            me = Participant.decode(await self._state(person))
            assert (me.stake, me.locked, me.duties, me.slashed) == (STAKE, 0, 0, 0)
            assert (me.revealed, me.rewarded) == (1, share)
            owner = person.key.pubkey()
            assert await self.sandbox.tokens(owner, self.sandbox.reward) == share
            assert await self.sandbox.tokens(owner, self.sandbox.stake) == 0
            # register, deposit, commit, reveal, leave: each once, the aggregate of its author, and
            # under masks shares.
            sent = 5 + me.aggregated + is_masked(account.params)
            assert await self.chain.balance(owner) == 10 * SOL - rent - sent * FEE

    async def assert_record(self) -> None:
        """The whole history replays: heads, money, roots and the aggregate."""
        ref, artifacts = self.federation.ref, self.federation.artifacts
        report = await audit(self.chain, ref.address, artifacts)
        assert report.ok, [check for check in report.checks if not check.ok]

    async def _state(self, person: Person) -> bytes:
        found = await self.chain.account(person.participant)
        assert found is not None
        return found.data

    async def _all_staked(self) -> None:
        addresses = [person.participant for person in self.people.values()]
        while True:
            found = await self.chain.accounts(addresses)
            if all(one is not None and Participant.decode(one.data).stake > 0 for one in found):
                return
            await asyncio.sleep(0.5)


@asynccontextmanager
async def town(
    url: str,
    folder: Path,
    *,
    commit: int,
    reveal: int,
    challenge: int = 3,
    cheat: bool = False,
    hidden: bool = False,
    **dies: tuple[str, str],
) -> AsyncIterator[Town]:
    """Three trainers, the first of them aggregator too; ``dies`` says who dies where, by name.

    ``commit``, ``reveal`` and ``challenge`` (also to aggregate and to dispute) are the lengths of
    these windows in seconds: time enough for whoever dies in one, or before it, to start again, or
    to prove a fault. ``cheat``: the aggregator cheats, and the second one aggregates once that has
    fallen. ``hidden``: the round is masked.
    """
    async with await Chain.connect(url) as chain:
        sandbox = await sandbox_on(chain)
        creator = await sandbox.wallet(reward=FUNDED)
        artifacts = fedsol.ArtifactStore(f"file://{folder}/artifacts")
        params = fedsol.Params.local(
            seconds=3,
            commit=window(commit),
            reveal=window(reveal),
            aggregate=window(challenge),
            challenge=window(challenge),
            dispute=window(challenge),
            unbonding=window(120),
            round_reward=POOL,
            min_submissions=PEOPLE,
            max_submissions=16,
            rule=masked() if hidden else mean(),
        )
        federation = await fedsol.Federation.on(
            sandbox,
            name=f"town {folder.name}"[:32].strip(),
            model=MODEL,
            params=params,
            artifacts=artifacts,
            state=folder / "driver",
            creator=creator,
        )
        await federation.fund(creator, FUNDED)
        arriving = (
            _person(sandbox, federation, folder / name, url, share, dies.get(name), cheat)
            for share, name in enumerate(NAMES)
        )
        people = {person.name: person for person in await asyncio.gather(*arriving)}
        yield Town(sandbox, federation, people)


async def _person(
    sandbox: fedsol.Sandbox,
    federation: fedsol.Federation,
    folder: Path,
    url: str,
    share: int,
    dies: tuple[str, str] | None,
    cheat: bool,
) -> Person:
    folder.mkdir()
    key = await sandbox.wallet(stake=STAKE)
    save_keypair(key, folder / "key.json")
    settings = Settings(
        url=url,
        federation=str(federation.ref.address),
        keypair=str(folder / "key.json"),
        artifacts=federation.artifacts.url,
        state=str(folder / "state"),
        share=share,
        stake=STAKE,
        aggregates=share == 0 or (cheat and share == 1),
        cheats=cheat and share == 0,
        waits=cheat and share == 1,
        dies=dies,
    )
    return Person(folder.name, key, settings, folder)


def _over(now: Snapshot) -> bool:
    return now.federation.round == 1 and not now.federation.round_active
