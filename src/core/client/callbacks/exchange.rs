//! The code is sent: once the provider can be asked and the callback's lock is held, and never a second time.

use super::{Claim, Exchange, Pending, Progress, Refusal, SignedIn};
use crate::core::base::clock::{Millis, MonotonicTime, Now};
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::secret::{IdToken, RefreshToken};
use crate::core::client::provider::RequestKind;
use crate::core::client::requests::Waiter;
use crate::core::client::runner::{Area, CallId};
use crate::core::client::session::io::{Lock, SessionInput, Ticket};
use crate::core::client::{Client, PEER_WAIT, Retry, Turn};
use crate::core::protocol::authorization_response::{AuthorizationResult, check_issuer};
use crate::core::protocol::id_token::Purpose;
use crate::core::protocol::metadata::Metadata;
use crate::core::protocol::token::{TokenOutcome, exchange_form};
use crate::core::protocol::transaction::Transaction;
use std::rc::Rc;

/// The first pause before the provider is tried again; doubled each time.
const PAUSE: Millis = Millis::seconds(1);

/// The longest pause.
const LONGEST_PAUSE: Millis = Millis::seconds(8);

impl Client {
    pub(super) fn claim(
        &self,
        transaction: Box<Transaction>,
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
            not_before: MonotonicTime::default(),
            until,
        })
    }

    pub(super) fn prepare(&mut self, turn: &Turn, mark: String, call: CallId, claim: Box<Claim>) {
        let ticket = self.session.next_ticket();
        self.remember(mark, ticket, vec![call], Progress::Preparing(claim));
        self.ask(turn, RequestKind::Ready, Waiter::Callback(ticket));
    }

    /// The metadata and keys that the exchange needs were read, or cannot be had now.
    pub(in crate::core::client) fn prepared(
        &mut self,
        turn: &Turn,
        ticket: Ticket,
        metadata: Result<&Metadata, Error>,
    ) {
        let Some(at) = self.exchange(ticket) else { return };
        let Some(exchange) = self.exchanges.get_mut(at) else { return };
        let mut claim = match exchange.take() {
            Progress::Preparing(claim) => claim,
            other => return exchange.progress = other,
        };
        // A refusal holds no credential, so it is accepted without the metadata.
        let is_code = matches!(claim.response, AuthorizationResult::Code(_));
        match metadata {
            Err(error) if is_code => {
                let pause = Millis(PAUSE.0 << claim.failures.min(8)).min(LONGEST_PAUSE);
                claim.failures += 1;
                claim.not_before = turn.now.mono + error.retry_after;
                let again = (turn.now.mono + pause).max(claim.not_before);
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
    pub(in crate::core::client) fn retry_callbacks(&mut self, turn: &Turn, retry: Retry) {
        let mut due = Vec::new();
        for exchange in &mut self.exchanges {
            if let Progress::Paused(claim, again) = &exchange.progress
                && (if retry == Retry::Now { claim.not_before } else { *again }) <= turn.now.mono
                && let Progress::Paused(claim, _) = exchange.take()
            {
                exchange.progress = Progress::Preparing(claim);
                due.push(exchange.ticket);
            }
        }
        for ticket in &due {
            self.ask(turn, RequestKind::Ready, Waiter::Callback(*ticket));
        }
    }

    /// The callback's lock is held: the first tab of the origin to come here spends the state and sends the code.
    /// `false` where the ticket belongs to no callback.
    pub(in crate::core::client) fn callback_granted(&mut self, turn: &Turn, ticket: Ticket) -> bool {
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
        let Transaction { state, verifier, nonce, redirect_uri, scope, max_age, context, .. } = *transaction;
        match accepted {
            Ok(AuthorizationResult::Code(code)) => {
                let form = exchange_form(&self.config.client_id, code, &redirect_uri, verifier);
                let pending = Pending { state, context, scope, redirect_uri, sign_out_epoch };
                if let Some(exchange) = self.exchanges.get_mut(at) {
                    exchange.progress = Progress::Sent(Box::new(pending));
                }
                let kind = RequestKind::Tokens { form, purpose: Purpose::SignIn { nonce, max_age } };
                self.ask(turn, kind, Waiter::Exchange(ticket));
            }
            Ok(AuthorizationResult::Refused(error)) | Err(error) => {
                self.conclude(turn, at, Err(Refusal { error, context }));
            }
        }
        true
    }

    /// Another tab is answering this callback.
    pub(in crate::core::client) fn callback_locked(&mut self, turn: &Turn, ticket: Ticket) {
        let Some(at) = self.exchange(ticket) else { return };
        if let Some(Exchange { progress: Progress::Claiming(claim), .. }) = self.exchanges.get(at) {
            let context = claim.transaction.context.clone();
            let error = Error::new(ErrorCode::CallbackReplayed);
            self.conclude(turn, at, Err(Refusal { error, context }));
        }
    }

    /// The code's answer.
    pub(in crate::core::client) fn exchanged(
        &mut self,
        turn: &Turn,
        ticket: Ticket,
        asked_at: Now,
        outcome: TokenOutcome,
    ) {
        let Some(at) = self.exchange(ticket) else { return };
        let Some(Exchange { progress: Progress::Sent(pending), .. }) = self.exchanges.get(at) else { return };
        let mut unusable = None;
        let error = match outcome {
            TokenOutcome::Tokens(tokens) => {
                let (state, scope) = (pending.state.clone(), pending.scope.clone());
                let (tokens, sign_out_epoch) = (*tokens, pending.sign_out_epoch);
                let begin = SessionInput::SignIn { ticket, tokens, state, scope, sign_out_epoch, asked_at };
                return self.session(turn, begin);
            }
            TokenOutcome::Refused { error, .. } if error.code == ErrorCode::CodeRefused => {
                error.with("redirectUri", pending.redirect_uri.as_str())
            }
            TokenOutcome::Unusable { error, refresh } => {
                unusable = refresh;
                error
            }
            TokenOutcome::Refused { error, .. }
            | TokenOutcome::NotSent { error, .. }
            | TokenOutcome::Indeterminate { error, .. } => error,
        };
        let context = pending.context.clone();
        if let Some(token) = &unusable {
            self.revoke(turn, token);
        }
        self.conclude(turn, at, Err(Refusal { error, context }));
    }

    /// The session holds the tokens, or refused them.
    pub(in crate::core::client) fn signed_in(
        &mut self,
        turn: &Turn,
        ticket: Ticket,
        result: &Result<IdToken, (Error, Option<RefreshToken>)>,
    ) {
        let Some(at) = self.exchange(ticket) else { return };
        let Some(Exchange { progress: Progress::Sent(pending), .. }) = self.exchanges.get(at) else { return };
        let context = pending.context.clone();
        let result = match result {
            Ok(id_token) => Ok(SignedIn { id_token: id_token.clone(), context }),
            Err((error, refresh)) => {
                if let Some(token) = refresh {
                    self.revoke(turn, token);
                }
                Err(Refusal { error: error.clone(), context })
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
        let until = exchange.marked_at.map_or(turn.now.mono, |at| at + PEER_WAIT);
        let (ticket, mark) = (exchange.ticket, exchange.mark.clone());
        let calls = std::mem::take(&mut exchange.calls);
        let result = Rc::new(result);
        exchange.progress = Progress::Done(result.clone());
        if turn.now.mono >= until {
            self.locks.release(turn.actions, ticket);
        } else {
            self.held.push((ticket, until));
        }
        self.note_attempt(turn, &mark, result.as_ref().as_ref().err().map(|refusal| refusal.error.code));
        self.settle_callback(turn, &calls, &result);
        self.release_waiting_tokens(turn);
    }

    /// Releases the locks whose marks every tab has had time to read.
    pub(in crate::core::client) fn release_held(&mut self, turn: &Turn) {
        while let Some(at) = self.held.iter().position(|(_, until)| *until <= turn.now.mono) {
            let (ticket, _) = self.held.swap_remove(at);
            self.locks.release(turn.actions, ticket);
        }
    }
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
