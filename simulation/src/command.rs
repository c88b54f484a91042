//! What a user of the lab can do to a world.

use super::log::Entry;
use super::net::Fate;
use super::platform::numbers;
use super::runner::Want;
use super::storage::{Health, Healths};
use super::world::{DocId, Input, TabId, World};

impl World {
    /// Carries out a command, such as `freeze 1`; says whether there is such a command, and something to do it to.
    pub fn command(&mut self, text: &str) -> bool {
        let mut words = text.split_whitespace();
        let (Some(verb), object) = (words.next(), words.next()) else { return false };
        let number = object.and_then(|word| word.parse::<i64>().ok());
        let health = |health| Healths::both(health);
        match verb {
            "tab" => {
                self.did(verb, None);
                let tab = self.open_tab(Default::default());
                self.load(tab, None);
            }
            "fill" | "block" => {
                self.did(verb, None);
                self.storage_fails();
                self.health = health(if verb == "fill" { Health::Full } else { Health::Blocked });
                self.storage_fails();
            }
            "free" => {
                self.did(verb, None);
                self.storage_works();
            }
            "clear" => {
                self.did(verb, None);
                let truth = self.truth();
                (self.trouble.storage, self.trouble.unreadable) = (truth, truth);
                self.shared.clear(self.now);
                for tab in &mut self.tabs {
                    tab.own = Default::default();
                }
            }
            "offline" => {
                self.did(verb, None);
                self.online = false;
                self.lose_requests();
                self.look();
            }
            "online" => {
                self.did(verb, None);
                self.go_online();
            }
            "outage" => {
                self.did(verb, None);
                self.outage = true;
            }
            "recover" => {
                self.did(verb, None);
                self.outage = false;
            }
            "lose" => match object {
                Some("messages") => {
                    self.did("lose_messages", None);
                    self.lose_messages();
                }
                Some("requests") => {
                    self.did("lose_requests", None);
                    self.lose_requests();
                }
                Some("answer") => {
                    self.did("lose_answer", None);
                    self.fates.push_back(Fate::Lost { acted: true, hang: false });
                }
                _ => return false,
            },
            "slow" => self.fates.push_back(Fate::Slow(number.unwrap_or(3_000))),
            "sleep" => {
                self.did(verb, None);
                let truth = self.truth();
                self.trouble.sleeps.push(truth);
                self.lose_requests();
                self.slept += number.unwrap_or(60) * 1_000;
                self.look();
            }
            "revoke" => {
                self.did(verb, None);
                for family in &mut self.platform.families {
                    family.revoked = true;
                }
            }
            _ => return self.command_tab(verb, object.unwrap_or_default()),
        }
        true
    }

    fn command_tab(&mut self, verb: &str, object: &str) -> bool {
        let Some(tab) = self.named(object) else { return false };
        if verb == "reload" {
            if self.tabs[tab].away {
                return false;
            }
            self.did("reload", Some(tab));
            self.load(tab, None);
            return true;
        }
        let Some(id) = self.tabs[tab].active else { return false };
        let frozen = self.docs[id].frozen.is_some();
        match verb {
            "freeze" if !frozen => self.freeze(id),
            "thaw" if frozen => self.thaw(id),
            "close" => {
                self.did("close", Some(tab));
                self.kill(id, "closed");
            }
            "duplicate" => {
                self.did("duplicate", Some(tab));
                let other = self.open_tab(self.tabs[tab].own.clone());
                self.load(other, None);
            }
            "steal" => return self.take_lock(id, tab),
            "signin" if !frozen => return self.sign_in(tab, 400).is_some(),
            "refresh" if !frozen => {
                self.get_token(id, Want { force: true, ..Want::default() });
            }
            "token" if !frozen => {
                self.get_token(id, Want::default());
            }
            "signout" if !frozen => self.sign_out(id),
            _ => return false,
        }
        true
    }

    /// Something else takes the lock of a session away.
    fn take_lock(&mut self, id: DocId, tab: TabId) -> bool {
        let Some((ticket, _, next)) = self.locks.take_away(id, self.now) else { return false };
        self.did("steal", Some(tab));
        self.tell(|_| Entry::new("stolen").tab(tab));
        // What follows is not the client's fault.
        self.oracle_lock_stolen(id, ticket, i64::MAX);
        if let Some((_, access)) = self.docs[id].seen.held() {
            let family = numbers(access).0;
            self.platform.families[family].oracle.lock_stolen = self.truth();
        }
        self.to(1, id, Input::Stolen(ticket));
        self.hand_over(next);
        true
    }

    fn did(&mut self, what: &str, tab: Option<TabId>) {
        self.tell(|_| Entry { tab, ..Entry::new("did").text(what) });
    }

    fn look(&mut self) {
        for id in self.open_docs() {
            self.to(1, id, Input::Look);
        }
    }

    /// A tab by its number, `holder` of the lock of a session, `frozen`, or `other`: the first one that runs and does not hold it.
    fn named(&self, name: &str) -> Option<TabId> {
        let holds = |id: &DocId| self.locks.session_of(*id).is_some();
        match name {
            "holder" => self.open_docs().into_iter().find(holds).map(|id| self.docs[id].tab),
            "frozen" => self
                .open_docs()
                .into_iter()
                .find(|id| self.docs[*id].frozen.is_some())
                .map(|id| self.docs[id].tab),
            "other" => self.running().into_iter().find(|id| !holds(id)).map(|id| self.docs[id].tab),
            _ => name.parse().ok().filter(|tab| *tab < self.tabs.len()),
        }
    }
}
