"""A federation on an embedded chain with people in it, for tests.

``async with open_world() as world`` makes a chain, two mints, a creator and a federation.
``await world.actor("alice", stake=3_000)`` brings people in. Every instruction is a method that
makes a ``Call``: awaited, it is sent; ``swap`` and ``flag`` break it on purpose. ``reach`` drives a
round to any phase. ``refused`` holds that something fails by name and changes nothing.

The bank pays every fee, so a person's lamports change by rents alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from solders.pubkey import Pubkey
from spl.token.instructions import TransferCheckedParams, transfer_checked

from fedsol.chain import Chain, EmbeddedLedger
from fedsol.program import FederationRef, Token
from fedsol.program import addresses as at
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR, TRAINER
from fedsol.program.params import Params
from fedsol.sandbox import Sandbox
from tests.program.calls import Call as Call
from tests.program.driving import Cast as Cast
from tests.program.driving import Driving
from tests.program.founding import endow
from tests.program.founding import make_mint as make_mint
from tests.program.founding import make_sandbox as make_sandbox
from tests.program.founding import new_federation as new_federation
from tests.program.invariants import assert_invariants
from tests.program.naming import AGREEMENT as AGREEMENT
from tests.program.naming import EVALUATORS as EVALUATORS
from tests.program.naming import FUNDED as FUNDED
from tests.program.naming import MASKING as MASKING
from tests.program.naming import MODEL_ARTIFACT as MODEL_ARTIFACT
from tests.program.naming import MODEL_ROOT as MODEL_ROOT
from tests.program.naming import PARAMS as PARAMS
from tests.program.naming import PHASES as PHASES
from tests.program.naming import SCORING as SCORING
from tests.program.naming import SOL as SOL
from tests.program.naming import STAKE as STAKE
from tests.program.naming import START as START
from tests.program.naming import digest as digest
from tests.program.naming import framework_error as framework_error
from tests.program.naming import key_of as key_of
from tests.program.reading import Snapshot as Snapshot
from tests.program.refusals import Refusals

if TYPE_CHECKING:
    from tests.program.updates import Numbers


@dataclass
class World(Driving, Refusals):
    """One federation and its people; see the module's text."""

    sandbox: Sandbox
    ledger: EmbeddedLedger
    params: Params
    ref: FederationRef
    name: str
    founder: str = "creator"
    simulate: bool = True
    donated: dict[Pubkey, int] = field(default_factory=dict)
    names: dict[Pubkey, str] = field(default_factory=dict)
    casts: dict[int, Cast] = field(default_factory=dict)
    numbers: Numbers | None = None

    # -- people ----------------------------------------------------------------------------------

    @property
    def chain(self) -> Chain:
        """The chain."""
        return self.sandbox.chain

    @property
    def creator(self) -> Pubkey:
        """Who created the federation; ``founder`` is the name."""
        return self.ref.creator

    async def wallet(self, name: str, *, stake: int = 0, reward: int = 0) -> Pubkey:
        """A person with lamports and token accounts, not in the federation."""
        owner = key_of(name).pubkey()
        self.names[owner] = name
        self.ledger.set_account(owner, lamports=10 * SOL)
        await endow(self.sandbox, owner, stake=stake, reward=reward)
        return owner

    async def actor(
        self, name: str, *, stake: int = STAKE, roles: int = TRAINER | AGGREGATOR, spare: int = 0
    ) -> Pubkey:
        """A participant with exactly that stake, and ``spare`` stake tokens left; the owner."""
        owner = await self.wallet(name, stake=stake + spare)
        await self.participant_register(name, roles=roles)
        if stake:
            await self.stake_deposit(name, stake)
        return owner

    async def evaluators(self, *names: str, stake: int = STAKE) -> None:
        """Several people with the same stake who do nothing but score."""
        for name in names:
            await self.actor(name, stake=stake, roles=EVALUATOR)

    async def actors(self, *names: str, stake: int = STAKE) -> None:
        """Several people with the same stake and all that takes to train and aggregate."""
        for name in names:
            await self.actor(name, stake=stake)

    # -- donations -------------------------------------------------------------------------------

    async def donate(self, name: str, token: Token, to: Pubkey, amount: int) -> None:
        """Somebody sends tokens straight to an account, past the program."""
        params = TransferCheckedParams(
            program_id=token.program,
            source=at.token_address(self.owner(name), token),
            mint=token.mint,
            dest=to,
            owner=self.owner(name),
            amount=amount,
            decimals=token.decimals,
        )
        await self.chain.send([transfer_checked(params)], [key_of("bank"), key_of(name)])
        self.donated[to] = self.donated.get(to, 0) + amount

    async def assert_invariants(self) -> None:
        """What must hold at any time; see ``tests.program.invariants``."""
        await assert_invariants(self)


