"""``fedsol localnet``: a local chain with the program loaded, for any number of processes."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from fedsol.cli.options import GLOBAL, alone

if TYPE_CHECKING:
    from fedsol.chain import Localnet

app = alone("localnet", example="fedsol localnet --state chain.ledger")

FAST = 10
_SAVE_SECONDS = 15.0


@app.default
async def localnet(
    *,
    port: Annotated[
        int, Parameter(help="RPC port; 0 takes any. Websockets are on the next.")
    ] = 8899,
    state: Annotated[
        Path | None, Parameter(help="File in which the chain is kept; without it, it is forgotten.")
    ] = None,
    fast: Annotated[
        bool,
        Parameter(
            negative="--real-time", help=f"Let time pass {FAST} times as fast, or as it does."
        ),
    ] = False,
    as_json: Annotated[
        bool,
        Parameter(name="--json", group=GLOBAL, show_default=False, help="Say where it is as JSON."),
    ] = False,
) -> int:
    """Serve a local chain with the program loaded, until Ctrl-C."""
    from fedsol.chain import Localnet
    from fedsol.cli.output import note
    from fedsol.cli.signals import stopping

    net = Localnet(port, state=state)
    _load(net)
    with stopping("stopping the chain" + (f", saving it to {state}" if state else "")) as stop:
        async with net:
            _announce(net, state, as_json=as_json)
            tasks = [asyncio.create_task(_save_often(net))] if state else []
            tasks += [asyncio.create_task(_hurry(net))] if fast else []
            try:
                await stop.asked.wait()
            finally:
                for task in tasks:
                    task.cancel()
    note("stopped")
    return stop.status if stop.status == 130 else 0


def _load(net: "Localnet") -> None:
    from fedsol.cli.output import note
    from fedsol.program.addresses import PROGRAM_ID
    from fedsol.program.builds import build_path
    from fedsol.sandbox import load_program

    there = net.ledger.bank.programs.get(PROGRAM_ID)
    if there == build_path("v0").read_bytes():
        return
    if there is not None:
        note("the program in the state file is another build: it is replaced by this package's")
    load_program(net.ledger)


def _announce(net: "Localnet", state: Path | None, *, as_json: bool) -> None:
    from solders.hash import Hash

    from fedsol.cli.output import facts, stdout, write_json
    from fedsol.program.addresses import PROGRAM_ID

    about: dict[str, Any] = {
        "url": net.url,
        "websocket": net.websocket_url,
        "genesis": str(Hash(net.ledger.genesis_hash)),
        "program": str(PROGRAM_ID),
        "state": str(state) if state else None,
    }
    if as_json:
        write_json(about)
        return
    at = f" --url {net.url}" if net.port != 8899 else " --url localhost"
    console = stdout()
    console.print(facts({**about, "state": state or "in memory, forgotten at the end"}))
    console.print("\nIn another terminal:", style="bold")
    for line in (
        "fedsol key new alice.json",
        f"fedsol faucet --keypair alice.json{at}",
        f"fedsol federation create --name demo --model 'logreg(features=30,classes=2)' "
        f"--preset local --keypair alice.json{at}",
        "fedsol join --help",
    ):
        console.print(f"  {line}", soft_wrap=True)
    console.print("\nCtrl-C ends it.")
    console.file.flush()


async def _hurry(net: "Localnet") -> None:
    """Adds slots to those that the wall clock brings."""
    from fedsol.chain import SLOT_SECONDS

    while True:
        await asyncio.sleep(SLOT_SECONDS / (FAST - 1))
        net.ledger.advance(slots=1)


async def _save_often(net: "Localnet") -> None:
    """A killed process must not lose more than the last seconds."""
    saved = len(net.ledger.history)
    while True:
        await asyncio.sleep(_SAVE_SECONDS)
        if len(net.ledger.history) != saved:
            saved = len(net.ledger.history)
            await asyncio.to_thread(net.save)
