//! First seed of every account that the program owns.

use anchor_lang::prelude::*;

#[constant]
pub const FEDERATION_SEED: &[u8] = b"federation";
#[constant]
pub const STAKE_VAULT_SEED: &[u8] = b"stake";
#[constant]
pub const REWARD_VAULT_SEED: &[u8] = b"reward";
#[constant]
pub const TREASURY_VAULT_SEED: &[u8] = b"treasury";
#[constant]
pub const PARTICIPANT_SEED: &[u8] = b"participant";
#[constant]
pub const ROUND_SEED: &[u8] = b"round";
#[constant]
pub const SUBMISSION_SEED: &[u8] = b"submission";
#[constant]
pub const EVALUATION_SEED: &[u8] = b"evaluation";
#[constant]
pub const CHALLENGE_SEED: &[u8] = b"challenge";
