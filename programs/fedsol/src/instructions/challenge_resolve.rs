use crate::error::FedsolError;
use crate::events::{ChallengeResolved, Recorded};
use crate::math::Checked;
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct ChallengeResolve<'info> {
    #[account(mut, dup)]
    pub federation: Account<'info, Box<Federation>>,
    #[account(mut, dup, has_one = federation @ FedsolError::WrongFederation)]
    pub round: Account<'info, Box<Round>>,
    #[account(mut, dup, has_one = round @ FedsolError::WrongChallenge)]
    pub challenge: Box<Account<'info, Challenge>>,
    #[account(
        mut,
        has_one = federation @ FedsolError::WrongFederation,
        constraint = accused.key() == challenge.accused @ FedsolError::WrongChallenge
    )]
    pub accused: Account<'info, Box<Participant>>,
    /// The submission that is challenged; left out for an aggregate.
    #[account(mut, dup, constraint = submission.key() == challenge.target @ FedsolError::WrongSubmission)]
    pub submission: Option<Account<'info, Box<Submission>>>,
    /// The submission of which the challenged one is a copy.
    #[account(has_one = round @ FedsolError::WrongSubmission)]
    pub original: Option<Account<'info, Box<Submission>>>,
    /// Whose aggregate falls with the submission; needed when that is not the accused.
    #[account(mut, constraint = aggregator.key() == round.aggregator @ FedsolError::WrongAggregator)]
    pub aggregator: Option<Account<'info, Box<Participant>>>,
    /// The last of the list of aggregators; needed when the accused leaves the list from its middle, unless it is
    /// passed as aggregator.
    #[account(mut, has_one = federation @ FedsolError::WrongFederation)]
    pub last_aggregator: Option<Account<'info, Box<Participant>>>,
}

