"""What the hospitals would have without each other, and what all data in one place would give.

Only the demo can compare with pooled data: it dealt the data out itself. In the federation nobody
ever sees another's samples.
"""

from dataclasses import dataclass

import jax

from fedsol.demo.cast import Data, Scenario
from fedsol.demo.story import trainer_seed
from fedsol.learning import Dataset, evaluate, train
from fedsol.learning.parameters import Params

_POOLED_SEED = 777


@dataclass(frozen=True)
class Baselines:
    """Accuracies on the held-out data after each round's worth of epochs.

    ``alone``: one list for each hospital. ``pooled``: all data in one place.
    """

    alone: list[list[float]]
    pooled: list[float]


def measure(scenario: Scenario, data: Data) -> Baselines:
    """Trains everyone alone, and one model on everything, for the same number of epochs."""
    alone = [
        _curve(scenario, share, data.test, trainer_seed(scenario, place))
        for place, share in enumerate(data.shares)
    ]
    pooled_seed = trainer_seed(scenario, _POOLED_SEED)
    return Baselines(alone, _curve(scenario, data.pooled, data.test, pooled_seed))


def _curve(scenario: Scenario, samples: Dataset, test: Dataset, seed: int) -> list[float]:
    lesson = scenario.lesson
    params: Params = lesson.model.init(jax.random.key(scenario.seed))
    accuracies = []
    for number in range(1, scenario.rounds + 1):
        params = train(
            lesson.model,
            params,
            samples.x,
            samples.y,
            key=jax.random.fold_in(jax.random.key(seed), number),
            optimiser=lesson.optimiser,
            epochs=lesson.epochs,
            batch_size=lesson.batch_size,
        )
        accuracies.append(evaluate(lesson.model, params, test.x, test.y)[1])
    return accuracies
