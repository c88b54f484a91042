//! What this tab learns from storage and from its siblings. The later record wins, whoever brings it.

use super::super::config::Keep;
use super::super::error::{Code, Error};
use super::event::{Cx, Effect, News, Reason, Stored};
use super::mark::out_mark;
use super::message::Message;
use super::record::{Grant, Record, Tombstone};
use super::schedule::Deadline;
use super::{Phase, Session, tell};

impl Session {
    /// Reads what can be read now. Nothing that is unreadable, broken, gone or older ends a session that memory holds:
    /// only a tombstone does. Answers with the sequence of what is stored.
    pub(super) fn absorb(&mut self, cx: &Cx, fx: &mut Vec<Effect>) -> Option<i64> {
        let mut stored = None;
        if self.shared() {
            match cx.view.session() {
                Stored::Text(text) => {
                    let record = Record::from_text(&text);
                    stored = record.as_ref().map(Record::sequence);
                    match record {
                        Some(Record::In(grant)) => self.consider(cx, grant, false, fx),
                        Some(Record::Out(tombstone))
                            if tombstone.sequence > self.seen || matches!(self.phase, Phase::Loading) =>
                        {
                            self.ended_elsewhere(tombstone.sequence, tombstone.reason, fx);
                        }
                        _ => {}
                    }
                }
                Stored::Empty => {}
                Stored::Unreadable if matches!(self.phase, Phase::Loading) => {
                    tell(fx, false, News::StorageFailed)
                }
                Stored::Unreadable => {}
            }
            if let Phase::In(live) = &self.phase
                && cx.view.marked(&out_mark(&live.grant.sid))
            {
                self.ended_elsewhere(self.seen + 1, Reason::Logout, fx);
            }
        }
        if matches!(self.phase, Phase::Loading) {
            self.phase = Phase::Out(Reason::Never);
            self.version += 1;
        }
        stored
    }

    /// Puts right what a tab wrote that did not know the latest sign-in or sign-out. A refresh is never put right this
    /// way: a newer one may be on its way into storage.
    pub(super) fn mend(&self, stored: Option<i64>, fx: &mut Vec<Effect>) {
        let written = fx.iter().any(|effect| matches!(effect, Effect::Store(_)));
        if stored.is_none_or(|stored| stored >= self.seen) || written {
            return;
        }
        match &self.phase {
            Phase::In(live) => self.store(&live.grant, fx),
            Phase::Out(reason) => {
                fx.push(Effect::Store(Tombstone { sequence: self.seen, reason: *reason }.to_text()))
            }
            Phase::Loading => {}
        }
    }

    /// Takes over `grant` if it is later than what is held. `heard`: from a sibling, so storage may not have it.
    fn consider(&mut self, cx: &Cx, grant: Grant, heard: bool, fx: &mut Vec<Effect>) {
        let news = match &mut self.phase {
            Phase::Loading => News::Restored,
            Phase::Out(_) if grant.sequence <= self.seen => return,
            Phase::Out(_) => News::SignedIn,
            Phase::In(live) if grant.order() == live.grant.order() => {
                live.grant.unsure |= grant.unsure;
                return;
            }
            Phase::In(live) if grant.order() < live.grant.order() => return,
            Phase::In(live) if grant.sid == live.grant.sid => News::Refreshed,
            Phase::In(_) => News::SignedIn,
        };
        let restored = news == News::Restored;
        let deadline = Deadline::read(cx.now, grant.issued_at, grant.expires_at);
        if heard && self.rules.keep == Keep::Session {
            self.store(&grant, fx);
        }
        self.hold(grant, deadline, fx);
        self.siblings = true;
        tell(fx, !restored, news);
    }

    /// A sibling said something.
    pub(super) fn hear(&mut self, cx: &Cx, message: Message, fx: &mut Vec<Effect>) {
        let mine = match &self.phase {
            Phase::In(live) => Some((live.grant.sid.clone(), live.grant.generation)),
            _ => None,
        };
        let ours = |sid: &str| mine.as_ref().is_some_and(|(mine, _)| mine == sid);
        match message {
            Message::Ask { sid, generation } if ours(&sid) => {
                self.siblings = true;
                let answer = match &self.phase {
                    Phase::In(live) if live.grant.generation > generation => {
                        Message::Tokens(live.grant.clone())
                    }
                    _ => Message::Here { sid },
                };
                fx.push(Effect::Post(answer));
            }
            Message::Here { sid } if ours(&sid) => self.siblings = true,
            Message::Tokens(grant) if ours(&grant.sid) => {
                self.siblings = true;
                self.consider(cx, grant, true, fx);
            }
            // Another session's tokens count where all tabs share one.
            Message::Tokens(grant) if self.rules.keep == Keep::Local => {
                fx.push(Effect::Post(Message::Here { sid: grant.sid.clone() }));
                self.consider(cx, grant, true, fx);
            }
            Message::Failing { sid, generation, pause, failures, unsure } if ours(&sid) => {
                self.siblings = true;
                self.heard_failing(cx, generation, pause, failures, unsure, fx);
            }
            Message::Out { sid, generation, sequence, reason } if ours(&sid) => {
                let newer = mine.is_some_and(|(_, mine)| mine > generation);
                match &self.phase {
                    // It ended for older tokens than these: whoever is left may have them.
                    Phase::In(live) if newer && reason != Reason::Logout => {
                        fx.push(Effect::Post(Message::Tokens(live.grant.clone())));
                    }
                    _ => self.ended_elsewhere(sequence, reason, fx),
                }
            }
            _ => {}
        }
    }

    /// A sibling's try failed: this tab waits as long as it would, and knows what it knows.
    fn heard_failing(
        &mut self,
        cx: &Cx,
        generation: i64,
        pause: i64,
        failures: i64,
        unsure: bool,
        fx: &mut Vec<Effect>,
    ) {
        let Phase::In(live) = &mut self.phase else { return };
        if live.grant.generation != generation {
            return;
        }
        live.grant.unsure = unsure;
        let pause = pause.clamp(0, 3_600_000);
        self.backoff.failures = self.backoff.failures.max(failures.clamp(1, 1000) as u32);
        self.backoff.last = cx.now.mono;
        self.backoff.offline |= !cx.online;
        self.backoff.retry_at = self.backoff.retry_at.max(cx.now.mono + pause);
        self.now_failing(
            Error::new(Code::PlatformUnavailable).with("elsewhere", "true"),
            cx.now.wall + pause,
            true,
            fx,
        );
    }

    /// "Is there a newer one?"
    pub(super) fn ask_siblings(&self, fx: &mut Vec<Effect>) {
        if let Phase::In(live) = &self.phase
            && self.shared()
        {
            fx.push(Effect::Post(Message::Ask {
                sid: live.grant.sid.clone(),
                generation: live.grant.generation,
            }));
        }
    }

    /// Writes the record where one is kept.
    pub(super) fn store(&self, grant: &Grant, fx: &mut Vec<Effect>) {
        if self.shared() {
            fx.push(Effect::Store(grant.to_text()));
        }
    }
}