impl ChallengeResolve<'_> {
    fn validate(&self) -> Result<()> {
        self.challenge.require_undecided()?;
        let named = self.challenge.is_on_submission() == self.submission.is_some();
        require!(named, FedsolError::WrongSubmission);
        let moot = self.challenge.is_moot(&self.round, self.submission.as_ref().map(|s| &***s));
        require!(!moot, FedsolError::ChallengeMoot);
        Ok(())
    }

    /// The program decides, by arithmetic alone; `challenge_close` moves the tokens. Anyone may call it.
    #[access_control(ctx.accounts.validate())]
    pub fn challenge_resolve(ctx: Context<Self>) -> Result<()> {
        let accounts = ctx.accounts;
        let now = Now::read()?;
        let proven = accounts.verdict(now)?;
        let (verdict, slash, payout) = if proven {
            let (slash, payout) = accounts.convict(now)?;
            (Verdict::Convicted, slash, payout)
        } else {
            (Verdict::Acquitted, accounts.acquit()?, 0)
        };
        accounts.challenge.decide(verdict, payout, &slash);
        accounts.round.end_dispute()?;
        if let Some(submission) = accounts.submission.as_mut() {
            submission.disputes = submission.disputes.saturating_sub(1);
        }
        accounts.emit_resolved(proven, &slash, now.slot)
    }

    /// Whether the fault is proved; an error while that is open.
    fn verdict(&self, now: Now) -> Result<bool> {
        let challenge = &self.challenge;
        match challenge.kind {
            ChallengeKind::WrongAggregate { .. }
            | ChallengeKind::WrongWeights
            | ChallengeKind::WrongSelection { .. } => {
                let info = challenge.to_account_info();
                let data = info.try_borrow_data()?;
                challenge.judge(&self.round.params, data.get(Challenge::SPACE..).unwrap_or(&[]))
            }
            ChallengeKind::LyingNorm { .. }
            | ChallengeKind::FalsePlant { .. }
            | ChallengeKind::WrongDistance { .. } => match challenge.evidence {
                Evidence::Incomplete => err!(FedsolError::EvidenceMissing),
                evidence => Ok(evidence == Evidence::Proves),
            },
            ChallengeKind::CopiedUpdate => {
                let copy = self.submission.as_ref().ok_or(FedsolError::EvidenceMissing)?;
                let original = self.original.as_ref().ok_or(FedsolError::EvidenceMissing)?;
                let copied = original.revealed && original.node() == copy.node() && original.is_before(copy);
                require!(copied, FedsolError::NotACopy);
                Ok(true)
            }
            ChallengeKind::Unavailable { .. } | ChallengeKind::SelectionUnavailable { .. } => {
                let shown = challenge.evidence == Evidence::Refutes;
                require!(shown || challenge.deadline.passed(now), FedsolError::DeadlineNotPassed);
                Ok(!shown)
            }
        }
    }

    /// Books a proved fault: the accused loses, the challenger wins, what was posted falls. Returns the slash, and what
    /// the challenger gets.
    fn convict(&mut self, now: Now) -> Result<(Slash, u64)> {
        let (ledger, round, person) = (&mut self.federation, &mut self.round, &mut self.accused);
        let (rates, split) = (round.params.slash_rates, round.params.slash_split);
        let mut taken = Taken::default();
        let (mut falls, aggregator, bond) = (true, round.aggregator, round.bond);
        match self.submission.as_mut() {
            Some(submission) => falls = round.fault(submission, now)?,
            None => {
                taken = person.lose_bond(bond)?;
                person.barred_round = round.number;
            }
        }
        let fine = person.fine(round.number, rates.fraud_bps, rates.round_cap_bps)?;
        taken = taken.and(person.slash(fine)?)?;
        let slash = Slash::of(taken.total()?, split)?;
        ledger.book_dispute(taken)?;
        person.offences = person.offences.plus(1)?;
        let mut other = self.aggregator.as_deref_mut();
        if falls && self.submission.is_some() {
            // Nobody is blamed for having counted what only now turned out to be faulty.
            ledger.book_bond_returned(bond)?;
            match other.as_mut() {
                _ if person.key() == aggregator => person.return_bond(bond)?,
                Some(poster) => {
                    poster.return_bond(bond)?;
                    list_aggregator(ledger, poster, now.slot)?;
                }
                None => return err!(FedsolError::WrongAggregator),
            }
        }
        let last = self.last_aggregator.as_deref_mut().or(other).map(|account| &mut **account);
        unlist_aggregator(ledger, person, last, now.slot)?;
        if falls {
            round.reopen(now)?;
        }
        Ok((slash, self.challenge.bond.plus(slash.to_finder)?))
    }

    /// Books a claim that was wrong, or a chunk that was shown: the bond is divided, the accused gets the finder's part.
    fn acquit(&mut self) -> Result<Slash> {
        let split = self.round.params.slash_split;
        forfeit_bond(&mut self.federation, &mut self.accused, self.challenge.bond, split)
    }

    fn emit_resolved(&mut self, proven: bool, slash: &Slash, slot: u64) -> Result<()> {
        let (round, challenge) = (&mut self.round, &self.challenge);
        let (federation, address, attempt) = (round.federation, round.key(), round.attempt);
        let stake = self.accused.stake;
        round.emit(|seq| ChallengeResolved {
            federation,
            round: address,
            seq,
            slot,
            challenge: challenge.key(),
            challenge_seq: challenge.seq,
            challenge_head: challenge.head,
            accused: challenge.accused,
            proven,
            attempt,
            slashed: slash.total,
            to_finder: slash.to_finder,
            to_treasury: slash.to_treasury,
            burned: slash.burned,
            stake,
        })
    }
}

/// Divides a challenger's bond: the accused gets the finder's part into its stake.
pub fn forfeit_bond(
    ledger: &mut Federation,
    accused: &mut Participant,
    bond: u64,
    split: SlashSplit,
) -> Result<Slash> {
    let slash = Slash::of(bond, split)?;
    ledger.book_bond_returned(slash.to_finder)?;
    accused.stake = accused.stake.plus(slash.to_finder)?;
    Ok(slash)
}
