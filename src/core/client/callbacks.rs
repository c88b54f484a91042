//! Answering a callback: every state it names is judged first, its response leaves the address at once and is kept until
//! the provider can be asked, and the code is sent once, whatever happens. RFC 6749 §4.1.2, RFC 9700 §4.2.4.

use super::provider::{Failure, RequestKind};
use super::runner::{Answer, Area, CallId, Report};
use super::session::io::{Lock, SessionInput, Ticket};
use super::store::Store;
use super::{Client, Retry, Turn, Waiter};
use crate::core::base::clock::{Millis, MonotonicTime, Now, WallTime, is_within};
use crate::core::base::encoding::fingerprint;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::secret::{AuthorizationCode, IdToken, RefreshToken, State};
use crate::core::base::text::decimal;
use crate::core::client::notification::{Notification, NotificationKind, Source};
use crate::core::protocol::authorization_response as callback;
use crate::core::protocol::authorization_response::{AuthorizationResult, SignIn, check_issuer};
use crate::core::protocol::id_token::Purpose;
use crate::core::protocol::metadata::Metadata;
use crate::core::protocol::token::{TokenOutcome, exchange_form};
use crate::core::protocol::transaction::{KEPT_FOR, KeptResponse, LIFETIME, SignInContext, Transaction};

/// A finished sign-in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub id_token: IdToken,
    /// As given when the sign-in began.
    pub context: SignInContext,
}

/// A callback that signed nobody in.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    error: Error,
    context: SignInContext,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { error, context: SignInContext::default() }
    }
}

/// A callback that this page has seen. It is remembered, so that every call with the same address gets the same answer.
#[derive(Debug)]
pub(super) struct Exchange {
    /// The fingerprint of the states that the address names.
    mark: String,
    ticket: Ticket,
    calls: Vec<CallId>,
    progress: Progress,
    /// When the state was marked as spent.
    marked_at: Option<MonotonicTime>,
}

#[derive(Debug)]
enum Progress {
    /// What the exchange needs of the provider is read.
    Preparing(Box<Claim>),
    /// The provider could not be reached: it is tried again at this time.
    Paused(Box<Claim>, MonotonicTime),
    /// Asked for the lock.
    Claiming(Box<Claim>),
    /// The code is on its way.
    Sent(Box<Pending>),
    Done(Result<SignedIn, Refusal>),
}

/// What is needed once the lock is held.
#[derive(Debug)]
struct Claim {
    transaction: Transaction,
    iss: Option<String>,
    response: AuthorizationResult,
    iss_required: bool,
    /// The session's count of sign-outs when the callback came.
    sign_out_epoch: u32,
    /// How often the provider could not be reached.
    failures: u32,
    /// Until when the response may be kept.
    until: MonotonicTime,
}

/// What is still needed when the answer comes.
#[derive(Debug)]
struct Pending {
    state: State,
    context: SignInContext,
    scope: String,
    redirect_uri: String,
    sign_out_epoch: u32,
}

/// How many answered callbacks a page remembers.
const REMEMBERED: usize = 4;

/// The first pause before the provider is tried again; doubled each time.
const PAUSE: Millis = Millis::seconds(1);

/// The longest pause.
const LONGEST_PAUSE: Millis = Millis::seconds(8);

impl Client {
    /// Whether `url`, an absolute one, is at the redirect URI and carries a response that is not another client's, or
    /// has one that is kept.
    pub(super) fn recognises(&self, store: &Store, now: WallTime, url: &str) -> bool {
        callback::at_redirect_uri(url, &self.config.redirect_page)
            && (self.kept_transaction(store, now).is_some()
                || (callback::is_response(url, pending(store, now))
                    && !is_of_another_client(store, &callback::read(url))))
    }

    /// A transaction whose response was kept, before a reload.
    fn kept_transaction(&self, store: &Store, now: WallTime) -> Option<Transaction> {
        store.transactions().into_iter().find_map(|(_, text)| {
            let transaction = Transaction::from_text(&text)?;
            let kept = transaction.kept.as_ref()?;
            let known =
                self.exchanges.iter().any(|known| known.mark == fingerprint(transaction.state.expose()));
            let fresh = is_within(KEPT_FOR, kept.at, now);
            (fresh && !known && self.session.owns(&transaction)).then_some(transaction)
        })
    }

