//! The runner: carries actions out, as `src/web` does in the browser.

use super::act::{Act, Settled};
use super::locks::Asker;
use super::log::{Entry, message, purpose, stored_token};
use super::plan::{Defect, Fault};
use super::storage::Health;
use super::world::{Asked, DocId, Input, Seen, World, note};
use intelliauth_spa_sdk::core::base::clock::{Millis, MonotonicTime};
use intelliauth_spa_sdk::core::base::secret::AccessToken;
use intelliauth_spa_sdk::core::client::runner::{
    Area, Call as ClientCall, Channel, Delivery, Input as ClientInput, Reach, Rejected, Report,
    SignOutOptions, Wait, Written,
};
use intelliauth_spa_sdk::core::client::session::SessionState;
use intelliauth_spa_sdk::core::client::session::io::{Call, Lock, Renewal, Ticket};
use intelliauth_spa_sdk::core::client::session::message::Message;

/// What a call for a token asks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Want {
    pub force: bool,
    pub min_validity: i64,
    /// An API refused the token that the page holds.
    pub after_401: bool,
}

/// What a lock is for, by its name: `session` or `callback`.
fn kind_of(name: &str) -> &'static str {
    if name.starts_with("session") { "session" } else { "callback" }
}

impl World {
    pub fn perform(&mut self, id: DocId, act: Act) {
        match act {
            Act::Write { area, key, text, report } => {
                let stored = self.write(id, area, &key, &text);
                if report == Report::Always || (report == Report::Failure && !stored) {
                    let result = if stored { Written::Stored } else { Written::Failed };
                    self.at_once.push(ClientInput::Written { area, key, result });
                }
            }
            Act::Remove { area, key } => {
                self.tell_stored(id, "removed", area, &key, "");
                if self.health_of(area) != Health::Blocked {
                    let tab = self.docs[id].tab;
                    let visible = self.visible();
                    match area {
                        Area::Tab => self.tabs[tab].own.remove(&key),
                        Area::Origin => self.shared.remove(tab, &key, visible),
                    }
                }
            }
            Act::Post(message) => self.post(id, &message),
            Act::Channel(channel) => self.docs[id].channel = channel,
            Act::Lock { ticket, lock, wait } => self.lock(id, ticket, lock, wait),
            Act::QueryHolder(ticket) => self.query_holder(id, ticket),
            Act::Steal(ticket) => self.steal((id, ticket)),
            Act::Unlock(ticket) => {
                self.release((id, ticket));
            }
            Act::Send { request, url, form } => self.send(id, request, &url, form),
            Act::Cancel(request) => self.cancel(id, request),
            Act::Verify(request) => {
                let delay = self.dice.below(5);
                self.to(delay, id, Input::Verified(request));
            }
            Act::Timer(at) => self.wake(id, at),
            Act::Address(url) => self.docs[id].address = url,
            Act::Settle(call, settled) => {
                self.tell(|world| {
                    let entry = Entry::new("settled").tab(world.docs[id].tab);
                    match &settled {
                        Settled::Token(token) => entry.token(token.expose()).text("token"),
                        Settled::Error(error) => entry.text(error.code.as_str()),
                        Settled::Done => entry.text("done"),
                    }
                });
                if self.docs[id].oracle.callback_calls.contains_key(&call) {
                    let told = match settled {
                        Settled::Error(error) => error.code.as_str().to_owned(),
                        _ => "ok".to_owned(),
                    };
                    self.check_signed_in(id, call, told);
                } else if let Settled::Done = settled {
                    self.docs[id].calls.remove(&call);
                } else {
                    let result = match settled {
                        Settled::Token(token) => Ok(token),
                        Settled::Error(error) => Err(error),
                        Settled::Done => return,
                    };
                    self.check_token(id, call, result);
                }
            }
            Act::Lease(token, until) => self.docs[id].lease = Some((token, until)),
            Act::Notify(notice) => self.check_notice(id, notice),
            Act::Close => {
                let doc = &mut self.docs[id];
                doc.channel = Channel::Closed;
                doc.timer += 1;
                let next = self.locks.gone(id, self.now);
                self.hand_over(next);
            }
            Act::Changed | Act::Navigate => {}
        }
    }

    /// Writes. What cannot be written leaves nothing older behind.
    fn write(&mut self, id: DocId, area: Area, key: &str, text: &str) -> bool {
        if key == super::key("session") {
            self.oracle_stores(id, text);
        }
        match self.plan.defect {
            Some(Defect::NoTombstone) if key.contains(".mark.out.") => return true,
            Some(Defect::NoTombstone) if text.starts_with("kind=signed_out") => {
                self.perform(id, Act::Remove { area, key: key.into() });
                return true;
            }
            _ => {}
        }
        let health = self.health_of(area);
        let written = health != Health::Blocked && self.put(id, health, area, key, text);
        self.tell_stored(id, if written { "written" } else { "unwritten" }, area, key, text);
        written
    }

