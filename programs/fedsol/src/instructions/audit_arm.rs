use crate::error::FedsolError;
use crate::events::{AuditArmed, Recorded};
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct AuditArm<'info> {
    pub owner: Signer<'info>,
    pub federation: Account<'info, Box<Federation>>,
    #[account(
        mut,
        dup,
        has_one = owner @ FedsolError::NotOwner,
        has_one = federation @ FedsolError::WrongFederation
    )]
    pub participant: Account<'info, Box<Participant>>,
}

impl AuditArm<'_> {
    fn validate(&self) -> Result<()> {
        self.federation.require_open()?;
        self.participant.require_role(ROLE_TRAINER)
    }

    /// Binds a trainer to a secret; a later beacon picks, by that secret, whether it may plant an audit update.
    #[access_control(ctx.accounts.validate())]
    pub fn audit_arm(ctx: Context<Self>, commitment: [u8; 32]) -> Result<()> {
        let slot = Clock::get()?.slot;
        let person = &mut ctx.accounts.participant;
        person.audit_commitment = commitment;
        person.audit_slot = slot;
        let (federation, participant) = (person.federation, person.key());
        person.emit(|seq| AuditArmed { federation, participant, seq, slot, commitment })
    }
}
