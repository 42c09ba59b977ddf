"""A scripted federation whose updates stay under masks: what it costs to share, and to object."""

from collections.abc import Iterator

from solders.keypair import Keypair

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
    salt,
)
from fedsol.program import instructions as ix
from fedsol.program.instructions.participant import AGGREGATOR, TRAINER
from fedsol.program.params import Params, masked

NED, OLA, PIA = (key(name) for name in ("ned", "ola", "pia"))
# With a single aggregator, the beacon can choose only that one.
ROLES = {NED: TRAINER | AGGREGATOR, OLA: TRAINER, PIA: TRAINER}
STAGE = Stage(reference("masked"))


def moves(seconds: int) -> Iterator[Move]:
    """One round, up to the objection with which its aggregate falls; its windows are ``seconds`` long."""
    rules = Params.local(seconds=seconds, rule=masked(), min_submissions=3, max_submissions=5)
    address, creator = STAGE.ref.address, CREATOR.pubkey()
    new = new_federation(rules, name="masked", parameters=PARAMETERS)
    create = ix.federation_create(creator, new, stake=STAKE, reward=REWARD)
    yield STAGE.move("federation_create", create)
    for who, roles in ROLES.items():
        yield from STAGE.joining(who, roles)
    yield STAGE.move("round_open", ix.round_open(address, creator, 1))
    for who in ROLES:
        join = ix.round_join(address, 1, who.pubkey(), salt(who))
        yield STAGE.move("round_join", join, who)
    yield STAGE.advance(1, "Share")
    for who in ROLES:
        share = ix.round_share(address, 1, who.pubkey(), digest(f"shares {who.pubkey()}"))
        yield STAGE.move("round_share", share, who)
    yield STAGE.advance(1, "Reveal")
    for who in ROLES:
        reveal = ix.round_reveal(address, 1, who.pubkey(), blind_update(who), salt(who))
        yield STAGE.move("round_reveal of masked words", reveal, who)
    yield STAGE.advance(1, "Score")
    yield STAGE.advance(1, "Aggregate, the beacon", after="beacon")
    yield _posted()
    yield _objection("round_object", OLA)
    yield _objection("round_object that fells it", PIA)


def _posted() -> Move:
    posted = ix.round_aggregate(
        STAGE.ref.address,
        1,
        NED.pubkey(),
        model_root=digest("unmasked"),
        model_artifact=digest("its bytes"),
        selection=(digest("opening"), digest("its bytes, too")),
    )
    return STAGE.move("round_aggregate with an opening", posted, NED)


def _objection(name: str, who: Keypair) -> Move:
    made = ix.round_object(STAGE.ref.address, 1, who.pubkey(), STAGE.person(NED))
    return STAGE.move(name, made, who)
