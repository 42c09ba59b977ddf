"""What fedsol costs, measured: ``python -m benchmarks``.

In the order in which they run: ``compute_units`` and ``rent`` (what the chain charges), ``merkle``
and ``governed_round`` (what a machine needs). ``report`` is what a result looks like, ``script``
and ``crowd`` make the transactions.
"""
