"""What it would take to repeat a whole aggregation on the chain: computed from its limits, not run."""

from collections.abc import Mapping

from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction

from benchmarks.report import Table
from benchmarks.stage import CREATOR, SOL, key
from fedsol.chain import PACKET_SIZE, Draft
from fedsol.program.addresses import PROGRAM_ID

# Agave's execution budget and cost model (solana-cost-model 4.0), and what a block of 200 ms takes.
TRANSACTION_UNITS, BLOCK_UNITS, BLOCK_SECONDS = 1_400_000, 50_000_000, 0.2
SHA256, SIGNATURE, WRITE_LOCK, DATA_BYTES_A_UNIT, PAGE = 85, 720, 300, 4, 8
FEE, RENT_A_BYTE = 5_000, 5_080
# Not measured: reading an i16, a multiplication and a checked addition on SBF.
UNITS_A_VALUE = 8
VALUE_BYTES, SUM_BYTES = 2, 8


def payload() -> int:
    """Bytes of values that fit a transaction with one account besides payer and program."""
    buffer = AccountMeta(key("buffer").pubkey(), is_signer=False, is_writable=True)
    # Two bytes say how long the data is, as they do for as much as fits.
    least = 128
    draft = Draft((Instruction(PROGRAM_ID, bytes(least), [buffer]),), CREATOR.pubkey())
    room = PACKET_SIZE - len(bytes(draft.unsigned(Hash.default()))) + least
    return room - room % VALUE_BYTES


def units_of(data: int) -> float:
    """Compute units to hash so many bytes of values, in one go, and to add them up."""
    return SHA256 + data / 2 + data / VALUE_BYTES * UNITS_A_VALUE


def recomputed(proofs: Mapping[tuple[int, int], int]) -> Table:
    """The whole aggregation beside a proof's units, by (submissions, parameters)."""
    size = payload()
    units = units_of(size)
    cost = SIGNATURE + 2 * WRITE_LOCK + size / DATA_BYTES_A_UNIT + PAGE + units
    rows: list[tuple[str | int | float, ...]] = []
    for (submissions, parameters), proof in proofs.items():
        values = submissions * parameters
        transactions = -(-values * VALUE_BYTES // size)
        rows.append(
            (
                submissions,
                parameters,
                transactions,
                transactions * FEE / SOL,
                SUM_BYTES * parameters * RENT_A_BYTE / SOL,
                int(transactions * units),
                transactions * cost / BLOCK_UNITS * BLOCK_SECONDS,
                transactions * units / proof,
            )
        )
    head = (
        "submissions",
        "parameters",
        "transactions",
        "fees, SOL",
        "rent for the sums, SOL",
        "units",
        "seconds of the whole chain",
        "units, times the proof's",
    )
    return Table("Instead: the whole aggregation on the chain, computed", head, rows)


def notes() -> list[str]:
    """How the table was computed."""
    size = payload()
    alone = int(TRANSACTION_UNITS / (units_of(VALUE_BYTES) - SHA256))
    return [
        f"*Instead* is arithmetic with the limits of mainnet in November 2026, not a run: a "
        f"transaction carries {size:,} bytes of values ({size // VALUE_BYTES} of 2 bytes), hashes "
        f"them (85 + ½ a byte) and adds them up ({UNITS_A_VALUE} units each, an estimate), "
        f"{units_of(size):,.0f} units in all, and pays {FEE:,} lamports; its cost to the block adds "
        f"{SIGNATURE} for the signature, {WRITE_LOCK} for each of two write locks, ¼ a byte and the "
        f"least of loaded data; a block takes {BLOCK_UNITS:,} every {BLOCK_SECONDS} s, and the time "
        "is what it takes if nobody else uses the chain. With its 1,400,000 units one transaction "
        f"could hash 2.8 MB, or hash and add {alone:,} values, if it could carry more than "
        f"{size // VALUE_BYTES}. Rent is for sums of 8 bytes at {RENT_A_BYTE:,} lamports a byte; "
        "a median needs all values at once, so more.",
    ]
