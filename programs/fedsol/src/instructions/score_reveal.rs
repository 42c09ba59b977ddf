use crate::error::FedsolError;
use crate::events::{Recorded, ScoreRevealed};
use crate::hash::{self, Place};
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;
use solana_sha256_hasher::hash as sha256;

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct ScoreRevealArgs {
    /// Index of the submission from which these scores go on.
    pub from: u32,
    /// Scores in basis points.
    pub scores: Vec<u16>,
    /// With the last of them: 32 random bytes that hid the whole.
    pub salt: Option<[u8; 32]>,
}

#[derive(Accounts)]
pub struct ScoreReveal<'info> {
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
        has_one = round @ FedsolError::WrongEvaluation,
        has_one = participant @ FedsolError::WrongEvaluation
    )]
    pub evaluation: Account<'info, Box<Evaluation>>,
}

impl ScoreReveal<'_> {
    fn validate(&self, args: &ScoreRevealArgs, now: Now) -> Result<()> {
        self.round.require_during(Phase::ScoreReveal, now)?;
        let committed = self.evaluation.status == EvaluationStatus::Committed;
        require!(committed, FedsolError::WrongEvaluationStatus);
        let bounded = args.scores.iter().all(|score| *score <= SCORE_MAX);
        require!(bounded, FedsolError::ScoresOutOfRange);
        Ok(())
    }

    /// Scores of large rounds come in several calls, in any order; the last one brings the salt.
    #[access_control(ctx.accounts.validate(&args, Now::read()?))]
    pub fn score_reveal(ctx: Context<Self>, args: ScoreRevealArgs) -> Result<()> {
        let accounts = ctx.accounts;
        let evaluation = accounts.evaluation.to_account_info();
        Evaluation::write_scores(&mut evaluation.try_borrow_mut_data()?, args.from, &args.scores)?;
        match args.salt {
            Some(salt) => accounts.finish(&salt),
            None => Ok(()),
        }
    }

    fn finish(&mut self, salt: &[u8; 32]) -> Result<()> {
        let slot = Clock::get()?.slot;
        let (round, person, evaluation) = (&mut self.round, &mut self.participant, &mut self.evaluation);
        let (address, participant, federation) = (round.key(), person.key(), round.federation);
        let place = Place {
            genesis: &self.federation.genesis,
            federation: &federation,
            round: round.number,
            participant: &participant,
        };
        let info = evaluation.to_account_info();
        let data = info.try_borrow_data()?;
        let scores = Evaluation::scores(&data);
        let expected = hash::scores_commitment(&place, scores, salt);
        require!(evaluation.commitment == expected, FedsolError::CommitmentMismatch);
        evaluation.status = EvaluationStatus::Revealed;
        evaluation.place = round.count_score_reveal()?;
        person.unlock(evaluation.liability)?;
        person.evaluated = person.evaluated.plus(1)?;
        evaluation.liability = 0;
        let (place, scores) = (evaluation.place, sha256(scores).to_bytes());
        let salt = *salt;
        round.emit(|seq| ScoreRevealed {
            federation,
            round: address,
            seq,
            slot,
            participant,
            place,
            scores,
            salt,
        })
    }
}
