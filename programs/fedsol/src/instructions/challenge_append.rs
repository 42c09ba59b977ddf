use crate::error::FedsolError;
use crate::events::{ChallengeAppended, Recorded};
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct EvidenceArgs {
    /// What the path belongs to.
    pub part: Part,
    /// Of a selection: which of the chunks that are asked for; zero elsewhere.
    pub place: u32,
    /// The chunk's 256 bytes, where the path begins; empty to go on with one that was begun.
    pub chunk: Vec<u8>,
    /// The leaf's sum as its author hashed it; counts for a lying norm alone.
    pub declared: u64,
    /// Sibling records from the leaf up, 40 bytes each of an update and 32 of a model; a long path comes in several calls.
    pub siblings: Vec<u8>,
}

#[derive(Accounts)]
pub struct ChallengeAppend<'info> {
    pub challenger: Signer<'info>,
    #[account(mut, dup, has_one = challenger @ FedsolError::NotOwner)]
    pub challenge: Box<Account<'info, Challenge>>,
    /// The submission whose chunk this is; left out for a model's. With weights: one that has a weight and is not accepted.
    #[account(constraint = submission.round == challenge.round @ FedsolError::WrongSubmission)]
    pub submission: Option<Account<'info, Box<Submission>>>,
}

impl ChallengeAppend<'_> {
    fn validate(&self, now: Now) -> Result<()> {
        require!(!self.challenge.kind.is_demand(), FedsolError::UseDemand);
        self.challenge.require_open(now)?;
        let Some(submission) = self.submission.as_ref() else {
            return Ok(());
        };
        match self.challenge.kind {
            // Only what counts in the aggregate is evidence about it.
            ChallengeKind::WrongAggregate { .. } => {
                let accepted = submission.status == SubmissionStatus::Revealed;
                require!(accepted, FedsolError::WrongSubmissionStatus);
            }
            // Any of the round's; what it must be is the evidence.
            ChallengeKind::WrongWeights => {}
            _ => require_keys_eq!(submission.key(), self.challenge.target, FedsolError::WrongSubmission),
        }
        Ok(())
    }

    /// Evidence comes in any order, in as many calls as it needs.
    #[access_control(ctx.accounts.validate(Now::read()?))]
    pub fn challenge_append(ctx: Context<Self>, args: EvidenceArgs) -> Result<()> {
        let slot = Clock::get()?.slot;
        let challenge = &mut ctx.accounts.challenge;
        let address = challenge.key();
        let submission = ctx.accounts.submission.as_ref().map(|account| (account.key(), &***account));
        if !args.chunk.is_empty() {
            challenge.begin(args.part, args.place, submission, &args.chunk, args.declared)?;
        }
        let arrived = challenge.climb(args.part, submission, &args.siblings)?;
        if let Some(ascent) = arrived {
            let info = challenge.to_account_info();
            let mut data = info.try_borrow_mut_data()?;
            let tail = data.get_mut(Challenge::SPACE..).unwrap_or(&mut []);
            let update = submission.map(|(_, update)| update);
            match args.part {
                Part::Selection => challenge.take_selection(args.place, &args.chunk, update, tail)?,
                _ => challenge.take(ascent, update, tail)?,
            }
        }
        // A selection's chunk and path always fit one call, and only there is the chunk at hand.
        require!(arrived.is_some() || args.part != Part::Selection, FedsolError::ProofMalformed);
        let (part, have, evidence) = (args.part, challenge.have, challenge.evidence);
        let (complete, submission) = (arrived.is_some(), submission.map(|(key, _)| key));
        challenge.emit(|seq| ChallengeAppended {
            challenge: address,
            seq,
            slot,
            part,
            submission,
            complete,
            have,
            evidence,
        })
    }
}
