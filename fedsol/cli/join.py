"""``fedsol join``: a member of a federation as a process of its own."""

from dataclasses import dataclass
from typing import Annotated, Literal

from cyclopts import Group, Parameter

from fedsol.cli.noise import NO_NOISE, Noise
from fedsol.cli.options import PLAIN, Options, alone, flag

TRAINING = Group("Training", sort_key=40)
RoleName = Literal["trainer", "evaluator", "aggregator", "crank"]
ROLE_NAMES: tuple[RoleName, ...] = ("trainer", "evaluator", "aggregator", "crank")

app = alone(
    "join",
    example="fedsol join --federation ADDRESS --keypair hospital.json --register --stake 2000 "
    "--data breast_cancer --partition 3/5",
)


@Parameter(name="*", group=TRAINING)
@dataclass(frozen=True, kw_only=True)
class Effort:
    """What is trained on, and how."""

    data: Annotated[
        str | None,
        Parameter(help="A known data set, a file (npz, csv, parquet) or a folder (IDX, images)."),
    ] = None
    partition: Annotated[str | None, Parameter(help="Which part of the data, like 3/5.")] = None
    partitioner: Annotated[
        Literal["iid", "dirichlet", "pathological", "shard"],
        Parameter(help="How the data are divided."),
    ] = "dirichlet"
    alpha: Annotated[float, Parameter(help="Dirichlet concentration; small is uneven.")] = 0.5
    seed: Annotated[int, Parameter(help="What partition and shuffling are drawn from.")] = 1
    epochs: Annotated[int, Parameter(help="Times over the data in a round.")] = 1
    batch_size: Annotated[int, Parameter(help="Samples of a step.")] = 32
    optimiser: Annotated[str, Parameter(help="sgd, momentum, adam, adamw, …")] = "sgd"
    lr: Annotated[float, Parameter(help="Learning rate.")] = 0.1
    codec: Annotated[
        str | None,
        Parameter(
            help="Write updates smaller: int8, two_bit, top_k, or top_k=0.02 for the largest 2 %."
        ),
    ] = None
    plant: Annotated[
        bool, flag("Audit the evaluators: submit noise instead when chance says so.")
    ] = False


NO_EFFORT = Effort()


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Terms:
    """As what, on what conditions and for how long somebody joins."""

    roles: Annotated[
        str, Parameter(help="trainer, evaluator, aggregator, crank: one or several, with commas.")
    ] = "trainer,aggregator"
    evaluate: Annotated[
        str | None,
        Parameter(
            help="As evaluator, score with these held-out data: a file or folder, or the test part of "
            "a known data set. Adds the role."
        ),
    ] = None
    register: Annotated[bool, flag("Sign the agreement first, unless that was done.")] = False
    stake: Annotated[
        int, Parameter(help="Add what is missing to this stake.", show_default=False)
    ] = 0
    rounds: Annotated[int | None, Parameter(help="Leave after so many rounds; never else.")] = None
    open_rounds: Annotated[
        bool, flag("As crank, also open the next round when none is running.")
    ] = False
    yes: Annotated[bool, flag("Sign the agreement without being asked on a terminal.")] = False

    @property
    def names(self) -> tuple[RoleName, ...]:
        """The roles. Raises ConfigError."""
        names = parse_roles(self.roles)
        adds = self.evaluate is not None and "evaluator" not in names
        return (*names, "evaluator") if adds else names


NO_TERMS = Terms()


@app.default
async def join(
    *,
    terms: Terms = NO_TERMS,
    effort: Effort = NO_EFFORT,
    noise: Noise = NO_NOISE,
    log: Annotated[
        Literal["text", "json"], Parameter(help="How the log on stderr looks.")
    ] = "text",
    options: Options = PLAIN,
) -> int:
    """Act in a federation as trainer, evaluator, aggregator or crank, until Ctrl-C.

    It may be killed at any moment and started again: what it committed to is on disk before it is
    sent, and is revealed by the next process. Do not give two processes one key.

    What privacy costs is booked on disk; with --epsilon, no round is trained that would cost more.
    """
    check_terms(terms, effort)
    from fedsol.cli.joining import act, admit, prepare
    from fedsol.cli.output import note, show
    from fedsol.cli.session import connect_federation
    from fedsol.log import show_logs

    show_logs(json=log == "json")
    async with connect_federation(options) as session:
        name = session.account.name
        note(f"joining {name} ({session.address}) on {session.where} as {session.owner}")
        part = await prepare(session, terms, effort, noise)
        with part.journal:
            await admit(session, terms)
            result = await act(session, terms, part)
    show(options, result.to_json())
    return result.status


def parse_roles(text: str) -> tuple[RoleName, ...]:
    """The roles of a list with commas. Raises ConfigError."""
    from fedsol.errors import ConfigError

    known: dict[str, RoleName] = {name: name for name in ROLE_NAMES}
    names = [part.strip() for part in text.split(",") if part.strip()]
    for name in names:
        if name not in known:
            raise ConfigError(
                f"there is no role {name!r}", hint=f"The roles are {', '.join(known)}."
            )
    if not names:
        raise ConfigError("no role was given", hint=f"The roles are {', '.join(known)}.")
    return tuple(known[name] for name in dict.fromkeys(names))


def check_terms(terms: Terms, effort: Effort) -> None:
    """Refuses what cannot work before anything is loaded or asked. Raises ConfigError."""
    from fedsol.errors import ConfigError

    if "trainer" in terms.names and effort.data is None:
        raise ConfigError("a trainer needs data", hint="Give --data, or --roles without trainer.")
    if "evaluator" in terms.names and terms.evaluate is None:
        raise ConfigError("an evaluator needs held-out data", hint="Give --evaluate.")
    if effort.plant and "trainer" not in terms.names:
        raise ConfigError("only a trainer plants", hint="Add trainer to --roles.")
    if effort.plant and effort.codec is not None:
        raise ConfigError("who plants cannot encode its updates", hint="Leave out --codec.")
    if terms.open_rounds and "crank" not in terms.names:
        raise ConfigError("only a crank opens rounds", hint="Add crank to --roles.")
    if terms.rounds is not None and terms.rounds < 1:
        raise ConfigError(f"--rounds must be 1 or more, not {terms.rounds}")
    if terms.stake < 0:
        raise ConfigError(f"--stake must be 0 or more, not {terms.stake}")
