//! Worlds with a defect: each behaves as if the client lacked one of its rules, and the exploration must find what comes of
//! that. The same world without the defect holds.

use super::checks;
use super::scenario::{Defect, Fault, Scenario};
use super::search::{explore, story};
use intelliauth_spa_sdk::core::base::config::TokenStorage;

/// Expects a counterexample to `rule`, in at most `longest` steps.
fn finds(scenario: Scenario, defect: Defect, rule: &str) {
    let whole = explore(&scenario, 2, usize::MAX);
    assert!(whole.complete, "{}", whole.found.map_or("incomplete".into(), |found| story(&scenario, &found)));
    let scenario = Scenario { defect: Some(defect), ..scenario };
    let found = explore(&scenario, 2, usize::MAX).found.expect("a counterexample");
    let story = story(&scenario, &found);
    assert_eq!(found.rule, rule, "{story}");
    eprintln!("{defect:?}, found among {} states without it: {story}\n", whole.states);
}

/// The fork of two refreshes of one generation: the first could not be stored, and the second knew nothing of it.
#[test]
fn of_two_refreshes_of_one_generation_the_later_counts() {
    let scenario = Scenario {
        open: 1,
        new_token: true,
        budget: 2,
        faults: &[Fault::Blocked, Fault::Freeze],
        ..Scenario::expiry("local, static", TokenStorage::Local, false)
    };
    finds(scenario, Defect::NoIssuedAt, checks::ONE_SESSION);
}

#[test]
fn peers_are_asked_before_a_refresh_token_is_sent() {
    let scenario = Scenario {
        faults: &[Fault::LostMessage],
        ..Scenario::expiry("session, rotating", TokenStorage::Session, true)
    };
    finds(scenario, Defect::NoQuery, checks::LOST);
}

#[test]
fn the_mark_of_a_session_that_ended_is_read() {
    let scenario = Scenario {
        sign_out: true,
        faults: &[Fault::LostMessage],
        ..Scenario::expiry("session, rotating, sign-out", TokenStorage::Session, true)
    };
    finds(scenario, Defect::NoEndedMark, checks::ONE_SESSION);
}

#[test]
fn that_a_refresh_token_may_be_spent_is_stored_before_it_is_sent() {
    let scenario =
        Scenario { faults: &[Fault::Kill], ..Scenario::expiry("local, rotating", TokenStorage::Local, true) };
    finds(scenario, Defect::NoRefreshPending, checks::WHY);
}

#[test]
fn the_record_is_read_under_the_lock() {
    let scenario = Scenario {
        faults: &[Fault::LateMessage],
        ..Scenario::expiry("local, rotating", TokenStorage::Local, true)
    };
    finds(scenario, Defect::StaleUnderLock, checks::SUCCESSOR);
}
