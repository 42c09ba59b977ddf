"""Hugging Face data sets and flwr-datasets partitions, without a network."""

from pathlib import Path

import numpy as np
import pytest

from fedsol.errors import ConfigError, LearningError
from fedsol.loading import Choices, flower_partition, from_hugging_face, load_data

datasets = pytest.importorskip("datasets")

ROWS = {"a": [1.0, 2.0, 3.0, 4.0], "b": [[1, 2], [3, 4], [5, 6], [7, 8]], "y": [0, 1, 0, 2]}
X = [[1, 1, 2], [2, 3, 4], [3, 5, 6], [4, 7, 8]]


def test_numbers(tmp_path: Path) -> None:
    data = from_hugging_face(datasets.Dataset.from_dict(ROWS), "own", Choices())
    assert (data.x.tolist(), data.y.tolist(), data.name) == (X, ROWS["y"], "own")


def test_images_and_the_classes_that_their_column_names() -> None:
    features = datasets.Features(
        {"kind": datasets.ClassLabel(names=["cat", "dog", "bird"]), "image": datasets.Image()}
    )
    pixels = [np.full((2, 3), value, np.uint8) for value in (0, 51)]
    found = datasets.Dataset.from_dict({"kind": [1, 0], "image": pixels}, features=features)
    data = from_hugging_face(found, "own", Choices(gray=True))
    assert (data.y.tolist(), data.classes) == ([1, 0], 3)
    np.testing.assert_allclose(data.x, np.repeat([[0.0], [0.2]], 6, axis=1))


def test_what_was_saved_to_disk_needs_no_network(tmp_path: Path) -> None:
    whole = datasets.Dataset.from_dict(ROWS)
    whole.save_to_disk(tmp_path / "one")
    assert load_data(tmp_path / "one").x.tolist() == X
    parts = datasets.DatasetDict({"train": whole, "test": whole.select([0, 1])})
    parts.save_to_disk(tmp_path / "two")
    assert load_data(tmp_path / "two").x.tolist() == X
    assert load_data(tmp_path / "two", held_out=True).y.tolist() == [0, 1]
    assert load_data(f"hf:{tmp_path}/two?split=test").y.tolist() == [0, 1]
    with pytest.raises(ConfigError, match="no part 'other'") as error:
        load_data(tmp_path / "two", split="other")
    assert "train, test" in error.value.hint


def test_offline_the_hub_is_named(monkeypatch) -> None:
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ConfigError, match="the data set fedsol/none cannot be loaded") as error:
        load_data("hf:fedsol/none")
    assert "save_to_disk" in error.value.hint


def test_text_is_refused() -> None:
    found = datasets.Dataset.from_dict({"text": ["a", "b"], "y": [0, 1]})
    with pytest.raises(ConfigError, match="no numbers: text"):
        from_hugging_face(found, "own", Choices())


def test_what_is_missing_is_refused() -> None:
    found = datasets.Dataset.from_dict({"a": [1.0, None], "y": [0, 1]})
    with pytest.raises(LearningError, match="sample 1"):
        from_hugging_face(found, "own", Choices())
    found = datasets.Dataset.from_dict({"a": [1.0, 2.0, 3.0], "y": ["ill", None, "well"]})
    with pytest.raises(LearningError, match=r"sample 1 .* no label"):
        from_hugging_face(found, "own", Choices())


def test_partitions_of_flower() -> None:
    partitioners = pytest.importorskip("flwr_datasets.partitioner")
    partitioner = partitioners.IidPartitioner(num_partitions=2)
    partitioner.dataset = datasets.Dataset.from_dict(ROWS)
    parts = [flower_partition(partitioner, i, classes=3) for i in (0, 1)]
    assert sorted(row for part in parts for row in part.x.tolist()) == X
    assert {part.classes for part in parts} == {3}


# The library leaves the file to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_partition_of_a_whole_data_set_of_flower(tmp_path: Path, monkeypatch) -> None:
    flower = pytest.importorskip("flwr_datasets")
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.csv").write_text("a,y\n1,0\n2,1\n3,0\n4,1\n")
    federated = flower.FederatedDataset(
        dataset=str(tmp_path / "data"), partitioners={"train": 2}, shuffle=False
    )
    part = flower_partition(federated, 1, classes=2)
    assert (part.x.tolist(), part.y.tolist()) == ([[3], [4]], [0, 1])
