"""Attacks do what their papers say."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fedsol.errors import ConfigError
from fedsol.learning import attacks, robust

KEY = jax.random.key(0)
HONEST = jnp.asarray(np.random.default_rng(0).normal(0.3, 1.0, (8, 60)).astype(np.float32))
OWN = jnp.zeros((3, 60), jnp.float32)
MIDDLE = HONEST.mean(axis=0)
TOGETHER = [
    attacks.SignFlip(),
    attacks.IPM(0.5),
    attacks.ALIE(),
    attacks.MinMax(),
    attacks.MinSum(),
    attacks.Mimic(),
    attacks.ROP(),
]


def apart(left: jax.Array, right: jax.Array) -> np.ndarray:
    wide = np.asarray(left, np.float64)[:, None] - np.asarray(right, np.float64)[None]
    squares: np.ndarray = (wide**2).sum(axis=2)
    return squares


@pytest.mark.parametrize("attack", TOGETHER, ids=repr)
def test_attackers_send_the_same(attack: attacks.SignFlip) -> None:
    sent = np.asarray(attack.forge(HONEST, OWN, KEY))
    assert sent.shape == (3, 60)
    assert (sent == sent[0]).all()
    assert np.isfinite(sent).all()


@pytest.mark.parametrize("factor", [0.1, 100.0])
def test_ipm_turns_the_mean_around(factor: float) -> None:
    sent = attacks.IPM(factor).forge(HONEST, OWN, KEY)[0]
    np.testing.assert_allclose(sent, -factor * MIDDLE, rtol=1e-6)


def test_alie_is_so_many_deviations_from_the_mean() -> None:
    sent = attacks.ALIE(z=1.5).forge(HONEST, OWN, KEY)[0]
    expected = np.mean(HONEST, axis=0) + 1.5 * np.std(HONEST, axis=0, ddof=1)
    np.testing.assert_allclose(sent, expected, rtol=1e-5)


def test_alie_s_deviations_are_the_paper_s() -> None:
    # 50 clients of which 24 attack: s = 2 supporters, of 26 honest; P(Z < z) = 24/26.
    assert attacks.ALIE.deviations(50, 24) == pytest.approx(1.4261, abs=1e-3)


def test_gaussian_noise_is_each_attacker_s_own() -> None:
    sent = np.asarray(attacks.Gaussian(2.0, 0.5).forge(HONEST, jnp.zeros((40, 60)), KEY))
    assert sent.mean() == pytest.approx(2.0, abs=0.05)
    assert sent.std() == pytest.approx(0.5, abs=0.05)
    assert not np.allclose(sent[0], sent[1])


@pytest.mark.parametrize("direction", ["std", "unit", "sign"])
def test_min_max_is_as_far_as_two_honest_are_apart(direction: str) -> None:
    sent = attacks.MinMax(direction).forge(HONEST, OWN, KEY)[:1]
    limit = apart(HONEST, HONEST).max()
    assert apart(sent, HONEST).max() == pytest.approx(limit, rel=1e-2)


@pytest.mark.parametrize("direction", ["std", "unit", "sign"])
def test_min_sum_is_as_far_from_all_as_the_farthest_honest(direction: str) -> None:
    sent = attacks.MinSum(direction).forge(HONEST, OWN, KEY)[:1]
    limit = apart(HONEST, HONEST).sum(axis=1).max()
    assert apart(sent, HONEST).sum() == pytest.approx(limit, rel=1e-2)


def test_mimic_sends_an_honest_update() -> None:
    sent = attacks.Mimic().forge(HONEST, OWN, KEY)[0]
    assert (np.asarray(HONEST) == np.asarray(sent)).all(axis=1).sum() == 1
    np.testing.assert_array_equal(attacks.Mimic(3).forge(HONEST, OWN, KEY)[0], HONEST[3])


def test_rop_pulls_beside_the_mean() -> None:
    sent = attacks.ROP().forge(HONEST, OWN, KEY)[0]
    beside = sent - MIDDLE
    spread = np.linalg.norm(HONEST - MIDDLE, axis=1).mean()
    assert float(beside @ MIDDLE) == pytest.approx(0, abs=1e-3)
    assert np.linalg.norm(beside) == pytest.approx(spread, rel=1e-4)


def test_rop_turns_centred_clipping_more_than_a_sign_flip() -> None:
    def turned(attack: attacks.ROP | attacks.SignFlip) -> float:
        both = jnp.concatenate([HONEST, attack.forge(HONEST, OWN, KEY)])
        step = robust.centered_clipping(both, MIDDLE, radius=2.0)
        return float(step @ MIDDLE / jnp.linalg.norm(step) / jnp.linalg.norm(MIDDLE))

    assert turned(attacks.ROP(3.0)) < turned(attacks.SignFlip()) - 0.001


def test_free_riders_send_nothing_or_nearly_what_others_sent() -> None:
    zero, stale, noisy = (
        np.asarray(attacks.FreeRider(kind, noise).forge(HONEST, OWN, KEY))
        for kind, noise in (("zero", 0.0), ("stale", 0.0), ("zero", 0.5))
    )
    assert not zero.any()
    assert stale[0] @ np.asarray(MIDDLE) > 0.5 * np.linalg.norm(stale[0]) * np.linalg.norm(MIDDLE)
    length = np.linalg.norm(HONEST, axis=1).mean()
    np.testing.assert_allclose(np.linalg.norm(noisy, axis=1), 0.5 * length, rtol=1e-4)


@pytest.mark.parametrize("name", ["ALIE", "IPM"])
def test_an_optimised_attack_harms_its_rule_more_than_the_plain_one(name: str) -> None:
    def harm(attack: attacks.Optimised | attacks.ALIE | attacks.IPM) -> float:
        both = jnp.concatenate([HONEST, attack.forge(HONEST, OWN, KEY)])
        return float(jnp.linalg.norm(robust.trimmed_mean(both, 3) - MIDDLE))

    tuned = attacks.Optimised(lambda updates: robust.trimmed_mean(updates, 3), name)
    assert harm(tuned) > harm(attacks.attack(name))


def test_labels_are_turned_around_or_one_into_another() -> None:
    x, y = np.zeros((4, 2), np.float32), np.array([0, 1, 2, 9], np.int32)
    np.testing.assert_array_equal(attacks.LabelFlip(10).poison(x, y, KEY)[1], [9, 8, 7, 0])
    one = attacks.LabelFlip(10, source=1, target=7).poison(x, y, KEY)[1]
    np.testing.assert_array_equal(one, [0, 7, 2, 9])


def test_a_backdoor_is_a_patch_and_a_label() -> None:
    x, y = np.zeros((200, 64), np.float32), np.full(200, 3, np.int32)
    poisoned, labels = (
        np.asarray(one) for one in attacks.Backdoor(side=8, target=5, patch=2).poison(x, y, KEY)
    )
    changed = poisoned.any(axis=1)
    assert 60 < changed.sum() < 140
    np.testing.assert_array_equal(labels == 5, changed)
    image = poisoned[np.flatnonzero(changed)[0]].reshape(8, 8)
    assert image[:2, :2].all()
    assert image.sum() == 4


def test_four_quarters_make_the_whole_trigger() -> None:
    attack = attacks.DistributedBackdoor(side=8, patch=4, share=1.0, shift=1)
    x, y = np.zeros((1, 8, 8), np.float32), np.zeros(1, np.int32)
    parts = [np.asarray(attack.poison(x, y, jax.random.key(i))[0][0]) for i in range(20)]
    assert {int(part.sum()) for part in parts} == {4}
    np.testing.assert_array_equal(np.max(parts, axis=0), attack.trigger(jnp.asarray(x))[0])


def test_images_of_another_size_are_refused() -> None:
    with pytest.raises(ConfigError, match="64 pixels are not 28 x 28"):
        attacks.Backdoor().poison(np.zeros((2, 64), np.float32), np.zeros(2, np.int32), KEY)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("Nice", {}),
        ("ALIE", {"sigma": 1}),
        ("MinMax", {"direction": "up"}),
        ("LabelFlip", {"source": 1}),
        ("FreeRider", {"kind": "lazy"}),
    ],
)
def test_what_cannot_be_is_refused(name: str, settings: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        attacks.attack(name, **settings)
