"""Write the test vectors that Rust, NumPy and JAX share, from definitions as plain as can be.

    python tests/vectors/generate.py

Nothing of the package is used here: fractions of Python's integers and hashlib, one value at a
time.
"""

import hashlib
import json
import random
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
I32 = (-(2**31), 2**31 - 1)
U32 = 2**32 - 1
U64 = 2**64 - 1
EMPTY = (hashlib.sha256(b"\x00\xff\xff\xff\xff").digest(), 0)


def round_half_away(value: Fraction) -> int:
    """The nearest integer, a half away from zero."""
    whole = int(abs(value) + Fraction(1, 2))
    return -whole if value < 0 else whole


def rule_value(values: list[int], weights: list[int], rule: str, trim: int) -> Fraction | None:
    """What a rule makes of one coordinate; ``None`` if it has no result."""
    count = len(values)
    if rule == "mean":
        if sum(weights) == 0:
            return None
        return Fraction(sum(w * q for w, q in zip(weights, values, strict=True)), sum(weights))
    if rule == "median":
        trim = (count - 1) // 2
    rest = sorted(values)[trim : count - trim]
    return Fraction(sum(rest), len(rest)) if rest and count > 2 * trim else None


def aggregated(vector: dict) -> int | None:
    """The new model value of a vector."""
    values = vector["values"]
    value = rule_value(values, vector["weights"], vector["rule"], vector.get("trim", 0))
    if not values or value is None:
        return None
    (num, den), (frac, update) = vector["lr"], vector["bits"]
    step = round_half_away(value * Fraction(num * 2**frac, den * 2**update))
    return min(max(vector["model"] + step, I32[0]), I32[1])


def vector(name: str, values: list[int], rule: str = "mean", **fields: object) -> dict:
    """One aggregation vector; what is not named is plain: weights and learning rate 1."""
    given = {"model": 0, "weights": [1] * len(values), "lr": [1, 1], "bits": [16, 16]} | fields
    trim = {"trim": given.pop("trim")} if rule == "trimmed_mean" else {}
    made = {"name": name, "rule": rule, **trim, "values": values, **given}
    return made | {"result": aggregated(made)}


def aggregation_edges() -> list[dict]:
    """The vectors that somebody thought of."""
    rules: list[tuple[str, dict]] = [("mean", {}), ("median", {}), ("trimmed_mean", {"trim": 0})]
    made = []
    for rule, more in rules:
        for values in ([], [7], [-7], [3, 4], [-3, -4], [1, 1, 1], [5, -5, 5], [1, 2, 3, 4]):
            made.append(vector(f"{rule} of {len(values)}", values, rule, **more))
        for model, value in ((I32[1], 32767), (I32[0], -32767), (I32[1] - 1, 1), (I32[0] + 1, -1)):
            made.append(vector("bound of i32", [value] * 3, rule, model=model, **more))
            made.append(vector("beyond i32", [value], rule, model=model, lr=[9, 1], **more))
        for value in (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5):
            fields = {"model": -1, "bits": [0, 1], **more}
            made.append(vector("halves after scaling", [value], rule, **fields))
        made.append(vector("largest rate", [-32768], rule, lr=[U32, 1], bits=[31, 0], **more))
        made.append(vector("smallest rate", [32767], rule, lr=[1, U32], bits=[0, 31], **more))
        made.append(vector("no rate", [32767, -2], rule, model=5, lr=[0, 1], **more))
    made += aggregation_weights() + aggregation_trims()
    return made


def aggregation_weights() -> list[dict]:
    """Edges of the weighted mean, and proof that the other rules ignore weights."""
    return [
        vector("largest weights", [32767] * 8, weights=[U32] * 8, lr=[U32, 1], bits=[31, 0]),
        vector("largest weights cancel", [32767, -32767], weights=[U32, U32]),
        vector("one weight of zero", [100, 7], weights=[0, 3]),
        vector("all weights zero", [100, 7], weights=[0, 0]),
        vector("weighted half", [1, 0], weights=[1, 1], bits=[0, 0]),
        vector("weighted negative half", [-1, 0], weights=[1, 1], bits=[0, 0]),
        vector("just below a half", [1, 0], weights=[U32 - 1, U32], bits=[0, 0]),
        vector("just above a half", [-1, 0], weights=[U32, U32 - 1], bits=[0, 0]),
        vector("median ignores weights", [1, 2, 90], "median", weights=[0, 0, U32]),
        vector("trimmed ignores weights", [1, 2, 90], "trimmed_mean", trim=1, weights=[0, 0, 9]),
    ]


