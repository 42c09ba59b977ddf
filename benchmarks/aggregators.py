"""How long robust rules take beside Flower's and byzfl's on the same arrays."""

from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from benchmarks.merkle import measure
from benchmarks.report import Result, Table, spread
from fedsol.learning import robust

Floats = NDArray[np.float32]
Task = Callable[[], object]

NOTES = [
    "Each repeat runs every engine in turn on the same float32 arrays; a ratio is the peer's time "
    "by fedsol's in the same repeat. A tenth of the clients are taken for attackers. Flower's "
    "are the functions that its strategies call when all replies are there; byzfl gets NumPy "
    "arrays. Its Multi-Krum counts one neighbour more and keeps n - f, which "
    "fedsol does for the comparison as well. Compiling, once per shape, is given apart. A dash: "
    "the peer has no such rule, is not installed, or is left out where it takes minutes, or more "
    "memory than there is.",
]
# Clients, parameters, repeats, and whether the peers' slowest are run. A million parameters of a
# thousand clients are 4 GB, which the peers copy several times over: a tenth of it is measured.
FULL = [(10, 1_000_000, 5, True), (100, 1_000_000, 3, True), (1_000, 100_000, 3, False)]
QUICK = [(10, 50_000, 2, True)]


def run(quick: bool) -> Result:
    """10, 100 and 1,000 clients in full."""
    tables = [table(*size) for size in (QUICK if quick else FULL)]
    return Result("aggregators", "Aggregators beside Flower's and byzfl's", tables, NOTES)


def table(clients: int, size: int, repeats: int, slow: bool) -> Table:
    """Rows by rule for so many clients and parameters; ``slow`` peers too, or not."""
    updates = np.random.default_rng(0).normal(size=(clients, size)).astype(np.float32)
    attackers = clients // 10
    theirs = {"Flower": flower(updates, attackers), "byzfl": byzfl(updates, attackers, slow)}
    rows: list[tuple[str | int | float, ...]] = []
    for name, function in ours(attackers, clients).items():
        given = jnp.asarray(updates)
        tasks: dict[str, Task] = {"fedsol": partial(_done, jax.jit(function), given)}
        tasks |= {peer: rules[name] for peer, rules in theirs.items() if name in rules}
        compiling = measure({"fedsol": tasks["fedsol"]}, 1)["fedsol"][0]
        rows.append(_row(name, measure(tasks, repeats), compiling))
    ratio = ("ratio", "least", "most")
    head = ("rule", "fedsol, ms", "first call, ms", "Flower, ms", *ratio, "byzfl, ms", *ratio)
    title = f"{clients:,} clients, {size:,} parameters, {repeats} repeats, median"
    return Table(title, head, rows)


def ours(attackers: int, clients: int) -> dict[str, Callable[[Any], Any]]:
    """fedsol's rules by name: float32[n, d] to float32[d]."""
    keep = clients - attackers
    return {
        "mean": robust.mean,
        "median": robust.median,
        "trimmed mean": partial(robust.trimmed_mean, trim=attackers),
        "Multi-Krum": partial(
            robust.multi_krum, byzantine=attackers, keep=keep, neighbours=keep - 1
        ),
        "Bulyan": partial(robust.bulyan, byzantine=attackers),
        "geometric median": robust.geometric_median,
        "centred clipping": partial(robust.centered_clipping, radius=10.0, steps=3),
        "nearest-neighbour mixing": partial(robust.nnm, byzantine=attackers),
    }


def flower(updates: Floats, attackers: int) -> Mapping[str, Task]:
    """Flower's rules on the same array, one layer per client."""
    if find_spec("flwr") is None:
        return {}
    from flwr.app import ArrayRecord, MetricRecord, RecordDict
    from flwr.serverapp.strategy import bulyan, fedtrimmedavg, multikrum, strategy_utils

    def replies() -> list[RecordDict]:
        told = MetricRecord({"num-examples": 1})
        return [RecordDict({"arrays": ArrayRecord([row]), "told": told}) for row in updates]

    given = replies()
    keep, selected = len(updates) - attackers, len(updates) - 2 * attackers

    def mean_of(chosen: list[RecordDict]) -> object:
        return strategy_utils.aggregate_arrayrecords(chosen, "num-examples")

    def around_the_median() -> object:
        chosen = multikrum.select_multikrum(given, attackers, selected)
        layers = [one.array_records["arrays"].to_numpy_ndarrays() for one in chosen]
        middle = [np.median(layer, axis=0) for layer in zip(*layers, strict=True)]
        return bulyan.aggregate_n_closest_weights(middle, layers, selected - 2 * attackers)

    return {
        "mean": lambda: mean_of(given),
        "median": lambda: np.median(np.stack(list(updates)), axis=0),
        "trimmed mean": lambda: fedtrimmedavg.trim_mean(
            np.stack(list(updates)), attackers / len(updates)
        ),
        "Multi-Krum": lambda: mean_of(multikrum.select_multikrum(given, attackers, keep)),
        "Bulyan": around_the_median,
    }


def byzfl(updates: Floats, attackers: int, slow: bool) -> Mapping[str, Task]:
    """byzfl's rules on the same array."""
    if find_spec("byzfl") is None:
        return {}
    import byzfl as peer  # type: ignore[import-untyped, import-not-found, unused-ignore]

    rules: dict[str, Callable[[Floats], object]] = {
        "mean": peer.Average(),
        "median": peer.Median(),
        "trimmed mean": peer.TrMean(attackers),
        "geometric median": peer.GeometricMedian(nu=0.1, T=3),
    }
    if slow:
        rules["Multi-Krum"] = peer.MultiKrum(attackers)
    if slow and len(updates) * updates.size <= 10**9:  # it holds n copies of nearly all updates
        rules["nearest-neighbour mixing"] = peer.NNM(attackers)
    tasks: dict[str, Task] = {name: partial(rule, updates) for name, rule in rules.items()}
    # Anew each time: it remembers where it was.
    tasks["centred clipping"] = lambda: peer.CenteredClipping(L=3, tau=10.0)(updates)
    return tasks


def _done(function: Callable[[Any], Any], given: Any) -> object:
    return jax.block_until_ready(function(given))  # type: ignore[no-untyped-call]


def _row(
    name: str, times: dict[str, list[float]], compiling: float
) -> tuple[str | int | float, ...]:
    row: list[str | int | float] = [name, 1e3 * spread(times["fedsol"])[1], 1e3 * compiling]
    for peer in ("Flower", "byzfl"):
        if peer not in times:
            row += ["-"] * 4
            continue
        pairs = zip(times[peer], times["fedsol"], strict=True)
        least, middle, most = spread([theirs / mine for theirs, mine in pairs])
        row += [1e3 * spread(times[peer])[1], middle, least, most]
    return tuple(row)
