"""One federation's life as a list of transactions, the same on every chain: keys, hashes, salts."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain as joined
from typing import Any

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.chain import Chain, Landed
from fedsol.program import Federation, Participant, Round
from fedsol.program import addresses as at
from fedsol.program import instructions as ix
from fedsol.program.addresses import PROGRAM_ID, TOKEN_PROGRAM_ID, FederationRef, Token
from fedsol.program.commitment import Place, Update, commitment
from fedsol.program.instructions.federation import NewFederation
from fedsol.program.instructions.participant import AGGREGATOR, TRAINER
from fedsol.program.params import Params
from fedsol.program.tokens import MINT_LEN, mint_create, token_account_create, tokens_mint

SOL = 10**9
NAME = "script"
GENESIS = sha256(b"one genesis for both").digest()
_CONSUMED = re.compile(r"^Program (\w+) consumed (\d+) of")


def _key(name: str) -> Keypair:
    return Keypair.from_seed(sha256(b"fedsol script " + name.encode()).digest())


def _hash(name: str) -> bytes:
    return sha256(name.encode()).digest()


CREATOR, ADA, BEN, CEM = (_key(name) for name in ("creator", "ada", "ben", "cem"))
STAKE_MINT, REWARD_MINT = _key("stake"), _key("reward")
STAKE = Token(STAKE_MINT.pubkey(), decimals=6)
REWARD = Token(REWARD_MINT.pubkey(), decimals=6)
ADDRESS = at.federation_address(CREATOR.pubkey(), NAME)
FEDERATION = FederationRef(ADDRESS, CREATOR.pubkey(), STAKE, REWARD)
# With a single aggregator, the beacon can choose only that one.
ROLES = {ADA: TRAINER | AGGREGATOR, BEN: TRAINER, CEM: TRAINER}


@dataclass(frozen=True)
class Move:
    """One transaction to send. ``after``: what must be over before it (deadline, beacon, unbonding)."""

    name: str
    instruction: Instruction
    signer: Keypair
    after: str = ""


@dataclass(frozen=True)
class Step:
    """One transaction as it landed, with the compute units that each program used itself."""

    move: Move
    landed: Landed
    units: dict[str, int]


async def play(chain: Chain, *, whole: bool, seconds: int) -> AsyncIterator[Step]:
    """Sends the script to a chain with a faucet; yields each step as it landed.

    ``whole`` goes on after the first round, to the end of the federation; every window is
    ``seconds`` long.
    """
    for who in (CREATOR, *ROLES):
        await chain.airdrop(who.pubkey(), 10 * SOL)
    await _tokens(chain)
    first = joined(_founding(seconds), _joining(ADA), _joining(BEN), _first_round())
    for move in joined(first, _second_round(), _end()) if whole else first:
        await _until_due(chain, move)
        landed = await chain.send([move.instruction], [move.signer])
        yield Step(move, landed, own_units(landed))


async def accounts(chain: Chain) -> dict[str, tuple[int, dict[str, object]]]:
    """Size and fields of the accounts after the first round, by name."""
    people = [_person(who) for who in (ADA, BEN)]
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


def new_federation(params: Params, *, name: str = NAME) -> NewFederation:
    """What the script's federations start with."""
    return NewFederation(
        name=name,
        genesis=GENESIS,
        architecture_hash=_hash("architecture"),
        agreement_hash=_hash("agreement"),
        model_root=_hash("model root"),
        model_artifact=_hash("model"),
        parameter_count=62,
        params=params,
    )


async def _tokens(chain: Chain) -> None:
    rent, bank = await chain.rent(MINT_LEN), CREATOR.pubkey()
    for token, key in ((STAKE, STAKE_MINT), (REWARD, REWARD_MINT)):
        await chain.send(mint_create(bank, token, bank, lamports=rent), [CREATOR, key])
    for who in (CREATOR, *ROLES):
        steps = []
        for token in (STAKE, REWARD):
            steps.append(token_account_create(bank, who.pubkey(), token))
            steps.append(tokens_mint(token, bank, who.pubkey(), 10_000))
        await chain.send(steps, [CREATOR])


def _founding(seconds: int) -> Iterator[Move]:
    params = Params.local(seconds=seconds, round_reward=1_001, min_submissions=2)
    new = new_federation(params)
    create = ix.federation_create(CREATOR.pubkey(), new, stake=STAKE, reward=REWARD)
    yield Move("federation_create", create, CREATOR)
    fund = ix.federation_fund(FEDERATION, CREATOR.pubkey(), 5_000)
    yield Move("federation_fund", fund, CREATOR)


def _joining(who: Keypair) -> Iterator[Move]:
    owner, agreement = who.pubkey(), _hash("agreement")
    register = ix.participant_register(ADDRESS, owner, agreement=agreement, roles=ROLES[who])
    yield Move("participant_register", register, who)
    yield Move("stake_deposit", ix.stake_deposit(FEDERATION, owner, 3_000), who)


