"""What privacy has cost so far, and the stop before it costs more than was agreed.

The figures are those of ``dp-accounting`` (Google); this keeps the list of releases, and names what
they assume. Sampling and adjacency belong together:

- ``poisson``: every client (or sample) takes part by its own coin; adding or removing one;
- ``fixed``: a set of fixed size is drawn; one is replaced by another, which moves the sum twice as
  far, and is accounted for so.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from logging import ERROR, getLogger
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.extras import need
from fedsol.learning.privacy.errors import BudgetExhausted

Accountant = Literal["rdp", "pld"]
Sampling = Literal["poisson", "fixed"]

ADJACENCY = {"poisson": "add or remove one", "fixed": "replace one"}
_VERSION = 1


@dataclass(frozen=True)
class Release:
    """``count`` noisy sums, alike: noise over clipping norm, and how many were drawn of how many.

    Under Poisson sampling ``drawn`` is the expected number. Drawing all is no sampling.

    Raises:
        ConfigError: a number is not positive, or more are drawn than there are.
    """

    noise_multiplier: float
    drawn: int = 1
    population: int = 1
    count: int = 1

    def __post_init__(self) -> None:
        if self.noise_multiplier <= 0:
            raise ConfigError(
                "without noise there is no differential privacy",
                hint="Choose a noise_multiplier above 0; noise_for() finds one for an epsilon.",
            )
        if not 1 <= self.drawn <= self.population or self.count < 1:
            raise ConfigError(
                f"{self.drawn} of {self.population}, {self.count} times, is no sample"
            )

    def times(self, number: int) -> "Release":
        """The same, ``number`` times over."""
        return replace(self, count=number * self.count)


@dataclass(frozen=True)
class Budget:
    """The most that may be spent: ``epsilon`` at ``delta``, and what the figures assume.

    ``rdp`` (Rényi) is fast and a little loose, ``pld`` (privacy loss distributions) tight and
    slower; the latter knows Poisson sampling alone.

    Raises:
        ConfigError: epsilon is not positive, delta not within 0..1, or pld with fixed sampling.
    """

    epsilon: float
    delta: float
    accountant: Accountant = "rdp"
    sampling: Sampling = "poisson"

    def __post_init__(self) -> None:
        if self.epsilon <= 0 or not 0 < self.delta < 1:
            raise ConfigError("a budget has epsilon above 0 and delta between 0 and 1")
        if self.accountant not in ("rdp", "pld") or self.sampling not in ADJACENCY:
            raise ConfigError(
                f"no accountant {self.accountant!r} with sampling {self.sampling!r}",
                hint="Accountants are rdp and pld, samplings poisson and fixed.",
            )
        if (self.accountant, self.sampling) == ("pld", "fixed"):
            raise ConfigError(
                "privacy loss distributions are not known for samples of fixed size",
                hint='Take accountant="rdp", or draw by Poisson sampling.',
            )

    @property
    def adjacency(self) -> str:
        """Which two data sets cannot be told from one another."""
        return ADJACENCY[self.sampling]


class PrivacyLedger:
    """Releases under a budget; write :meth:`to_json` down after each, to go on after a restart."""

    def __init__(self, budget: Budget, releases: Iterable[Release] = ()) -> None:
        self.budget = budget
        self._releases: list[Release] = []
        for one in releases:
            self._append(one)

    @property
    def releases(self) -> tuple[Release, ...]:
        """All releases so far; equal ones in a row are one with a higher count."""
        return tuple(self._releases)

    @property
    def epsilon(self) -> float:
        """What has been spent, at the budget's delta."""
        return epsilon_of(self.budget, self._releases)

    def would_exceed(self, release: Release) -> bool:
        """Whether the release would cost more than is left."""
        return epsilon_of(self.budget, [*self._releases, release]) > self.budget.epsilon

    def spend(self, release: Release) -> float:
        """Book a release *before* it is made; the epsilon spent, with it.

        Raises:
            BudgetExhausted: it would exceed the budget; it is not booked and must not be made.
        """
        after = epsilon_of(self.budget, [*self._releases, release])
        if after > self.budget.epsilon:
            raise BudgetExhausted(
                f"epsilon would be {after:.4g} at delta {self.budget.delta:.3g};"
                f" {self.budget.epsilon:.4g} is allowed and {self.epsilon:.4g} spent"
            )
        self._append(release)
        return after

    def report(self) -> dict[str, Any]:
        """The figures with all that they assume, as plain values."""
        return asdict(self.budget) | {
            "epsilon": self.epsilon,
            "budget": self.budget.epsilon,
            "adjacency": self.budget.adjacency,
            "releases": sum(one.count for one in self._releases),
        }

    def to_json(self) -> str:
        """The ledger as text."""
        return json.dumps(
            {
                "version": _VERSION,
                "budget": asdict(self.budget),
                "releases": [asdict(one) for one in self._releases],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Undoes ``to_json``. Raises ConfigError for what it did not write."""
        try:
            found = json.loads(text)
            if found["version"] != _VERSION:
                raise ConfigError(f"no ledger of version {found['version']} is known")
            return cls(Budget(**found["budget"]), (Release(**one) for one in found["releases"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"no privacy ledger: {error}",
                hint="Restore it: with an empty one, what was spent would be spent again.",
            ) from error

    def _append(self, release: Release) -> None:
        last = self._releases[-1] if self._releases else None
        if last is not None and replace(last, count=release.count) == release:
            self._releases[-1] = replace(last, count=last.count + release.count)
        else:
            self._releases.append(release)


def epsilon_of(budget: Budget, releases: Iterable[Release]) -> float:
    """Epsilon of some releases at the budget's delta, whatever its epsilon.

    Raises:
        ConfigError: ``dp-accounting`` is not installed.
    """
    return _epsilon_of(replace(budget, epsilon=1.0), tuple(releases))


@lru_cache(maxsize=256)
def _epsilon_of(budget: Budget, releases: tuple[Release, ...]) -> float:
    """Kept, as a ledger asks for one figure several times."""
    if budget.accountant == "rdp":
        return _renyi_epsilon(budget, releases)
    accountant = _accountant(budget)
    for one in releases:
        accountant.compose(_event(one, budget.sampling), one.count)
    return float(accountant.get_epsilon(budget.delta))


def _renyi_epsilon(budget: Budget, releases: tuple[Release, ...]) -> float:
    """As ``RdpAccountant`` composes: divergences add up, release by release."""
    nothing = _accountant(budget)
    spent = nothing.rdp
    for one in releases:
        spent = spent + one.count * _divergence(replace(one, count=1), budget.sampling)
    rdp = need("dp_accounting.rdp", "privacy")
    return float(rdp.compute_epsilon(nothing.orders, spent, budget.delta)[0])


@lru_cache(maxsize=4096)
def _divergence(release: Release, sampling: Sampling) -> NDArray[np.float64]:
    """That of one release at each order (float64[k]); kept, as it takes a tenth of a second."""
    accountant = _accountant(Budget(1.0, 0.5, "rdp", sampling))
    # It warns of orders that it leaves out, which loosens the figure and breaks no promise.
    log = getLogger("absl")
    level = log.level
    log.setLevel(ERROR)
    try:
        accountant.compose(_event(release, sampling))
    finally:
        log.setLevel(level)
    found: NDArray[np.float64] = accountant.rdp
    return found


def noise_for(budget: Budget, *, drawn: int = 1, population: int = 1, count: int = 1) -> float:
    """The least noise multiplier (to 1e-3) with which ``count`` releases keep within the budget.

    Raises:
        ConfigError: no noise up to 10,000 is enough, or ``dp-accounting`` is not installed.
    """
    low, high = 0.0, 1.0
    while epsilon_of(budget, [Release(high, drawn, population, count)]) > budget.epsilon:
        low, high = high, 2 * high
        if high > 10_000:
            raise ConfigError(f"no noise keeps {count:,} releases within {budget.epsilon}")
    while high - low > 1e-3:
        middle = (low + high) / 2
        spent = epsilon_of(budget, [Release(middle, drawn, population, count)])
        low, high = (middle, high) if spent > budget.epsilon else (low, middle)
    return high


def _accountant(budget: Budget) -> Any:
    dp = need("dp_accounting", "privacy")
    if budget.accountant == "pld":
        return need("dp_accounting.pld", "privacy").PLDAccountant(
            dp.NeighboringRelation.ADD_OR_REMOVE_ONE
        )
    relation = dp.NeighboringRelation
    neighbours = {"poisson": relation.ADD_OR_REMOVE_ONE, "fixed": relation.REPLACE_ONE}
    rdp = need("dp_accounting.rdp", "privacy")
    return rdp.RdpAccountant(neighboring_relation=neighbours[budget.sampling])


def _event(release: Release, sampling: Sampling) -> Any:
    dp = need("dp_accounting", "privacy")
    if sampling == "fixed":
        # One update for another moves a sum of updates of norm 1 by up to 2.
        noise = dp.GaussianDpEvent(release.noise_multiplier / 2)
        return dp.SampledWithoutReplacementDpEvent(release.population, release.drawn, noise)
    noise = dp.GaussianDpEvent(release.noise_multiplier)
    if release.drawn == release.population:
        return noise
    return dp.PoissonSampledDpEvent(release.drawn / release.population, noise)