    /// Drops every response that was kept for too long.
    pub(super) fn sweep_kept(&self, turn: &Turn) {
        for (key, text) in turn.store.transactions() {
            let kept = Transaction::from_text(&text).and_then(|transaction| transaction.kept);
            if kept.is_some_and(|kept| !is_within(KEPT_FOR, kept.at, turn.now.wall)) {
                turn.actions.remove(Area::Tab, &key);
            }
        }
    }

    /// The app hands over an absolute address.
    pub(super) fn callback(&mut self, turn: &Turn, call: CallId, url: String) {
        let url = match &self.cleaned {
            // Asked again at what was left of it, it is the same callback.
            Some((left, before)) if *left == url => before.clone(),
            _ => url,
        };
        let callback::AuthorizationResponse { states, iss, answer } = callback::read(&url);
        if states.iter().any(|state| turn.store.is_of_another_client(state)) {
            let error =
                Error::new(ErrorCode::StateUnknown).with("problem", "it answers another client's sign-in");
            return self.settle(turn, &[call], &Answer::Refused(&error, &SignInContext::default()));
        }
        let is_response = callback::is_response(&url, pending(&turn.store, turn.now.wall));
        if is_response && url == turn.env.address() {
            let left = callback::cleaned(&url);
            turn.actions.replace_address(&left);
            self.cleaned = Some((left, url));
        }
        let mark = mark_of(&states);
        if let Some(known) = self.exchanges.iter_mut().find(|known| known.mark == mark) {
            match &known.progress {
                Progress::Done(result) => {
                    let result = result.clone();
                    self.settle_callback(turn, &[call], &result);
                }
                _ => known.calls.push(call),
            }
            return;
        }
        if !is_response
            && let Some(mut transaction) = self.kept_transaction(&turn.store, turn.now.wall)
            && let Some(kept) = transaction.kept.take()
        {
            let mark = fingerprint(transaction.state.expose());
            let until = turn.now.mono + KEPT_FOR - (turn.now.wall - kept.at);
            return self.prepare(
                turn,
                mark,
                call,
                self.claim(transaction, kept.iss, AuthorizationResult::Code(kept.code), until),
            );
        }
        let judged = match answer {
            Err(error) => Err(self.spend(turn, &states, error)),
            Ok(answer) => match &states[..] {
                [state] => self.find_transaction(turn, state, &mark).map(|transaction| (transaction, answer)),
                _ => Err(Error::new(ErrorCode::StateUnknown).into()),
            },
        };
        match judged {
            Err(refusal) => {
                self.note_attempt(turn, &mark, Some(refusal.error.code));
                let result = Err(refusal);
                self.settle_callback(turn, &[call], &result);
                // An address without a state names no sign-in: each call with it is judged anew.
                if !mark.is_empty() {
                    let ticket = self.session.next_ticket();
                    self.remember(mark, ticket, Vec::new(), Progress::Done(result));
                }
            }
            Ok((mut transaction, response)) => {
                notify(turn, NotificationKind::CallbackReceived);
                if let AuthorizationResult::Code(code) = &response {
                    let (code, iss) = (AuthorizationCode::new(code.expose()), iss.clone());
                    transaction.kept = Some(KeptResponse { code, iss, at: turn.now.wall });
                    let key = turn.store.transaction_key(&transaction.state);
                    turn.actions.write(Area::Tab, &key, &transaction.to_text(), Report::Never);
                }
                let claim = self.claim(transaction, iss, response, turn.now.mono + KEPT_FOR);
                self.prepare(turn, mark, call, claim);
            }
        }
    }

    fn claim(
        &self,
        transaction: Transaction,
        iss: Option<String>,
        response: AuthorizationResult,
        until: MonotonicTime,
    ) -> Box<Claim> {
        let sign_out_epoch = self.session.sign_out_epoch();
        Box::new(Claim {
            transaction,
            iss,
            response,
            iss_required: false,
            sign_out_epoch,
            failures: 0,
            until,
        })
    }

    fn prepare(&mut self, turn: &Turn, mark: String, call: CallId, claim: Box<Claim>) {
        let ticket = self.session.next_ticket();
        self.remember(mark, ticket, vec![call], Progress::Preparing(claim));
        self.ask(turn, RequestKind::Ready, Waiter::Callback(ticket));
    }

