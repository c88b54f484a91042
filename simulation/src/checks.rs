//! The rules that must hold, checked with knowledge of the whole world: at every request, at every answer of the
//! platform, whenever a token is handed out, and after every step. Only faults that the world itself made are an
//! excuse, never the client's.

use super::plan::{Defect, Fault, Rotation};
use super::platform::{Family, numbers};
use super::runner::Want;
use super::storage::Healths;
use super::world::{Doc, DocId, STALE, Seen, World};
use intelliauth_spa_sdk::core::base::config::TokenStorage;
use intelliauth_spa_sdk::core::base::error::ErrorCode;
use intelliauth_spa_sdk::core::base::secret::RefreshToken;
use intelliauth_spa_sdk::core::client::session::io::{Call, Stored, Ticket};
use intelliauth_spa_sdk::core::client::session::message::Message;
use intelliauth_spa_sdk::core::client::session::reason::Reason;
use intelliauth_spa_sdk::core::client::session::schedule::Backoff;
use intelliauth_spa_sdk::core::client::session::session_record::{Record, SessionRecord};
use intelliauth_spa_sdk::core::protocol::token::TokenOutcome;
use std::sync::Arc;

pub const ONE_CODE: &str = "one code is sent once";
pub const ONE_SEND: &str = "one refresh token is in flight once";
pub const LOCKED: &str = "a refresh token is sent under the lock";
pub const SUCCESSOR: &str = "no refresh token is sent whose successor could be known";
pub const ONE_REFRESH: &str = "one refresh per expiry and session";
pub const LOST: &str = "a session is lost only where the documentation says so";
pub const BACKOFF: &str = "nothing polls faster than its backoff";

impl World {
    /// Whether storage failed at any time since.
    pub fn storage_trouble(&self, since: i64) -> bool {
        self.health != Healths::default() || self.trouble.storage >= since
    }

    /// Whether anything could not be read, or was taken away, at any time since.
    fn unreadable(&self, since: i64) -> bool {
        self.health.blocked() || self.trouble.unreadable >= since
    }

    pub fn message_trouble(&self, since: i64) -> bool {
        self.plan.has(Fault::NoChannel) || self.trouble.message >= since
    }

    /// A record that could not be read and a clock that was set back: then no tab can tell which sign-in was the later.
    pub fn confused(&self) -> bool {
        let never = i64::MIN / 4;
        !self.trouble.back.is_empty() && (self.storage_trouble(never) || self.message_trouble(never))
    }

    fn no_locks(&self) -> bool {
        self.plan.has(Fault::NoLocks)
    }

    /// The session record that `tab` can read.
    pub fn readable(&self, tab: usize) -> Option<Arc<SessionRecord>> {
        // A world with a defect is judged by the rules of a correct one.
        let text = match self.plan.defect {
            Some(Defect::StaleForever) if self.plan.keep == TokenStorage::Local => {
                self.shared.read(tab, &super::key("session"), self.now, false).map(str::to_owned)
            }
            _ => match self.reads(tab) {
                Stored::Text(text) => Some(text),
                _ => None,
            },
        };
        match Record::from_text(&text?)? {
            Record::Active(record) => Some(record),
            Record::Ended(_) => None,
        }
    }

    pub fn oracle_hears(&mut self, id: DocId, message: &Message) {
        // With `'session'` storage another session's tokens are not used.
        if let Message::Tokens(grant) = message
            && (self.plan.keep == TokenStorage::Local
                || self.docs[id].seen.held().is_some_and(|(sid, _)| sid == grant.sid))
            && let Some(refresh) = &grant.refresh
        {
            self.oracle_knows(id, refresh);
        }
    }

    fn oracle_knows(&mut self, id: DocId, refresh: &RefreshToken) {
        let (family, index) = numbers(refresh.expose());
        let known = self.docs[id].oracle.heard.entry(family).or_default();
        *known = index.max(*known);
    }

    pub fn oracle_stores(&mut self, id: DocId, text: &str) {
        let Some(at) = text.find("access_token=") else { return };
        let token = text[at + 13..].split('&').next().unwrap_or_default().to_owned();
        let tab = (self.plan.keep == TokenStorage::Session).then_some(self.docs[id].tab);
        self.stored.insert((tab, token));
    }

