//! Answering a callback: the state is judged and spent first, the code is sent once, whatever happens. RFC 6749
//! §4.1.2, RFC 9700 §4.2.4.

use super::super::callback::{Answer, Response, check_issuer};
use super::super::clock::Now;
use super::super::encoding::fingerprint;
use super::super::error::{Code, Error};
use super::super::secret::State;
use super::super::token::Outcome;
use super::super::transaction::{LIFETIME, Transaction};
use super::event::{Call, Cx, Effect, Lock, News, SignedIn, Ticket};
use super::message::Message;
use super::record::Grant;
use super::schedule::Deadline;
use super::{Session, tell};

/// A callback that this tab has seen. It is kept, so that every call with the same address gets the same answer.
#[derive(Debug)]
pub(super) struct Exchange {
    mark: String,
    ticket: Ticket,
    calls: Vec<Call>,
    progress: Progress,
    /// When the state was marked as spent, by the tab's own clock.
    marked_at: i64,
}

#[derive(Debug)]
enum Progress {
    /// Asked for the lock.
    Claiming(Box<Claim>),
    /// The code is on its way.
    Sent(Box<Pending>),
    Done(Result<SignedIn, Error>),
}

/// What is needed once the lock is held.
#[derive(Debug)]
struct Claim {
    transaction: Transaction,
    response: Response,
    iss_required: bool,
    sign_outs: u32,
}

/// What is still needed when the answer comes.
#[derive(Debug)]
struct Pending {
    state: State,
    app_state: Option<String>,
    scope: String,
    redirect_uri: String,
    sign_outs: u32,
}

/// How many answered callbacks a page remembers.
const REMEMBERED: usize = 4;

impl Session {
    pub(super) fn callback(
        &mut self,
        cx: &Cx,
        call: Call,
        response: Response,
        iss_required: bool,
        fx: &mut Vec<Effect>,
    ) {
        let Some(state) = &response.state else {
            let error = response.answer.err().unwrap_or_else(|| Error::new(Code::StateUnknown));
            return fx.push(Effect::SignedIn(call, Err(error)));
        };
        let mark = fingerprint(state.expose());
        if let Some(known) = self.exchanges.iter_mut().find(|exchange| exchange.mark == mark) {
            match &known.progress {
                Progress::Done(result) => fx.push(Effect::SignedIn(call, result.clone())),
                _ => known.calls.push(call),
            }
            return;
        }
        let ticket = self.ticket(0);
        let (calls, progress) = match self.transaction(cx, state, &mark, fx) {
            Err(error) => {
                fx.push(Effect::SignedIn(call, Err(error.clone())));
                (Vec::new(), Progress::Done(Err(error)))
            }
            Ok(transaction) => {
                tell(fx, false, News::CallbackReceived);
                fx.push(Effect::Lock { ticket, lock: Lock::Callback(mark.clone()), patience: 0 });
                let claim = Claim { transaction, response, iss_required, sign_outs: self.sign_outs };
                (vec![call], Progress::Claiming(Box::new(claim)))
            }
        };
        if self.exchanges.len() >= REMEMBERED {
            self.exchanges.retain(|exchange| !matches!(exchange.progress, Progress::Done(_)));
        }
        self.exchanges.push(Exchange { mark, ticket, calls, progress, marked_at: i64::MIN });
    }

    /// The open transaction of `state`, or what is known of it.
    fn transaction(
        &self,
        cx: &Cx,
        state: &State,
        mark: &str,
        fx: &mut Vec<Effect>,
    ) -> Result<Transaction, Error> {
        let stored = cx.view.transaction(state);
        let found = stored.is_some();
        let transaction = stored.as_deref().and_then(Transaction::from_text).filter(|transaction| {
            transaction.state == *state
                && transaction.issuer == self.rules.issuer
                && transaction.client_id == self.rules.client_id
        });
        match transaction {
            Some(transaction) if transaction.expired(cx.now.wall) => {
                fx.push(Effect::DropTransaction(transaction.state));
                Err(Error::new(Code::TransactionExpired).with("minutes", (LIFETIME / 60_000).to_string()))
            }
            Some(transaction) => Ok(transaction),
            None if !found && cx.view.marked(mark) => Err(Error::new(Code::CallbackReplayed)),
            None => Err(Error::new(Code::StateUnknown)),
        }
    }

