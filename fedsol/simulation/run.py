"""A simulation under way: one round after another."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError, StateError
from fedsol.learning.aggregation import Scale
from fedsol.learning.datasets import Dataset
from fedsol.learning.local_training import evaluate
from fedsol.learning.models import parameter_spec
from fedsol.learning.parameters import flatten, unflatten
from fedsol.simulation.calibration import chosen_width
from fedsol.simulation.checkpoint import Checkpoint
from fedsol.simulation.engine import Engine, LocalEngine, block_size
from fedsol.simulation.gathering import ExactServer, FloatServer, Server, exact_server
from fedsol.simulation.governing import Governor
from fedsol.simulation.governing_plan import GovernedRound
from fedsol.simulation.history import RoundMetrics, append_line, rewrite_lines
from fedsol.simulation.masked_server import MaskedServer, masked_server
from fedsol.simulation.participation import Turnout
from fedsol.simulation.population import waste
from fedsol.simulation.private import Noise
from fedsol.simulation.settings import Settings, require_fitting
from fedsol.simulation.spending import spending_of

METRICS_FILE = "metrics.jsonl"


class Run:
    """A simulation under way."""

    def __init__(
        self,
        settings: Settings,
        test: Dataset | None,
        governor: Governor | None,
        engine: Engine | None,
        folder: Path | None,
        evaluate_every: int,
    ) -> None:
        self.settings, self.test, self.folder = settings, test, folder
        self.governor, self.evaluate_every = governor, evaluate_every
        self.population = settings.population
        if settings.attackers is not None:
            self.population = settings.attackers.poisoned(self.population, settings.seed)
        trained = LocalEngine(settings.model, settings.local_training(), self.population.data)
        self.measured = trained
        self.engine: Engine = engine or trained
        self.history: list[RoundMetrics] = []
        self.key = jax.random.key(settings.seed)
        self.server: Server = self._server()

    def begin(self, resume: bool) -> None:
        """Goes on from the folder's checkpoint, or begins; chooses the width."""
        if resume and self.folder is None:
            raise ConfigError("resuming takes the folder of the simulation that was interrupted")
        found = Checkpoint.load(self.folder) if self.folder is not None else None
        digest = self.settings.digest() if self.folder is not None else ""
        if found is not None and not resume:
            raise StateError(
                f"{self.folder} holds a simulation already",
                hint="Go on with it (--resume), or choose another folder.",
            )
        if resume and found is not None:
            if found.settings != digest:
                raise StateError(
                    f"{self.folder} holds another simulation: not the same data and settings",
                    hint="Resume with the settings that it was begun with.",
                )
            self._restore(found)
            self.width = found.width
        else:
            self.width = self.settings.width or self._measured_width()
        self.digest = digest
        self.spending = spending_of(self.settings, len(self.history))
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            rewrite_lines(self.folder / METRICS_FILE, self.history)

    def round(self, number: int, *, last: bool) -> RoundMetrics:
        """One round, from who takes part to what is kept."""
        began = time.perf_counter()
        everybody = self.population.sizes(range(len(self.population)))
        turnout = self.settings.participation.draw(everybody, self.settings.seed, number)
        if self.spending is not None:
            # Before anything is learnt that it does not pay for.
            self.spending.spend(turnout)
        if self.governor is not None:
            self.governor.begin(number)
        if isinstance(self.server, MaskedServer):
            self.server.begin(number, turnout.asked)
        wasted = self._train(turnout, number)
        training = time.perf_counter() - began
        self.server.finish(number)
        governed = None
        if self.governor is not None and isinstance(self.server, ExactServer):
            governed = self.governor.finish(self.server.values, self.server.selected)
        scores = self._scores(number, last)
        seconds = time.perf_counter() - began
        one = _metrics(number, turnout, scores, (seconds, training, wasted), governed)
        if self.spending is not None:
            one = replace(one, epsilon=self.spending.epsilon)
        if isinstance(self.server, MaskedServer):
            one = replace(one, masking=self.server.masks.seconds, lost=self.server.lost)
        self.history.append(one)
        self._keep(number)
        return one

    def _train(self, turnout: Turnout, number: int) -> float:
        """Has everybody train and takes in what they learnt; returns the share that was wasted."""
        settings, vector = self.settings, self.server.vector()
        size = block_size(len(turnout.present), settings.model, self.width)
        blocks = self.population.blocks(turnout.present, size, settings.local.batch_size)
        key = jax.random.fold_in(self.key, number)
        attackers = set(settings.attackers.among(turnout.present) if settings.attackers else ())
        honest: list[NDArray[np.float32]] = []
        own: dict[int, NDArray[np.float32]] = {}
        for block, trained in self.engine.train(vector, blocks, key, self.width):
            if not attackers:
                self._take(block.clients, trained)
                continue
            fair = [i for i, client in enumerate(block.clients) if client not in attackers]
            own |= {c: trained[i] for i, c in enumerate(block.clients) if c in attackers}
            self._take([block.clients[i] for i in fair], trained[fair])
            honest.append(trained[fair] - vector)
        if own:
            assert settings.attackers is not None
            mine = np.stack(list(own.values())) - vector
            sent = settings.attackers.forged(np.concatenate(honest), mine, settings.seed, number)
            self._take(list(own), vector + sent)
        return waste(blocks, self.width)

    def _take(self, clients: Sequence[int], trained: NDArray[np.float32]) -> None:
        if not len(clients):
            return
        sizes = self.population.sizes(clients)
        self.server.take(clients, trained, sizes if self.settings.weighted else np.ones_like(sizes))

    def _scores(self, number: int, last: bool) -> tuple[float, float] | None:
        if self.test is None or not (last or number % self.evaluate_every == 0):
            return None
        params = unflatten(self.server.vector(), parameter_spec(self.settings.model))
        return evaluate(self.settings.model, params, self.test.x, self.test.y)

    def _server(self) -> Server:
        settings, governor = self.settings, self.governor
        start = flatten(settings.model.init(self.key))[0]
        exact = settings.exact or governor is not None
        require_fitting(settings, governed=governor is not None, exact=exact)
        if settings.masking is not None:
            return masked_server(settings, start)
        if not exact:
            hiding = settings.client_privacy
            noise = None if hiding is None else Noise(hiding, settings.asked, self.key)
            return FloatServer(settings.strategy, start, noise=noise)
        scheme, scale = settings.scheme, Scale(1, 1)
        if governor is not None:
            rules, scheme = governor.params, governor.scheme
            scale = Scale(rules.lr_num, rules.lr_den)
        scale = replace(scale, frac_bits=scheme.frac_bits, update_bits=scheme.update_bits)
        server = exact_server(settings.strategy, start, scheme, scale, clients=settings.asked)
        server.codec = settings.codec
        if governor is not None:
            governor.start(settings.model, server.values, server.rule, settings.codec)
            server.submit = governor.submit
        return server

    def _measured_width(self) -> int:
        vector, asked = self.server.vector(), self.settings.asked
        return chosen_width(self.measured, self.population, vector, trainings=asked)

    def _restore(self, found: Checkpoint) -> None:
        self.history = list(found.history)
        self.server.restore(found.model, found.state)

    def _keep(self, number: int) -> None:
        if self.folder is None:
            return
        append_line(self.folder / METRICS_FILE, self.history[-1])
        if self.governor is not None:
            self.governor.save(number)
        model, state = self.server.kept()
        kept = Checkpoint(self.digest, self.width, model, state, self.history)
        kept.save(self.folder)


def _metrics(
    number: int,
    turnout: Turnout,
    scores: tuple[float, float] | None,
    times: tuple[float, float, float],
    governed: GovernedRound | None,
) -> RoundMetrics:
    loss, accuracy = scores or (None, None)
    seconds, training, wasted = times
    return RoundMetrics(
        number=number,
        clients=len(turnout.present),
        dropped=len(turnout.dropped),
        late=len(turnout.late),
        loss=loss,
        accuracy=accuracy,
        seconds=seconds,
        training=training,
        wasted=wasted,
        transactions=governed.transactions if governed else 0,
        units=governed.units if governed else 0,
    )
