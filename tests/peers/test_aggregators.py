"""Every robust rule that byzfl has too gives what byzfl's gives, on many random updates."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.learning.robust_cases import CASES, RULES, key_of, updates

byzfl = pytest.importorskip("byzfl", reason="make test-peers installs byzfl")

pytestmark = pytest.mark.peers
VECTORS = Path(__file__).parents[1] / "vectors" / "aggregators.npz"
THEIRS: dict[str, Callable[[int], Any]] = {
    "mean": lambda f: byzfl.Average(),
    "median": lambda f: byzfl.Median(),
    "trimmed mean": lambda f: byzfl.TrMean(f),
    "Krum": lambda f: byzfl.Krum(f),
    "multi-Krum": lambda f: byzfl.MultiKrum(f),
    "geometric median": lambda f: byzfl.GeometricMedian(nu=0.1, T=3),
    "centred clipping": lambda f: byzfl.CenteredClipping(L=4, tau=2.5),
    "nearest-neighbour mixing": lambda f: byzfl.NNM(f),
    "clipping": lambda f: byzfl.Clipping(3.0),
    "adaptive clipping": lambda f: byzfl.ARC(f),
}


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("name", RULES)
def test_it_is_what_byzfl_makes(name: str, case: tuple[int, int, int]) -> None:
    count, attackers, size = case
    for seed in range(5):
        given = updates(count, attackers, size, seed)
        expected = THEIRS[name](attackers)(given.copy())
        found = RULES[name](given, attackers)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_buckets_are_byzfl_s_of_the_same_order() -> None:
    from fedsol.learning import robust

    given = updates(11, 2, 30, 0)
    np.random.seed(3)  # byzfl draws from the global state
    order = np.random.permutation(len(given))
    np.random.seed(3)
    expected = byzfl.Bucketing(3)(given)
    found = robust.bucketing_matrix(order, 3) @ given
    np.testing.assert_allclose(found, expected, atol=1e-5)


def said() -> dict[str, Any]:
    """What byzfl says to the first draw of every case."""
    return {
        key_of(name, case): THEIRS[name](case[1])(updates(*case, seed=0))
        for name in RULES
        for case in CASES
    }


def test_what_byzfl_once_said_it_says_still() -> None:
    with np.load(VECTORS) as kept:
        assert set(kept) == set(said())
        for name, value in said().items():
            np.testing.assert_allclose(kept[name], value, rtol=1e-6)


if __name__ == "__main__":
    np.savez_compressed(VECTORS, **{k: np.asarray(v, np.float32) for k, v in said().items()})
