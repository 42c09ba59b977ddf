"""A Flower app's named arrays as a federation's one vector, and back.

The vector's order is that of ``learning.parameters.flatten``: by name. Names, shapes and dtypes make
the architecture hash that the chain holds, so that nobody can bring another model.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from flwr.app import Array, ArrayRecord, RecordDict
from numpy.typing import NDArray

from fedsol.errors import ArchitectureMismatch, ConfigError
from fedsol.learning.fixed_point import to_fixed, to_float
from fedsol.learning.parameters import ParameterSpec, architecture_hash, flatten, spec_of, unflatten

MODEL = "flower"
"""What stands for the model in a federation's architecture hash and in its artifacts."""

_DTYPES = ("float32", "float64")

Arrays = Mapping[str, NDArray[np.floating]]


def arrays_of(content: RecordDict) -> ArrayRecord:
    """The one record of arrays in a message.

    Raises:
        ConfigError: there is none, or there are several.
    """
    found = list(content.array_records.values())
    if len(found) != 1:
        raise ConfigError(
            f"a message of a governed round holds {len(found)} records of arrays, not one",
            hint="Send the model, and nothing else, as one ArrayRecord.",
        )
    return found[0]


@dataclass(frozen=True)
class Layout:
    """Names, in the app's own order, with shapes and dtypes: what a record's arrays look like."""

    names: tuple[str, ...]
    spec: ParameterSpec

    @classmethod
    def of(cls, record: ArrayRecord) -> "Layout":
        """A record's layout.

        Raises:
            ConfigError: an array is neither float32 nor float64, or there is none.
        """
        arrays = _numpy(record)
        odd = {
            name: one.dtype.name for name, one in arrays.items() if one.dtype.name not in _DTYPES
        }
        if odd or not arrays:
            raise ConfigError(
                f"arrays that a federation cannot hold: {odd or 'none at all'}",
                hint="Send trained parameters only, as float32 or float64; counters stay at home.",
            )
        return cls(tuple(arrays), spec_of(arrays))

    @property
    def architecture(self) -> bytes:
        """The architecture hash (32 bytes)."""
        shapes = dict(zip(self.spec.paths, self.spec.shapes, strict=True))
        return architecture_hash(
            MODEL, shapes, dict(zip(self.spec.paths, self.spec.dtypes, strict=True))
        )

    def vector(self, record: ArrayRecord) -> NDArray[np.float32]:
        """A record's values (float32[d]) in the vector's order; its dtypes may differ.

        Raises:
            ArchitectureMismatch: names or shapes are not the layout's.
        """
        vector, found = flatten(_numpy(record))
        if (found.paths, found.shapes) != (self.spec.paths, self.spec.shapes):
            raise ArchitectureMismatch(
                "the arrays that came back are not those that were sent out",
                hint="Reply with the same names and shapes as the message's ArrayRecord.",
            )
        return vector

    def fixed(self, record: ArrayRecord, frac_bits: int) -> NDArray[np.int32]:
        """A record's values as a fixed-point model (int32[d]). Raises as ``vector`` and NotFinite."""
        return to_fixed(self.vector(record), frac_bits)

    def record(self, values: NDArray[np.int32], frac_bits: int) -> ArrayRecord:
        """A fixed-point model (int32[d]) as the app's arrays, names in the app's order."""
        tree = unflatten(to_float(values, frac_bits), self.spec)
        return ArrayRecord({name: Array(np.asarray(tree[name])) for name in self.names})


def _numpy(record: ArrayRecord) -> dict[str, NDArray[np.floating]]:
    return {name: array.numpy() for name, array in record.items()}
