use crate::error::FedsolError;
use crate::events::{Recorded, ScoreCommitted};
use crate::hash;
use crate::math::Checked;
use crate::seeds::*;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct ScoreCommit<'info> {
    #[account(mut)]
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
        init,
        payer = owner,
        space = Evaluation::space(round.revealed),
        seeds = [EVALUATION_SEED, round.key().as_ref(), participant.key().as_ref()],
        bump
    )]
    pub evaluation: Account<'info, Box<Evaluation>>,
    /// Whoever holds the highest ticket; needed when all seats are taken.
    #[account(mut, has_one = round @ FedsolError::WrongEvaluation)]
    pub displaced: Option<Account<'info, Box<Evaluation>>>,
    pub system_program: Program<'info, System>,
}

impl ScoreCommit<'_> {
    fn validate(&self, now: Now) -> Result<()> {
        // Also while the federation is paused: that closes entry, it must not end a running round.
        self.participant.require_role(ROLE_EVALUATOR)?;
        self.round.require_during(Phase::Score, now)?;
        require!(self.round.drawn, FedsolError::BeaconNotDrawn);
        // Whoever came after the beacon could have picked its address to get a low ticket.
        let early = self.participant.stake_slot < self.round.beacon_slot;
        require!(early, FedsolError::StakeTooFresh);
        Ok(())
    }

    #[access_control(ctx.accounts.validate(Now::read()?))]
    pub fn score_commit(ctx: Context<Self>, commitment: [u8; 32]) -> Result<()> {
        let accounts = ctx.accounts;
        let slot = Clock::get()?.slot;
        let (round, person) = (&mut accounts.round, &mut accounts.participant);
        let (address, participant) = (round.key(), person.key());
        let ticket = hash::ticket(&round.beacon, &participant);
        let (seat, taken) = round.seat(ticket)?;
        if taken {
            let other = accounts.displaced.as_mut().ok_or(FedsolError::WrongEvaluation)?;
            let sits = other.seat == seat && other.status == EvaluationStatus::Committed;
            require!(sits, FedsolError::WrongEvaluation);
            other.status = EvaluationStatus::Displaced;
        }
        round.evaluations = round.evaluations.plus(1)?;
        let liability = round.params.min_stake;
        person.lock(liability)?;
        person.duties = person.duties.plus(1)?;
        let evaluation = &mut accounts.evaluation;
        evaluation.version = ACCOUNT_VERSION;
        evaluation.bump = ctx.bumps.evaluation;
        evaluation.status = EvaluationStatus::Committed;
        evaluation.seat = seat;
        evaluation.round = address;
        evaluation.participant = participant;
        evaluation.commitment = commitment;
        evaluation.ticket = ticket;
        evaluation.weight = person.stake;
        evaluation.liability = liability;
        let (federation, weight) = (round.federation, person.stake);
        let displaced = accounts.displaced.as_ref().filter(|_| taken).map(|other| other.participant);
        round.emit(|seq| ScoreCommitted {
            federation,
            round: address,
            seq,
            slot,
            participant,
            commitment,
            seat,
            ticket,
            weight,
            liability,
            displaced,
        })
    }
}
