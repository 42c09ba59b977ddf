"""The story: five hospitals, one model, every step a real transaction on the embedded chain.

The same for a story of an attack: there ``attack_roles`` says who acts otherwise, and a watcher looks on.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from solders.pubkey import Pubkey

from fedsol.artifacts import ArtifactStore
from fedsol.audit import AuditReport
from fedsol.chain import LandedTransaction
from fedsol.demo.attack_roles import cheating
from fedsol.demo.cast import CONVENER, TOKEN, Data, Hospital, Scenario
from fedsol.demo.record import Moment, Record
from fedsol.federation import Federation
from fedsol.membership import Membership
from fedsol.program import Participant, Round
from fedsol.program.addresses import treasury_vault_address
from fedsol.program.tokens import token_amount, token_supply
from fedsol.roles import Crank, Member, Role, Watcher, run_together
from fedsol.roles.crank import close_round
from fedsol.roles.member import Snapshot
from fedsol.sandbox import SOL, Sandbox, embedded

_UNDER_WAY = ("Reveal", "Score", "Aggregate", "Challenge")


class Screen(Protocol):
    """Where the story is shown while it happens."""

    def cast(self, names: Mapping[Pubkey, str]) -> None:
        """Says whose keys they are, before anything happens."""

    def saw(self, moment: Moment) -> None:
        """Shows what the ledger has just recorded."""

    def scored(self, accuracy: float) -> None:
        """Shows how good the model is after a round, on data that nobody trained on."""


@dataclass(frozen=True)
class Wallet:
    """What somebody holds outside the federation: token units, and lamports at start and end.

    ``stake`` and ``reward`` are at the end; all that somebody ``brought`` is stake and reward tokens.
    """

    brought: tuple[int, int]
    stake: int
    reward: int
    lamports_start: int
    lamports_end: int


@dataclass(frozen=True)
class Outcome:
    """What is left when the chain is gone: the record, who was who, and what the audit found.

    ``treasury`` is what its vault holds, ``burned`` what is missing of the stake tokens that were made.
    """

    scenario: Scenario
    federation: Pubkey
    names: Mapping[Pubkey, str]
    moments: list[Moment]
    transactions: list[LandedTransaction]
    accuracies: list[float]
    participants: Mapping[Pubkey, Participant]
    wallets: Mapping[str, Wallet]
    treasury: int
    burned: int
    audit: AuditReport


@dataclass(frozen=True)
class SilentIn:
    """A role that does nothing in round ``number`` from the moment when commitments are closed."""

    role: Role
    number: int

    @property
    def member(self) -> Member:
        """Whose role it is."""
        return self.role.member

    async def step(self, now: Snapshot) -> bool:
        """As the role itself, before that and after that."""
        here = now.round
        if here is not None and here.number == self.number and here.phase.kind in _UNDER_WAY:
            return False
        return await self.role.step(now)


@dataclass
class Stage:
    """The running federation and those who are in it."""

    scenario: Scenario
    data: Data
    sandbox: Sandbox
    federation: Federation
    convener: Crank
    bystander: Crank
    watcher: Watcher | None
    lamports: dict[str, int]
    members: dict[str, Membership] = field(default_factory=dict)
    leaving: dict[str, Membership] = field(default_factory=dict)
    accuracies: list[float] = field(default_factory=list)


async def play(scenario: Scenario, screen: Screen) -> Outcome:
    """Tells the whole story and audits it; nothing is left on disk, whatever happens."""
    names = {scenario.key(name).pubkey(): name for name in scenario.brings}
    screen.cast(names)
    record = Record()
    with tempfile.TemporaryDirectory(prefix="fedsol-demo-") as folder:
        async with embedded(seed=f"demo {scenario.seed}".encode()) as sandbox:
            assert sandbox.chain.ledger is not None
            stop = record.follow(sandbox.chain.ledger, screen.saw)
            stage = await _raise_curtain(scenario, sandbox, Path(folder))
            try:
                for number in range(1, scenario.rounds + 1):
                    await _arrivals(stage, number)
                    await _round(stage, screen)
                    await _departures(stage, number)
                await _withdraw(stage, patient=True)
                return await _lower_curtain(stage, record, names)
            finally:
                stop()
                for one in (*stage.members.values(), *stage.leaving.values()):
                    one.member.journal.close()
                stage.bystander.member.journal.close()
                stage.convener.member.journal.close()


async def _raise_curtain(scenario: Scenario, sandbox: Sandbox, folder: Path) -> Stage:
    """Gives everyone what they bring, and founds and funds the federation."""
    lamports = {}
    for name, (stake, reward) in scenario.brings.items():
        owner = scenario.key(name).pubkey()
        await sandbox.endow(owner, lamports=10 * SOL, stake=stake, reward=reward)
        lamports[name] = await sandbox.chain.balance(owner)
    convener = scenario.key(CONVENER)
    federation = await Federation.on(
        sandbox,
        name=f"hospitals {scenario.model}",
        model=scenario.lesson.model,
        params=scenario.params,
        state=folder / "state",
        artifacts=ArtifactStore(str(folder / "artifacts")),
        creator=convener,
        seed=scenario.seed,
    )
    await federation.fund(convener, scenario.brings[CONVENER][1])
    opens = Crank(federation.member(convener), opens=True)
    turns = Crank(federation.member(scenario.key(scenario.outsider)))
    purse = scenario.brings[scenario.outsider][0]
    watcher = Watcher(turns.member, purse) if scenario.attack is not None else None
    return Stage(scenario, scenario.deal(), sandbox, federation, opens, turns, watcher, lamports)


async def _arrivals(stage: Stage, number: int) -> None:
    for place, hospital in enumerate(stage.scenario.hospitals):
        if hospital.joins == number:
            stage.members[hospital.name] = await _join(stage, hospital, place)


async def _join(stage: Stage, hospital: Hospital, place: int) -> Membership:
    lesson = stage.scenario.lesson
    return await stage.federation.join(
        stage.scenario.key(hospital.name),
        stake=hospital.stake * TOKEN,
        data=stage.data.shares[place] if hospital.trains else None,
        evaluates=stage.data.held_out(place) if hospital.evaluates else None,
        plants=hospital.plants,
        model=lesson.model,
        optimiser=lesson.optimiser,
        epochs=lesson.epochs,
        batch_size=lesson.batch_size,
        seed=trainer_seed(stage.scenario, place),
    )


def trainer_seed(scenario: Scenario, place: int) -> int:
    """What shuffles the samples of the hospital at that place."""
    return 1_000 * scenario.seed + place


async def _round(stage: Stage, screen: Screen) -> None:
    """The convener opens a round; hospitals and bystander take it to its end and are paid."""
    member = stage.bystander.member
    roles: list[Role] = [stage.bystander, *([stage.watcher] if stage.watcher is not None else [])]
    for hospital in stage.scenario.hospitals:
        roles += _acting(stage, hospital) if hospital.name in stage.members else []
    await stage.convener.step(await member.snapshot())
    now = await run_together(roles, until=lambda now: not now.federation.round_active)
    for role in roles:
        while await role.step(now):
            now = await member.snapshot()
    _, accuracy = await stage.federation.evaluate(stage.scenario.lesson.model, stage.data.test)
    stage.accuracies.append(accuracy)
    screen.scored(accuracy)
    await _close_rounds(stage)


def _acting(stage: Stage, hospital: Hospital) -> Sequence[Role]:
    """What a hospital does in a round: its roles, unless the script has it do something else."""
    if stage.scenario.attack is not None:
        return cheating(stage.scenario, hospital.name, stage.members)
    mine = stage.members[hospital.name].roles
    return [SilentIn(one, hospital.silent) if hospital.silent else one for one in mine]


async def _departures(stage: Stage, number: int) -> None:
    await _withdraw(stage)
    for hospital in stage.scenario.hospitals:
        if hospital.leaves == number:
            goes = stage.members.pop(hospital.name)
            stage.leaving[hospital.name] = goes
            await goes.unbond()


async def _withdraw(stage: Stage, *, patient: bool = False) -> None:
    """Lets those go whose waiting is over; if patient, waits for them."""
    now = await stage.sandbox.chain.clock()
    for name, one in list(stage.leaving.items()):
        me = await one.member.me()
        waiting = [entry.release.time for entry in me.unbonding if entry.amount] if me else []
        if patient or all(now.unix_timestamp >= time for time in waiting):
            await one.withdraw()
            await one.close()
            one.member.journal.close()
            del stage.leaving[name]


async def _close_rounds(stage: Stage) -> None:
    """Closes the rounds that have had their time; the rent goes back to who opened them."""
    member = stage.bystander.member
    now = await stage.sandbox.chain.clock()
    for number in range(1, (await stage.federation.account()).round + 1):
        ended = await member.round(number)
        if ended is not None and _is_closable(ended, now.unix_timestamp, now.slot):
            await close_round(member, ended)


def _is_closable(ended: Round, time: int, slot: int) -> bool:
    over = time >= ended.deadline.time and slot >= ended.deadline.slot
    return ended.phase.kind in ("Settled", "Aborted") and over and ended.closed == ended.revealed


async def _lower_curtain(stage: Stage, record: Record, names: Mapping[Pubkey, str]) -> Outcome:
    """Reads what everyone holds now, and audits the whole history."""
    sandbox, federation = stage.sandbox, stage.federation
    vault = await sandbox.chain.account(treasury_vault_address(federation.ref.address))
    mint = await sandbox.chain.account(sandbox.stake.mint)
    assert vault is not None
    assert mint is not None
    wallets, participants = {}, {}
    for owner, name in names.items():
        member = replace(stage.bystander.member, key=stage.scenario.key(name))
        if (me := await member.me()) is not None:
            participants[owner] = me
        wallets[name] = Wallet(
            brought=stage.scenario.brings[name],
            stake=await sandbox.tokens(owner, sandbox.stake),
            reward=await sandbox.tokens(owner, sandbox.reward),
            lamports_start=stage.lamports[name],
            lamports_end=await sandbox.chain.balance(owner),
        )
    return Outcome(
        scenario=stage.scenario,
        federation=federation.ref.address,
        names=names,
        moments=record.moments,
        transactions=record.transactions,
        accuracies=stage.accuracies,
        participants=participants,
        wallets=wallets,
        treasury=token_amount(vault.data),
        burned=sum(stake for stake, _ in stage.scenario.brings.values()) - token_supply(mint.data),
        audit=await federation.audit(),
    )
