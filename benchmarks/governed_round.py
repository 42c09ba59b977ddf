"""A governed round on the embedded chain, beside the same round without a chain.

Both train the same participants on the same data with the same keys, quantise alike and aggregate
with the same rule; after each round both must hold the same model, bit for bit.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jax
import numpy as np
from numpy.typing import NDArray

import fedsol
from benchmarks.report import Result, Table, spread
from benchmarks.stopwatch import Target, timed
from fedsol.files import write_atomic
from fedsol.learning import (
    Dataset,
    Mean,
    Scale,
    aggregate,
    flatten,
    to_fixed,
    to_float,
    train,
    unflatten,
)
from fedsol.learning.fixed_point import difference, fit_norm, quantise_delta
from fedsol.learning.models import parameter_spec
from fedsol.roles import aggregator, journal, member, trainer
from fedsol.roles.trainer import SGD

MODEL = fedsol.model("logreg", features=30, classes=2)
STAKE, POOL = 3_000, 1_000_000
SHARES = 10
_RAM_DISK = Path("/dev/shm")
LABELS = (
    "training",
    "hashing",
    "aggregating",
    "transactions",
    "reading",
    "journal",
    "artifacts",
    "rest",
)
TARGETS: tuple[Target, ...] = (
    (trainer, "train", "training"),
    (trainer, "make_update", "hashing"),
    (member, "update_root", "hashing"),
    (aggregator, "model_root", "hashing"),
    (member, "model_root", "hashing"),
    (aggregator, "aggregate", "aggregating"),
    (fedsol.Chain, "send", "transactions"),
    *(
        (member.Member, name, "reading")
        for name in ("snapshot", "round", "me", "submission", "submissions")
    ),
    *(
        (journal.Journal, name, "journal")
        for name in ("send", "remember", "recall", "rounds", "update_bytes", "forget")
    ),
    (journal, "keep_bytes", "journal"),
    (fedsol.ArtifactStore, "get", "artifacts"),
    (fedsol.ArtifactStore, "put", "artifacts"),
)

NOTES = [
    "One process and one thread play everybody, as a simulation does; real participants train at "
    "home, side by side, and meet only the chain. The model is the smallest there is (logistic "
    "regression, 62 parameters, 45 samples each), so that the ratio is the worst: read the overhead "
    "in milliseconds, and compare it with how long your participants train. Overhead is governed "
    "less ungoverned, a participant: a commit, a reveal, a claim, each tried, signed, run and "
    "journaled, and every update's Merkle tree.",
    "*Journal* is five files a participant, each synced with its folder before anything is sent, "
    "because a lost salt is a slash. Here they are kept in memory (/dev/shm): a disk varies more "
    "than all the rest together, so its time is the last table; add five times that for every "
    "participant. *Transactions* include a trial run of each to find its compute limit, the "
    "building and signing in Python, and the virtual machine. *Reading* is accounts, decoded by "
    "AnchorPy. *Hashing* holds quantising too, *rest* mostly building instructions and looking for "
    "what is due. The first round of both, which compiles, is not counted.",
]


@dataclass
class Run:
    """What was measured with so many participants."""

    size: int
    governed: list[float]
    plain: list[float]
    parts: dict[str, float]
    disk: list[float]


def run(quick: bool) -> Result:
    """Three participants in quick; 5, 100 and 1,000 in full."""
    plan = {3: 2} if quick else {5: 7, 100: 5, 1_000: 2}
    runs = [asyncio.run(_compare(size, repeats)) for size, repeats in plan.items()]
    tables = [_summary(runs), _parts(runs), _disk(runs)]
    return Result("governed_round", "A governed round", tables, NOTES)


def _summary(runs: Sequence[Run]) -> Table:
    rows: list[tuple[str | int | float, ...]] = []
    for one in runs:
        extra = [a - b for a, b in zip(one.governed, one.plain, strict=True)]
        ratio = statistics.median(a / b for a, b in zip(one.governed, one.plain, strict=True))
        overhead = statistics.median(extra) / one.size * 1e3
        plain = statistics.median(one.plain)
        rows.append((one.size, len(one.governed), *spread(one.governed), plain, ratio, overhead))
    head = (
        "participants",
        "rounds",
        "governed, s: least",
        "median",
        "most",
        "ungoverned, s: median",
        "ratio",
        "overhead, ms each",
    )
    return Table("Rounds in turn, governed and not", head, rows)


def _parts(runs: Sequence[Run]) -> Table:
    rows: list[tuple[str | int | float, ...]] = [
        (label, *(one.parts[label] / one.size / len(one.governed) * 1e3 for one in runs))
        for label in LABELS
    ]
    head = ("part", *(f"{one.size:,} participants" for one in runs))
    return Table("Where a governed round's time goes, ms a participant", head, rows)


def _disk(runs: Sequence[Run]) -> Table:
    rows: list[tuple[str | int | float, ...]] = [
        (f"{one.size:,}", *spread(one.disk)) for one in runs
    ]
    head = ("after the rounds of", "least", "median", "most")
    return Table("The disk: one small file written and synced with its folder, ms", head, rows)


def _memory() -> str | None:
    """A folder in memory, where the system has one."""
    return str(_RAM_DISK) if os.access(_RAM_DISK, os.W_OK) else None


def _disk_times() -> list[float]:
    with tempfile.TemporaryDirectory(prefix="fedsol-bench-") as folder:
        return [_synced(Path(folder)) for _ in range(30)]


def _synced(folder: Path) -> float:
    """Milliseconds that the journal waits for one file."""
    began = time.perf_counter()
    write_atomic(folder / "file", bytes(300))
    return (time.perf_counter() - began) * 1e3


async def _compare(size: int, repeats: int) -> Run:
    everything, _ = fedsol.load("breast_cancer")
    shares = fedsol.partition(everything, fedsol.IidPartitioner(SHARES, seed=1))
    data = [shares[index % SHARES] for index in range(size)]
    with tempfile.TemporaryDirectory(dir=_memory(), prefix="fedsol-bench-") as folder:
        async with fedsol.embedded(seed=b"governed round") as sandbox:
            federation = await _founded(sandbox, Path(folder), data)
            start, _ = flatten(MODEL.init(jax.random.key(0)))
            model = to_fixed(start, fedsol.Params().frac_bits)
            done = Run(size, [], [], dict.fromkeys(LABELS, 0.0), [])
            for number in range(1, repeats + 2):
                with timed(TARGETS) as watch:
                    began = time.perf_counter()
                    result = await federation.round()
                    governed = time.perf_counter() - began
                assert (result.settled, result.accepted) == (True, size)
                began = time.perf_counter()
                model = plain_round(model, data, number)
                plain = time.perf_counter() - began
                assert np.array_equal(model, await federation.model())
                if number > 1:
                    done.governed.append(governed)
                    done.plain.append(plain)
                    for label in LABELS:
                        done.parts[label] += watch.seconds[label]
            done.disk += _disk_times()
            for one in federation.members:
                one.member.journal.close()
    return done


async def _founded(
    sandbox: fedsol.Sandbox, state: Path, data: Sequence[Dataset]
) -> fedsol.Federation:
    creator = await sandbox.wallet(reward=100 * POOL)
    params = fedsol.Params.local(
        seconds=3_600, round_reward=POOL, min_submissions=1, max_submissions=4_096
    )
    federation = await fedsol.Federation.on(
        sandbox, name="benchmark", model=MODEL, params=params, creator=creator, state=state
    )
    await federation.fund(creator, 100 * POOL)
    for seed, share in enumerate(data):
        key = await sandbox.wallet(stake=STAKE)
        # One aggregator: who else would aggregate is not what is measured.
        await federation.join(
            key, stake=STAKE, data=share, model=MODEL, aggregates=seed == 0, seed=seed
        )
    return federation


def plain_round(
    model: NDArray[np.int32], data: Sequence[Dataset], number: int
) -> NDArray[np.int32]:
    """The round's new model (int32[d]) without chain, store, journal or hashes."""
    rules = fedsol.Params()
    before = unflatten(to_float(model, rules.frac_bits), parameter_spec(MODEL))
    updates = []
    for seed, share in enumerate(data):
        after = train(
            MODEL, before, share.x, share.y,
            key=jax.random.fold_in(jax.random.key(seed), number),
            optimiser=SGD, epochs=1, batch_size=32,
        )  # fmt: skip
        delta = difference(model, flatten(after)[0], frac_bits=rules.frac_bits)
        fitted = fit_norm(delta, rules.max_norm_squared, rules.update_bits, rules.qmax)
        updates.append(quantise_delta(fitted, rules.update_bits, rules.qmax))
    scale = Scale(
        lr_num=rules.lr_num,
        lr_den=rules.lr_den,
        frac_bits=rules.frac_bits,
        update_bits=rules.update_bits,
    )
    weights = np.ones(len(updates), np.uint32)
    return aggregate(model, np.stack(updates), weights, Mean(), scale)
