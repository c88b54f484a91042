//! The simulator's runner keeps to what every runner must: [`super::cases`].

use super::act::Act;
use super::cases::{CASES, Case, Page, Step, World as Browser};
use super::net::Fate;
use super::plan::{Fault, Rotation};
use super::scenarios::{MINUTE, new_tab, world};
use super::storage::{Health, Healths};
use super::world::{DocId, World};
use intelliauth_spa_sdk::core::base::clock::{MonotonicTime, WallTime};
use intelliauth_spa_sdk::core::base::config::TokenStorage;
use intelliauth_spa_sdk::core::client::runner::{Channel, Input};
use intelliauth_spa_sdk::core::client::session::io::{Lock, Stored, Ticket};
use intelliauth_spa_sdk::core::client::session::message::Message;

/// Longer than anything in a case takes, in milliseconds.
const LONG: i64 = 60_000;

fn ticket(number: u32) -> Ticket {
    Ticket { number, generation: 0 }
}

fn set(world: &mut World, what: Browser) {
    match what {
        Browser::StorageFull => world.health = Healths::both(Health::WritesFail),
        Browser::StorageBlocked => world.health = Healths::both(Health::Blocked),
        Browser::StorageWorks => world.health = Healths::default(),
        Browser::NoLocks => world.plan.faults |= 1 << Fault::NoLocks as u32,
        Browser::NoChannel => world.plan.faults |= 1 << Fault::NoChannel as u32,
        Browser::Hangs => world.fates.push_back(Fate::Lost { acted: false, hang: true }),
        Browser::Fails => world.fates.push_back(Fate::Lost { acted: false, hang: false }),
    }
}

/// What a step has the page do; `None`: nothing.
fn act(world: &World, step: Step) -> Option<(Page, Act)> {
    let (page, act) = match step {
        Step::Lock(page, number, wait) => {
            (page, Act::Lock { ticket: ticket(number), lock: Lock::Session("one".into()), wait })
        }
        Step::QueryHolder(page, number) => (page, Act::QueryHolder(ticket(number))),
        Step::Steal(page, number) => (page, Act::Steal(ticket(number))),
        Step::Unlock(page, number) => (page, Act::Unlock(ticket(number))),
        Step::Open(page) => (page, Act::Channel(Channel::Open)),
        Step::Close(page) => (page, Act::Channel(Channel::Closed)),
        Step::Post(page, sid) => {
            (page, Act::Post(Message::Query { sid: sid.into(), generation: 0, issued_at: WallTime(0) }))
        }
        Step::Timer(page, delay) => {
            let created = world.docs[page as DocId].created;
            (page, Act::Timer(delay.map(|delay| MonotonicTime(world.now - created + delay))))
        }
        Step::Write(page, area, key, text, report) => {
            (page, Act::Write { area, key: key.into(), text: text.into(), report })
        }
        Step::Remove(page, area, key) => (page, Act::Remove { area, key: key.into() }),
        Step::Send(page, request) => {
            let url = format!("{}/.well-known/openid-configuration", super::ISSUER);
            (page, Act::Send { request, url, form: None })
        }
        Step::Cancel(page, request) => (page, Act::Cancel(request)),
        Step::End(page) => (page, Act::Close),
        Step::The(_) | Step::Reads(..) | Step::Told(..) | Step::MayBeTold(..) => return None,
    };
    Some((page, act))
}

fn told(inputs: Option<&[Input]>) -> Vec<String> {
    inputs.unwrap_or_default().iter().filter_map(super::cases::told).collect()
}

fn run(case: &Case) {
    let mut world = world(TokenStorage::Session, Rotation::Static, MINUTE);
    for _ in [Page::A, Page::B] {
        new_tab(&mut world);
    }
    world.pass(1_000);
    for doc in &mut world.docs {
        (doc.channel, doc.probe) = (Channel::Closed, Some(Vec::new()));
    }
    for step in case.steps {
        match *step {
            Step::The(what) => set(&mut world, what),
            Step::Reads(page, area, key, found) => {
                let found = match found {
                    None => Stored::Empty,
                    Some("unreadable") => Stored::Unreadable,
                    Some(text) => Stored::Text(text.into()),
                };
                let tab = world.docs[page as DocId].tab;
                assert_eq!(world.read_key(tab, area, key), found, "{}: {step:?}", case.name);
            }
            Step::Told(page, expected) => {
                let until = world.now + LONG;
                let count = |world: &World| told(world.docs[page as DocId].probe.as_deref()).len();
                while count(&world) < expected.len() && world.now < until {
                    world.pass(1);
                }
                let inputs = world.docs[page as DocId].probe.replace(Vec::new());
                assert_eq!(told(inputs.as_deref()), expected, "{}: {step:?}", case.name);
            }
            step => {
                let Some((page, act)) = act(&world, step) else { continue };
                world.perform(page as DocId, act);
                for input in std::mem::take(&mut world.at_once) {
                    world.step(page as DocId, input);
                }
            }
        }
    }
    world.pass(LONG);
    for page in [Page::A, Page::B] {
        let mut told = told(world.docs[page as DocId].probe.as_deref());
        told.retain(|input| !case.tolerates(page, input));
        assert_eq!(told, [""; 0], "{}: and then", case.name);
    }
}

#[test]
fn the_simulators_runner_keeps_to_the_contract() {
    CASES.iter().for_each(run);
}
