"""``fedsol demo``: a whole federation in one process."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, alone

app = alone("demo", example="fedsol demo --model digits --out report")


@app.default
def demo(
    *,
    model: Annotated[
        str, Parameter(help="logreg, or digits: a small convolutional net.")
    ] = "logreg",
    attack: Annotated[str | None, Parameter(help="What the story is about: silent.")] = None,
    out: Annotated[Path, Parameter(help="Folder for the report.")] = Path("demo"),
    seed: Annotated[int, Parameter(help="What all randomness is drawn from.")] = 0,
    rounds: Annotated[int, Parameter(help="How many rounds.")] = 10,
    options: Options = PLAIN,
) -> int:
    """Run a federation of hospitals from beginning to end on a chain in this process."""
    from fedsol.demo import run

    return run(model, attack, out, seed, options.json, rounds=rounds)
