//! What broke once, and the seeds that caught it. Tests are named after what broke; seeds change their meaning whenever
//! the simulator changes, so each finding has a course of its own where one could be written.

use super::net::Fate;
use super::plan::{Fault, Rotation};
use super::run;
use super::runner::Want;
use super::scenarios::{
    FORCE, LOST_BEFORE, MINUTE, done, duplicate, generation, is_in, new_tab, signed_in, world,
};
use super::storage::{Health, Healths};
use super::world::{Input, Seen};
use intelliauth_spa_sdk::core::base::config::TokenStorage;
use intelliauth_spa_sdk::core::client::session::reason::Reason;

/// Seeds, and what they caught when they were found.
const SEEDS: &[(u64, &str)] = &[
    // Found by taking something out of the machine, by hand and once.
    (110, "the fence: a sign-in that was under way outlived the sign-out"),
    (358, "the second reading under the lock: a refresh token was sent although storage held its successor"),
    (518, "the lock kept until the answer: two tabs sent one refresh token"),
    (26, "the question to the peers under the lock: a duplicated tab used a spent refresh token"),
    (213, "the record put right after a late write: signed in again after the sign-out"),
    (
        238,
        "the thawed tab that gives its lock back and asks anew: it did neither, and woke itself a million times",
    ),
    // Found in the first draft of the machine, or while it was put right.
    (2, "valid tokens withheld while a refresh was failing"),
    (37, "a late answer's failure that put off no next try"),
    (457, "throttled timers: a tab that listened for ever and never sent"),
    (476, "a doubt that could not be stored was forgotten"),
    (1322, "a request that failed at once let another tab send the code again"),
    (7010256, "a page that came back from the cache, knew of no peer, and sent without asking"),
    (7003267, "a sign-out in a tab that knew of none: storage kept the session that another tab lived on"),
    (121747, "tokens of a session that another sign-in had replaced, passed on late and never stored"),
];

/// The same, of apps that are left open for days.
const LONG_SEEDS: &[(u64, &str)] =
    &[(371, "two questions of a new tab that were lost: the older tab sent a spent refresh token")];

#[test]
fn seeds_that_caught_something() {
    for (seeds, long) in [(SEEDS, false), (LONG_SEEDS, true)] {
        for (seed, caught) in seeds {
            let world = run(*seed, long, None, false);
            assert!(
                world.broken.is_none(),
                "seed {seed} caught {caught}: {}",
                super::story(*seed, long, None)
            );
        }
    }
}

/// A failing refresh answered every waiting call with its error, although the token at hand still lived.
#[test]
fn a_failing_refresh_withheld_a_living_token() {
    let mut world = world(TokenStorage::Session, Rotation::Rotating, 5 * MINUTE);
    let doc = signed_in(&mut world);
    world.pass(3 * MINUTE);
    world.fates.push_back(LOST_BEFORE);
    world.get_token(doc, Want { min_validity: 149_000, ..Want::default() });
    world.pass(1_000);
    assert!(world.docs[doc].calls.is_empty());
    done(&world);
}

/// Without a refresh token, a call that asked for more validity than was left got `login_required`.
#[test]
fn a_living_token_without_a_refresh_token_was_withheld() {
    let mut world = world(TokenStorage::Session, Rotation::Without, MINUTE);
    let doc = signed_in(&mut world);
    world.pass(40_000);
    world.get_token(doc, Want { min_validity: 50_000, ..Want::default() });
    done(&world);
}

/// A tab that signed in anew let its old session's lock go while that session's refresh was in flight, and a duplicated
/// tab sent the same refresh token.
#[test]
fn a_new_sign_in_let_the_lock_of_a_refresh_in_flight_go() {
    let mut world = world(TokenStorage::Session, Rotation::Rotating, 5 * MINUTE);
    let first = signed_in(&mut world);
    let second = duplicate(&mut world, first);
    let tab = world.docs[first].tab;
    let url = world.sign_in(tab, 10 * MINUTE).unwrap();
    // The page comes back, asks for a token of the old session, and then answers its callback.
    world.fates.extend([Fate::Slow(3_000), Fate::Fine]);
    world.tabs[tab].away = false;
    let back = world.load(tab, None);
    world.get_token(back, FORCE);
    world.pass(200);
    world.callback(back, &url);
    world.pass(800);
    world.get_token(second, FORCE);
    world.pass(MINUTE);
    assert!(is_in(&world, back) && generation(&world, second) >= 1 && world.stats.losses == 0);
    done(&world);
}

