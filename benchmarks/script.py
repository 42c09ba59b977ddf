"""The scripted federations' lives as lists of transactions, the same on every chain."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain as joined
from typing import Any

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from benchmarks import script_masked, script_scored, script_selecting
from benchmarks.stage import (
    ADDRESS,
    CREATOR,
    FEDERATION,
    REWARD,
    REWARD_MINT,
    SOL,
    STAKE,
    STAKE_MINT,
    Move,
    Stage,
    blind_update,
    digest,
    key,
    new_federation,
)
from fedsol.chain import Chain, Landed
from fedsol.program import Challenge, Federation, Participant, Round
from fedsol.program import addresses as at
from fedsol.program import instructions as ix
from fedsol.program.addresses import PROGRAM_ID, TOKEN_PROGRAM_ID
from fedsol.program.instructions.participant import AGGREGATOR, TRAINER
from fedsol.program.params import Params
from fedsol.program.tokens import MINT_LEN, mint_create, token_account_create, tokens_mint

_CONSUMED = re.compile(r"^Program (\w+) consumed (\d+) of")
ADA, BEN, CEM = (key(name) for name in ("ada", "ben", "cem"))
# With a single aggregator, the beacon can choose only that one.
ROLES = {ADA: TRAINER | AGGREGATOR, BEN: TRAINER, CEM: TRAINER}
STAGE = Stage()


@dataclass(frozen=True)
class Step:
    """One transaction as it landed, with the compute units that each program used itself."""

    move: Move
    landed: Landed
    units: dict[str, int]


async def play(chain: Chain, *, whole: bool, seconds: int) -> AsyncIterator[Step]:
    """Sends the script to a chain with a faucet; yields each step as it landed.

    ``whole`` goes on after the first round, to the end of the federation, then to another one with
    scores and disputes, to one whose rule selects and to one under masks; every window of the first is
    ``seconds`` long.
    """
    others = (*script_scored.ROLES, *script_selecting.ROLES, *script_masked.ROLES)
    people = (*ROLES, *others) if whole else tuple(ROLES)
    await endow(chain, people)
    moves = joined(_founding(seconds), _joining(ADA), _joining(BEN), _first_round())
    if whole:
        moves = joined(moves, _second_round(), _end(), script_scored.moves(seconds))
        moves = joined(moves, script_selecting.moves(seconds), script_masked.moves(seconds))
    async for step in perform(chain, moves):
        yield step


async def perform(chain: Chain, moves: Iterable[Move]) -> AsyncIterator[Step]:
    """Sends moves, each when it is due."""
    for move in moves:
        await _until_due(chain, move)
        landed = await chain.send([move.instruction], [move.signer])
        yield Step(move, landed, own_units(landed))


async def accounts(chain: Chain) -> dict[str, tuple[int, dict[str, object]]]:
    """Size and fields of the accounts after the first round, by name."""
    people = [STAGE.person(who) for who in (ADA, BEN)]
    found = await chain.accounts([ADDRESS, at.round_address(ADDRESS, 1), *people])
    kinds: tuple[Any, ...] = (Federation, Round, Participant, Participant)
    names = ("federation", "round", "ada", "ben")
    read = {}
    for name, kind, account in zip(names, kinds, found, strict=True):
        assert account is not None
        read[name] = (len(account.data), dict(kind.decode(account.data).to_json()))
    return read


def own_units(landed: Landed) -> dict[str, int]:
    """Compute units by program, each without those of the programs that it called."""
    units: dict[str, int] = {}
    for line in landed.logs:
        if (match := _CONSUMED.match(line)) is not None:
            units[match[1]] = units.get(match[1], 0) + int(match[2])
    total = units.pop(str(PROGRAM_ID))
    own = {"fedsol": total - sum(units.values())}
    known = {str(TOKEN_PROGRAM_ID): "token"}
    return own | {known.get(key, key): value for key, value in units.items()}


def calls_units(landed: Landed) -> tuple[int, ...]:
    """Compute units of each of the program's instructions, with what it called."""
    found = (_CONSUMED.match(line) for line in landed.logs)
    return tuple(int(match[2]) for match in found if match and match[1] == str(PROGRAM_ID))


async def endow(chain: Chain, people: Iterable[Keypair]) -> None:
    """Makes both mints, and gives the creator and the people SOL and tokens."""
    everybody = (CREATOR, *people)
    for who in everybody:
        await chain.airdrop(who.pubkey(), 10 * SOL)
    rent, bank = await chain.rent(MINT_LEN), CREATOR.pubkey()
    for token, mint in ((STAKE, STAKE_MINT), (REWARD, REWARD_MINT)):
        await chain.send(mint_create(bank, token, bank, lamports=rent), [CREATOR, mint])
    for who in everybody:
        steps = []
        for token in (STAKE, REWARD):
            steps.append(token_account_create(bank, who.pubkey(), token))
            steps.append(tokens_mint(token, bank, who.pubkey(), 10_000))
        await chain.send(steps, [CREATOR])


