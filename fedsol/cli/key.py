"""``fedsol key``: key files."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, flag, group, shown

app = group("key", "Make and show key files.", example="fedsol key new")


@app.command(help_epilogue=shown("fedsol key new hospital.json"))
def new(
    file: Annotated[Path | None, Parameter(help="Where to write it; --keypair else.")] = None,
    *,
    force: Annotated[bool, flag("Replace a file that exists; its key is lost.")] = False,
    options: Options = PLAIN,
) -> None:
    """Make a key file that only you can read."""
    from solders.keypair import Keypair

    from fedsol.chain import save_keypair
    from fedsol.cli.output import show
    from fedsol.cli.session import chain_config

    path = chain_config(options, keypair=file).keypair_path
    key = Keypair()
    saved = save_keypair(key, path, overwrite=force)
    show(options, {"address": str(key.pubkey()), "file": str(saved)})


@app.command(name="show", help_epilogue=shown("fedsol key show hospital.json"))
def show_key(
    file: Annotated[Path | None, Parameter(help="Key file; --keypair else.")] = None,
    *,
    options: Options = PLAIN,
) -> None:
    """Show the address of a key file."""
    from fedsol.chain import load_keypair
    from fedsol.cli.output import show
    from fedsol.cli.session import chain_config

    path = chain_config(options, keypair=file).keypair_path
    show(options, {"address": str(load_keypair(path).pubkey()), "file": str(path)})
