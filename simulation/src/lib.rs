//! A simulated world that runs the same client that ships: tabs, storage, locks, messages, requests, a provider, and
//! faults. Its tests are in `tests/simulation`; compiled to wasm it is the demo's page /lab.

pub mod act;
pub mod chaos;
pub mod checks;
pub mod command;
pub mod handed;
pub mod locks;
pub mod log;
pub mod net;
pub mod net_log;
pub mod pages;
pub mod plan;
pub mod platform;
pub mod promises;
pub mod reading;
pub mod runner;
pub mod script;
pub mod settle;
pub mod storage;
pub mod trace;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
pub mod world;

use intelliauth_spa_sdk::core::base::config::{Config, Endpoints, Options, TokenStorage};
use plan::{Defect, Dice, Plan, Rotation};
use std::sync::OnceLock;
use world::{Job, World};

pub const ISSUER: &str = "https://tenant.example";
pub const CLIENT: &str = "app";

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
pub fn key(name: &str) -> String {
    static NAMESPACE: OnceLock<String> = OnceLock::new();
    let plan = || Plan::calm(TokenStorage::Session, Rotation::Static, 1_000);
    [NAMESPACE.get_or_init(|| config(&plan()).namespace()), ".", name].concat()
}

/// What a seed decides.
pub fn plan_of(seed: u64, long: bool) -> Plan {
    Plan::of(&mut Dice::new(seed ^ 0xa076_1d64_78bd_642f), long)
}

/// The run of one seed.
pub fn run(seed: u64, long: bool, defect: Option<Defect>, traced: bool) -> World {
    let mut plan = plan_of(seed, long);
    plan.defect = defect;
    complete(World::new(plan, seed, traced))
}

/// Runs a world to its end.
pub fn complete(mut world: World) -> World {
    world.later(0, Job::Chaos);
    let duration = world.plan.duration;
    world.run(duration);
    if world.broken.is_none() {
        world.settle();
    }
    world
}

/// The failure of `seed` to be read.
pub fn story(seed: u64, long: bool, defect: Option<Defect>) -> String {
    let world = run(seed, long, defect, true);
    let lines: Vec<_> = world.trace.iter().flatten().cloned().collect();
    let broken = world.broken.map_or("nothing broke".into(), |b| format!("{}: {}", b.rule, b.what));
    let long = if long { "SIM_LONG=1 " } else { "" };
    format!(
        "seed {seed}: {broken}\n{}\n{}\nreplay: {long}SIM_SEED={seed} cargo test --test simulation replay -- --nocapture",
        world.plan.line(),
        lines.join("\n"),
    )
}

/// What the environment says of `name`.
pub fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
