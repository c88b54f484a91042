//! What this tab learns from storage and from its peers, the other tabs that hold the same session. The later record
//! counts, wherever it comes from.

use super::io::Context;
use super::message::{Failing, Message};
use super::repair::StoredOrder;
use super::schedule::Deadline;
use super::session_record::{Record, SessionRecord};
use super::{Phase, Session};
use crate::core::base::clock::WallTime;
use crate::core::base::config::TokenStorage;
use crate::core::base::error::Error;
use crate::core::client::marks::ended_mark;
use crate::core::client::notification::{NotificationKind, Source};
use crate::core::client::session::reason::Reason;
use std::sync::Arc;

/// What is known of other tabs that hold this session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peers {
    /// There are none: the session began in this tab.
    None,
    /// There may be some: before a refresh they are asked.
    Possible,
    /// One was heard, and none has left since. Tokens are posted to known peers only.
    Known,
}

/// Where a record comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Storage,
    Peer,
}

impl Session {
    /// Reads what can be read now. Nothing that is unreadable, broken, missing or older ends a session that memory holds:
    /// only a tombstone does.
    pub(super) fn sync_from_storage(&mut self, context: &mut Context) -> StoredOrder {
        let mut order = StoredOrder::Unreadable;
        let loading = matches!(self.phase, Phase::Loading);
        if self.shared() {
            let record;
            (order, record) = StoredOrder::of(&context.store.session());
            match record {
                Some(Record::Active(record)) => {
                    context.stored = Some(record.clone());
                    self.merge(context, record, From::Storage);
                }
                Some(Record::Ended(ended)) if loading || ended.sequence > self.latest_sequence => {
                    self.end_elsewhere(context, ended.sequence, ended.reason);
                }
                None if loading && order == StoredOrder::Unreadable => {
                    context.notify(Source::ThisTab, NotificationKind::StorageFailed);
                }
                _ => {}
            }
            if self.record().is_some_and(|record| context.store.is_marked(&ended_mark(&record.sid))) {
                self.end_elsewhere(context, self.latest_sequence + 1, Reason::Logout);
            }
        }
        if matches!(self.phase, Phase::Loading) {
            self.phase = Phase::Unauthenticated(Reason::Never);
            self.version += 1;
        }
        order
    }

    /// Takes `record` over if it is later than what is held.
    fn merge(&mut self, context: &mut Context, record: Arc<SessionRecord>, from: From) {
        let kind = match &mut self.phase {
            Phase::Loading => NotificationKind::Restored,
            Phase::Unauthenticated(_) if record.sequence <= self.latest_sequence => return,
            Phase::Unauthenticated(_) => NotificationKind::SignedIn,
            Phase::Authenticated(active) if record.order() == active.record.order() => {
                if record.refresh_pending {
                    active.set_pending(true);
                }
                return;
            }
            Phase::Authenticated(active) if record.order() < active.record.order() => return,
            Phase::Authenticated(active) if record.sid == active.record.sid => NotificationKind::Refreshed,
            Phase::Authenticated(_) => NotificationKind::SignedIn,
        };
        let source = if kind == NotificationKind::Restored { Source::ThisTab } else { Source::OtherTab };
        let deadline = Deadline::read(context.now, record.issued_at, record.expires_at);
        if from == From::Peer && self.rules.token_storage == TokenStorage::Session {
            self.write_record(context, &record);
        }
        self.set_signed_in(context, record, deadline);
        self.peers = if from == From::Peer { Peers::Known } else { Peers::Possible };
        context.notify(source, kind);
    }

