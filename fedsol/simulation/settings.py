"""All that a simulation's result depends on."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256

import numpy as np

from fedsol.errors import ConfigError
from fedsol.learning.codecs import Codec
from fedsol.learning.fixed_point import MAX_QMAX
from fedsol.learning.models import Model, parameter_spec
from fedsol.learning.models import spec as model_spec
from fedsol.learning.privacy import (
    Arrangement,
    Budget,
    ClientPrivacy,
    ExamplePrivacy,
    Mode,
    check,
    local_std,
    roomy_scheme,
)
from fedsol.learning.privacy.secure_aggregation import Plan
from fedsol.learning.strategies import FedAvg, Strategy
from fedsol.learning.update import Scheme
from fedsol.simulation.attacking import Attackers
from fedsol.simulation.local import LocalTraining
from fedsol.simulation.masking import Masking
from fedsol.simulation.participation import Participation
from fedsol.simulation.population import Population
from fedsol.simulation.private import ClientNoise, Privacy


@dataclass(frozen=True, eq=False)
class Settings:
    """All that a simulation's result depends on.

    ``exact`` combines quantised updates in integers, as the program does. ``weighted`` counts each
    update by its client's samples, as Flower does; a chain cannot check that number, so that
    governed updates count alike. A ``codec`` writes updates in fewer bytes, and a client sends later
    what it rounds away. ``privacy`` hides whole clients in their sum, or samples in a client's own
    training. With ``masking`` nobody sees a single update, and their sum is exact. ``width`` clients
    train side by side; measured unless given.
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
    masking: Masking | None = None
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

    @property
    def asked(self) -> int:
        """How many clients are asked in a round."""
        return self.participation.count(len(self.population))

    def masked_scheme(self) -> Scheme:
        """The numbers of masked updates: where clients add noise, within the norm, and with room."""
        hiding = self.client_privacy
        return self.scheme if hiding is None else roomy_scheme(self.scheme, hiding, self._honest())

    def client_noise(self) -> ClientNoise | None:
        """Under masks, what each client adds: the honest of who is left have all of the noise."""
        hiding = self.client_privacy
        if hiding is None or not hiding.noise_multiplier:
            return None
        bound, size = self.masked_scheme().max_norm_squared, parameter_spec(self.model).size
        deviation = local_std(hiding.noise_multiplier, bound, self._honest())
        return ClientNoise(deviation, bound, size, self._left - self._honest(), self.seed)

    @cached_property
    def masked_plan(self) -> Plan:
        """What the plans of all masked rounds have in common."""
        assert self.masking is not None
        qmax = self.masked_scheme().qmax if self.client_noise() is None else MAX_QMAX
        size = parameter_spec(self.model).size
        return self.masking.plan(self.asked, self.asked - self._left, size, qmax)

    @property
    def client_privacy(self) -> ClientPrivacy | None:
        """How whole clients are hidden, if they are."""
        chosen = self.privacy.mechanism if self.privacy is not None else None
        return chosen if isinstance(chosen, ClientPrivacy) else None

    @cached_property
    def _left(self) -> int:
        """How many of a masked round's clients are left if as many go as may."""
        assert self.masking is not None
        everybody = self.population.sizes(range(len(self.population)))
        return self.asked - self.masking.borne(self.participation, everybody, self.seed)

    def _honest(self) -> int:
        """How many of them do not help a lying server, which then knows the noise of those who do."""
        assert self.masking is not None
        return max(1, self._left - self.masking.liars(self.asked))

    def digest(self) -> str:
        """SHA-256 of everything here, data included, in hexadecimal."""
        data = self.population.data
        digest = sha256(np.ascontiguousarray(data.x).tobytes() + data.y.tobytes())
        for share in self.population.shares:
            digest.update(len(share).to_bytes(8, "little") + share.astype("<i8").tobytes())
        parts = [model_spec(self.model), self.strategy, self.local, self.participation]
        parts += [self.attackers, self.scheme, self.codec, self.privacy, self.masking]
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
    if governed and settings.masking is not None:
        raise ConfigError(
            "simulated masked rounds are not on a chain",
            hint="Simulate them without it, or run real members of a federation that is masked.",
        )
    if settings.masking is not None:
        _require_maskable(settings)
    elif settings.codec is not None and not exact:
        raise ConfigError("a codec writes integers", hint="Run with exact=True.")
    if settings.privacy is None:
        return
    if isinstance(settings.privacy.mechanism, ExamplePrivacy):
        _require_own_coins(settings.privacy.budget)
    elif settings.masking is None:
        _require_one_sum(settings, settings.privacy.budget, exact=exact)


def _require_maskable(settings: Settings) -> None:
    if settings.weighted:
        raise ConfigError(
            "nobody can check how many samples a client under masks has",
            hint="Count masked updates alike: weighted=False.",
        )
    privacy = settings.privacy
    wanted = Arrangement(
        Mode.MASKED,
        settings.asked,
        settings.strategy,
        settings.masked_scheme(),
        settings.codec,
        privacy=privacy.mechanism if privacy is not None else None,
        budget=privacy.budget if privacy is not None else None,
    )
    check(wanted)


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
    some = settings.asked < len(settings.population)
    if budget is not None and some and budget.sampling != "fixed":
        raise ConfigError(
            "a round asks a fixed number of clients, and does not toss a coin for each",
            hint='Account for that: Budget(…, sampling="fixed").',
        )
