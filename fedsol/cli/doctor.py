"""``fedsol doctor``: whether everything is there that fedsol needs, and what to do if not."""

from cyclopts import App

from fedsol.cli.options import PLAIN, Options, alone

app: App = alone("doctor", example="fedsol doctor --url localhost --keypair hospital.json")


@app.default
async def doctor(*, options: Options = PLAIN) -> int:
    """Check this machine, the chain, the key, the store and the federation."""
    from fedsol.cli.checks import examine
    from fedsol.cli.output import grid, show
    from fedsol.cli.views import mark

    found = [one async for one in examine(options)]
    ok = all(one.ok for one in found)
    listed = [
        {"name": one.name, "ok": one.ok, "detail": one.detail, "hint": one.hint} for one in found
    ]
    rows = [(mark(one.ok), one.name, one.detail, "" if one.ok else one.hint) for one in found]
    show(
        options,
        {"ok": ok, "checks": listed},
        lambda: [grid(("", "check", "what was found", "what to do"), rows)],
    )
    return 0 if ok else 1
