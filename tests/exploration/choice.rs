//! What may happen next in a small world, and what comes of it. Time passes only when nothing is left that happens at once,
//! and only to the next deadline.

use super::automaton::{Automaton, Event, Seen, Want};
use super::scenario::{Fault, Scenario, TIME_LIMIT};
use super::world::{LockNews, Page, Request, TabId, What, World, note};
use intelliauth_spa_sdk::core::client::provider::NoResponse;
use std::sync::Arc;

/// What becomes of a request that reaches the provider, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Fine,
    Lost,
    LostAnswer,
    Unavailable { acted: bool },
    Garbled,
    Refused,
    AnotherUser,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Message {
        from: TabId,
        to: TabId,
    },
    Lock(TabId),
    StorageChanged(TabId),
    Timer(TabId),
    Reach(usize, Fate),
    Answer(usize),
    TimeLimit(usize),
    Call(TabId, Want),
    Open(TabId),
    Thaw(TabId),
    /// To the next deadline.
    Pass,
    LoseMessage {
        from: TabId,
        to: TabId,
    },
    DelayMessages {
        from: TabId,
        to: TabId,
    },
    Kill(TabId),
    Freeze(TabId),
    Hide(TabId),
    DelayTimer(TabId),
    Slow(usize),
    Clear,
    Steal(usize),
}

/// A choice, and which write of its step fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    pub choice: Choice,
    pub failing: Option<(u8, Fault)>,
}

impl World {
    /// Whether anything goes on that time alone brings further.
    fn busy(&self) -> bool {
        let running = |tab: TabId| self.tabs[tab].page.as_ref().is_some_and(|page| !page.frozen);
        let active = |page: &Page| {
            !page.locks.is_empty()
                || page.storage_changed
                || !page.calls.is_empty()
                || match page.seen {
                    Seen::Loading => true,
                    Seen::Out(_) => false,
                    Seen::In { generation, failing, .. } => generation == 0 || failing,
                }
        };
        self.pages().any(|(tab, page)| running(tab) && active(page))
            || self.messages().any(|(_, to, late)| !late && running(to))
            || self.requests.iter().any(|request| !request.given_up && running(request.tab))
            || self.locks.iter().filter_map(|lock| lock.holder).any(|(tab, _)| running(tab))
    }

    /// Whether something was put off that happens at any time.
    fn held_up(&self) -> bool {
        self.pages().any(|(_, page)| page.frozen || page.timer_late)
            || self.messages().any(|(_, _, late)| late)
    }

    pub fn at_rest(&self) -> bool {
        !self.busy() && !self.held_up()
    }

    /// Lines with messages in them: from, to, and whether they are late.
    fn messages(&self) -> impl Iterator<Item = (TabId, TabId, bool)> {
        let (count, lines) = (self.tabs.len(), self.lines.iter().enumerate());
        lines
            .filter(|(_, line)| !line.queue.is_empty())
            .map(move |(at, line)| (at / count, at % count, line.late))
    }

    /// The next moment at which anything becomes due, unless something is due now.
    fn deadline(&self) -> Option<i64> {
        let running = |tab: TabId| self.tabs[tab].page.as_ref().is_some_and(|page| !page.frozen);
        let mut next: Option<i64> = None;
        for (_, page) in self.pages().filter(|(tab, _)| running(*tab)) {
            if !page.locks.is_empty() || page.storage_changed {
                return None;
            }
            let timer = page.timer.filter(|_| !page.timer_late);
            if let Some(at) = timer {
                next = Some(next.map_or(at, |next| next.min(at)));
            }
        }
        if self.messages().any(|(_, to, late)| !late && running(to)) {
            return None;
        }
        for request in self.requests.iter().filter(|request| !request.given_up && running(request.tab)) {
            let limit = request.sent + TIME_LIMIT;
            let due = if request.slow { request.due.max(self.now + 1) } else { request.due };
            let at = if request.slow && request.due <= self.now { limit } else { due.min(limit) };
            next = Some(next.map_or(at, |next| next.min(at)));
        }
        next.filter(|at| *at > self.now)
    }

