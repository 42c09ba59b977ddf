//! One event per transition, chained into the head of the account that it belongs to.
//!
//! `head' = sha256(head ‖ bytes)`, where `bytes` is what the log's `Program data:` line carries: discriminator
//! and Borsh. Heads start at zero, `seq` counts from 1, so a record cannot be edited or cut short unseen.

use crate::error::FedsolError;
use crate::hash;
use crate::state::{
    Challenge, ChallengeKind, Deadline, Evidence, Federation, Params, Part, Participant, Phase, Round,
    Selection, SubmissionStatus,
};
use anchor_lang::prelude::*;
use anchor_lang::solana_program::log::sol_log_data;

/// An account with a record of its own.
pub trait Recorded {
    /// Number of events so far, and the head.
    fn record(&mut self) -> (&mut u64, &mut [u8; 32]);

    /// Emits an event under the next number and chains it.
    fn emit<E: anchor_lang::Event>(&mut self, event: impl FnOnce(u64) -> E) -> Result<()> {
        let (seq, head) = self.record();
        *seq = seq.checked_add(1).ok_or(FedsolError::Overflow)?;
        let bytes = event(*seq).data();
        *head = hash::extend(head, &bytes);
        sol_log_data(&[&bytes]);
        Ok(())
    }
}

macro_rules! recorded {
    ($($account:ty),*) => {$(
        impl Recorded for $account {
            fn record(&mut self) -> (&mut u64, &mut [u8; 32]) {
                (&mut self.seq, &mut self.head)
            }
        }
    )*};
}
recorded!(Federation, Participant, Round, Challenge);

// Recorded in the federation.

#[event]
pub struct FederationCreated {
    pub federation: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub creator: Pubkey,
    pub stake_mint: Pubkey,
    pub reward_mint: Pubkey,
    pub architecture_hash: [u8; 32],
    pub agreement_hash: [u8; 32],
    pub model_root: [u8; 32],
    pub model_artifact: [u8; 32],
    pub parameter_count: u32,
    pub params: Params,
}

#[event]
pub struct FederationFunded {
    pub federation: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub funder: Pubkey,
    pub amount: u64,
    pub reward_available: u64,
}

#[event]
pub struct FederationPaused {
    pub federation: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub paused: bool,
}

#[event]
pub struct FederationClosed {
    pub federation: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub stake_returned: u64,
    pub reward_returned: u64,
    pub treasury_returned: u64,
}

#[event]
pub struct ParticipantClosed {
    pub federation: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub participant: Pubkey,
    pub participant_seq: u64,
    pub participant_head: [u8; 32],
}

#[event]
pub struct RoundOpened {
    pub federation: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub round: Pubkey,
    pub number: u64,
    pub base_model_root: [u8; 32],
    pub pool: u64,
    pub reward_available: u64,
    pub deadline: Deadline,
}

#[event]
pub struct RoundSettled {
    pub federation: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub round: Pubkey,
    pub number: u64,
    pub round_seq: u64,
    pub round_head: [u8; 32],
    pub model_root: [u8; 32],
    pub model_artifact: [u8; 32],
    pub revealed: u32,
    pub accepted: u32,
    pub planted: u32,
    pub share: u64,
    pub reward_owed: u64,
}

#[event]
pub struct RoundAborted {
    pub federation: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub round: Pubkey,
    pub number: u64,
    pub round_seq: u64,
    pub round_head: [u8; 32],
    pub revealed: u32,
    pub reward_available: u64,
}

#[event]
pub struct RoundClosed {
    pub federation: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub round: Pubkey,
    pub number: u64,
}

#[event]
pub struct ChallengeClosed {
    pub federation: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub challenge: Pubkey,
    pub paid: u64,
    pub to_treasury: u64,
    pub burned: u64,
}

// Recorded in the participant.

#[event]
pub struct ParticipantRegistered {
    pub federation: Pubkey,
    pub participant: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub owner: Pubkey,
    pub roles: u8,
    pub agreement: [u8; 32],
}

#[event]
pub struct StakeDeposited {
    pub federation: Pubkey,
    pub participant: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub amount: u64,
    pub stake: u64,
}

#[event]
pub struct StakeUnbonded {
    pub federation: Pubkey,
    pub participant: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub amount: u64,
    pub stake: u64,
    pub release: Deadline,
}

#[event]
pub struct StakeWithdrawn {
    pub federation: Pubkey,
    pub participant: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub amount: u64,
    pub stake: u64,
}

#[event]
pub struct RoundCommitted {
    pub federation: Pubkey,
    pub participant: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub round: Pubkey,
    pub commitment: [u8; 32],
    pub liability: u64,
}

#[event]
pub struct RoundShared {
    pub federation: Pubkey,
    pub participant: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub round: Pubkey,
    pub shares: [u8; 32],
}

#[event]
pub struct NoRevealFaulted {
    pub federation: Pubkey,
    pub participant: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub round: Pubkey,
    pub finder: Pubkey,
    pub slashed: u64,
    pub to_finder: u64,
    pub to_treasury: u64,
    pub burned: u64,
    pub stake: u64,
}

