"""A trainer: trains on data that never leaves it, commits, reveals, and pulls what it earned.

Every step looks at the chain and at the journal, and does the one thing that is due; so it can be
killed at any point and started again. Nothing is trained, committed or paid twice.
"""

import secrets
from dataclasses import dataclass
from functools import partial

import jax
import optax  # type: ignore[import-untyped]
from solders.instruction import Instruction

from fedsol.artifacts import artifact_hash
from fedsol.errors import ArchitectureMismatch, ConfigError
from fedsol.learning import Dataset, Model, Scheme, make_update, to_float, train, unflatten
from fedsol.learning.codecs import Codec
from fedsol.learning.models import model_architecture, parameter_spec
from fedsol.learning.optimisers import optimiser
from fedsol.learning.parameters import Params as Parameters
from fedsol.learning.privacy import (
    Budget,
    BudgetExhausted,
    ClientPrivacy,
    ExamplePrivacy,
    train_private,
)
from fedsol.learning.update import Update
from fedsol.log import get_logger
from fedsol.program import Federation, Participant, Round, Submission
from fedsol.program import instructions as ix
from fedsol.program.commitment import Place, commitment
from fedsol.reading import is_masked, is_over, is_owed
from fedsol.roles.masker import Masker
from fedsol.roles.member import Member, Snapshot
from fedsol.roles.memory import RoundMemory, new_salt
from fedsol.roles.planter import Planter
from fedsol.roles.private import Mechanism, SumNoise, book, require_fitting, scheme_of
from fedsol.roles.residuals import Residuals
from fedsol.updates import write_update

log = get_logger(__name__)

# One object for all trainers: another one, though equal, would be compiled for again.
SGD = optimiser("sgd", learning_rate=0.1)


@dataclass(frozen=True)
class Training:
    """How a trainer trains: model, own data, optimiser and effort; and the codec of its updates.

    ``privacy`` hides its samples in its own training, or in a masked federation itself in the sum;
    with a ``budget`` it takes part in no round that would cost more. Both need the extra ``privacy``.
    """

    model: Model
    data: Dataset
    optimiser: optax.GradientTransformation = SGD
    epochs: int = 1
    batch_size: int = 32
    seed: int = 0
    codec: Codec | None = None
    privacy: Mechanism | None = None
    budget: Budget | None = None