    /// A call that waits demands a refresh of the session that its step found, which may be one signed in elsewhere. One
    /// that waits for a callback demands it of the session that the callback begins.
    pub fn oracle_wants(&mut self, id: DocId, call: Call, want: Want) {
        if (want.force || want.after_401 || want.min_validity > 0) && self.docs[id].calls.contains_key(&call)
        {
            match self.docs[id].seen.held() {
                Some((_, access)) => {
                    let family = numbers(access).0;
                    self.platform.families[family].oracle.demand = self.truth();
                }
                None => self.docs[id].oracle.demands = true,
            }
        }
    }

    /// A stolen lock is an excuse only for a holder past its deadline.
    pub fn oracle_lock_stolen(&mut self, id: DocId, ticket: Ticket, held: i64) {
        if held < self.plan.hold() {
            return;
        }
        let truth = self.truth();
        let recent = self.requests.iter_mut().rev().take(100);
        for request in recent.filter(|request| request.doc == id && request.ticket == Some(ticket)) {
            request.lock_stolen = true;
            if let super::net::What::Refresh(token) = &request.what {
                self.platform.families[numbers(token).0].oracle.lock_stolen = truth;
            }
        }
    }

    /// A code is about to be sent. A page that is gone the moment after it marked the state left a mark that the other
    /// tab could not read yet, and no lock.
    pub fn check_code(&mut self, id: DocId, code: &str) {
        let gone = self.requests.iter().rev().take(20).any(|request| {
            let same = matches!(&request.what, super::net::What::Code { code: sent, .. } if sent == code);
            same && request.abandoned && self.truth() - request.sent <= STALE
        });
        let exempt = gone || self.no_locks() || self.storage_trouble(self.truth() - 3_600_000);
        if !self.sent_codes.insert(code.to_owned()) && !exempt {
            self.broke(ONE_CODE, format!("doc {id} sends {code} again"));
        }
    }

    /// A refresh token is about to be sent.
    pub fn check_send(&mut self, id: DocId, ticket: Option<Ticket>, token: &str) {
        let (family, index) = numbers(token);
        if !self.no_locks() {
            if self.plan.defect != Some(Defect::DoubleGrant) && ticket.is_none() {
                self.broke(LOCKED, format!("doc {id} sends {token} without it"));
            }
            let second =
                self.in_flight(token).find(|request| !request.lock_stolen).map(|request| request.doc);
            if let Some(first) = second {
                self.broke(ONE_SEND, format!("doc {id} sends {token}, which doc {first} is waiting for"));
            }
        }
        let heard = self.docs[id].oracle.heard.get(&family).copied().unwrap_or(0);
        let read = self
            .readable(self.docs[id].tab)
            .and_then(|grant| grant.refresh.clone())
            .map(|token| numbers(token.expose()));
        let read = read.filter(|(other, _)| *other == family).map_or(0, |(_, index)| index);
        if heard.max(read) > index {
            let how = if heard > index { "it was told" } else { "storage says" };
            self.broke(
                SUCCESSOR,
                format!("doc {id} sends {token}, and {how} rt.{family}.{}", heard.max(read)),
            );
        }
        // The browser may be wrong about being offline: that refuses no call.
        if !self.online && self.docs[id].calls.is_empty() {
            self.broke(BACKOFF, format!("doc {id} sends {token} while the browser is offline"));
        }
        if let Some((at, times, retry_after)) = self.docs[id].oracle.failed {
            let step = (Backoff::BASE.0 << (times - 1).min(16)).min(Backoff::CAP.0);
            let least =
                if self.came_online >= at { Backoff::BASE.0 } else { step }.max(retry_after.min(3_600_000));
            if self.now - at < least {
                let text =
                    format!("doc {id} sends {token} {} ms after failure {times}, not {least}", self.now - at);
                self.broke(BACKOFF, text);
            }
        }
    }

    /// The platform refreshed: checks that a refresh was due.
    pub fn check_refresh(&mut self, number: usize, family: usize, index: usize) {
        let (known, request) = (&self.platform.families[family], &self.requests[number]);
        let before = &known.issues[index - 1];
        let left = before.asked + self.plan.lifetime - request.sent;
        let margin = (self.plan.lifetime / 4).min(60_000);
        let newest = format!("at.{family}.{}", index - 1);
        let held = |doc: &Doc| doc.open && doc.seen.held().is_some_and(|(_, access)| access == newest);
        let exempt = !before.known
            // With `'session'` storage tokens are gone with the last tab that holds them.
            || (self.plan.keep == TokenStorage::Session && !self.docs.iter().any(held))
            || known.oracle.demand >= before.asked
            || known.oracle.lock_stolen >= before.asked
            || self.trouble.jump >= before.asked
            || self.no_locks()
            || self.storage_trouble(before.asked)
            || self.message_trouble(before.asked);
        if left > margin + 100 && !exempt {
            let text = format!("doc {} refreshes {newest} with {left} ms left", request.doc);
            self.broke(ONE_REFRESH, text);
        }
    }

