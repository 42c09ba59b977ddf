"""Creates a federation for whatever model a Flower app has."""

from pathlib import Path

from flwr.app import ArrayRecord
from solders.keypair import Keypair

from fedsol.artifacts import ArtifactStore, encode_model
from fedsol.chain import Chain
from fedsol.federation import AGREEMENT, Federation
from fedsol.flower.arrays import MODEL, Layout
from fedsol.flower.openness import require_open
from fedsol.program.addresses import Token
from fedsol.program.params import Params


async def found_federation(
    chain: Chain,
    creator: Keypair,
    arrays: ArrayRecord,
    *,
    name: str,
    stake: Token,
    reward: Token,
    params: Params,
    artifacts: ArtifactStore,
    state: Path,
    agreement: str = AGREEMENT,
) -> Federation:
    """Stores an app's initial arrays and the agreement, and creates the federation that trains them.

    Signs: creator. Raises ConfigError for arrays that are not float32 or float64 and for a masked
    rule, NotFinite, and what ``Chain.send`` raises; the program names every parameter that is out of bounds.
    """
    require_open(params.rule)
    layout = Layout.of(arrays)
    values = layout.fixed(arrays, params.frac_bits)
    return await Federation.found(
        chain,
        creator,
        name=name,
        values=values,
        data=encode_model(values, {"model": MODEL}),
        architecture=layout.architecture,
        stake=stake,
        reward=reward,
        params=params,
        artifacts=artifacts,
        state=state,
        agreement=agreement,
    )
