//! Named courses of events, one behaviour each. The checks of every step hold here as well.

use super::net::Fate;
use super::plan::{Dice, Plan, Rotation};
use super::runner::Want;
use super::storage::{Health, Healths};
use super::world::{DocId, Seen, World};
use intelliauth_spa_sdk::core::base::config::TokenStorage;
use intelliauth_spa_sdk::core::client::session::io::Stored;
use intelliauth_spa_sdk::core::client::session::reason::Reason;

pub const MINUTE: i64 = 60_000;
pub const LOST_BEFORE: Fate = Fate::Lost { acted: false, hang: false };
pub const LOST_AFTER: Fate = Fate::Lost { acted: true, hang: false };
pub const FORCE: Want = Want { force: true, min_validity: 0, after_401: false };
pub const AFTER_401: Want = Want { force: false, min_validity: 0, after_401: true };

/// A world where nothing happens by itself.
pub fn world(keep: TokenStorage, rotation: Rotation, lifetime: i64) -> World {
    let mut world = World::new(Plan::calm(keep, rotation, lifetime), 1, true);
    world.quiet = true;
    world
}

/// A page in which the user has just signed in.
pub fn signed_in(world: &mut World) -> DocId {
    let tab = world.open_tab(Default::default());
    world.load(tab, None);
    world.sign_in(tab, 100);
    world.pass(2_000);
    let doc = world.tabs[tab].active.unwrap();
    assert!(is_in(world, doc));
    doc
}

pub fn new_tab(world: &mut World) -> DocId {
    let tab = world.open_tab(Default::default());
    world.load(tab, None)
}

pub fn duplicate(world: &mut World, doc: DocId) -> DocId {
    let tab = world.open_tab(world.tabs[world.docs[doc].tab].own.clone());
    world.load(tab, None)
}

pub fn is_in(world: &World, doc: DocId) -> bool {
    world.docs[doc].seen.held().is_some()
}

pub fn generation(world: &World, doc: DocId) -> i64 {
    match &world.docs[doc].seen {
        Seen::In { generation, .. } => *generation,
        _ => -1,
    }
}

/// Every rule held.
pub fn done(world: &World) {
    let trace: Vec<_> = world.trace.iter().flatten().cloned().collect();
    assert!(world.broken.is_none(), "{:?}\n{}", world.broken, trace.join("\n"));
}

fn record(world: &World, doc: DocId) -> String {
    match world.reads(world.docs[doc].tab) {
        Stored::Text(text) => text,
        other => format!("{other:?}"),
    }
}

#[test]
fn ten_tabs_refresh_once_per_expiry() {
    let mut world = world(TokenStorage::Local, Rotation::Rotating, MINUTE);
    let first = signed_in(&mut world);
    let rest: Vec<_> = (0..9).map(|_| new_tab(&mut world)).collect();
    world.pass(10 * MINUTE);
    // A refresh comes a quarter of the lifetime ahead at most.
    assert!((10..=13).contains(&world.stats.refreshes), "{}", world.stats.refreshes);
    assert!(rest.iter().all(|doc| generation(&world, *doc) == generation(&world, first)));
    done(&world);
}

#[test]
fn a_refresh_lost_before_the_platform_acted_is_tried_again() {
    let mut world = world(TokenStorage::Session, Rotation::Rotating, MINUTE);
    let doc = signed_in(&mut world);
    world.fates.extend([LOST_BEFORE, LOST_BEFORE]);
    world.pass(MINUTE);
    assert_eq!((world.stats.refreshes, generation(&world, doc)), (1, 1));
    done(&world);
}

#[test]
fn a_refresh_lost_after_the_platform_acted_loses_the_session() {
    let mut world = world(TokenStorage::Session, Rotation::Rotating, MINUTE);
    let doc = signed_in(&mut world);
    world.fates.push_back(LOST_AFTER);
    world.pass(MINUTE);
    assert_eq!(world.docs[doc].seen, Seen::Out(Reason::SessionLost));
    done(&world);
}

#[test]
fn a_refusal_without_a_doubt_is_an_expired_session() {
    for keep in [TokenStorage::Session, TokenStorage::Memory, TokenStorage::Local] {
        let mut world = world(keep, Rotation::Rotating, MINUTE);
        let doc = signed_in(&mut world);
        // A refusal of the request alone leaves no doubt.
        world.fates.push_back(Fate::Busy { acted: false, retry_after: Some(1_000) });
        world.requests.truncate(1);
        world.platform.families[0].revoked = true;
        world.pass(MINUTE);
        assert_eq!(world.docs[doc].seen, Seen::Out(Reason::SessionExpired), "{keep:?}");
        done(&world);
    }
}

