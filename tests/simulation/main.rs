//! The deterministic simulation of the session: one seed, one world, one course of events.
//!
//! `cargo test --test simulation` runs some thousand seeds. `SIM_SEEDS=100000` runs more, `SIM_FIRST=5` begins there,
//! `SIM_LONG=1` makes each an app left open for days, `SIM_SEED=7` replays one and prints what happened last
//! (`SIM_LINES=500`: more of it).
#![cfg(not(target_arch = "wasm32"))]

mod act;
#[path = "../conformance/cases.rs"]
mod cases;
mod chaos;
mod checks;
mod conformance;
mod handed;
mod locks;
mod net;
mod plan;
mod platform;
mod promises;
mod recordings;
mod regressions;
mod runner;
mod sabotage;
mod scenarios;
mod settle;
mod storage;
mod trace;
mod world;

use intelliauth_spa_sdk::core::base::config::{Config, Endpoints, Options, TokenStorage};
use plan::{Dice, Plan, Rotation, Sabotage};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use world::{Broken, Job, Stats, World};

const ISSUER: &str = "https://tenant.example";
const CLIENT: &str = "app";

/// What the app is configured with.
fn config(plan: &Plan) -> Config {
    let endpoint = |path: &str| Some(format!("{ISSUER}{path}"));
    Config::new(Options {
        tenant_url: ISSUER.into(),
        client_id: CLIENT.into(),
        redirect_uri: platform::REDIRECT.into(),
        scope: Some("openid".into()),
        token_storage: Some(
            match plan.keep {
                TokenStorage::Session => "session",
                TokenStorage::Memory => "memory",
                TokenStorage::Local => "local",
            }
            .into(),
        ),
        discovery: plan.discovery,
        endpoints: Endpoints {
            revocation: endpoint("/revoke").filter(|_| plan.revocation),
            ..Endpoints::default()
        },
        request_timeout_seconds: Some(plan.timeout as f64 / 1000.0),
        ..Options::default()
    })
    .unwrap()
}

/// A key of the client's in storage.
fn key(name: &str) -> String {
    static NAMESPACE: OnceLock<String> = OnceLock::new();
    let plan = || Plan::calm(TokenStorage::Session, Rotation::Static, 1_000);
    [NAMESPACE.get_or_init(|| config(&plan()).namespace()), ".", name].concat()
}

/// The course of one seed.
fn run(seed: u64, long: bool, sabotage: Option<Sabotage>, traced: bool) -> World {
    let mut plan = Plan::of(&mut Dice::new(seed ^ 0xa076_1d64_78bd_642f), long);
    plan.sabotage = sabotage;
    complete(World::new(plan, seed, traced))
}

/// Lets a world take its course.
fn complete(mut world: World) -> World {
    world.later(0, Job::Chaos);
    let duration = world.plan.duration;
    world.run(duration);
    if world.broken.is_none() {
        world.settle();
    }
    world
}

/// The failure of `seed` to be read.
fn story(seed: u64, long: bool, sabotage: Option<Sabotage>) -> String {
    let world = run(seed, long, sabotage, true);
    let lines: Vec<_> = world.trace.iter().flatten().cloned().collect();
    let broken = world.broken.map_or("nothing broke".into(), |b| format!("{}: {}", b.rule, b.what));
    let long = if long { "SIM_LONG=1 " } else { "" };
    format!(
        "seed {seed}: {broken}\n{}\n{}\nreplay: {long}SIM_SEED={seed} cargo test --test simulation replay -- --nocapture",
        world.plan.line(),
        lines.join("\n"),
    )
}

/// Runs many seeds on `threads` threads; answers with the first seed that fails, and what all came to.
fn many(
    first: u64,
    count: u64,
    long: bool,
    sabotage: Option<Sabotage>,
    threads: usize,
) -> (Option<(u64, Broken)>, Stats) {
    let next = AtomicU64::new(first);
    let found: Mutex<(Option<(u64, Broken)>, Stats)> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let world = if seed < first + count { run(seed, long, sabotage, false) } else { break };
                    let mut found = found.lock().unwrap();
                    let (all, one) = (&mut found.1, world.stats);
                    all.steps += one.steps;
                    all.tab_time += one.tab_time;
                    all.refreshes += one.refreshes;
                    all.sign_ins += one.sign_ins;
                    all.sign_outs += one.sign_outs;
                    all.losses += one.losses;
                    all.faults += one.faults;
                    if let Some(broken) = world.broken {
                        next.fetch_max(first + count, Ordering::Relaxed);
                        if found.0.as_ref().is_none_or(|(other, _)| seed < *other) {
                            found.0 = Some((seed, broken));
                        }
                    }
                }
            });
        }
    });
    found.into_inner().unwrap()
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn every_seed_keeps_every_promise() {
    let count = setting("SIM_SEEDS").unwrap_or(2_000);
    let long = setting("SIM_LONG").is_some();
    let began = std::time::Instant::now();
    let (failure, stats) = many(setting("SIM_FIRST").unwrap_or(1), count, long, None, 2);
    eprintln!(
        "{count} seeds, {:.0} tab-hours, {stats:?}, {:?}",
        stats.tab_time as f64 / 3.6e6,
        began.elapsed()
    );
    if let Some((seed, _)) = failure {
        panic!("{}", story(seed, long, None));
    }
}

#[test]
fn replay() {
    if let Some(seed) = setting("SIM_SEED") {
        eprintln!("{}", story(seed, setting("SIM_LONG").is_some(), None));
    }
}

/// Every rule that some seed breaks, how many do, and the first of them. For whoever works on the machine.
#[test]
fn survey() {
    let Some(count) = setting("SIM_SURVEY") else { return };
    let first = setting("SIM_FIRST").unwrap_or(1);
    let mut rules: std::collections::BTreeMap<&str, (u64, u64, String)> = Default::default();
    for seed in first..first + count {
        if let Some(broken) = run(seed, setting("SIM_LONG").is_some(), None, false).broken {
            rules.entry(broken.rule).or_insert((0, seed, broken.what)).0 += 1;
        }
    }
    for (rule, (times, seed, what)) in rules {
        eprintln!("{times:>6}  {rule}; first seed {seed}: {what}");
    }
}
