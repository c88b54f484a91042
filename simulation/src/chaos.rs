//! Faults and events that nobody asked for: of users, browsers, machines and networks.

use super::log::Entry;
use super::plan::Fault;
use super::platform::REDIRECT;
use super::runner::Want;
use super::storage::{Health, Healths};
use super::world::{DocId, Input, Job, Seen, Tab, TabId, World, note};
use intelliauth_spa_sdk::core::base::clock::WallTime;
use intelliauth_spa_sdk::core::base::config::TokenStorage;
use intelliauth_spa_sdk::core::base::encoding::fingerprint;
use intelliauth_spa_sdk::core::base::secret::{Nonce, State, Verifier};
use intelliauth_spa_sdk::core::client::runner::Input as ClientInput;
use intelliauth_spa_sdk::core::protocol::transaction::Transaction;

impl World {
    pub fn open_tab(&mut self, own: super::storage::Own) -> TabId {
        self.tabs.push(Tab {
            own,
            active: None,
            cached: None,
            away: false,
            sids: Default::default(),
            signed_out: Default::default(),
        });
        self.tabs.len() - 1
    }

    /// The user signs in in `tab`: the page leaves and comes back with a code. Answers with the callback's address.
    pub fn sign_in(&mut self, tab: TabId, think: i64) -> Option<String> {
        // Without sessionStorage there is no sign-in, and a full one has no room for it.
        if self.health.tabs != Health::Works || self.tabs[tab].away {
            return None;
        }
        let number = self.dice.below(1 << 40);
        let (state, verifier) =
            (State::new(format!("state.{number}")), Verifier::new(format!("verifier.{number}")));
        let sid = fingerprint(&format!("sid {}", state.expose()));
        let user = self.dice.below(3) as usize;
        let code = self.platform.authorize(user, sid, REDIRECT, verifier.challenge());
        let url = format!("{REDIRECT}?code={code}&state={}", state.expose());
        let transaction = Transaction {
            state: State::new(state.expose()),
            verifier,
            nonce: Nonce::new("nonce"),
            redirect_uri: REDIRECT.to_owned().into(),
            issuer: super::ISSUER.to_owned().into(),
            client_id: super::CLIENT.to_owned().into(),
            scope: "openid".to_owned().into(),
            max_age: None,
            context: Default::default(),
            kept: None,
            at: WallTime(super::world::EPOCH + self.truth() + self.jumped),
        };
        let key = super::key(&format!("tx.{}", state.expose()));
        self.tabs[tab].own.items.insert(key, transaction.to_text());
        note!(self, "tab {tab} goes to sign in as {user}");
        self.tell(|_| Entry::new("signs_in").tab(tab));
        if let Some(doc) = self.tabs[tab].active {
            self.kill(doc, "to the platform");
        }
        self.tabs[tab].away = true;
        self.later(think, Job::Load(tab, Some(url.clone())));
        Some(url)
    }

    /// What the app does now and then.
    pub fn app(&mut self, id: DocId) {
        if self.quiet {
            return;
        }
        let mean = (self.plan.lifetime / 3).max(1_000);
        let pause = self.dice.between(20, 2 * mean);
        self.to(pause, id, Input::App);
        let tab = self.docs[id].tab;
        if matches!(self.docs[id].seen, Seen::Out(_)) && self.dice.percent(40) {
            let think = self.dice.between(500, 20_000);
            let url = self.sign_in(tab, think);
            if let Some(url) = url
                && self.plan.has(Fault::TwoCallbacks)
                && self.open_tabs() < 10
                && self.dice.percent(50)
            {
                let own = if self.dice.percent(70) { self.tabs[tab].own.clone() } else { Default::default() };
                let other = self.open_tab(own);
                let delay = think + self.dice.pick(&[0, 1, 5, 50, 200, 500, 5_000]);
                self.tabs[other].away = true;
                self.later(delay, Job::Load(other, Some(url)));
            }
            return;
        }
        let mut want = Want::default();
        if self.plan.has(Fault::Demand) && self.dice.percent(30) {
            match self.dice.below(3) {
                0 => want.force = true,
                1 => want.after_401 = true,
                _ => want.min_validity = self.dice.below(2 * self.plan.lifetime),
            }
        }
        for _ in 0..self.dice.pick(&[1, 1, 1, 3]) {
            self.get_token(id, want);
        }
    }

    /// One thing goes wrong, or a user does something.
    pub fn chaos(&mut self) {
        if self.quiet {
            return;
        }
        let pause = self.dice.between(1, 2 * self.plan.pace);
        self.later(pause, Job::Chaos);
        self.check_waiting();
        let running = self.running();
        if running.is_empty() || (running.len() as i64) < self.plan.tabs && self.dice.percent(20) {
            let tab = self.open_tab(Default::default());
            self.load(tab, None);
            return;
        }
        let busy: Vec<_> = running.iter().copied().filter(|id| self.locks.concerns(*id)).collect();
        let id = if !busy.is_empty() && self.dice.percent(60) {
            self.dice.pick(&busy)
        } else {
            self.dice.pick(&running)
        };
        #[rustfmt::skip]
        let actions = [
            Fault::Freeze, Fault::Throttle, Fault::Kill, Fault::Reload, Fault::Duplicate, Fault::Back, Fault::Sleep, Fault::Jump,
            Fault::Blocked, Fault::Full, Fault::Clear, Fault::Corrupt, Fault::SignOut, Fault::Offline, Fault::Outage, Fault::PlatformRevokes,
        ];
        let possible: Vec<_> = actions.into_iter().filter(|fault| self.plan.has(*fault)).collect();
        if possible.is_empty() || self.dice.percent(15) {
            let input = if self.dice.percent(50) { ClientInput::Revalidate } else { ClientInput::Timeout };
            return self.step(id, input);
        }
        let fault = self.dice.pick(&possible);
        self.stats.faults += 1;
        self.strike(fault, id);
    }

