"""Creates a federation for whatever model a Flower app has."""

from pathlib import Path

from flwr.app import ArrayRecord
from solders.keypair import Keypair

from fedsol.artifacts import ArtifactStore, artifact_hash, encode_model
from fedsol.chain import Chain
from fedsol.federation import AGREEMENT, Federation
from fedsol.flower.arrays import MODEL, Layout
from fedsol.learning import model_root
from fedsol.program import instructions as ix
from fedsol.program.addresses import FederationRef, Token, federation_address
from fedsol.program.instructions.federation import NewFederation
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

    Signs: creator. Raises ConfigError for arrays that are not float32 or float64, NotFinite, and
    what ``Chain.send`` raises; the program names every parameter that is out of bounds.
    """
    layout = Layout.of(arrays)
    values = layout.fixed(arrays, params.frac_bits)
    data = encode_model(values, {"model": MODEL})
    new = NewFederation(
        name=name,
        genesis=await chain.genesis_hash(),
        architecture_hash=layout.architecture,
        agreement_hash=await artifacts.put(agreement.encode()),
        model_root=model_root(values),
        model_artifact=artifact_hash(data),
        parameter_count=values.size,
        params=params,
    )
    await artifacts.put(data)
    step = ix.federation_create(creator.pubkey(), new, stake=stake, reward=reward)
    await chain.send([step], [creator])
    address = federation_address(creator.pubkey(), name)
    ref = FederationRef(address, creator.pubkey(), stake, reward)
    return Federation(chain, ref, artifacts, state, creator)
