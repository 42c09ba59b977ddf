"""Publishes for authors what they withheld: others need it for the next round, or to check this one."""

from fedsol.artifacts import ArtifactStore, artifact_hash
from fedsol.errors import ArtifactError, ConfigError
from fedsol.log import get_logger

log = get_logger(__name__)


async def publish(store: ArtifactStore, digest: bytes, data: bytes, what: str) -> None:
    """Stores bytes, if they are those of that hash; says in the log what came of it."""
    if artifact_hash(data) != digest:
        log.error("hash_of_nothing", what=what, artifact=digest.hex())
        return
    try:
        await store.put(data)
        log.info("published_for_its_author", what=what)
    except (ArtifactError, ConfigError) as error:
        log.warning("not_published", what=what, reason=str(error))
