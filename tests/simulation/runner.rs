//! The runner: carries effects out, as `src/web` does in the browser.

use super::locks::Asker;
use super::plan::{Fault, Lie};
use super::storage::Health;
use super::world::{Asked, DocId, Input, Job, Seen, World, note};
use intelliauth_spa_sdk::core::callback;
use intelliauth_spa_sdk::core::config::Keep;
use intelliauth_spa_sdk::core::secret::AccessToken;
use intelliauth_spa_sdk::core::session::State;
use intelliauth_spa_sdk::core::session::event::{Call, Effect, Event, Lock, Ticket};
use intelliauth_spa_sdk::core::session::mark::mark_lifetime;

/// What a call for a token asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Want {
    pub force: bool,
    pub min_validity: i64,
    /// An API refused the token that the page holds.
    pub after_401: bool,
}

impl World {
    /// `true` where a record could not be written.
    pub fn perform(&mut self, id: DocId, effect: Effect) -> bool {
        match effect {
            Effect::Store(text) => return !self.store(id, text),
            Effect::Mark(mark) => {
                let (tab, visible) = (self.docs[id].tab, self.visible());
                let until = self.truth() + mark_lifetime(&mark);
                self.shared.marks.leave(self.health.origin, tab, mark.clone(), visible, until);
                self.tabs[tab].own.marks.leave(self.health.tabs, tab, mark, self.now, until);
            }
            Effect::DropTransaction(state) => {
                if self.health.tabs != Health::Blocked {
                    let tab = self.docs[id].tab;
                    self.tabs[tab].own.transactions.remove(state.expose());
                }
            }
            Effect::Post(message) => self.post(id, message.to_text()),
            Effect::Lock { ticket, lock, patience } => self.lock(id, ticket, lock, patience),
            Effect::Steal(ticket) => self.steal((id, ticket)),
            Effect::Unlock(ticket) => {
                let next = self.locks.release((id, ticket), self.now);
                self.hand_over(next);
            }
            Effect::Refresh { ticket, token, .. } => self.send_refresh(id, ticket, token.expose().to_owned()),
            Effect::Exchange { ticket, code, verifier, redirect_uri, .. } => {
                self.send_code(
                    id,
                    ticket,
                    code.expose().to_owned(),
                    verifier.expose().to_owned(),
                    redirect_uri,
                );
            }
            Effect::Wake(at) => self.wake(id, at),
            Effect::Token(call, result) => self.check_token(id, call, result),
            Effect::SignedIn(call, result) => {
                let told = match &result {
                    Ok(_) => "ok".to_owned(),
                    Err(refusal) => refusal.error.code.as_str().to_owned(),
                };
                self.check_signed_in(id, call, told);
            }
            Effect::Metadata(ticket) => {
                self.at_once.push(Event::Metadata { ticket, iss_required: Ok(false) });
            }
            Effect::CameBack { .. } => {}
            Effect::Tell(notice) => self.check_notice(id, notice),
            Effect::Leave { refresh, .. } => {
                if self.plan.revocation
                    && let Some(token) = refresh
                {
                    let delay = self.dice.between(40, 400);
                    self.later(delay, Job::Revoke(token.expose().to_owned()));
                }
            }
            Effect::Revoke(token) => {
                self.check_revoked(id, token.expose());
                if self.plan.revocation {
                    let delay = self.dice.between(40, 400);
                    self.later(delay, Job::Revoke(token.expose().to_owned()));
                }
            }
        }
        false
    }

    /// Writes the record. What cannot be written leaves nothing older behind.
    fn store(&mut self, id: DocId, text: String) -> bool {
        let tab = self.docs[id].tab;
        self.god_stores(id, &text);
        let (health, before) = match self.plan.keep {
            Keep::Session => (self.health.tabs, self.tabs[tab].own.record.as_ref().map_or(0, String::len)),
            _ => (self.health.origin, self.shared.size()),
        };
        if health == Health::Blocked {
            return false;
        }
        let written = health.takes(before, text.len());
        let value = written.then_some(text);
        match self.plan.keep {
            Keep::Session => self.tabs[tab].own.record = value,
            _ => {
                let visible = self.visible();
                self.shared.write(tab, value, visible);
                for other in self.living() {
                    if self.docs[other].tab != tab
                        && !(self.plan.has(Fault::LostMessages) && self.dice.percent(20))
                    {
                        self.to(visible - self.now + 1, other, Input::Look);
                    }
                }
            }
        }
        written
    }

    fn post(&mut self, id: DocId, text: String) {
        if self.plan.has(Fault::NoChannel) || self.plan.lie == Some(Lie::DeafChannel) {
            return;
        }
        for other in self.living() {
            if other == id {
                continue;
            }
            if self.plan.has(Fault::LostMessages) && !self.quiet && self.dice.percent(15) {
                self.trouble.message = self.trouble.message.max(self.truth());
                continue;
            }
            let late = self.plan.has(Fault::LateMessages) && !self.quiet && self.dice.percent(20);
            let delay = if late { self.dice.between(100, 4_000) } else { self.dice.between(1, 15) };
            if late {
                self.trouble.message = self.trouble.message.max(self.truth() + delay);
            }
            // One sender's messages arrive in their order.
            let order = self.order.entry((id, other)).or_default();
            let at = (self.now + delay).max(*order);
            *order = at;
            self.to(at - self.now, other, Input::Message(text.clone()));
        }
    }

