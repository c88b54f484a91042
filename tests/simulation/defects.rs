//! Worlds with a defect: the checks must notice it. A simulation that passes everything proves nothing.

use super::checks;
use super::plan::Defect;
use super::run;

/// Whether some seed breaks `rule` in a world with `defect`.
fn catches(defect: Defect, rule: &str) -> bool {
    (1..=600)
        .any(|seed| run(seed, false, Some(defect), false).broken.is_some_and(|broken| broken.rule == rule))
}

#[test]
fn a_lock_that_grants_twice_is_noticed() {
    assert!(catches(Defect::DoubleGrant, checks::ONE_SEND));
}

#[test]
fn reads_that_stay_stale_are_noticed() {
    assert!(catches(Defect::StaleForever, checks::ONE_CODE));
}

#[test]
fn a_channel_that_drops_everything_is_noticed() {
    assert!(catches(Defect::DeafChannel, checks::LOST));
}
