"""Example-level privacy in a simulation: each client's DP-SGD, and a ledger of each."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dp_accounting
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from dp_accounting.rdp import RdpAccountant
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.learning import flatten, unflatten
from fedsol.learning.models import parameter_spec
from fedsol.learning.privacy import Budget, ExamplePrivacy, train_private
from fedsol.learning.strategies import FedMedian
from fedsol.simulation import EmbeddedGovernor, Participation, Population, Settings, simulate
from fedsol.simulation.local import Block, LocalTraining, train_block
from fedsol.simulation.participation import Turnout
from fedsol.simulation.private import Privacy
from fedsol.simulation.spending import ExampleSpending, spending_of
from tests.unit.simulation.crowd import LOCAL, MODEL, TEST, TRAIN, population, same, settings

KEY = jax.random.key(5)
START = np.linspace(-0.1, 0.1, parameter_spec(MODEL).size, dtype=np.float32)
NOISY = ExamplePrivacy(0.7, 1.3)
PRIVATE = replace(LOCAL, privacy=NOISY)
DELTA = 1e-3


def private(epsilon: float = 1e3, multiplier: float = 1.3, **changes: object) -> Settings:
    chosen = Privacy(ExamplePrivacy(0.7, multiplier), Budget(epsilon, DELTA))
    return settings(**{"privacy": chosen, "participation": Participation(), **changes})


def trained(block: Block, local: LocalTraining, width: int) -> NDArray[np.float32]:
    arrays = (block.numbers, block.rows, block.counts, block.steps)
    data, start = (jnp.asarray(TRAIN.x), jnp.asarray(TRAIN.y)), jnp.asarray(START)
    found = train_block(MODEL, local, start, data, arrays, KEY, width=width, even=block.is_even)
    return np.asarray(found)[: len(block.clients)]


# Some clients have fewer samples than a batch of 16 would.
@pytest.mark.parametrize(("width", "batch_size"), [(1, 4), (2, 4), (6, 4), (6, 16)])
def test_a_block_learns_what_each_client_learns_alone(width: int, batch_size: int) -> None:
    crowd = population()
    assert batch_size == 4 or min(map(len, crowd.shares)) < 16 < max(map(len, crowd.shares))
    (block,) = crowd.blocks(range(6), 7, batch_size)
    together = trained(block, replace(PRIVATE, batch_size=batch_size), width)
    for client, row in zip(block.clients, together, strict=True):
        mine = TRAIN.take(crowd.shares[client])
        alone = train_private(
            MODEL,
            unflatten(START, parameter_spec(MODEL)),
            mine.x,
            mine.y,
            key=jax.random.fold_in(KEY, client),
            optimiser=LOCAL.transformation(),
            privacy=NOISY,
            epochs=LOCAL.epochs,
            batch_size=batch_size,
        )
        np.testing.assert_allclose(row, flatten(alone)[0], atol=1e-6)


def test_a_proximal_term_is_not_clipped_and_keeps_clients_near_the_model() -> None:
    (block,) = population().blocks(range(6), 6, LOCAL.batch_size)
    near = replace(PRIVATE, proximal_mu=5.0)
    far, close = (np.linalg.norm(trained(block, one, 2) - START, axis=1) for one in (PRIVATE, near))
    assert (close < 0.8 * far).all()


def test_settings_tell_clients_how_to_train() -> None:
    assert private().local_training() == replace(LOCAL, privacy=NOISY)
    assert private().digest() != private(multiplier=1.4).digest()


def test_the_same_seed_gives_the_same_bytes_and_noise_costs_accuracy() -> None:
    quiet, again, loud = (
        simulate(private(1e6, noise), rounds=6, test=TEST) for noise in (0.5, 0.5, 30.0)
    )
    assert same(quiet.parameters, again.parameters)
    assert quiet.accuracy is not None
    assert loud.accuracy is not None
    assert quiet.accuracy > 0.85
    assert loud.accuracy < quiet.accuracy - 0.1


def by_dp_accounting(size: int, rounds: int, local: LocalTraining, noise: float = 1.3) -> float:
    event: dp_accounting.DpEvent = dp_accounting.GaussianDpEvent(noise)
    if local.batch_size < size:
        event = dp_accounting.PoissonSampledDpEvent(local.batch_size / size, event)
    steps = rounds * local.epochs * int(np.ceil(size / local.batch_size))
    return float(RdpAccountant().compose(event, steps).get_epsilon(DELTA))


@pytest.mark.parametrize("chances", [Participation(), Participation(3, 0.2, 0.8, 1.2)], ids=repr)
def test_the_worst_clients_epsilon_is_dp_accountings(chances: Participation) -> None:
    chosen = private(participation=chances)
    result = simulate(chosen, rounds=3)
    crowd = chosen.population
    sizes = crowd.sizes(range(len(crowd)))
    rounds = np.zeros(len(crowd), int)
    for one in result.history:
        turnout = chances.draw(sizes, chosen.seed, one.number)
        rounds[[*turnout.present, *turnout.late]] += 1
        pairs = zip(sizes, rounds, strict=True)
        spent = [by_dp_accounting(int(n), int(t), LOCAL) for n, t in pairs if t]
        assert one.epsilon == pytest.approx(max(spent), abs=1e-9)
        assert len(set(spent)) > 1
    assert result.epsilon == result.history[-1].epsilon


def test_who_dropped_out_pays_nothing_who_was_late_does() -> None:
    books = ExampleSpending(NOISY, Budget(1e3, DELTA), LOCAL, np.array([20, 30, 40]))
    books.spend(Turnout((0,), (1,), (2,)))
    assert [len(books.ledger(client).releases) for client in range(3)] == [1, 0, 1]
    assert books.ledger(1).epsilon == 0
    assert books.ledger(2).epsilon == pytest.approx(by_dp_accounting(40, 1, LOCAL), abs=1e-9)
    assert books.epsilon == books.ledger(0).epsilon > books.ledger(2).epsilon


def test_the_budget_ends_it_before_the_round_that_it_cannot_pay(tmp_path: Path) -> None:
    chosen = private(20.0)
    result = simulate(chosen, rounds=50, folder=tmp_path)
    done = len(result.history)
    assert result.exhausted
    assert 1 < done < 50
    assert result.epsilon is not None
    assert result.epsilon <= 20.0
    least = min(map(len, chosen.population.shares))
    assert by_dp_accounting(least, done + 1, LOCAL) > 20.0
    resumed = simulate(chosen, rounds=50, folder=tmp_path, resume=True)
    assert resumed.exhausted
    assert same(resumed.parameters, result.parameters)
    assert resumed.epsilon == result.epsilon


def test_a_resumed_one_ends_and_has_spent_as_an_uninterrupted_one(tmp_path: Path) -> None:
    chosen = private(participation=Participation(4, dropout=0.3, stragglers=0.5))
    whole = simulate(chosen, rounds=4)
    simulate(chosen, rounds=2, folder=tmp_path)
    resumed = simulate(chosen, rounds=4, folder=tmp_path, resume=True)
    assert same(whole.parameters, resumed.parameters)
    assert [one.epsilon for one in whole.history] == [one.epsilon for one in resumed.history]


@pytest.fixture
def governor(tmp_path: Path) -> Iterator[EmbeddedGovernor]:
    with EmbeddedGovernor(folder=tmp_path / "chain", keep_updates=True) as one:
        yield one


@pytest.mark.parametrize("changes", [{}, {"strategy": FedMedian()}], ids=repr)
def test_a_governed_one_learns_the_same_and_stands_up_to_an_audit(
    governor: EmbeddedGovernor, changes: dict[str, object]
) -> None:
    chosen = private(exact=True, weighted=False, **changes)
    governed = simulate(chosen, rounds=2, governor=governor)
    free = simulate(replace(chosen, scheme=governor.scheme), rounds=2)
    assert same(governed.values, free.values)
    assert governed.epsilon == free.epsilon is not None
    checks = {one.name: one.detail for one in governor.audit()}
    assert checks["updates and aggregates recomputed"] == "12 updates, 2 aggregates"


def test_without_a_budget_nothing_is_booked() -> None:
    free = replace(private(), privacy=Privacy(NOISY))
    assert spending_of(free, 3) is None
    assert simulate(free, rounds=1).epsilon is None


def test_samples_of_a_fixed_size_are_not_what_batches_are() -> None:
    wrong = replace(private(), privacy=Privacy(NOISY, Budget(8.0, DELTA, sampling="fixed")))
    with pytest.raises(ConfigError, match="a coin for each sample"):
        simulate(wrong, rounds=1)


def test_a_thousand_clients_of_many_sizes_are_booked_in_no_time() -> None:
    shares = tuple(np.arange(1 + i % 90) for i in range(1000))
    crowd = private(population=Population(TRAIN, shares), participation=Participation(0.3))
    books = spending_of(crowd, 20)
    assert isinstance(books, ExampleSpending)
    assert books.epsilon == max(books.ledger(client).epsilon for client in range(1000))
