//! When to refresh, and how long to wait after a failure. All in milliseconds.

use crate::core::base::clock::Now;

/// A lifetime as both clocks see its end; whichever comes first counts, so no expired token is served after a sleep
/// or after the clock was set back.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    wall: i64,
    mono: i64,
}

impl Deadline {
    /// `lifetime` after `since`.
    pub fn after(since: Now, lifetime: i64) -> Self {
        Self { wall: since.wall.saturating_add(lifetime), mono: since.mono.saturating_add(lifetime) }
    }

    /// Of a record that another tab, or this one before a reload, wrote: only the wall clock was shared. A record from
    /// the future says that the clock was set back since, so its age is unknown and its life is over.
    pub fn read(now: Now, issued_at: i64, expires_at: i64) -> Self {
        const TOLERANCE: i64 = 2_000;
        let lifetime = (expires_at - issued_at).max(0);
        let left =
            if now.wall + TOLERANCE < issued_at { 0 } else { (expires_at - now.wall).clamp(0, lifetime) };
        Self::after(now, left)
    }

    /// What is left of it.
    pub fn left(&self, now: Now) -> i64 {
        (self.wall - now.wall).min(self.mono - now.mono)
    }
}

/// How much of a lifetime is left when its scheduled refresh is due: a quarter, at most a minute, less up to half of
/// that by chance, so that tabs do not all wake at once.
pub fn margin(lifetime: i64, rng: &mut Rng) -> i64 {
    let whole = (lifetime / 4).min(60_000);
    whole - rng.below(whole / 2 + 1)
}

/// The pause after failures in a row.
#[derive(Debug, Default)]
pub struct Backoff {
    /// How many failures.
    pub failures: u32,
    /// Not before this, by the tab's own clock.
    pub retry_at: i64,
    /// When the last one was.
    pub last: i64,
    /// Whether it failed while the browser knew that it was offline.
    pub offline: bool,
    /// The platform asked to be left alone until then.
    pub asked: i64,
}

impl Backoff {
    /// The first pause.
    pub const BASE: i64 = 1_000;
    /// The longest, and how long a rest lasts that the timer does not end.
    pub const CAP: i64 = 300_000;
    /// The longest that the platform may ask for.
    const MAX_RETRY_AFTER: i64 = 3_600_000;
    /// After so many in a row nothing is tried by timer: a refusal without CORS headers looks like a network failure.
    pub const MAX_TRIES: u32 = 10;

    /// Takes note of a failure and returns the pause: doubled each time, with up to half of it by chance on top.
    pub fn failed(&mut self, now: Now, retry_after: Option<i64>, online: bool, rng: &mut Rng) -> i64 {
        let step = (Self::BASE << self.failures.min(16)).min(Self::CAP);
        let pause = step + rng.below(step / 2 + 1);
        let asked = retry_after.unwrap_or(0).clamp(0, Self::MAX_RETRY_AFTER);
        let pause = pause.max(asked);
        self.asked = now.mono + asked;
        self.failures = self.failures.saturating_add(1);
        self.last = now.mono;
        self.offline = !online;
        self.retry_at = now.mono + pause;
        pause
    }

    /// Brings the next try forward to `pause` after the last one, but not before the platform's wish.
    pub fn advance_retry(&mut self, pause: i64) {
        self.retry_at = self.retry_at.min((self.last + pause).max(self.asked));
    }

    /// Whether the timer has stopped trying.
    pub fn resting(&self) -> bool {
        self.failures >= Self::MAX_TRIES
    }
}

/// A small generator for jitter: chance, not secrecy. SplitMix64.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number below `bound`; 0 where there is none.
    pub fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        if bound <= 0 { 0 } else { ((z ^ (z >> 31)) % bound as u64) as i64 }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::Rng;
    use super::*;
    use proptest::prelude::*;

    const AT: Now = Now { wall: 1_800_000_000_000, mono: 5_000 };

    fn later(wall: i64, mono: i64) -> Now {
        Now { wall: AT.wall + wall, mono: AT.mono + mono }
    }

    #[test]
    fn whichever_clock_ends_first_counts() {
        let deadline = Deadline::after(AT, 60_000);
        assert_eq!(deadline.left(later(10_000, 10_000)), 50_000);
        assert_eq!(deadline.left(later(3_600_000, 1_000)), -3_540_000, "slept");
        assert_eq!(deadline.left(later(-3_600_000, 59_000)), 1_000, "clock set back");
    }

    #[test]
    fn a_record_from_the_future_is_over() {
        assert_eq!(Deadline::read(AT, AT.wall - 1_000, AT.wall + 59_000).left(AT), 59_000);
        assert_eq!(Deadline::read(AT, AT.wall + 3_600_000, AT.wall + 7_200_000).left(AT), 0);
        assert_eq!(
            Deadline::read(AT, AT.wall + 1_000, AT.wall + 61_000).left(AT),
            60_000,
            "within tolerance, never more than it began with"
        );
    }

    proptest! {
        #[test]
        fn pauses_grow_and_are_bounded(seed: u64, failures in 0u32..100, retry_after in proptest::option::of(any::<i64>())) {
            let mut rng = Rng::new(seed);
            let mut backoff = Backoff { failures, ..Backoff::default() };
            let pause = backoff.failed(AT, retry_after, true, &mut rng);
            prop_assert!(pause >= (Backoff::BASE << failures.min(16)).min(Backoff::CAP));
            prop_assert!(pause <= (Backoff::CAP * 3 / 2).max(Backoff::MAX_RETRY_AFTER));
        }

        #[test]
        fn the_margin_is_a_share_of_the_lifetime(seed: u64, lifetime in 1i64..1_000_000_000_000) {
            let margin = margin(lifetime, &mut Rng::new(seed));
            prop_assert!(margin >= 0 && margin <= lifetime / 4 && margin <= 60_000);
        }
    }
}
