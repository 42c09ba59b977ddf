"""Every benchmark of learning runs at a small size, and fills its tables."""

from importlib import import_module

import pytest

from benchmarks.report import Result

NAMES = (
    "simulation",
    "governed_simulation",
    "robustness",
    "aggregators",
    "reproducible",
    "secure_aggregation",
    "gradient_inversion",
    "codecs",
    "scaling",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_it_runs(name: str) -> None:
    result: Result = import_module(f"benchmarks.{name}").run(True)
    assert result.name == name
    for table in result.tables:
        assert table.rows, table.title
        assert all(len(row) == len(table.head) for row in table.rows), table.title
    assert result.markdown().startswith(f"## {result.title}")
