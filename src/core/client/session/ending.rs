//! How a session ends: by a sign-out, here or elsewhere, or by the platform's last word. What ended does not come back.

use super::event::SessionAction;
use super::message::Message;
use super::schedule::Backoff;
use super::session_record::Tombstone;
use super::{Phase, Session, notify, signed_out};
use crate::core::base::config::TokenStorage;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::client::marks::ended_mark;
use crate::core::client::notification::NotificationKind;
use crate::core::client::session::reason::Reason;

impl Session {
    /// The person signs out: memory, storage and the peers first, then the platform.
    pub(super) fn sign_out(&mut self, actions: &mut Vec<SessionAction>) {
        self.sign_out_epoch += 1;
        let grant = match &self.phase {
            Phase::Authenticated(active) => Some(active.grant.clone()),
            _ => None,
        };
        if grant.is_some() {
            self.end_local(Reason::Logout, actions);
        }
        let (refresh, id_token) = grant.map_or((None, None), |grant| (grant.refresh, Some(grant.id_token)));
        actions.push(SessionAction::SignOutProvider { refresh, id_token });
    }

    /// Ends the session and tells storage and the peers.
    pub(super) fn end_local(&mut self, reason: Reason, actions: &mut Vec<SessionAction>) {
        let Phase::Authenticated(active) = &self.phase else { return };
        let (sid, generation) = (active.grant.sid.clone(), active.grant.generation);
        let sequence = self.latest_sequence + 1;
        if self.shared() {
            // First the record, whose end makes room for the mark.
            actions.push(SessionAction::WriteRecord(Tombstone { sequence, reason }.to_text()));
            if reason == Reason::Logout {
                actions.push(SessionAction::Mark(ended_mark(&sid)));
            }
            actions.push(SessionAction::Post(Message::Ended { sid, generation, sequence, reason }));
        }
        self.set_signed_out(sequence, reason, false, actions);
    }

    /// Another tab ended it. In a tab of its own the record is this tab's to bury.
    pub(super) fn end_remote(&mut self, sequence: i64, reason: Reason, actions: &mut Vec<SessionAction>) {
        if reason == Reason::Logout && !matches!(self.phase, Phase::Loading) {
            self.sign_out_epoch += 1;
        }
        if matches!(self.phase, Phase::Authenticated(_)) && self.rules.token_storage == TokenStorage::Session
        {
            actions.push(SessionAction::WriteRecord(Tombstone { sequence, reason }.to_text()));
        }
        self.set_signed_out(sequence, reason, true, actions);
    }

    fn set_signed_out(
        &mut self,
        sequence: i64,
        reason: Reason,
        elsewhere: bool,
        actions: &mut Vec<SessionAction>,
    ) {
        self.release(actions);
        let was_in = match &self.phase {
            Phase::Authenticated(active) => {
                let ended =
                    self.detached.iter_mut().filter(|detached| detached.grant.sid == active.grant.sid);
                ended.for_each(|detached| detached.set_signed_out = true);
                true
            }
            _ => false,
        };
        self.latest_sequence = self.latest_sequence.max(sequence);
        self.backoff = Backoff::default();
        self.failing = None;
        self.has_peers = false;
        self.version += 1;
        self.phase = Phase::Unauthenticated(reason);
        // Calls under way are told what ended them; later ones, what to do.
        let error =
            if reason == Reason::Logout { Error::new(ErrorCode::SignedOut) } else { signed_out(reason) };
        self.settle_all(&error, actions);
        if was_in {
            notify(actions, elsewhere, NotificationKind::SignedOut(reason));
        }
    }
}
