"""A proof that an aggregate is wrong: made, signed, run and counted on the embedded chain."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from solders.instruction import Instruction
from solders.keypair import Keypair

from benchmarks.crowd import Crowd
from benchmarks.lone_path import LonePath, model_path, update_path
from benchmarks.stage import ADDRESS, CREATOR, FEDERATION
from fedsol.learning import judge_coordinate
from fedsol.program import Round
from fedsol.program import addresses as at
from fedsol.program import instructions as ix
from fedsol.program.commitment import Update
from fedsol.program.generated.types.aggregation_rule import AggregationRuleKind
from fedsol.program.generated.types.part import PartKind
from fedsol.roles.pieces import pack, pieces_of
from fedsol.roles.rules import rule_of, scale_of

# The verdict on a median sorts: it may take more than an instruction gets unless it asks.
UNITS = 1_400_000
_BASE = 40_000
_WHO = CREATOR


@dataclass(frozen=True)
class Proof:
    """What a proof cost, from the claim to the payment.

    ``largest`` in bytes, ``units`` and those of the ``verdict`` alone in compute units, ``fees`` and
    the rent ``locked`` until the end in lamports, ``bond`` and what was ``won`` beside it in stake
    tokens; ``building``, ``signing`` and ``running`` in seconds.
    """

    transactions: int
    largest: int
    units: int
    verdict: int
    fees: int
    locked: int
    bond: int
    won: int
    building: float
    signing: float
    running: float


class WrongAggregate:
    """A round with so many submissions whose posted model is wrong at one coordinate."""

    def __init__(self, submissions: int, parameters: int, rule: AggregationRuleKind) -> None:
        self.coordinate = parameters // 3
        values = [(37 * index) % 199 - 99 for index in range(submissions)]
        self.updates = [
            update_path(parameters, self.coordinate, value, seed=f"update {index}".encode())
            for index, value in enumerate(values)
        ]
        self.base = model_path(parameters, self.coordinate, _BASE, seed=b"base")
        self.crowd = Crowd(
            submissions,
            updates=[Update(one.root.hash, one.root.sum, bytes(32)) for one in self.updates],
            parameters=parameters,
            model_root=self.base.root.hash,
            rule=rule,
            # So that the rule may trim as many as there are to trim.
            min_submissions=submissions,
        )
        self.crowd.join()
        self.crowd.submit()
        round_ = self.crowd.read(Round, at.round_address(ADDRESS, 1))
        judged, scale = rule_of(round_.params.rule), scale_of(round_)
        right = judge_coordinate(_BASE, values, [1] * submissions, judged, scale)
        self.posted = model_path(parameters, self.coordinate, right + 1, seed=b"posted")
        self.crowd.aggregate(self.posted.root.hash)

    def prove(self) -> Proof:
        """Proves it as the watcher does; the aggregate must fall, and every lamport but the fees
        come back.
        """
        crowd, bond = self.crowd, self.crowd.params.challenge_bond
        lamports, tokens = crowd.lamports_of(_WHO), crowd.tokens_of(_WHO)
        began = time.perf_counter()
        transactions = list(self._transactions())
        built = time.perf_counter()
        signed = [crowd.sign(_WHO, *steps, units=UNITS) for steps in transactions]
        ready = time.perf_counter()
        costs = [crowd.run(one) for one in signed[:-1]]
        running = time.perf_counter() - ready
        locked = lamports - crowd.lamports_of(_WHO) - sum(cost.fee for cost in costs)
        resumed = time.perf_counter()
        costs.append(crowd.run(signed[-1]))
        running += time.perf_counter() - resumed
        fees = sum(cost.fee for cost in costs)
        assert crowd.read(Round, at.round_address(ADDRESS, 1)).attempt == 1
        assert crowd.lamports_of(_WHO) == lamports - fees
        return Proof(
            transactions=len(costs),
            largest=max(cost.size for cost in costs),
            units=sum(cost.units for cost in costs),
            verdict=costs[-1].calls[0],
            fees=fees,
            locked=locked,
            bond=bond,
            won=crowd.tokens_of(_WHO) - tokens,
            building=built - began,
            signing=ready - built,
            running=running,
        )

    def _transactions(self) -> Iterator[list[Instruction]]:
        """The claim, the evidence, and the verdict with the payment."""
        crowd, who = self.crowd, _WHO.pubkey()
        kind = ix.wrong_aggregate(self.coordinate)
        yield [ix.challenge_open(FEDERATION, 1, who, kind)]
        whole: list[Instruction] = []
        broken: list[Instruction] = []
        for pieces in self._evidence():
            (whole if len(pieces) == 1 else broken).extend(pieces)
        yield from pack(whole, who)
        yield from ([piece] for piece in broken)
        verdict = ix.challenge_resolve(ADDRESS, 1, who, crowd.participant(crowd.people[0]))
        yield [verdict, ix.challenge_close(FEDERATION, 1, who)]

    def _evidence(self) -> Iterator[list[Instruction]]:
        for person, path in zip(self.crowd.people, self.updates, strict=True):
            yield self._shown(ix.UPDATE, path, person)
        yield self._shown(ix.BASE, self.base)
        yield self._shown(ix.POSTED, self.posted)

    def _shown(
        self, part: PartKind, path: LonePath, person: Keypair | None = None
    ) -> list[Instruction]:
        """A chunk and its path, in as few calls as the size of a transaction allows."""
        who = _WHO.pubkey()
        submission = self.crowd.submission(person) if person else None

        def make(chunk: bytes, siblings: Sequence[bytes]) -> Instruction:
            return ix.challenge_append(
                ADDRESS, 1, who, part, chunk=chunk, siblings=siblings, submission=submission
            )

        return pieces_of(make, path.chunk, path.siblings, who)
