use crate::error::FedsolError;
use crate::events::{FederationPaused, Recorded};
use crate::state::*;
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct FederationPause<'info> {
    pub creator: Signer<'info>,
    #[account(mut, dup, has_one = creator @ FedsolError::NotCreator)]
    pub federation: Account<'info, Box<Federation>>,
}

impl FederationPause<'_> {
    /// A pause stops registering, depositing, opening and committing. Nothing that leads out asks for it.
    pub fn federation_pause(ctx: Context<Self>, paused: bool) -> Result<()> {
        let (address, slot) = (ctx.accounts.federation.key(), Clock::get()?.slot);
        let federation = &mut ctx.accounts.federation;
        federation.paused = paused;
        federation.emit(|seq| FederationPaused { federation: address, seq, slot, paused })
    }
}
