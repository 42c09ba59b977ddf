"""Arrays of bytes in the generated client are Borsh's, in one piece."""

import borsh_construct as borsh
import pytest
from construct import ConstructError

from fedsol.program.byte_array import ByteArray


def test_same_bytes_and_same_values_as_borsh() -> None:
    values = [0, 1, 127, 255]
    layout, reference = ByteArray(4), borsh.U8[4]
    assert layout.build(values) == layout.build(bytes(values)) == reference.build(values)
    read = layout.parse(bytes(values))
    assert read == list(reference.parse(bytes(values))) == values
    assert type(read) is list
    assert layout.sizeof() == reference.sizeof() == 4


@pytest.mark.parametrize("wrong", [[1, 2, 3], [1, 2, 3, 4, 5], [256, 0, 0, 0], [-1, 0, 0, 0], 4])
def test_what_borsh_refuses_is_refused(wrong: object) -> None:
    for layout in (borsh.U8[4], ByteArray(4)):
        with pytest.raises((ConstructError, ValueError, TypeError)):
            layout.build(wrong)


def test_too_few_bytes_are_no_value() -> None:
    with pytest.raises(ConstructError, match="expected 4"):
        ByteArray(4).parse(b"abc")
