"""PyTorch modules: their parameters out and in, and a federation that trains one."""

from pathlib import Path

import numpy as np
import pytest

import fedsol
from fedsol.errors import ArchitectureMismatch, ConfigError, NotFinite
from fedsol.interop import (
    foreign_training,
    load_arrays,
    load_into,
    load_into_torch,
    parameters_of,
    save_arrays,
    torch_parameters,
)
from fedsol.interop.trainer import fetch_parameters, join_foreign
from fedsol.learning import Dataset, flatten
from tests.unit.loading.test_documentation import EXAMPLES, run

torch = pytest.importorskip("torch", reason="needs the extra torch")
pytestmark = pytest.mark.peers


def network() -> "torch.nn.Module":
    """A net with float32, bfloat16 and float64 parameters, running means and a counter."""
    return torch.nn.Sequential(
        torch.nn.Linear(4, 3),
        torch.nn.BatchNorm1d(3),
        torch.nn.Linear(3, 2).to(torch.bfloat16),
        torch.nn.Linear(2, 2).double(),
    )


def test_floats_in_the_order_of_their_names_and_no_counters() -> None:
    found = torch_parameters(network())
    assert list(found) == [
        "0.bias",
        "0.weight",
        "1.bias",
        "1.running_mean",
        "1.running_var",
        "1.weight",
        "2.bias",
        "2.weight",
        "3.bias",
        "3.weight",
    ]
    kinds = [array.dtype.name for array in found.values()]
    assert kinds == ["float32"] * 6 + ["bfloat16"] * 2 + ["float64"] * 2


def test_a_vector_goes_where_it_came_from() -> None:
    torch.manual_seed(0)
    one, two = network(), network()
    x = torch.randn(6, 4)
    one[0:2](x)  # moves running means and the counter
    vector, _ = flatten(torch_parameters(one))
    load_into(two, vector)
    for name, tensor in one.state_dict().items():
        if name == "1.num_batches_tracked":
            assert (int(tensor), int(two.state_dict()[name])) == (1, 0)
        else:
            # Doubles pass through the vector's float32.
            torch.testing.assert_close(two.state_dict()[name], tensor, rtol=1e-7, atol=1e-7)


def test_a_state_dict_is_changed_in_place() -> None:
    state = torch.nn.Linear(2, 1).state_dict()
    values = {"weight": np.array([[7.0, 8.0]]), "bias": np.array([9.0])}
    for array in values.values():
        array.flags.writeable = False
    load_into_torch(state, values)
    assert state["weight"].tolist() == [[7, 8]]
    assert state["bias"].tolist() == [9]


def test_what_was_read_does_not_change_with_the_module() -> None:
    layer = torch.nn.Linear(2, 1)
    before = torch_parameters(layer)
    kept = {name: array.copy() for name, array in before.items()}
    load_into(layer, np.full(3, 5.0))
    for name, array in kept.items():
        np.testing.assert_array_equal(before[name], array)


def test_shared_weights_stay_shared() -> None:
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    net[1].weight = net[0].weight
    load_into(net, flatten(torch_parameters(net))[0] + 1)
    assert net[1].weight is net[0].weight
    assert len(list(net.parameters())) == 3


@pytest.mark.parametrize(
    ("values", "error"),
    [
        (np.zeros(2), ArchitectureMismatch),
        (np.array([0, 0, np.nan]), NotFinite),
        ({"weight": np.zeros((1, 2))}, ArchitectureMismatch),
    ],
)
def test_nothing_is_changed_by_what_does_not_fit(values, error) -> None:
    layer = torch.nn.Linear(2, 1)
    before = torch_parameters(layer)
    with pytest.raises(error):
        load_into(layer, values)
    for name, array in torch_parameters(layer).items():
        np.testing.assert_array_equal(array, before[name])


def test_complex_parameters_and_none_at_all_are_refused() -> None:
    with pytest.raises(ConfigError, match="weight is complex"):
        torch_parameters(torch.nn.Linear(2, 1, dtype=torch.complex64))
    with pytest.raises(ConfigError, match="no parameters"):
        torch_parameters(torch.nn.ReLU())


def test_safetensors_files_of_pytorch(tmp_path: Path) -> None:
    files = pytest.importorskip("safetensors.torch")
    net, other = network(), network()
    files.save_file(net.state_dict(), tmp_path / "theirs")
    load_into(other, load_arrays(tmp_path / "theirs"))
    save_arrays(tmp_path / "ours", parameters_of(other))
    for name, tensor in files.load_file(tmp_path / "ours").items():
        assert torch.equal(tensor, net.state_dict()[name])


def hospital(data: Dataset):
    """Its own module and the usual training loop."""
    torch.manual_seed(1)
    net = torch.nn.Sequential(
        torch.nn.Linear(30, 8), torch.nn.BatchNorm1d(8), torch.nn.Linear(8, 2)
    )
    x, y = torch.from_numpy(data.x), torch.from_numpy(data.y).long()

    def fit(module: "torch.nn.Module", number: int) -> None:
        module.train()
        optimiser = torch.optim.SGD(module.parameters(), lr=0.1)
        for _ in range(20):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(module(x), y).backward()
            optimiser.step()

    return net, foreign_training("screening", net, fit)


async def test_a_federation_trains_a_module(tmp_path: Path) -> None:
    train, test = fedsol.load("breast_cancer")
    shares = fedsol.partition(train, fedsol.IidPartitioner(3, seed=1))
    hospitals = [hospital(share) for share in shares]
    net, training = hospitals[0]
    async with fedsol.embedded() as sandbox:
        federation = await fedsol.Federation.on(
            sandbox, name="screening", model=training.model, state=tmp_path
        )
        for _, own in hospitals:
            key = await sandbox.wallet(stake=2_000)
            await join_foreign(federation, key, stake=2_000, training=own)
        for _ in range(2):
            assert (await federation.round()).accepted == 3
        load_into(net, await fetch_parameters(federation, training.model))
        assert (await federation.audit()).ok
    net.eval()
    with torch.no_grad():
        right = net(torch.from_numpy(test.x)).argmax(dim=1).numpy() == test.y
    assert right.mean() > 0.9


def test_the_example_of_the_documentation_runs(tmp_path: Path) -> None:
    (code,) = [code for code in EXAMPLES if "import torch" in code]
    run(code, tmp_path)
