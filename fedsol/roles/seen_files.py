"""The artifacts that a watcher has seen, kept while their round runs.

An author may publish bytes and take them back before somebody needs them as evidence. So what was
read once is kept here, and is read from here.
"""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fedsol.artifacts import ArtifactStore
from fedsol.errors import ArtifactError


@dataclass(frozen=True)
class SeenFiles:
    """A store that all share, behind copies of one's own in ``folder``."""

    store: ArtifactStore
    folder: Path

    async def get(self, digest: bytes) -> bytes:
        """The bytes of that hash.

        Raises ``ArtifactMissing`` and ``ArtifactCorrupt``, and ``ArtifactError`` when the store
        cannot be reached.
        """
        own = ArtifactStore(str(self.folder))
        try:
            return await own.get(digest)
        except ArtifactError:
            data = await self.store.get(digest)
        # No room for a copy is no reason not to look.
        with suppress(ArtifactError):
            await own.put(data)
        return data

    def clear(self) -> None:
        """Drops all copies."""
        shutil.rmtree(self.folder, ignore_errors=True)
