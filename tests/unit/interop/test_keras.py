"""Keras models on JAX: in a process of their own, as Keras chooses its backend once."""

import os
import subprocess
import sys
import textwrap
from importlib.util import find_spec

import pytest

pytestmark = pytest.mark.skipif(find_spec("keras") is None, reason="needs the extra keras")


def run(code: str) -> str:
    program = "import keras, numpy as np\nfrom fedsol.interop import *\n" + textwrap.dedent(code)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_parameters_out_and_in() -> None:
    """Names do not depend on how many layers the process has made before."""
    said = run(
        """
        def build():
            layers = keras.layers
            return keras.Sequential([
                layers.Input((4,)), layers.Dense(3), layers.BatchNormalization(),
                layers.Dropout(0.5), layers.Dense(2, dtype="bfloat16"),
            ])

        one, two = build(), build()
        before = keras_parameters(one)
        print(*before)
        print(*(array.dtype.name for array in before.values()))
        assert list(keras_parameters(two)) == list(before)

        x = np.ones((5, 4), np.float32)
        assert not np.array_equal(one(x), two(x))
        load_into(two, parameters_of(one))
        np.testing.assert_array_equal(one(x), two(x))

        from fedsol.learning import flatten
        load_into_keras(two, flatten(before)[0] * 0)
        np.testing.assert_array_equal(two(x), 0)
        np.testing.assert_array_equal(before["0000/kernel"], one.weights[0].value)
        """
    )
    names, types = said.splitlines()
    assert names.split() == [
        "0000/kernel",
        "0001/bias",
        "0002/gamma",
        "0003/beta",
        "0004/moving_mean",
        "0005/moving_variance",
        "0006/kernel",
        "0007/bias",
    ]
    assert types.split() == ["float32"] * 6 + ["bfloat16"] * 2


def test_a_training_loop_becomes_a_training() -> None:
    run(
        """
        from fedsol.learning import load
        train, test = load("iris")
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("sgd", loss)
        training = foreign_training(
            "iris", model, lambda model, number: model.fit(train.x, train.y, epochs=5, verbose=0)
        )
        start = training.model.start
        model.weights[0].assign(model.weights[0].value + 9)
        learnt = training.train(start, 1)
        load_into(model, start)
        first = model.evaluate(test.x, test.y, verbose=0)
        load_into(model, learnt)
        assert model.evaluate(test.x, test.y, verbose=0) < first
        """
    )


def test_what_cannot_be_read_says_so() -> None:
    run(
        """
        from fedsol.errors import ArchitectureMismatch, ConfigError
        def refused(call, *given):
            try:
                call(*given)
            except (ArchitectureMismatch, ConfigError) as error:
                return str(error)
            raise AssertionError("nothing was refused")

        model = keras.Sequential([keras.layers.Dense(3)])
        assert "is not built" in refused(keras_parameters, model)
        model.build((None, 2))
        assert "9 parameters are needed" in refused(load_into, model, np.zeros(8))
        assert "neither a PyTorch module nor a Keras model" in refused(parameters_of, object())
        """
    )
