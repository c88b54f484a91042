//! Worlds that sabotage: the checks must notice. A simulation that passes everything proves nothing.

use super::checks;
use super::plan::Sabotage;
use super::run;

/// Whether some seed breaks `rule` in a world with `sabotage`.
fn catches(sabotage: Sabotage, rule: &str) -> bool {
    (1..=600)
        .any(|seed| run(seed, false, Some(sabotage), false).broken.is_some_and(|broken| broken.rule == rule))
}

#[test]
fn a_lock_that_grants_twice_is_noticed() {
    assert!(catches(Sabotage::DoubleGrant, checks::ONE_SEND));
}

#[test]
fn reads_that_stay_stale_are_noticed() {
    assert!(catches(Sabotage::StaleForever, checks::ONE_CODE));
}

#[test]
fn a_channel_that_drops_everything_is_noticed() {
    assert!(catches(Sabotage::DeafChannel, checks::LOST));
}