    fn remember(&mut self, mark: String, ticket: Ticket, calls: Vec<CallId>, progress: Progress) {
        if self.exchanges.len() >= REMEMBERED {
            while let Some(at) = self.exchanges.iter().position(Exchange::is_done) {
                self.exchanges.swap_remove(at);
            }
        }
        self.exchanges.push(Exchange { mark, ticket, calls, progress, marked_at: None });
    }

    /// A response of a shape that is never accepted spends every sign-in it names: its code must not succeed in another
    /// form.
    fn spend(&self, turn: &Turn, states: &[State], error: Error) -> Refusal {
        let mut refusal = Refusal::from(error);
        for state in states {
            if let Some(transaction) = self.stored(turn, state) {
                self.mark_spent(turn, &fingerprint(state.expose()), &transaction.state);
                refusal.context = transaction.context;
            }
        }
        refusal
    }

    fn mark_spent(&self, turn: &Turn, mark: &str, state: &State) {
        // First the transaction, whose end makes room for the mark.
        turn.actions.remove(Area::Tab, &turn.store.transaction_key(state));
        turn.store.mark(mark, turn.now.wall, turn.actions);
    }

    /// The transaction of `state`, if it was made by this client for this platform.
    fn stored(&self, turn: &Turn, state: &State) -> Option<Transaction> {
        let text = turn.store.transaction_text(state)?;
        Transaction::from_text(&text)
            .filter(|transaction| transaction.state == *state && self.session.owns(transaction))
    }

    /// The open transaction of `state`, or what is known of it.
    fn find_transaction(&self, turn: &Turn, state: &State, mark: &str) -> Result<Transaction, Refusal> {
        match self.stored(turn, state) {
            Some(transaction) if transaction.expired(turn.now.wall) => {
                turn.actions.remove(Area::Tab, &turn.store.transaction_key(state));
                let minutes = decimal(LIFETIME.0 / 60_000);
                let error = Error::new(ErrorCode::TransactionExpired).with("minutes", minutes);
                Err(Refusal { error, context: transaction.context })
            }
            Some(transaction) => Ok(transaction),
            None if turn.store.transaction_text(state).is_none() && turn.store.is_marked(mark) => {
                Err(Error::new(ErrorCode::CallbackReplayed).into())
            }
            None => Err(Error::new(ErrorCode::StateUnknown).into()),
        }
    }

    fn exchange(&self, ticket: Ticket) -> Option<usize> {
        self.exchanges.iter().position(|known| known.ticket == ticket)
    }

    /// What the exchange needs is at hand, or cannot be had now.
    pub(super) fn prepared(&mut self, turn: &Turn, ticket: Ticket, metadata: Result<&Metadata, Failure>) {
        let Some(at) = self.exchange(ticket) else { return };
        let Some(exchange) = self.exchanges.get_mut(at) else { return };
        let mut claim = match exchange.take() {
            Progress::Preparing(claim) => claim,
            other => return exchange.progress = other,
        };
        // A refusal is no credential: it need not wait for who sent it.
        let is_code = matches!(claim.response, AuthorizationResult::Code(_));
        match metadata {
            Err(Failure { error, retry_after }) if is_code => {
                let pause = Millis(PAUSE.0 << claim.failures.min(8)).min(LONGEST_PAUSE);
                let pause = pause.max(retry_after.unwrap_or_default());
                claim.failures += 1;
                let again = turn.now.mono + pause;
                if is_transient(error.code) && again < claim.until {
                    exchange.progress = Progress::Paused(claim, again);
                } else {
                    turn.actions.remove(Area::Tab, &turn.store.transaction_key(&claim.transaction.state));
                    let refusal = Refusal { error, context: claim.transaction.context };
                    self.conclude(turn, at, Err(refusal));
                }
            }
            metadata => {
                claim.iss_required = metadata.is_ok_and(|metadata| metadata.sends_iss);
                exchange.progress = Progress::Claiming(claim);
                let lock = Lock::Callback(exchange.mark.clone());
                self.locks.request(turn.actions, ticket, &lock, None);
            }
        }
    }

    /// Tries the provider again where that is due, or at once where something changed.
    pub(super) fn retry_callbacks(&mut self, turn: &Turn, retry: Retry) {
        let mut due = Vec::new();
        for exchange in &mut self.exchanges {
            if let Progress::Paused(_, again) = &exchange.progress
                && (retry == Retry::Now || *again <= turn.now.mono)
                && let Progress::Paused(claim, _) = exchange.take()
            {
                exchange.progress = Progress::Preparing(claim);
                due.push(exchange.ticket);
            }
        }
        for ticket in due {
            self.ask(turn, RequestKind::Ready, Waiter::Callback(ticket));
        }
    }

