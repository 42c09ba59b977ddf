"""What the accounts of a federation say: read, decoded and checked, without loading any learning."""

import struct
from typing import Literal

from solders.pubkey import Pubkey

from fedsol.chain import Chain, Clock
from fedsol.errors import ConfigError, WrongCluster
from fedsol.program import Challenge, Evaluation, Federation, Participant, Round, Submission
from fedsol.program import addresses as at
from fedsol.program.addresses import PROGRAM_ID, FederationRef
from fedsol.program.generated.types.deadline import Deadline
from fedsol.program.generated.types.params import Params
from fedsol.program.tokens import token_of_mint

Due = Literal["advance", "abort", "settle", "score"]
"""What anybody may do with a round whose time has come; ``score``: one of its submissions."""

# Offsets after the discriminator's 8 bytes and the small fields before the field that is sought.
_FEDERATION_IN_PARTICIPANT = 16  # version, bump, roles, listed, index 4
_LISTED_IN_PARTICIPANT = 11
ROUND_IN_SUBMISSION = 21  # version, bump, status, claimed, revealed, index 4, weight 4
_PARTICIPANT_IN_SUBMISSION = ROUND_IN_SUBMISSION + 32
_ROUND_IN_EVALUATION = 13  # version, bump, status, seat, place
_PARTICIPANT_IN_EVALUATION = _ROUND_IN_EVALUATION + 32
_SCORES_IN_EVALUATION = 177  # what Evaluation::SPACE says


async def read_federation(chain: Chain, address: Pubkey) -> tuple[Federation, Pubkey]:
    """A federation's account and the program that owns it, checked against the chain's genesis
    hash.

    Raises ConfigError if there is none, WrongCluster if it was created on another cluster.
    """
    found = await chain.account(address)
    if found is None or found.data[:8] != Federation.discriminator:
        raise ConfigError(
            f"there is no federation at {address}",
            hint="Check the address and --url; a federation lives on one cluster only.",
        )
    account = Federation.decode(found.data)
    if bytes(account.genesis) != await chain.genesis_hash():
        raise WrongCluster(f"the federation {address} was created on another cluster than this one")
    return account, found.owner


async def ref_of(chain: Chain, address: Pubkey, account: Federation) -> FederationRef:
    """What instructions need to know of a federation, from its account and its two mints."""
    mints = await chain.accounts([account.stake_mint, account.reward_mint])
    tokens = [token_of_mint(one.address, one.owner, one.data) for one in mints if one is not None]
    return FederationRef(address, account.creator, tokens[0], tokens[1])


async def read_ref(chain: Chain, address: Pubkey) -> FederationRef:
    """What instructions need to know of a federation. Raises what ``read_federation`` raises."""
    account, _ = await read_federation(chain, address)
    return await ref_of(chain, address, account)


async def list_federations(chain: Chain) -> list[tuple[Pubkey, Federation]]:
    """All federations of the chain with their addresses."""
    found = await chain.program_accounts(PROGRAM_ID, discriminator=Federation.discriminator)
    return [(one.address, Federation.decode(one.data)) for one in found]


async def list_participants(chain: Chain, federation: Pubkey) -> list[tuple[Pubkey, Participant]]:
    """All participants of a federation with their addresses."""
    found = await chain.program_accounts(
        PROGRAM_ID,
        discriminator=Participant.discriminator,
        memcmp=[(_FEDERATION_IN_PARTICIPANT, bytes(federation))],
    )
    return [(one.address, Participant.decode(one.data)) for one in found]


async def read_participant(chain: Chain, federation: Pubkey, owner: Pubkey) -> Participant | None:
    """An owner's participant; None if it has not registered.

    Lamports that a stranger sent to its address beforehand make an account without data: that is none yet.
    """
    account = await chain.account(at.participant_address(federation, owner))
    return Participant.decode(account.data) if account is not None and account.data else None


async def read_round(chain: Chain, federation: Pubkey, number: int) -> Round | None:
    """A round by number; None if it was never opened or is closed."""
    account = await chain.account(at.round_address(federation, number))
    return Round.decode(account.data) if account is not None and account.data else None


async def list_submissions(
    chain: Chain, *, round_: Pubkey | None = None, participant: Pubkey | None = None
) -> list[Submission]:
    """Submissions of a round, of a participant or of both, revealed ones first by their index."""
    filters = []
    if round_ is not None:
        filters.append((ROUND_IN_SUBMISSION, bytes(round_)))
    if participant is not None:
        filters.append((_PARTICIPANT_IN_SUBMISSION, bytes(participant)))
    found = await chain.program_accounts(
        PROGRAM_ID, discriminator=Submission.discriminator, memcmp=filters
    )
    decoded = [Submission.decode(one.data) for one in found]
    return sorted(decoded, key=lambda one: (one.status.kind != "Revealed", one.index))


async def list_evaluations(
    chain: Chain, round_: Pubkey | None = None, *, participant: Pubkey | None = None
) -> list[tuple[Pubkey, Evaluation, tuple[int, ...]]]:
    """Evaluations of a round, of a participant or of both, with their addresses and scores.

    Those that were shown come first, by place.
    """
    filters = []
    if round_ is not None:
        filters.append((_ROUND_IN_EVALUATION, bytes(round_)))
    if participant is not None:
        filters.append((_PARTICIPANT_IN_EVALUATION, bytes(participant)))
    found = await chain.program_accounts(
        PROGRAM_ID, discriminator=Evaluation.discriminator, memcmp=filters
    )
    listed = [(one.address, Evaluation.decode(one.data), scores_of(one.data)) for one in found]
    return sorted(listed, key=lambda one: (one[1].status.kind == "Committed", one[1].place))


