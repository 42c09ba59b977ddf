"""A trainer whose training is done elsewhere: by a Flower app, before it comes to commit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import LearningError
from fedsol.learning import Scheme, make_update
from fedsol.learning.update import Update
from fedsol.program import Federation, Round
from fedsol.roles import Trainer


@dataclass(frozen=True)
class Learnt:
    """What an app made of a model in one round.

    ``before`` is the model (int32[d]), ``after`` what was learnt (float32[d]).
    """

    number: int
    before: NDArray[np.int32]
    after: NDArray[np.float32]


@dataclass(frozen=True)
class OutsideTrainer(Trainer):
    """Commits to what was learnt, reveals it, and pulls what it earned, as every trainer does.

    Without anything ``learnt`` it can do all but commit.
    """

    training: Learnt | None = None  # type: ignore[assignment]

    async def _train(self, federation: Federation, round_: Round) -> Update:
        learnt = self.training
        if learnt is None or learnt.number != round_.number:
            raise LearningError(
                f"nothing was learnt in round {round_.number}",
                hint="The server must ask for training before anything else in a round.",
            )
        params = round_.params
        scheme = Scheme(params.frac_bits, params.update_bits, params.qmax, params.max_norm_squared)
        return make_update(learnt.before, learnt.after, scheme)
