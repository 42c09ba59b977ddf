"""What ``fedsol join`` does: checks everything, is admitted, acts, and leaves when asked."""

import asyncio
from dataclasses import dataclass
from typing import Any

from fedsol.cli.data import check_fit, read_data, take_part
from fedsol.cli.join import Effort, Terms
from fedsol.cli.noise import NO_NOISE, Noise, mechanism_of
from fedsol.cli.output import note
from fedsol.cli.participant import PARTICIPANT_BYTES, sign_agreement
from fedsol.cli.people import need_lamports, need_participant, need_tokens
from fedsol.cli.session import FederationSession
from fedsol.cli.signals import Stop, stopping
from fedsol.errors import (
    ArchitectureMismatch,
    ArtifactError,
    ChainError,
    ConfigError,
    InsufficientFunds,
    WrongCluster,
)
from fedsol.learning import Model
from fedsol.learning.codecs import parse_codec
from fedsol.learning.models import model_architecture, parse_spec
from fedsol.learning.optimisers import optimiser
from fedsol.log import get_logger
from fedsol.program import instructions as ix
from fedsol.program.addresses import token_address
from fedsol.program.tokens import token_account_create
from fedsol.reading import is_scored, read_participant
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
    run,
)
from fedsol.roles.answerer import Answerer
from fedsol.roles.member import Snapshot, read_model
from fedsol.roles.private import require_fitting

log = get_logger(__name__)

_PAUSE_SECONDS = 3.0
_STAKED = {"trainer": "a trainer", "evaluator": "an evaluator"}
_SUBMISSION_BYTES = 288
_EVALUATION_BYTES = 1_024  # and two for each submission: what a few hundred need
_ROUND_BYTES = 1_024


@dataclass(frozen=True)
class Part:
    """What somebody plays: the member's journal and the roles, and the rounds it stays for."""

    journal: Journal
    roles: list[Role]
    first: int
    last: int | None

    def over(self, now: Snapshot) -> bool:
        """Whether the last round has ended."""
        if self.last is None:
            return False
        federation = now.federation
        return federation.round > self.last or (
            federation.round == self.last and not federation.round_active
        )


@dataclass(frozen=True)
class Outcome:
    """How it ended."""

    first: int
    newest: int
    reason: str
    status: int

    def to_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {"first_round": self.first, "newest_round": self.newest, "left_because": self.reason}


async def prepare(
    session: FederationSession, terms: Terms, effort: Effort, noise: Noise = NO_NOISE
) -> Part:
    """Checks model, data, artifacts, key and money, and sends nothing.

    Raises ArchitectureMismatch, ArtifactError, ConfigError and InsufficientFunds.
    """
    federation = session.account
    first = federation.round + (0 if federation.round_active else 1)
    last = first + terms.rounds - 1 if terms.rounds is not None else None
    journal = Journal(session.options.state_folder, session.owner, session.address)
    member = Member(session.chain, session.ref, session.key, session.artifacts, journal)
    roles: list[Role] = []
    for name in terms.names:
        if name == "trainer":
            training = await _training(session, effort, noise)
            roles.append(Trainer(member, training, effort.plant))
        elif name == "evaluator":
            roles.append(Evaluator(member, await _held_out(session, terms.evaluate or "")))
        elif name == "aggregator":
            roles.append(Aggregator(member))
        else:
            roles.append(Crank(member, opens=terms.open_rounds, rounds=last))
    # Whoever posts something may be asked for a part of it.
    roles.append(Answerer(member))
    await _check_money(session, terms)
    return Part(journal, roles, first, last)


async def _training(session: FederationSession, effort: Effort, noise: Noise) -> Training:
    model, (mechanism, budget) = await _model(session), mechanism_of(noise)
    data = read_data(effort.data or "")
    check_fit(model, data)
    if effort.partition:
        data = take_part(
            data, effort.partition, effort.partitioner, alpha=effort.alpha, seed=effort.seed
        )
    note(f"training on {len(data)} samples of {data.name}")
    training = Training(
        model,
        data,
        optimiser=optimiser(effort.optimiser, learning_rate=effort.lr),
        epochs=effort.epochs,
        batch_size=effort.batch_size,
        seed=effort.seed,
        codec=parse_codec(effort.codec) if effort.codec is not None else None,
        privacy=mechanism,
        budget=budget,
    )
    require_fitting(session.account.params, session.account.parameter_count, training)
    return training


async def _held_out(session: FederationSession, text: str) -> HeldOut:
    model, data = await _model(session), read_data(text, held_out=True)
    check_fit(model, data)
    note(f"evaluating on {len(data)} samples of {data.name}")
    if not is_scored(session.account.params):
        note("nobody scores in this federation: there is nothing to evaluate")
    return HeldOut(model, data)


async def _model(session: FederationSession) -> Model:
    """The federation's model, as its current artifact names it and its architecture hash proves."""
    named = (await read_model(session.artifacts, session.account)).metadata.get("model", "")
    try:
        model = parse_spec(named)
    except ConfigError as error:
        raise ArchitectureMismatch(
            f"the federation's model {named!r} is unknown to this version of fedsol",
            hint="Join from Python, with a model of your own.",
        ) from error
    if model_architecture(model) != bytes(session.account.architecture_hash):
        raise ArchitectureMismatch(
            f"{named} does not have the architecture hash that the federation names",
            hint="Whoever published the model broke the rules; nothing was sent.",
        )
    return model


