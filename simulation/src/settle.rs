//! The end: faults are over, every frozen tab runs again, and the final state must be right.

use super::plan::Rotation;
use super::platform::numbers;
use super::runner::Want;
use super::world::{Input, Seen, World, note};
use intelliauth_spa_sdk::core::base::config::TokenStorage;

impl World {
    fn look_everywhere(&mut self) {
        for id in self.running() {
            self.to(0, id, Input::Look);
        }
        self.pass(1_000);
    }

    pub fn settle(&mut self) {
        note!(self, "faults are over");
        self.quiet = true;
        self.outage = false;
        self.storage_works();
        self.go_online();
        for id in self.open_docs() {
            if self.tabs[self.docs[id].tab].cached == Some(id) {
                self.kill(id, "the cache is emptied");
            }
            self.thaw(id);
            self.docs[id].throttled = false;
        }
        let steal_after = self.steal_after();
        self.pass(steal_after.min(200_000));
        self.look_everywhere();
        // A tab that waits before the next try has it soon.
        for _ in 0..45 {
            let failing = |id: &usize| matches!(self.docs[*id].seen, Seen::In { failing: true, .. });
            if !self.running().iter().any(failing) {
                break;
            }
            self.pass(100_000);
            self.look_everywhere();
        }
        for id in self.running() {
            self.get_token(id, Want::default());
        }
        self.pass(self.plan.timeout + 10_000);
        self.check_waiting();
        self.check_rest();
        self.probe();
    }

    fn check_rest(&mut self) {
        if self.broken.is_some() {
            return;
        }
        for id in self.running() {
            if let Some(call) = self.docs[id].calls.keys().next() {
                return self.broke("every call settles in time", format!("doc {id}, call {call} never does"));
            }
            let Some((_, access)) = self.docs[id].seen.held() else { continue };
            let (number, index) = numbers(access);
            let family = &self.platform.families[number];
            let over = self.truth() - family.issues[index].asked - self.plan.lifetime;
            let revoked = family.revoked && over < 0;
            if over > self.plan.lifetime / 2 + 2_000 && self.plan.rotation != Rotation::Without && !revoked {
                let text = format!("doc {id} holds {access}, {over} ms over");
                return self.broke("a session goes on in the end", text);
            }
        }
        let longest = self.plan.hold() + 1_000;
        let held = self.locks.held().find(|(_, _, since)| self.now - since > longest);
        if let Some((name, (doc, _), _)) = held {
            let text = format!("doc {doc} still holds {name}");
            return self.broke("locks are let go", text);
        }
        let untroubled = !self.storage_trouble(i64::MIN / 4) && !self.message_trouble(i64::MIN / 4);
        if self.plan.keep == TokenStorage::Local && untroubled {
            let sid = |id: usize| self.docs[id].seen.held().map(|(sid, _)| sid);
            let running = self.running();
            let odd = running.iter().find(|id| sid(**id) != sid(running[0]));
            if let Some(odd) = odd {
                let text = format!("docs {} and {odd} do not", running[0]);
                self.broke("all tabs share one session", text);
            }
        }
    }

    /// New pages find what they should and nothing else.
    fn probe(&mut self) {
        let tab = self.open_tab(Default::default());
        self.load(tab, None);
        for tab in 0..self.tabs.len() {
            if self.tabs[tab].active.is_some() {
                self.load(tab, None);
            }
        }
        self.pass(2_000);
    }
}