def scores_of(data: bytes) -> tuple[int, ...]:
    """The scores in an evaluation's data, by submission index; zero where none was shown."""
    tail = data[_SCORES_IN_EVALUATION:]
    return struct.unpack(f"<{len(tail) // 2}H", tail)


async def list_challenges(chain: Chain, round_: Pubkey) -> list[tuple[Pubkey, Challenge, bytes]]:
    """Open challenges and demands of a round with their addresses and whole data."""
    found = await chain.program_accounts(PROGRAM_ID, discriminator=Challenge.discriminator)
    listed = [(one.address, Challenge.decode(one.data), one.data) for one in found]
    return [one for one in listed if one[1].round == round_]


async def read_last_aggregator(
    chain: Chain, federation: Pubkey, leaving: Pubkey, *, aggregators: int
) -> Pubkey | None:
    """Who must be named when the participant ``leaving`` may drop out of the list of so many
    aggregators; None if nobody.
    """
    account = await chain.account(leaving)
    person = Participant.decode(account.data) if account is not None and account.data else None
    last = aggregators - 1
    if person is None or not person.listed or person.aggregator_index == last:
        return None
    found = await chain.program_accounts(
        PROGRAM_ID,
        discriminator=Participant.discriminator,
        memcmp=[
            (_FEDERATION_IN_PARTICIPANT, bytes(federation)),
            (_LISTED_IN_PARTICIPANT, b"\x01" + last.to_bytes(4, "little")),
        ],
    )
    return found[0].address if found else None


def is_over(round_: Round, clock: Clock) -> bool:
    """Whether the round's phase is over, as the program will see it."""
    return is_past(round_.deadline, clock)


def is_past(end: Deadline, clock: Clock) -> bool:
    """Whether a deadline has passed: both its second and its slot."""
    return clock.unix_timestamp >= end.time and clock.slot >= end.slot


def is_scored(params: Params) -> bool:
    """Whether evaluators score a round of these rules."""
    return bool(params.score.seconds or params.score.slots)


def is_masked(params: Params) -> bool:
    """Whether updates of a round of these rules stay hidden under masks."""
    return bool(params.rule.kind == "Masked")


def update_length(round_: Round) -> int:
    """How many int16 values an update of the round has, as the program counts them.

    One for each parameter; two where masked words have 32 bits, to hold the sum of the most
    submissions.
    """
    params = round_.params
    wide = is_masked(params) and params.max_submissions * params.qmax >= 2**15
    return int(round_.parameter_count) * (2 if wide else 1)


def objectors_of(round_: Round) -> list[int]:
    """The indices of the submissions whose authors have objected to the aggregate that stands."""
    bits = int.from_bytes(bytes(round_.objectors), "little")
    return [index for index in range(bits.bit_length()) if bits >> index & 1]


def is_ended(round_: Round) -> bool:
    """Whether nothing moves a round any more."""
    return round_.phase.kind in ("Settled", "Aborted")


def is_owed(round_: Round, submission: Submission) -> bool:
    """Whether a round still owes a submission its reward: to accepted and planted ones, once settled."""
    earned = submission.status.kind in ("Revealed", "Planted") and not submission.claimed
    return round_.phase.kind == "Settled" and earned


def is_faulty(evaluation: Evaluation, round_: Round) -> bool:
    """Whether an evaluator is at fault, as the program will see it.

    Silent once the time to show scores is over; or, once the round has ended, more often outside
    the band than within, or mistaken about more plants than were proved to be none.
    """
    if evaluation.status.kind == "Committed":
        return round_.scores_closed
    deaf = evaluation.missed > round_.false_plants
    far = evaluation.strikes > evaluation.credits
    return evaluation.status.kind == "Revealed" and is_ended(round_) and (deaf or far)


def due_now(round_: Round, clock: Clock) -> Due | None:
    """What anybody may do with the round now; None while its phase lasts or when it has ended."""
    over = is_over(round_, clock)
    params, scoring = round_.params, round_.params.scoring
    match round_.phase.kind:
        case "Commit" | "Share" if over:
            return "advance"
        case "Reveal" if over or round_.revealed >= params.max_submissions:
            return "advance" if round_.revealed >= params.min_submissions else "abort"
        case "Score" if not round_.drawn:
            return "advance"
        case "Score" if over:
            return "advance" if round_.seats >= scoring.min_evaluators else "abort"
        case "ScoreReveal" if over or round_.score_reveals == round_.seats:
            return "advance" if round_.score_reveals >= scoring.min_evaluators else "abort"
        case "Tally" if over:
            return "advance" if round_.scored == round_.revealed else "score"
        case "Aggregate" if not round_.disputes:
            late = is_past(round_.takeover, clock) or round_.accepted < params.min_submissions
            return "abort" if late else None
        case "Challenge" if over and not round_.disputes:
            return "settle"
    return None
