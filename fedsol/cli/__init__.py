"""The command ``fedsol``: everything that the library does, by name.

One module per noun; what they share is in ``options`` (what can be asked for), ``session`` (what a
command works with) and ``output`` (what it writes). The library is imported inside the commands, so
that ``fedsol --help`` answers at once.
"""

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Parameter

import fedsol
from fedsol.cli import (
    audit,
    challenge,
    demand,
    demo,
    doctor,
    faucet,
    federation,
    join,
    key,
    localnet,
    participant,
    reward,
    round,
    simulate,
    stake,
    watch,
)
from fedsol.cli.options import is_debugging
from fedsol.errors import FedsolError

__all__ = ["app", "main"]

INTERRUPTED = 130
USAGE = 2

app = App(
    name="fedsol",
    help="Federated learning under rules that nobody has to trust anybody to keep.",
    help_format="plaintext",
    help_epilogue="Example: fedsol demo",
    version=fedsol.__version__,
    default_parameter=Parameter(negative=()),
    suppress_keyboard_interrupt=False,
)
for _noun in (
    demo,
    simulate,
    localnet,
    faucet,
    key,
    federation,
    participant,
    stake,
    round,
    join,
    watch,
    challenge,
    demand,
    reward,
    audit,
    doctor,
):
    app.command(_noun.app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit status.

    0: done; 1: it failed; 2: the command line is wrong; 130: interrupted.
    """
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in tokens
    try:
        result = app(
            tokens,
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
        return result if isinstance(result, int) else 0
    except CycloptsError as error:
        return _refuse(str(error), tokens, as_json=as_json)
    except FedsolError as error:
        if is_debugging():
            raise
        _report(error, as_json=as_json)
        return 1
    except KeyboardInterrupt:
        print("interrupted; nothing is broken, run the command again to go on", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        return 1
    except Exception as error:
        if is_debugging():
            raise
        _report(_unexpected(error), as_json=as_json)
        return 1


def _refuse(message: str, tokens: Sequence[str], *, as_json: bool) -> int:
    from fedsol.errors import ConfigError

    words = []
    for token in tokens:
        if token.startswith("-"):
            break
        words.append(token)
    place = " ".join(["fedsol", *words[:2]])
    _report(ConfigError(message, hint=f"See `{place} --help`."), as_json=as_json)
    return USAGE


def _unexpected(error: Exception) -> FedsolError:
    return FedsolError(
        f"{type(error).__name__}: {error}",
        hint="This is a bug in fedsol: set FEDSOL_DEBUG=1 to see where, and report it.",
    )


def _report(error: FedsolError, *, as_json: bool) -> None:
    from fedsol.cli.output import report

    report(error, as_json=as_json)
