//! What this tab learns from storage and from its peers. The later record wins, whoever brings it.

use super::event::{Context, SessionAction, Stored};
use super::message::Message;
use super::schedule::Deadline;
use super::session_record::{Record, SessionRecord, Tombstone};
use super::{Phase, Session, notify};
use crate::core::base::config::TokenStorage;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::client::marks::ended_mark;
use crate::core::client::notification::NotificationKind;
use crate::core::client::session::reason::Reason;

impl Session {
    /// Reads what can be read now. Nothing that is unreadable, broken, gone or older ends a session that memory holds:
    /// only a tombstone does. Answers with the sequence of what is stored.
    pub(super) fn sync_from_storage(
        &mut self,
        context: &Context,
        actions: &mut Vec<SessionAction>,
    ) -> Option<i64> {
        let mut stored = None;
        if self.shared() {
            match context.view.session() {
                Stored::Text(text) => {
                    let record = Record::from_text(&text);
                    stored = record.as_ref().map(Record::sequence);
                    match record {
                        Some(Record::Active(grant)) => self.merge(context, grant, false, actions),
                        Some(Record::Ended(tombstone))
                            if tombstone.sequence > self.latest_sequence
                                || matches!(self.phase, Phase::Loading) =>
                        {
                            self.end_remote(tombstone.sequence, tombstone.reason, actions);
                        }
                        _ => {}
                    }
                }
                Stored::Empty => {}
                Stored::Unreadable if matches!(self.phase, Phase::Loading) => {
                    notify(actions, false, NotificationKind::StorageFailed)
                }
                Stored::Unreadable => {}
            }
            if let Phase::Authenticated(active) = &self.phase
                && context.view.marked(&ended_mark(&active.grant.sid))
            {
                self.end_remote(self.latest_sequence + 1, Reason::Logout, actions);
            }
        }
        if matches!(self.phase, Phase::Loading) {
            self.phase = Phase::Unauthenticated(Reason::Never);
            self.version += 1;
        }
        stored
    }

    /// Puts right what a tab wrote that did not know the latest sign-in or sign-out. A refresh is never put right this
    /// way: a newer one may be on its way into storage.
    pub(super) fn reconcile(&self, stored: Option<i64>, actions: &mut Vec<SessionAction>) {
        let written = actions.iter().any(|effect| matches!(effect, SessionAction::WriteRecord(_)));
        if stored.is_none_or(|stored| stored >= self.latest_sequence) || written {
            return;
        }
        match &self.phase {
            Phase::Authenticated(active) => self.store(&active.grant, actions),
            Phase::Unauthenticated(reason) => actions.push(SessionAction::WriteRecord(
                Tombstone { sequence: self.latest_sequence, reason: *reason }.to_text(),
            )),
            Phase::Loading => {}
        }
    }

    /// Takes over `grant` if it is later than what is held. `heard`: from a peer, so storage may not have it.
    fn merge(
        &mut self,
        context: &Context,
        grant: SessionRecord,
        heard: bool,
        actions: &mut Vec<SessionAction>,
    ) {
        let news = match &mut self.phase {
            Phase::Loading => NotificationKind::Restored,
            Phase::Unauthenticated(_) if grant.sequence <= self.latest_sequence => return,
            Phase::Unauthenticated(_) => NotificationKind::SignedIn,
            Phase::Authenticated(active) if grant.order() == active.grant.order() => {
                active.grant.refresh_pending |= grant.refresh_pending;
                return;
            }
            Phase::Authenticated(active) if grant.order() < active.grant.order() => return,
            Phase::Authenticated(active) if grant.sid == active.grant.sid => NotificationKind::Refreshed,
            Phase::Authenticated(_) => NotificationKind::SignedIn,
        };
        let restored = news == NotificationKind::Restored;
        let deadline = Deadline::read(context.now, grant.issued_at, grant.expires_at);
        if heard && self.rules.token_storage == TokenStorage::Session {
            self.store(&grant, actions);
        }
        self.set_signed_in(grant, deadline, actions);
        self.has_peers = true;
        notify(actions, !restored, news);
    }

    /// A peer said something.
    pub(super) fn handle_message(
        &mut self,
        context: &Context,
        message: Message,
        actions: &mut Vec<SessionAction>,
    ) {
        let mine = match &self.phase {
            Phase::Authenticated(active) => Some((active.grant.sid.clone(), active.grant.generation)),
            _ => None,
        };
        let ours = |sid: &str| mine.as_ref().is_some_and(|(mine, _)| mine == sid);
        match message {
            Message::Query { sid, generation } if ours(&sid) => {
                self.has_peers = true;
                let answer = match &self.phase {
                    Phase::Authenticated(active) if active.grant.generation > generation => {
                        Message::Tokens(active.grant.clone())
                    }
                    _ => Message::Present { sid },
                };
                actions.push(SessionAction::Post(answer));
            }
            Message::Present { sid } if ours(&sid) => self.has_peers = true,
            Message::Tokens(grant) if ours(&grant.sid) => {
                self.has_peers = true;
                self.merge(context, grant, true, actions);
            }
            // Another session's tokens count where all tabs share one.
            Message::Tokens(grant) if self.rules.token_storage == TokenStorage::Local => {
                actions.push(SessionAction::Post(Message::Present { sid: grant.sid.clone() }));
                self.merge(context, grant, true, actions);
            }
            Message::Failing { sid, generation, pause, failures, refresh_pending } if ours(&sid) => {
                self.has_peers = true;
                self.heard_failing(context, generation, pause, failures, refresh_pending, actions);
            }
            Message::Ended { sid, generation, sequence, reason } if ours(&sid) => {
                let newer = mine.is_some_and(|(_, mine)| mine > generation);
                match &self.phase {
                    // It ended for older tokens than these: whoever is left may have them.
                    Phase::Authenticated(active) if newer && reason != Reason::Logout => {
                        actions.push(SessionAction::Post(Message::Tokens(active.grant.clone())));
                    }
                    _ => self.end_remote(sequence, reason, actions),
                }
            }
            _ => {}
        }
    }

    /// A peer's try failed: this tab waits as long as it would, and knows what it knows.
    fn heard_failing(
        &mut self,
        context: &Context,
        generation: i64,
        pause: i64,
        failures: i64,
        refresh_pending: bool,
        actions: &mut Vec<SessionAction>,
    ) {
        let Phase::Authenticated(active) = &mut self.phase else { return };
        if active.grant.generation != generation {
            return;
        }
        active.grant.refresh_pending = refresh_pending;
        let pause = pause.clamp(0, 3_600_000);
        self.backoff.failures = self.backoff.failures.max(failures.clamp(1, 1000) as u32);
        self.backoff.last = context.now.mono;
        self.backoff.offline |= !context.online;
        self.backoff.retry_at = self.backoff.retry_at.max(context.now.mono + pause);
        self.now_failing(
            Error::new(ErrorCode::PlatformUnavailable).with("elsewhere", "true"),
            context.now.wall + pause,
            true,
            actions,
        );
    }

    /// "Is there a newer one?"
    pub(super) fn query_peers(&self, actions: &mut Vec<SessionAction>) {
        if let Phase::Authenticated(active) = &self.phase
            && self.shared()
        {
            actions.push(SessionAction::Post(Message::Query {
                sid: active.grant.sid.clone(),
                generation: active.grant.generation,
            }));
        }
    }

    /// Writes the record where one is kept.
    pub(super) fn store(&self, grant: &SessionRecord, actions: &mut Vec<SessionAction>) {
        if self.shared() {
            actions.push(SessionAction::WriteRecord(grant.to_text()));
        }
    }
}
