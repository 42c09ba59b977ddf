"""Runs the benchmarks and prints their tables (make bench).

python -m benchmarks [NAME…] [--quick] [--json] [--write docs/benchmarks.md]

With names, ``--write`` replaces their sections of the page and says there when and under what load.
"""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from benchmarks.report import Result, machine

NAMES = (
    "compute_units",
    "rent",
    "fraud_proofs",
    "merkle",
    "governed_round",
    "simulation",
    "governed_simulation",
    "robustness",
    "aggregators",
    "reproducible",
    "secure_aggregation",
    "gradient_inversion",
    "codecs",
    "scaling",
)

HEAD = """# Benchmarks

What fedsol costs: on the chain, exactly; on a machine, as measured. Written by
`make bench BENCH_ARGS="--write docs/benchmarks.md"`; run it yourself, the figures below are of one
machine at one time.
"""


def main() -> int:
    """Reads the command line, measures, prints and writes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="small sizes: seconds, not minutes")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write a page of Markdown")
    chosen = parser.parse_args()
    if unknown := sorted(set(chosen.names) - set(NAMES)):
        parser.error(f"no benchmark is called {', '.join(unknown)}")
    if chosen.write and chosen.quick:
        parser.error("--write takes full sizes, not --quick")
    about, results = machine(), []
    for name in chosen.names or NAMES:
        began = time.perf_counter()
        result: Result = import_module(f"benchmarks.{name}").run(chosen.quick)
        results.append(result)
        print(f"{name}: {time.perf_counter() - began:.1f} s", file=sys.stderr)
        if not chosen.json:
            print(result.markdown() + "\n", flush=True)
    if chosen.json:
        found = {"machine": about, "results": [one.to_json() for one in results]}
        print(json.dumps(found, indent=1))
    if chosen.write:
        written = page(about, results)
        if chosen.names:
            written = replaced(chosen.write.read_text(), about, results)
        chosen.write.write_text(written)
    return 0


def page(about: dict[str, str], results: list[Result]) -> str:
    """The whole page."""
    lines = [f"- {name}: {value}" for name, value in about.items()]
    lines.append(f"- date: {datetime.now(UTC):%Y-%m-%d}")
    sections = [HEAD, "\n".join(lines), *(one.markdown() for one in results)]
    return "\n\n".join(part.strip() for part in sections) + "\n"


def replaced(text: str, about: dict[str, str], results: list[Result]) -> str:
    """A page with some of its sections measured again; one that it has not yet comes last."""
    for result in results:
        title = f"## {result.title}"
        load = about["load average at the start"]
        moment = f"*Measured on {datetime.now(UTC):%Y-%m-%d}, load average {load}.*"
        section = result.markdown().replace(title, f"{title}\n\n{moment}", 1)
        before, _, after = text.partition(f"{title}\n")
        _, more, rest = after.partition("\n## ")
        text = f"{before.rstrip()}\n\n{section.strip()}\n" + (f"\n## {rest}" if more else "")
    return text


if __name__ == "__main__":
    sys.exit(main())
