//! Time as the core is told it. All in milliseconds; the core has no clock of its own.

/// One moment by two clocks: the wall clock, which may jump either way, and the tab's own, which never goes back but
/// may stand still while the machine sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Since 1970.
    pub wall: i64,
    /// Since the tab began.
    pub mono: i64,
}
