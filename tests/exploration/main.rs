//! Small worlds, explored exhaustively: two or three tabs, one expiry, every order of messages, locks, timers, answers and
//! calls, with each single fault at each moment.
//!
//! `cargo test --test exploration` explores those with two tabs; `EXPLORE_TABS=3` those with three, `EXPLORE_FAULTS=2` every
//! two faults, `EXPLORE_ONLY=name` those whose name contains that, and `EXPLORE_MOST=1000000` gives up at so many states
//! (`EXPLORE_SHOW=1` then prints the course to one that was left). What was found is printed as a short course of events.
#![cfg(not(target_arch = "wasm32"))]

mod automaton;
mod checks;
mod choice;
mod defects;
mod digest;
mod provider;
mod runner;
mod scenario;
mod search;
mod world;

use intelliauth_spa_sdk::core::base::config::TokenStorage;
use scenario::Scenario;
use search::{explore, story};
use simulation::{act, trace};

fn setting(name: &str) -> Option<usize> {
    std::env::var(name).ok()?.parse().ok()
}

fn worlds() -> Vec<Scenario> {
    let (session, local) = (TokenStorage::Session, TokenStorage::Local);
    let expiry = Scenario::expiry;
    vec![
        expiry("session, rotating", session, true),
        expiry("session, static", session, false),
        expiry("local, rotating", local, true),
        expiry("local, static", local, false),
        Scenario { tokens: true, ..expiry("session, rotating, calls", session, true) },
        Scenario { tokens: true, ..expiry("local, rotating, calls", local, true) },
        Scenario { new_token: true, ..expiry("session, rotating, a new token", session, true) },
        Scenario { sign_out: true, ..expiry("session, rotating, sign-out", session, true) },
        Scenario { sign_out: true, ..expiry("local, rotating, sign-out", local, true) },
        Scenario { open: 1, ..expiry("local, rotating, a tab opened later", local, true) },
        Scenario { open: 1, ..expiry("session, rotating, a tab duplicated later", session, true) },
        Scenario { discovery: true, ..expiry("local, rotating, discovery", local, true) },
    ]
}

#[test]
fn small_worlds_hold_in_every_state() {
    let tabs = setting("EXPLORE_TABS").unwrap_or(2);
    let most = setting("EXPLORE_MOST").unwrap_or(usize::MAX);
    let only = std::env::var("EXPLORE_ONLY").unwrap_or_default();
    let (mut states, mut failures) = (0, Vec::new());
    let exact = worlds().iter().any(|scenario| scenario.name == only);
    let chosen = |name: &str| if exact { name == only } else { name.contains(&only) };
    for scenario in worlds().into_iter().filter(|scenario| chosen(scenario.name)) {
        let budget = setting("EXPLORE_FAULTS").map_or(scenario.budget, |faults| faults as u8);
        let scenario = Scenario { tabs, open: scenario.open + tabs - 2, budget, ..scenario };
        let explored = explore(&scenario, 2, most);
        states += explored.states;
        eprintln!(
            "{:<45} {:>8} states, {:>9} transitions, {:>6} at rest, depth {}, {:?} of one client, {:.1} s{}",
            scenario.name,
            explored.states,
            explored.transitions,
            explored.rests,
            explored.depth,
            explored.client,
            explored.time.as_secs_f64(),
            if explored.complete { "" } else { ", NOT COMPLETE" },
        );
        if let Some(found) = &explored.found {
            failures.push(story(&scenario, found));
        }
    }
    eprintln!("{states} states");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