def _founding(seconds: int) -> Iterator[Move]:
    params = Params.local(seconds=seconds, round_reward=1_001, min_submissions=2)
    new = new_federation(params)
    create = ix.federation_create(CREATOR.pubkey(), new, stake=STAKE, reward=REWARD)
    yield STAGE.move("federation_create", create)
    fund = ix.federation_fund(FEDERATION, CREATOR.pubkey(), 5_000)
    yield STAGE.move("federation_fund", fund)


def _joining(who: Keypair) -> Iterator[Move]:
    return STAGE.joining(who, ROLES[who])


def _first_round() -> Iterator[Move]:
    yield STAGE.move("round_open", ix.round_open(ADDRESS, CREATOR.pubkey(), 1))
    yield from (STAGE.commit(who, 1, blind_update(who)) for who in (ADA, BEN))
    yield STAGE.advance(1, "Reveal")
    yield from (STAGE.reveal(who, 1, blind_update(who)) for who in (ADA, BEN))
    yield STAGE.advance(1, "Score")
    yield STAGE.advance(1, "Aggregate, the beacon", after="beacon")
    yield STAGE.aggregate(ADA, 1, digest("new root"))
    settle = ix.round_settle(ADDRESS, 1, STAGE.person(ADA))
    yield STAGE.move("round_settle", settle, after="deadline")
    yield from STAGE.paid(ADA, 1)
    yield STAGE.move("stake_unbond", ix.stake_unbond(ADDRESS, BEN.pubkey(), 1_000), BEN)


def _second_round() -> Iterator[Move]:
    """Nobody reveals: the round is aborted, and the silence punished."""
    yield from STAGE.paid(BEN, 1)
    yield from _joining(CEM)
    for paused in (True, False):
        yield STAGE.move("federation_pause", ix.federation_pause(FEDERATION, paused))
    yield STAGE.move("round_open", ix.round_open(ADDRESS, CREATOR.pubkey(), 2))
    yield STAGE.commit(CEM, 2, blind_update(CEM))
    yield STAGE.advance(2, "Reveal")
    yield STAGE.move("round_abort", ix.round_abort(ADDRESS, 2), after="deadline")
    fault = ix.fault_no_reveal(FEDERATION, 2, CREATOR.pubkey(), STAGE.person(CEM))
    yield STAGE.move("fault_no_reveal", fault)
    yield STAGE.move("submission_close", ix.submission_close(ADDRESS, 2, CEM.pubkey()), CEM)


def _end() -> Iterator[Move]:
    for who, left in ((ADA, 3_000), (BEN, 2_000), (CEM, 2_400)):
        yield STAGE.move("stake_unbond", ix.stake_unbond(ADDRESS, who.pubkey(), left), who)
    for who in ROLES:
        owner = who.pubkey()
        withdraw = ix.stake_withdraw(FEDERATION, owner)
        yield STAGE.move("stake_withdraw", withdraw, who, after="unbonding")
        yield STAGE.move("participant_close", ix.participant_close(ADDRESS, owner), who)
    for number in (1, 2):
        close = ix.round_close(ADDRESS, number, CREATOR.pubkey())
        yield STAGE.move("round_close", close)
    yield STAGE.move("federation_close", ix.federation_close(FEDERATION))


async def _until_due(chain: Chain, move: Move) -> None:
    # One more than is needed: a node's trial run may see an older clock.
    if move.after == "beacon":
        await chain.wait_until(slot=(await chain.clock()).slot + 3)
    elif move.after == "deadline":
        number = (await _read(chain, Federation, move.federation)).round
        end = (await _read(chain, Round, at.round_address(move.federation, number))).deadline
        await chain.wait_until(unix_timestamp=end.time + 1, slot=end.slot + 2)
    elif move.after == "dispute":
        # Third of the accounts of challenge_expire.
        end = (await _read(chain, Challenge, move.instruction.accounts[2].pubkey)).deadline
        await chain.wait_until(unix_timestamp=end.time + 1, slot=end.slot + 2)
    elif move.after == "unbonding":
        address = at.participant_address(move.federation, move.signer.pubkey())
        entries = (await _read(chain, Participant, address)).unbonding
        time = max(entry.release.time for entry in entries)
        slot = max(entry.release.slot for entry in entries)
        await chain.wait_until(unix_timestamp=time + 1, slot=slot + 2)


async def _read(chain: Chain, kind: Any, address: Pubkey) -> Any:
    account = await chain.account(address)
    assert account is not None
    return kind.decode(account.data)
