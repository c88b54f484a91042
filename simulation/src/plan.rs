//! What a seed decides before the world begins: the app's settings, the platform's habits and which faults there are.

use intelliauth_spa_sdk::core::base::config::TokenStorage;
use intelliauth_spa_sdk::core::client::runner::Area;
use intelliauth_spa_sdk::core::client::session::schedule::Rng;

/// Chance, all of it from the seed.
pub struct Dice(Rng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(Rng::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x51ed_270b))
    }

    pub fn below(&mut self, bound: i64) -> i64 {
        self.0.below(bound)
    }

    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }

    pub fn percent(&mut self, chance: i64) -> bool {
        self.below(100) < chance
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as i64) as usize]
    }
}

/// One class of things that go wrong, or that users do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[rustfmt::skip]
pub enum Fault {
    Loss, Slow, Overload, Unreadable, Outage, Offline, WrongUser, PlatformRevokes,
    Freeze, Throttle, Kill, Reload, Duplicate, Back, Sleep, Jump,
    Blocked, Full, Clear, Corrupt, Stale, LostMessages, LateMessages,
    SignOut, Demand, TwoCallbacks, NoLocks, NoChannel,
}

use Fault::*;

#[rustfmt::skip]
const COMMON: &[Fault] = &[
    Loss, Slow, Overload, Unreadable, Outage, Offline, WrongUser, PlatformRevokes,
    Freeze, Throttle, Kill, Reload, Duplicate, Back, Sleep, Jump,
    Blocked, Full, Clear, Corrupt, Stale, LostMessages, LateMessages,
    SignOut, Demand, TwoCallbacks,
];

/// A defect of the world or of the client, put in on purpose to see that the checks notice. It exempts from no rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// Every lock is granted at once, to everybody.
    DoubleGrant,
    /// What other tabs write is never read.
    StaleForever,
    /// No message arrives.
    DeafChannel,
    /// No question to the other tabs arrives.
    NoQuery,
    /// The holder of a session's lock reads what it read before it had it.
    StaleUnderLock,
    /// A lock is released as soon as the request under it is sent.
    EarlyUnlock,
    /// Neither a tombstone nor the mark of a session that ended is kept.
    NoTombstone,
}

/// What the platform does with refresh tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// A new one each time; using an old one again ends the whole family.
    Rotating,
    /// The same one for ever, and none in the answer.
    Static,
    /// There are none.
    Without,
}

pub struct Plan {
    pub keep: TokenStorage,
    pub rotation: Rotation,
    /// Whether signing out tells the platform.
    pub revocation: bool,
    /// Whether metadata and keys are read.
    pub discovery: bool,
    pub lifetime: i64,
    pub timeout: i64,
    pub peer_wait: i64,
    pub tabs: i64,
    /// How long faults happen, in milliseconds of virtual time.
    pub duration: i64,
    /// Mean pause between two faults or actions of a user.
    pub pace: i64,
    pub faults: u32,
    pub defect: Option<Defect>,
}

impl Plan {
    /// A world without faults.
    pub fn calm(keep: TokenStorage, rotation: Rotation, lifetime: i64) -> Self {
        Self {
            keep,
            rotation,
            revocation: true,
            discovery: false,
            lifetime,
            timeout: 10_000,
            peer_wait: 150,
            tabs: 1,
            duration: 0,
            pace: lifetime,
            faults: 0,
            defect: None,
        }
    }

    pub fn of(dice: &mut Dice, long: bool) -> Self {
        let keep = dice.pick(&[
            TokenStorage::Local,
            TokenStorage::Local,
            TokenStorage::Session,
            TokenStorage::Session,
            TokenStorage::Memory,
        ]);
        let rotation = dice.pick(&[
            Rotation::Rotating,
            Rotation::Rotating,
            Rotation::Rotating,
            Rotation::Static,
            Rotation::Without,
        ]);
        let lifetime = if long { 3_600_000 } else { dice.pick(&[4_000, 20_000, 60_000, 300_000, 3_600_000]) };
        let mut plan = Self::calm(keep, rotation, lifetime);
        plan.revocation = dice.percent(50);
        plan.discovery = dice.percent(30);
        plan.timeout = dice.pick(&[2_000, 10_000]);
        plan.tabs = if long { dice.between(4, 12) } else { dice.pick(&[1, 2, 2, 3, 3, 4, 6, 10]) };
        plan.duration = if long { 40 * lifetime } else { dice.between(6, 24) * lifetime.max(20_000) };
        plan.pace = if long { 2 * lifetime } else { (lifetime / dice.between(1, 6)).clamp(1_500, 600_000) };
        let share = dice.pick(&[0, 8, 15, 30, 50]);
        for fault in COMMON {
            if dice.percent(share) {
                plan.faults |= 1 << *fault as u32;
            }
        }
        if share > 0 && dice.percent(3) {
            plan.faults |= 1 << dice.pick(&[NoLocks, NoChannel]) as u32;
        }
        plan
    }

    /// Where the record is kept.
    pub fn area(&self) -> Option<Area> {
        match self.keep {
            TokenStorage::Session => Some(Area::Tab),
            TokenStorage::Local => Some(Area::Origin),
            TokenStorage::Memory => None,
        }
    }

    /// The longest that a lock may be held, in milliseconds: one refresh with all its parts.
    pub fn hold(&self) -> i64 {
        4 * (self.timeout + 1_000) + 2 * self.peer_wait
    }

    pub fn has(&self, fault: Fault) -> bool {
        self.faults & (1 << fault as u32) != 0
    }

    pub fn with(mut self, fault: Fault) -> Self {
        self.faults |= 1 << fault as u32;
        self
    }

    /// What the plan says, in one line.
    pub fn line(&self) -> String {
        let faults: Vec<_> = COMMON.iter().chain(&[NoLocks, NoChannel]).filter(|f| self.has(**f)).collect();
        format!(
            "{:?} {:?} lifetime {} s, {} tabs, {} s{}{}, {faults:?}",
            self.keep,
            self.rotation,
            self.lifetime / 1000,
            self.tabs,
            self.duration / 1000,
            [
                if self.revocation { ", revocation" } else { "" },
                if self.discovery { ", discovery" } else { "" }
            ]
            .concat(),
            self.defect.map(|defect| format!(", a defect: {defect:?}")).unwrap_or_default(),
        )
    }
}
