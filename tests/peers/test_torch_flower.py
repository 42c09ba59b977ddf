"""PyTorch clients in a real Flower simulation, under a federation."""

import re

import pytest

from tests.stories.flower_example import EXAMPLE, assert_settled_paid_and_audited, run_example

pytest.importorskip("torch", reason="make test-peers installs PyTorch")
pytestmark = pytest.mark.peers


def test_pytorch_clients_stake_commit_reveal_are_paid_and_audited() -> None:
    told = run_example("--torch")
    assert_settled_paid_and_audited(told)
    (accuracy,) = (float(line.split()[1]) for line in told if line.startswith("accuracy"))
    assert accuracy > 0.85


def test_a_federation_is_two_lines_and_an_import_of_the_app() -> None:
    app = (EXAMPLE / "torch_app.py").read_text()
    lines = [line for line in app.splitlines() if re.search("fedsol|Governed", line)]
    assert [line.split("(")[0].strip() for line in lines] == [
        "from fedsol.flower import GovernedMod, GovernedStrategy",
        "client_app = ClientApp",
        "strategy = GovernedStrategy",
    ]
