"""A small masked round, to be driven stage by stage."""

import os

import numpy as np

from fedsol.learning.privacy.secure_aggregation import Member, Plan, Server, new_channels

MEMBERS = (3, 10, 11, 20, 21, 30)
CHANNELS = new_channels(MEMBERS)
SIZE = 50
UPDATES = np.random.default_rng(0).integers(-32_767, 32_768, (6, SIZE)).astype(np.int16)


def new_plan(threshold=4, degree=5, **settings):
    return Plan(os.urandom(32), MEMBERS, SIZE, threshold, degree, **settings)


class Round:
    """One round of ``MEMBERS`` with everybody's messages where a test can change them."""

    def __init__(self, plan=None):
        self.plan = plan or new_plan()
        self.server = Server(self.plan)
        self.members = {number: Member(self.plan, CHANNELS[number]) for number in MEMBERS}

    def advertise(self):
        for one in self.members.values():
            self.server.receive_advertisement(one.advertise())
        return self

    def share(self, senders=MEMBERS):
        for number in senders:
            shares = self.members[number].share(self.server.advertisements(number))
            self.server.receive_shares(shares)
        return self

    def mask(self, senders=MEMBERS):
        for number in senders:
            update = UPDATES[MEMBERS.index(number)]
            masked = self.members[number].mask(self.server.ciphertexts(number), update)
            self.server.receive_masked(masked)
        return self

    def agree(self, senders):
        story = self.server.sharers, self.server.survivors
        return [self.members[number].agree(*story) for number in senders]

    def reveal(self, senders):
        agreed = self.agree(senders)
        return [self.members[number].unmask(agreed) for number in senders]


def plain_sum(members):
    rows = [MEMBERS.index(number) for number in members]
    return UPDATES[rows].sum(0, dtype=np.int64)