/// A tab frozen between the lock and the request sent the refresh token when it thawed, before it learnt that it had
/// been lock_stolen.
#[test]
fn a_thawed_tab_sent_without_its_lock() {
    for seed in 0..20 {
        let mut world = world(TokenStorage::Session, Rotation::Rotating, 5 * MINUTE);
        world.dice = super::plan::Dice::new(seed);
        let first = signed_in(&mut world);
        let second = duplicate(&mut world, first);
        world.pass(100);
        world.get_token(first, FORCE);
        world.pass(50);
        world.freeze(first);
        world.get_token(second, FORCE);
        world.pass(17_000);
        world.thaw(first);
        world.pass(MINUTE);
        assert!(generation(&world, first) >= 1 && world.stats.losses == 0);
        done(&world);
    }
}

/// A tab learnt after its lock was stolen that its request had failed, and tried again at once.
#[test]
fn a_failure_after_a_stolen_lock_put_off_no_next_try() {
    for seed in 0..12 {
        let mut world = world(TokenStorage::Session, Rotation::Rotating, 5 * MINUTE);
        world.dice = super::plan::Dice::new(seed);
        let first = signed_in(&mut world);
        let second = duplicate(&mut world, first);
        world.pass(100);
        world.fates.push_back(Fate::Lost { acted: false, hang: true });
        world.get_token(first, FORCE);
        world.pass(200);
        world.freeze(first);
        world.get_token(second, FORCE);
        while !world.requests.iter().any(|request| request.lock_stolen) {
            world.pass(10);
        }
        world.kill(second, "closed");
        world.thaw(first);
        world.get_token(first, FORCE);
        world.pass(MINUTE);
        done(&world);
    }
}

/// A hidden tab whose timers are late woke too late to send, every time anew.
#[test]
fn a_throttled_tab_never_sent() {
    let mut world = world(TokenStorage::Session, Rotation::Rotating, 5 * MINUTE);
    world.plan = world.plan.with(Fault::Throttle);
    let first = signed_in(&mut world);
    let second = duplicate(&mut world, first);
    for doc in [first, second] {
        world.docs[doc].throttled = true;
    }
    world.plan.peer_wait = 5_000;
    let third = duplicate(&mut world, first);
    world.kill(first, "closed");
    world.kill(second, "closed");
    world.docs[third].throttled = true;
    world.pass(20 * MINUTE);
    assert!(world.lives(third));
    done(&world);
}

/// The record was cleared, the user signed in anew, and the older session won because it had counted further.
#[test]
fn an_older_session_displaced_a_later_sign_in() {
    for seed in 0..8 {
        let mut world = world(TokenStorage::Local, Rotation::Rotating, MINUTE);
        world.dice = super::plan::Dice::new(seed);
        let first = signed_in(&mut world);
        world.sign_out(first);
        world.sign_in(world.docs[first].tab, 100);
        world.pass(2_000);
        let now = world.now;
        world.shared.clear(now);
        let second = new_tab(&mut world);
        world.sign_in(world.docs[second].tab, 100);
        world.pass(5 * MINUTE);
        let newest = world.platform.families.last().map(|family| family.sid.clone());
        for doc in world.open_docs() {
            assert_eq!(world.docs[doc].seen.held().map(|(sid, _)| sid.to_owned()), newest);
        }
        done(&world);
    }
}

/// A callback that came too late said so once, and then that its state was unknown.
#[test]
fn an_expired_callback_was_answered_in_two_ways() {
    let mut world = world(TokenStorage::Session, Rotation::Rotating, MINUTE);
    let tab = world.open_tab(Default::default());
    world.load(tab, None);
    let url = world.sign_in(tab, 61 * MINUTE).unwrap();
    world.pass(62 * MINUTE);
    let doc = world.tabs[tab].active.unwrap();
    world.callback(doc, &url);
    assert_eq!(world.docs[doc].oracle.callbacks[&url], "transaction_expired");
    done(&world);
}

/// A request that failed within the time that storage needs to reach other tabs let another tab send the code again.
#[test]
fn a_code_was_sent_again_before_its_mark_could_be_read() {
    for seed in 0..20 {
        let mut world = world(TokenStorage::Session, Rotation::Rotating, MINUTE);
        world.dice = super::plan::Dice::new(seed);
        world.plan = world.plan.with(Fault::Stale);
        let tab = world.open_tab(Default::default());
        world.load(tab, None);
        let url = world.sign_in(tab, 100).unwrap();
        let copy = world.open_tab(world.tabs[tab].own.clone());
        world.quiet = false;
        world.online = false;
        world.pass(110);
        world.load(copy, Some(url));
        world.pass(1_000);
        assert_eq!(world.sent_codes.len(), 1);
        done(&world);
    }
}

