use crate::error::FedsolError;
use crate::events::{ParticipantRegistered, Recorded};
use crate::math::Checked;
use crate::seeds::*;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct ParticipantRegisterArgs {
    /// Hash of the agreement that the owner signs with this transaction.
    pub agreement: [u8; 32],
    /// Role bits: trainer 1, evaluator 2, aggregator 4.
    pub roles: u8,
}

#[derive(Accounts)]
pub struct ParticipantRegister<'info> {
    #[account(mut)]
    pub owner: Signer<'info>,
    #[account(mut, dup)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(
        init,
        payer = owner,
        space = Participant::SPACE,
        seeds = [PARTICIPANT_SEED, federation.key().as_ref(), owner.key().as_ref()],
        bump
    )]
    pub participant: Account<'info, Box<Participant>>,
    pub system_program: Program<'info, System>,
}

impl ParticipantRegister<'_> {
    fn validate(&self, args: &ParticipantRegisterArgs) -> Result<()> {
        self.federation.require_open()?;
        require!(args.agreement == self.federation.agreement_hash, FedsolError::AgreementMismatch);
        require!((1..=ROLES_ALL).contains(&args.roles), FedsolError::RolesInvalid);
        Ok(())
    }

    #[access_control(ctx.accounts.validate(&args))]
    pub fn participant_register(ctx: Context<Self>, args: ParticipantRegisterArgs) -> Result<()> {
        let slot = Clock::get()?.slot;
        let (federation, owner) = (ctx.accounts.federation.key(), ctx.accounts.owner.key());
        let people = ctx.accounts.federation.participants.plus(1)?;
        ctx.accounts.federation.participants = people;
        let participant = &mut ctx.accounts.participant;
        let address = participant.key();
        participant.version = ACCOUNT_VERSION;
        participant.bump = ctx.bumps.participant;
        participant.roles = args.roles;
        participant.federation = federation;
        participant.owner = owner;
        participant.agreement = args.agreement;
        participant.emit(|seq| ParticipantRegistered {
            federation,
            participant: address,
            seq,
            slot,
            owner,
            roles: args.roles,
            agreement: args.agreement,
        })
    }
}
