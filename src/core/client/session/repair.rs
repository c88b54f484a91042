//! Repairs storage: writes a record again whose write failed, and overwrites the record of a tab that did not know the
//! latest sign-in or sign-out.

use super::io::{Context, Stored};
use super::session_record::{Record, SessionRecord, Tombstone};
use super::{Phase, Session};
use crate::core::base::clock::{Millis, MonotonicTime};
use crate::core::client::notification::{NotificationKind, Source};
use crate::core::client::runner::Report;

/// The first pause before a write is tried again; doubled each time.
const PAUSE: Millis = Millis::seconds(1);

/// How often the pause is doubled at most.
const MAX_DOUBLINGS: u32 = 6;

/// Whether the record that is held is not in storage.
#[derive(Debug)]
pub(super) struct Repair {
    /// How many writes failed in a row.
    failures: u32,
    /// When the last one did.
    failed_at: MonotonicTime,
    /// When the next one is tried.
    retry_at: MonotonicTime,
}

impl Default for Repair {
    fn default() -> Self {
        Self { failures: 0, failed_at: MonotonicTime::default(), retry_at: MonotonicTime::NEVER }
    }
}

/// What storage holds, as far as it decides on a repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StoredOrder {
    /// It cannot be read.
    Unreadable,
    /// No record, or none that can be read.
    Nothing,
    /// A record of this place among sign-ins and sign-outs, of this generation, issued at this time.
    Record(i64, i64, i64),
}

impl StoredOrder {
    pub(super) fn of(stored: &Stored) -> (Self, Option<Record>) {
        match stored {
            Stored::Unreadable => (Self::Unreadable, None),
            Stored::Empty => (Self::Nothing, None),
            Stored::Text(text) => match Record::from_text(text) {
                None => (Self::Nothing, None),
                Some(Record::Active(record)) => (Self::active(&record), Some(Record::Active(record))),
                Some(Record::Ended(ended)) => {
                    (Self::Record(ended.sequence, i64::MAX, 0), Some(Record::Ended(ended)))
                }
            },
        }
    }

    fn active(record: &SessionRecord) -> Self {
        Self::Record(record.sequence, record.generation, record.issued_at.0)
    }
}

impl Repair {
    /// When the next write is tried.
    pub(super) fn due(&self) -> MonotonicTime {
        self.retry_at
    }

    /// A write that is not reported as failed before the next input has worked.
    pub(super) fn write_did_not_fail(&mut self) {
        if self.retry_at == MonotonicTime::NEVER {
            self.failures = 0;
        }
    }

    /// The record is written anew, whatever was to be repaired.
    fn written(&mut self) {
        self.retry_at = MonotonicTime::NEVER;
    }

    /// Tries again at once, because storage may have changed. The pause still grows: the change may be another tab's
    /// write that failed too.
    pub(super) fn retry_sooner(&mut self) {
        if self.retry_at != MonotonicTime::NEVER {
            self.retry_at = self.retry_at.min(self.failed_at + PAUSE.times(self.failures.into()));
        }
    }

    /// Whether a write failed a moment ago. Each failure makes all other tabs read storage, and they must not answer it
    /// with writes of their own.
    pub(super) fn failed_just_now(&self, now: MonotonicTime) -> bool {
        self.retry_at != MonotonicTime::NEVER && now < self.failed_at + PAUSE
    }

    fn failed(&mut self, now: MonotonicTime) {
        let pause = Millis(PAUSE.0 << self.failures.min(MAX_DOUBLINGS));
        self.failures += 1;
        self.failed_at = now;
        self.retry_at = now + pause;
    }
}

impl Session {
    /// Writes `record` where one is kept.
    pub(super) fn write_record(&mut self, context: &mut Context, record: &SessionRecord) {
        if self.shared() {
            self.write_text(context, &record.to_text());
        }
    }

    /// Writes a record as text. If that fails, nothing older is left, and [`super::io::SessionInput::WriteFailed`] follows.
    pub(super) fn write_text(&mut self, context: &mut Context, text: &str) {
        self.repair.written();
        context.wrote = true;
        if let Some(area) = context.store.session_area() {
            context.actions.write(area, &context.store.session_key(), text, Report::Failure);
        }
    }

    /// The app is told once, however often it is tried again.
    pub(super) fn write_failed(&mut self, context: &mut Context) {
        if self.repair.failures == 0 {
            context.notify(Source::ThisTab, NotificationKind::StorageFailed);
        }
        self.repair.failed(context.now.mono);
    }

    /// Writes what is held over what is older. Newer tokens of the same session that another tab wrote a moment ago may
    /// not be readable yet, so tokens are written again only where this tab's own write failed.
    pub(super) fn repair_storage(&mut self, context: &mut Context, stored: StoredOrder) {
        if context.wrote {
            return;
        }
        let due = self.repair.retry_at <= context.now.mono;
        match (stored, &self.phase) {
            (StoredOrder::Unreadable, _) => {
                if due {
                    self.repair.failed(context.now.mono);
                }
                return;
            }
            (StoredOrder::Record(sequence, ..), _) if sequence < self.latest_sequence => {}
            (StoredOrder::Record(sequence, generation, issued_at), Phase::Authenticated(active))
                if due
                    && sequence == active.record.sequence
                    && (generation, issued_at) < (active.record.generation, active.record.issued_at.0) => {}
            (StoredOrder::Nothing, _) if due => {}
            _ => {
                if due {
                    self.repair.written();
                }
                return;
            }
        }
        let text = match &self.phase {
            Phase::Authenticated(active) => active.record.to_text(),
            Phase::Unauthenticated(reason) => {
                Tombstone { sequence: self.latest_sequence, reason: *reason }.to_text()
            }
            Phase::Loading => return,
        };
        self.write_text(context, &text);
    }
}
