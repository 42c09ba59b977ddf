"""Makes everything that is made from the program's IDL (make generate).

    python scripts/generate.py [IDL]            write it all
    python scripts/generate.py [IDL] --check    fail if the tree holds anything else

IDL is what ``anchor idl build`` printed: an argument, or $FEDSOL_IDL, or target/idl/fedsol.json.
From it come idl/fedsol.json (the same), idl/fedsol.legacy.json (for AnchorPy), the Python client in
fedsol/program/generated/, and a copy of the legacy IDL beside it, which decodes events at run time.

AnchorPy's generator needs packages that cannot stand beside fedsol's own: it runs in an environment
of its own, .venv-codegen, made here from requirements-codegen.lock when it is missing.
"""

import argparse
import difflib
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import venv
from pathlib import Path

# Run as a file, a script finds what lies beside it.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from idl.downgrade import Refused, downgrade, to_text
from scripts.tools import ROOT, Failed, relative, run, say

ENVIRONMENT = ROOT / ".venv-codegen"
LOCK = ROOT / "requirements-codegen.lock"
CLIENT = Path("fedsol/program/generated")

Files = dict[Path, bytes]

_SHOWN_LINES = 60
_BYTES = re.compile(rb"borsh\.U8\[(\d+)\]")
_BORSH = b"import borsh_construct as borsh\n"
_BYTE_ARRAY = b"from fedsol.program.byte_array import ByteArray\n"


def environment() -> Path:
    """The generator's command, in an environment that is made or renewed as the lock says."""
    stamp = ENVIRONMENT / ".installed"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != wanted:
        say("installing AnchorPy's client generator into .venv-codegen (once)")
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        (ENVIRONMENT / ".gitignore").write_text("*\n")
        python = ENVIRONMENT / "bin" / "python"
        run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", LOCK], quiet=True)
        stamp.write_text(wanted)
    return ENVIRONMENT / "bin" / "anchorpy"


def render(source: Path) -> Files:
    """Every generated file, by its path from the root."""
    try:
        idl = source.read_bytes()
        parsed = json.loads(idl)
        legacy = to_text(downgrade(parsed)).encode()
    except OSError as error:
        raise Failed(f"{error}: run make idl first") from error
    except (Refused, ValueError, LookupError, TypeError) as error:
        raise Failed(f"{relative(source)}: {error}") from error
    name = parsed["metadata"]["name"]
    files = {
        Path(f"idl/{name}.json"): idl,
        Path(f"idl/{name}.legacy.json"): legacy,
        Path(f"fedsol/program/{name}.legacy.json"): legacy,
    }
    return files | client(legacy)


def client(legacy: bytes) -> Files:
    """The Python client that AnchorPy generates."""
    with tempfile.TemporaryDirectory() as folder:
        idl, out = Path(folder, "idl.json"), Path(folder, "generated")
        idl.write_bytes(legacy)
        run([environment(), "client-gen", idl, out], quiet=True)
        return {
            CLIENT / path.relative_to(out): with_byte_arrays(path.read_bytes())
            for path in sorted(out.rglob("*.py"))
        }


def with_byte_arrays(module: bytes) -> bytes:
    """A generated module that reads and writes its arrays of bytes in one piece."""
    changed, count = _BYTES.subn(rb"ByteArray(\1)", module)
    return changed.replace(_BORSH, _BORSH + _BYTE_ARRAY) if count else module


def in_tree(wanted: Files) -> Files:
    """What the tree holds in the places of ``wanted``, and whatever else is in the client."""
    old_client = {path.relative_to(ROOT) for path in (ROOT / CLIENT).rglob("*.py")}
    paths = sorted(old_client | set(wanted))
    return {path: (ROOT / path).read_bytes() for path in paths if (ROOT / path).is_file()}


def write(files: Files) -> None:
    """Replaces what the tree holds, the whole client with it."""
    shutil.rmtree(ROOT / CLIENT, ignore_errors=True)
    for path, content in files.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_bytes(content)
    say(f"generated {len(files)} files from the IDL")


def differences(wanted: Files, found: Files) -> list[str]:
    """What would change, a line for each file, and the beginning of each change."""
    lines = []
    for path in sorted(wanted.keys() | found.keys()):
        if path not in found:
            lines.append(f"missing: {path}")
        elif path not in wanted:
            lines.append(f"no longer generated: {path}")
        elif wanted[path] != found[path]:
            lines.append(f"differs: {path}")
            before, after = (
                side[path].decode(errors="replace").splitlines() for side in (found, wanted)
            )
            changes = difflib.unified_diff(
                before, after, "in the tree", "generated", n=1, lineterm=""
            )
            lines += [f"    {line}" for line in changes][:_SHOWN_LINES]
    return lines


def main() -> int:
    """Generates or checks; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    default = os.environ.get("FEDSOL_IDL", str(ROOT / "target" / "idl" / "fedsol.json"))
    parser.add_argument("idl", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    options = parser.parse_args()
    try:
        files = render(options.idl)
        if not options.check:
            write(files)
        elif lines := differences(files, in_tree(files)):
            raise Failed("\n".join(["not what the program generates (make generate):", *lines]))
        else:
            say(f"{len(files)} generated files are what the program's IDL gives")
    except Failed as error:
        print(f"make generate: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
