//! The deterministic simulation of the session: one seed, one world, one course of events.
//!
//! `cargo test --test simulation` runs some thousand seeds. `SIM_SEEDS=100000` runs more, `SIM_FIRST=5` begins there,
//! `SIM_LONG=1` makes each an app left open for days, `SIM_SEED=7` replays one and prints what happened last
//! (`SIM_LINES=500`: more of it).
#![cfg(not(target_arch = "wasm32"))]

#[path = "../conformance/cases.rs"]
mod cases;
mod conformance;
mod defects;
mod lab;
mod recordings;
mod regressions;
mod scenarios;

use simulation::plan::Defect;
use simulation::world::{Broken, Stats};
use simulation::{
    ISSUER, act, checks, complete, key, net, plan, run, runner, setting, storage, story, world,
};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Runs many seeds on `threads` threads; answers with the first seed that fails, and what all came to.
fn many(
    first: u64,
    count: u64,
    long: bool,
    defect: Option<Defect>,
    threads: usize,
) -> (Option<(u64, Broken)>, Stats) {
    let next = AtomicU64::new(first);
    let found: Mutex<(Option<(u64, Broken)>, Stats)> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let world = if seed < first + count { run(seed, long, defect, false) } else { break };
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