    /// Whether there may be such a fault still: each kind at most once.
    pub fn may_have(&self, scenario: &Scenario, fault: Fault) -> bool {
        self.faults.len() < scenario.budget.into() && scenario.faults.contains(&fault) && !self.had(fault)
    }

    /// Everything that may happen next, faults included.
    pub fn choices(&self, scenario: &Scenario) -> Vec<Choice> {
        let mut choices = Vec::new();
        let fault = |fault: Fault| self.may_have(scenario, fault);
        for (from, to, late) in self.messages() {
            if self.tabs[to].page.as_ref().is_some_and(|page| !page.frozen) {
                choices.push(Choice::Message { from, to });
            }
            if fault(Fault::LostMessage) {
                choices.push(Choice::LoseMessage { from, to });
            }
            if fault(Fault::LateMessage) && !late {
                choices.push(Choice::DelayMessages { from, to });
            }
        }
        for (tab, page) in self.pages() {
            if page.frozen {
                choices.push(Choice::Thaw(tab));
                continue;
            }
            if fault(Fault::Freeze) {
                choices.push(Choice::Freeze(tab));
            }
            // A page that holds a lock does not stay in the back/forward cache.
            if fault(Fault::Hide) && !self.concerns_lock(tab) {
                choices.push(Choice::Hide(tab));
            }
            if fault(Fault::Kill) {
                choices.push(Choice::Kill(tab));
            }
            let listens = page.thawing && self.messages().any(|(_, to, late)| to == tab && !late);
            if !listens {
                self.choices_of(tab, page, fault(Fault::LateTimer), &mut choices);
            }
        }
        for (number, request) in self.requests.iter().enumerate() {
            if request.reply.is_none() && request.due <= self.now {
                self.fates(scenario, number, request, &mut choices);
            }
            if fault(Fault::Slow) && !request.slow && !request.given_up {
                choices.push(Choice::Slow(number));
            }
        }
        for (tab, open) in self.tabs.iter().enumerate() {
            if open.page.is_none() && open.may_open > 0 {
                choices.push(Choice::Open(tab));
            }
        }
        if fault(Fault::Clear) {
            choices.push(Choice::Clear);
        }
        if fault(Fault::StolenLock) {
            choices.extend((0..self.locks.len()).map(Choice::Steal));
        }
        if self.busy() && self.deadline().is_some() {
            choices.push(Choice::Pass);
        }
        choices
    }

    /// What a page that runs may have happen to it, messages apart.
    fn choices_of(&self, tab: TabId, page: &Page, late: bool, choices: &mut Vec<Choice>) {
        if !page.locks.is_empty() {
            choices.push(Choice::Lock(tab));
        }
        if page.storage_changed {
            choices.push(Choice::StorageChanged(tab));
        }
        if page.timer.is_some_and(|at| at <= self.now) {
            choices.push(Choice::Timer(tab));
            if late && !page.timer_late {
                choices.push(Choice::DelayTimer(tab));
            }
        }
        for (number, request) in self.requests.iter().enumerate() {
            if request.tab != tab || request.given_up {
                continue;
            }
            if request.reply.is_some() && request.due <= self.now {
                choices.push(Choice::Answer(number));
            } else if request.sent + TIME_LIMIT <= self.now {
                choices.push(Choice::TimeLimit(number));
            }
        }
        if self.tabs[tab].may_call {
            choices.push(Choice::Call(tab, Want::Token));
        }
        if tab == 0 && self.may_want_new {
            choices.push(Choice::Call(tab, Want::NewToken));
        }
        if tab == 0 && self.may_sign_out {
            choices.push(Choice::Call(tab, Want::SignOut));
        }
    }

