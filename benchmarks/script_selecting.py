"""A scripted federation whose rule is Multi-Krum: what it costs to measure a distance."""

from collections.abc import Iterator

from benchmarks.script_scored import PARAMETERS
from benchmarks.stage import (
    CREATOR,
    REWARD,
    STAKE,
    Move,
    Stage,
    blind_update,
    digest,
    key,
    new_federation,
    reference,
)
from fedsol.program import instructions as ix
from fedsol.program.instructions.participant import AGGREGATOR, TRAINER
from fedsol.program.params import Params, multi_krum

KIM, LOU, MAX = (key(name) for name in ("kim", "lou", "max"))
# With a single aggregator, the beacon can choose only that one.
ROLES = {KIM: TRAINER | AGGREGATOR, LOU: TRAINER, MAX: TRAINER}
STAGE = Stage(reference("selecting"))
PIECE = 900
"""Bytes of two updates that one transaction has room for."""


def moves(seconds: int) -> Iterator[Move]:
    """One round, up to the first bytes that are measured; its windows are ``seconds`` long."""
    rules = Params.local(
        seconds=seconds,
        rule=multi_krum(0, 1),
        min_submissions=3,
        max_submissions=8,
    )
    address, creator = STAGE.ref.address, CREATOR.pubkey()
    new = new_federation(rules, name="selecting", parameters=PARAMETERS)
    create = ix.federation_create(creator, new, stake=STAKE, reward=REWARD)
    yield STAGE.move("federation_create", create)
    for who, roles in ROLES.items():
        yield from STAGE.joining(who, roles)
    yield STAGE.move("round_open", ix.round_open(address, creator, 1))
    yield from (STAGE.commit(who, 1, blind_update(who)) for who in ROLES)
    yield STAGE.advance(1, "Reveal")
    yield from (STAGE.reveal(who, 1, blind_update(who)) for who in ROLES)
    yield STAGE.advance(1, "Score")
    yield STAGE.advance(1, "Aggregate, the beacon", after="beacon")
    posted = ix.round_aggregate(
        address,
        1,
        KIM.pubkey(),
        model_root=digest("selected"),
        model_artifact=digest("its bytes"),
        selection=(digest("selection"), digest("its bytes, too")),
    )
    yield STAGE.move("round_aggregate with a selection", posted, KIM)
    opened = ix.challenge_open(STAGE.ref, 1, creator, ix.wrong_distance(0, 1))
    yield STAGE.move("challenge_open of a distance", opened)
    piece = ix.challenge_measure(address, 1, creator, 0, bytes(PIECE))
    yield STAGE.move("challenge_measure the first bytes", piece)
