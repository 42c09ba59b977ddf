"""Where things stand in a selection that was posted: weights first, then row by row the distances."""

from fedsol.audit.ledger import Dispute

_WEIGHTS, _DISTANCES = 64, 32  # in a chunk


def count_of(dispute: Dispute) -> int:
    """Revealed submissions of the aggregate that is disputed."""
    return len(dispute.aggregate.revealed) if dispute.aggregate is not None else 0


def weight_chunks(count: int) -> int:
    """Chunks of the weights."""
    return -(-count // _WEIGHTS)


def row_chunks(count: int) -> int:
    """Chunks of a row."""
    return -(-count // _DISTANCES)


def row_of(count: int, row: int) -> range:
    """The chunks of a row."""
    first = weight_chunks(count) + row * row_chunks(count)
    return range(first, first + row_chunks(count))


def chunks_of(dispute: Dispute) -> int:
    """Chunks of the disputed selection."""
    count = count_of(dispute)
    rows = count * row_chunks(count) if dispute.has_table else 0
    return weight_chunks(count) + rows


def chunk_asked(dispute: Dispute, place: int) -> int:
    """The chunk at a place among those that a dispute asks for."""
    count = count_of(dispute)
    match dispute.kind:
        case "SelectionUnavailable":
            return dispute.place
        case "WrongDistance":
            return row_of(count, dispute.place)[0] + dispute.other // _DISTANCES
        case "WrongSelection" if place >= weight_chunks(count):
            both = [*row_of(count, dispute.place), *row_of(count, dispute.other)]
            beyond = place - weight_chunks(count)
            return both[beyond] if beyond < len(both) else chunks_of(dispute)
    return place
