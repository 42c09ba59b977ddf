"""An exact rule gives the same bits on any number of threads and in any order of clients."""

from benchmarks import reproducible


def test_every_digest_of_a_rule_is_one() -> None:
    (table,) = reproducible.run(quick=True).tables
    *exact, plain = table.rows
    assert [row[0] for row in exact] == ["mean", "trimmed mean", "median"]
    for name, digests, different, *_ in exact:
        assert (digests, different) == (6, 0), name
    # The comparison can fail: a mean of floats does, when the clients are shuffled.
    assert plain[:2] == ("float mean", 6)
    assert int(plain[2]) > 0
