"""Checks everything about a federation afterwards, trusting nobody: only the ledger and the
accounts.

In order: ``record`` (events, heads, commitments), ``money`` (every token), ``updates`` (every root
and aggregate, where the stored bytes are at hand); ``report`` holds what was found.
"""

from collections.abc import Sequence

from solders.pubkey import Pubkey

from fedsol.artifacts import ArtifactStore
from fedsol.audit.money import check_money, replay_money
from fedsol.audit.record import check_commitments, check_heads, check_models, replay
from fedsol.audit.report import AuditReport as AuditReport
from fedsol.audit.report import Check as Check
from fedsol.audit.report import Person as Person
from fedsol.chain import Chain
from fedsol.errors import AuditError
from fedsol.program import Federation, Participant, Round
from fedsol.program import addresses as at
from fedsol.program.addresses import PROGRAM_ID
from fedsol.program.events import Event, from_logs
from fedsol.program.tokens import token_amount

_FEDERATION_IN_PARTICIPANT = 16  # discriminator 8, version, bump, roles, listed, index 4
_FEDERATION_IN_ROUND = 19  # discriminator 8, version, bump, phase, number 8


async def audit(
    chain: Chain, federation: Pubkey, artifacts: ArtifactStore | None = None
) -> AuditReport:
    """Replays a federation's whole history and compares it with what the accounts say.

    With ``artifacts`` every update's root and every aggregate is recomputed as well. What is wrong
    is in the report; only a history that cannot be read at all raises: AuditError.
    """
    events = await read_events(chain, federation)
    if not events or events[0].name != "FederationCreated":
        raise AuditError(
            f"the history of {federation} does not begin with its creation",
            hint="Use an RPC endpoint that keeps the whole history.",
        )
    created = events[0].data
    done = replay(events)
    account = await chain.account(federation)
    ledger = replay_money(events)
    genesis = await chain.genesis_hash()
    checks = [*check_commitments(events, genesis), check_models(events)]
    if account is not None and account.data:
        state = Federation.decode(account.data)
        people, rounds = await _members(chain, federation)
        heads = {federation: (state.seq, bytes(state.head))}
        heads |= {one: (held.seq, bytes(held.head)) for one, held in people.items()}
        heads |= {one: (held.seq, bytes(held.head)) for one, held in rounds.items()}
        vaults = await _vaults(chain, federation)
        checks = [
            *check_heads(done, heads),
            *checks,
            *check_money(ledger, state, people, vaults),
        ]
    else:
        checks = [*check_heads(done, {}), *checks]
    if artifacts is not None:
        from fedsol.audit.updates import check_updates  # late: it loads JAX

        checks += await check_updates(events, created.params, artifacts)
    return AuditReport(federation, len(events), checks, [*ledger.former, *ledger.people.values()])


async def read_events(chain: Chain, federation: Pubkey) -> Sequence[Event]:
    """Every event of a federation, oldest first, from the transactions that name its address."""
    events: list[Event] = []
    for record in await chain.history(federation):
        if record.err is None:
            events += [one for one in from_logs(record.logs) if one.data.federation == federation]
    # An address may have been closed and created again: only its newest life can be compared.
    births = [index for index, one in enumerate(events) if one.name == "FederationCreated"]
    return events[births[-1] :] if births else events


async def _members(
    chain: Chain, federation: Pubkey
) -> tuple[dict[Pubkey, Participant], dict[Pubkey, Round]]:
    people = await chain.program_accounts(
        PROGRAM_ID,
        discriminator=Participant.discriminator,
        memcmp=[(_FEDERATION_IN_PARTICIPANT, bytes(federation))],
    )
    rounds = await chain.program_accounts(
        PROGRAM_ID,
        discriminator=Round.discriminator,
        memcmp=[(_FEDERATION_IN_ROUND, bytes(federation))],
    )
    return (
        {one.address: Participant.decode(one.data) for one in people},
        {one.address: Round.decode(one.data) for one in rounds},
    )


async def _vaults(chain: Chain, federation: Pubkey) -> tuple[int, int, int]:
    addresses = (
        at.stake_vault_address(federation),
        at.reward_vault_address(federation),
        at.treasury_vault_address(federation),
    )
    found = await chain.accounts(addresses)
    stake, reward, treasury = (
        token_amount(one.data) if one is not None and one.data else 0 for one in found
    )
    return stake, reward, treasury
