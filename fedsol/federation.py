"""A federation in a few lines: create it, let people join, run rounds, let them leave, check everything."""

import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.artifacts import ArtifactStore, artifact_hash, encode_model
from fedsol.audit import AuditReport, audit
from fedsol.chain import Chain
from fedsol.errors import ConfigError
from fedsol.learning import (
    Dataset,
    Model,
    evaluate,
    flatten,
    model_root,
    to_fixed,
    to_float,
    unflatten,
)
from fedsol.learning.models import model_architecture, parameter_spec
from fedsol.learning.models import spec as model_spec
from fedsol.membership import Membership
from fedsol.program import Federation as FederationAccount
from fedsol.program import instructions as ix
from fedsol.program.addresses import FederationRef, Token, federation_address
from fedsol.program.instructions.federation import NewFederation
from fedsol.program.params import Params
from fedsol.reading import read_federation, read_ref
from fedsol.roles import (
    Aggregator,
    Crank,
    Evaluator,
    HeldOut,
    Journal,
    Member,
    Role,
    Trainer,
    Training,
    run_together,
)
from fedsol.roles.answerer import Answerer
from fedsol.roles.member import Snapshot, read_model
from fedsol.roles.private import require_fitting
from fedsol.roles.runner import Watch
from fedsol.round_result import RoundResult, read_result
from fedsol.sandbox import Sandbox

AGREEMENT = """The participants train one model together, for research only. Data stays where it is.
Whoever commits to an update reveals it. Rewards and slashes are decided by the federation's
program, which all have read.
"""