    fn lock(&mut self, id: DocId, ticket: Ticket, lock: Lock, patience: i64) {
        if self.plan.has(Fault::NoLocks) || self.plan.lie == Some(Lie::DoubleGrant) {
            let delay = self.dice.below(100);
            return self.to(delay, id, Input::Granted(ticket));
        }
        let name = match lock {
            Lock::Session(sid) => format!("session {sid}"),
            Lock::Callback(mark) => format!("callback {mark}"),
        };
        let free = self.locks.ask((id, ticket), &name, patience == 0, self.now);
        let delay = self.dice.below(3);
        if free {
            self.to(delay, id, Input::Granted(ticket));
        } else if patience == 0 {
            self.to(delay, id, Input::Overdue(ticket));
        } else {
            let before = self.locks.holder((id, ticket)).map(|(holder, _)| holder);
            self.watch_later(id, ticket, before, patience);
        }
    }

    fn watch_later(&mut self, id: DocId, ticket: Ticket, before: Option<Asker>, patience: i64) {
        let delay = self.throttle(id, patience);
        self.to(delay, id, Input::Watch(ticket, before, patience));
    }

    /// The patience is over: is the holder still the same?
    pub fn watch(&mut self, id: DocId, ticket: Ticket, before: Option<Asker>, patience: i64) {
        let Some((holder, _)) = self.locks.holder((id, ticket)) else { return };
        if holder == (id, ticket) {
            return;
        }
        if before == Some(holder) {
            // The browser's answer to "who holds it?" is a moment old.
            let delay = self.dice.below(3);
            self.to(delay, id, Input::Overdue(ticket));
        } else {
            self.watch_later(id, ticket, Some(holder), patience);
        }
    }

    fn steal(&mut self, asker: Asker) {
        if let Some(((robbed, ticket), held)) = self.locks.steal(asker, self.now) {
            note!(self, "      doc {} robs doc {robbed}", asker.0);
            self.god_robbed(robbed, ticket, held);
            let delay = self.dice.below(3);
            self.to(delay, robbed, Input::Stolen(ticket));
        }
        let delay = self.dice.below(3);
        self.to(delay, asker.0, Input::Granted(asker.1));
    }

    /// Those who hold a lock now learn of it.
    pub fn hand_over(&mut self, next: impl IntoIterator<Item = Asker>) {
        for (doc, ticket) in next {
            let delay = self.dice.below(3);
            self.to(delay, doc, Input::Granted(ticket));
        }
    }

    fn wake(&mut self, id: DocId, at: Option<i64>) {
        self.docs[id].timer += 1;
        let Some(at) = at else { return };
        // Timers have a longest delay, 24.8 days: then the runner believes that the time has come.
        let delay = (self.docs[id].born + at - self.now).clamp(0, (1 << 31) - 1);
        let delay = self.throttle(id, delay);
        let number = self.docs[id].timer;
        self.to(delay, id, Input::Timer(number));
    }

    /// A hidden tab's timers come at full seconds, long ones at full minutes.
    pub fn throttle(&self, id: DocId, delay: i64) -> i64 {
        let grid = if delay > 1_000 { 60_000 } else { 1_000 };
        if self.docs[id].throttled { (self.now + delay + grid - 1) / grid * grid - self.now } else { delay }
    }

    /// Whether a 401 is why `id` holds the token that it holds.
    fn after_rejection(&self, id: DocId) -> bool {
        let session = self.docs[id].session.as_ref();
        matches!(session.map(|session| session.state(self.clock(id))),
            Some(State::In { grant, .. }) if grant.after_rejection)
    }

    fn new_call(&mut self, id: DocId, strict: bool) -> Call {
        let (at, doc) = (self.now, &mut self.docs[id]);
        let call = doc.next_call;
        doc.next_call += 1;
        let before = doc.seen.held().map(|(_, access)| access.to_owned());
        doc.calls.insert(call, Asked { at, frozen: doc.frozen_for, strict, before, sid: None });
        call
    }

    /// The app wants a token.
    pub fn get_token(&mut self, id: DocId, want: Want) -> Call {
        let rejected = match &self.docs[id].seen {
            Seen::In { access, .. } if want.after_401 => Some(AccessToken::new(access.as_str())),
            _ => None,
        };
        let strict = want.force || (rejected.is_some() && !self.after_rejection(id));
        let call = self.new_call(id, strict);
        let Want { force, min_validity, .. } = want;
        self.step(id, Event::GetToken { call, force, min_validity, rejected });
        self.god_wants(id, call, want);
        let doc = &mut self.docs[id];
        if let Some(waiting) = doc.calls.get_mut(&call) {
            waiting.sid = doc.seen.held().map(|(sid, _)| sid.to_owned());
        }
        self.check_served(id, call, want);
        call
    }

    /// The app hands a callback's address over.
    pub fn callback(&mut self, id: DocId, url: &str) -> Call {
        let call = self.new_call(id, false);
        self.docs[id].god.callback_calls.insert(call, url.to_owned());
        self.step(id, Event::Callback { call, response: callback::read(url) });
        call
    }

    pub fn sign_out(&mut self, id: DocId) {
        self.god_signs_out(id);
        self.step(id, Event::SignOut);
        self.check_signed_out(id);
    }
}