    /// A refresh token was used again, which ended its family: checks that a fault explains it.
    pub fn check_reuse(&mut self, number: usize, token: &str) {
        self.stats.losses += 1;
        let (family, index) = numbers(token);
        let (known, request) = (&self.platform.families[family], &self.requests[number]);
        let successor = &known.issues[index + 1];
        let (first, sender) = (&self.requests[successor.by], request.doc);
        let knows = |id: &DocId| {
            let doc = &self.docs[*id];
            let there = doc.seen.held().is_some_and(|(sid, _)| sid == known.sid);
            there && doc.oracle.heard.get(&family).is_some_and(|heard| *heard > index)
        };
        let told = self.running().iter().any(|id| *id != sender && knows(id));
        let exempt = !successor.known
            || first.lock_stolen
            || request.lock_stolen
            || request.abandoned
            || known.oracle.lock_stolen >= known.issues[index].asked
            || self.no_locks()
            || self.storage_trouble(successor.asked)
            || self.message_trouble(successor.asked)
            || (self.plan.keep == TokenStorage::Session && !told);
        if !exempt {
            let text = format!("doc {sender} sent {token}, and doc {} had its successor", first.doc);
            self.broke(LOST, text);
        }
    }

    pub fn oracle_answers(&mut self, id: DocId, number: usize, outcome: &TokenOutcome) {
        let issue = self.requests[number].issue;
        if let (Some((family, index)), TokenOutcome::Tokens(tokens)) = (issue, outcome) {
            self.platform.families[family].issues[index].known = true;
            if let Some(refresh) = &tokens.refresh {
                self.oracle_knows(id, refresh);
            }
        }
        let now = self.now;
        let super::net::What::Refresh(token) = &self.requests[number].what else {
            if self.truth() - self.requests[number].sent >= self.plan.lifetime {
                self.dead_on_arrival = self.truth();
            }
            return;
        };
        let token = token.clone();
        let doc = &mut self.docs[id];
        let current = matches!(&doc.seen, Seen::In { generation, access, .. }
            if *generation == self.requests[number].generation && numbers(access).0 == numbers(&token).0);
        let oracle = &mut doc.oracle;
        match outcome {
            TokenOutcome::Tokens(_) => oracle.failed = None,
            TokenOutcome::Unusable { .. } => {
                self.platform.families[numbers(&token).0].oracle.refused = true;
                oracle.mismatched = true;
            }
            TokenOutcome::Refused { .. } => {
                if self.requests[number].refused {
                    self.platform.families[numbers(&token).0].oracle.refused = true;
                    oracle.refused = Some(token);
                }
            }
            TokenOutcome::Indeterminate { error } if current => {
                let times = oracle.failed.map_or(0, |(_, times, _)| times);
                oracle.failed = Some((now, times + 1, error.retry_after.0));
                if error.code != ErrorCode::RateLimited {
                    oracle.ambiguous.insert(token);
                }
            }
            // Everything that a request needs is at hand here.
            TokenOutcome::Indeterminate { .. } | TokenOutcome::NotSent { .. } => {}
        }
    }

    pub fn oracle_signs_out(&mut self, id: DocId) {
        self.docs[id].oracle.signed_out = Some(self.now);
        // The step reads storage before anything else: what it finds there is signed out too.
        let stored = self.readable(self.docs[id].tab);
        let held = self.docs[id].seen.held().map(|(_, access)| access);
        for access in held.into_iter().chain(stored.as_ref().map(|grant| grant.access.expose())) {
            let family = numbers(access).0;
            let truth = self.truth();
            let sid = self.platform.families[family].sid.clone();
            self.tabs[self.docs[id].tab].signed_out.entry(sid).or_insert(truth);
            let known = &mut self.platform.families[family].oracle.signed_out;
            self.stats.sign_outs += u64::from(known.is_none());
            known.get_or_insert(truth);
        }
    }

