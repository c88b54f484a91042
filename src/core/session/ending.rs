//! How a session ends: by a sign-out, here or elsewhere, or by the platform's last word. What ended does not come back.

use super::super::config::Keep;
use super::super::error::{Code, Error};
use super::event::{Effect, News, Reason};
use super::mark::out_mark;
use super::message::Message;
use super::record::Tombstone;
use super::schedule::Backoff;
use super::{Phase, Session, signed_out, tell};

impl Session {
    /// The person signs out: memory, storage and the siblings first, then the platform.
    pub(super) fn sign_out(&mut self, fx: &mut Vec<Effect>) {
        self.sign_outs += 1;
        let grant = match &self.phase {
            Phase::In(live) => Some(live.grant.clone()),
            _ => None,
        };
        if grant.is_some() {
            self.end(Reason::Logout, fx);
        }
        let (refresh, id_token) = grant.map_or((None, None), |grant| (grant.refresh, Some(grant.id_token)));
        fx.push(Effect::Leave { refresh, id_token });
    }

    /// Ends the session and tells storage and the siblings.
    pub(super) fn end(&mut self, reason: Reason, fx: &mut Vec<Effect>) {
        let Phase::In(live) = &self.phase else { return };
        let (sid, generation) = (live.grant.sid.clone(), live.grant.generation);
        let sequence = self.seen + 1;
        if self.shared() {
            // First the record, whose end makes room for the mark.
            fx.push(Effect::Store(Tombstone { sequence, reason }.to_text()));
            if reason == Reason::Logout {
                fx.push(Effect::Mark(out_mark(&sid)));
            }
            fx.push(Effect::Post(Message::Out { sid, generation, sequence, reason }));
        }
        self.over(sequence, reason, false, fx);
    }

    /// Another tab ended it. In a tab of its own the record is this tab's to bury.
    pub(super) fn ended_elsewhere(&mut self, sequence: i64, reason: Reason, fx: &mut Vec<Effect>) {
        if reason == Reason::Logout && !matches!(self.phase, Phase::Loading) {
            self.sign_outs += 1;
        }
        if matches!(self.phase, Phase::In(_)) && self.rules.keep == Keep::Session {
            fx.push(Effect::Store(Tombstone { sequence, reason }.to_text()));
        }
        self.over(sequence, reason, true, fx);
    }

    fn over(&mut self, sequence: i64, reason: Reason, elsewhere: bool, fx: &mut Vec<Effect>) {
        self.let_go(fx);
        let was_in = match &self.phase {
            Phase::In(live) => {
                let ended = self.astray.iter_mut().filter(|astray| astray.grant.sid == live.grant.sid);
                ended.for_each(|astray| astray.over = true);
                true
            }
            _ => false,
        };
        self.seen = self.seen.max(sequence);
        self.backoff = Backoff::default();
        self.failing = None;
        self.siblings = false;
        self.version += 1;
        self.phase = Phase::Out(reason);
        // Calls under way are told what ended them; later ones, what to do.
        let error = if reason == Reason::Logout { Error::new(Code::SignedOut) } else { signed_out(reason) };
        self.settle_with(&error, fx);
        if was_in {
            tell(fx, elsewhere, News::SignedOut(reason));
        }
    }
}
