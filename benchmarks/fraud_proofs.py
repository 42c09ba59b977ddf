"""What proving a fault costs on the chain, beside what repeating the aggregation there would."""

import asyncio
from itertools import groupby

from benchmarks import recomputing, script_scored
from benchmarks.crowd import SUBMISSIONS_MAX
from benchmarks.proving import Proof, WrongAggregate
from benchmarks.report import Result, Table
from benchmarks.script import endow, perform
from benchmarks.stage import CREATOR, Move
from fedsol.chain import Chain, EmbeddedLedger, Landed
from fedsol.program.params import mean, median, trimmed_mean
from fedsol.roles.pieces import pack
from fedsol.sandbox import load_program

SUBMISSIONS, PARAMETERS = (8, 64, 256, 1_000), (10_000, 1_000_000, 10_000_000)
LARGEST = 2**25
"""Parameters of the largest model that a federation takes: paths of several transactions."""

HEAD = (
    "submissions",
    "parameters",
    "transactions",
    "largest, bytes",
    "units",
    "verdict",
    "fees",
    "rent locked",
    "build, s",
    "sign, s",
    "run, s",
)

NOTES = [
    "One coordinate proves that a posted model is wrong: its value in every accepted update, in the "
    "model before and in the posted one, each with its chunk's path. The transactions are those of "
    "the watcher: the claim, the evidence, and at the end the verdict with the payment. Fees and rent "
    "are in lamports, at the embedded chain's 6,960 a byte; the run checks that the aggregate fell "
    "and that every lamport came back but the fees. The bond (`challenge_bond`) comes back as well, "
    "with the finder's part of what the aggregator loses; both are the federation's to choose.",
    f"*Units* are of all transactions together, *verdict* is `challenge_resolve` alone. A round takes "
    f"{SUBMISSIONS_MAX:,} submissions at most; whatever their values, its verdict fits one "
    "transaction, which may use 1,400,000. *Build*, *sign* and *run* are in Python on one core "
    "and on the embedded chain, without trial runs; on a cluster the waiting for blocks comes on top. "
    "There the evidence of one proof can land side by side and in any order (the watcher keeps eight "
    "transactions on their way), so that a proof needs three steps one after another, claim, evidence "
    "and verdict, however many submissions there are.",
    "Of every tree only the path that is shown is real, what stands beside it is random: the program "
    "sees no more of a tree. What a challenger needs before, the updates and their trees, is not in "
    "these times; see *Merkle sum tree*.",
]

ELSEWHERE = (
    "Elsewhere, as published and not run again here: opML reports less than two minutes for a whole "
    "challenge of an MNIST network on a local Ethereum ([ethresear.ch/t/16234]"
    "(https://ethresear.ch/t/16234), the seconds by a reprint of it), by bisection to one instruction "
    "of its virtual machine; Arbitrum's BoLD bounds a dispute by 6.4 days ([docs.arbitrum.io]"
    "(https://docs.arbitrum.io)). Both bisect, so that a dispute waits for its opponent again and "
    "again; here nothing waits for anybody. They prove any computation; this proves an aggregation."
)


def run(quick: bool) -> Result:
    """Three small proofs of a mean in quick, 13 in full; the other rules; the other faults."""
    counts, parameters = ((8,), (10_000,)) if quick else (SUBMISSIONS, PARAMETERS)
    proofs = {
        (count, size): WrongAggregate(count, size, mean()).prove()
        for size in parameters
        for count in counts
    }
    longest = {(1, LARGEST): WrongAggregate(1, LARGEST, mean()).prove()}
    usual = parameters[len(parameters) // 2]
    tables = [
        _by_size(proofs | longest),
        _by_rule({count: proofs[count, usual] for count in counts}, usual, full=not quick),
        asyncio.run(_others()),
        recomputing.recomputed({size: proof.units for size, proof in proofs.items()}),
    ]
    return Result("fraud_proofs", "Fraud proofs", tables, [*NOTES, *recomputing.notes(), ELSEWHERE])


def _by_size(proofs: dict[tuple[int, int], Proof]) -> Table:
    rows: list[tuple[str | int | float, ...]] = [
        (
            *size,
            one.transactions,
            one.largest,
            one.units,
            one.verdict,
            one.fees,
            one.locked,
            one.building,
            one.signing,
            one.running,
        )
        for size, one in proofs.items()
    ]
    bond = next(iter(proofs.values())).bond
    return Table(f"A wrong mean, proved (bond: {bond} stake tokens)", HEAD, rows)


def _by_rule(means: dict[int, Proof], parameters: int, *, full: bool) -> Table:
    found = [("mean", count, proof) for count, proof in means.items()]
    for count in means:
        for name, rule in (("trimmed mean", trimmed_mean(count // 4)), ("median", median())):
            found.append((name, count, WrongAggregate(count, parameters, rule).prove()))
    if full:
        most = trimmed_mean(SUBMISSIONS_MAX // 4)
        proof = WrongAggregate(SUBMISSIONS_MAX, parameters, most).prove()
        found.append(("trimmed mean", SUBMISSIONS_MAX, proof))
    rows: list[tuple[str | int | float, ...]] = [
        (name, count, one.transactions, one.units, one.verdict, one.locked, one.running)
        for name, count, one in found
    ]
    head = ("rule", "submissions", "transactions", "units", "verdict", "rent locked", "run, s")
    return Table(f"The same under every rule, {parameters:,} parameters", head, rows)


async def _others() -> Table:
    """The other faults, in the scripted federation, packed as the watcher packs them."""
    ledger = EmbeddedLedger(seed=b"fraud proofs")
    load_program(ledger)
    rows: list[tuple[str | int | float, ...]] = []
    async with Chain.embedded(ledger) as chain:
        await endow(chain, script_scored.ROLES)
        for fault, moves in groupby(script_scored.moves(seconds=4), lambda move: move.proof):
            if not fault:
                async for _ in perform(chain, moves):
                    pass
                continue
            rows.append((fault, *await _packed(chain, ledger, list(moves))))
    head = ("fault", "transactions", "largest, bytes", "units", "fees", "rent locked")
    title = f"The other faults, {script_scored.PARAMETERS:,} parameters"
    return Table(title, head, rows)


async def _packed(
    chain: Chain, ledger: EmbeddedLedger, moves: list[Move]
) -> tuple[int, int, int, int, int]:
    """Sends a proof in as few transactions as it fits, and counts."""
    landed: list[Landed] = []
    start, own_fees, locked = await _held(chain), 0, 0
    for batch in _batches(moves):
        signer = batch[0].signer
        one = await chain.send([move.instruction for move in batch], [signer])
        landed.append(one)
        own_fees += one.fee if signer == CREATOR else 0
        locked = max(locked, start - await _held(chain) - own_fees)
    sizes = [len(found.raw) for one in landed if (found := ledger.history.get(one.signature))]
    units, fees = sum(one.units for one in landed), sum(one.fee for one in landed)
    return len(landed), max(sizes), units, fees, locked


def _batches(moves: list[Move]) -> list[list[Move]]:
    """One transaction if all fits; else the claim, what follows, and the verdict with the payment."""
    steps = [move.instruction for move in moves]
    alone = len({move.signer for move in moves}) == 1
    if alone and len(pack(steps, moves[0].signer.pubkey())) == 1:
        return [moves]
    return [moves[:1], *([move] for move in moves[1:-2]), moves[-2:]]


async def _held(chain: Chain) -> int:
    account = await chain.account(CREATOR.pubkey())
    assert account is not None
    return account.lamports
