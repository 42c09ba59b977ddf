"""Of a masked sum everybody can check this much: updates within the bounds could have made it."""

from typing import Any

import numpy as np
import pytest

from fedsol.learning.privacy.errors import InvalidMessage
from fedsol.masked import check_sum
from fedsol.program.params import Params

RULES: Any = Params(qmax=100, max_norm_squared=40_000)


def test_the_largest_sum_that_three_updates_can_have_passes() -> None:
    check_sum(np.array([300, -300, 300, -300]), 3, RULES)


@pytest.mark.parametrize("worse", [[301, 0], [0, -301]])
def test_a_coordinate_that_three_updates_cannot_make_is_refused(worse: list[int]) -> None:
    with pytest.raises(InvalidMessage, match="301: 3 updates within 100 cannot make it"):
        check_sum(np.array(worse), 3, RULES)


def test_a_sum_that_is_longer_than_three_updates_is_refused() -> None:
    with pytest.raises(InvalidMessage, match="longer than so many can be"):
        check_sum(np.array([300, -300, 300, -300, 1]), 3, RULES)


def test_the_norm_is_exact_beyond_64_bits() -> None:
    # Σ is 2**23 squared, 2**19 times: 2**65. One unit less in the bound refuses it.
    total = np.full(1 << 19, 1 << 23)
    bound = 1 << 65
    wide: Any = Params(qmax=32_767, max_norm_squared=bound // 512**2)
    check_sum(total, 512, wide)
    wide = Params(qmax=32_767, max_norm_squared=bound // 512**2 - 1)
    with pytest.raises(InvalidMessage, match="longer"):
        check_sum(total, 512, wide)
