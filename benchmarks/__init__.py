"""What fedsol costs, measured: ``python -m benchmarks``.

In the order in which they run: ``compute_units``, ``rent`` and ``fraud_proofs`` (what the chain
charges), ``merkle`` and ``governed_round`` (what a machine needs). ``report`` is what a result looks
like; ``stage``, ``script``, ``script_scored`` and ``crowd`` make the transactions; ``lone_path`` and
``proving`` the evidence; ``recomputing`` is arithmetic, not a measurement.
"""
