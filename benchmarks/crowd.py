"""Many participants on an embedded chain: their transactions, built, signed and run one by one.

Nothing is trained and nothing is read: this is the chain's part alone. Keys are funded past the
faucet, and all transactions of a phase share one block.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain as joined
from typing import Any

from solders.account import Account
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from benchmarks.script import calls_units, own_units
from benchmarks.stage import (
    ADDRESS,
    CREATOR,
    FEDERATION,
    REWARD,
    SOL,
    STAKE,
    STAKED,
    UNITS,
    Stage,
    digest,
    new_federation,
    salt,
)
from fedsol.chain import Draft, Dropped, EmbeddedLedger, Landed
from fedsol.program import Round
from fedsol.program import addresses as at
from fedsol.program import instructions as ix
from fedsol.program.addresses import PROGRAM_ID, TOKEN_PROGRAM_ID, Token, token_address
from fedsol.program.commitment import Update
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR, TRAINER
from fedsol.program.params import Params
from fedsol.program.tokens import mint_data, token_account_data
from fedsol.sandbox import load_program

POOL = 1_000_000
SUBMISSIONS_MAX = 4_096
ALL_ROLES = TRAINER | EVALUATOR | AGGREGATOR
_MINT_RENT = 10**8
_STAGE = Stage()


@dataclass(frozen=True)
class Cost:
    """What one transaction cost: the program's own units, all units, bytes and lamports of fee.

    ``calls`` are the units of each of its instructions that is the program's.
    """

    own: int
    units: int
    size: int
    fee: int
    calls: tuple[int, ...]


class Crowd:
    """A federation with ``size`` participants, and the phases of its first round.

    The first of them is the only aggregator and evaluator. ``updates`` are what they submit, in their
    order (roots that lead nowhere unless given); ``rules`` are changes of the params. The creator
    holds stake tokens too.
    """

    def __init__(
        self,
        size: int,
        *,
        updates: Sequence[Update] = (),
        parameters: int = 62,
        model_root: bytes = digest("model root"),
        **rules: object,
    ) -> None:
        self.ledger = EmbeddedLedger(seed=b"crowd", block_on_tx=False)
        load_program(self.ledger)
        digests = (sha256(f"person {index}".encode()).digest() for index in range(size))
        self.people = [Keypair.from_seed(digest) for digest in digests]
        self._updates = dict(zip(self.people, updates, strict=False))
        self._fund()
        self.params = Params.local(
            **{
                "seconds": 4,
                "round_reward": POOL,
                "min_submissions": 1,
                "max_submissions": SUBMISSIONS_MAX,
                **rules,
            }  # type: ignore[arg-type]
        )
        new = new_federation(self.params, parameters=parameters, model_root=model_root)
        self.send(CREATOR, ix.federation_create(CREATOR.pubkey(), new, stake=STAKE, reward=REWARD))
        self.send(CREATOR, ix.federation_fund(FEDERATION, CREATOR.pubkey(), POOL))

    def round(self) -> dict[str, list[Cost]]:
        """Everybody joins and takes part in a round: what each one's transactions cost, by name."""
        costs = self.join() | self.submit() | {"round_aggregate": [self.aggregate(bytes(32))]}
        self._pass()
        self.send(CREATOR, ix.round_settle(ADDRESS, 1, self.participant(self.people[0])))
        return costs | {"reward_claim + submission_close": self._each(self._leave)}

    def join(self) -> dict[str, list[Cost]]:
        """Everybody registers and deposits a stake."""
        deposit = self._deposit
        return {
            "participant_register": self._each(self._register),
            "stake_deposit": self._each(deposit),
        }

    def submit(self) -> dict[str, list[Cost]]:
        """A round opens and everybody submits to it; its beacon is drawn."""
        self.send(CREATOR, ix.round_open(ADDRESS, CREATOR.pubkey(), 1))
        costs = {"round_commit": self._each(self._commit)}
        self._advance()
        costs["round_reveal"] = self._each(self._reveal)
        self._advance()
        self.ledger.advance(slots=3)
        self.send(CREATOR, ix.round_advance(ADDRESS, 1))
        return costs

    def aggregate(self, model_root: bytes) -> Cost:
        """The first of the people posts a model."""
        chosen = self.people[0]
        return self.send(chosen, _STAGE.aggregate(chosen, 1, model_root).instruction)

    def send(self, signer: Keypair, *instructions: Instruction) -> Cost:
        """Signs and runs one transaction; it must succeed."""
        return self.run(self.sign(signer, *instructions))

    def sign(
        self, signer: Keypair, *instructions: Instruction, units: int = UNITS
    ) -> VersionedTransaction:
        """A signed transaction that may use so many compute units."""
        draft = Draft(instructions, signer.pubkey()).with_budget(units=units, price=0)
        return draft.signed(self.ledger.blocks.latest, [signer])

    def run(self, transaction: VersionedTransaction) -> Cost:
        """Runs a transaction; it must succeed."""
        done = self.ledger.submit(transaction)
        assert not isinstance(done, Dropped), done.err
        assert done.err is None, (done.err, done.logs)
        landed = Landed(done.signature, done.slot, done.units, done.fee, done.logs)
        own, calls = own_units(landed)["fedsol"], calls_units(landed)
        return Cost(own, done.units, len(done.raw), done.fee, calls)

    def read(self, kind: Any, address: Pubkey) -> Any:
        """An account, decoded."""
        return kind.decode(self._account(address).data)

    def size_of(self, address: Pubkey) -> int:
        """Bytes of an account's data."""
        return len(self._account(address).data)

    def lamports_of(self, who: Keypair) -> int:
        """What somebody holds in lamports."""
        return self._account(who.pubkey()).lamports

    def tokens_of(self, who: Keypair) -> int:
        """What somebody holds in stake tokens."""
        data = self._account(token_address(who.pubkey(), STAKE)).data
        return int.from_bytes(data[64:72], "little")

    def missed_bumps(self, who: Keypair) -> int:
        """Tries in vain before the bump of somebody's submission was found."""
        round_, person = at.round_address(ADDRESS, 1), self.participant(who)
        seeds = (b"submission", bytes(round_), bytes(person))
        return 255 - Pubkey.find_program_address(seeds, PROGRAM_ID)[1]

    def participant(self, who: Keypair) -> Pubkey:
        """Somebody's participant."""
        return _STAGE.person(who)

    def submission(self, who: Keypair) -> Pubkey:
        """Somebody's submission."""
        return at.submission_address(at.round_address(ADDRESS, 1), self.participant(who))

    def _account(self, address: Pubkey) -> Account:
        account = self.ledger.get_account(address)
        assert account is not None, address
        return account

    def _each(self, build: Callable[[Keypair], Sequence[Instruction]]) -> list[Cost]:
        costs = [self.send(who, *build(who)) for who in self.people]
        self.ledger.advance(slots=1)
        return costs

    def _register(self, who: Keypair) -> list[Instruction]:
        roles = ALL_ROLES if who is self.people[0] else TRAINER
        agreement = digest("agreement")
        return [ix.participant_register(ADDRESS, who.pubkey(), agreement=agreement, roles=roles)]

    def _deposit(self, who: Keypair) -> list[Instruction]:
        return [ix.stake_deposit(FEDERATION, who.pubkey(), STAKED)]

    def _commit(self, who: Keypair) -> list[Instruction]:
        return [_STAGE.commit(who, 1, self._update(who)).instruction]

    def _reveal(self, who: Keypair) -> list[Instruction]:
        return [ix.round_reveal(ADDRESS, 1, who.pubkey(), self._update(who), salt(who))]

    def _leave(self, who: Keypair) -> list[Instruction]:
        claim = ix.reward_claim(FEDERATION, 1, who.pubkey())
        return [claim, ix.submission_close(ADDRESS, 1, who.pubkey())]

    def _update(self, who: Keypair) -> Update:
        root = sha256(bytes(who.pubkey())).digest()
        return self._updates.get(who) or Update(root, 1_000, sha256(root).digest())

    def _advance(self) -> None:
        self._pass()
        self.send(CREATOR, ix.round_advance(ADDRESS, 1))

    def _pass(self) -> None:
        """Lets the phase pass."""
        end = self.read(Round, at.round_address(ADDRESS, 1)).deadline
        now = self.ledger
        now.advance(seconds=end.time - now.unix_timestamp + 1, slots=max(1, end.slot - now.slot))

    def _fund(self) -> None:
        for token in (STAKE, REWARD):
            supply = POOL + STAKED * (1 + len(self.people))
            mint = mint_data(CREATOR.pubkey(), supply=supply, decimals=token.decimals)
            self.ledger.set_account(
                token.mint, lamports=_MINT_RENT, owner=TOKEN_PROGRAM_ID, data=mint
            )
        for who in joined([CREATOR], self.people):
            self.ledger.set_account(who.pubkey(), lamports=10 * SOL)
            reward = POOL if who is CREATOR else 0
            self._hold(who, STAKE, STAKED)
            self._hold(who, REWARD, reward)

    def _hold(self, who: Keypair, token: Token, amount: int) -> None:
        data = token_account_data(token.mint, who.pubkey(), amount)
        address = token_address(who.pubkey(), token)
        self.ledger.set_account(address, lamports=_MINT_RENT, owner=TOKEN_PROGRAM_ID, data=data)
