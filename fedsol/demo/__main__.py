"""``python -m fedsol.demo``: the demo without the rest of the command line."""

import argparse
import sys
from pathlib import Path

from fedsol.demo import run
from fedsol.errors import FedsolError


def main() -> int:
    """Reads the arguments and tells the story."""
    parser = argparse.ArgumentParser(prog="python -m fedsol.demo", description=__doc__)
    parser.add_argument("--model", default="logreg")
    parser.add_argument("--attack", default=None)
    parser.add_argument("--out", type=Path, default=Path("demo"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=None)
    parser.add_argument("--json", action="store_true")
    try:
        return run(**vars(parser.parse_args()))
    except FedsolError as error:
        print(f"{error}\n{error.hint}".strip(), file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