#[test]
fn a_duplicated_tab_is_a_peer() {
    let mut world = world(TokenStorage::Session, Rotation::Rotating, MINUTE);
    let first = signed_in(&mut world);
    let second = duplicate(&mut world, first);
    world.pass(5 * MINUTE);
    world.freeze(second);
    world.pass(5 * MINUTE);
    world.thaw(second);
    world.pass(MINUTE);
    assert_eq!(generation(&world, first), generation(&world, second));
    assert!(world.stats.refreshes <= 15 && world.stats.losses == 0, "{:?}", world.stats);
    done(&world);
}

#[test]
fn a_sign_out_while_a_refresh_is_in_flight_is_final() {
    for keep in [TokenStorage::Local, TokenStorage::Session] {
        let mut world = world(keep, Rotation::Rotating, MINUTE);
        let first = signed_in(&mut world);
        let second =
            if keep == TokenStorage::Local { new_tab(&mut world) } else { duplicate(&mut world, first) };
        world.pass(100);
        world.get_token(first, FORCE);
        world.pass(200);
        assert_eq!(world.in_flight("rt.0.0").count(), 1);
        world.sign_out(second);
        world.pass(MINUTE);
        for doc in [first, second] {
            assert_eq!(world.docs[doc].seen, Seen::Out(Reason::Logout));
            assert!(record(&world, doc).starts_with("kind=signed_out"));
        }
        assert!(world.docs[first].calls.is_empty() && world.platform.families[0].revoked);
        done(&world);
    }
}

#[test]
fn a_frozen_holder_loses_its_lock_past_its_deadline() {
    let mut world = world(TokenStorage::Local, Rotation::Rotating, 5 * MINUTE);
    let first = signed_in(&mut world);
    let second = new_tab(&mut world);
    world.pass(100);
    world.fates.push_back(Fate::Lost { acted: false, hang: true });
    world.get_token(first, FORCE);
    world.pass(200);
    world.freeze(first);
    world.get_token(second, FORCE);
    world.pass(40_000);
    assert_eq!(generation(&world, second), 0, "the deadline is not over");
    world.pass(20_000);
    assert_eq!(generation(&world, second), 1);
    world.thaw(first);
    world.pass(1_000);
    assert_eq!(generation(&world, first), 1);
    assert!(world.docs[first].calls.is_empty());
    done(&world);
}

#[test]
fn a_peer_with_newer_tokens_outweighs_a_refusal() {
    let mut rescued = 0;
    for seed in 0..12 {
        let mut world = world(TokenStorage::Session, Rotation::Rotating, 5 * MINUTE);
        world.dice = Dice::new(seed);
        let first = signed_in(&mut world);
        let second = duplicate(&mut world, first);
        world.pass(100);
        world.get_token(first, FORCE);
        world.pass(200);
        // The answer comes while the tab is frozen, and a peer steals its lock and is refused.
        world.freeze(first);
        world.get_token(second, FORCE);
        while world.docs[second].oracle.refused.is_none() {
            world.pass(10);
        }
        world.thaw(first);
        world.pass(1_000);
        // Where the thawed tab's own timeout comes before the answer that is there, nobody has the tokens.
        assert_eq!(generation(&world, first), generation(&world, second));
        assert!(world.docs[second].calls.is_empty());
        rescued += i32::from(generation(&world, second) == 1);
        done(&world);
    }
    assert!(rescued > 0);
}

#[test]
fn a_sign_out_ends_a_sign_in_that_is_under_way() {
    let mut world = world(TokenStorage::Local, Rotation::Rotating, MINUTE);
    let tab = world.open_tab(Default::default());
    world.load(tab, None);
    let url = world.sign_in(tab, 100).unwrap();
    world.pass(130);
    let doc = world.tabs[tab].active.unwrap();
    world.sign_out(doc);
    world.pass(2_000);
    assert_eq!(world.docs[doc].oracle.callbacks[&url], "signed_out");
    assert!(!is_in(&world, doc) && world.platform.families[0].revoked);
    done(&world);
}

