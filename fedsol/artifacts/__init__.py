"""Bytes kept off chain, addressed by their hash and checked on every read.

``ArtifactStore`` keeps them in a folder, in memory, in a bucket, or reads them over HTTP;
``encode_update``, ``encode_model`` and their inverses say how the numbers are laid out in them.
"""

from fedsol.artifacts.store import MAX_ARTIFACT_BYTES as MAX_ARTIFACT_BYTES
from fedsol.artifacts.store import ArtifactStore as ArtifactStore
from fedsol.artifacts.store import artifact_hash as artifact_hash
from fedsol.artifacts.tensors import Vector as Vector
from fedsol.artifacts.tensors import decode_model as decode_model
from fedsol.artifacts.tensors import decode_update as decode_update
from fedsol.artifacts.tensors import encode_model as encode_model
from fedsol.artifacts.tensors import encode_update as encode_update

__all__ = [
    "MAX_ARTIFACT_BYTES",
    "ArtifactStore",
    "Vector",
    "artifact_hash",
    "decode_model",
    "decode_update",
    "encode_model",
    "encode_update",
]
