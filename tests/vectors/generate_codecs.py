"""Write the vectors that any decoder of encoded updates is held to, from the plainest definition.

    python tests/vectors/generate_codecs.py

Nothing of the package is used here: Python's integers, one value at a time, as docs/codecs.md says.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
CHUNK = 128


def header(code: int, size: int, version: int = 1, magic: bytes = b"fedsolup") -> bytes:
    """The 14 bytes in front."""
    return magic + bytes([version, code]) + size.to_bytes(4, "little")


def shift_of(chunk: list[int]) -> int:
    """The least shift that brings a chunk's largest magnitude below 128."""
    peak, shift = max(map(abs, chunk)), 0
    while peak >> shift > 127:
        shift += 1
    return shift


def byte(value: int, shift: int) -> int:
    """The signed byte of a value."""
    assert value % (1 << shift) == 0
    return (value >> shift) % 256


def dense_block(chunk: list[int]) -> bytes:
    """Two bytes for each value."""
    return b"".join(value.to_bytes(2, "little", signed=True) for value in chunk)


def int8_block(chunk: list[int]) -> bytes:
    """The shift, then a byte for each value."""
    shift = shift_of(chunk)
    return bytes([shift, *(byte(value, shift) for value in chunk)])


def top_k_block(chunk: list[int]) -> bytes:
    """Shift and count, then a position and a byte for each value that is not zero."""
    shift, kept = shift_of(chunk), [place for place, value in enumerate(chunk) if value]
    count = len(kept)
    head = [shift << 4 | count] if count < 15 else [shift << 4 | 15, count - 15]
    return bytes(head + [part for at in kept for part in (at, byte(chunk[at], shift))])


def two_bit_block(chunk: list[int]) -> bytes:
    """The scale, then two bits for each value, the first lowest."""
    scale = min(map(abs, chunk))
    codes = [(value // scale + 3) // 2 if scale else 0 for value in chunk]
    bits = sum(code << 2 * place for place, code in enumerate(codes))
    return scale.to_bytes(2, "little") + bits.to_bytes(-(-len(chunk) // 4), "little")


BLOCKS: dict[str, tuple[int, Callable[[list[int]], bytes]]] = {
    "dense": (0, dense_block),
    "int8": (1, int8_block),
    "top_k": (2, top_k_block),
    "two_bit": (3, two_bit_block),
}


def encoded(codec: str, values: list[int]) -> bytes:
    """An update in the bytes of a codec."""
    code, block = BLOCKS[codec]
    chunks = [values[at : at + CHUNK] for at in range(0, len(values), CHUNK)]
    return header(code, len(values)) + b"".join(map(block, chunks))


def drawn(codec: str, draw: random.Random, size: int) -> list[int]:
    """Values that a codec writes exactly."""
    values: list[int] = []
    for start in range(0, size, CHUNK):
        count, shift = min(CHUNK, size - start), draw.randint(0, 8)
        if codec == "dense":
            values += [draw.randint(-32_768, 32_767) for _ in range(count)]
        elif codec == "two_bit":
            scale = draw.choice([0, 1, draw.randint(1, 10_922)])
            values += [draw.choice([-3, -1, 1, 3]) * scale for _ in range(count)]
        else:
            share = 1.0 if codec == "int8" else draw.choice([0.0, 0.02, 0.3, 1.0])
            chunk = [draw.randint(-127, 127) * (draw.random() < share) for _ in range(count)]
            # With a value that needs it, the shift is the one drawn.
            if any(chunk):
                chunk[draw.randrange(count)] = 64
            values += [value << shift for value in chunk]
    return values


def accepted() -> list[dict[str, object]]:
    """Updates and their bytes."""
    draw = random.Random(20_261_125)
    made = []
    for codec in BLOCKS:
        edges = [[0], [1], [-1], [0] * 129, [127] * 128, [-127] * 130]
        if codec != "two_bit":
            edges += [[32_512], [-32_512, 256], [0] * 127 + [5, -7]]
        sizes = (1, 3, 127, 128, 129, 255, 300, 512)
        for values in edges + [drawn(codec, draw, size) for size in sizes]:
            made.append({"codec": codec, "values": values, "bytes": encoded(codec, values).hex()})
    return made


def refused() -> list[dict[str, object]]:
    """Bytes that no decoder may accept, and why."""
    two = [3, -1]
    cases: list[tuple[str, int, bytes]] = [
        ("nothing", 1, b""),
        ("another magic", 1, header(0, 1, magic=b"fedsolmo") + b"\0\0"),
        ("a version to come", 1, header(0, 1, version=2) + b"\0\0"),
        ("an unknown codec", 1, header(9, 1) + b"\0\0"),
        ("no values", 0, header(0, 0)),
        ("another size", 3, encoded("dense", two)),
        ("dense: a byte too few", 2, encoded("dense", two)[:-1]),
        ("dense: a byte too many", 2, encoded("dense", two) + b"\0"),
        ("int8: a byte too few", 2, encoded("int8", two)[:-1]),
        ("int8: a shift that is not the least", 1, header(1, 1) + bytes([1, 1])),
        ("int8: a shift of nine", 1, header(1, 1) + bytes([9, 64])),
        ("int8: -128", 1, header(1, 1) + bytes([0, 128])),
        ("int8: -128, at the largest shift", 1, header(1, 1) + bytes([8, 128])),
        ("top_k: a byte too few", 2, encoded("top_k", two)[:-1]),
        ("top_k: a byte too many", 2, encoded("top_k", two) + b"\0"),
        ("top_k: a value of zero", 2, header(2, 2) + bytes([1, 0, 0])),
        ("top_k: a position twice", 2, header(2, 2) + bytes([2, 1, 5, 1, 5])),
        ("top_k: positions that fall", 2, header(2, 2) + bytes([2, 1, 5, 0, 5])),
        ("top_k: a position beyond the update", 2, header(2, 2) + bytes([1, 2, 5])),
        ("top_k: a position beyond the chunk", 200, header(2, 200) + bytes([1, 128, 5, 0])),
        ("top_k: a shift for nothing", 2, header(2, 2) + bytes([0x10])),
        ("top_k: a shift of nine", 1, header(2, 1) + bytes([0x91, 0, 64])),
        ("top_k: a shift that is not the least", 1, header(2, 1) + bytes([0x11, 0, 63])),
        ("top_k: a count cut short", 200, header(2, 200) + bytes([15])),
        ("top_k: more values than a chunk has", 1, header(2, 1) + bytes([15, 255]) + bytes(540)),
        ("top_k: a block too few", 200, header(2, 200) + bytes([0])),
        ("two_bit: a byte too few", 2, encoded("two_bit", two)[:-1]),
        ("two_bit: a byte too many", 2, encoded("two_bit", two) + b"\0"),
        ("two_bit: bits behind the last", 1, header(3, 1) + bytes([1, 0, 0b111])),
        ("two_bit: codes of nothing", 1, header(3, 1) + bytes([0, 0, 2])),
        ("two_bit: all three times a scale", 1, header(3, 1) + bytes([1, 0, 3])),
        ("two_bit: a scale beyond int16", 1, header(3, 1) + (10_923).to_bytes(2, "little") + b"\1"),
    ]
    return [{"why": why, "size": size, "bytes": data.hex()} for why, size, data in cases]


def main() -> None:
    """Writes codecs.json."""
    found = {"accepted": accepted(), "refused": refused()}
    (HERE / "codecs.json").write_text(json.dumps(found, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
