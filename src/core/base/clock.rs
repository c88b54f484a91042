//! Time as the core is told it: the core has no clock of its own. A moment by one clock cannot be taken for a moment by the
//! other, nor for a span of time. What clocks show, records hold and providers ask for is at most 2^53 in either direction
//! (`text::number`, and doubles), so no sum of these overflows.

use std::ops::{Add, Sub};

/// A span of time, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub i64);

/// A moment by the wall clock, in milliseconds since 1970. This clock may jump either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime(pub i64);

/// A moment by the page's own clock, in milliseconds since the page began. This clock never goes back, but it may stand
/// still while the device sleeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonotonicTime(pub i64);

/// Whether two moments are less than `span` apart, whichever came first: the clock may have been set back.
#[must_use]
pub fn is_within(span: Millis, one: WallTime, other: WallTime) -> bool {
    one < other + span && other < one + span
}

/// One moment by both clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Now {
    /// By the wall clock.
    pub wall: WallTime,
    /// By the page's own clock.
    pub mono: MonotonicTime,
}

impl Millis {
    /// This many seconds.
    #[must_use]
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * 1000)
    }

    /// This span, `times` over.
    #[must_use]
    pub const fn times(self, times: i64) -> Self {
        Self(self.0 * times)
    }
}

impl Add for Millis {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self(self.0 + more.0)
    }
}

impl Sub for Millis {
    type Output = Self;

    fn sub(self, less: Self) -> Self {
        Self(self.0 - less.0)
    }
}

macro_rules! moment {
    ($($clock:ident)*) => {$(
        impl $clock {
            /// Later than any other: when something happens that time alone does not bring.
            pub const NEVER: Self = Self(i64::MAX);
        }

        impl Add<Millis> for $clock {
            type Output = Self;

            fn add(self, later: Millis) -> Self {
                Self(self.0 + later.0)
            }
        }

        impl Sub<Millis> for $clock {
            type Output = Self;

            fn sub(self, earlier: Millis) -> Self {
                Self(self.0 - earlier.0)
            }
        }

        impl Sub for $clock {
            type Output = Millis;

            fn sub(self, since: Self) -> Millis {
                Millis(self.0 - since.0)
            }
        }
    )*};
}

moment!(WallTime MonotonicTime);