    /// The callback's lock is held: whoever comes here first in the whole origin spends the state and sends the code.
    /// `false` where the ticket is none of a callback's.
    pub(super) fn callback_granted(&mut self, turn: &Turn, ticket: Ticket) -> bool {
        let Some(at) = self.exchange(ticket) else { return false };
        let Some(exchange) = self.exchanges.get_mut(at) else { return false };
        let claim = match exchange.take() {
            Progress::Claiming(claim) => claim,
            other => {
                exchange.progress = other;
                return true;
            }
        };
        let Claim { transaction, iss, response, iss_required, sign_out_epoch, .. } = *claim;
        let mark = exchange.mark.clone();
        let accepted = if turn.store.is_marked(&mark) {
            turn.actions.remove(Area::Tab, &turn.store.transaction_key(&transaction.state));
            Err(Error::new(ErrorCode::CallbackReplayed))
        } else {
            exchange.marked_at = Some(turn.now.mono);
            self.mark_spent(turn, &mark, &transaction.state);
            check_issuer(iss.as_deref(), &self.config.issuer, iss_required).map(|()| response)
        };
        let Transaction { state, verifier, nonce, redirect_uri, scope, max_age, context, .. } = transaction;
        match accepted {
            Ok(AuthorizationResult::Code(code)) => {
                let form = exchange_form(&self.config.client_id, code, &redirect_uri, verifier);
                let pending = Pending { state, context, scope, redirect_uri, sign_out_epoch };
                if let Some(exchange) = self.exchanges.get_mut(at) {
                    exchange.progress = Progress::Sent(Box::new(pending));
                }
                let goal = RequestKind::Tokens { form, purpose: Purpose::SignIn { nonce, max_age } };
                self.ask(turn, goal, Waiter::Exchange(ticket));
            }
            Ok(AuthorizationResult::Refused(error)) | Err(error) => {
                self.conclude(turn, at, Err(Refusal { error, context }));
            }
        }
        true
    }

    /// Another tab is answering this callback.
    pub(super) fn callback_locked(&mut self, turn: &Turn, ticket: Ticket) {
        let Some(at) = self.exchange(ticket) else { return };
        if let Some(Exchange { progress: Progress::Claiming(claim), .. }) = self.exchanges.get(at) {
            let context = claim.transaction.context.clone();
            let error = Error::new(ErrorCode::CallbackReplayed);
            self.conclude(turn, at, Err(Refusal { error, context }));
        }
    }

    /// The code's answer.
    pub(super) fn exchanged(&mut self, turn: &Turn, ticket: Ticket, asked_at: Now, outcome: TokenOutcome) {
        let Some(at) = self.exchange(ticket) else { return };
        let Some(Exchange { progress: Progress::Sent(pending), .. }) = self.exchanges.get(at) else { return };
        let error = match outcome {
            TokenOutcome::Tokens(tokens) => {
                let (state, scope) = (pending.state.clone(), pending.scope.clone());
                let (tokens, sign_out_epoch) = (*tokens, pending.sign_out_epoch);
                let begin = SessionInput::SignIn { ticket, tokens, state, scope, sign_out_epoch, asked_at };
                return self.session(turn, begin);
            }
            TokenOutcome::Refused { error, .. } if error.code == ErrorCode::CodeRefused => {
                error.with("redirectUri", &pending.redirect_uri)
            }
            // Of refreshes alone.
            TokenOutcome::Mismatch { .. } => Error::new(ErrorCode::Internal),
            TokenOutcome::Refused { error, .. }
            | TokenOutcome::NotSent { error, .. }
            | TokenOutcome::Indeterminate { error, .. } => error,
        };
        let context = pending.context.clone();
        self.conclude(turn, at, Err(Refusal { error, context }));
    }

    /// The session holds the tokens, or refused them.
    pub(super) fn signed_in(
        &mut self,
        turn: &Turn,
        ticket: Ticket,
        result: Result<IdToken, (Error, Option<RefreshToken>)>,
    ) {
        let Some(at) = self.exchange(ticket) else { return };
        let Some(Exchange { progress: Progress::Sent(pending), .. }) = self.exchanges.get(at) else { return };
        let context = pending.context.clone();
        let result = match result {
            Ok(id_token) => Ok(SignedIn { id_token, context }),
            Err((error, refresh)) => {
                if let Some(token) = refresh {
                    self.revoke(turn, &token);
                }
                Err(Refusal { error, context })
            }
        };
        self.conclude(turn, at, result);
    }

