"""The embedded chain runs the token program that clusters run."""

from pathlib import Path

import pytest
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.token.associated import get_associated_token_address
from spl.token.constants import TOKEN_PROGRAM_ID
from spl.token.instructions import TransferCheckedParams, transfer_checked

from fedsol.chain import Draft, Dropped, EmbeddedLedger, embedded_programs
from fedsol.errors import ConfigError
from fedsol.program.tokens import mint_data, token_account_data

# A checked transfer (SIMD-0266); the program before it took 6,200.
UNITS = 105


def test_a_transfer_costs_what_it_costs_on_a_cluster(
    ledger: EmbeddedLedger, alice: Keypair, bob: Keypair
) -> None:
    mint = Pubkey.new_unique()
    ledger.set_account(
        mint, lamports=10**7, owner=TOKEN_PROGRAM_ID, data=mint_data(mint, supply=9, decimals=0)
    )
    accounts = []
    for owner, held in ((alice.pubkey(), 9), (bob.pubkey(), 0)):
        accounts.append(get_associated_token_address(owner, mint))
        data = token_account_data(mint, owner, held)
        ledger.set_account(accounts[-1], lamports=10**7, owner=TOKEN_PROGRAM_ID, data=data)
    source, dest = accounts
    pay = transfer_checked(
        TransferCheckedParams(TOKEN_PROGRAM_ID, source, mint, dest, alice.pubkey(), 4, 0)
    )
    done = ledger.submit(Draft((pay,), alice.pubkey()).signed(ledger.blocks.latest, [alice]))
    assert not isinstance(done, Dropped)
    assert (done.err, done.units) == (None, UNITS)
    paid = ledger.get_account(dest)
    assert paid is not None
    assert paid.data == token_account_data(mint, bob.pubkey(), 4)


def test_another_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "spl_p_token-1.0.0-rc.1.so").write_bytes(b"\x7fELF")
    monkeypatch.setattr(embedded_programs, "files", lambda _: tmp_path)
    embedded_programs.p_token.cache_clear()
    with pytest.raises(ConfigError, match="not the file that came with fedsol"):
        embedded_programs.p_token()