    /// What the state has become by a step.
    pub fn check_state(&mut self, id: DocId, seen: Seen, version: u32) {
        let doc = &mut self.docs[id];
        let old_version = std::mem::replace(&mut doc.version, version);
        let before = std::mem::replace(&mut doc.seen, seen.clone());
        doc.before = before.clone();
        if seen != before && version == old_version {
            self.broke(
                "a change of state shows in its version",
                format!("doc {id}: {before:?}, then {seen:?}"),
            );
        }
        match (before.held(), seen.held()) {
            (Some((sid, access)), None) => self.check_end(id, sid, access, &seen),
            (before, Some((sid, access))) => {
                if before.is_none_or(|(_, old)| old != access) {
                    self.docs[id].oracle.failed = None;
                    self.docs[id].oracle.ambiguous.clear();
                }
                let anew = before.is_none_or(|(old, _)| old != sid);
                self.check_alive(id, sid, access, anew);
            }
            _ => {}
        }
    }

    /// The page holds `sid`, perhaps `anew`.
    fn check_alive(&mut self, id: DocId, sid: &str, access: &str, anew: bool) {
        let family = &self.platform.families[numbers(access).0];
        if family.sid != sid {
            let text = format!("doc {id} holds {access} for another session");
            return self.broke("no foreign token is held", text);
        }
        if anew && self.docs[id].oracle.over.contains(sid) {
            return self.broke(
                "nothing comes back in a tab that knew its end",
                format!("doc {id} holds {access} again"),
            );
        }
        let signed_out = family.oracle.signed_out;
        if anew {
            self.tabs[self.docs[id].tab].sids.insert(sid.to_owned());
            self.check_stays_out(id, sid, access);
            if std::mem::take(&mut self.docs[id].oracle.demands) {
                let truth = self.truth();
                self.platform.families[numbers(access).0].oracle.demand = truth;
            }
        }
        let Some(at) = signed_out else { return };
        let young = self.truth() - at <= STALE + 50;
        if !young && !self.storage_trouble(at) && !self.message_trouble(at) {
            let text = format!("doc {id} holds {access}, signed out {} ms ago", self.truth() - at);
            self.broke("nothing comes back after sign-out", text);
        }
    }

    /// `sid` is held anew. Where its tab signed out of it, no write that failed is an excuse: no older record is left,
    /// so a reload finds none.
    fn check_stays_out(&mut self, id: DocId, sid: &str, access: &str) {
        let Some(at) = self.tabs[self.docs[id].tab].signed_out.get(sid).copied() else { return };
        let ago = self.truth() - at;
        if ago > STALE + 50 && !self.unreadable(at) && !self.message_trouble(at) {
            let text = format!("doc {id} holds {access} again, {ago} ms later");
            self.broke("a tab that signed out stays signed out", text);
        }
    }

    fn check_end(&mut self, id: DocId, sid: &str, access: &str, seen: &Seen) {
        let (number, index) = numbers(access);
        let families = &self.platform.families;
        // The end that a page learns of may be another session's, of this tab or, where all share one, of any.
        let all = self.plan.keep == TokenStorage::Local;
        let sids = &self.tabs[self.docs[id].tab].sids;
        let mut candidates = families.iter().filter(|family| all || sids.contains(&family.sid));
        let asked = families[number].issues[index].asked;
        let good = match seen {
            Seen::Out(Reason::Logout) => candidates.any(|family| family.oracle.signed_out.is_some()),
            Seen::Out(Reason::SessionExpired | Reason::SessionLost | Reason::SessionMismatch(_)) => {
                candidates.any(|family| family.oracle.refused)
            }
            Seen::Out(Reason::LoginRequired) => {
                self.plan.rotation == Rotation::Without
                    && (self.dead_on_arrival >= asked
                        || self.truth() - asked >= self.plan.lifetime
                        || (all && candidates.any(|other| self.outlived(other, asked)))
                        || self.trouble.jump >= asked)
            }
            _ => false,
        };
        let good = good || self.confused();
        if !good {
            let text = format!("doc {id} ends {access} with {seen:?}");
            self.broke("no session ends without an answer, a sign-out or its expiry", text);
        }
        self.docs[id].oracle.over.insert(sid.to_owned());
        if *seen == Seen::Out(Reason::Logout) {
            self.docs[id].oracle.signed_out = Some(self.now);
        }
    }

    /// Whether `other` began about when `asked` was, and is over: it may have been the later of the two.
    fn outlived(&self, other: &Family, asked: i64) -> bool {
        let began = other.issues[0].asked;
        began != asked && began >= asked - 60_000 && self.truth() - began >= self.plan.lifetime
    }
}
