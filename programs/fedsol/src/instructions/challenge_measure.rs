use crate::error::FedsolError;
use crate::events::{ChallengeMeasured, Recorded};
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct MeasureArgs {
    /// How many bytes came before these; zero begins anew.
    pub position: u32,
    /// The next bytes of the two updates: a chunk of the first, the same chunk of the second, and so on.
    pub bytes: Vec<u8>,
}

#[derive(Accounts)]
pub struct ChallengeMeasure<'info> {
    pub challenger: Signer<'info>,
    #[account(mut, dup, has_one = challenger @ FedsolError::NotOwner)]
    pub challenge: Box<Account<'info, Challenge>>,
    /// The two submissions, once all is read; left out before that.
    #[account(constraint = first.round == challenge.round @ FedsolError::WrongSubmission)]
    pub first: Option<Account<'info, Box<Submission>>>,
    #[account(constraint = second.round == challenge.round @ FedsolError::WrongSubmission)]
    pub second: Option<Account<'info, Box<Submission>>>,
}

impl ChallengeMeasure<'_> {
    fn validate(&self, now: Now) -> Result<()> {
        self.challenge.require_open(now)?;
        let asked = matches!(self.challenge.kind, ChallengeKind::WrongDistance { .. });
        require!(asked, FedsolError::EvidenceNotAsked);
        let both = self.first.is_some() == self.second.is_some();
        require!(both, FedsolError::WrongSubmission);
        Ok(())
    }

    /// Reads two whole updates in as many calls as it takes, and keeps their distance.
    #[access_control(ctx.accounts.validate(Now::read()?))]
    pub fn challenge_measure(ctx: Context<Self>, args: MeasureArgs) -> Result<()> {
        let accounts = ctx.accounts;
        let slot = Clock::get()?.slot;
        let challenge = &mut accounts.challenge;
        let address = challenge.key();
        let info = challenge.to_account_info();
        let mut data = info.try_borrow_mut_data()?;
        let tail = data.get_mut(Challenge::SPACE..).unwrap_or(&mut []);
        challenge.measure(args.position, &args.bytes, tail)?;
        if let (Some(first), Some(second)) = (accounts.first.as_deref(), accounts.second.as_deref()) {
            challenge.take_distance(first, second, tail)?;
        }
        let evidence = challenge.evidence;
        let Selected { position, distance, measured, .. } = *challenge.selected()?;
        challenge.emit(|seq| ChallengeMeasured {
            challenge: address,
            seq,
            slot,
            position,
            distance,
            measured,
            evidence,
        })
    }
}
