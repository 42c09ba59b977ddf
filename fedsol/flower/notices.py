"""What server and client tell each other beside the app's own records."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from flwr.app import Array, ArrayRecord, ConfigRecord, Message, RecordDict

from fedsol.errors import ConfigError

_NOTICE, _ANSWER, _UPDATE = "fedsol", "fedsol-answer", "fedsol-update"

Errand = Literal["train", "settle"]
"""``train``: train and commit. ``settle``: whatever else is due: reveal, answer, claim."""


@dataclass(frozen=True)
class Notice:
    """What a governed server adds to a message: the errand, the federation and its round.

    ``agreement`` is the text that a client signs with its registration.
    """

    errand: Errand
    federation: str
    number: int
    agreement: bytes

    def put_on(self, content: RecordDict) -> RecordDict:
        """The content with the notice; the records themselves may be shared with others."""
        return RecordDict({**content, _NOTICE: ConfigRecord(asdict(self))})

    @classmethod
    def take_off(cls, message: Message) -> "Notice | None":
        """The notice on a message, which then is what its app would have got; None without one.

        Raises ConfigError if it cannot be read.
        """
        record = message.content.config_records.get(_NOTICE)
        if record is None:
            return None
        message.content = _without(message.content, _NOTICE)
        fields: dict[str, Any] = dict(record)
        try:
            return cls(**fields)
        except TypeError as error:
            raise ConfigError(
                f"the server's notice cannot be read: {error}",
                hint="Server and clients must use the same version of fedsol.",
            ) from error


@dataclass(frozen=True)
class Answer:
    """What a governed client adds to its reply: whose key it is and, once revealed, the update.

    ``update`` holds the artifact's bytes; it is empty until then.
    """

    owner: str
    update: bytes = b""

    def put_on(self, content: RecordDict) -> RecordDict:
        """The content with the answer."""
        records: dict[str, Any] = {_ANSWER: ConfigRecord({"owner": self.owner})}
        if self.update:
            raw = Array(np.frombuffer(self.update, np.uint8))
            records[_UPDATE] = ArrayRecord({"update": raw})
        return RecordDict({**content, **records})

    @classmethod
    def take_off(cls, message: Message) -> "Answer | None":
        """The answer on a reply, which then holds the app's records alone; None without one."""
        record = message.content.config_records.get(_ANSWER)
        if record is None:
            return None
        arrays = message.content.array_records.get(_UPDATE)
        message.content = _without(message.content, _ANSWER, _UPDATE)
        update = arrays["update"].numpy().tobytes() if arrays is not None else b""
        return cls(str(record.get("owner", "")), update)


def without_arrays(content: RecordDict) -> RecordDict:
    """A reply's content without what was learnt: nobody shall see it before all have committed."""
    return _without(content, *content.array_records)


def _without(content: RecordDict, *names: str) -> RecordDict:
    return RecordDict({name: one for name, one in content.items() if name not in names})
