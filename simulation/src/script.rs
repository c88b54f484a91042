//! A world from a text: a seed or a calm world, a rule that is switched off, and the commands that it gets and when. The same
//! text is the same course of events, on every machine.
//!
//! ```text
//! calm local 60            a world where nothing goes wrong by itself: storage, lifetime of a token in seconds
//! seed 26                  or the course of a seed
//! without lock             a rule is switched off
//! do tab                   a command, at once
//! wait 5000 signin 0       after so many milliseconds
//! when sent refresh: freeze holder      right after such an entry of the log
//! at 312 46801 lose messages            after so many jobs, and at that time
//! stop 60000               no longer than so many milliseconds after the last command
//! ```

use super::log::{Entry, Log, quoted};
use super::plan::{Defect, Plan, Rotation};
use super::world::{Job, World};
use super::{checks, complete};
use intelliauth_spa_sdk::core::base::config::TokenStorage;
use std::fmt::Write;

/// The rules that can be switched off, and how the world behaves as if the client lacked them.
pub const RULES: [(&str, Defect); 6] = [
    ("lock", Defect::DoubleGrant),
    ("hold", Defect::EarlyUnlock),
    ("reread", Defect::StaleUnderLock),
    ("query", Defect::NoQuery),
    ("channel", Defect::DeafChannel),
    ("tombstone", Defect::NoTombstone),
];

/// The longest run, in jobs.
const LONGEST: u64 = 200_000;
/// Nor one that gets commands: entries of the log after the last command.
const ENOUGH: usize = 600;
/// Without a rule some seeds never come to rest, and long courses are no use to see one: jobs.
const LONG_ENOUGH: u64 = 4_000;
/// How long a run goes on after a rule was broken, to show the consequences, in milliseconds.
const AFTERMATH: i64 = 30_000;

#[derive(Clone, Debug, PartialEq)]
enum When {
    Now,
    Wait(i64),
    Logged(String, String),
    At(u64, i64),
}

struct Script {
    seed: Option<u64>,
    plan: Plan,
    commands: Vec<(When, String)>,
    stop: i64,
}

fn rule(name: &str) -> Option<Defect> {
    RULES.iter().find(|(known, _)| *known == name).map(|(_, defect)| *defect)
}

fn read(text: &str) -> Option<Script> {
    let mut seed = None;
    let mut plan = Plan::calm(TokenStorage::Local, Rotation::Rotating, 60_000);
    let (mut commands, mut stop, mut without) = (Vec::new(), 60_000, None);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (verb, rest) = line.split_once(' ')?;
        match verb {
            "calm" => {
                let (keep, lifetime) = rest.split_once(' ')?;
                plan.keep = match keep {
                    "local" => TokenStorage::Local,
                    "session" => TokenStorage::Session,
                    "memory" => TokenStorage::Memory,
                    _ => return None,
                };
                plan.lifetime =
                    lifetime.parse::<u32>().ok().filter(|s| (4..=86_400).contains(s))? as i64 * 1000;
            }
            "seed" => {
                let number = rest.parse().ok()?;
                seed = Some(number);
                plan = super::plan_of(number, false);
            }
            "without" => without = Some(rule(rest)?),
            "do" => commands.push((When::Now, rest.to_owned())),
            "wait" => {
                let (time, command) = rest.split_once(' ').unwrap_or((rest, ""));
                commands.push((When::Wait(time.parse::<u32>().ok()? as i64), command.to_owned()));
            }
            "when" => {
                let (entry, command) = rest.split_once(": ")?;
                let (kind, detail) = entry.split_once(' ').unwrap_or((entry, ""));
                commands.push((When::Logged(kind.to_owned(), detail.to_owned()), command.to_owned()));
            }
            "at" => {
                let (tick, rest) = rest.split_once(' ')?;
                let (time, command) = rest.split_once(' ')?;
                let time = time.parse::<u64>().ok()?.try_into().ok()?;
                commands.push((When::At(tick.parse().ok()?, time), command.to_owned()));
            }
            "stop" => stop = rest.parse::<u32>().ok()? as i64,
            _ => return None,
        }
    }
    plan.defect = without;
    Some(Script { seed, plan, commands, stop })
}

/// The result of a script.
struct Played {
    world: World,
    /// After how many jobs each command was carried out, when, and whether it could be.
    done: Vec<(u64, i64, bool)>,
}

fn play(script: Script) -> Played {
    let mut world = World::new(script.plan, script.seed.unwrap_or(1), false);
    world.log = Some(Log::default());
    world.goes_on = true;
    world.limit = LONGEST;
    let mut done = Vec::new();
    match script.seed {
        None => world.quiet = true,
        Some(_) => world.later(0, Job::Chaos),
    }
    for (when, command) in &script.commands {
        match when {
            When::Now => {}
            When::Wait(time) => world.pass(*time),
            When::At(tick, time) => {
                while world.ticks < *tick && world.tick(i64::MAX) {}
                // Nothing else is due by then, where this was written down of the same course.
                world.run(*time);
            }
            When::Logged(kind, detail) => {
                let mut from = logged(&world);
                let is_it = |entry: &Entry| entry.kind == kind && entry.text.starts_with(detail.as_str());
                while !since(&world, from).any(is_it) {
                    from = logged(&world);
                    if world.now > 600_000 || !world.tick(i64::MAX) {
                        break;
                    }
                }
            }
        }
        let possible = command.is_empty() || world.command(command);
        done.push((world.ticks, world.now, possible));
    }
    match script.seed {
        Some(_) => follow(&mut world),
        None => {
            let (end, from) = (world.now + script.stop, logged(&world));
            while logged(&world) < from + ENOUGH && world.tick(end) {}
        }
    }
    Played { world, done }
}

