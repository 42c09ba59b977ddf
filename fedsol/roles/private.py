"""A member's differential privacy: noise that the system draws, a ledger on disk, and the stop.

``ExamplePrivacy`` hides single samples in the member's own training, whatever the others do.
``ClientPrivacy`` hides the member in a masked sum, to which each member adds its part of the noise:
it holds as far as the others add theirs, which nobody can check. Each round is booked on disk before
anything of it is learnt; a budget that would be exceeded ends the member's part.
"""

import math
import secrets
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError, LearningError
from fedsol.learning import Scheme
from fedsol.learning.codecs import Codec
from fedsol.learning.privacy import (
    Arrangement,
    Budget,
    ClientPrivacy,
    ExamplePrivacy,
    Mode,
    PrivacyLedger,
    Release,
    add_noise,
    check,
    effective_multiplier,
    local_std,
)
from fedsol.learning.privacy.distributed_noise import ROOM
from fedsol.learning.privacy.secure_aggregation import new_key
from fedsol.program.generated.types.params import Params
from fedsol.reading import is_masked, is_scored
from fedsol.roles.journal import Journal
from fedsol.roles.memory import LedgerMemory

Mechanism = ExamplePrivacy | ClientPrivacy


class Promises(Protocol):
    """What of a member's training must go together with its federation's rules."""

    @property
    def codec(self) -> Codec | None:
        """How its updates are written."""

    @property
    def privacy(self) -> Mechanism | None:
        """What it clips and hides."""

    @property
    def budget(self) -> Budget | None:
        """What that may cost."""


def require_fitting(params: Params, size: int, training: Promises) -> None:
    """Refuse training that does not go with a federation's rules, for models of ``size``.

    Raises:
        Incompatible, ConfigError: saying why, and what to do; also where masks need an extra that is
            not installed, before anything is staked.
    """
    masked = is_masked(params)
    if masked:
        new_key()
    scheme = scheme_of(params)
    if masked and isinstance(training.privacy, ClientPrivacy):
        scheme = SumNoise.of(params, training.privacy, size).scheme
    wanted = Arrangement(
        Mode.MASKED if masked else Mode.OPEN,
        params.min_submissions,
        scheme=scheme,
        codec=training.codec,
        governed=True,
        scored=is_scored(params),
        privacy=training.privacy,
        budget=training.budget,
    )
    check(wanted)


def scheme_of(params: Params) -> Scheme:
    """The federation's numbers for updates."""
    return Scheme(params.frac_bits, params.update_bits, params.qmax, params.max_norm_squared)


@dataclass(frozen=True)
class SumNoise:
    """A member's part of the noise in a masked sum, in the update's integers.

    ``scheme`` is what its update must fit before the noise; ``deviation`` that of its noise; with
    the fewest updates that are ever summed, all of the noise is there. ``bound`` is what no value
    may exceed with its noise.
    """

    scheme: Scheme
    deviation: float
    bound: int
    survivors: int
    size: int

    @classmethod
    def of(cls, params: Params, privacy: ClientPrivacy, size: int) -> "SumNoise":
        """What the federation's numbers leave room for. Raises ConfigError if that is nothing."""
        given = scheme_of(params)
        norm = math.floor((privacy.clip_norm * 2**given.update_bits) ** 2)
        norm = max(1, min(norm, given.max_norm_squared))
        few = int(params.min_submissions)
        std = local_std(privacy.noise_multiplier, norm, few) if privacy.noise_multiplier else 0.0
        room = given.qmax - math.ceil(ROOM * std)
        # A sum of squares of so many values hardly exceeds this.
        spread = std * (math.sqrt(size) + ROOM)
        if room < 1 or math.sqrt(norm) + spread > math.sqrt(given.max_norm_squared):
            raise ConfigError(
                f"noise of the deviation {std:.3g} in each of {size:,} values does not fit the"
                f" federation's qmax ({given.qmax:,}) or norm bound",
                hint="Clip lower or add less noise; or found it with more room: max_norm_squared.",
            )
        return cls(replace(given, qmax=room, max_norm_squared=norm), std, given.qmax, few, size)

    @property
    def release(self) -> Release:
        """What one round costs."""
        most = self.scheme.max_norm_squared
        return Release(effective_multiplier(self.deviation, self.survivors, most, self.size))

    def add(self, values: NDArray[np.int16]) -> NDArray[np.int16]:
        """An update (int16[d]) with its part of the noise, from the system's randomness."""
        if not self.deviation:
            return values
        generator = np.random.default_rng(secrets.randbits(256))
        for _ in range(8):
            try:
                return add_noise(values, self.deviation, self.bound, generator)
            except LearningError:
                continue  # ten deviations: once in 1e23 values
        raise LearningError("noise carried a value beyond the federation's bound, eight times")


def book(journal: Journal, budget: Budget | None, release: Release, number: int) -> None:
    """Book a round once; on return it is on disk, and may be learnt from.

    Raises:
        BudgetExhausted: it would exceed the budget; it is not booked and must not be learnt.
    """
    if budget is None:
        return
    memory = journal.recall_ledger()
    kept = PrivacyLedger.from_json(memory.ledger) if memory is not None else None
    ledger = PrivacyLedger(budget, kept.releases if kept is not None else ())
    if memory is not None and number <= memory.round:
        return  # the process died after booking: nothing had left, and nothing is learnt twice
    ledger.spend(release)
    journal.remember_ledger(LedgerMemory(ledger.to_json(), number))
