"""Lamports that somebody sent to an address before its account is made stop nobody.

Every address can be computed in advance; whoever could block one with a little money could stop a
federation's next round for ever. Anchor makes accounts with the system program's
``CreateAccountAllowPrefund``, which clusters have and the embedded chain's LiteSVM does not know yet.
"""

from pathlib import Path

from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer

import fedsol
from fedsol.chain import Chain
from fedsol.program import addresses as at
from fedsol.program import instructions as ix
from fedsol.sandbox import Sandbox, sandbox_on
from tests.localnet.participant import MODEL

NAME = "prefunded"
LEAST = 890_880  # what an account without data must hold


async def send_lamports(sandbox: Sandbox, addresses: list[Pubkey]) -> None:
    """What an attacker does."""
    bank = sandbox.bank.pubkey()
    steps = [
        transfer(TransferParams(from_pubkey=bank, to_pubkey=address, lamports=LEAST))
        for address in addresses
    ]
    await sandbox.chain.send(steps, [sandbox.bank])


async def test_every_account_can_be_made_where_lamports_already_are(
    url_v0: str, tmp_path: Path
) -> None:
    async with await Chain.connect(url_v0) as chain:
        sandbox = await sandbox_on(chain)
        creator = await sandbox.wallet()
        ada = await sandbox.wallet(stake=3_000)
        address = at.federation_address(creator.pubkey(), NAME)
        person = at.participant_address(address, ada.pubkey())
        round_ = at.round_address(address, 1)
        vaults = [
            at.stake_vault_address(address),
            at.reward_vault_address(address),
            at.treasury_vault_address(address),
        ]
        submission = at.submission_address(round_, person)
        await send_lamports(sandbox, [address, *vaults, person, round_, submission])
        federation = await fedsol.Federation.on(
            sandbox, name=NAME, model=MODEL, state=tmp_path, creator=creator
        )
        train, _ = fedsol.load("breast_cancer")
        await federation.join(ada, stake=3_000, data=train, model=MODEL)
        opening = ix.round_open(address, creator.pubkey(), 1)
        committing = ix.round_commit(address, 1, ada.pubkey(), bytes(32))
        await chain.send([opening, committing], [creator, ada])
        made = await chain.accounts([address, *vaults, person, round_, submission])
        assert all(account is not None and account.data for account in made)
