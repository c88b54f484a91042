//! Answering a callback: every state it names is judged and spent first, the code is sent once, whatever happens.
//! RFC 6749 §4.1.2, RFC 9700 §4.2.4.

use super::super::callback::{Answer, Response, check_issuer};
use super::super::clock::Now;
use super::super::encoding::fingerprint;
use super::super::error::{Code, Error};
use super::super::secret::State;
use super::super::token::Outcome;
use super::super::transaction::{LIFETIME, SignInContext, Transaction};
use super::event::{Call, Cx, Effect, Lock, News, Refusal, SignedIn, Ticket};
use super::message::Message;
use super::record::Grant;
use super::schedule::Deadline;
use super::{Session, tell};

/// A callback that this tab has seen. It is kept, so that every call with the same address gets the same answer.
#[derive(Debug)]
pub(super) struct Exchange {
    /// The fingerprint of the states that the address names.
    mark: String,
    ticket: Ticket,
    calls: Vec<Call>,
    progress: Progress,
    /// When the state was marked as spent, by the tab's own clock.
    marked_at: i64,
}

#[derive(Debug)]
enum Progress {
    /// The metadata is being read.
    Discovering(Box<Claim>),
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
    answer: Answer,
    iss_required: bool,
    sign_outs: u32,
}

/// What is still needed when the answer comes.
#[derive(Debug)]
struct Pending {
    state: State,
    context: SignInContext,
    scope: String,
    redirect_uri: String,
    sign_outs: u32,
}

/// How many answered callbacks a page remembers.
const REMEMBERED: usize = 4;

impl Session {
    pub(super) fn callback(&mut self, cx: &Cx, call: Call, response: Response, fx: &mut Vec<Effect>) {
        let Response { states, iss, answer } = response;
        let mark = mark_of(&states);
        if let Some(known) = self.exchanges.iter_mut().find(|exchange| exchange.mark == mark) {
            match &known.progress {
                Progress::Done(result) => fx.push(Effect::SignedIn(call, result.clone())),
                _ => known.calls.push(call),
            }
            return;
        }
        let judged = match answer {
            Err(error) => Err(self.spend(cx, &states, error, fx)),
            Ok(answer) => match &states[..] {
                [state] => self.transaction(cx, state, &mark, fx).map(|transaction| (transaction, answer)),
                _ => Err(Error::new(Code::StateUnknown).into()),
            },
        };
        let ticket = self.ticket(0);
        let (calls, progress) = match judged {
            Err(refusal) => {
                let failed = Some(refusal.error.code);
                fx.push(Effect::CameBack { mark: mark.clone(), failed });
                fx.push(Effect::SignedIn(call, Err(refusal.clone())));
                (Vec::new(), Progress::Done(Err(refusal)))
            }
            Ok((transaction, answer)) => {
                tell(fx, false, News::CallbackReceived);
                fx.push(Effect::Metadata(ticket));
                let sign_outs = self.sign_outs;
                let claim = Claim { transaction, iss, answer, iss_required: false, sign_outs };
                (vec![call], Progress::Discovering(Box::new(claim)))
            }
        };
        // An address without a state names no sign-in: each call with it is judged anew.
        if !mark.is_empty() {
            if self.exchanges.len() >= REMEMBERED {
                self.exchanges.retain(|exchange| !matches!(exchange.progress, Progress::Done(_)));
            }
            self.exchanges.push(Exchange { mark, ticket, calls, progress, marked_at: i64::MIN });
        }
    }

    /// A response of a shape that is never accepted spends every sign-in it names: its code must not succeed in another
    /// form.
    fn spend(&self, cx: &Cx, states: &[State], error: Error, fx: &mut Vec<Effect>) -> Refusal {
        let mut refusal = Refusal::from(error);
        for state in states {
            let stored = cx.view.transaction(state);
            if let Some(transaction) = stored.as_deref().and_then(|text| self.own(text, state)) {
                fx.push(Effect::DropTransaction(transaction.state));
                fx.push(Effect::Mark(fingerprint(state.expose())));
                refusal.context = transaction.context;
            }
        }
        refusal
    }

    /// The transaction that `text` is, if it is `state`'s and was made by this client for this platform.
    fn own(&self, text: &str, state: &State) -> Option<Transaction> {
        Transaction::from_text(text).filter(|transaction| {
            transaction.state == *state
                && transaction.issuer == self.rules.issuer
                && transaction.client_id == self.rules.client_id
        })
    }

    /// The open transaction of `state`, or what is known of it.
    fn transaction(
        &self,
        cx: &Cx,
        state: &State,
        mark: &str,
        fx: &mut Vec<Effect>,
    ) -> Result<Transaction, Refusal> {
        let stored = cx.view.transaction(state);
        let found = stored.is_some();
        match stored.as_deref().and_then(|text| self.own(text, state)) {
            Some(transaction) if transaction.expired(cx.now.wall) => {
                fx.push(Effect::DropTransaction(transaction.state));
                let minutes = (LIFETIME / 60_000).to_string();
                let error = Error::new(Code::TransactionExpired).with("minutes", minutes);
                Err(Refusal { error, context: transaction.context })
            }
            Some(transaction) => Ok(transaction),
            None if !found && cx.view.marked(mark) => Err(Error::new(Code::CallbackReplayed).into()),
            None => Err(Error::new(Code::StateUnknown).into()),
        }
    }

