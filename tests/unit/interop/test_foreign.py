"""A model that JAX does not know is federated all the same: committed, aggregated, paid, audited."""

from pathlib import Path

import jax
import numpy as np
import pytest

import fedsol
from fedsol.errors import ArchitectureMismatch, ConfigError, LearningError, NotFinite
from fedsol.interop import Arrays, ForeignModel, ForeignTraining
from fedsol.interop.trainer import fetch_parameters, join_foreign
from fedsol.learning import Dataset, model_architecture
from fedsol.learning.models import spec

TRAIN, TEST = fedsol.load("breast_cancer")
START = {"weight": np.zeros((30, 2), np.float32), "bias": np.zeros(2, np.float32)}
MODEL = ForeignModel("by-hand", START)


def softmax(parameters: Arrays, x: np.ndarray) -> np.ndarray:
    powers = np.exp(x @ parameters["weight"] + parameters["bias"])
    return powers / powers.sum(axis=1, keepdims=True)


def training(data: Dataset, model: ForeignModel = MODEL) -> ForeignTraining:
    """Logistic regression by plain gradient descent: no framework at all."""

    def train(parameters: Arrays, number: int) -> Arrays:
        for _ in range(20):
            error = softmax(parameters, data.x) - np.eye(2)[data.y]
            parameters = {
                "weight": parameters["weight"] - 0.3 * data.x.T @ error / len(data),
                "bias": parameters["bias"] - 0.3 * error.mean(axis=0),
            }
        return parameters

    return ForeignTraining(model, train)


async def test_a_federation_trains_it(tmp_path: Path) -> None:
    shares = fedsol.partition(TRAIN, fedsol.IidPartitioner(3, seed=1))
    async with fedsol.embedded() as sandbox:
        rules = fedsol.Params.local(round_reward=900)
        federation = await fedsol.Federation.on(
            sandbox, name="foreign", model=MODEL, params=rules, state=tmp_path
        )
        await federation.fund(await sandbox.wallet(reward=2_000), 2_000)
        for share in shares:
            key = await sandbox.wallet(stake=2_000)
            await join_foreign(federation, key, stake=2_000, training=training(share))
        for _ in range(2):
            result = await federation.round()
            assert (result.settled, result.accepted, result.share) == (True, 3, 300)
        found = await fetch_parameters(federation, MODEL)
        assert (softmax(found, TEST.x).argmax(axis=1) == TEST.y).mean() > 0.9
        assert (await federation.audit()).ok


async def test_a_trainer_of_another_model_commits_to_nothing(tmp_path: Path) -> None:
    other = ForeignModel("other", START)
    async with fedsol.embedded() as sandbox:
        federation = await fedsol.Federation.on(
            sandbox, name="foreign", model=MODEL, state=tmp_path
        )
        key = await sandbox.wallet(stake=2_000)
        joined = await join_foreign(
            federation, key, stake=2_000, training=training(TRAIN, other), aggregates=False
        )
        with pytest.raises(ArchitectureMismatch, match="other is not of the federation's"):
            await federation.round()
        assert await joined.member.submission(1, joined.member.participant) is None


@pytest.mark.parametrize(
    ("after", "error"),
    [
        ({**START, "weight": START["weight"].T}, ArchitectureMismatch),
        ({**START, "bias": np.array([0, np.inf])}, NotFinite),
    ],
)
async def test_what_was_learnt_is_looked_at_before_it_is_sealed(tmp_path, after, error) -> None:
    async with fedsol.embedded() as sandbox:
        federation = await fedsol.Federation.on(
            sandbox, name="foreign", model=MODEL, state=tmp_path
        )
        key = await sandbox.wallet(stake=2_000)
        learnt = ForeignTraining(MODEL, lambda parameters, number: after)
        joined = await join_foreign(federation, key, stake=2_000, training=learnt)
        with pytest.raises(error):
            await federation.round()
        assert await joined.member.submission(1, joined.member.participant) is None


def test_title_names_shapes_and_types_are_the_architecture() -> None:
    assert spec(MODEL) == "foreign(title=by-hand)"
    other_values = {name: array + 1 for name, array in START.items()}
    assert model_architecture(ForeignModel("by-hand", other_values)) == model_architecture(MODEL)
    others = [
        ForeignModel("other", START),
        ForeignModel("by-hand", {**START, "bias": np.zeros(3, np.float32)}),
        ForeignModel("by-hand", {**START, "bias": np.zeros(2, np.float16)}),
        ForeignModel("by-hand", {"weight": START["weight"], "offset": START["bias"]}),
    ]
    hashes = {model_architecture(model) for model in (MODEL, *others)}
    assert len(hashes) == 5


def test_it_starts_from_the_given_values() -> None:
    start = {"b": np.array([3.0], np.float32), "a": np.array([1.0, 2.0], np.float32)}
    drawn = ForeignModel("small", start).init(jax.random.key(7))
    assert fedsol.learning.flatten(drawn)[0].tolist() == [1, 2, 3]


def test_what_cannot_be_done_says_so() -> None:
    with pytest.raises(ConfigError, match="title"):
        ForeignModel("a(b=1)", START)
    with pytest.raises(LearningError, match="by-hand cannot be evaluated with JAX"):
        fedsol.learning.evaluate(MODEL, START, TEST.x, TEST.y)
