//! The locks that this page holds or waits for. A lock that one holder keeps for longer than a refresh can take is
//! stolen. The queue is served in order, so a holder that is the same at two looks has kept the lock, and is probably
//! frozen. The one exception: it released the lock, and then stole it from a third tab. That takes as long again, so
//! only a look that came late can miss it; such a look is repeated.

use super::runner::{Actions, Wait};
use super::session::io::{Lock, Ticket};
use super::session::schedule::Rng;
use crate::core::base::clock::{Millis, MonotonicTime};

/// Without locks, tabs are kept apart by a random pause of at most this many milliseconds.
const RANDOM_PAUSE: i64 = 100;

#[derive(Debug)]
pub(super) struct Locks {
    requests: Vec<LockRequest>,
    rng: Rng,
}

#[derive(Debug)]
struct LockRequest {
    ticket: Ticket,
    progress: Progress,
    /// How long one and the same holder may keep it; `None`: it is not waited for.
    steal_after: Option<Millis>,
}

#[derive(Debug)]
enum Progress {
    /// Waited for.
    Queued(Watch),
    /// This browser has no locks, or the page may not use them: it counts as held from this time on.
    Unguarded(MonotonicTime),
    Held,
}

/// What is known of a lock's holder.
#[derive(Debug, Default)]
struct Watch {
    /// As last seen.
    holder: Option<String>,
    /// When to look again.
    look_at: MonotonicTime,
    /// Whether the runner was asked since.
    asked: bool,
    /// How many looks in a row came late and saw the same holder.
    late_looks: u32,
}

impl Locks {
    pub(super) fn new(seed: u64) -> Self {
        Self { requests: Vec::new(), rng: Rng::new(!seed) }
    }

    /// Asks for a lock; without `steal_after` it is taken at once or not at all.
    pub(super) fn request(
        &mut self,
        actions: &dyn Actions,
        ticket: Ticket,
        lock: &Lock,
        steal_after: Option<Millis>,
    ) {
        let progress = Progress::Queued(Watch { asked: true, ..Watch::default() });
        self.requests.push(LockRequest { ticket, progress, steal_after });
        let wait = if steal_after.is_some() { Wait::Queue } else { Wait::IfFree };
        actions.lock(ticket, lock, wait);
        if steal_after.is_some() {
            actions.query_holder(ticket);
        }
    }

    /// Releases the lock, or stops requesting it.
    pub(super) fn release(&mut self, actions: &dyn Actions, ticket: Ticket) {
        self.lost(ticket.number);
        actions.unlock(ticket);
    }

    /// Stops requesting all locks that are not held.
    pub(super) fn stop_waiting(&mut self, actions: &dyn Actions) {
        let waits = |known: &LockRequest| !matches!(known.progress, Progress::Held);
        while let Some(at) = self.requests.iter().position(waits) {
            actions.unlock(self.requests.swap_remove(at).ticket);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// The lock is held. Returns its ticket if it is still wanted.
    pub(super) fn granted(&mut self, number: u32) -> Option<Ticket> {
        let known = self.find(number)?;
        known.progress = Progress::Held;
        Some(known.ticket)
    }

    /// The lock was not free, or was stolen. Returns its ticket if it is still wanted.
    pub(super) fn lost(&mut self, number: u32) -> Option<Ticket> {
        let at = self.requests.iter().position(|known| known.ticket.number == number)?;
        Some(self.requests.swap_remove(at).ticket)
    }

    /// The lock's holder is known. If it has held the lock the whole time, the lock is stolen.
    pub(super) fn holder_seen(
        &mut self,
        actions: &dyn Actions,
        now: MonotonicTime,
        number: u32,
        seen: Option<String>,
    ) {
        let Some(known) = self.find(number) else { return };
        let (Progress::Queued(watch), Some(after)) = (&mut known.progress, known.steal_after) else { return };
        let same = seen.is_some() && watch.holder == seen;
        let late = now > watch.look_at + super::LATE;
        // A page whose timers are always late must get the lock at some time too.
        if same && (!late || watch.late_looks > 0) {
            watch.holder = None;
            actions.steal(known.ticket);
        } else {
            let late_looks = if same { watch.late_looks + 1 } else { 0 };
            *watch = Watch { holder: seen, look_at: now + after, asked: false, late_looks };
        }
    }

    /// This browser has no locks.
    pub(super) fn missing(&mut self, now: MonotonicTime, number: u32) {
        let pause = Millis(self.rng.below(RANDOM_PAUSE));
        if let Some(known) = self.find(number) {
            known.progress = Progress::Unguarded(now + pause);
        }
    }

    /// Asks again for holders that were seen long enough ago. Returns the first lock that counts as held from now on.
    pub(super) fn due(&mut self, actions: &dyn Actions, now: MonotonicTime) -> Option<u32> {
        for known in &mut self.requests {
            match &mut known.progress {
                Progress::Queued(watch) if !watch.asked && watch.look_at <= now => {
                    watch.asked = true;
                    actions.query_holder(known.ticket);
                }
                Progress::Unguarded(at) if *at <= now => return Some(known.ticket.number),
                _ => {}
            }
        }
        None
    }

    /// When [`Self::due`] has something to do.
    pub(super) fn timeout(&self) -> MonotonicTime {
        let mut next = MonotonicTime::NEVER;
        for known in &self.requests {
            match &known.progress {
                Progress::Queued(watch) if !watch.asked => next = next.min(watch.look_at),
                Progress::Unguarded(at) => next = next.min(*at),
                _ => {}
            }
        }
        next
    }

    fn find(&mut self, number: u32) -> Option<&mut LockRequest> {
        self.requests.iter_mut().find(|known| known.ticket.number == number)
    }
}