@dataclass(frozen=True)
class Federation:
    """A federation on a chain, with the store that its members share."""

    chain: Chain
    ref: FederationRef
    artifacts: ArtifactStore
    state: Path
    creator: Keypair | None = None
    members: list[Membership] = field(default_factory=list)

    @classmethod
    async def create(
        cls,
        chain: Chain,
        creator: Keypair,
        *,
        name: str,
        model: Model,
        stake: Token,
        reward: Token,
        params: Params,
        artifacts: ArtifactStore,
        state: Path,
        agreement: str = AGREEMENT,
        seed: int = 0,
    ) -> "Federation":
        """Stores the first model and the agreement, and creates the federation. Signs: creator.

        Raises what ``Chain.send`` raises; the program names every parameter that is out of bounds.
        """
        start, _ = flatten(model.init(jax.random.key(seed)))
        values = to_fixed(start, params.frac_bits)
        return await cls.found(
            chain,
            creator,
            name=name,
            values=values,
            data=encode_model(values, {"model": model_spec(model)}),
            architecture=model_architecture(model),
            stake=stake,
            reward=reward,
            params=params,
            artifacts=artifacts,
            state=state,
            agreement=agreement,
        )

    @classmethod
    async def found(
        cls,
        chain: Chain,
        creator: Keypair,
        *,
        name: str,
        values: NDArray[np.int32],
        data: bytes,
        architecture: bytes,
        stake: Token,
        reward: Token,
        params: Params,
        artifacts: ArtifactStore,
        state: Path,
        agreement: str = AGREEMENT,
    ) -> "Federation":
        """Like ``create``, from the first model's values (int32[d]) and ``data``, its stored bytes.

        ``architecture`` is the hash of what the model is.
        """
        new = NewFederation(
            name=name,
            genesis=await chain.genesis_hash(),
            architecture_hash=architecture,
            agreement_hash=await artifacts.put(agreement.encode()),
            model_root=model_root(values),
            model_artifact=artifact_hash(data),
            parameter_count=values.size,
            params=params,
        )
        await artifacts.put(data)
        step = ix.federation_create(creator.pubkey(), new, stake=stake, reward=reward)
        await chain.send([step], [creator])
        address = federation_address(creator.pubkey(), name)
        ref = FederationRef(address, creator.pubkey(), stake, reward)
        return cls(chain, ref, artifacts, state, creator)

    @classmethod
    async def on(
        cls, sandbox: Sandbox, *, name: str, model: Model, **settings: Any
    ) -> "Federation":
        """Creates a federation in a sandbox: creator, store and state folder are made for it.

        A state folder that is made here is removed with the object.
        ``settings`` are those of ``create``; ``params`` are ``Params.local()`` unless given.
        """
        given = settings.pop("state", None)
        state = Path(given or tempfile.mkdtemp(prefix="fedsol-"))
        settings.setdefault("params", Params.local())
        settings.setdefault("artifacts", ArtifactStore(f"memory://{state.name}"))
        creator = settings.pop("creator", None) or await sandbox.wallet()
        federation = await cls.create(
            sandbox.chain,
            creator,
            name=name,
            model=model,
            stake=sandbox.stake,
            reward=sandbox.reward,
            state=state,
            **settings,
        )
        if given is None:
            weakref.finalize(federation, shutil.rmtree, state, ignore_errors=True)
        return federation

    @classmethod
    async def at(
        cls, chain: Chain, address: Pubkey, *, artifacts: ArtifactStore, state: Path
    ) -> "Federation":
        """A federation that exists.

        Raises ConfigError if there is none, WrongCluster if it is another chain's.
        """
        return cls(chain, await read_ref(chain, address), artifacts, state)

    def member(self, key: Keypair) -> Member:
        """A key's view of the federation, with its own journal."""
        journal = Journal(self.state, key.pubkey(), self.ref.address).open()
        return Member(self.chain, self.ref, key, self.artifacts, journal)

    async def account(self) -> FederationAccount:
        """The federation's account as it is now."""
        return (await read_federation(self.chain, self.ref.address))[0]

    async def fund(self, funder: Keypair, amount: int) -> None:
        """Adds to what rounds may pay, in token units. Signs: funder."""
        await self.chain.send([ix.federation_fund(self.ref, funder.pubkey(), amount)], [funder])

    async def join(
        self,
        key: Keypair,
        *,
        stake: int,
        data: Dataset | None = None,
        model: Model | None = None,
        evaluates: Dataset | None = None,
        aggregates: bool = True,
        plants: bool = False,
        **training: Any,
    ) -> Membership:
        """Registers a key and stakes for it.

        With ``data`` and ``model`` it trains, and ``training`` (see ``roles.Training``) says how;
        ``plants``: it audits the evaluators as well. With ``evaluates`` (held-out data) and
        ``model`` it evaluates. Raises Incompatible for a codec or a privacy that the
        federation cannot have.
        """
        member = self.member(key)
        roles: list[Role] = []
        if data is not None and model is not None:
            how = Training(model, data, **training)
            account = await self.account()
            require_fitting(account.params, account.parameter_count, how)
            roles.append(Trainer(member, how, plants))
        if evaluates is not None and model is not None:
            roles.append(Evaluator(member, HeldOut(model, evaluates)))
        if aggregates:
            roles.append(Aggregator(member))
        roles.append(Answerer(member))
        membership = Membership(member, tuple(roles))
        await membership.register()
        await membership.deposit(stake)
        self.members.append(membership)
        return membership

    async def round(
        self, *, members: Sequence[Membership] | None = None, watch: Watch | None = None
    ) -> RoundResult:
        """Opens the next round and runs it to its end, in this process; rewards are claimed.

        ``members`` are those who take part, all unless given. Signs: the creator, who also turns
        the crank.
        """
        number = (await self.account()).round + 1
        crank = Crank(self.member(self._creator()), opens=True, rounds=number)
        roles = [role for one in (members or self.members) for role in one.roles]

        def ended(now: Snapshot) -> bool:
            mine = now.round is not None and now.round.number == number
            return mine and not now.federation.round_active

        try:
            now = await run_together([crank, *roles], until=ended, watch=watch)
            assert now.round is not None
            result = await read_result(crank.member, now.round)
            for role in (crank, *roles):
                while await role.step(now):
                    now = await crank.member.snapshot()
        finally:
            crank.member.journal.close()
        return result

    async def model(self) -> NDArray[np.int32]:
        """The current model's fixed-point values (int32[d]), checked against the root on chain."""
        return (await read_model(self.artifacts, await self.account())).values

    async def evaluate(self, model: Model, data: Dataset) -> tuple[float, float]:
        """Mean cross-entropy and accuracy of the current model on data."""
        values, account = await self.model(), await self.account()
        params = unflatten(to_float(values, account.params.frac_bits), parameter_spec(model))
        return evaluate(model, params, data.x, data.y)

    async def audit(self) -> AuditReport:
        """Replays the whole history, money and learning; see ``fedsol.audit``."""
        return await audit(self.chain, self.ref.address, self.artifacts)

    def _creator(self) -> Keypair:
        if self.creator is None:
            raise ConfigError(
                "this needs the creator's key", hint="Create the federation in this process."
            )
        return self.creator
