"""Small models in plain JAX, by name: what is trained is a tree of float32 arrays.

A model is a frozen dataclass: equal settings are equal models, with the same ``spec``, a canonical
string, and so the same architecture hash for everyone. ``init`` draws parameters, ``apply`` maps
samples to logits.
"""

import re
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import pairwise
from typing import Any, ClassVar, Protocol

import jax
import jax.numpy as jnp
from jax import Array

from fedsol.errors import ConfigError
from fedsol.learning.parameters import ParameterSpec, Params, architecture_of, spec_of


class Model(Protocol):
    """What training needs of a model. Hashable: it is a static argument of ``jax.jit``."""

    name: ClassVar[str]

    def init(self, key: Array) -> Params:
        """Draw parameters: a dictionary of float32 arrays."""

    def apply(self, params: Params, x: Array) -> Array:
        """Logits (float32[n, classes]) of samples (float32[n, …])."""

    def __hash__(self) -> int:
        """Equal for equal models."""


@dataclass(frozen=True)
class LogisticRegression:
    """One linear layer."""

    features: int
    classes: int
    name: ClassVar[str] = "logreg"

    def init(self, key: Array) -> Params:
        """Zeros: the loss is convex, so that every start is as good. The key is not used."""
        del key
        weights = jnp.zeros((self.features, self.classes), jnp.float32)
        return {"dense": {"bias": jnp.zeros(self.classes, jnp.float32), "kernel": weights}}

    def apply(self, params: Params, x: Array) -> Array:
        """Logits of samples (float32[n, features]; images are flattened)."""
        return _dense(params["dense"], _flat(x))


@dataclass(frozen=True)
class Mlp:
    """Dense layers of the widths ``hidden`` with ReLU between them."""

    features: int
    classes: int
    hidden: tuple[int, ...] = (32,)
    name: ClassVar[str] = "mlp"

    def init(self, key: Array) -> Params:
        """He-normal kernels, zero biases."""
        widths = (self.features, *self.hidden, self.classes)
        keys = jax.random.split(key, len(widths) - 1)
        pairs = enumerate(pairwise(widths))
        return {f"dense_{i}": _layer(keys[i], (a, b), a) for i, (a, b) in pairs}

    def apply(self, params: Params, x: Array) -> Array:
        """Logits of samples (float32[n, features]; images are flattened)."""
        x = _flat(x)
        for i in range(len(self.hidden)):
            x = jax.nn.relu(_dense(params[f"dense_{i}"], x))
        return _dense(params[f"dense_{len(self.hidden)}"], x)


@dataclass(frozen=True)
class Cnn:
    """For each of ``filters``: 3 x 3 convolution, ReLU, 2 x 2 max pooling; then one dense layer.

    Samples are square images, ``side`` x ``side`` x ``channels``, flattened or not.
    """

    side: int
    classes: int
    channels: int = 1
    filters: tuple[int, ...] = (8, 16)
    name: ClassVar[str] = "cnn"

    def __post_init__(self) -> None:
        if self.side >> len(self.filters) < 1:
            raise ConfigError(f"{len(self.filters)} poolings leave nothing of side {self.side}")

    def init(self, key: Array) -> Params:
        """He-normal kernels, zero biases."""
        widths = (self.channels, *self.filters)
        keys = jax.random.split(key, len(widths))
        params = {
            f"conv_{i}": _layer(keys[i], (3, 3, a, b), 9 * a)
            for i, (a, b) in enumerate(pairwise(widths))
        }
        features = (self.side >> len(self.filters)) ** 2 * widths[-1]
        return params | {"dense": _layer(keys[-1], (features, self.classes), features)}

    def apply(self, params: Params, x: Array) -> Array:
        """Logits of images (float32[n, side, side, channels], or flattened)."""
        x = x.reshape(x.shape[0], self.side, self.side, self.channels)
        for i in range(len(self.filters)):
            x = _pool(jax.nn.relu(_convolve(params[f"conv_{i}"], x)))
        return _dense(params["dense"], _flat(x))


MODELS: dict[str, type[LogisticRegression] | type[Mlp] | type[Cnn]] = {
    kind.name: kind for kind in (LogisticRegression, Mlp, Cnn)
}
"""Model classes by name."""


