"""Artifacts of updates, plain or encoded, read by whoever needs their values."""

import numpy as np
import pytest

from fedsol.artifacts import artifact_hash, encode_update
from fedsol.errors import ArchitectureMismatch, ArtifactCorrupt
from fedsol.learning import Scheme, make_update
from fedsol.learning.codecs import CODECS, Codec
from fedsol.learning.update import read_update as read_bytes
from fedsol.updates import find_artifact, read_update, write_update

BEFORE = np.zeros(300, np.int32)
AFTER = np.random.default_rng(0).normal(size=300).astype(np.float32) / 50
KINDS = [None, *(kind() for kind in CODECS.values())]
BY_CODEC = pytest.mark.parametrize("codec", KINDS, ids=lambda one: one.name if one else "plain")


@BY_CODEC
def test_an_update_reads_back_from_its_artifact(codec: Codec | None) -> None:
    update = make_update(BEFORE, AFTER, Scheme(), codec=codec)
    assert (read_update(write_update(update), 300) == update.values).all()
    assert (read_bytes(update.to_bytes(), 300) == update.values).all()
    assert (read_bytes(update.to_bytes()) == update.values).all()


@BY_CODEC
def test_an_update_of_another_size_is_refused(codec: Codec | None) -> None:
    update = make_update(BEFORE, AFTER, Scheme(), codec=codec)
    for read, data in ((read_update, write_update(update)), (read_bytes, update.to_bytes())):
        with pytest.raises(ArchitectureMismatch):
            read(data, 299)


@BY_CODEC
def test_damaged_artifacts_are_corrupt(codec: Codec | None) -> None:
    data = write_update(make_update(BEFORE, AFTER, Scheme(), codec=codec))
    for wrong in (data[:-1], data + b"\0", b"", b"fedsolup"):
        with pytest.raises(ArtifactCorrupt):
            read_update(wrong, 300)


@BY_CODEC
def test_whoever_knows_the_values_can_publish_the_artifact(codec: Codec | None) -> None:
    update = make_update(BEFORE, AFTER, Scheme(), codec=codec)
    data = write_update(update)
    assert find_artifact(update.values, artifact_hash(data)) == data


def test_of_an_unknown_hash_it_is_the_plain_artifact() -> None:
    values = np.array([1, 2, 3], np.int16)
    assert find_artifact(values, bytes(32)) == encode_update(values)


def test_a_residual_is_given_to_the_next_update() -> None:
    codec = CODECS["top_k"]()
    first = make_update(BEFORE, AFTER, Scheme(), codec=codec)
    again = make_update(BEFORE, 0 * AFTER, Scheme(), codec=codec, residual=first.residual)
    held = AFTER - first.values / 2**16
    assert again.values[abs(held).argmax()] == pytest.approx(abs(held).max() * 2**16, rel=0.01)
