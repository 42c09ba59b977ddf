"""What the chain says after the app has run."""

import numpy as np
from digits import saved

from fedsol import Federation
from fedsol.flower import Layout
from fedsol.reading import read_round


async def tell(federation: Federation) -> bool:
    """Prints rounds, people and audit; whether the audit holds and the model is the app's."""
    account = await federation.account()
    for number in range(1, account.round + 1):
        one = await read_round(federation.chain, federation.ref.address, number)
        if one is not None:
            end = one.phase.kind.lower()
            print(f"round {number} {end}: {one.accepted} updates, {one.share} tokens for each")
    report = await federation.audit()
    for person in report.people:
        print(f"{person.owner} stakes {person.stake}, was paid {person.rewarded}")
    returned = saved()
    fixed = Layout.of(returned).fixed(returned, account.params.frac_bits)
    same = np.array_equal(fixed, await federation.model())
    print(f"the model that Flower returned {'is' if same else 'is NOT'} the one on chain")
    failed = [check for check in report.checks if not check.ok]
    for check in failed:
        print(f"audit: {check.name}: {check.detail}")
    print(f"audit: {len(report.checks) - len(failed)} of {len(report.checks)} checks hold")
    return same and not failed
