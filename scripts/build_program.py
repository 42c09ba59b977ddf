"""Builds the program in both SBPF versions and keeps the builds with their hashes (make program).

    python scripts/build_program.py            build, and replace the builds in the package
    python scripts/build_program.py --check    build, and fail unless the package holds those bytes

The embedded chain runs v0; clusters from Agave 4.4 on take only v3. Equal source gives equal bytes
with the same tools only, so ``builds.json`` names the tools, and a check with others compares
nothing and says so.
"""

import argparse
import hashlib
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Run as a file, a script finds what lies beside it.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.tools import ROOT, Failed, first_lines, relative, run, say

ARCHITECTURES = ("v0", "v3")


@dataclass(frozen=True)
class Layout:
    """Where a program's source and its builds are."""

    name: str
    manifest: Path
    target: Path
    builds: Path

    @property
    def record(self) -> Path:
        """The file that lists the builds."""
        return self.builds / "builds.json"

    def kept(self, architecture: str) -> Path:
        """Where the package has a build."""
        return self.builds / f"{self.name}-{architecture}.so"


def layout(name: str) -> Layout:
    """The layout of the program ``name`` in this repository."""
    return Layout(
        name=name,
        manifest=ROOT / "programs" / name / "Cargo.toml",
        target=ROOT / "target" / "sbf",
        builds=ROOT / "fedsol" / "program" / "builds",
    )


def toolchain() -> dict[str, str]:
    """The tools that the bytes depend on, by what they say of themselves."""
    return {
        "cargo build-sbf": first_lines(["cargo", "build-sbf", "--version"]),
        "anchor": first_lines(["anchor", "--version"]),
    }


def build(place: Layout) -> dict[str, Path]:
    """Builds every version; returns where each one lies."""
    built = {}
    for architecture in ARCHITECTURES:
        out = place.target / architecture
        say(f"building {place.name} for SBPF {architecture} (the first time takes minutes)")
        command: list[str | Path] = ["cargo", "build-sbf", "--manifest-path", place.manifest]
        run([*command, "--arch", architecture, "--sbf-out-dir", out])
        built[architecture] = out / f"{place.name}.so"
    return built


def describe(place: Layout, built: dict[str, Path], tools: dict[str, str]) -> dict[str, Any]:
    """What ``builds.json`` says of these builds."""
    record: dict[str, Any] = {}
    for architecture, path in built.items():
        data = path.read_bytes()
        record[architecture] = {
            "file": place.kept(architecture).name,
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
        }
    return {**record, "toolchain": tools}


def write(place: Layout, built: dict[str, Path], record: dict[str, Any]) -> None:
    """Replaces the builds in the package."""
    place.builds.mkdir(parents=True, exist_ok=True)
    for architecture, path in built.items():
        shutil.copyfile(path, place.kept(architecture))
        say(f"{relative(place.kept(architecture))}: {record[architecture]['bytes']:,} bytes")
    place.record.write_text(json.dumps(record, indent=2) + "\n")


def check_record(place: Layout, recorded: dict[str, Any]) -> None:
    """Raises ``Failed`` unless the builds in the package are the ones that are recorded."""
    for architecture in ARCHITECTURES:
        path, entry = place.kept(architecture), recorded.get(architecture, {})
        if not path.is_file():
            raise Failed(f"{relative(path)} is missing: run make program")
        if hashlib.sha256(path.read_bytes()).hexdigest() != entry.get("sha256"):
            raise Failed(f"{relative(path)} does not have the hash in {relative(place.record)}")


def check_builds(place: Layout, built: dict[str, Path]) -> None:
    """Raises ``Failed`` unless the package holds exactly the builds just made."""
    changed = [
        relative(place.kept(architecture))
        for architecture, path in built.items()
        if path.read_bytes() != place.kept(architecture).read_bytes()
    ]
    if changed:
        raise Failed(f"the source builds to other bytes than {', '.join(changed)}: make program")


def check(place: Layout) -> None:
    """Raises ``Failed`` when the package's builds are not what the source builds to."""
    try:
        recorded = json.loads(place.record.read_text())
    except (OSError, ValueError) as error:
        raise Failed(f"{relative(place.record)}: {error}: run make program") from error
    check_record(place, recorded)
    tools = toolchain()
    built = build(place)
    if recorded.get("toolchain") != tools:
        say("NOT COMPARED: the builds in the package were made with other tools.")
        say(f"  recorded: {recorded.get('toolchain')}")
        say(f"  here:     {tools}")
        say("  The source builds, and the package's builds have their recorded hashes.")
        return
    check_builds(place, built)
    say("the package's builds are, byte for byte, what the source builds to")


def main() -> int:
    """Builds or checks; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    parser.add_argument("--program", default="fedsol", help="the program's name")
    options = parser.parse_args()
    place = layout(options.program)
    try:
        if options.check:
            check(place)
        else:
            tools = toolchain()
            built = build(place)
            write(place, built, describe(place, built, tools))
    except Failed as error:
        print(f"make program: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
