use crate::error::FedsolError;
use crate::events::{Recorded, RoundObjected};
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct RoundObject<'info> {
    pub owner: Signer<'info>,
    #[account(mut, dup)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(mut, dup, has_one = federation @ FedsolError::WrongFederation)]
    pub round: Account<'info, Box<Round>>,
    #[account(
        has_one = owner @ FedsolError::NotOwner,
        has_one = federation @ FedsolError::WrongFederation
    )]
    pub participant: Account<'info, Box<Participant>>,
    #[account(
        has_one = round @ FedsolError::WrongSubmission,
        has_one = participant @ FedsolError::WrongSubmission
    )]
    pub submission: Account<'info, Box<Submission>>,
    /// Who posted the aggregate; may be the one that objects.
    #[account(mut, dup, constraint = aggregator.key() == round.aggregator @ FedsolError::WrongAggregator)]
    pub aggregator: Account<'info, Box<Participant>>,
}

impl RoundObject<'_> {
    /// A member says that the aggregate is not the sum of the masked updates, or that what took the masks off cannot be had.
    pub fn round_object(ctx: Context<Self>) -> Result<()> {
        let accounts = ctx.accounts;
        let now = Now::read()?;
        let round = &mut accounts.round;
        let attempt = round.attempt;
        let falls = round.object(&accounts.submission, now)?;
        let (objections, accepted) = (round.objections(), round.accepted);
        if falls {
            accounts.drop_aggregate(now)?;
        }
        let round = &mut accounts.round;
        let (federation, address) = (round.federation, round.key());
        let participant = accounts.participant.key();
        round.emit(|seq| RoundObjected {
            federation,
            round: address,
            seq,
            slot: now.slot,
            participant,
            attempt,
            objections,
            accepted,
            falls,
        })
    }

    /// The bond goes home: a majority is no proof. Whoever posted it posts no other in this round.
    fn drop_aggregate(&mut self, now: Now) -> Result<()> {
        let (ledger, round, poster) = (&mut self.federation, &mut self.round, &mut self.aggregator);
        ledger.book_bond_returned(round.bond)?;
        poster.return_bond(round.bond)?;
        poster.barred_round = round.number;
        list_aggregator(ledger, poster, now.slot)?;
        round.reopen(now)
    }
}
