"""The compiled program in the package: SBPF v0 for the embedded chain, v3 for newer clusters."""

import hashlib
import json
from importlib import resources
from pathlib import Path

from fedsol.errors import ConfigError


def build_path(arch: str = "v0") -> Path:
    """The file of a build, ``v0`` or ``v3``.

    Raises ConfigError if its bytes are not the recorded ones.
    """
    folder = Path(str(resources.files("fedsol.program").joinpath("builds")))
    record = json.loads((folder / "builds.json").read_text())[arch]
    path = folder / str(record["file"])
    if hashlib.sha256(path.read_bytes()).hexdigest() != record["sha256"]:
        raise ConfigError(
            f"{path} is not the build that builds.json records", hint="Install fedsol again."
        )
    return path
