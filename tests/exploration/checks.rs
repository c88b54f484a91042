//! What must hold in every state of a small world.

use super::act::Settled;
use super::automaton::{Automaton, Event, Seen, Want};
use super::scenario::{Fault, Scenario};
use super::world::{OpenCall, TabId, What, World};
use intelliauth_spa_sdk::core::base::config::TokenStorage;
use intelliauth_spa_sdk::core::client::session::message::Message;
use intelliauth_spa_sdk::core::client::session::session_record::{Record, SessionRecord};
use std::sync::Arc;

pub const ONE_SEND: &str = "one refresh token is in flight once";
pub const LOCKED: &str = "a refresh token is sent under the lock";
pub const SUCCESSOR: &str = "no refresh token is sent while its successor is known";
pub const LOST: &str = "no session is lost that need not be";
pub const ENDS: &str = "no session ends without an answer or a sign-out";
pub const WHY: &str = "lost and expired are told apart";
pub const STAYS_OUT: &str = "nothing comes back after a sign-out";
pub const RESTORED: &str = "a stored session is restored";
pub const SERVED: &str = "a valid token is handed out at once";
pub const NEW: &str = "who wants a new token gets a new one";
pub const VALID: &str = "no expired token is handed out";
pub const ONE_SESSION: &str = "all tabs hold the same tokens in the end";
pub const SETTLES: &str = "every call settles";
pub const PEERS: &str = "tokens are posted to known peers only";
pub const RESTS: &str = "every course comes to rest";

