"""Trainers of foreign models in a federation."""

from dataclasses import dataclass

from solders.keypair import Keypair

from fedsol.errors import ArchitectureMismatch
from fedsol.federation import Federation
from fedsol.interop.arrays import Arrays, fitting
from fedsol.interop.foreign import ForeignModel, ForeignTraining
from fedsol.learning import Scheme, make_update, to_float, unflatten
from fedsol.learning.models import model_architecture, parameter_spec
from fedsol.learning.update import Update
from fedsol.membership import Membership
from fedsol.program import Federation as FederationAccount
from fedsol.program import Round
from fedsol.roles import Aggregator, Role, Trainer
from fedsol.roles.answerer import Answerer


@dataclass(frozen=True)
class ForeignTrainer(Trainer):
    """The trainer role of a member whose model another framework trains."""

    training: ForeignTraining  # type: ignore[assignment]

    async def _train(self, federation: FederationAccount, round_: Round) -> Update:
        model, params = self.training.model, round_.params
        if model_architecture(model) != bytes(federation.architecture_hash):
            raise ArchitectureMismatch(f"{model.title} is not of the federation's architecture")
        base = await self.member.base_model(federation)
        before = unflatten(to_float(base.values, params.frac_bits), parameter_spec(model))
        after = fitting(self.training.train(before, round_.number), model.start)
        scheme = Scheme(params.frac_bits, params.update_bits, params.qmax, params.max_norm_squared)
        return make_update(base.values, after, scheme)


async def join_foreign(
    federation: Federation,
    key: Keypair,
    *,
    stake: int,
    training: ForeignTraining,
    aggregates: bool = True,
) -> Membership:
    """Registers a key, stakes for it (token units), and has it train a foreign model.

    Raises what ``Federation.join`` raises.
    """
    member = federation.member(key)
    roles: list[Role] = [ForeignTrainer(member, training)]
    if aggregates:
        roles.append(Aggregator(member))
    roles.append(Answerer(member))
    membership = Membership(member, tuple(roles))
    await membership.register()
    await membership.deposit(stake)
    federation.members.append(membership)
    return membership


async def fetch_parameters(federation: Federation, model: ForeignModel) -> Arrays:
    """A federation's current parameters, checked against the root on chain.

    Raises:
        ArchitectureMismatch: the model is not the federation's.
    """
    values, account = await federation.model(), await federation.account()
    found = unflatten(to_float(values, account.params.frac_bits), parameter_spec(model))
    return dict(found)
