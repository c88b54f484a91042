//! When to refresh, and how long to wait after a failure.

use crate::core::base::clock::{Millis, MonotonicTime, Now, WallTime};

/// The end of a lifetime as both clocks see it. The earlier one counts: so no expired token is served after the device
/// slept, nor after the clock was set back.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    wall: WallTime,
    mono: MonotonicTime,
}

impl Deadline {
    /// `lifetime` after `since`.
    pub fn after(since: Now, lifetime: Millis) -> Self {
        Self { wall: since.wall + lifetime, mono: since.mono + lifetime }
    }

    /// Of a record that another tab wrote, or this one before a reload: only the wall clock was shared. Where the record
    /// is from the future, the clock was set back since and the token's age is not known: it counts as expired.
    pub fn read(now: Now, issued_at: WallTime, expires_at: WallTime) -> Self {
        const TOLERANCE: Millis = Millis::seconds(2);
        let lifetime = expires_at - issued_at;
        let from_the_future = now.wall + TOLERANCE < issued_at;
        let left =
            if from_the_future { Millis(0) } else { (expires_at - now.wall).min(lifetime).max(Millis(0)) };
        Self::after(now, left)
    }

    /// What is left of it.
    pub fn left(&self, now: Now) -> Millis {
        (self.wall - now.wall).min(self.mono - now.mono)
    }
}

/// How much of a lifetime is left when its scheduled refresh is due: a quarter, at most a minute, and at random up to
/// half of that less, so that tabs do not all wake at the same moment.
pub fn refresh_margin(lifetime: Millis, rng: &mut Rng) -> Millis {
    let whole = (lifetime.0 / 4).min(60_000);
    Millis(whole - rng.below(whole / 2 + 1))
}

/// The pause after failures in a row.
#[derive(Debug, Default)]
pub struct Backoff {
    /// How many failures.
    pub failures: u32,
    /// Not before this.
    pub retry_at: MonotonicTime,
    /// When the last failure was.
    last: MonotonicTime,
    /// Whether it failed while the browser said that it was offline.
    offline: bool,
    /// The provider asked not to be called before this.
    not_before: MonotonicTime,
    /// Whether the user came back to the page since the last failure.
    user_returned: bool,
}

impl Backoff {
    /// The first pause.
    pub const BASE: Millis = Millis::seconds(1);
    /// The longest pause; also the least between tries once the timer has stopped trying.
    pub const CAP: Millis = Millis::seconds(300);
    /// The longest `Retry-After` that is respected.
    const MAX_RETRY_AFTER: Millis = Millis::seconds(3600);
    /// After so many failures in a row the timer stops trying: a refusal without CORS headers looks like a network failure.
    pub const MAX_TRIES: u32 = 10;

    /// Counts a failure and returns the pause: doubled each time, with up to half of it at random on top.
    pub fn failed(&mut self, now: MonotonicTime, retry_after: Millis, online: bool, rng: &mut Rng) -> Millis {
        let step = (Self::BASE.0 << self.failures.min(16)).min(Self::CAP.0);
        let pause = Millis(step + rng.below(step / 2 + 1));
        let asked = retry_after.max(Millis(0)).min(Self::MAX_RETRY_AFTER);
        let pause = pause.max(asked);
        self.not_before = now + asked;
        self.failures = self.failures.saturating_add(1);
        self.last = now;
        self.offline = !online;
        self.user_returned = false;
        self.retry_at = now + pause;
        pause
    }

    /// A peer's refresh failed: this tab waits at least as long. Returns the pause.
    pub fn peer_failed(&mut self, now: MonotonicTime, pause: Millis, failures: u32, online: bool) -> Millis {
        let pause = pause.max(Millis(0)).min(Self::MAX_RETRY_AFTER);
        self.failures = self.failures.max(failures);
        self.last = now;
        self.offline |= !online;
        self.user_returned = false;
        self.retry_at = self.retry_at.max(now + pause);
        pause
    }

    /// Brings the next try forward: when the browser comes online, or, once the timer has stopped trying, for a call or
    /// the user's return. Never before `Retry-After` has passed.
    pub fn retry_sooner(&mut self, online: bool, pause: Millis) {
        let stopped = self.failures >= Self::MAX_TRIES;
        if self.failures > 0 && (stopped || (self.offline && online)) {
            let pause = if stopped { Self::CAP } else { pause };
            self.user_returned = true;
            self.retry_at = self.retry_at.min((self.last + pause).max(self.not_before));
        }
    }

    /// Whether the timer has stopped trying.
    pub fn timer_stopped(&self) -> bool {
        self.failures >= Self::MAX_TRIES && !self.user_returned
    }
}

/// A small generator of jitter, SplitMix64. It is not for secrets.
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

    const AT: Now = Now { wall: WallTime(1_800_000_000_000), mono: MonotonicTime(5_000) };

    fn later(wall: i64, mono: i64) -> Now {
        Now { wall: AT.wall + Millis(wall), mono: AT.mono + Millis(mono) }
    }

    #[test]
    fn whichever_clock_ends_first_counts() {
        let deadline = Deadline::after(AT, Millis(60_000));
        assert_eq!(deadline.left(later(10_000, 10_000)), Millis(50_000));
        assert_eq!(deadline.left(later(3_600_000, 1_000)), Millis(-3_540_000), "slept");
        assert_eq!(deadline.left(later(-3_600_000, 59_000)), Millis(1_000), "clock set back");
    }

    #[test]
    fn a_record_from_the_future_is_expired() {
        assert_eq!(
            Deadline::read(AT, AT.wall - Millis(1_000), AT.wall + Millis(59_000)).left(AT),
            Millis(59_000)
        );
        assert_eq!(
            Deadline::read(AT, AT.wall + Millis(3_600_000), AT.wall + Millis(7_200_000)).left(AT),
            Millis(0)
        );
        assert_eq!(
            Deadline::read(AT, AT.wall + Millis(1_000), AT.wall + Millis(61_000)).left(AT),
            Millis(60_000),
            "within tolerance, never more than it began with"
        );
    }

    proptest! {
        #[test]
        fn pauses_grow_and_are_bounded(seed: u64, failures in 0u32..100, retry_after: i64) {
            let mut rng = Rng::new(seed);
            let mut backoff = Backoff { failures, ..Backoff::default() };
            let pause = backoff.failed(AT.mono, Millis(retry_after), true, &mut rng);
            prop_assert!(pause.0 >= (Backoff::BASE.0 << failures.min(16)).min(Backoff::CAP.0));
            prop_assert!(pause.0 <= (Backoff::CAP.0 * 3 / 2).max(Backoff::MAX_RETRY_AFTER.0));
        }

        #[test]
        fn the_margin_is_a_share_of_the_lifetime(seed: u64, lifetime in 1i64..1_000_000_000_000) {
            let Millis(margin) = refresh_margin(Millis(lifetime), &mut Rng::new(seed));
            prop_assert!(margin >= 0 && margin <= lifetime / 4 && margin <= 60_000);
        }
    }
}
