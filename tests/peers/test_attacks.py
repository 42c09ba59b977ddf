"""Attacks that byzfl has too are byzfl's."""

import jax
import numpy as np
import pytest

from fedsol.learning import attacks

byzfl = pytest.importorskip("byzfl", reason="make test-peers installs byzfl")

pytestmark = pytest.mark.peers
HONEST = np.random.default_rng(2).normal(0.5, 1, (9, 40)).astype(np.float32)
OWN = np.zeros((2, 40), np.float32)
PAIRS = [
    (attacks.SignFlip(), byzfl.SignFlipping()),
    (attacks.IPM(2.0), byzfl.InnerProductManipulation(2.0)),
    (attacks.ALIE(z=1.5), byzfl.ALittleIsEnough(1.5)),
    (attacks.Mimic(4), byzfl.Mimic(4)),
]


@pytest.mark.parametrize(("mine", "theirs"), PAIRS, ids=[repr(mine) for mine, _ in PAIRS])
def test_it_sends_what_byzfl_sends(mine: attacks.SignFlip, theirs: object) -> None:
    sent = mine.forge(HONEST, OWN, jax.random.key(0))  # type: ignore[arg-type]
    expected = theirs(HONEST)  # type: ignore[operator]
    np.testing.assert_allclose(sent, np.broadcast_to(expected, OWN.shape), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["ALIE", "IPM"])
def test_the_optimised_attack_is_byzfl_s(name: str) -> None:
    from fedsol.learning import robust

    mine = attacks.Optimised(lambda updates: robust.trimmed_mean(updates, 2), name)
    kind = (
        byzfl.Optimal_ALittleIsEnough if name == "ALIE" else byzfl.Optimal_InnerProductManipulation
    )
    theirs = kind(agg=byzfl.TrMean(2), pre_agg_list=[], f=2)
    sent = mine.forge(HONEST, OWN, jax.random.key(0))  # type: ignore[arg-type]
    np.testing.assert_allclose(np.asarray(sent)[0], theirs(HONEST), rtol=1e-3, atol=1e-3)
