"""Vectors as safetensors: the same values are the same bytes, and nothing else is accepted."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from fedsol.artifacts import decode_model, decode_update, encode_model, encode_update
from fedsol.errors import ArchitectureMismatch, ArtifactCorrupt, ConfigError

UPDATE = np.array([-32768, -1, 0, 1, 32767], dtype=np.int16)
MODEL = np.array([-(2**31), 0, 2**31 - 1], dtype=np.int32)


def file_of(header: object, values: bytes) -> bytes:
    """A safetensors file with any header at all."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + values


@given(st.lists(st.integers(-(2**15), 2**15 - 1), min_size=1, max_size=50))
def test_updates_round_trip(values: list[int]) -> None:
    vector = decode_update(encode_update(np.array(values, np.int16)), size=len(values))
    assert vector.values.dtype == np.int16
    assert vector.values.tolist() == values


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=50))
def test_models_round_trip(values: list[int]) -> None:
    vector = decode_model(encode_model(np.array(values, np.int32)), size=len(values))
    assert vector.values.dtype == np.int32
    assert vector.values.tolist() == values


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=5))
def test_metadata_round_trips(metadata: dict[str, str]) -> None:
    own = {key: value for key, value in metadata.items() if not key.startswith("fedsol.")}
    assert decode_update(encode_update(UPDATE, own)).metadata == own


def test_the_bytes_are_fixed() -> None:
    """Whoever changes this breaks the hash of every artifact that was ever stored."""
    assert encode_update(np.array([1, -2], np.int16), {"round": "7"}) == (
        b"\x88\0\0\0\0\0\0\0"
        b'{"__metadata__":{"fedsol.format":"1","fedsol.kind":"update","round":"7"},'
        b'"values":{"data_offsets":[0,4],"dtype":"I16","shape":[2]}}     '
        b"\x01\0\xfe\xff"
    )


def test_order_layout_and_byte_order_do_not_change_the_bytes() -> None:
    expected = encode_update(UPDATE, {"a": "1", "b": "2"})
    strided = np.repeat(UPDATE, 2)[::2]
    assert encode_update(UPDATE, {"b": "2", "a": "1"}) == expected
    assert encode_update(strided, {"a": "1", "b": "2"}) == expected
    assert encode_update(UPDATE.astype(">i2"), {"a": "1", "b": "2"}) == expected


def test_any_safetensors_reader_reads_them() -> None:
    assert load(encode_model(MODEL))["values"].tolist() == MODEL.tolist()


def test_decoded_values_cannot_be_written() -> None:
    values = decode_update(encode_update(UPDATE)).values
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 1


@pytest.mark.parametrize(
    "values",
    [
        UPDATE.astype(np.int32),
        UPDATE.astype(np.uint16),
        UPDATE.astype(np.float32),
        UPDATE.reshape(1, -1),
        UPDATE[:0],
        np.int16(1),
    ],
)
def test_only_vectors_of_int16_are_updates(values: np.ndarray) -> None:
    with pytest.raises(ConfigError, match="vector of int16"):
        encode_update(values)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"fedsol.kind": "model"}, "are taken"),
        ({"round": 1}, "must be text"),
        ({"lone": "\ud800"}, "must be valid text"),
        ({"long": "x" * 70_000}, "at most"),
    ],
)
def test_metadata_that_does_not_fit(metadata: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        encode_update(UPDATE, metadata)


def test_the_size_must_be_the_models() -> None:
    with pytest.raises(ArchitectureMismatch, match="5 values; the federation's model has 6"):
        decode_update(encode_update(UPDATE), size=6)


def test_a_model_is_not_an_update() -> None:
    with pytest.raises(ArtifactCorrupt, match="kind 'model', not 'update'"):
        decode_update(encode_model(MODEL))
    with pytest.raises(ArtifactCorrupt, match="kind 'update', not 'model'"):
        decode_model(encode_update(UPDATE))


def test_another_format_version_is_named() -> None:
    newer = encode_update(UPDATE).replace(b'format":"1"', b'format":"2"')
    with pytest.raises(ArtifactCorrupt, match="format is '2'"):
        decode_update(newer)


OWN = {"fedsol.format": "1", "fedsol.kind": "update"}


@pytest.mark.parametrize(
    "tensors",
    [
        {"values": MODEL},
        {"values": UPDATE.reshape(5, 1)},
        {"values": UPDATE[:0]},
        {"other": UPDATE},
        {"values": UPDATE, "more": UPDATE},
    ],
)
def test_other_tensors_are_refused(tensors: dict[str, np.ndarray]) -> None:
    with pytest.raises(ArtifactCorrupt, match="holds"):
        decode_update(save(tensors, OWN))


def test_the_same_values_in_other_bytes_are_refused() -> None:
    header = {
        "values": {"dtype": "I16", "shape": [5], "data_offsets": [0, 10]},
        "__metadata__": OWN,
    }
    with pytest.raises(ArtifactCorrupt, match="other bytes"):
        decode_update(file_of(header, UPDATE.tobytes()))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x02",
        (10**9).to_bytes(8, "little") + b"{}",
        file_of(b"[]", b""),
        file_of(b"not json", b""),
        file_of(b"\xff\xfe", b""),
        file_of(b"[" * 50_000, b""),
        file_of({"__metadata__": ["x"]}, b""),
        file_of({"__metadata__": {"fedsol.kind": {}}}, b""),
        file_of({}, b"values"),
    ],
)
def test_garbage_is_corrupt(data: bytes) -> None:
    with pytest.raises(ArtifactCorrupt):
        decode_update(data)


@given(st.data())
def test_every_cut_and_every_flipped_bit_of_the_header_is_corrupt(data: st.DataObject) -> None:
    whole = encode_update(UPDATE, {"round": "7"})
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(ArtifactCorrupt):
        decode_update(whole[:cut])
    with pytest.raises(ArtifactCorrupt):
        decode_update(whole + b"\0")


@given(st.binary(max_size=300))
def test_any_bytes_decode_or_are_corrupt(data: bytes) -> None:
    with pytest.raises(ArtifactCorrupt):
        decode_update(data)
