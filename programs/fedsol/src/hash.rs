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

/// First bytes of an evaluator's commitment, of an audit commitment and of a plant's seed.
pub const SCORES_DOMAIN: &[u8] = b"fedsol:scores:v1";
pub const AUDIT_DOMAIN: &[u8] = b"fedsol:audit:v1";

/// `sha256(domain ‖ program ‖ genesis ‖ federation ‖ le64(round) ‖ participant ‖ sha256(scores) ‖ salt)`: what an
/// evaluator binds itself to before anybody shows a score.
pub fn scores_commitment(place: &Place, scores: &[u8], salt: &[u8; 32]) -> [u8; 32] {
    hashv(&[
        SCORES_DOMAIN,
        crate::ID.as_ref(),
        place.genesis,
        place.federation.as_ref(),
        &place.round.to_le_bytes(),
        place.participant.as_ref(),
        hashv(&[scores]).as_ref(),
        salt,
    ])
    .to_bytes()
}

/// `sha256(domain ‖ program ‖ genesis ‖ federation ‖ participant ‖ secret)`: what arms a trainer to plant.
pub fn audit_commitment(
    genesis: &[u8; 32],
    federation: &Pubkey,
    participant: &Pubkey,
    secret: &[u8; 32],
) -> [u8; 32] {
    let participant = participant.as_ref();
    hashv(&[AUDIT_DOMAIN, crate::ID.as_ref(), genesis, federation.as_ref(), participant, secret]).to_bytes()
}

/// `sha256(beacon ‖ participant)`, first eight bytes, little-endian: a ticket for an evaluator's seat.
pub fn ticket(beacon: &[u8; 32], participant: &Pubkey) -> u64 {
    let (head, _) = beacon_lot(beacon, participant.as_ref());
    u64::from_le_bytes(head)
}

/// Whether the beacon picks the holder of a secret to plant: one in so many. Nobody else can tell before it is shown.
pub fn may_plant(beacon: &[u8; 32], secret: &[u8; 32], one_in: u16) -> bool {
    let (_, lot) = beacon_lot(beacon, secret);
    crate::math::choose(&lot, one_in.into()) == Some(0)
}

fn beacon_lot(beacon: &[u8; 32], whose: &[u8]) -> ([u8; 8], [u8; 32]) {
    let lot = extend(beacon, whose);
    let head = lot.first_chunk::<8>().copied().unwrap_or_default();
    (head, lot)
}

/// `sha256(value ‖ more)`: how salts are mixed into the beacon and how a head is extended.
pub fn extend(value: &[u8; 32], more: &[u8]) -> [u8; 32] {
    hashv(&[value, more]).to_bytes()
}