def aggregation_trims() -> list[dict]:
    """Edges of the trimmed mean: ties, everything but one, everything, more than everything."""
    values = [4, -9, 4, 4, 100, -9, 2]
    trims = (0, 1, 2, 3, 4, 8)
    return [vector(f"trim {b} of 7", values, "trimmed_mean", trim=b) for b in trims] + [
        vector("trim all of 2", [1, 2], "trimmed_mean", trim=1),
        vector("largest trim", [1, 2], "trimmed_mean", trim=U32),
        vector("ties at the cut", [5, 5, 5, 5, 1], "trimmed_mean", trim=2),
    ]


def aggregation_random(count: int) -> list[dict]:
    """Vectors drawn at random, half of them narrow, so that ties and halves occur."""
    draw = random.Random(20_260_101)
    made = []
    for number in range(count):
        size, wide = draw.randint(1, 9), number % 2
        span = 32767 if wide else 6
        values = [draw.randint(-span, span) for _ in range(size)]
        fields: dict = {
            "model": draw.randint(*I32) if wide else draw.randint(-9, 9),
            "weights": [draw.randint(1, U32 if wide else 4) for _ in range(size)],
            "lr": [draw.randint(0, 50), draw.randint(1, 50)],
            "bits": [draw.randint(0, 31), draw.randint(0, 31)] if wide else [2, draw.randint(0, 4)],
        }
        rule = ("mean", "trimmed_mean", "median")[number % 3]
        if rule == "trimmed_mean":
            fields["trim"] = draw.randint(0, (size - 1) // 2)
        made.append(vector(f"random {number}", values, rule, **fields))
    return made


def leaf(index: int, chunk: bytes) -> bytes:
    """Hash of a leaf."""
    return hashlib.sha256(b"\x00" + index.to_bytes(4, "little") + chunk).digest()


def tree_levels(values: list[int], width: int, summed: bool) -> list[list[tuple[bytes, int]]]:
    """All levels of a tree, leaves first, each filled up to an even number but the last."""
    per_chunk = 256 // width
    chunks = [values[i : i + per_chunk] for i in range(0, len(values), per_chunk)]
    level = []
    for index, chunk in enumerate(chunks):
        data = b"".join(v.to_bytes(width, "little", signed=True) for v in chunk)
        total = sum(v * v for v in chunk) if summed else 0
        level.append((leaf(index, data.ljust(256, b"\x00")), total))
    levels = [level]
    while len(levels[-1]) > 1:
        if len(levels[-1]) % 2:
            levels[-1].append(EMPTY)
        pairs = zip(levels[-1][::2], levels[-1][1::2], strict=True)
        levels.append([parent(left, right, summed) for left, right in pairs])
    return levels


def record(node: tuple[bytes, int], summed: bool) -> bytes:
    """What of a node its parent hashes."""
    return node[0] + (node[1].to_bytes(8, "little") if summed else b"")


def parent(left: tuple[bytes, int], right: tuple[bytes, int], summed: bool) -> tuple[bytes, int]:
    """The node above two."""
    body = b"\x01" + record(left, summed) + record(right, summed)
    return hashlib.sha256(body).digest(), left[1] + right[1]


def merkle_values(size: int, summed: bool) -> list[int]:
    """The values of a tree's vector: ``(i · 7919 mod 255) - 127``, in a model times 65,537."""
    return [((i * 7919) % 255 - 127) * (1 if summed else 65_537) for i in range(size)]


def merkle(kind: str, size: int, index: int) -> dict:
    """One tree's vector, with the proof of one chunk."""
    summed = kind == "update"
    values = merkle_values(size, summed)
    levels = tree_levels(values, 2 if summed else 4, summed)
    siblings = [levels[i][(index >> i) ^ 1] for i in range(len(levels) - 1)]
    root = levels[-1][0]
    return {
        "kind": kind,
        "size": size,
        "root": root[0].hex(),
        **({"sum": root[1]} if summed else {}),
        "index": index,
        "leaf": levels[0][index][0].hex(),
        "siblings": [record(node, summed).hex() for node in siblings],
    }


def plant_chunk(seed: bytes, index: int, amplitude: int, parameters: int) -> bytes:
    """One chunk of a plant, value by value."""
    digests = [
        hashlib.sha256(b"fedsol:plant:v1" + seed + index.to_bytes(4, "little") + bytes([j]))
        for j in range(8)
    ]
    noise = b"".join(digest.digest() for digest in digests)
    chunk = b""
    for k in range(128):
        exact = Fraction((noise[2 * k] + noise[2 * k + 1] - 255) * amplitude, 255)
        # int() of a fraction drops what follows the point: toward zero.
        value = int(exact) if index * 128 + k < parameters else 0
        value = value if -(2**15) <= value < 2**15 else 0
        chunk += value.to_bytes(2, "little", signed=True)
    return chunk


def plants() -> list[dict]:
    """Every amplitude with every size, the seeds in turn; then two indices of several bytes."""
    seeds = (bytes(32), bytes(range(32)), hashlib.sha256(b"a seed").digest())
    places = [(0, 1), (0, 62), (0, 128), (0, 129), (1, 129), (0, 1000), (7, 1000)]
    cases = [(*place, a) for place in places for a in (0, 1, 7, 300, 32767)]
    cases += [(300, 128 * 301, 1000), (70_000, 128 * 70_000 + 5, 32767)]
    cases += [(0, 1000, a) for a in (32768, 40000, 65535)]
    return [
        {
            "seed": (seed := seeds[number % 3]).hex(),
            "index": index,
            "amplitude": amplitude,
            "parameters": parameters,
            "chunk": plant_chunk(seed, index, amplitude, parameters).hex(),
        }
        for number, (index, parameters, amplitude) in enumerate(cases)
    ]


def median(scores: list[int], weights: list[int]) -> dict:
    """One vector of the weighted median: the lowest score that half of the weight reaches."""
    pairs = list(zip(scores, weights, strict=True))
    total = sum(weights)
    reaching = [m for m in scores if 2 * sum(w for s, w in pairs if s <= m) >= total > 0]
    return {"scores": scores, "weights": weights, "median": min(reaching, default=None)}


def medians() -> list[dict]:
    """Edges of the weighted median, then vectors drawn at random."""
    made = [
        median([], []),
        median([5], [0]),
        median([0, 7, 10_000], [0, 0, 0]),
        *(median([score], [weight]) for score in (0, 10_000) for weight in (1, U64)),
        median([1, 2], [1, 1]),
        median([2, 1], [1, 1]),
        median([9, 1], [2, 1]),
        median([9, 1], [1, 2]),
        median([3, 3, 3], [1, 5, 2]),
        median([0, 10_000, 0, 10_000], [1, 1, 1, 1]),
        median([0, 10_000, 10_000], [2, 1, 1]),
        median([0, 10_000, 10_000], [2, 1, 2]),
        median([4, 1, 3, 2], [0, 0, 1, 0]),
        median([1, 2, 3], [0, 1, 1]),
        median([1, 2, 3], [1, 0, 1]),
        median([100, 200, 300], [U64, U64, U64]),
        median([300, 200, 100], [U64, U64, 1]),
        median([100, 200], [U64, U64 - 1]),
        median([100, 200], [U64 - 1, U64]),
        median([200, 100, 300], [U64, 0, U64]),
        median(list(range(100, 90, -1)), [U64] * 10),
    ]
    draw = random.Random(20_260_102)
    for number in range(40):
        size = draw.randint(1, 12)
        highest, heaviest = ((5, 3), (10_000, U64))[number % 2]
        scores = [draw.randint(0, highest) for _ in range(size)]
        weights = [draw.choice((0, 1, 1)) * draw.randint(1, heaviest) for _ in range(size)]
        made.append(median(scores, weights))
    return made


def write(name: str, about: str, vectors: list[dict]) -> None:
    """One file: what it holds, then one vector a line."""
    lines = ",\n".join("  " + json.dumps(v) for v in vectors)
    text = f'{{\n "about": {json.dumps(about)},\n "vectors": [\n{lines}\n ]\n}}\n'
    (HERE / name).write_text(text)


def main() -> None:
    """Write every file."""
    write(
        "aggregation.json",
        "bits = [frac_bits, update_bits], lr = [lr_num, lr_den]; result null: there is none",
        aggregation_edges() + aggregation_random(180),
    )
    sizes = {"update": (1, 128, 129, 384, 640, 897, 2048), "model": (1, 64, 65, 192, 320, 449)}
    trees = []
    for kind, per_chunk in (("update", 128), ("model", 64)):
        for size in sizes[kind]:
            last = (size - 1) // per_chunk
            trees += [merkle(kind, size, index) for index in sorted({0, last // 2, last})]
    about = f"value i is ((i * 7919) mod 255) - 127, in a model times 65537; empty {EMPTY[0].hex()}"
    write("merkle.json", about, trees)
    write("plant.json", "chunk: 128 int16 in little-endian order", plants())
    write("weighted_median.json", "median null: there is none", medians())


if __name__ == "__main__":
    main()
