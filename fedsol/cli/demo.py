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
    attack: Annotated[
        str | None,
        Parameter(
            help="What goes wrong: wrong-aggregate, fake-norm, copy, withhold, silent or lazy-evaluator."
        ),
    ] = None,
    out: Annotated[Path, Parameter(help="Folder for the report.")] = Path("demo"),
    seed: Annotated[int, Parameter(help="What all randomness is drawn from.")] = 0,
    rounds: Annotated[
        int | None, Parameter(help="How many rounds: 10, or 3 with an attack.")
    ] = None,
    options: Options = PLAIN,
) -> int:
    """Run a federation of hospitals from beginning to end on a chain in this process.

    With --attack one of them cheats: who notices, who pays and who is paid is drawn.
    """
    from fedsol.demo import run

    return run(model, attack, out, seed, options.json, rounds=rounds)
