use crate::error::FedsolError;
use crate::events::{DemandAnswered, Recorded};
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct DemandAnswerArgs {
    /// The chunk's 256 bytes, where the path begins; empty to go on with one that was begun.
    pub chunk: Vec<u8>,
    /// Sibling records from the leaf up, 40 bytes each of an update and 32 of a model; a long path comes in several calls.
    pub siblings: Vec<u8>,
}

#[derive(Accounts)]
pub struct DemandAnswer<'info> {
    pub answerer: Signer<'info>,
    pub participant: Account<'info, Box<Participant>>,
    #[account(mut, dup)]
    pub round: Account<'info, Box<Round>>,
    #[account(
        mut,
        dup,
        has_one = round @ FedsolError::WrongChallenge,
        constraint = challenge.accused == participant.key() @ FedsolError::WrongChallenge
    )]
    pub challenge: Box<Account<'info, Challenge>>,
    /// The submission whose chunk this is; left out for the new model's and its selection's.
    #[account(constraint = submission.key() == challenge.target @ FedsolError::WrongSubmission)]
    pub submission: Option<Account<'info, Box<Submission>>>,
}

impl DemandAnswer<'_> {
    fn validate(&self, now: Now) -> Result<()> {
        require!(self.challenge.kind.is_demand(), FedsolError::WrongChallenge);
        let named = self.challenge.is_on_submission() == self.submission.is_some();
        require!(named, FedsolError::WrongSubmission);
        self.challenge.require_open(now)
    }

    /// Shows the chunk with its path; both stay in the account until the demand is closed. Whoever has the bytes may do it
    /// in one call, so that an author who is away is not lost; a path in pieces is the author's alone, or strangers could
    /// begin it anew for ever.
    #[access_control(ctx.accounts.validate(Now::read()?))]
    pub fn demand_answer(ctx: Context<Self>, args: DemandAnswerArgs) -> Result<()> {
        let now = Now::read()?;
        let (round, challenge) = (&mut ctx.accounts.round, &mut ctx.accounts.challenge);
        let (federation, round_address, address) = (round.federation, round.key(), challenge.key());
        let submission = ctx.accounts.submission.as_ref().map(|account| (account.key(), &***account));
        let part = match (challenge.kind, submission) {
            (ChallengeKind::SelectionUnavailable { .. }, _) => Part::Selection,
            (_, Some(_)) => Part::Update,
            (_, None) => Part::Posted,
        };
        if !args.chunk.is_empty() {
            challenge.begin(part, 0, submission, &args.chunk, 0)?;
        }
        let info = challenge.to_account_info();
        let mut data = info.try_borrow_mut_data()?;
        let tail = data.get_mut(Challenge::SPACE..).unwrap_or(&mut []);
        challenge.keep(&args.chunk, &args.siblings, tail)?;
        let begun_here = !args.chunk.is_empty();
        let arrived = challenge.climb(part, submission, &args.siblings)?.is_some();
        let author = ctx.accounts.answerer.key() == ctx.accounts.participant.owner;
        require!(author || (begun_here && arrived), FedsolError::NotOwner);
        if !arrived {
            return Ok(());
        }
        challenge.evidence = Evidence::Refutes;
        round.extend_challenge(now)?;
        let (participant, deadline) = (challenge.accused, round.deadline);
        round.emit(|seq| DemandAnswered {
            federation,
            round: round_address,
            seq,
            slot: now.slot,
            challenge: address,
            participant,
            deadline,
        })
    }
}
