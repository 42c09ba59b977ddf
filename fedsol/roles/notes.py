"""Signed notes that participants leave for each other beside the artifacts.

What a masked round's members say after their updates: small, public, and of use for minutes. A note
counts only with its author's signature for this topic; who may write to the store can remove it, but
not put words into anybody's mouth.
"""

from solders.pubkey import Pubkey
from solders.signature import Signature

from fedsol.artifacts import ArtifactStore
from fedsol.roles.member import Member

_DOMAIN = b"fedsol:note:v1"
_SIGNATURE_BYTES = 64
_MOST_BYTES = 1 << 20


async def leave_note(member: Member, topic: str, text: bytes) -> None:
    """Leaves a note of the member under a topic, in place of its last one.

    Raises ArtifactError if the store cannot be reached, ConfigError if it is read-only.
    """
    signature = member.key.sign_message(_signed(topic, text))
    await member.artifacts.leave(_name(topic, member.owner), bytes(signature) + text)


async def find_note(artifacts: ArtifactStore, topic: str, author: Pubkey) -> bytes | None:
    """What an author has left under a topic; None if nothing, or if it is not signed.

    Raises ArtifactError if the store cannot be reached.
    """
    note = await artifacts.find(_name(topic, author), max_bytes=_MOST_BYTES)
    if note is None or len(note) < _SIGNATURE_BYTES:
        return None
    signature, text = Signature.from_bytes(note[:_SIGNATURE_BYTES]), note[_SIGNATURE_BYTES:]
    return text if signature.verify(author, _signed(topic, text)) else None


def _name(topic: str, author: Pubkey) -> str:
    return f"{topic}/{author}"


def _signed(topic: str, text: bytes) -> bytes:
    # Both lengths are settled: no text can be read as another topic's.
    named = topic.encode()
    return _DOMAIN + len(named).to_bytes(2, "little") + named + text
