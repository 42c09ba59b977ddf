use crate::error::FedsolError;
use crate::events::{ParticipantClosed, Recorded};
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct ParticipantClose<'info> {
    #[account(mut)]
    pub owner: Signer<'info>,
    #[account(mut)]
    pub federation: Box<Account<'info, Federation>>,
    #[account(
        mut,
        close = owner,
        has_one = owner @ FedsolError::NotOwner,
        has_one = federation @ FedsolError::WrongFederation
    )]
    pub participant: Box<Account<'info, Participant>>,
}

impl ParticipantClose<'_> {
    fn validate(&self) -> Result<()> {
        let idle = self.participant.is_idle()? && !self.participant.listed;
        require!(idle, FedsolError::ParticipantInUse);
        Ok(())
    }

    #[access_control(ctx.accounts.validate())]
    pub fn participant_close(ctx: Context<Self>) -> Result<()> {
        let slot = Clock::get()?.slot;
        let participant = &ctx.accounts.participant;
        let (address, participant_seq, participant_head) =
            (participant.key(), participant.seq, participant.head);
        let federation = &mut ctx.accounts.federation;
        let federation_address = federation.key();
        federation.participants = federation.participants.minus(1)?;
        federation.emit(|seq| ParticipantClosed {
            federation: federation_address,
            seq,
            slot,
            participant: address,
            participant_seq,
            participant_head,
        })
    }
}
