"""``fedsol demo``: a whole federation in one process."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, alone

app = alone("demo", example="fedsol demo --model digits --out report")


@app.default
def demo(
    *,
    model: Annotated[str, Parameter(help="What is trained; `digits` is a small convolutional net.")] = (
        "breast_cancer"
    ),
    attack: Annotated[str | None, Parameter(help="Let some participants attack in this way.")] = None,
    out: Annotated[Path, Parameter(help="Folder for the report.")] = Path("demo"),
    seed: Annotated[int, Parameter(help="What all randomness is drawn from.")] = 0,
    options: Options = PLAIN,
) -> int:
    """Run a federation of hospitals from beginning to end on a chain in this process."""
    from fedsol.demo import run  # type: ignore[import-not-found,unused-ignore]

    return int(run(model, attack, out, seed, options.json))