    fn tell_stored(&mut self, id: DocId, kind: &'static str, area: Area, key: &str, text: &str) {
        self.tell(|world| {
            let entry =
                Entry::new(kind).tab(world.docs[id].tab).token(stored_token(text).unwrap_or_default());
            let what = if text.starts_with("kind=signed_out") { "tombstone" } else { purpose(key) };
            entry.text(format!("{what} {}", if area == Area::Tab { "tab" } else { "origin" }))
        });
    }

    fn put(&mut self, id: DocId, health: Health, area: Area, key: &str, text: &str) -> bool {
        let tab = self.docs[id].tab;
        if area == Area::Tab {
            return self.tabs[tab].own.write(health, key, text);
        }
        let is_record = key == super::key("session");
        let visible = self.visible();
        let written = self.shared.write(health, tab, key, text, visible);
        if is_record {
            for other in self.open_docs() {
                if self.docs[other].tab != tab
                    && !(self.plan.has(Fault::LostMessages) && self.dice.percent(20))
                {
                    self.to(visible - self.now + 1, other, Input::Look);
                }
            }
        }
        written
    }

    fn post(&mut self, id: DocId, posted: &Message) {
        let silenced = match self.plan.defect {
            Some(Defect::DeafChannel) => true,
            Some(Defect::NoQuery) => matches!(posted, Message::Query { .. }),
            _ => false,
        };
        if self.docs[id].channel == Channel::Closed || self.plan.has(Fault::NoChannel) || silenced {
            return;
        }
        let text = posted.to_text();
        for other in self.open_docs() {
            if other == id || self.docs[other].channel == Channel::Closed {
                continue;
            }
            self.posts += 1;
            let number = self.posts;
            let lost = self.plan.has(Fault::LostMessages) && !self.quiet && self.dice.percent(15);
            self.tell(|world| {
                let (kind, token) = message(posted);
                let (from, to) = (world.docs[id].tab, world.docs[other].tab);
                let entry = Entry::new(if lost { "posted_lost" } else { "posted" });
                entry.tab(from).other(to).number(number).token(&token.unwrap_or_default()).text(kind)
            });
            if lost {
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
            let from = self.docs[id].tab;
            self.to(at - self.now, other, Input::Message(number, from, text.clone()));
        }
    }

    fn lock(&mut self, id: DocId, ticket: Ticket, lock: Lock, wait: Wait) {
        let delay = self.dice.below(3);
        if self.plan.has(Fault::NoLocks) {
            return self.to(delay, id, Input::LocksMissing(ticket));
        }
        if self.plan.defect == Some(Defect::DoubleGrant) {
            self.tell(|world| Entry::new("granted").tab(world.docs[id].tab).text("unlocked"));
            let delay = self.dice.below(100);
            return self.to(delay, id, Input::Granted(ticket));
        }
        let name = match lock {
            Lock::Session(sid) => format!("session {sid}"),
            Lock::Callback(mark) => format!("callback {mark}"),
        };
        self.tell(|world| Entry::new("asked").tab(world.docs[id].tab).text(kind_of(&name)));
        let free = self.locks.ask((id, ticket), &name, wait == Wait::IfFree, self.now);
        if free {
            self.tell(|world| Entry::new("granted").tab(world.docs[id].tab).text(kind_of(&name)));
            self.to(delay, id, Input::Granted(ticket));
        } else if wait == Wait::IfFree {
            self.tell(|world| Entry::new("busy").tab(world.docs[id].tab).text(kind_of(&name)));
            self.to(delay, id, Input::Unavailable(ticket));
        }
    }

    /// The browser's answer is a moment old when it comes.
    fn query_holder(&mut self, id: DocId, ticket: Ticket) {
        let holder = self.locks.holder((id, ticket)).map(|((holder, _), _)| format!("doc {holder}"));
        let delay = self.dice.below(3);
        self.to(delay, id, Input::Holder(ticket, holder));
    }

    /// Releases a lock, or stops requesting it.
    pub fn release(&mut self, asker: Asker) {
        if self.locks.holds(asker) {
            let name = self.locks.name(asker).map(|name| kind_of(name)).unwrap_or_default();
            self.tell(|world| Entry::new("released").tab(world.docs[asker.0].tab).text(name));
        }
        let next = self.locks.release(asker, self.now);
        self.hand_over(next);
    }

    fn steal(&mut self, asker: Asker) {
        if let Some(((lock_stolen, ticket), held)) = self.locks.steal(asker, self.now) {
            note!(self, "      doc {} steals the lock of doc {lock_stolen}", asker.0);
            self.tell(|world| {
                Entry::new("stolen").tab(world.docs[lock_stolen].tab).other(world.docs[asker.0].tab)
            });
            self.oracle_lock_stolen(lock_stolen, ticket, held);
            let delay = self.dice.below(3);
            self.to(delay, lock_stolen, Input::Stolen(ticket));
        }
        self.tell(|world| Entry::new("granted").tab(world.docs[asker.0].tab).text("session"));
        let delay = self.dice.below(3);
        self.to(delay, asker.0, Input::Granted(asker.1));
    }

    /// Those who hold a lock now learn of it.
    pub fn hand_over(&mut self, next: impl IntoIterator<Item = Asker>) {
        for (doc, ticket) in next {
            let name = self.locks.name((doc, ticket)).map(|name| kind_of(name)).unwrap_or_default();
            self.tell(|world| Entry::new("granted").tab(world.docs[doc].tab).text(name));
            let delay = self.dice.below(3);
            self.to(delay, doc, Input::Granted(ticket));
        }
    }

    fn wake(&mut self, id: DocId, at: Option<MonotonicTime>) {
        self.docs[id].timer += 1;
        let Some(at) = at else { return };
        // Timers have a longest delay, 24.8 days: then the runner believes that the time has come.
        let delay = (self.docs[id].created + at.0 - self.now).clamp(0, (1 << 31) - 1);
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
        let session = self.docs[id].client.as_ref();
        matches!(session.map(|session| session.state(self.clock(id))),
            Some(SessionState::Authenticated { record, .. }) if record.after_rejection)
    }

    fn new_call(&mut self, id: DocId, strict: bool) -> Call {
        let (at, doc) = (self.now, &mut self.docs[id]);
        let call = doc.next_call;
        doc.next_call += 1;
        let before = doc.seen.held().map(|(_, access)| access.to_owned());
        doc.calls.insert(call, Asked { at, frozen: doc.frozen_for, strict, before, sid: None });
        call
    }

    /// What a call may be answered with without an input.
    fn leased(&self, id: DocId) -> Option<AccessToken> {
        let now = self.clock(id);
        let (token, until) = self.docs[id].lease.as_ref()?;
        (now.wall < until.wall && now.mono < until.mono).then(|| token.clone())
    }

    /// The app wants a token.
    pub fn get_token(&mut self, id: DocId, want: Want) -> Call {
        let rejected = match &self.docs[id].seen {
            Seen::In { access, .. } if want.after_401 => {
                Some(Rejected { token: AccessToken::new(access.as_str()), challenges: None })
            }
            _ => None,
        };
        let strict = want.force || (rejected.is_some() && !self.after_rejection(id));
        let call = self.new_call(id, strict);
        if let Some(token) = self.leased(id).filter(|_| want == Want::default()) {
            let doc = &mut self.docs[id];
            if let Some(asked) = doc.calls.get_mut(&call) {
                asked.sid = doc.seen.held().map(|(sid, _)| sid.to_owned());
            }
            self.check_token(id, call, Ok(token));
            return call;
        }
        self.tell(|world| Entry::new("called").tab(world.docs[id].tab).text(if strict { "new" } else { "" }));
        let Want { force, min_validity, .. } = want;
        let renewal = if force { Renewal::Forced } else { Renewal::IfNeeded };
        self.step(
            id,
            ClientInput::Call(
                call,
                ClientCall::Token { renewal, min_validity: Millis(min_validity), rejected },
            ),
        );
        self.oracle_wants(id, call, want);
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
        self.docs[id].oracle.callback_calls.insert(call, url.to_owned());
        self.step(id, ClientInput::Call(call, ClientCall::Callback(url.to_owned())));
        call
    }

    pub fn sign_out(&mut self, id: DocId) {
        self.tell(|world| Entry::new("signs_out").tab(world.docs[id].tab));
        self.oracle_signs_out(id);
        let call = self.new_call(id, false);
        self.step(
            id,
            ClientInput::Call(
                call,
                ClientCall::Logout(Box::new(SignOutOptions {
                    return_to: None,
                    extra: Vec::new(),
                    reach: Reach::Provider,
                    delivery: Delivery::Navigate,
                })),
            ),
        );
        self.check_signed_out(id);
    }
}