@dataclass(frozen=True)
class Trainer:
    """The trainer role of a member.

    ``plants``: submits noise instead of what it learnt when an audit of the evaluators is due.
    """

    member: Member
    training: Training
    plants: bool = False

    def __post_init__(self) -> None:
        if self.plants and getattr(self.training, "codec", None) is not None:
            raise ConfigError(
                "who plants cannot encode its updates: noise is of other values than a codec writes, "
                "and would be told by its bytes",
                hint="Leave out either the codec or the planting.",
            )

    async def step(self, now: Snapshot) -> bool:
        """Does what is due and says whether anything was."""
        if await self._settle_accounts(now) or (self.plants and await self._planter.step(now)):
            return True
        if now.round is None:
            return False
        number, phase = now.round.number, now.round.phase.kind
        mine = await self.member.submission(number, self.member.participant)
        if is_masked(now.round.params):
            return await self._masker.step(now, now.round, mine)
        over = is_over(now.round, now.clock)
        if phase == "Commit" and mine is None and not over:
            return await self._commit(now.federation, now.round)
        sealed = mine is not None and mine.status.kind == "Committed"
        if phase == "Reveal" and sealed and not over and not is_full(now.round):
            return await self._reveal(now.round)
        return False

    @property
    def _planter(self) -> Planter:
        return Planter(self.member)

    @property
    def _masker(self) -> Masker:
        privacy = getattr(self.training, "privacy", None)
        hides = privacy if isinstance(privacy, ClientPrivacy) else None
        return Masker(self.member, self._train, hides)

    async def _commit(self, federation: Federation, round_: Round) -> bool:
        me = await self.member.me()
        if federation.paused or me is None or me.stake < me.locked + round_.params.min_stake:
            return False
        memory = self.member.journal.recall(round_.number)
        if memory is None:
            try:
                memory = await self._prepare(federation, round_, me)
            except BudgetExhausted as error:
                log.warning("budget_exhausted", round=round_.number, reason=str(error))
                return False
        number = round_.number
        place = Place(
            bytes(federation.genesis),
            self.member.federation.address,
            number,
            self.member.participant,
        )
        sealed = commitment(place, memory.update, bytes.fromhex(memory.salt))
        step = ix.round_commit(self.member.federation.address, number, self.member.owner, sealed)
        await self.member.send(f"round-{number}-commit", [step])
        log.info("committed", round=number, trainer=str(self.member.owner))
        return True

    async def _prepare(self, federation: Federation, round_: Round, me: Participant) -> RoundMemory:
        """Trains, also when it plants: nobody shall tell noise by how long it took."""
        update = await self._train(federation, round_)
        secret = self._planter.pick(federation, round_, me) if self.plants else None
        amplitude = 0
        if secret is not None:
            update, amplitude = self._planter.plant(round_, secret, update)
        data = write_update(update)
        memory = RoundMemory(
            number=round_.number,
            salt=new_salt().hex(),
            root=update.root.hash.hex(),
            norm_squared=update.root.sum,
            artifact=artifact_hash(data).hex(),
            secret=secret.hex() if secret is not None else "",
            amplitude=amplitude,
        )
        if update.residual is not None:
            self._residuals.keep(round_.number, update.residual)
        self.member.journal.remember(memory, data)
        return memory

    @property
    def _residuals(self) -> Residuals:
        return Residuals(self.member.journal.folder)

    async def _train(self, federation: Federation, round_: Round) -> Update:
        base = await self.member.base_model(federation)
        training, params = self.training, round_.params
        if model_architecture(training.model) != bytes(federation.architecture_hash):
            raise ArchitectureMismatch(
                f"{training.model} is not of the federation's architecture "
                f"({base.metadata.get('model', 'unknown')})"
            )
        spec = parameter_spec(training.model)
        before = unflatten(to_float(base.values, params.frac_bits), spec)
        scheme = self._book(round_)
        after = self._fit(before, round_.number)
        if training.codec is None:
            return make_update(base.values, after, scheme)
        held = self._residuals.newest(round_.number, self.member.journal.rounds())
        return make_update(base.values, after, scheme, codec=training.codec, residual=held)

    def _book(self, round_: Round) -> Scheme:
        """Books what the round costs, and says what numbers its update must fit."""
        training, params, scheme = self.training, round_.params, scheme_of(round_.params)
        size, privacy = int(round_.parameter_count), training.privacy
        require_fitting(params, size, training)
        if isinstance(privacy, ClientPrivacy):
            noise = SumNoise.of(params, privacy, size)
            if noise.deviation:
                book(self.member.journal, training.budget, noise.release, round_.number)
            return noise.scheme
        if privacy is not None and privacy.noise_multiplier:
            release = privacy.release(
                len(training.data), epochs=training.epochs, batch_size=training.batch_size
            )
            book(self.member.journal, training.budget, release, round_.number)
        return scheme

    def _fit(self, before: Parameters, number: int) -> Parameters:
        """The model after local training; private training draws from the system's randomness."""
        training = self.training
        if isinstance(training.privacy, ExamplePrivacy):
            drawn = jax.random.key(secrets.randbits(63))
            fit = partial(train_private, privacy=training.privacy, key=drawn)
        else:
            fit = partial(train, key=jax.random.fold_in(jax.random.key(training.seed), number))
        return fit(
            training.model,
            before,
            training.data.x,
            training.data.y,
            optimiser=training.optimiser,
            epochs=training.epochs,
            batch_size=training.batch_size,
        )

    async def _reveal(self, round_: Round) -> bool:
        memory = self.member.journal.recall(round_.number)
        if memory is None:
            log.error("no salt on disk, cannot reveal", round=round_.number)
            return False
        # Published only now: nobody can copy an update before the commitments are closed.
        await self.member.artifacts.put(self.member.journal.update_bytes(round_.number))
        federation, owner = self.member.federation.address, self.member.owner
        salt = bytes.fromhex(memory.salt)
        step = ix.round_reveal(federation, round_.number, owner, memory.update, salt)
        await self.member.send(f"round-{round_.number}-reveal", [step])
        log.info("revealed", round=round_.number, trainer=str(owner))
        return True

    async def _settle_accounts(self, now: Snapshot) -> bool:
        """Claims and closes one submission of a round that has ended."""
        for number in self.member.journal.rounds():
            newest = now.federation.round
            # A node that lags does not know the newest round yet: its salt must not be forgotten.
            if number > newest or (number == newest and now.federation.round_active):
                continue
            mine = await self.member.submission(number, self.member.participant)
            round_ = await self.member.round(number)
            if mine is None:
                self._residuals.settle(number, counted=_has_counted(round_, mine))
                self.member.journal.forget(number)
            elif _may_leave(round_, mine):
                steps = self._leaving(number, round_, mine)
                # Before it is closed: afterwards nothing says any more whether it counted.
                self._residuals.settle(number, counted=_has_counted(round_, mine))
                await self.member.send(f"round-{number}-leave", steps)
                self.member.journal.forget(number)
                return True
        return False

    def _leaving(self, number: int, round_: Round | None, mine: Submission) -> list[Instruction]:
        federation, owner = self.member.federation, self.member.owner
        close = ix.submission_close(federation.address, number, owner)
        if round_ is not None and is_owed(round_, mine):
            return [ix.reward_claim(federation, number, owner), close]
        return [close]


def _may_leave(round_: Round | None, mine: Submission) -> bool:
    """Whether nothing is left to do with the submission of a round that has ended, but to be paid."""
    if mine.disputes:
        return False
    if mine.status.kind in ("Committed", "Shared"):
        return round_ is None or is_full(round_)
    return mine.status.kind == "Faulted" or round_ is not None


def _has_counted(round_: Round | None, mine: Submission | None) -> bool:
    """Whether a submission went into its round's model.

    Anybody may close it once the round is over; it is then taken to have, unless the round failed:
    what it said shall not be said twice.
    """
    settled = round_ is None or round_.phase.kind == "Settled"
    return settled and (mine is None or mine.status.kind == "Revealed")


def is_full(round_: Round) -> bool:
    """Whether no more submissions can be revealed; who committed and has not is excused."""
    return round_.revealed >= round_.params.max_submissions
