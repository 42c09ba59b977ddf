"""Models of other frameworks in a federation.

- ``arrays``: parameters as named NumPy arrays, and safetensors files of them;
- ``pytorch``, ``keras``, ``frameworks``: the same out of a model, and into it;
- ``foreign``: a federation's model that another framework trains;
- ``trainer``: who trains it (imported by itself: it needs the chain).
"""

from fedsol.interop.arrays import Arrays, load_arrays, save_arrays
from fedsol.interop.foreign import ForeignModel, ForeignTraining, foreign_training
from fedsol.interop.frameworks import load_into, parameters_of
from fedsol.interop.keras import keras_parameters, load_into_keras
from fedsol.interop.pytorch import load_into_torch, torch_parameters

__all__ = [
    "Arrays",
    "ForeignModel",
    "ForeignTraining",
    "foreign_training",
    "keras_parameters",
    "load_arrays",
    "load_into",
    "load_into_keras",
    "load_into_torch",
    "parameters_of",
    "save_arrays",
    "torch_parameters",
]