def _first_round() -> Iterator[Move]:
    advance = ix.round_advance(ADDRESS, 1)
    yield Move("round_open", ix.round_open(ADDRESS, CREATOR.pubkey(), 1), CREATOR)
    yield from (_commit(who, 1) for who in (ADA, BEN))
    yield Move("round_advance to Reveal", advance, CREATOR, after="deadline")
    for who in (ADA, BEN):
        reveal = ix.round_reveal(ADDRESS, 1, who.pubkey(), _update(who), _salt(who))
        yield Move("round_reveal", reveal, who)
    yield Move("round_advance to Score", advance, CREATOR, after="deadline")
    yield Move("round_advance to Aggregate", advance, CREATOR, after="beacon")
    root, artifact = _hash("new root"), _hash("new model")
    posted = ix.round_aggregate(ADDRESS, 1, ADA.pubkey(), model_root=root, model_artifact=artifact)
    yield Move("round_aggregate", posted, ADA)
    settle = ix.round_settle(ADDRESS, 1, _person(ADA))
    yield Move("round_settle", settle, CREATOR, after="deadline")
    yield from _paid(ADA)
    yield Move("stake_unbond", ix.stake_unbond(ADDRESS, BEN.pubkey(), 1_000), BEN)


def _second_round() -> Iterator[Move]:
    """Nobody reveals: the round is aborted, and the silence punished."""
    yield from _paid(BEN)
    yield from _joining(CEM)
    for paused in (True, False):
        yield Move("federation_pause", ix.federation_pause(FEDERATION, paused), CREATOR)
    yield Move("round_open", ix.round_open(ADDRESS, CREATOR.pubkey(), 2), CREATOR)
    yield _commit(CEM, 2)
    advance, abort = ix.round_advance(ADDRESS, 2), ix.round_abort(ADDRESS, 2)
    yield Move("round_advance to Reveal", advance, CREATOR, after="deadline")
    yield Move("round_abort", abort, CREATOR, after="deadline")
    fault = ix.fault_no_reveal(FEDERATION, 2, CREATOR.pubkey(), _person(CEM))
    yield Move("fault_no_reveal", fault, CREATOR)
    yield Move("submission_close", ix.submission_close(ADDRESS, 2, CEM.pubkey()), CEM)


def _end() -> Iterator[Move]:
    for who, left in ((ADA, 3_000), (BEN, 2_000), (CEM, 2_400)):
        yield Move("stake_unbond", ix.stake_unbond(ADDRESS, who.pubkey(), left), who)
    for who in ROLES:
        owner = who.pubkey()
        withdraw = ix.stake_withdraw(FEDERATION, owner)
        yield Move("stake_withdraw", withdraw, who, after="unbonding")
        yield Move("participant_close", ix.participant_close(ADDRESS, owner), who)
    for number in (1, 2):
        close = ix.round_close(ADDRESS, number, CREATOR.pubkey())
        yield Move("round_close", close, CREATOR)
    yield Move("federation_close", ix.federation_close(FEDERATION), CREATOR)


def _commit(who: Keypair, number: int) -> Move:
    place = Place(GENESIS, ADDRESS, number, _person(who))
    sealed = commitment(place, _update(who), _salt(who))
    return Move("round_commit", ix.round_commit(ADDRESS, number, who.pubkey(), sealed), who)


def _paid(who: Keypair) -> Iterator[Move]:
    yield Move("reward_claim", ix.reward_claim(FEDERATION, 1, who.pubkey()), who)
    yield Move("submission_close", ix.submission_close(ADDRESS, 1, who.pubkey()), who)


def _person(who: Keypair) -> Pubkey:
    return at.participant_address(ADDRESS, who.pubkey())


def _salt(who: Keypair) -> bytes:
    return _hash(f"salt {who.pubkey()}")


def _update(who: Keypair) -> Update:
    return Update(_hash(f"root {who.pubkey()}"), 1_000, _hash(f"update {who.pubkey()}"))


async def _until_due(chain: Chain, move: Move) -> None:
    # One more than is needed: a node's trial run may see an older clock.
    if move.after == "beacon":
        await chain.wait_until(slot=(await chain.clock()).slot + 3)
    elif move.after == "deadline":
        federation = await chain.account(ADDRESS)
        assert federation is not None
        number = Federation.decode(federation.data).round
        account = await chain.account(at.round_address(ADDRESS, number))
        assert account is not None
        end = Round.decode(account.data).deadline
        await chain.wait_until(unix_timestamp=end.time + 1, slot=end.slot + 2)
    elif move.after == "unbonding":
        account = await chain.account(_person(move.signer))
        assert account is not None
        entries = Participant.decode(account.data).unbonding
        time = max(entry.release.time for entry in entries)
        slot = max(entry.release.slot for entry in entries)
        await chain.wait_until(unix_timestamp=time + 1, slot=slot + 2)