async def _check_money(session: FederationSession, terms: Terms) -> None:
    """Whether rent, fees and stake can be paid, and whether there is a participant to act as."""
    me = await read_participant(session.chain, session.address, session.owner)
    acts = any(name != "crank" for name in terms.names)
    if acts and me is None and not terms.register:
        raise ConfigError(
            f"{session.owner} is no participant of {session.address}",
            hint="Add --register --stake N, or register first: `fedsol participant register`.",
        )
    stake = me.stake if me is not None else 0
    if terms.stake > stake:
        missing = terms.stake - stake
        await need_tokens(session, session.ref.stake, missing, purpose="to be staked")
    least = session.account.params.min_stake
    staked = [_STAKED[one] for one in terms.names if one in _STAKED]
    if staked and max(stake, terms.stake) < least:
        raise InsufficientFunds(
            f"{staked[0]} of this federation stakes at least {least:,}, here are "
            f"{max(stake, terms.stake):,}",
            hint=f"Add --stake {least}, or deposit: `fedsol stake deposit`.",
        )
    sizes = [PARTICIPANT_BYTES] if terms.register and me is None else []
    sizes += [_SUBMISSION_BYTES] if "trainer" in terms.names else []
    sizes += [_EVALUATION_BYTES] if "evaluator" in terms.names else []
    sizes += [_ROUND_BYTES] if terms.open_rounds else []
    await need_lamports(session, *sizes)


async def admit(session: FederationSession, terms: Terms) -> None:
    """Registers and stakes, where that is asked for and not done yet."""
    await _token_accounts(session)
    me = await read_participant(session.chain, session.address, session.owner)
    if terms.register and me is None:
        await sign_agreement(session, [one for one in terms.names if one != "crank"], yes=terms.yes)
    if terms.stake:
        me = await need_participant(session)
        missing = terms.stake - me.stake
        if missing > 0:
            step = ix.stake_deposit(session.ref, session.owner, missing)
            # One label, whatever the amount: an interrupted deposit is completed, never doubled.
            await session.send("join-deposit", [step])
            note(f"staked {missing:,}, now {terms.stake:,}")


async def _token_accounts(session: FederationSession) -> None:
    """Makes the accounts that rewards and finders' parts are paid into."""
    tokens = list(dict.fromkeys([session.ref.stake, session.ref.reward]))
    there = await session.chain.accounts([token_address(session.owner, one) for one in tokens])
    missing = [one for one, account in zip(tokens, there, strict=True) if account is None]
    if missing:
        steps = [token_account_create(session.owner, session.owner, one) for one in missing]
        await session.send("token-accounts", steps)


async def act(session: FederationSession, terms: Terms, part: Part) -> Outcome:
    """Lets the roles act until the last round has ended or somebody says stop."""
    what = f"until round {part.last} has ended" if part.last else "until Ctrl-C"
    note(f"acting as {', '.join(terms.names)} {what}; the first round is {part.first}")
    with stopping("leaving after the current step; once more to leave at once") as stop:
        now = await _run(part, stop)
    newest = now.federation.round if now is not None else part.first
    if stop.by is None:
        return Outcome(part.first, newest, "done", 0)
    # Without --rounds, being told to leave is the regular end of a service.
    status = stop.status if terms.rounds is not None or stop.status == 130 else 0
    return Outcome(part.first, newest, stop.by.name, status)


async def _run(part: Part, stop: Stop) -> Snapshot | None:
    """Acts through outages: what cannot be reached is named and tried again."""

    def ended(now: Snapshot) -> bool:
        over = stop.by is not None or part.over(now)
        if not over:
            _tell(now, told)
        return over

    told: list[tuple[int, str]] = []
    while stop.by is None:
        try:
            now = await run(part.roles, until=ended)
            if stop.by is None:
                now = await _collect(part, now)
            return now
        except WrongCluster:
            raise
        except (ChainError, ArtifactError) as error:
            log.warning("waiting", reason=str(error), hint=error.hint, again_in=_PAUSE_SECONDS)
            await _sleep(stop, _PAUSE_SECONDS)
    return None


async def _collect(part: Part, now: Snapshot) -> Snapshot:
    """What is left to do after the last round: claim the reward, close the submission."""
    member = part.roles[0].member
    for role in part.roles:
        while await role.step(now):
            now = await member.snapshot()
    return now


async def _sleep(stop: Stop, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.asked.wait(), seconds)
    except TimeoutError:
        return


def _tell(now: Snapshot, told: list[tuple[int, str]]) -> None:
    """Logs each phase once, with its deadline: nobody should wonder what is waited for."""
    if now.round is None:
        here, left = (now.federation.round, "none"), None
    else:
        here = (now.round.number, now.round.phase.kind)
        left = max(0, now.round.deadline.time - now.clock.unix_timestamp)
    if told and told[-1] == here:
        return
    told[:] = [here]
    if now.federation.paused:
        log.warning("the federation is paused", newest=now.federation.round)
    elif not now.federation.round_active:
        log.info("waiting for a round to be opened", newest=now.federation.round)
    else:
        log.info("round", number=here[0], phase=here[1], ends_in_seconds=left)