    fn fates(&self, scenario: &Scenario, number: usize, request: &Request, choices: &mut Vec<Choice>) {
        choices.push(Choice::Reach(number, Fate::Fine));
        if request.given_up {
            return;
        }
        let refresh = matches!(request.what, What::Refresh { .. });
        let acts = |acted| Fate::Unavailable { acted };
        for (fault, fates, always) in [
            (Fault::LostRequest, &[Fate::Lost][..], true),
            (Fault::LostAnswer, &[Fate::LostAnswer], refresh),
            (Fault::Unavailable, &[acts(false), acts(true)], refresh),
            (Fault::Garbled, &[Fate::Garbled], refresh),
            (Fault::Refused, &[Fate::Refused], refresh),
            (Fault::AnotherUser, &[Fate::AnotherUser], refresh),
        ] {
            if always && self.may_have(scenario, fault) {
                choices.extend(fates.iter().map(|fate| Choice::Reach(number, *fate)));
            }
        }
    }

    /// Makes `choice` come true. `None`: the write that was to fail was none of its.
    pub fn choose(&mut self, scenario: &Scenario, automaton: &Automaton, chosen: Move) -> Option<()> {
        (self.failing, self.writes) = (chosen.failing, 0);
        let fault = match chosen.choice {
            Choice::LoseMessage { .. } => Some(Fault::LostMessage),
            Choice::DelayMessages { .. } => Some(Fault::LateMessage),
            Choice::Kill(_) => Some(Fault::Kill),
            Choice::Freeze(_) => Some(Fault::Freeze),
            Choice::Hide(_) => Some(Fault::Hide),
            Choice::DelayTimer(_) => Some(Fault::LateTimer),
            Choice::Slow(_) => Some(Fault::Slow),
            Choice::Clear => Some(Fault::Clear),
            Choice::Steal(_) => Some(Fault::StolenLock),
            Choice::Reach(_, fate) => match fate {
                Fate::Fine => None,
                Fate::Lost => Some(Fault::LostRequest),
                Fate::LostAnswer => Some(Fault::LostAnswer),
                Fate::Unavailable { .. } => Some(Fault::Unavailable),
                Fate::Garbled => Some(Fault::Garbled),
                Fate::Refused => Some(Fault::Refused),
                Fate::AnotherUser => Some(Fault::AnotherUser),
            },
            _ => None,
        };
        self.faults.extend(fault.into_iter().chain(chosen.failing.map(|(_, fault)| fault)));
        self.happen(scenario, automaton, chosen.choice);
        self.failing.is_none().then_some(())
    }

