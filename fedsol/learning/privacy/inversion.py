"""What an update gives away: samples read back out of a dense layer's gradient, without any search.

The gradient of a unit's weights is the sum over samples of (its error times its input), that of its
bias the sum of its errors: with one sample their quotient *is* the input (Phong et al., Privacy-
Preserving Deep Learning via Additively Homomorphic Encryption, IEEE TIFS 2018). A yardstick, for
tests and tables; stronger attacks search as well.
"""

import numpy as np
from numpy.typing import NDArray


def read_inputs(kernel: NDArray[np.floating], bias: NDArray[np.floating]) -> NDArray[np.float64]:
    """What each unit tells of its input (float64[units, inputs]), from a layer's update.

    ``kernel`` is float[inputs, units], ``bias`` float[units]: gradients, or differences after a
    step. Units whose bias has not moved are left out.
    """
    moved = np.abs(bias) > np.finfo(np.float32).tiny
    quotients: NDArray[np.float64] = np.asarray(kernel, np.float64)[:, moved] / bias[moved]
    return quotients.T


def read_labels(bias: NDArray[np.floating], count: int) -> NDArray[np.intp]:
    """The likeliest classes (int[count]) of a batch, from the *gradient* of the last layer's bias.

    A class with samples in the batch has pulled its bias down (Zhao et al., iDLG, 2020).
    """
    return np.argsort(bias, kind="stable")[:count]


def peak_signal_to_noise(sample: NDArray[np.floating], guesses: NDArray[np.floating]) -> float:
    """That of the guess (float[k, d]) closest to a sample (float[d]), in decibels; no more than 99.

    The peak is the sample's range. Below some 15 dB an image is hardly known again.
    """
    span = float(np.ptp(sample))
    errors = np.mean((np.asarray(guesses, np.float64) - sample) ** 2, axis=1)
    least = float(errors.min(initial=np.inf))
    return 99.0 if least == 0 else min(99.0, float(10 * np.log10(span**2 / least)))