    /// The callback's lock is held: whoever comes here first in the whole origin spends the state and sends the code.
    pub(super) fn claimed(&mut self, cx: &Cx, ticket: Ticket, fx: &mut Vec<Effect>) {
        let Some(at) = self.exchanges.iter().position(|exchange| exchange.ticket == ticket) else {
            return fx.push(Effect::Unlock(ticket));
        };
        let exchange = &mut self.exchanges[at];
        let taken = std::mem::replace(
            &mut exchange.progress,
            Progress::Done(Err(Error::new(Code::CallbackReplayed))),
        );
        let Progress::Claiming(claim) = taken else {
            exchange.progress = taken;
            return;
        };
        let Claim { transaction, response, iss_required, sign_outs } = *claim;
        let spent = cx.view.marked(&exchange.mark);
        if !spent {
            exchange.marked_at = cx.now.mono;
            fx.push(Effect::Mark(exchange.mark.clone()));
        }
        fx.push(Effect::DropTransaction(transaction.state.clone()));
        let accepted = if spent {
            Err(Error::new(Code::CallbackReplayed))
        } else {
            check_issuer(response.iss.as_deref(), &self.rules.issuer, iss_required).and(response.answer)
        };
        match accepted {
            Ok(Answer::Code(code)) => {
                let Transaction { state, verifier, nonce, redirect_uri, scope, max_age, app_state, .. } =
                    transaction;
                let pending =
                    Pending { state, app_state, scope, redirect_uri: redirect_uri.clone(), sign_outs };
                exchange.progress = Progress::Sent(Box::new(pending));
                fx.push(Effect::Exchange { ticket, code, verifier, redirect_uri, nonce, max_age });
            }
            Ok(Answer::Refused(error)) | Err(error) => self.conclude(cx, at, Err(error), fx),
        }
    }

    /// Another tab is answering this callback.
    pub(super) fn claim_failed(&mut self, cx: &Cx, ticket: Ticket, fx: &mut Vec<Effect>) {
        if let Some(at) = self.exchanges.iter().position(|exchange| exchange.ticket == ticket)
            && matches!(self.exchanges[at].progress, Progress::Claiming(_))
        {
            self.conclude(cx, at, Err(Error::new(Code::CallbackReplayed)), fx);
        }
    }

    /// The code's answer. `false` where the ticket is no exchange's.
    pub(super) fn exchanged(
        &mut self,
        cx: &Cx,
        ticket: Ticket,
        asked_at: Now,
        outcome: &Outcome,
        fx: &mut Vec<Effect>,
    ) -> bool {
        let Some(at) = self.exchanges.iter().position(|exchange| exchange.ticket == ticket) else {
            return false;
        };
        let Progress::Sent(pending) = &self.exchanges[at].progress else { return true };
        let result = match outcome {
            Outcome::Refused { error, .. } if error.code == Code::CodeRefused => {
                Err(error.clone().with("redirectUri", &pending.redirect_uri))
            }
            Outcome::Refused { error, .. }
            | Outcome::Unsent { error, .. }
            | Outcome::Unclear { error, .. } => Err(error.clone()),
            Outcome::Tokens(tokens) if pending.sign_outs != self.sign_outs => {
                fx.extend(tokens.refresh.clone().map(Effect::Revoke));
                Err(Error::new(Code::SignedOut))
            }
            Outcome::Tokens(tokens) => {
                let sequence = (self.seen + 1).max(cx.now.wall);
                let tokens = (**tokens).clone();
                Grant::signed_in(tokens, &pending.state, sequence, pending.scope.clone(), asked_at)
                    .map(|grant| (grant, pending.app_state.clone()))
                    .ok_or_else(|| Error::new(Code::IdTokenInvalid).with("check", "it is missing"))
            }
        };
        let result = result.map(|(grant, app_state)| {
            tell(fx, false, News::CodeExchanged);
            tell(fx, false, News::IdTokenChecked);
            self.begin(grant.clone(), asked_at, fx);
            SignedIn { id_token: grant.id_token, app_state }
        });
        self.conclude(cx, at, result, fx);
        true
    }

    /// A new session: stored, passed on, held.
    fn begin(&mut self, grant: Grant, asked_at: Now, fx: &mut Vec<Effect>) {
        self.store(&grant, fx);
        if self.shared() {
            fx.push(Effect::Post(Message::Tokens(grant.clone())));
        }
        let deadline = Deadline::after(asked_at, grant.lifetime());
        self.hold(grant, deadline, fx);
        tell(fx, false, News::SignedIn);
    }

    /// The lock is kept until every tab can read the mark, even where the request failed at once.
    fn conclude(&mut self, cx: &Cx, at: usize, result: Result<SignedIn, Error>, fx: &mut Vec<Effect>) {
        let exchange = &mut self.exchanges[at];
        let until = exchange.marked_at.saturating_add(self.rules.ask_wait);
        if cx.now.mono >= until {
            fx.push(Effect::Unlock(exchange.ticket));
        } else {
            self.lingering.push((exchange.ticket, until));
        }
        fx.extend(exchange.calls.drain(..).map(|call| Effect::SignedIn(call, result.clone())));
        exchange.progress = Progress::Done(result);
    }
}
