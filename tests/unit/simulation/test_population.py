"""Ragged shares in blocks: everybody is there once, and hardly anything is computed in vain."""

import numpy as np
import pytest

from fedsol.errors import ConfigError
from fedsol.learning import Dataset
from fedsol.simulation import Population
from fedsol.simulation.population import waste

SIZES = (1, 2, 3, 7, 8, 9, 30, 31)


def ragged() -> Population:
    total = sum(SIZES)
    data = Dataset(np.zeros((total, 2), np.float32), np.zeros(total, np.int32), 2, "zeros")
    return Population(data, tuple(np.split(np.arange(total), np.cumsum(SIZES)[:-1])))


def test_every_client_is_in_one_block_with_its_own_samples() -> None:
    crowd = ragged()
    seen = []
    for block in crowd.blocks(range(8), 3, 4):
        for client, rows, count in zip(block.clients, block.rows, block.counts, strict=False):
            seen.append(client)
            np.testing.assert_array_equal(rows[:count], crowd.shares[client])
    assert sorted(seen) == list(range(8))


def test_clients_with_as_much_to_do_are_together() -> None:
    blocks = ragged().blocks(range(8), 3, 4)
    assert [list(block.steps) for block in blocks] == [[1, 1, 1], [2, 2, 3], [8, 8, 8]]


def test_padding_is_a_power_of_two_of_batches() -> None:
    assert [block.rows.shape[1] for block in ragged().blocks(range(8), 3, 4)] == [4, 16, 32]


def test_waste_is_what_the_fastest_wait_for_the_slowest() -> None:
    blocks = ragged().blocks(range(6), 3, 4)
    assert waste(blocks, 1) == 0
    assert waste(blocks, 3) == pytest.approx(1 - (3 + 7) / (3 + 9))


def test_waste_counts_what_pads_a_block() -> None:
    (block,) = ragged().blocks([6, 7], 3, 4)
    assert waste([block], 1) == pytest.approx(1 / 3)


def test_blocks_in_no_order_of_size_would_waste_more() -> None:
    crowd = ragged()
    sorted_blocks = crowd.blocks(range(8), 2, 4)
    mixed = [crowd.blocks(pair, 2, 4)[0] for pair in ((0, 7), (1, 6), (2, 5), (3, 4))]
    assert waste(sorted_blocks, 2) < waste(mixed, 2) / 4


def test_a_client_without_data_is_named() -> None:
    data = Dataset(np.zeros((2, 2), np.float32), np.zeros(2, np.int32), 2, "zeros")
    with pytest.raises(ConfigError, match="client 1 has no data"):
        Population(data, (np.arange(2), np.arange(0)))
