"""Models by name, their shapes and their architecture."""

import jax
import numpy as np
import pytest

from fedsol.errors import ConfigError
from fedsol.learning.models import MODELS, model, model_architecture, spec
from fedsol.learning.parameters import flatten

SETTINGS = {
    "logreg": {"features": 64, "classes": 10},
    "mlp": {"features": 64, "classes": 10, "hidden": (16, 8)},
    "cnn": {"side": 8, "classes": 10, "filters": (4,)},
}


@pytest.mark.parametrize("name", MODELS)
def test_logits_have_one_column_for_each_class(name):
    chosen = model(name, **SETTINGS[name])
    params = chosen.init(jax.random.key(0))
    assert chosen.apply(params, np.ones((5, 64), np.float32)).shape == (5, 10)


@pytest.mark.parametrize("name", MODELS)
def test_parameters_are_float32(name):
    params = model(name, **SETTINGS[name]).init(jax.random.key(0))
    assert {leaf.dtype for leaf in jax.tree_util.tree_leaves(params)} == {np.dtype("float32")}


def test_images_of_28_by_28_work():
    chosen = model("cnn", side=28, classes=10, filters=(2, 2))
    params = chosen.init(jax.random.key(0))
    assert chosen.apply(params, np.ones((2, 28, 28, 1), np.float32)).shape == (2, 10)


def test_the_same_key_gives_the_same_parameters():
    chosen = model("mlp", **SETTINGS["mlp"])
    first, second = (flatten(chosen.init(jax.random.key(3)))[0] for _ in range(2))
    assert (first == second).all()


def test_the_spec_is_canonical():
    chosen = model("mlp", hidden=[16, 8], classes=10, features=64)
    assert spec(chosen) == "mlp(classes=10,features=64,hidden=16x8)"


def test_two_parties_get_the_same_architecture():
    first = model_architecture(model("logreg", features=30, classes=2))
    second = model_architecture(model("logreg", classes=2, features=30))
    assert first == second


def test_another_setting_is_another_architecture():
    architectures = {
        model_architecture(model("mlp", features=4, classes=2, hidden=hidden))
        for hidden in ((8,), (8, 8), (9,))
    }
    assert len(architectures) == 3


def test_an_unknown_model_is_refused_with_those_known():
    with pytest.raises(ConfigError) as caught:
        model("transformer")
    assert "logreg" in caught.value.hint


@pytest.mark.parametrize("settings", [{"features": 3}, {"features": 3, "classes": 2, "x": 1}])
def test_settings_that_do_not_fit_are_refused_with_those_known(settings):
    with pytest.raises(ConfigError) as caught:
        model("logreg", **settings)
    assert "features, classes" in caught.value.hint


@pytest.mark.parametrize("classes", [0, -1, "2"])
def test_a_size_must_be_positive(classes):
    with pytest.raises(ConfigError):
        model("logreg", features=3, classes=classes)


def test_a_network_deeper_than_its_image_is_refused():
    with pytest.raises(ConfigError):
        model("cnn", side=8, classes=2, filters=(1, 1, 1, 1))
