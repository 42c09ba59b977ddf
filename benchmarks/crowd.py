"""Many participants on an embedded chain: their transactions, built, signed and run one by one.

Nothing is trained and nothing is read: this is the chain's part alone. Keys are funded past the
faucet, and all transactions of a phase share one block.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain as joined

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from benchmarks.script import (
    ADDRESS,
    CREATOR,
    FEDERATION,
    GENESIS,
    REWARD,
    SOL,
    STAKE,
    new_federation,
    own_units,
)
from fedsol.chain import Draft, Dropped, EmbeddedLedger, Landed
from fedsol.program import Round
from fedsol.program import addresses as at
from fedsol.program import instructions as ix
from fedsol.program.addresses import PROGRAM_ID, TOKEN_PROGRAM_ID, Token, token_address
from fedsol.program.commitment import Place, Update, commitment
from fedsol.program.instructions.participant import AGGREGATOR, TRAINER
from fedsol.program.params import Params
from fedsol.sandbox import load_program

STAKED, POOL = 3_000, 1_000_000
_MINT_RENT = 10**8


@dataclass(frozen=True)
class Cost:
    """What one transaction cost: the program's own units, all units, bytes and lamports of fee."""

    own: int
    units: int
    size: int
    fee: int


class Crowd:
    """A federation with ``size`` participants, and the phases of its first round."""

    def __init__(self, size: int) -> None:
        self.ledger = EmbeddedLedger(seed=b"crowd", block_on_tx=False)
        load_program(self.ledger)
        digests = (sha256(f"person {index}".encode()).digest() for index in range(size))
        self.people = [Keypair.from_seed(digest) for digest in digests]
        self.submission_size = self.aggregate_fee = 0
        self._fund()
        params = Params.local(
            seconds=4, round_reward=POOL, min_submissions=1, max_submissions=10_000
        )
        new = new_federation(params)
        create = ix.federation_create(CREATOR.pubkey(), new, stake=STAKE, reward=REWARD)
        fund = ix.federation_fund(FEDERATION, CREATOR.pubkey(), POOL)
        self.send(CREATOR, create)
        self.send(CREATOR, fund)

    def round(self) -> dict[str, list[Cost]]:
        """Everybody joins and takes part in a round: what each one's transactions cost, by name."""
        costs = {
            "participant_register": self._each(self._register),
            "stake_deposit": self._each(
                lambda who: [ix.stake_deposit(FEDERATION, who.pubkey(), STAKED)]
            ),
        }
        self.send(CREATOR, ix.round_open(ADDRESS, CREATOR.pubkey(), 1))
        costs["round_commit"] = self._each(self._commit)
        account = self.ledger.get_account(self._submission(self.people[0]))
        self.submission_size = len(account.data) if account is not None else 0
        self._advance()
        costs["round_reveal"] = self._each(self._reveal)
        self._advance()
        self.ledger.advance(slots=3)
        self.send(CREATOR, ix.round_advance(ADDRESS, 1))
        chosen = self.people[0]
        posted = ix.round_aggregate(
            ADDRESS, 1, chosen.pubkey(), model_root=bytes(32), model_artifact=bytes(32)
        )
        self.aggregate_fee = self.send(chosen, posted).fee
        self._pass()
        self.send(CREATOR, ix.round_settle(ADDRESS, 1, self._participant(chosen)))
        costs["reward_claim + submission_close"] = self._each(self._leave)
        return costs

    def send(self, signer: Keypair, *instructions: Instruction) -> Cost:
        """Signs and runs one transaction; it must succeed."""
        draft = Draft(instructions, signer.pubkey()).with_budget(units=200_000, price=0)
        transaction = draft.signed(self.ledger.blocks.latest, [signer])
        done = self.ledger.submit(transaction)
        assert not isinstance(done, Dropped), done.err
        assert done.err is None, (done.err, done.logs)
        landed = Landed(done.signature, done.slot, done.units, done.fee, done.logs)
        return Cost(own_units(landed)["fedsol"], done.units, len(done.raw), done.fee)

    def missed_bumps(self, who: Keypair) -> int:
        """Tries in vain before the bump of somebody's submission was found."""
        round_, person = at.round_address(ADDRESS, 1), self._participant(who)
        seeds = (b"submission", bytes(round_), bytes(person))
        return 255 - Pubkey.find_program_address(seeds, PROGRAM_ID)[1]

    def _submission(self, who: Keypair) -> Pubkey:
        return at.submission_address(at.round_address(ADDRESS, 1), self._participant(who))

    def _each(self, build: Callable[[Keypair], Sequence[Instruction]]) -> list[Cost]:
        costs = [self.send(who, *build(who)) for who in self.people]
        self.ledger.advance(slots=1)
        return costs

    def _register(self, who: Keypair) -> list[Instruction]:
        roles = TRAINER | AGGREGATOR if who is self.people[0] else TRAINER
        agreement = bytes(sha256(b"agreement").digest())
        return [ix.participant_register(ADDRESS, who.pubkey(), agreement=agreement, roles=roles)]

    def _commit(self, who: Keypair) -> list[Instruction]:
        place = Place(GENESIS, ADDRESS, 1, self._participant(who))
        sealed = commitment(place, self._update(who), bytes(32))
        return [ix.round_commit(ADDRESS, 1, who.pubkey(), sealed)]

    def _reveal(self, who: Keypair) -> list[Instruction]:
        return [ix.round_reveal(ADDRESS, 1, who.pubkey(), self._update(who), bytes(32))]

    def _leave(self, who: Keypair) -> list[Instruction]:
        claim = ix.reward_claim(FEDERATION, 1, who.pubkey())
        return [claim, ix.submission_close(ADDRESS, 1, who.pubkey())]

    def _update(self, who: Keypair) -> Update:
        root = sha256(bytes(who.pubkey())).digest()
        return Update(root, 1_000, sha256(root).digest())

    def _participant(self, who: Keypair) -> Pubkey:
        return at.participant_address(ADDRESS, who.pubkey())

    def _advance(self) -> None:
        self._pass()
        self.send(CREATOR, ix.round_advance(ADDRESS, 1))

    def _pass(self) -> None:
        """Lets the phase pass."""
        account = self.ledger.get_account(at.round_address(ADDRESS, 1))
        assert account is not None
        end = Round.decode(account.data).deadline
        now = self.ledger
        now.advance(seconds=end.time - now.unix_timestamp + 1, slots=max(1, end.slot - now.slot))

    def _fund(self) -> None:
        for token in (STAKE, REWARD):
            supply = POOL + STAKED * len(self.people)
            mint = (1).to_bytes(4, "little") + bytes(CREATOR.pubkey())
            mint += supply.to_bytes(8, "little") + bytes([token.decimals, 1]) + bytes(36)
            self.ledger.set_account(
                token.mint, lamports=_MINT_RENT, owner=TOKEN_PROGRAM_ID, data=mint
            )
        for who in joined([CREATOR], self.people):
            self.ledger.set_account(who.pubkey(), lamports=10 * SOL)
            reward = POOL if who is CREATOR else 0
            self._hold(who, STAKE, STAKED)
            self._hold(who, REWARD, reward)

    def _hold(self, who: Keypair, token: Token, amount: int) -> None:
        data = bytes(token.mint) + bytes(who.pubkey()) + amount.to_bytes(8, "little")
        data += bytes(36) + b"\x01" + bytes(56)
        address = token_address(who.pubkey(), token)
        self.ledger.set_account(address, lamports=_MINT_RENT, owner=TOKEN_PROGRAM_ID, data=data)