    fn happen(&mut self, scenario: &Scenario, automaton: &Automaton, choice: Choice) {
        match choice {
            Choice::Message { from, to } => {
                let line = self.line_of(from, to);
                line.late = false;
                let Some(text) = line.queue.pop_front() else { return };
                self.check_heard(to, &text.text);
                self.step(scenario, automaton, to, Event::Message(text));
                let heard_all = !self.messages().any(|(_, other, late)| other == to && !late);
                if let Some(page) = &mut self.tabs[to].page
                    && heard_all
                {
                    page.thawing = false;
                }
            }
            Choice::Lock(tab) => {
                let Some(change) = self.page(tab).locks.pop_front() else { return };
                let event = match change {
                    LockNews::Granted(ticket) => Event::Granted(ticket),
                    LockNews::Unavailable(ticket) => Event::Unavailable(ticket),
                    LockNews::Stolen(ticket) => Event::Stolen(ticket),
                    LockNews::Holder(ticket, holder) => {
                        let name = holder.map(|(tab, page)| format!("page {page} of tab {tab}"));
                        Event::Holder(ticket, name)
                    }
                };
                self.step(scenario, automaton, tab, event);
            }
            Choice::StorageChanged(tab) => {
                self.page(tab).storage_changed = false;
                self.step(scenario, automaton, tab, Event::Revalidate);
            }
            Choice::Timer(tab) => {
                let page = self.page(tab);
                (page.timer, page.timer_late) = (None, false);
                self.step(scenario, automaton, tab, Event::Timeout);
            }
            Choice::Reach(number, fate) => self.reach(scenario, number, fate),
            Choice::Answer(number) => {
                let request = self.requests.remove(number);
                let Some(reply) = request.reply else { return };
                if let Some(issue) = reply.issue {
                    self.provider.taken[issue] = true;
                    if !self.page(request.tab).knows_peer {
                        self.provider.kept.push(issue);
                    }
                } else if matches!(request.what, What::Refresh { .. }) {
                    let refused = matches!(reply.response, Ok((400, _)));
                    self.provider.refused |= refused;
                    self.provider.unanswered |= !refused;
                }
                self.step(scenario, automaton, request.tab, Event::Response(request.id, reply.response));
            }
            Choice::TimeLimit(number) => {
                let (tab, id) = (self.requests[number].tab, self.requests[number].id);
                self.give_up(tab, id);
                self.step(scenario, automaton, tab, Event::Response(id, Err(NoResponse::Timeout)));
            }
            Choice::Call(tab, want) => {
                match want {
                    Want::Token => self.tabs[tab].may_call = false,
                    Want::NewToken => self.may_want_new = false,
                    Want::SignOut => self.may_sign_out = false,
                }
                self.call(scenario, automaton, tab, want);
            }
            Choice::Open(tab) => self.open(scenario, automaton, tab),
            Choice::Thaw(tab) => {
                note!(self, "tab {tab} thaws");
                let waiting = self.messages().any(|(_, to, late)| to == tab && !late);
                let page = self.page(tab);
                (page.frozen, page.thawing) = (false, waiting);
                // A page that is shown again looks again.
                if std::mem::take(&mut page.hidden) {
                    self.step(scenario, automaton, tab, Event::PageShown);
                } else {
                    page.storage_changed = true;
                }
            }
            Choice::Hide(tab) => {
                self.step(scenario, automaton, tab, Event::PageHidden);
                note!(self, "tab {tab} is in the back/forward cache");
                let page = self.page(tab);
                (page.frozen, page.hidden) = (true, true);
                for from in 0..self.tabs.len() {
                    *self.line_of(from, tab) = Default::default();
                }
            }
            Choice::Pass => self.now = self.deadline().unwrap_or(self.now),
            Choice::LoseMessage { from, to } => {
                note!(self, "a message of tab {from} to tab {to} is lost");
                let line = self.line_of(from, to);
                line.queue.pop_front();
                line.late &= !line.queue.is_empty();
            }
            Choice::DelayMessages { from, to } => {
                note!(self, "messages of tab {from} to tab {to} wait");
                self.line_of(from, to).late = true;
            }
            Choice::Kill(tab) => self.kill(tab),
            Choice::Freeze(tab) => {
                note!(self, "tab {tab} freezes");
                self.page(tab).frozen = true;
            }
            Choice::DelayTimer(tab) => {
                note!(self, "tab {tab}'s timer is late");
                self.page(tab).timer_late = true;
            }
            Choice::Slow(number) => {
                note!(self, "request {number} is slow");
                self.requests[number].slow = true;
            }
            Choice::Clear => {
                note!(self, "the user clears storage");
                self.origin = Arc::default();
                for tab in &mut self.tabs {
                    tab.own = Arc::default();
                    if let Some(page) = &mut tab.page {
                        page.storage_changed = true;
                    }
                }
            }
            Choice::Steal(number) => {
                let now = self.now;
                let lock = &mut self.locks[number];
                let Some((tab, ticket)) = lock.holder.take() else { return };
                (lock.holder, lock.since) = (lock.queue.pop_front(), now);
                if let Some((next, ticket)) = lock.holder {
                    self.page(next).locks.push_back(LockNews::Granted(ticket));
                }
                self.locks.retain(|lock| lock.holder.is_some());
                self.lose_lock(tab, ticket, true);
            }
        }
    }

    fn page(&mut self, tab: TabId) -> &mut Page {
        self.tabs[tab].page.as_mut().expect("only pages that are open are chosen")
    }
}