    /// A time that may matter to a tab.
    fn while_(&mut self) -> i64 {
        let hold = self.plan.hold();
        let longest = self.dice.pick(&[500, hold, 3 * hold, self.plan.lifetime, 3 * self.plan.lifetime]);
        self.dice.between(1, longest.min(86_400_000))
    }

    pub fn strike(&mut self, fault: Fault, id: DocId) {
        let (tab, truth, time) = (self.docs[id].tab, self.truth(), self.while_());
        note!(self, "{fault:?} ({time} ms)");
        self.tell(|_| Entry::new("fault").tab(tab).text(format!("{fault:?}")));
        match fault {
            Fault::Freeze => {
                self.freeze(id);
                self.later(time, Job::Thaw(id));
            }
            Fault::Throttle => {
                self.docs[id].throttled = true;
                self.later(time, Job::Unthrottle(id));
            }
            Fault::Kill => {
                self.kill(id, "closed or discarded");
                if self.dice.percent(50) {
                    self.tabs[tab].away = true;
                    self.later(time, Job::Load(tab, None));
                }
            }
            Fault::Reload => {
                self.load(tab, None);
            }
            Fault::Duplicate if self.open_tabs() < 10 => {
                let own = self.tabs[tab].own.clone();
                let other = self.open_tab(own);
                self.load(other, None);
            }
            Fault::Back => self.go_away(id, time),
            Fault::Sleep => {
                let time = 20 * time;
                self.trouble.sleeps.push(truth);
                self.break_connections(60);
                self.slept += time;
                for other in self.open_docs() {
                    self.to(3, other, Input::Look);
                }
            }
            Fault::Jump => {
                let far = self.dice.pick(&[1_000, 30_000, 3_600_000, 86_400_000]);
                let far = self.dice.between(-far, far);
                self.jumped += far;
                self.trouble.jump = truth;
                if far < 0 {
                    self.trouble.back.push((truth, -far));
                }
            }
            Fault::Blocked | Fault::Full => {
                // The failure that ends here counts up to now.
                self.storage_fails();
                let dice = &mut self.storage_dice;
                let health = match fault {
                    Fault::Full => dice.pick(&[Health::Full, Health::WritesFail]),
                    _ => Health::Blocked,
                };
                match dice.below(4) {
                    0 => self.health.origin = health,
                    1 => self.health.tabs = health,
                    _ => self.health = Healths::both(health),
                }
                note!(self, "{:?}", self.health);
                self.storage_fails();
                self.later(time, Job::StorageWorks);
            }
            Fault::Clear => {
                self.trouble.storage = truth;
                self.trouble.unreadable = truth;
                self.shared.clear(self.now);
                for tab in &mut self.tabs {
                    tab.own = Default::default();
                }
            }
            Fault::Corrupt => {
                self.trouble.storage = truth;
                self.trouble.unreadable = truth;
                let text = self.dice.pick(&[
                    "",
                    "{}",
                    "kind=session&v=2&sid=x",
                    "kind=session&v=1&sid=x",
                    "kind=signed_out&v=1",
                ]);
                match self.plan.keep {
                    TokenStorage::Session => {
                        self.tabs[tab].own.items.insert(super::key("session"), text.into());
                    }
                    _ => self.shared.put(usize::MAX, &super::key("session"), Some(text.into()), self.now),
                }
            }
            Fault::SignOut => {
                self.sign_out(id);
                if self.dice.percent(50) {
                    self.tabs[tab].away = true;
                    self.kill(id, "to the platform's end of session");
                    self.later(time, Job::Load(tab, None));
                }
            }
            Fault::Offline => {
                self.online = false;
                self.break_connections(80);
                for other in self.open_docs() {
                    self.to(1, other, Input::Look);
                }
                self.later(time, Job::Online);
            }
            Fault::Outage => {
                self.outage = true;
                self.later(time, Job::OutageOver);
            }
            Fault::PlatformRevokes => {
                if let Some((_, access)) = self.docs[id].seen.held() {
                    let family = super::platform::numbers(access).0;
                    self.platform.families[family].revoked = true;
                }
            }
            _ => {}
        }
    }

    /// A link is followed within the tab; the page stays in the back/forward cache if nothing of it is under way.
    fn go_away(&mut self, id: DocId, time: i64) {
        let tab = self.docs[id].tab;
        if !self.locks.concerns(id) && self.tabs[tab].active == Some(id) {
            if let Some(old) = self.tabs[tab].cached {
                self.kill(old, "pushed out of the cache");
            }
            self.step(id, ClientInput::PageHidden);
            self.freeze(id);
            self.tabs[tab].cached = Some(id);
            self.tabs[tab].active = None;
            self.later(time, Job::Back(tab));
        }
        self.load(tab, None);
    }

    pub fn go_back(&mut self, tab: TabId) {
        let Some(cached) = self.tabs[tab].cached.filter(|_| !self.tabs[tab].away) else { return };
        if let Some(active) = self.tabs[tab].active {
            self.kill(active, "gone back from");
        }
        self.tabs[tab].cached = None;
        self.tabs[tab].active = Some(cached);
        self.thaw(cached);
    }

    pub fn go_online(&mut self) {
        self.online = true;
        self.came_online = self.now;
        for id in self.open_docs() {
            self.to(1, id, Input::Look);
        }
    }
}
