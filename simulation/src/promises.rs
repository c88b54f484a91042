//! More of what must hold: what an app is told, what a new page finds, how long a call waits, what a sign-out leaves.

use super::net::What;
use super::world::{DocId, Seen, World};
use intelliauth_spa_sdk::core::base::config::TokenStorage;
use intelliauth_spa_sdk::core::client::marks::ended_mark;
use intelliauth_spa_sdk::core::client::notification::{Notification, NotificationKind, Source};
use intelliauth_spa_sdk::core::client::session::io::Call;
use intelliauth_spa_sdk::core::client::session::reason::Reason;
use intelliauth_spa_sdk::core::client::session::session_record::SessionRecord;
use std::sync::Arc;

pub const FINAL: &str = "a sign-out ends a sign-in that is under way";

impl World {
    /// What a page that loads in `tab` now must restore.
    pub fn restorable(&self, tab: usize) -> Option<Arc<SessionRecord>> {
        self.readable(tab)
            .filter(|grant| self.plan.defect.is_none() && !self.marked(tab, &ended_mark(&grant.sid)))
    }

    pub fn check_restored(&mut self, id: DocId, expected: Option<Arc<SessionRecord>>) {
        let Some(grant) = expected else { return };
        let good = match &self.docs[id].seen {
            Seen::In { sid, .. } => *sid == grant.sid,
            Seen::Out(Reason::LoginRequired) => grant.refresh.is_none() && !self.lives_by_clock(id, &grant),
            _ => false,
        };
        if !good {
            let text = format!(
                "doc {id} begins with {:?}, and {} was there",
                self.docs[id].seen,
                grant.access.expose()
            );
            self.broke("a stored session is restored at once", text);
        }
    }

    fn lives_by_clock(&self, id: DocId, grant: &SessionRecord) -> bool {
        let wall = self.clock(id).wall;
        grant.issued_at <= wall && wall < grant.expires_at
    }

    /// What a callback came to: alike for every call with the same address.
    pub fn check_signed_in(&mut self, id: DocId, call: Call, told: String) {
        let oracle = &mut self.docs[id].oracle;
        let url = oracle.callback_calls.remove(&call);
        let Some(asked) = self.docs[id].calls.remove(&call) else {
            return self.broke("every call settles once", format!("doc {id} settles callback {call} again"));
        };
        let Some(url) = url else { return };
        let first = !self.docs[id].oracle.callbacks.contains_key(&url);
        if told == "ok" && first {
            self.stats.sign_ins += 1;
            if self.docs[id].oracle.signed_out.is_some_and(|at| at > asked.at) {
                return self.broke(FINAL, format!("doc {id}, callback {call}, was signed out meanwhile"));
            }
        }
        let before = self.docs[id].oracle.callbacks.entry(url).or_insert_with(|| told.clone());
        if *before != told {
            let text = format!("doc {id} says {before}, then {told}");
            self.broke("one callback has one answer", text);
        }
    }

    pub fn check_notice(&mut self, id: DocId, notification: Notification) {
        let oracle = &mut self.docs[id].oracle;
        match notification.kind {
            NotificationKind::SignedIn | NotificationKind::Restored | NotificationKind::Refreshed => {
                oracle.told_in = true
            }
            NotificationKind::SignedOut(reason) => {
                if !std::mem::replace(&mut oracle.told_in, false) {
                    self.broke("an end is told once", format!("doc {id}: {}", reason.as_str()));
                }
                if notification.source == Source::ThisTab {
                    self.check_reason(id, reason);
                }
            }
            _ => {}
        }
    }

    /// Lost and expired are distinguished.
    fn check_reason(&mut self, id: DocId, reason: Reason) {
        if matches!(reason, Reason::SessionMismatch(_)) && !self.docs[id].oracle.mismatched {
            self.broke("a session ends as mismatched by an ID token alone", format!("doc {id}"));
        }
        let Some(token) = self.docs[id].oracle.refused.clone() else { return };
        let sends = || {
            self.requests
                .iter()
                .filter(|request| matches!(&request.what, What::Refresh(sent) if *sent == token))
        };
        let never = i64::MIN / 4;
        let doubt = self.docs[id].oracle.ambiguous.contains(&token);
        match reason {
            // Its `refresh_pending` could neither be stored nor posted, and a peer may have cleared it.
            Reason::SessionExpired
                if doubt && !self.storage_trouble(never) && !self.message_trouble(never) =>
            {
                self.broke("a session that may have been lost is called lost", format!("doc {id}, {token}"));
            }
            Reason::SessionLost if sends().count() < 2 => {
                self.broke("a session that was refused is called expired", format!("doc {id}, {token}"));
            }
            _ => {}
        }
    }

    /// Tokens are to be revoked: no tab may use them.
    pub fn check_revoked(&mut self, id: DocId, token: &str) {
        let family = &self.platform.families[super::platform::numbers(token).0];
        if family.oracle.signed_out.is_some() || family.oracle.refused || self.confused() {
            return;
        }
        let sid = family.sid.clone();
        let user = self
            .open_docs()
            .into_iter()
            .find(|other| self.docs[*other].seen.held().is_some_and(|(held, _)| held == sid));
        if let Some(user) = user {
            let text = format!("doc {id} revokes {token}, and doc {user} lives on it");
            self.broke("nothing is revoked that some tab uses", text);
        }
    }

    /// Right after a sign-out, the tab where the user signed out keeps nothing.
    pub fn check_signed_out(&mut self, id: DocId) {
        if self.broken.is_some() || !self.docs[id].open {
            return;
        }
        let tab = self.docs[id].tab;
        if self.docs[id].seen.held().is_some()
            || self.readable(tab).is_some() && self.plan.keep != TokenStorage::Memory
        {
            self.broke("a sign-out leaves nothing", format!("doc {id}"));
        }
    }

    /// The longest that a call may wait while its page runs.
    pub fn steal_after(&self) -> i64 {
        let one = self.plan.hold() + 8_000;
        let throttled = self.plan.has(super::plan::Fault::Throttle);
        (self.open_docs().len() as i64 + 3) * (one + if throttled { 120_000 } else { 0 }) + 10_000
    }

    pub fn check_waiting(&mut self) {
        let longest = self.steal_after();
        for id in self.running() {
            let doc = &self.docs[id];
            let age = |asked: &super::world::Asked| self.now - asked.at - (doc.frozen_for - asked.frozen);
            let late = doc
                .calls
                .iter()
                .find(|(_, asked)| age(asked) > longest)
                .map(|(call, asked)| (*call, age(asked)));
            if let Some((call, age)) = late {
                return self.broke(
                    "every call settles in time",
                    format!("doc {id}, call {call} waits for {age} ms"),
                );
            }
        }
    }
}