def model(name: str, **settings: Any) -> Model:
    """The model of that name: ``model("logreg", features=30, classes=2)``.

    Raises:
        ConfigError: no such model or setting, a setting is missing, or a size is not positive.
    """
    if name not in MODELS:
        raise ConfigError(f"no model {name!r}", hint=f"The models are {', '.join(MODELS)}.")
    kind = MODELS[name]
    known = [field.name for field in fields(kind)]
    settings = {k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()}
    for setting, value in settings.items():
        sizes = value if isinstance(value, tuple) else (value,)
        if not all(isinstance(size, int) and size > 0 for size in sizes):
            raise ConfigError(f"{name}: {setting} must be positive, not {value}")
    try:
        return kind(**settings)
    except TypeError as error:
        hint = f"The settings of {name} are {', '.join(known)}."
        raise ConfigError(f"{name}: {error}", hint=hint) from error


def spec(chosen: Model) -> str:
    """Canonical text of a model, settings sorted by name: ``logreg(classes=2,features=30)``."""
    settings = {f.name: getattr(chosen, f.name) for f in fields(chosen)}  # type: ignore[arg-type]
    parts = [f"{k}={_text(settings[k])}" for k in sorted(settings)]
    return f"{chosen.name}({','.join(parts)})"


def parse_spec(text: str) -> Model:
    """The model that a text names, as ``spec`` writes it: ``mlp(classes=2,features=30,hidden=32x16)``.

    Order and spaces do not matter, and what has a default may be left out.

    Raises:
        ConfigError: the text is not of that form, or as :func:`model`.
    """
    found = re.fullmatch(r"\s*(\w+)\s*\(([^()]*)\)\s*", text)
    parts = [part.partition("=") for part in found[2].split(",") if part.strip()] if found else []
    if found is None or not all(re.fullmatch(r"\s*\d+(x\d+)*\s*", value) for *_, value in parts):
        raise ConfigError(
            f"{text!r} does not name a model",
            hint="Write it like logreg(features=30,classes=2) or mlp(features=64,classes=10,hidden=32x16).",
        )
    kind = MODELS.get(found[1])
    many = {f.name for f in fields(kind) if isinstance(f.default, tuple)} if kind else set()
    settings: dict[str, Any] = {}
    for key, _, value in parts:
        sizes = tuple(map(int, value.split("x")))
        name = key.strip()
        settings[name] = sizes if name in many or len(sizes) > 1 else sizes[0]
    return model(found[1], **settings)


@lru_cache(maxsize=64)
def parameter_spec(chosen: Model) -> ParameterSpec:
    """What a model's parameters look like: to make its tree out of a vector."""
    return spec_of(jax.eval_shape(chosen.init, jax.random.key(0)))


@lru_cache(maxsize=64)
def model_architecture(chosen: Model) -> bytes:
    """Architecture hash (32 bytes): of a model's spec and its parameters' shapes and dtypes."""
    shapes = jax.eval_shape(chosen.init, jax.random.key(0))
    return architecture_of(spec(chosen), shapes)


def _text(value: Any) -> str:
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _layer(key: Array, shape: tuple[int, ...], inputs: int) -> Params:
    kernel = jax.random.normal(key, shape, jnp.float32) * jnp.sqrt(2.0 / inputs)
    return {"bias": jnp.zeros(shape[-1], jnp.float32), "kernel": kernel}


def _dense(layer: Params, x: Array) -> Array:
    result: Array = x @ layer["kernel"] + layer["bias"]
    return result


def _flat(x: Array) -> Array:
    return x.reshape(x.shape[0], -1)


def _convolve(layer: Params, x: Array) -> Array:
    """A 3 x 3 convolution with zeros around, as one matrix product over patches.

    On a processor, and vectorised over clients with kernels of their own, this is several times
    faster than XLA's convolution.
    """
    count, height, width, channels = x.shape
    padded = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    shifted = [padded[:, i : i + height, j : j + width] for i in range(3) for j in range(3)]
    patches = jnp.concatenate(shifted, axis=-1).reshape(-1, 9 * channels)
    out = patches @ layer["kernel"].reshape(9 * channels, -1) + layer["bias"]
    result: Array = out.reshape(count, height, width, -1)
    return result


def _pool(x: Array) -> Array:
    """The largest of each 2 x 2 square; an odd last row or column is left out."""
    count, height, width, channels = x.shape
    even = x[:, : height // 2 * 2, : width // 2 * 2]
    squares = even.reshape(count, height // 2, 2, width // 2, 2, channels)
    return jnp.max(squares, axis=(2, 4))
