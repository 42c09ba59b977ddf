use crate::error::FedsolError;
use crate::events::{AuditRevealed, Recorded};
use crate::hash;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct AuditRevealArgs {
    /// What the trainer armed itself with.
    pub secret: [u8; 32],
    /// How large the noise was made.
    pub amplitude: u16,
}

#[derive(Accounts)]
pub struct AuditReveal<'info> {
    pub owner: Signer<'info>,
    pub federation: Account<'info, Box<Federation>>,
    #[account(mut, dup, has_one = federation @ FedsolError::WrongFederation)]
    pub round: Account<'info, Box<Round>>,
    #[account(
        mut,
        dup,
        has_one = owner @ FedsolError::NotOwner,
        has_one = federation @ FedsolError::WrongFederation
    )]
    pub participant: Account<'info, Box<Participant>>,
    #[account(
        mut,
        dup,
        has_one = round @ FedsolError::WrongSubmission,
        has_one = participant @ FedsolError::WrongSubmission
    )]
    pub submission: Account<'info, Box<Submission>>,
}

impl AuditReveal<'_> {
    fn validate(&self, args: &AuditRevealArgs, now: Now) -> Result<()> {
        let (round, person) = (&self.round, &self.participant);
        round.require_during(Phase::Tally, now)?;
        let shown = self.submission.status == SubmissionStatus::Revealed;
        require!(shown, FedsolError::WrongSubmissionStatus);
        let expected = hash::audit_commitment(
            &self.federation.genesis,
            &person.federation,
            &self.submission.participant,
            &args.secret,
        );
        require!(person.audit_commitment == expected, FedsolError::AuditMismatch);
        require!(person.audit_slot < round.parent_beacon_slot, FedsolError::AuditTooFresh);
        let one_in = round.params.scoring.audit_one_in;
        let picked = hash::may_plant(&round.parent_beacon, &args.secret, one_in);
        require!(picked, FedsolError::AuditNotPicked);
        Ok(())
    }

    /// Tells, after all scores are shown, that a submission was noise. The noise can be challenged.
    #[access_control(ctx.accounts.validate(&args, Now::read()?))]
    pub fn audit_reveal(ctx: Context<Self>, args: AuditRevealArgs) -> Result<()> {
        let slot = Clock::get()?.slot;
        let (round, person) = (&mut ctx.accounts.round, &mut ctx.accounts.participant);
        let submission = &mut ctx.accounts.submission;
        let (address, participant, federation) = (round.key(), person.key(), round.federation);
        round.plant(submission)?;
        submission.plant_seed = hash::extend(&args.secret, address.as_ref());
        submission.plant_amplitude = args.amplitude;
        person.audit_commitment = [0; 32];
        let (secret, amplitude, seed) = (args.secret, args.amplitude, submission.plant_seed);
        round.emit(|seq| AuditRevealed {
            federation,
            round: address,
            seq,
            slot,
            participant,
            secret,
            seed,
            amplitude,
        })
    }
}
