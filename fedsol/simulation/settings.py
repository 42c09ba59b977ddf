"""All that a simulation's result depends on."""

from dataclasses import dataclass, field, replace
from hashlib import sha256

import numpy as np

from fedsol.errors import ConfigError
from fedsol.learning.codecs import Codec
from fedsol.learning.models import Model
from fedsol.learning.models import spec as model_spec
from fedsol.learning.privacy import Budget, ExamplePrivacy
from fedsol.learning.strategies import FedAvg, Strategy
from fedsol.learning.update import Scheme
from fedsol.simulation.attacking import Attackers
from fedsol.simulation.local import LocalTraining
from fedsol.simulation.participation import Participation
from fedsol.simulation.population import Population
from fedsol.simulation.private import Privacy


@dataclass(frozen=True, eq=False)
class Settings:
    """All that a simulation's result depends on.

    ``exact`` combines quantised updates in integers, as the program does. ``weighted`` counts each
    update by its client's samples, as Flower does; a chain cannot check that number, so that
    governed updates count alike. A ``codec`` writes updates in fewer bytes, and a client sends later
    what it rounds away. ``privacy`` hides whole clients in their sum, or samples in a client's own
    training. ``width`` clients train side by side; measured unless given.
    """

    model: Model
    population: Population
    strategy: Strategy = field(default_factory=FedAvg)
    local: LocalTraining = field(default_factory=LocalTraining)
    participation: Participation = field(default_factory=Participation)
    attackers: Attackers | None = None
    scheme: Scheme = field(default_factory=Scheme)
    codec: Codec | None = None
    privacy: Privacy | None = None
    exact: bool = False
    weighted: bool = True
    seed: int = 0
    width: int | None = None

    def local_training(self) -> LocalTraining:
        """How clients train, with the proximal term that the strategy asks for, and noise of theirs."""
        local, mu = self.local, getattr(self.strategy, "proximal_mu", None)
        if mu is not None:
            local = replace(local, proximal_mu=float(mu))
        if self.privacy is not None and isinstance(self.privacy.mechanism, ExamplePrivacy):
            local = replace(local, privacy=self.privacy.mechanism)
        return local

    def digest(self) -> str:
        """SHA-256 of everything here, data included, in hexadecimal."""
        data = self.population.data
        digest = sha256(np.ascontiguousarray(data.x).tobytes() + data.y.tobytes())
        for share in self.population.shares:
            digest.update(len(share).to_bytes(8, "little") + share.astype("<i8").tobytes())
        parts = [model_spec(self.model), self.strategy, self.local, self.participation]
        parts += [self.attackers, self.scheme, self.codec, self.privacy]
        parts += [self.exact, self.weighted, self.seed]
        digest.update(repr(parts).encode())
        return digest.hexdigest()


def require_fitting(settings: Settings, *, governed: bool, exact: bool) -> None:
    """Refuses settings that do not go together.

    Raises:
        ConfigError: saying which, and what to do.
    """
    if governed and settings.weighted:
        raise ConfigError(
            "a chain cannot check how many samples a client has",
            hint="Count governed updates alike: weighted=False.",
        )
    if settings.codec is not None and not exact:
        raise ConfigError("a codec writes integers", hint="Run with exact=True.")
    if settings.privacy is None:
        return
    if isinstance(settings.privacy.mechanism, ExamplePrivacy):
        _require_own_coins(settings.privacy.budget)
    else:
        _require_one_sum(settings, settings.privacy.budget, exact=exact)


def _require_own_coins(budget: Budget | None) -> None:
    if budget is not None and budget.sampling != "poisson":
        raise ConfigError(
            "batches of a client's own training are drawn by a coin for each sample",
            hint='Account for that: Budget(…, sampling="poisson").',
        )


def _require_one_sum(settings: Settings, budget: Budget | None, *, exact: bool) -> None:
    if exact:
        raise ConfigError(
            "client-level noise is added to the sum by a server: an exact run has none",
            hint="Run on floats, or protect examples in each client's own training.",
        )
    if settings.weighted or not settings.strategy.needs_only_mean:
        raise ConfigError(
            "client-level noise is measured for a mean of updates that count alike",
            hint="Take weighted=False, and FedAvg or one like it.",
        )
    people = len(settings.population)
    some = settings.participation.count(people) < people
    if budget is not None and some and budget.sampling != "fixed":
        raise ConfigError(
            "a round asks a fixed number of clients, and does not toss a coin for each",
            hint='Account for that: Budget(…, sampling="fixed").',
        )