/// A tab that read storage late stored its refresh over another's sign-out; the record said "signed in" from then on.
#[test]
fn a_late_write_over_a_sign_out_stayed() {
    let mut world = world(TokenStorage::Local, Rotation::Rotating, 5 * MINUTE);
    let first = signed_in(&mut world);
    let second = new_tab(&mut world);
    let grant = world.readable(world.docs[first].tab).unwrap();
    world.sign_out(first);
    world.pass(1_000);
    let now = world.now;
    world.shared.put(usize::MAX, &super::key("session"), Some(grant.to_text()), now);
    world.to(1, second, Input::Look);
    world.pass(1_000);
    let third = new_tab(&mut world);
    assert!(!is_in(&world, third));
    done(&world);
}

/// Keys that could not be had before a refresh were taken for an answer that was lost: the end was told as a loss.
#[test]
fn a_request_that_was_never_sent_left_a_doubt() {
    let mut world = world(TokenStorage::Session, Rotation::Rotating, MINUTE);
    world.plan.discovery = true;
    let first = signed_in(&mut world);
    // A page that was loaded anew has to read the metadata before it refreshes.
    let doc = world.load(world.docs[first].tab, None);
    world.fates.extend([Fate::Unreadable, Fate::Unreadable]);
    world.platform.families[0].revoked = true;
    world.pass(MINUTE);
    assert_eq!(world.docs[doc].seen, Seen::Out(Reason::SessionExpired));
    done(&world);
}

/// A refresh that could not be stored, and another one by a page that knew nothing of it: one generation, two tokens.
/// The page with the older one kept it, and refreshed again for itself alone.
#[test]
fn of_two_refreshes_of_one_generation_the_later_was_not_taken_over() {
    for keep in [TokenStorage::Local, TokenStorage::Session] {
        let mut world = world(keep, Rotation::Static, 5 * MINUTE);
        let first = signed_in(&mut world);
        world.health = Healths::both(Health::Blocked);
        world.get_token(first, FORCE);
        world.pass(1_000);
        world.storage_works();
        world.freeze(first);
        let second = match keep {
            TokenStorage::Session => duplicate(&mut world, first),
            _ => new_tab(&mut world),
        };
        world.get_token(second, FORCE);
        world.pass(1_000);
        world.thaw(first);
        world.pass(1_000);
        assert_eq!((generation(&world, first), generation(&world, second)), (1, 1));
        assert_eq!(world.docs[first].seen, world.docs[second].seen, "{keep:?}");
        done(&world);
    }
}

/// A tab looked at the lock's holder twice, and the second look came late because the tab was frozen. In between the holder
/// had let go, and had taken the lock from a third tab: it was taken for one that never let go, and lost it while it sent.
#[test]
fn a_late_look_at_the_holder_took_the_lock_from_a_tab_that_had_just_got_it() {
    let mut world = world(TokenStorage::Local, Rotation::Rotating, 5 * MINUTE);
    let first = signed_in(&mut world);
    let second = new_tab(&mut world);
    world.pass(100);
    world.fates.push_back(Fate::Lost { acted: false, hang: true });
    world.get_token(first, FORCE);
    world.pass(200);
    world.freeze(first);
    world.get_token(second, FORCE);
    world.pass(1_000);
    world.freeze(second);
    world.pass(2 * MINUTE);
    world.thaw(second);
    world.pass(1_000);
    assert!(world.locks.holds_any(first), "the same holder, but not surely for the whole time");
    world.pass(MINUTE);
    assert_eq!(generation(&world, second), 1, "seen again after as long, and on time");
    world.thaw(first);
    world.pass(1_000);
    done(&world);
}

/// Tokens that came while a peer was frozen reached it neither over the channel nor, in a tab's own storage, otherwise.
#[test]
fn a_frozen_duplicate_was_not_sent_the_tokens_that_came_meanwhile() {
    let mut world = world(TokenStorage::Session, Rotation::Rotating, 5 * MINUTE);
    let first = signed_in(&mut world);
    let second = duplicate(&mut world, first);
    world.pass(1_000);
    world.freeze(second);
    for _ in 0..2 {
        world.get_token(first, FORCE);
        world.pass(1_000);
    }
    world.kill(first, "closed");
    world.thaw(second);
    world.pass(1_000);
    assert_eq!(generation(&world, second), 2);
    done(&world);
}
