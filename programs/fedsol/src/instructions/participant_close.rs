use crate::error::FedsolError;
use crate::events::{ParticipantClosed, Recorded};
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct ParticipantClose<'info> {
    pub closer: Signer<'info>,
    #[account(mut, dup)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(
        mut,
        dup,
        close = owner,
        has_one = owner @ FedsolError::NotOwner,
        has_one = federation @ FedsolError::WrongFederation
    )]
    pub participant: Account<'info, Box<Participant>>,
    /// CHECK: the participant's owner, who paid the rent and gets it back; need not sign.
    #[account(mut)]
    pub owner: UncheckedAccount<'info>,
}

impl ParticipantClose<'_> {
    fn validate(&self) -> Result<()> {
        // A paused federation can be wound up: nobody can block that with an empty participant.
        let allowed = self.closer.key() == self.participant.owner || self.federation.paused;
        require!(allowed, FedsolError::CloserNotAllowed);
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
