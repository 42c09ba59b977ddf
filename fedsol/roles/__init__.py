"""The people of a federation as programs: learning, chain and artifacts joined.

In the order of a round: ``trainer`` trains, commits and reveals; ``aggregator`` combines; ``crank``
moves the round on and punishes silence. ``runner`` lets them act, together in one process or each
in its own. ``journal`` is what they remember on disk, ``member`` what they share.
"""

from fedsol.roles.aggregator import Aggregator as Aggregator
from fedsol.roles.crank import Crank as Crank
from fedsol.roles.journal import Journal as Journal
from fedsol.roles.member import Member as Member
from fedsol.roles.runner import Role as Role
from fedsol.roles.runner import run as run
from fedsol.roles.runner import run_together as run_together
from fedsol.roles.trainer import Trainer as Trainer
from fedsol.roles.trainer import Training as Training
