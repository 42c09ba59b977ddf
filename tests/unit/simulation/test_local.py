"""Many clients in one compiled step learn exactly what each would have learnt alone."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.learning import flatten, model, train, unflatten
from fedsol.learning.models import parameter_spec
from fedsol.simulation import LocalTraining
from fedsol.simulation.local import Block, train_block
from tests.unit.simulation.crowd import LOCAL, MODEL, TRAIN, population, same

KEY = jax.random.key(5)
START = np.linspace(-0.1, 0.1, parameter_spec(MODEL).size, dtype=np.float32)


def trained(block: Block, local: LocalTraining, width: int) -> NDArray[np.float32]:
    arrays = (block.numbers, block.rows, block.counts, block.steps)
    data = jnp.asarray(TRAIN.x), jnp.asarray(TRAIN.y)
    found = train_block(
        MODEL, local, jnp.asarray(START), data, arrays, KEY, width=width, even=block.is_even
    )
    return np.asarray(found)[: len(block.clients)]


@pytest.mark.parametrize("width", [1, 2, 6])
def test_a_block_learns_what_each_client_learns_alone(width: int) -> None:
    crowd = population()
    (block,) = crowd.blocks(range(6), 6, LOCAL.batch_size)
    together = trained(block, LOCAL, width)
    for client, row in zip(block.clients, together, strict=True):
        mine = TRAIN.take(crowd.shares[client])
        alone = train(
            MODEL,
            unflatten(START, parameter_spec(MODEL)),
            mine.x,
            mine.y,
            key=jax.random.fold_in(KEY, client),
            optimiser=LOCAL.transformation(),
            epochs=LOCAL.epochs,
            batch_size=LOCAL.batch_size,
        )
        np.testing.assert_allclose(row, flatten(alone)[0], atol=1e-6)


def test_what_a_client_learns_does_not_depend_on_its_block() -> None:
    crowd = population()
    (whole,) = crowd.blocks(range(6), 6, LOCAL.batch_size)
    rows = dict(zip(whole.clients, trained(whole, LOCAL, 2), strict=True))
    for block in crowd.blocks([1, 3, 4], 2, LOCAL.batch_size):
        for client, row in zip(block.clients, trained(block, LOCAL, 2), strict=True):
            assert same(row, rows[client])


def test_even_blocks_learn_what_uneven_ones_learn() -> None:
    crowd = population()
    (block,) = crowd.blocks([2, 2], 2, LOCAL.batch_size)
    assert block.is_even
    (uneven,) = crowd.blocks([2, 2], 3, LOCAL.batch_size)
    assert same(trained(block, LOCAL, 2)[0], trained(uneven, LOCAL, 1)[0])


def test_a_proximal_term_keeps_clients_near_the_model() -> None:
    (block,) = population().blocks(range(6), 6, LOCAL.batch_size)
    near = LocalTraining("momentum", 0.05, epochs=2, batch_size=4, proximal_mu=5.0)
    far, close = (np.linalg.norm(trained(block, one, 2) - START, axis=1) for one in (LOCAL, near))
    assert (close < 0.8 * far).all()


def test_a_proximal_gradient_is_the_loss_and_the_pull() -> None:
    # One step of plain SGD from the round's model: nothing pulls yet, so that it changes nothing.
    (block,) = population().blocks([0], 1, 256)
    plain, pulled = (LocalTraining(batch_size=256, proximal_mu=mu) for mu in (0.0, 9.0))
    assert same(trained(block, plain, 1), trained(block, pulled, 1))


@pytest.mark.parametrize(
    "changes", [{"epochs": 0}, {"batch_size": 0}, {"proximal_mu": -1.0}, {"optimiser": "none"}]
)
def test_training_that_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        LocalTraining(**changes)  # type: ignore[arg-type]


def test_a_convolutional_net_learns_the_same_in_a_block() -> None:
    net = model("cnn", side=4, classes=3, filters=(2,))
    x = np.random.default_rng(0).normal(size=(12, 16)).astype(np.float32)
    y = np.arange(12, dtype=np.int32) % 3
    start = flatten(net.init(jax.random.key(0)))[0]
    rows = np.arange(12, dtype=np.int32).reshape(3, 4)
    fours, ones = np.full(3, 4, np.int32), np.ones(3, np.int32)
    arrays = (np.arange(3, dtype=np.int32), rows, fours, ones)
    local = LocalTraining(batch_size=4)
    data = jnp.asarray(x), jnp.asarray(y)
    found = [
        train_block(net, local, jnp.asarray(start), data, arrays, KEY, width=w, even=True)
        for w in (1, 3)
    ]
    np.testing.assert_allclose(found[0], found[1], atol=1e-6)
    assert not np.allclose(found[0][0], found[0][1])
