"""Learning: models, data, local training, quantising, aggregation. Knows no chain and does no I/O.

In the order of the data's way:

- ``datasets``, ``partitioners``: real data, and its division among participants;
- ``models``, ``optimisers``: what is trained, and how;
- ``local_training``: one participant's training and evaluation, compiled once for all;
- ``parameters``: a parameter tree as one vector, and its architecture's hash;
- ``fixed_point``: the only integer arithmetic on models and updates;
- ``merkle`` (``merkle_hash``, ``merkle_kernel``): roots and proofs of models and updates;
- ``update``: from trained parameters to what a trainer commits to;
- ``aggregation``, ``aggregation_jax``: from a round's updates to the next model.
"""

from fedsol.learning.aggregation import Mean, Median, Rule, Scale, TrimmedMean
from fedsol.learning.aggregation_jax import aggregate
from fedsol.learning.datasets import Dataset, load
from fedsol.learning.fixed_point import quantise, squared_norm, to_fixed, to_float
from fedsol.learning.local_training import evaluate, train
from fedsol.learning.merkle import (
    Path,
    Root,
    Tree,
    model_root,
    model_tree,
    update_root,
    update_tree,
    verify_model,
    verify_update,
)
from fedsol.learning.models import Model, model, model_architecture
from fedsol.learning.optimisers import optimiser
from fedsol.learning.parameters import architecture_hash, flatten, unflatten
from fedsol.learning.partitioners import partition
from fedsol.learning.update import Scheme, Update, make_update

__all__ = [
    "Dataset",
    "Mean",
    "Median",
    "Model",
    "Path",
    "Root",
    "Rule",
    "Scale",
    "Scheme",
    "Tree",
    "TrimmedMean",
    "Update",
    "aggregate",
    "architecture_hash",
    "evaluate",
    "flatten",
    "load",
    "make_update",
    "model",
    "model_architecture",
    "model_root",
    "model_tree",
    "optimiser",
    "partition",
    "quantise",
    "squared_norm",
    "to_fixed",
    "to_float",
    "train",
    "unflatten",
    "update_root",
    "update_tree",
    "verify_model",
    "verify_update",
]
