#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use super::*;
use crate::state::params::tests::PARAMS;

fn participant(stake: u64) -> Participant {
    let zeros = [0u8; 10_000];
    let mut participant: Participant = AnchorDeserialize::deserialize(&mut &zeros[..]).unwrap();
    (participant.roles, participant.stake) = (ROLES_ALL, stake);
    participant
}

fn federation() -> Federation {
    let zeros = [0u8; 10_000];
    let mut federation: Federation = AnchorDeserialize::deserialize(&mut &zeros[..]).unwrap();
    federation.params = PARAMS;
    federation
}

const EARLY: Now = Now { time: 9, slot: 9 };
const LATE: Now = Now { time: 10, slot: 10 };
const RELEASE: Deadline = Deadline { time: 10, slot: 10 };

#[test]
fn a_liability_needs_free_stake() {
    let mut someone = participant(1_500);
    someone.lock(1_000).unwrap();
    assert_eq!(someone.lock(501), Err(FedsolError::StakeInsufficient.into()));
    assert_eq!(someone.locked, 1_000);
    someone.unlock(1_000).unwrap();
    assert_eq!(someone.locked, 0);
}

#[test]
fn stake_leaves_after_its_release_and_after_the_round_it_was_unbonded_in() {
    let mut federation = federation();
    federation.round = 4;
    federation.round_active = true;
    let mut someone = participant(100);
    someone.unbond(60, RELEASE, 4).unwrap();
    for (now, active, round) in [(EARLY, false, 5), (LATE, true, 4)] {
        federation.round_active = active;
        federation.round = round;
        assert_eq!(someone.withdraw(&federation, now), Err(FedsolError::NothingToWithdraw.into()));
    }
    federation.round = 5;
    assert_eq!(someone.withdraw(&federation, LATE).unwrap(), 60);
    assert_eq!((someone.stake, someone.unbonding_total().unwrap()), (40, 0));
}

#[test]
fn a_withdrawal_that_would_uncover_a_liability_is_refused() {
    let mut someone = participant(100);
    someone.lock(100).unwrap();
    someone.unbond(60, RELEASE, 0).unwrap();
    assert_eq!(someone.withdraw(&federation(), LATE), Err(FedsolError::StakeLocked.into()));
}

#[test]
fn a_fifth_unbonding_entry_is_refused() {
    let mut someone = participant(100);
    for _ in 0..UNBONDING_LEN {
        someone.unbond(1, RELEASE, 0).unwrap();
    }
    assert_eq!(someone.unbond(1, RELEASE, 0), Err(FedsolError::UnbondingQueueFull.into()));
}

#[test]
fn a_slash_reaches_stake_then_queue_and_never_more() {
    let mut someone = participant(100);
    someone.unbond(70, RELEASE, 0).unwrap();
    assert_eq!(someone.slash(50).unwrap(), Taken { stake: 30, queue: 20, bond: 0 });
    assert_eq!(someone.slashable().unwrap(), 50);
    assert_eq!(someone.slash(1_000).unwrap(), Taken { stake: 0, queue: 50, bond: 0 });
    assert_eq!((someone.slashable().unwrap(), someone.slashed), (0, 100));
}

#[test]
fn a_bond_leaves_the_stake_and_still_counts_for_slash_rates() {
    let mut someone = participant(100);
    someone.lock(50).unwrap();
    assert_eq!(someone.post_bond(101), Err(FedsolError::StakeInsufficient.into()));
    let mut other = participant(100);
    other.lock(50).unwrap();
    assert_eq!(other.post_bond(51), Err(FedsolError::StakeLocked.into()));
    someone.post_bond(50).unwrap();
    assert_eq!((someone.slashable().unwrap(), someone.slash_base().unwrap()), (50, 100));
    assert_eq!((someone.bonded, someone.duties), (50, 1));
    someone.return_bond(50).unwrap();
    assert_eq!((someone.stake, someone.bonded, someone.duties), (100, 0, 0));
}

#[test]
fn the_list_of_aggregators_stays_dense() {
    let mut federation = federation();
    let mut people: Vec<_> = (0..3).map(|_| participant(1_500)).collect();
    for someone in people.iter_mut() {
        list_aggregator(&mut federation, someone, 7).unwrap();
        list_aggregator(&mut federation, someone, 7).unwrap();
    }
    assert_eq!(federation.aggregators, 3);
    let (first, rest) = people.split_at_mut(1);
    first[0].stake = 0;
    let missing = unlist_aggregator(&mut federation, &mut first[0], None, 9);
    assert_eq!(missing, Err(FedsolError::WrongLastAggregator.into()));
    let wrong = unlist_aggregator(&mut federation, &mut first[0], Some(&mut rest[0]), 9);
    assert_eq!(wrong, Err(FedsolError::WrongLastAggregator.into()));
    unlist_aggregator(&mut federation, &mut first[0], Some(&mut rest[1]), 9).unwrap();
    assert_eq!((federation.aggregators, rest[1].aggregator_index), (2, 0));
    assert!(!first[0].listed);
    assert_eq!((rest[0].seated_slot, rest[1].seated_slot), (7, 9));
}

#[test]
fn too_little_stake_is_not_listed() {
    let mut federation = federation();
    let mut someone = participant(1_499);
    list_aggregator(&mut federation, &mut someone, 7).unwrap();
    assert!(!someone.listed);
}

#[test]
fn all_slashes_of_one_round_together_stay_below_its_cap() {
    let mut someone = participant(1_000);
    let mut lost = 0;
    for _ in 0..4 {
        let fine = someone.fine(7, 3_000, 5_000).unwrap();
        lost += fine;
        someone.slash(fine).unwrap();
    }
    assert_eq!((lost, someone.stake), (500, 500));
    assert_eq!(someone.fine(8, 3_000, 5_000).unwrap(), 150);
}

#[test]
fn a_fine_rounds_up_and_never_exceeds_what_a_slash_can_reach() {
    let mut someone = participant(101);
    assert_eq!(someone.fine(1, 100, 10_000).unwrap(), 2);
    someone.post_bond(100).unwrap();
    assert_eq!(someone.fine(2, 10_000, 10_000).unwrap(), 1);
}

#[test]
fn a_lost_bond_is_gone_and_nothing_else() {
    let mut someone = participant(100);
    someone.post_bond(40).unwrap();
    assert_eq!(someone.lose_bond(40).unwrap(), Taken { stake: 0, queue: 0, bond: 40 });
    assert_eq!((someone.stake, someone.bonded, someone.duties, someone.slashed), (60, 0, 0, 40));
}
