//! Starting a sign-in: metadata where it is in use, the authorize URL, its transaction stored, and then the page leaves.

use super::attempts::Activation;
use super::provider::RequestKind;
use super::requests::Waiter;
use super::runner::{Answer, CallId, Delivery, Written};
use super::{Client, Turn};
use crate::core::base::clock::{Millis, MonotonicTime};
use crate::core::base::encoding::fingerprint;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::origin::Origin;
use crate::core::client::notification::{Notification, NotificationKind, Source};
use crate::core::protocol::authorization_response::cleaned;
use crate::core::protocol::authorize::{AuthorizationEntropy, LoginOptions, build_authorization_url, masked};
use crate::core::protocol::metadata::Metadata;

/// A call this long after the last one navigates again.
pub(super) const PRESSED_AGAIN: Millis = Millis(500);

/// A page that was told to leave and is still here after this time may start another sign-in.
const NAVIGATION_TIMEOUT: Millis = Millis::seconds(10);

/// One sign-in that its page has not left for yet.
#[derive(Debug)]
pub(super) struct SignIn {
    number: u32,
    options: LoginOptions,
    activation: Activation,
    delivery: Delivery,
    calls: Vec<CallId>,
    progress: Progress,
}

#[derive(Debug)]
enum Progress {
    /// The metadata is read.
    Discovering,
    /// The transaction is written, under this key.
    Storing { url: String, key: String },
    /// The page was told to leave.
    Leaving { url: String, since: MonotonicTime },
}

impl Client {
    pub(super) fn login(
        &mut self,
        turn: &Turn,
        call: CallId,
        mut options: LoginOptions,
        activation: Activation,
        delivery: Delivery,
    ) {
        options.page = page(&turn.env.address());
        let mut calls = vec![call];
        if delivery == Delivery::Navigate
            && let Some(at) = self.sign_ins.iter().position(|known| known.delivery == Delivery::Navigate)
            && let Some(known) = self.sign_ins.get_mut(at)
        {
            if known.options == options {
                known.calls.push(call);
                if let Progress::Leaving { url, since } = &mut known.progress
                    && turn.now.mono - *since >= PRESSED_AGAIN
                {
                    *since = turn.now.mono;
                    turn.actions.navigate(url);
                }
                return;
            }
            // Other options start another sign-in: the calls that waited for the first wait for this one.
            calls.append(&mut self.sign_ins.remove(at).calls);
        }
        self.numbers += 1;
        let number = self.numbers;
        let progress = Progress::Discovering;
        self.sign_ins.push(SignIn { number, options, activation, delivery, calls, progress });
        self.ask(turn, RequestKind::Metadata, Waiter::SignIn(number));
    }

    /// The metadata is known, or cannot be had.
    pub(super) fn login_discovered(&mut self, turn: &Turn, number: u32, metadata: Result<&Metadata, Error>) {
        let Some(at) = self.sign_ins.iter().position(|known| known.number == number) else { return };
        let Some(known) = self.sign_ins.get(at) else { return };
        let started = metadata.and_then(|metadata| self.build(turn, known, metadata));
        match (started, self.sign_ins.get_mut(at)) {
            (Ok((url, key)), Some(known)) => known.progress = Progress::Storing { url, key },
            (Err(error), _) => self.refuse_login(turn, at, &error),
            _ => {}
        }
    }

    fn build(&self, turn: &Turn, known: &SignIn, metadata: &Metadata) -> Result<(String, String), Error> {
        let SignIn { options, activation, .. } = known;
        let Some([verifier, state, nonce]) = turn.env.entropy() else {
            return Err(Error::new(ErrorCode::Internal).with("problem", "no secure random source"));
        };
        let endpoint = metadata.endpoints.authorization.as_deref().unwrap_or_default();
        let entropy = AuthorizationEntropy { verifier, state, nonce };
        let (url, transaction) =
            build_authorization_url(&self.config, endpoint, options, &entropy, turn.now.wall)?;
        let mut attempts = turn.store.attempts();
        attempts.begin(turn.now.wall, *activation, &fingerprint(transaction.state.expose()))?;
        turn.store.keep_attempts(&attempts, turn.actions);
        let key = turn.store.transaction_key(&transaction.state);
        turn.store.open(&transaction, turn.now.wall, turn.actions);
        Ok((url, key))
    }

    /// The result of writing the transaction. `false` where the key belongs to no sign-in.
    pub(super) fn login_written(&mut self, turn: &Turn, key: &str, result: Written) -> bool {
        let position = self.sign_ins.iter().position(
            |known| matches!(&known.progress, Progress::Storing { key: expected, .. } if expected == key),
        );
        let Some(at) = position else { return false };
        if result == Written::Failed {
            self.refuse_login(turn, at, &Error::new(ErrorCode::StorageUnavailable));
            return true;
        }
        let Some(known) = self.sign_ins.get_mut(at) else { return true };
        let Progress::Storing { url, .. } = std::mem::replace(&mut known.progress, Progress::Discovering)
        else {
            return true;
        };
        let kind = NotificationKind::SignInStarted(masked(&url));
        turn.actions.notify(&Notification { source: Source::ThisTab, kind });
        if known.delivery == Delivery::GiveUrl {
            let known = self.sign_ins.remove(at);
            self.settle(turn, &known.calls, &Answer::Url(&url));
        } else {
            turn.actions.navigate(&url);
            known.progress = Progress::Leaving { url, since: turn.now.mono };
        }
        true
    }

    /// The browser refused to leave.
    pub(super) fn login_refused(&mut self, turn: &Turn) {
        if let Some(at) = self.leaving() {
            self.refuse_login(turn, at, &Error::new(ErrorCode::Internal).with("problem", "navigation"));
        }
    }

    /// The page came back from the back/forward cache, or never left: another sign-in may start.
    pub(super) fn login_returned(&mut self, turn: &Turn) {
        if let Some(at) = self.leaving() {
            let known = self.sign_ins.remove(at);
            self.settle(turn, &known.calls, &Answer::Done);
        }
    }

    /// When a page that was told to leave is believed to stay.
    pub(super) fn login_timeout(&self) -> MonotonicTime {
        let mut next = MonotonicTime::NEVER;
        for known in &self.sign_ins {
            if let Progress::Leaving { since, .. } = known.progress {
                next = next.min(since + NAVIGATION_TIMEOUT);
            }
        }
        next
    }

    fn leaving(&self) -> Option<usize> {
        self.sign_ins.iter().position(|known| matches!(known.progress, Progress::Leaving { .. }))
    }

    fn refuse_login(&mut self, turn: &Turn, at: usize, error: &Error) {
        let known = self.sign_ins.remove(at);
        self.settle(turn, &known.calls, &Answer::Error(error));
    }
}

/// Path, query and fragment of the address, without what a callback left in it.
fn page(address: &str) -> Option<String> {
    let clean = cleaned(address);
    Origin::split(&clean).map(|(_, page)| page.to_owned())
}