#[test]
fn a_holder_that_is_closed_frees_its_lock() {
    let mut world = world(TokenStorage::Local, Rotation::Rotating, 5 * MINUTE);
    let first = signed_in(&mut world);
    let second = new_tab(&mut world);
    world.pass(100);
    world.fates.push_back(LOST_BEFORE);
    world.get_token(first, FORCE);
    world.pass(200);
    world.kill(first, "closed");
    world.get_token(second, FORCE);
    world.pass(1_000);
    assert_eq!(generation(&world, second), 1);
    done(&world);
}

#[test]
fn storage_that_is_full_or_blocked_leaves_the_session_in_memory() {
    for keep in [TokenStorage::Local, TokenStorage::Session] {
        for health in [Health::Full, Health::WritesFail, Health::Blocked] {
            let mut world = world(keep, Rotation::Rotating, MINUTE);
            let doc = signed_in(&mut world);
            world.health = Healths::both(health);
            world.pass(3 * MINUTE);
            assert!(generation(&world, doc) > 2 && world.lives(doc));
            world.health = Healths::default();
            world.pass(MINUTE);
            assert!(record(&world, doc).starts_with("kind=session"), "the next refresh is stored");
            done(&world);
        }
    }
}

#[test]
fn cleared_storage_ends_no_session_that_memory_holds() {
    let mut world = world(TokenStorage::Local, Rotation::Rotating, MINUTE);
    let first = signed_in(&mut world);
    let now = world.now;
    world.shared.clear(now);
    let second = new_tab(&mut world);
    assert_eq!(world.docs[second].seen, Seen::Out(Reason::Never));
    world.pass(MINUTE);
    assert!(
        generation(&world, first) == 1 && generation(&world, second) == 1,
        "the next refresh tells all tabs"
    );
    done(&world);
}

#[test]
fn a_record_of_another_version_is_left_alone() {
    let mut world = world(TokenStorage::Local, Rotation::Rotating, MINUTE);
    let first = signed_in(&mut world);
    let now = world.now;
    world.shared.put(usize::MAX, &super::key("session"), Some("kind=session&v=2&sid=x".into()), now);
    let second = new_tab(&mut world);
    world.pass(1_000);
    assert!(is_in(&world, first) && world.docs[second].seen == Seen::Out(Reason::Never));
    assert_eq!(record(&world, second), "kind=session&v=2&sid=x");
    done(&world);
}

#[test]
fn one_callback_in_two_tabs_is_exchanged_once() {
    for delay in [0, 3, 50, 400, 60_000] {
        let mut world = world(TokenStorage::Session, Rotation::Rotating, 5 * MINUTE);
        let tab = world.open_tab(Default::default());
        world.load(tab, None);
        let url = world.sign_in(tab, 100).unwrap();
        let copy = world.open_tab(world.tabs[tab].own.clone());
        let other_tab = world.open_tab(Default::default());
        world.pass(100 + delay);
        let second = world.load(copy, Some(url.clone()));
        world.pass(1_000);
        let third = world.load(other_tab, Some(url.clone()));
        world.pass(1_000);
        let told = |doc: DocId| world.docs[doc].oracle.callbacks[&url].clone();
        assert_eq!(told(world.tabs[tab].active.unwrap()), "ok");
        assert_eq!((told(second).as_str(), told(third).as_str()), ("callback_replayed", "callback_replayed"));
        assert_eq!(world.sent_codes.len(), 1);
        done(&world);
    }
}

#[test]
fn the_same_callback_called_twice_in_one_page_is_answered_alike() {
    let mut world = world(TokenStorage::Session, Rotation::Rotating, MINUTE);
    let tab = world.open_tab(Default::default());
    world.load(tab, None);
    let url = world.sign_in(tab, 100).unwrap();
    world.pass(110);
    let doc = world.tabs[tab].active.unwrap();
    world.callback(doc, &url);
    world.pass(2_000);
    world.callback(doc, &url);
    assert!(world.docs[doc].calls.is_empty() && world.docs[doc].oracle.callbacks[&url] == "ok");
    world.callback(doc, "https://app.example/callback?code=x&state=y");
    assert_eq!(
        world.docs[doc].oracle.callbacks["https://app.example/callback?code=x&state=y"],
        "state_unknown"
    );
    assert!(is_in(&world, doc) && world.sent_codes.len() == 1);
    done(&world);
}

#[test]
fn without_a_refresh_token_the_session_ends_at_expiry_once() {
    let mut world = world(TokenStorage::Local, Rotation::Without, MINUTE);
    let docs = [signed_in(&mut world), new_tab(&mut world), new_tab(&mut world)];
    world.pass(MINUTE - 5_000);
    assert!(docs.iter().all(|doc| is_in(&world, *doc)));
    world.pass(MINUTE);
    assert!(docs.iter().all(|doc| world.docs[*doc].seen == Seen::Out(Reason::LoginRequired)));
    done(&world);
}