async def world_on(
    sandbox: Sandbox,
    *,
    name: str = "hospitals",
    params: Params = PARAMS,
    funded: int = FUNDED,
    creator: str = "creator",
    real: bool = False,
    parameter_count: int = 100,
    **changes: object,
) -> World:
    """A funded federation on a sandbox; ``changes`` are of the params.

    ``real``: its roots are those of numbers, see ``tests.program.updates``.
    """
    ledger = sandbox.chain.ledger
    assert ledger is not None
    params = replace(params, **changes)  # type: ignore[arg-type]
    owner = key_of(creator).pubkey()
    address = at.federation_address(owner, name)
    ref = FederationRef(address, owner, sandbox.stake, sandbox.reward)
    world = World(sandbox, ledger, params, ref, name, creator)
    await world.wallet(creator, reward=funded)
    start: dict[str, Any] = {"parameter_count": parameter_count}
    if real:
        # Late: only these worlds need what the learning needs.
        from tests.program.updates import Numbers

        world.numbers = Numbers(parameter_count, _halves(params))
        first = world.numbers.models[0]
        start |= {"model_root": first.root, "model_artifact": first.artifact}
    await world.federation_create(creator, name=name, params=params, **start)
    if funded:
        await world.federation_fund(creator, funded)
    return world


def _halves(params: Params) -> int:
    """How many int16 a parameter's masked word has; 0 where nothing is masked."""
    if params.rule.kind != "Masked":
        return 0
    return 1 if params.max_submissions * params.qmax < 2**15 else 2


@asynccontextmanager
async def open_world(
    *people: str, sandbox: Sandbox | None = None, **options: Any
) -> AsyncIterator[World]:
    """A new world with a funded federation in which ``people`` have ``STAKE`` each.

    ``options`` are of ``make_sandbox`` (seed, stake_program, reward_program, same_mint), of
    ``world_on`` (name, funded, real, parameter_count), or of the params.
    """
    chosen = {k: options.pop(k) for k in _SANDBOX_OPTIONS if k in options}
    sandbox = sandbox or await make_sandbox(**chosen)
    async with sandbox.chain:
        world = await world_on(sandbox, **options)
        await world.actors(*people)
        yield world


@asynccontextmanager
async def open_masked_world(*people: str, **options: Any) -> AsyncIterator[World]:
    """The same in which updates stay under masks (``MASKING``); at least three must show theirs."""
    async with open_world(*people, **(MASKING | options)) as world:
        yield world


@asynccontextmanager
async def open_scored_world(
    *people: str, evaluators: tuple[str, ...] = EVALUATORS, **options: Any
) -> AsyncIterator[World]:
    """The same in which ``evaluators`` score (``SCORING``); they have ``STAKE`` each and train not."""
    async with open_world(*people, **(SCORING | options)) as world:
        await world.evaluators(*evaluators)
        yield world


_SANDBOX_OPTIONS = ("seed", "stake_program", "reward_program", "same_mint")