    /// The lock is kept until every tab can read the mark, even where the request failed at once.
    fn conclude(&mut self, turn: &Turn, at: usize, mut result: Result<SignedIn, Refusal>) {
        if let Err(refusal) = &mut result
            && refusal.error.transient()
        {
            refusal.error.add("callback", "spent");
        }
        let Some(exchange) = self.exchanges.get_mut(at) else { return };
        let until = exchange.marked_at.map_or(turn.now.mono, |at| at + super::PEER_WAIT);
        let (ticket, mark) = (exchange.ticket, exchange.mark.clone());
        let calls = std::mem::take(&mut exchange.calls);
        exchange.progress = Progress::Done(result.clone());
        if turn.now.mono >= until {
            self.locks.release(turn.actions, ticket);
        } else {
            self.held.push((ticket, until));
        }
        self.note_attempt(turn, &mark, result.as_ref().err().map(|refusal| refusal.error.code));
        self.settle_callback(turn, &calls, &result);
        self.release_waiting_tokens(turn);
    }

    fn note_attempt(&self, turn: &Turn, mark: &str, failed: Option<ErrorCode>) {
        let mut attempts = turn.store.attempts();
        attempts.came_back(mark, failed);
        turn.store.keep_attempts(&attempts, turn.actions);
    }

    fn settle_callback(&mut self, turn: &Turn, calls: &[CallId], result: &Result<SignedIn, Refusal>) {
        let answer = match result {
            Ok(SignedIn { id_token, context }) => Answer::SignedIn(id_token, context),
            Err(Refusal { error, context }) => Answer::Refused(error, context),
        };
        self.settle(turn, calls, &answer);
    }

    /// Whether a callback is being answered.
    pub(super) fn answers_callback(&self) -> bool {
        !self.exchanges.iter().all(Exchange::is_done)
    }

    /// When the next thing is due that time alone brings.
    pub(super) fn callbacks_timeout(&self) -> Option<MonotonicTime> {
        let mut next = None;
        for exchange in &self.exchanges {
            if let Progress::Paused(_, again) = exchange.progress {
                next = MonotonicTime::earlier(next, Some(again));
            }
        }
        for (_, until) in &self.held {
            next = MonotonicTime::earlier(next, Some(*until));
        }
        next
    }

    /// Lets go the locks that every tab has had time to see the marks of.
    pub(super) fn release_held(&mut self, turn: &Turn) {
        while let Some(at) = self.held.iter().position(|(_, until)| *until <= turn.now.mono) {
            let (ticket, _) = self.held.swap_remove(at);
            self.locks.release(turn.actions, ticket);
        }
    }
}

impl Exchange {
    fn is_done(&self) -> bool {
        matches!(self.progress, Progress::Done(_))
    }

    /// What it is doing; until that is put back, what it would answer if it were lost.
    fn take(&mut self) -> Progress {
        std::mem::replace(
            &mut self.progress,
            Progress::Done(Err(Error::new(ErrorCode::CallbackReplayed).into())),
        )
    }
}

fn notify(turn: &Turn, news: NotificationKind) {
    turn.actions.notify(&Notification { source: Source::ThisTab, kind: news });
}

fn is_of_another_client(store: &Store, response: &callback::AuthorizationResponse) -> bool {
    response.states.iter().any(|state| store.is_of_another_client(state))
}

/// Whether a sign-in of this tab waits for its callback.
fn pending(store: &Store, now: WallTime) -> SignIn {
    if store.has_transaction(now) { SignIn::Pending } else { SignIn::NonePending }
}

/// Whether the provider may answer a little later.
fn is_transient(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::NetworkError
            | ErrorCode::Timeout
            | ErrorCode::PlatformUnavailable
            | ErrorCode::RateLimited
    )
}

/// One name for all states of one address; of a single state its own fingerprint. Empty where there is none.
fn mark_of(states: &[State]) -> String {
    match states {
        [] => String::new(),
        [state] => fingerprint(state.expose()),
        [first, rest @ ..] => {
            let mut all = first.expose().to_owned();
            for state in rest {
                all.push(' ');
                all.push_str(state.expose());
            }
            fingerprint(&all)
        }
    }
}
