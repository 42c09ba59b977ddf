"""What the accounts of a federation say: read, decoded and checked, without loading any learning."""

from typing import Literal

from solders.pubkey import Pubkey

from fedsol.chain import Chain, Clock
from fedsol.errors import ConfigError, WrongCluster
from fedsol.program import Federation, Participant, Round, Submission
from fedsol.program import addresses as at
from fedsol.program.addresses import PROGRAM_ID, FederationRef
from fedsol.program.tokens import token_of_mint

Due = Literal["advance", "abort", "settle"]
"""What anybody may do with a round whose time has come."""

# Offsets after the discriminator's 8 bytes and the small fields before the field that is sought.
_FEDERATION_IN_PARTICIPANT = 16  # version, bump, roles, listed, index 4
_LISTED_IN_PARTICIPANT = 11
_ROUND_IN_SUBMISSION = 20  # version, bump, status, claimed, index 4, weight 4
_PARTICIPANT_IN_SUBMISSION = _ROUND_IN_SUBMISSION + 32


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
        filters.append((_ROUND_IN_SUBMISSION, bytes(round_)))
    if participant is not None:
        filters.append((_PARTICIPANT_IN_SUBMISSION, bytes(participant)))
    found = await chain.program_accounts(
        PROGRAM_ID, discriminator=Submission.discriminator, memcmp=filters
    )
    decoded = [Submission.decode(one.data) for one in found]
    return sorted(decoded, key=lambda one: (one.status.kind != "Revealed", one.index))


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
    end = round_.deadline
    return clock.unix_timestamp >= end.time and clock.slot >= end.slot


def due_now(round_: Round, clock: Clock) -> Due | None:
    """What anybody may do with the round now; None while its phase lasts or when it has ended."""
    params = round_.params
    full = round_.phase.kind == "Reveal" and round_.revealed >= params.max_submissions
    if not full and not is_over(round_, clock):
        return None
    match round_.phase.kind:
        case "Commit" | "Score":
            return "advance"
        case "Reveal":
            return "advance" if round_.revealed >= params.min_submissions else "abort"
        case "Aggregate":
            end = round_.takeover
            over = clock.unix_timestamp >= end.time and clock.slot >= end.slot
            return "abort" if over else None
        case "Challenge":
            return "settle"
    return None