    /// The metadata is known: now the lock. Where it could not be read nothing is spent, and another call may try again.
    pub(super) fn metadata_read(
        &mut self,
        ticket: Ticket,
        iss_required: Result<bool, Error>,
        fx: &mut Vec<Effect>,
    ) {
        let Some(at) = self.exchanges.iter().position(|exchange| exchange.ticket == ticket) else { return };
        let exchange = &mut self.exchanges[at];
        let waiting = Progress::Done(Err(Error::new(Code::CallbackReplayed).into()));
        match (std::mem::replace(&mut exchange.progress, waiting), iss_required) {
            (Progress::Discovering(mut claim), Ok(required)) => {
                claim.iss_required = required;
                exchange.progress = Progress::Claiming(claim);
                let lock = Lock::Callback(exchange.mark.clone());
                fx.push(Effect::Lock { ticket, lock, patience: 0 });
            }
            (Progress::Discovering(claim), Err(error)) => {
                let Exchange { calls, .. } = self.exchanges.remove(at);
                let refusal = Refusal { error, context: claim.transaction.context };
                fx.extend(calls.into_iter().map(|call| Effect::SignedIn(call, Err(refusal.clone()))));
            }
            (other, _) => exchange.progress = other,
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
            Progress::Done(Err(Error::new(Code::CallbackReplayed).into())),
        );
        let Progress::Claiming(claim) = taken else {
            exchange.progress = taken;
            return;
        };
        let Claim { transaction, iss, answer, iss_required, sign_outs } = *claim;
        let spent = cx.view.marked(&exchange.mark);
        // First the transaction, whose end makes room for the mark.
        fx.push(Effect::DropTransaction(transaction.state.clone()));
        if !spent {
            exchange.marked_at = cx.now.mono;
            fx.push(Effect::Mark(exchange.mark.clone()));
        }
        let accepted = if spent {
            Err(Error::new(Code::CallbackReplayed))
        } else {
            check_issuer(iss.as_deref(), &self.rules.issuer, iss_required).map(|()| answer)
        };
        let Transaction { state, verifier, nonce, redirect_uri, scope, max_age, context, .. } = transaction;
        match accepted {
            Ok(Answer::Code(code)) => {
                let pending =
                    Pending { state, context, scope, redirect_uri: redirect_uri.clone(), sign_outs };
                exchange.progress = Progress::Sent(Box::new(pending));
                fx.push(Effect::Exchange { ticket, code, verifier, redirect_uri, nonce, max_age });
            }
            Ok(Answer::Refused(error)) | Err(error) => {
                self.conclude(cx, at, Err(Refusal { error, context }), fx);
            }
        }
    }

    /// Another tab is answering this callback.
    pub(super) fn claim_failed(&mut self, cx: &Cx, ticket: Ticket, fx: &mut Vec<Effect>) {
        if let Some(at) = self.exchanges.iter().position(|exchange| exchange.ticket == ticket)
            && let Progress::Claiming(claim) = &self.exchanges[at].progress
        {
            let context = claim.transaction.context.clone();
            let refusal = Refusal { error: Error::new(Code::CallbackReplayed), context };
            self.conclude(cx, at, Err(refusal), fx);
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
        let context = pending.context.clone();
        let result = match outcome {
            Outcome::Refused { error, .. } if error.code == Code::CodeRefused => {
                Err(error.clone().with("redirectUri", &pending.redirect_uri))
            }
            Outcome::Refused { error, .. }
            | Outcome::Unsent { error, .. }
            | Outcome::Unclear { error, .. } => Err(error.clone()),
            // Of refreshes alone.
            Outcome::Mismatch { .. } => Err(Error::new(Code::Internal)),
            Outcome::Tokens(tokens) if pending.sign_outs != self.sign_outs => {
                fx.extend(tokens.refresh.clone().map(Effect::Revoke));
                Err(Error::new(Code::SignedOut))
            }
            Outcome::Tokens(tokens) => {
                let sequence = (self.seen + 1).max(cx.now.wall);
                let tokens = (**tokens).clone();
                Grant::signed_in(tokens, &pending.state, sequence, pending.scope.clone(), asked_at)
                    .ok_or_else(|| Error::new(Code::IdTokenInvalid).with("check", "it is missing"))
            }
        };
        let result = match result {
            Ok(grant) => {
                tell(fx, false, News::CodeExchanged);
                tell(fx, false, News::IdTokenChecked);
                self.begin(grant.clone(), asked_at, fx);
                Ok(SignedIn { id_token: grant.id_token, context })
            }
            Err(error) => Err(Refusal { error, context }),
        };
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
    fn conclude(&mut self, cx: &Cx, at: usize, result: Result<SignedIn, Refusal>, fx: &mut Vec<Effect>) {
        let exchange = &mut self.exchanges[at];
        let until = exchange.marked_at.saturating_add(self.rules.ask_wait);
        if cx.now.mono >= until {
            fx.push(Effect::Unlock(exchange.ticket));
        } else {
            self.lingering.push((exchange.ticket, until));
        }
        let failed = result.as_ref().err().map(|refusal| refusal.error.code);
        fx.push(Effect::CameBack { mark: exchange.mark.clone(), failed });
        fx.extend(exchange.calls.drain(..).map(|call| Effect::SignedIn(call, result.clone())));
        exchange.progress = Progress::Done(result);
    }
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
