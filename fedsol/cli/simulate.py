"""``fedsol simulate``: many participants on one machine."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Group, Parameter

from fedsol.cli.noise import PRIVACY, Noise
from fedsol.cli.options import PLAIN, Options, alone, flag

PEOPLE = Group("Clients", sort_key=40)
LEARNING = Group("Learning", sort_key=41)

app = alone(
    "simulate",
    example="fedsol simulate --data digits --clients 100 --rounds 20 --strategy FedAvg --governed",
)


@Parameter(name="*", group=PEOPLE)
@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Who takes part, and with which part of the data."""

    clients: Annotated[int, Parameter(help="How many clients share the data.")] = 100
    per_round: Annotated[
        float | None,
        Parameter(help="How many are asked each round; below 1, which share. All unless given."),
    ] = None
    partitioner: Annotated[
        Literal["iid", "dirichlet", "pathological", "shard"],
        Parameter(help="How the data are divided."),
    ] = "iid"
    alpha: Annotated[float, Parameter(help="Dirichlet concentration; small is uneven.")] = 0.5
    dropout: Annotated[float, Parameter(help="Chance of a client to be gone in a round.")] = 0.0
    stragglers: Annotated[
        float, Parameter(help="How unequally fast clients are (deviation of the logarithm).")
    ] = 0.0
    deadline: Annotated[
        float, Parameter(help="Who takes longer than so many medians is too late.")
    ] = 2.0
    attack: Annotated[
        str | None, Parameter(help="What attackers do: ALIE, SignFlip, LabelFlip, …")
    ] = None
    byzantine: Annotated[float, Parameter(help="Share of the clients that attack.")] = 0.2


@Parameter(name="*", group=LEARNING)
@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What is learnt, and how."""

    data: Annotated[
        str,
        Parameter(help="A known data set, a file (npz, csv, parquet) or a folder (IDX, images)."),
    ] = "digits"
    model: Annotated[
        str | None,
        Parameter(
            help="Like mlp(features=64,classes=10,hidden=32x16); logistic regression unless given."
        ),
    ] = None
    strategy: Annotated[
        str,
        Parameter(
            help="By its name in Flower, with settings: FedAvg, FedTrimmedAvg(beta=0.2),"
            " Bucketing(inner=Krum(num_malicious_nodes=1))."
        ),
    ] = "FedAvg"
    epochs: Annotated[int, Parameter(help="Times over the data in a round.")] = 1
    batch_size: Annotated[int, Parameter(help="Samples of a step.")] = 32
    optimiser: Annotated[str, Parameter(help="sgd, momentum, adam, adamw, …")] = "sgd"
    lr: Annotated[float, Parameter(help="Learning rate of the clients.")] = 0.1
    codec: Annotated[
        str | None, Parameter(help="Write updates in fewer bytes: int8, top_k=0.02 or two_bit.")
    ] = None
    exact: Annotated[bool, flag("Combine quantised updates in integers, as the program does.")] = (
        False
    )


@Parameter(name="*", group=PRIVACY)
@dataclass(frozen=True, kw_only=True)
class Secrecy(Noise):
    """What is hidden under masks or in noise, and what it may cost."""

    masked: Annotated[
        bool,
        flag(
            "Mask every update: nobody sees one, the server their exact sum alone. Who drops out or"
            " is late does so after sharing keys; with too few left, a round changes nothing."
        ),
    ] = False


EVERYBODY = Crowd()
SOMETHING = Lesson()
OPEN = Secrecy()


@app.default
def simulate(
    *,
    rounds: Annotated[int, Parameter(help="How many rounds.")] = 10,
    crowd: Crowd = EVERYBODY,
    lesson: Lesson = SOMETHING,
    secrecy: Secrecy = OPEN,
    governed: Annotated[
        bool, flag("Commit, reveal, aggregate, settle and pay on an embedded chain.")
    ] = False,
    audit: Annotated[bool, flag("Check the whole history of a governed simulation.")] = False,
    engine: Annotated[
        Literal["local", "ray"], Parameter(help="This machine, or a Ray cluster (extra ray).")
    ] = "local",
    ray_address: Annotated[
        str | None, Parameter(help="Address of the Ray cluster; a local one unless given.")
    ] = None,
    width: Annotated[
        int | None, Parameter(help="How many clients train side by side; measured unless given.")
    ] = None,
    seed: Annotated[int, Parameter(help="What all randomness is drawn from.")] = 0,
    out: Annotated[
        Path | None, Parameter(help="Folder for checkpoints, metrics.jsonl and a picture.")
    ] = None,
    resume: Annotated[bool, flag("Go on with the simulation in --out.")] = False,
    track: Annotated[
        list[str] | None,
        Parameter(help="Also tell tensorboard:FOLDER, mlflow:FILE, wandb:PROJECT or jsonl:FILE."),
    ] = None,
    options: Options = PLAIN,
) -> int:
    """Train one model with many clients on this machine, as fast as it goes.

    The same options give the same model, also after Ctrl-C or a kill and --resume.
    """
    from fedsol.cli.simulating import run
    from fedsol.cli.simulation_settings import Plan

    plan = Plan(
        rounds,
        crowd,
        lesson,
        secrecy,
        governed or audit,
        audit,
        engine,
        ray_address,
        width,
        seed,
        out,
        resume,
        tuple(track or ()),
    )
    return run(plan, options)