#[test]
fn a_lifetime_beyond_the_longest_timer_neither_storms_nor_overflows() {
    const DAY: i64 = 1_440 * MINUTE;
    let mut world = world(TokenStorage::Session, Rotation::Rotating, 60 * DAY);
    let doc = signed_in(&mut world);
    let steps = world.stats.steps;
    world.pass(59 * DAY);
    assert_eq!((world.stats.refreshes, generation(&world, doc)), (0, 0));
    world.pass(DAY);
    assert_eq!((world.stats.refreshes, generation(&world, doc)), (1, 1));
    assert!(world.stats.steps - steps < 20);
    done(&world);
}

#[test]
fn offline_waits_for_online() {
    let mut world = world(TokenStorage::Session, Rotation::Rotating, MINUTE);
    let doc = signed_in(&mut world);
    world.online = false;
    let sent = world.requests.len();
    world.pass(10 * MINUTE);
    assert!(is_in(&world, doc) && world.requests.len() == sent);
    world.go_online();
    world.pass(2_000);
    assert!(world.lives(doc));
    done(&world);
}

#[test]
fn retries_are_bounded_and_a_look_begins_them_again() {
    let mut world = world(TokenStorage::Session, Rotation::Rotating, MINUTE);
    let doc = signed_in(&mut world);
    world.outage = true;
    let sent = world.requests.len();
    world.pass(3 * 1_440 * MINUTE);
    assert_eq!((world.requests.len() - sent, is_in(&world, doc)), (10, true));
    world.outage = false;
    world.to(0, doc, super::world::Input::Look);
    world.pass(2_000);
    assert!(world.lives(doc));
    done(&world);
}

#[test]
fn an_api_that_always_answers_401_costs_one_refresh_per_expiry_in_all_tabs_and_reloads() {
    for keep in [TokenStorage::Local, TokenStorage::Session, TokenStorage::Memory] {
        let mut world = world(keep, Rotation::Rotating, 5 * MINUTE);
        let first = signed_in(&mut world);
        let mut docs = vec![first];
        match keep {
            TokenStorage::Local => docs.push(new_tab(&mut world)),
            TokenStorage::Session => docs.push(duplicate(&mut world, first)),
            TokenStorage::Memory => {}
        }
        let ask = |world: &mut World, docs: &[DocId]| {
            for doc in docs.iter().cycle().take(6) {
                world.get_token(*doc, AFTER_401);
                world.pass(1_000);
                assert!(world.docs[*doc].calls.is_empty());
            }
        };
        world.pass(100);
        ask(&mut world, &docs);
        assert_eq!(world.stats.refreshes, 1, "{keep:?}");
        if keep != TokenStorage::Memory {
            let tab = world.docs[first].tab;
            docs[0] = world.load(tab, None);
            ask(&mut world, &docs);
            assert_eq!(world.stats.refreshes, 1, "{keep:?}, after a reload");
        }
        // A forced refresh and a scheduled one are for other reasons: a 401 to their tokens is the first one again.
        world.get_token(docs[0], FORCE);
        world.pass(1_000);
        assert_eq!(world.stats.refreshes, 2, "{keep:?}");
        ask(&mut world, &docs);
        assert_eq!(world.stats.refreshes, 3, "{keep:?}");
        world.pass(5 * MINUTE);
        assert_eq!(world.stats.refreshes, 4, "{keep:?}");
        ask(&mut world, &docs);
        assert_eq!(world.stats.refreshes, 5, "{keep:?}");
        done(&world);
    }
}

#[test]
fn a_sign_out_reaches_a_duplicated_tab_that_was_closed_also_where_storage_is_full() {
    for health in [Health::Works, Health::Full] {
        let mut world = world(TokenStorage::Session, Rotation::Rotating, 5 * MINUTE);
        let first = signed_in(&mut world);
        let second = duplicate(&mut world, first);
        let tab = world.docs[second].tab;
        world.kill(second, "discarded");
        world.health = Healths::both(health);
        world.sign_out(first);
        world.pass(1_000);
        let second = world.load(tab, None);
        assert_eq!(world.docs[second].seen, Seen::Out(Reason::Logout), "{health:?}");
        assert!(record(&world, second).starts_with("kind=signed_out"));
        done(&world);
    }
}