/// The course of a seed: to its end, or until what was broken has had its consequence.
fn follow(world: &mut World) {
    while world.breaches.is_empty() && world.now < world.plan.duration && world.tick(world.plan.duration) {}
    if world.breaches.is_empty() {
        world.run(world.plan.duration);
        world.settle();
        return;
    }
    let end = world.now + AFTERMATH + 2 * world.plan.lifetime;
    while !lost(world) && world.tick(end) {}
    let end = world.now + 5_000;
    while world.tick(end) {}
}

/// Whether the provider ended a session that need not have ended.
fn lost(world: &World) -> bool {
    world.breaches.iter().any(|(_, broken)| broken.rule == checks::LOST)
}

/// How many entries there were.
fn logged(world: &World) -> usize {
    world.log.as_ref().map_or(0, |log| log.dropped + log.entries.len())
}

/// The entries from one on.
fn since(world: &World, from: usize) -> impl Iterator<Item = &Entry> {
    let log = world.log.as_ref();
    log.into_iter().flat_map(move |log| log.entries.iter().skip(from.saturating_sub(log.dropped)))
}

/// Plays a script; answers with JSON: the entries of the log, when each command was carried out, what broke, and a
/// digest of the whole course. `null` where the script cannot be read.
pub fn play_to_json(text: &str) -> String {
    let Some(script) = read(text) else { return "null".into() };
    let Played { world, done } = play(script);
    let mut json = String::from("{\"entries\":[");
    let log = world.log.as_ref();
    for (index, entry) in log.into_iter().flat_map(|log| &log.entries).enumerate() {
        json += if index > 0 { ",\n" } else { "" };
        json += &entry.to_json();
    }
    json += "],\"commands\":[";
    for (index, (tick, at, possible)) in done.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(json, r#"{comma}{{"tick":{tick},"at":{at},"done":{possible}}}"#);
    }
    json += "],\"breaches\":[";
    for (index, (tick, broken)) in world.breaches.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let what = quoted(&broken.what);
        let _ = write!(json, r#"{comma}{{"tick":{tick},"rule":"{}","what":{what}}}"#, broken.rule);
    }
    let (dropped, digest) = log.map_or((0, String::new()), |log| (log.dropped, log.digest()));
    let plan = quoted(&world.plan.line());
    let _ = write!(
        json,
        r#"],"dropped":{dropped},"ticks":{},"now":{},"lifetime":{},"storage":"{:?}","plan":{plan},"digest":"{digest}"}}"#,
        world.ticks, world.now, world.plan.lifetime, world.plan.keep,
    );
    json
}

/// Runs `count` seeds from `first`, perhaps without a rule; answers with JSON: what they came to, and each seed that broke
/// something, with what and after how many jobs.
pub fn seeds_to_json(first: u64, count: u64, without: &str) -> String {
    let defect = rule(without);
    let (mut broken, mut totals) = (String::new(), [0_u64; 7]);
    for seed in first..first + count {
        let mut plan = super::plan_of(seed, false);
        plan.defect = defect;
        let mut world = World::new(plan, seed, false);
        world.goes_on = defect.is_some();
        world.limit = if defect.is_some() { LONG_ENOUGH } else { u64::MAX };
        let world = complete(world);
        let stats = world.stats;
        let each = [
            stats.steps,
            stats.tab_time as u64,
            stats.refreshes,
            stats.sign_ins,
            stats.sign_outs,
            stats.losses,
            stats.faults,
        ];
        for (total, one) in totals.iter_mut().zip(each) {
            *total += one;
        }
        let worst = world.breaches.iter().find(|(_, broken)| broken.rule == checks::LOST);
        if let Some((tick, breach)) = worst.or(world.breaches.first()) {
            let comma = if broken.is_empty() { "" } else { "," };
            let _ = write!(
                broken,
                r#"{comma}{{"seed":{seed},"tick":{tick},"tabs":{},"rule":"{}","lost":{}}}"#,
                world.tabs.len(),
                breach.rule,
                worst.is_some(),
            );
        }
    }
    let [steps, tab_time, refreshes, sign_ins, sign_outs, losses, faults] = totals;
    format!(
        r#"{{"seeds":{count},"steps":{steps},"tabTime":{tab_time},"refreshes":{refreshes},"signIns":{sign_ins},"signOuts":{sign_outs},"unavoidable":{losses},"faults":{faults},"broken":[{broken}]}}"#
    )
}
