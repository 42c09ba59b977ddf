"""Robust aggregation in JAX: pure functions of client updates, float32[n, d].

``coordinatewise`` (mean, median, trimmed mean), ``distances``, ``krum`` (Krum, multi-Krum, Bulyan),
``geometric_median``, ``clipping`` (norms, centred, adaptive), ``mixing`` (nearest neighbours,
buckets), ``trust`` (FLTrust), ``spectral`` (DnC). ``fedsol.learning.strategies`` puts them behind
Flower's names.
"""

from fedsol.learning.robust.clipping import (
    adaptive_limit,
    centered_clipping,
    centered_clipping_weights,
    clip_factors,
    norm_clipping,
)
from fedsol.learning.robust.coordinatewise import closest_to_median, mean, median, trimmed_mean
from fedsol.learning.robust.distances import squared_distances
from fedsol.learning.robust.geometric_median import geometric_median, geometric_median_weights
from fedsol.learning.robust.krum import bulyan, krum, krum_scores, lowest, multi_krum
from fedsol.learning.robust.mixing import bucketing, bucketing_matrix, mixing_matrix, nnm
from fedsol.learning.robust.spectral import dnc_weights
from fedsol.learning.robust.trust import fltrust, fltrust_weights

__all__ = [
    "adaptive_limit",
    "bucketing",
    "bucketing_matrix",
    "bulyan",
    "centered_clipping",
    "centered_clipping_weights",
    "clip_factors",
    "closest_to_median",
    "dnc_weights",
    "fltrust",
    "fltrust_weights",
    "geometric_median",
    "geometric_median_weights",
    "krum",
    "krum_scores",
    "lowest",
    "mean",
    "median",
    "mixing_matrix",
    "multi_krum",
    "nnm",
    "norm_clipping",
    "squared_distances",
    "trimmed_mean",
]
