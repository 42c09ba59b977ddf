"""Robust rules with settings, and updates to try them on: for byzfl itself, and for what it once said."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.learning import robust

Rule = Callable[[Any, int], Any]
CASES = [(5, 1, 1), (11, 2, 30), (20, 4, 100), (40, 9, 50)]
"""Updates, attackers among them, parameters."""
RULES: dict[str, Rule] = {
    "mean": lambda u, f: robust.mean(u),
    "median": lambda u, f: robust.median(u),
    "trimmed mean": robust.trimmed_mean,
    # byzfl counts one neighbour more than the paper, and keeps n - f.
    "Krum": lambda u, f: robust.krum(u, f, neighbours=len(u) - f - 1),
    "multi-Krum": lambda u, f: robust.multi_krum(u, f, len(u) - f, neighbours=len(u) - f - 1),
    "geometric median": lambda u, f: robust.geometric_median(u, steps=3, floor=0.1),
    "centred clipping": lambda u, f: robust.centered_clipping(u, radius=2.5, steps=4),
    "nearest-neighbour mixing": robust.nnm,
    "clipping": lambda u, f: robust.norm_clipping(u, 3.0),
    "adaptive clipping": lambda u, f: robust.norm_clipping(u, robust.adaptive_limit(u, f)),
}


def updates(count: int, attackers: int, size: int, seed: int) -> NDArray[np.float32]:
    """Honest updates around a mean, and some far away."""
    random = np.random.default_rng(seed)
    drawn = random.normal(1, 1, (count, size)) * random.uniform(0.5, 2, (count, 1))
    drawn[:attackers] += random.normal(0, 10, (attackers, size))
    return drawn.astype(np.float32)


def key_of(name: str, case: tuple[int, int, int]) -> str:
    """Where a rule's result for a case is in the file of vectors."""
    return f"{name} of {case[0]} x {case[2]}"
