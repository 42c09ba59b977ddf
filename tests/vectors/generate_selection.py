"""Write the test vectors of selections that Rust and NumPy share, from plain definitions.

    python tests/vectors/generate_selection.py

Nothing of the package is used here: Python's integers, one value at a time.
"""

import json
import random
from pathlib import Path

HERE = Path(__file__).parent
NO_DISTANCE = 2**64 - 1


def distance(first: list[int], second: list[int]) -> int:
    """Squared Euclidean distance."""
    return sum((a - b) ** 2 for a, b in zip(first, second, strict=True))


def score(table: list[list[int]], accepted: list[int], own: int, byzantine: int) -> int:
    """Sum of the ``n - f - 2`` smallest distances to others."""
    others = sorted(table[own][other] for other in accepted if other != own)
    return sum(others[: len(accepted) - byzantine - 2])


def vector(
    name: str, updates: list[list[int]], accepted: list[int], byzantine: int, keep: int
) -> dict:
    """One vector: the table and the weights of updates, of which some are accepted."""
    count = len(updates)
    table = [
        [
            distance(updates[i], updates[j]) if i in accepted and j in accepted else NO_DISTANCE
            for j in range(count)
        ]
        for i in range(count)
    ]
    ranked = sorted((score(table, accepted, one, byzantine), one) for one in accepted)
    kept = [one for _, one in ranked[:keep]]
    return {
        "name": name,
        "updates": updates,
        "accepted": accepted,
        "byzantine": byzantine,
        "keep": keep,
        "table": table,
        "scores": [next((s for s, one in ranked if one == i), None) for i in range(count)],
        "weights": [int(one in kept) for one in range(count)],
    }


def edges() -> list[dict]:
    """The vectors that somebody thought of."""
    low, high = -32_768, 32_767
    equal = [[7, -7]] * 5
    far = [[low, high], [high, low], [low, low], [high, high], [0, 0]]
    line = [[0], [1], [2], [3], [100]]
    return [
        vector("all equal: the lowest index", equal, list(range(5)), 1, 1),
        vector("all equal, three kept", equal, list(range(5)), 1, 3),
        vector("the largest distances", far, list(range(5)), 1, 2),
        vector("one far away", line, list(range(5)), 1, 1),
        vector("one far away, the most kept", line, list(range(5)), 1, 4),
        vector("none byzantine", line[:3], [0, 1, 2], 0, 3),
        vector("two not accepted", [*line, [2], [2]], [0, 1, 3, 4, 6], 1, 2),
        vector("ties across the cut", [[0], [2], [1], [1], [3]], list(range(5)), 1, 2),
    ]


def drawn(count: int) -> list[dict]:
    """Vectors drawn at random; every third narrow, so that scores tie."""
    draw = random.Random(20_261_125)
    made = []
    for number in range(count):
        size, revealed = draw.randint(1, 9), draw.randint(3, 12)
        most = (2, 300, 32_767)[number % 3]
        updates = [[draw.randint(-most, most) for _ in range(size)] for _ in range(revealed)]
        accepted = sorted(draw.sample(range(revealed), draw.randint(3, revealed)))
        byzantine = draw.randint(0, (len(accepted) - 3) // 2)
        keep = draw.randint(1, len(accepted) - byzantine)
        made.append(vector(f"drawn {number}", updates, accepted, byzantine, keep))
    return made


def main() -> None:
    """Write the file: what it holds, then one vector a line."""
    lines = ",\n".join("  " + json.dumps(v) for v in edges() + drawn(60))
    about = json.dumps(f"table: {NO_DISTANCE} where one of the two is not accepted")
    (HERE / "selection.json").write_text(
        f'{{\n "about": {about},\n "vectors": [\n{lines}\n ]\n}}\n'
    )


if __name__ == "__main__":
    main()