#[event]
pub struct RewardClaimed {
    pub federation: Pubkey,
    pub participant: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub round: Pubkey,
    pub amount: u64,
    pub released: u64,
}

#[event]
pub struct SubmissionClosed {
    pub federation: Pubkey,
    pub participant: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub round: Pubkey,
    pub released: u64,
}

#[event]
pub struct AuditArmed {
    pub federation: Pubkey,
    pub participant: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub commitment: [u8; 32],
}

#[event]
pub struct EvaluatorFaulted {
    pub federation: Pubkey,
    pub participant: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub round: Pubkey,
    pub finder: Pubkey,
    pub silent: bool,
    pub credits: u32,
    pub strikes: u32,
    pub missed: u32,
    pub slashed: u64,
    pub to_finder: u64,
    pub to_treasury: u64,
    pub burned: u64,
    pub released: u64,
    pub stake: u64,
}

#[event]
pub struct EvaluationClaimed {
    pub federation: Pubkey,
    pub participant: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub round: Pubkey,
    pub amount: u64,
    pub released: u64,
}

#[event]
pub struct EvaluationClosed {
    pub federation: Pubkey,
    pub participant: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub round: Pubkey,
    pub released: u64,
}

// Recorded in the round.

#[event]
pub struct RoundRevealed {
    pub federation: Pubkey,
    pub round: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub participant: Pubkey,
    pub participant_seq: u64,
    pub participant_head: [u8; 32],
    pub index: u32,
    pub weight: u32,
    pub root: [u8; 32],
    pub norm_squared: u64,
    pub artifact: [u8; 32],
    pub salt: [u8; 32],
}

#[event]
pub struct RoundAdvanced {
    pub federation: Pubkey,
    pub round: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub phase: Phase,
    pub deadline: Deadline,
    pub beacon: [u8; 32],
    pub chosen: u32,
}

#[event]
pub struct RoundAggregated {
    pub federation: Pubkey,
    pub round: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub participant: Pubkey,
    pub bond: u64,
    pub attempt: u32,
    pub new_model_root: [u8; 32],
    pub new_model_artifact: [u8; 32],
    pub selection: Option<Selection>,
}

#[event]
pub struct ScoreCommitted {
    pub federation: Pubkey,
    pub round: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub participant: Pubkey,
    pub commitment: [u8; 32],
    pub seat: u8,
    pub ticket: u64,
    pub weight: u64,
    pub liability: u64,
    pub displaced: Option<Pubkey>,
}

#[event]
pub struct ScoreRevealed {
    pub federation: Pubkey,
    pub round: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub participant: Pubkey,
    pub place: u8,
    pub scores: [u8; 32],
    pub salt: [u8; 32],
}

#[event]
pub struct AuditRevealed {
    pub federation: Pubkey,
    pub round: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub participant: Pubkey,
    pub secret: [u8; 32],
    pub seed: [u8; 32],
    pub amplitude: u16,
}

#[event]
pub struct SubmissionScored {
    pub federation: Pubkey,
    pub round: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub participant: Pubkey,
    pub score: u16,
    pub status: SubmissionStatus,
}

#[event]
pub struct RoundObjected {
    pub federation: Pubkey,
    pub round: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub participant: Pubkey,
    pub attempt: u32,
    pub objections: u32,
    pub accepted: u32,
    pub falls: bool,
}

#[event]
pub struct ChallengeOpened {
    pub federation: Pubkey,
    pub round: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub challenge: Pubkey,
    pub kind: ChallengeKind,
    pub target: Pubkey,
    pub accused: Pubkey,
    pub challenger: Pubkey,
    pub bond: u64,
    pub attempt: u32,
    pub deadline: Deadline,
}

#[event]
pub struct DemandAnswered {
    pub federation: Pubkey,
    pub round: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub challenge: Pubkey,
    pub participant: Pubkey,
    pub deadline: Deadline,
}

#[event]
pub struct ChallengeResolved {
    pub federation: Pubkey,
    pub round: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub challenge: Pubkey,
    pub challenge_seq: u64,
    pub challenge_head: [u8; 32],
    pub accused: Pubkey,
    pub proven: bool,
    pub attempt: u32,
    pub slashed: u64,
    pub to_finder: u64,
    pub to_treasury: u64,
    pub burned: u64,
    pub stake: u64,
}

#[event]
pub struct ChallengeExpired {
    pub federation: Pubkey,
    pub round: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub challenge: Pubkey,
    pub challenge_seq: u64,
    pub challenge_head: [u8; 32],
    pub accused: Pubkey,
    pub returned: u64,
    pub to_accused: u64,
    pub to_treasury: u64,
    pub burned: u64,
}

// Recorded in the challenge.

#[event]
pub struct ChallengeAppended {
    pub challenge: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub part: Part,
    pub submission: Option<Pubkey>,
    pub complete: bool,
    pub have: u32,
    pub evidence: Evidence,
}

#[event]
pub struct ChallengeMeasured {
    pub challenge: Pubkey,
    pub seq: u64,
    pub slot: u64,
    pub position: u32,
    pub distance: u64,
    pub measured: Option<u64>,
    pub evidence: Evidence,
}
