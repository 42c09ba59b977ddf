use crate::error::FedsolError;
use crate::events::{Recorded, SubmissionScored};
use crate::state::*;
use anchor_lang::prelude::*;

/// Every evaluation that was shown follows these accounts, writable, in the order of its place.
#[derive(Accounts)]
pub struct SubmissionScore<'info> {
    #[account(mut, dup)]
    pub round: Account<'info, Box<Round>>,
    #[account(mut, dup, has_one = round @ FedsolError::WrongSubmission)]
    pub submission: Account<'info, Box<Submission>>,
}

impl SubmissionScore<'_> {
    fn validate(&self, now: Now) -> Result<()> {
        require!(self.round.phase == Phase::Tally, FedsolError::WrongPhase);
        // Plants are revealed before anything is scored.
        require!(self.round.deadline.passed(now), FedsolError::DeadlineNotPassed);
        let waits = self.submission.is_standing() && !self.submission.scored;
        require!(waits, FedsolError::WrongSubmissionStatus);
        Ok(())
    }

    #[access_control(ctx.accounts.validate(Now::read()?))]
    pub fn submission_score<'info>(ctx: Context<'info, SubmissionScore<'info>>) -> Result<()> {
        let slot = Clock::get()?.slot;
        let evaluations = ctx.remaining_accounts;
        let (round, submission) = (&mut ctx.accounts.round, &mut ctx.accounts.submission);
        let address = round.key();
        let complete = evaluations.len() == usize::from(round.score_reveals);
        require!(complete, FedsolError::EvaluationsMissing);
        let mut votes = Vec::with_capacity(evaluations.len());
        for (place, info) in (0u8..).zip(evaluations) {
            votes.push(read_vote(info, place, &address, submission.index)?);
        }
        round.score(submission, &mut votes)?;
        let planted = submission.status == SubmissionStatus::Planted;
        for (vote, info) in votes.iter().zip(evaluations) {
            book(info, vote.within, planted)?;
        }
        let (federation, participant) = (round.federation, submission.participant);
        let (score, status) = (submission.score, submission.status);
        round.emit(|seq| SubmissionScored {
            federation,
            round: address,
            seq,
            slot,
            participant,
            score,
            status,
        })
    }
}

/// The vote on one submission of the evaluation that was shown as number `place` of the round.
fn read_vote(info: &AccountInfo, place: u8, round: &Pubkey, index: u32) -> Result<Vote> {
    require_keys_eq!(*info.owner, crate::ID, FedsolError::EvaluationsMissing);
    require!(info.is_writable, FedsolError::EvaluationsMissing);
    let data = info.try_borrow_data()?;
    let evaluation = Box::<Evaluation>::try_deserialize(&mut data.as_ref())?;
    let fits = evaluation.round == *round
        && evaluation.status == EvaluationStatus::Revealed
        && evaluation.place == place;
    require!(fits, FedsolError::EvaluationsMissing);
    let score = Evaluation::score_of(&data, index).ok_or(FedsolError::ScoresOutOfRange)?;
    let (participant, weight) = (evaluation.participant, evaluation.weight);
    Ok(Vote { participant, score, weight, within: None })
}

fn book(info: &AccountInfo, within: Option<bool>, planted: bool) -> Result<()> {
    let mut data = info.try_borrow_mut_data()?;
    let mut evaluation = Box::<Evaluation>::try_deserialize(&mut data.as_ref())?;
    evaluation.book(within, planted)?;
    evaluation.try_serialize(&mut &mut data[..])
}