impl World {
    pub fn had(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// Whether anything that was stored may be gone or old.
    fn storage_failed(&self) -> bool {
        [Fault::Clear, Fault::WriteFails, Fault::Blocked].into_iter().any(|fault| self.had(fault))
    }

    /// A refresh token is about to be sent.
    pub fn check_send(&mut self, tab: TabId, what: What) {
        let What::Refresh { issue, generation } = what else { return };
        let Some(page) = &self.tabs[tab].page else { return };
        let holds = self.holds_lock(tab);
        let told = page.told;
        if !holds && !self.provider.lock_stolen {
            self.broke(LOCKED, format!("tab {tab} sends rt.{issue} without it"));
        }
        let same = |other: &What| matches!(other, What::Refresh { issue: other, .. } if *other == issue);
        let twice = self
            .requests
            .iter()
            .find(|request| !request.given_up && !request.lock_stolen && same(&request.what));
        if let Some(first) = twice {
            let text = format!("tab {tab} sends rt.{issue}, which tab {} waits for", first.tab);
            self.broke(ONE_SEND, text);
        }
        let stored = self.stored(tab).map_or(0, |record| record.generation);
        if told.max(stored) > generation {
            let how = if told > generation { "it was told" } else { "storage holds" };
            let text = format!("tab {tab} sends generation {generation}, and {how} {}", told.max(stored));
            self.broke(SUCCESSOR, text);
        }
    }

    /// The session's record, where `tab` can read one.
    fn stored(&self, tab: TabId) -> Option<Arc<SessionRecord>> {
        let entries = [&self.tabs[tab].own, &self.origin];
        let texts = entries.into_iter().flat_map(|entries| entries.iter());
        texts.filter(|(key, _)| key.ends_with(".session")).find_map(|(_, text)| {
            match Record::from_text(&text.text) {
                Some(Record::Active(record)) => Some(record),
                _ => None,
            }
        })
    }

    pub fn check_heard(&mut self, tab: TabId, text: &str) {
        let Some(page) = &mut self.tabs[tab].page else { return };
        let Some(message) = Message::from_text(text) else { return };
        page.knows_peer |= matches!(page.seen, Seen::In { .. });
        if let Message::Tokens(record) = message {
            page.told = page.told.max(record.generation);
        }
    }

    pub fn check_posted(&mut self, tab: TabId, message: &Message) {
        let known = self.tabs[tab].page.as_ref().is_some_and(|page| page.knows_peer);
        if matches!(message, Message::Tokens(_)) && !known {
            self.broke(PEERS, format!("tab {tab} knows of no other page"));
        }
    }

    /// A refresh token came again and ended the session.
    pub fn check_reused(&mut self, number: usize, issue: usize) {
        let provider = &self.provider;
        let exempt = !provider.taken[issue + 1] || provider.lock_stolen || self.requests[number].given_up;
        // With more faults than one, the tab that holds the successor may be out of reach.
        // The page that holds the successor answers too late, or went before it knew of a page to tell.
        let went = [Fault::Kill, Fault::Hide, Fault::Freeze].into_iter().any(|fault| self.had(fault));
        let uninformed = self.requests[number].uninformed || (went && provider.kept.contains(&(issue + 1)));
        self.provider.uninformed |= uninformed;
        let exempt = exempt || self.faults.len() > 1 || uninformed;
        if !exempt {
            let text = format!("tab {} sent rt.{issue} again", self.requests[number].tab);
            self.broke(LOST, text);
        }
    }

    /// What an app sees has become this by a step.
    pub fn check_seen(&mut self, tab: TabId, before: Seen) {
        let Some(page) = &self.tabs[tab].page else { return };
        let (seen, provider) = (page.seen.clone(), &self.provider);
        let text = || format!("tab {tab}: {before:?}, then {seen:?}");
        match (&before, &seen) {
            (Seen::In { .. }, Seen::Out(reason)) => {
                let doubt = provider.unanswered || provider.lock_stolen || provider.uninformed;
                let good = match *reason {
                    "logout" => provider.signed_out,
                    "session_expired" | "session_lost" => provider.refused,
                    "session_mismatch" => provider.another_user,
                    _ => false,
                };
                let why = match *reason {
                    "session_expired" if provider.reused => {
                        self.storage_failed() || provider.lock_stolen || provider.uninformed
                    }
                    "session_lost" => doubt,
                    _ => true,
                };
                if !good {
                    self.broke(ENDS, text());
                } else if !why && provider.refused {
                    self.broke(WHY, text());
                }
            }
            (Seen::Loading, Seen::Out("never")) if !self.storage_failed() => self.broke(RESTORED, text()),
            (Seen::Loading | Seen::Out(_), Seen::In { .. })
                if provider.signed_out && !self.storage_failed() =>
            {
                self.broke(STAYS_OUT, text());
            }
            (Seen::In { generation: old, .. }, Seen::In { generation: new, .. }) if new < old => {
                self.broke(SUCCESSOR, text());
            }
            _ => {}
        }
    }

    /// A call that accepts any token does not wait where there is a valid one.
    pub fn check_served(&mut self, tab: TabId) {
        let (now, unsettled) = (self.now, &self.at_once);
        let Some(page) = &self.tabs[tab].page else { return };
        let Seen::In { expires_at, .. } = page.seen else { return };
        let written =
            |(other, event): &(TabId, Event)| *other == tab && matches!(event, Event::Written { .. });
        let waits = page.calls.iter().any(|call| call.want == Want::Token);
        if waits && now < expires_at && !unsettled.iter().any(written) {
            self.broke(SERVED, format!("tab {tab} lets a call wait"));
        }
    }

    pub fn check_settled(&mut self, tab: TabId, call: &OpenCall, settled: &Settled) {
        let Some(page) = &self.tabs[tab].page else { return };
        let (now, seen) = (self.now, page.seen.clone());
        match (settled, &seen) {
            (Settled::Token(token), Seen::In { access, expires_at, .. }) => {
                if token.expose() != access || now >= *expires_at {
                    self.broke(VALID, format!("tab {tab} hands out {} at {now}", token.expose()));
                }
                if call.want == Want::NewToken && call.held.as_deref() == Some(token.expose()) {
                    self.broke(NEW, format!("tab {tab} hands out {} again", token.expose()));
                }
            }
            (Settled::Error(error), Seen::In { expires_at, .. })
                if call.want == Want::Token && now < *expires_at =>
            {
                self.broke(SERVED, format!("tab {tab} refuses a call: {error}"));
            }
            _ => {}
        }
    }

    /// Nothing happens any more by itself. Every page is shown once more, then all must be well.
    pub fn check_rest(&mut self, scenario: &Scenario, automaton: &Automaton) {
        for tab in 0..self.tabs.len() {
            self.step(scenario, automaton, tab, Event::Revalidate);
        }
        let open = self.pages().find(|(_, page)| !page.calls.is_empty());
        if let Some(text) = open.map(|(tab, page)| format!("tab {tab}: {:?}", page.calls)) {
            return self.broke(SETTLES, text);
        }
        if scenario.storage == TokenStorage::Memory {
            return;
        }
        // What storage lost, a page that was opened then never had.
        let never = |seen: &Seen| matches!(seen, Seen::Out("never"));
        let mut held: Vec<(TabId, Option<(i64, String)>)> = Vec::new();
        for (tab, page) in self.pages().filter(|(_, page)| !(never(&page.seen) && self.storage_failed())) {
            // The provider has ended it: the others hear that with their next refresh.
            if self.provider.revoked && matches!(page.seen, Seen::Out(reason) if reason != "logout") {
                continue;
            }
            let access = page.seen.access().map(str::to_owned);
            held.push((tab, access.map(|access| (page.seen.generation(), access))));
        }
        let text = format!("{held:?}");
        let other = |one: &(TabId, Option<(i64, String)>)| one.1 != held[0].1;
        // A generation that a tab has not heard of yet it asks for before it refreshes.
        let behind = |one: &(TabId, Option<(i64, String)>)| match (&one.1, &held[0].1) {
            (Some((one, _)), Some((other, _))) => one != other && self.had(Fault::LostMessage),
            _ => false,
        };
        let differ = held.iter().any(|one| other(one) && !behind(one));
        // A sign-out that was heard of by a record or mark that is gone.
        let unheard = self.provider.signed_out && self.storage_failed();
        if differ && !unheard {
            self.broke(ONE_SESSION, text);
        }
    }
}