    /// A peer said something.
    pub(super) fn handle_message(&mut self, context: &mut Context, message: Message) {
        let held = self.record().is_some_and(|record| record.sid == message.sid());
        if held {
            // Peers that stay answer the query before the next refresh.
            let left = matches!(message, Message::Left { .. });
            self.peers = if left { Peers::Possible } else { Peers::Known };
        }
        match message {
            // A peer that holds older tokens is told the newest.
            Message::Query { generation, issued_at, .. } if held => {
                if !self.post_if_newer_than(context, generation, issued_at)
                    && let Some(record) = self.record()
                {
                    // A peer must know that the refresh token is on its way: this page may be closed before the answer.
                    let answer = if record.refresh_pending {
                        Message::Tokens(record.clone())
                    } else {
                        present(record)
                    };
                    context.actions.post(&answer);
                }
            }
            Message::Present { generation, issued_at, .. } if held => {
                let newer = !self.post_if_newer_than(context, generation, issued_at)
                    && self
                        .record()
                        .is_some_and(|own| (own.generation, own.issued_at) < (generation, issued_at));
                if newer {
                    self.query_peers(context);
                }
            }
            // Two tabs that could not hear of each other refreshed the same tokens. Older generations are not answered: every
            // tab hears every answer.
            Message::Tokens(record)
                if held
                    && self.record().is_some_and(|own| own.generation == record.generation)
                    && self.post_if_newer_than(context, record.generation, record.issued_at) => {}
            // Another session's tokens count where all tabs share one.
            Message::Tokens(record) if held || self.rules.token_storage == TokenStorage::Local => {
                self.merge(context, record, From::Peer);
            }
            Message::Failing(failing) if held => self.peer_failed(context, failing),
            // A refusal of older tokens ends nothing: the peer that was refused may have the newer ones.
            Message::Ended { generation, reason, .. }
                if held
                    && reason != Reason::Logout
                    && self.post_if_newer_than(context, generation, WallTime(i64::MAX)) => {}
            Message::Ended { sequence, reason, .. } if held => self.end_elsewhere(context, sequence, reason),
            _ => {}
        }
    }

    /// Posts this tab's tokens if the peer's are older.
    fn post_if_newer_than(&self, context: &mut Context, generation: i64, issued_at: WallTime) -> bool {
        let newer = self.record().filter(|own| (own.generation, own.issued_at) > (generation, issued_at));
        if let Some(record) = newer {
            context.actions.post(&Message::Tokens(record.clone()));
        }
        newer.is_some()
    }

    /// Posts tokens where a peer is known. Where there may be one, `Present` announces them, and the peer asks.
    pub(super) fn post_tokens(&self, context: &mut Context, record: &Arc<SessionRecord>) {
        let message = match self.peers {
            Peers::Known => Message::Tokens(record.clone()),
            Peers::Possible => present(record),
            Peers::None => return,
        };
        if self.shared() {
            context.actions.post(&message);
        }
    }

    /// A peer's refresh failed: this tab waits as long as the peer does.
    fn peer_failed(&mut self, context: &mut Context, failing: Failing) {
        let Phase::Authenticated(active) = &mut self.phase else { return };
        if active.record.generation != failing.generation {
            return;
        }
        active.set_pending(failing.refresh_pending);
        let pause =
            self.backoff.peer_failed(context.now.mono, failing.pause, failing.failures, context.online);
        let error = Error::new(failing.code).with("elsewhere", "true");
        self.set_failing(context, error, context.now.wall + pause, Source::OtherTab);
    }

    /// Another tab must not take this one for a peer any more.
    pub(super) fn take_leave(&self, context: &mut Context) {
        if let Some(record) = self.record().filter(|_| self.shared() && self.peers != Peers::None) {
            context.actions.post(&Message::Left { sid: record.sid.clone() });
        }
    }

    /// "Is there a newer one?"
    pub(super) fn query_peers(&self, context: &mut Context) {
        if let Some(record) = self.record().filter(|_| self.shared()) {
            let (sid, generation, issued_at) = record.version();
            context.actions.post(&Message::Query { sid, generation, issued_at });
        }
    }
}

/// "I hold these."
fn present(record: &SessionRecord) -> Message {
    let (sid, generation, issued_at) = record.version();
    Message::Present { sid, generation, issued_at }
}
