use super::*;
use crate::state::{Evaluation, Federation, Params, Participant, Round, Submission};
use anchor_lang::AccountSerialize;
use solana_sha256_hasher::hash;

/// Bytes that often are a value: mostly zeros and ones, which are flags, variants and small lengths.
fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let rare = next()[0];
    (0..length)
        .map(|_| match next() {
            [dice, value, ..] if dice < rare / 64 => value,
            [_, value, ..] => value & 1,
        })
        .collect()
}

/// Reads and writes the same as Borsh, or refuses what Borsh refuses. Whether it was a value.
fn agrees<T: Layout + AnchorSerialize + AnchorDeserialize>(data: &[u8]) -> bool {
    let (mut ours, mut borshs) = (data, data);
    let (read, expected) = (T::read(&mut ours), T::deserialize(&mut borshs));
    let (Some(read), Ok(expected)) = (&read, &expected) else {
        assert_eq!(read.is_some(), expected.is_ok());
        return false;
    };
    assert_eq!(ours, borshs, "both go as far");
    let written = borsh(expected);
    assert_eq!(borsh(read), written);
    let mut room = vec![0xaa; written.len()];
    assert_eq!(read.write(&mut room.as_mut_slice()), Some(()));
    assert_eq!(room, written);
    let mut narrow = vec![0; written.len() - 1];
    assert_eq!(read.write(&mut narrow.as_mut_slice()), None);
    true
}

fn borsh<T: AnchorSerialize>(value: &T) -> Vec<u8> {
    let mut written = Vec::new();
    value.serialize(&mut written).unwrap();
    written
}

fn always_agrees<T: Layout + AnchorSerialize + AnchorDeserialize>(space: usize) {
    let values = (0..4_000).filter(|seed| agrees::<T>(&bytes(*seed, space))).count();
    assert!(values >= 20, "only {values} were values");
    let value = vec![0; space];
    assert!(agrees::<T>(&value));
    for length in 0..space {
        agrees::<T>(value.get(..length).unwrap());
    }
}

#[test]
fn every_account_has_the_bytes_that_borsh_gives_it() {
    always_agrees::<Federation>(Federation::INIT_SPACE);
    always_agrees::<Round>(Round::INIT_SPACE);
    always_agrees::<Participant>(Participant::INIT_SPACE);
    always_agrees::<Submission>(Submission::INIT_SPACE);
    always_agrees::<Evaluation>(Evaluation::INIT_SPACE);
    always_agrees::<Params>(Params::INIT_SPACE);
}

#[test]
fn discriminators_are_anchors() {
    for (name, found) in [
        ("Federation", Federation::DISCRIMINATOR),
        ("Round", Round::DISCRIMINATOR),
        ("Participant", Participant::DISCRIMINATOR),
        ("Submission", Submission::DISCRIMINATOR),
        ("Evaluation", Evaluation::DISCRIMINATOR),
    ] {
        assert_eq!(&hash(format!("account:{name}").as_bytes()).to_bytes()[..8], found, "{name}");
    }
}

#[test]
fn an_account_is_read_only_under_its_own_discriminator() {
    let submission = Submission::read(&mut vec![0; Submission::INIT_SPACE].as_slice()).unwrap();
    let mut data = Vec::new();
    submission.try_serialize(&mut data).unwrap();
    assert_eq!(data.len(), Submission::SPACE);
    assert!(Submission::try_deserialize(&mut data.as_slice()).is_ok());
    let refused = |data: &[u8]| Submission::try_deserialize(&mut &*data).err().unwrap();
    let mut other = data.clone();
    other[7] ^= 1;
    assert_eq!(refused(&other), ErrorCode::AccountDiscriminatorMismatch.into());
    assert_eq!(refused(&data[..7]), ErrorCode::AccountDiscriminatorNotFound.into());
    assert_eq!(refused(&data[..data.len() - 1]), ErrorCode::AccountDidNotDeserialize.into());
    // A flag is zero or one.
    other = data.clone();
    other[8 + 3] = 2;
    assert_eq!(refused(&other), ErrorCode::AccountDidNotDeserialize.into());
}

#[test]
fn an_account_is_written_whole_and_no_further() {
    let mut round = Round::read(&mut vec![0; Round::INIT_SPACE].as_slice()).unwrap();
    round.selection = Some(crate::state::Selection { root: [1; 32], artifact: [2; 32] });
    let mut data = vec![0xaa; Round::SPACE + 5];
    round.try_serialize(&mut data.as_mut_slice()).unwrap();
    round.selection = None;
    round.try_serialize(&mut data.as_mut_slice()).unwrap();
    assert_eq!(data[Round::SPACE..], [0xaa; 5]);
    // Nothing of what was longer stays behind it.
    assert_eq!(data[Round::SPACE - 64..Round::SPACE], [0; 64]);
    assert!(round.try_serialize(&mut &mut data[..Round::SPACE - 1]).is_err());
}
