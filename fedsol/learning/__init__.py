"""Learning: models, data, local training, quantising, aggregation. Knows no chain and does no I/O.

In the order of the data's way:

- ``datasets``, ``partitioners``: real data, and its division among participants;
- ``models``, ``optimisers``: what is trained, and how;
- ``local_training``: one participant's training and evaluation, compiled once for all;
- ``parameters``: a parameter tree as one vector, and its architecture's hash;
- ``fixed_point``: the only integer arithmetic on models and updates;
- ``merkle`` (``merkle_hash``, ``merkle_kernel``): roots and proofs of models and updates;
- ``scheme``, ``codecs``: the numbers that a federation fixes, and updates in fewer bytes;
- ``privacy``: noise, its ledger, secure aggregation, and what can be promised at once;
- ``attacks``: what dishonest clients train on, or send;
- ``update``: from trained parameters to what a trainer commits to;
- ``aggregation``, ``aggregation_jax``: from a round's updates to the next model;
- ``selection``: which updates count, in exact integers; ``sorting``: many short columns at once;
- ``robust``, ``strategies``: rules that trust nobody, and Flower's names for all of them;
- ``scoring``: what an evaluator gives each update, and what a round makes of several opinions;
- ``plant``: noise among the updates, which shows whether evaluators look;
- ``proof``: what shows a wrong aggregate, or an update that breaks its bound.
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
from fedsol.learning.plant import plant_amplitude, plant_chunk, plant_update
from fedsol.learning.proof import (
    Evidence,
    faulty_leaf,
    first_difference,
    judge_coordinate,
    lying_range,
    model_evidence,
    update_evidence,
)
from fedsol.learning.scoring import (
    gains,
    other_index,
    references,
    score_all,
    score_update,
    weighted_median,
)
from fedsol.learning.update import Scheme, Update, make_update

__all__ = [
    "Dataset",
    "Evidence",
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
    "faulty_leaf",
    "first_difference",
    "flatten",
    "gains",
    "judge_coordinate",
    "load",
    "lying_range",
    "make_update",
    "model",
    "model_architecture",
    "model_evidence",
    "model_root",
    "model_tree",
    "optimiser",
    "other_index",
    "partition",
    "plant_amplitude",
    "plant_chunk",
    "plant_update",
    "quantise",
    "references",
    "score_all",
    "score_update",
    "squared_norm",
    "to_fixed",
    "to_float",
    "train",
    "unflatten",
    "update_evidence",
    "update_root",
    "update_tree",
    "verify_model",
    "verify_update",
    "weighted_median",
]
