//! What the program hashes: commitments, the beacon and the audit head.

use anchor_lang::prelude::*;
use solana_sha256_hasher::hashv;

/// First bytes of every commitment: no hash made for another purpose can be one.
pub const COMMITMENT_DOMAIN: &[u8] = b"fedsol:commit:v1";

/// What a trainer binds itself to before anybody sees its update.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Update {
    /// Root hash of the update's Merkle sum tree.
    pub root: [u8; 32],
    /// The root's sum: Σ q² over the whole update.
    pub norm_squared: u64,
    /// SHA-256 of the stored bytes.
    pub artifact: [u8; 32],
}

/// The place that a commitment is made for; it is worthless anywhere else.
pub struct Place<'a> {
    pub genesis: &'a [u8; 32],
    pub federation: &'a Pubkey,
    pub round: u64,
    pub participant: &'a Pubkey,
}

/// `sha256(domain ‖ program ‖ genesis ‖ federation ‖ le64(round) ‖ participant ‖ root ‖ le64(s) ‖ artifact ‖ salt)`.
pub fn commitment(place: &Place, update: &Update, salt: &[u8; 32]) -> [u8; 32] {
    hashv(&[
        COMMITMENT_DOMAIN,
        crate::ID.as_ref(),
        place.genesis,
        place.federation.as_ref(),
        &place.round.to_le_bytes(),
        place.participant.as_ref(),
        &update.root,
        &update.norm_squared.to_le_bytes(),
        &update.artifact,
        salt,
    ])
    .to_bytes()
}

/// `sha256(value ‖ more)`: how salts are mixed into the beacon and how a head is extended.
pub fn extend(value: &[u8; 32], more: &[u8]) -> [u8; 32] {
    hashv(&[value, more]).to_bytes()
}
