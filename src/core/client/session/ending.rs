//! How a session ends: by a sign-out, here or in another tab, or by the provider's refusal. A session that has ended does
//! not come back.

use super::io::{Context, SessionAction};
use super::message::Message;
use super::schedule::Backoff;
use super::session_record::{SessionRecord, Tombstone};
use super::sharing::Peers;
use super::{Phase, Session, signed_out};
use crate::core::base::config::TokenStorage;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::client::marks::ended_mark;
use crate::core::client::notification::{NotificationKind, Source};
use crate::core::client::session::reason::Reason;

impl Session {
    /// The user signs out: memory, storage and the peers first, then the provider.
    pub(super) fn sign_out(&mut self, context: &mut Context) {
        self.sign_out_epoch += 1;
        // Or the one in storage that this tab did not take over, because it knows of a later sign-out: another tab still
        // holds that session.
        let record = self.record().cloned().or_else(|| context.stored.take());
        if let Some(record) = &record {
            self.end(context, record, Reason::Logout);
        }
        let (refresh, id_token) =
            record.map_or((None, None), |record| (record.refresh.clone(), Some(record.id_token.clone())));
        context.push(SessionAction::SignOutProvider { refresh, id_token });
    }

    /// Ends the session and tells storage and the peers.
    pub(super) fn end_here(&mut self, context: &mut Context, reason: Reason) {
        if let Some(record) = self.record().cloned() {
            self.end(context, &record, reason);
        }
    }

    fn end(&mut self, context: &mut Context, record: &SessionRecord, reason: Reason) {
        let sequence = self.latest_sequence + 1;
        if self.shared() {
            // First the record, whose removal makes room for the mark.
            self.write_text(context, &Tombstone { sequence, reason }.to_text());
            if reason == Reason::Logout {
                context.store.mark(&ended_mark(&record.sid), context.now.wall, context.actions);
            }
            let generation = record.generation;
            context.actions.post(&Message::Ended { sid: record.sid.clone(), generation, sequence, reason });
        }
        self.set_signed_out(context, sequence, reason, Source::ThisTab);
    }

    /// Another tab ended the session. With `'session'` storage each tab removes its own record.
    pub(super) fn end_elsewhere(&mut self, context: &mut Context, sequence: i64, reason: Reason) {
        if reason == Reason::Logout && !matches!(self.phase, Phase::Loading) {
            self.sign_out_epoch += 1;
        }
        if self.record().is_some() && self.rules.token_storage == TokenStorage::Session {
            self.write_text(context, &Tombstone { sequence, reason }.to_text());
        }
        self.set_signed_out(context, sequence, reason, Source::OtherTab);
    }

    fn set_signed_out(&mut self, context: &mut Context, sequence: i64, reason: Reason, source: Source) {
        self.release(context);
        let was_signed_in = match &self.phase {
            Phase::Authenticated(active) => {
                for detached in &mut self.detached {
                    detached.session_ended |= detached.record.sid == active.record.sid;
                }
                true
            }
            _ => false,
        };
        self.latest_sequence = self.latest_sequence.max(sequence);
        self.backoff = Backoff::default();
        self.failing = None;
        self.peers = Peers::None;
        self.version += 1;
        self.phase = Phase::Unauthenticated(reason);
        // Calls under way are told what ended them; later ones, what to do.
        let error = match reason {
            Reason::Logout => Error::new(ErrorCode::SignedOut),
            _ => signed_out(reason),
        };
        self.settle_all(context, &error);
        if was_signed_in {
            context.notify(source, NotificationKind::SignedOut(reason));
        }
    }
}
