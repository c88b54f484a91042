//! Signing out: memory, storage and the other tabs at once; then the provider, as far as it can be reached in time.
//! RFC 7009, OpenID Connect RP-Initiated Logout 1.0.

use super::notification::{ProviderSignOut, Revocation, SignOutResult};
use super::provider::RequestKind;
use super::requests::Waiter;
use super::runner::{Answer, Area, CallId, Delivery, Reach, Report, SignOutOptions};
use super::session::io::SessionInput;
use super::sign_in::PRESSED_AGAIN;
use super::{Client, Turn};
use crate::core::base::clock::{Millis, MonotonicTime};
use crate::core::base::encoding::base64url;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::secret::{IdToken, RefreshToken};
use crate::core::base::text::concat;
use crate::core::client::notification::{Notification, NotificationKind, Source};
use crate::core::protocol::authorization_response::without_state;
use crate::core::protocol::end_session::{end_session_url, extra_query};
use crate::core::protocol::metadata::Metadata;
use crate::core::protocol::return_to::same_origin;
use crate::core::protocol::token::revoke_form;

/// How long the user waits for the provider.
const WAIT: Millis = Millis::seconds(2);

/// A sign-out that the provider was not told of yet, or for which the page is leaving.
#[derive(Debug)]
pub(super) struct SignOut {
    number: u32,
    calls: Vec<CallId>,
    options: Box<SignOutOptions>,
    id_token: Option<IdToken>,
    had_token: bool,
    progress: Progress,
    /// Once it is known.
    result: SignOutResult,
}

#[derive(Debug)]
enum Progress {
    /// The provider is asked, until this time.
    Asking(MonotonicTime),
    /// The page was told to leave.
    Leaving { url: String, since: MonotonicTime },
}

impl Client {
    /// A second call while one is under way joins it, unless a user has signed in since.
    pub(super) fn logout(&mut self, turn: &Turn, call: CallId, options: Box<SignOutOptions>) {
        if let Err(error) = extra_query(&options.extra) {
            return self.settle(turn, &[call], &Answer::Error(&error));
        }
        let mut calls = vec![call];
        if self.session.record().is_some()
            && let Some(mut known) = self.sign_out.take()
        {
            calls.append(&mut known.calls);
        }
        if let Some(known) = &mut self.sign_out {
            match &mut known.progress {
                Progress::Asking(_) => known.calls.push(call),
                Progress::Leaving { url, since } => {
                    if turn.now.mono - *since >= PRESSED_AGAIN {
                        *since = turn.now.mono;
                        turn.actions.navigate(url);
                    }
                    let result = known.result.clone();
                    self.settle(turn, &[call], &Answer::SignedOut(&result, None));
                }
            }
            return;
        }
        self.numbers += 1;
        let progress = Progress::Asking(turn.now.mono + WAIT);
        let (number, had_token) = (self.numbers, false);
        let result = SignOutResult { revocation: Revocation::NoToken, provider: ProviderSignOut::NotAsked };
        self.sign_out = Some(SignOut { number, calls, options, id_token: None, had_token, progress, result });
        // The session answers with its tokens at once: see `sign_out_provider`.
        self.session(turn, SessionInput::SignOut);
    }

    /// The session has ended here; these were its tokens.
    pub(super) fn sign_out_provider(
        &mut self,
        turn: &Turn,
        refresh: Option<&RefreshToken>,
        id_token: Option<IdToken>,
    ) {
        let Some(known) = &mut self.sign_out else { return };
        known.id_token = id_token;
        known.had_token = refresh.is_some();
        let number = known.number;
        let kind = match refresh {
            Some(token) => RequestKind::Revoke { form: revoke_form(&self.config.client_id, token) },
            None => RequestKind::Metadata,
        };
        self.ask(turn, kind, Waiter::SignOut(number));
    }

    /// The provider was told, or could not be.
    pub(super) fn sign_out_answered(
        &mut self,
        turn: &Turn,
        number: u32,
        metadata: Result<&Metadata, Error>,
        revoked: Option<Revocation>,
    ) {
        let Some(mut known) = self.sign_out.take_if(|known| known.number == number) else { return };
        if let Progress::Leaving { .. } = known.progress {
            self.sign_out = Some(known);
            return;
        }
        let revocation = match (known.had_token, revoked, &metadata) {
            (false, ..) => Revocation::NoToken,
            (true, Some(revocation), _) => revocation,
            (true, None, Ok(_)) => Revocation::NoEndpoint,
            (true, None, Err(_)) => Revocation::Unreachable,
        };
        let provider = match (known.options.reach, metadata) {
            (Reach::Local, _) => ProviderSignOut::NotAsked,
            (_, Err(_)) => ProviderSignOut::Unreachable,
            (_, Ok(metadata)) => match &metadata.endpoints.end_session {
                None => ProviderSignOut::NoEndpoint,
                Some(endpoint) => {
                    let url = self.end_session(turn, endpoint, &known);
                    known.progress = Progress::Leaving { url, since: turn.now.mono };
                    ProviderSignOut::Requested
                }
            },
        };
        let result = SignOutResult { revocation, provider };
        known.result = result.clone();
        turn.actions.notify(&Notification {
            source: Source::ThisTab,
            kind: NotificationKind::SignOutCompleted(result.clone()),
        });
        let calls = std::mem::take(&mut known.calls);
        let mut given = None;
        match (&known.progress, &known.options.return_to) {
            (Progress::Leaving { url, .. }, _) if known.options.delivery == Delivery::GiveUrl => {
                given = Some(url.clone());
            }
            (Progress::Leaving { url, .. }, _) => {
                turn.actions.navigate(url);
                self.sign_out = Some(known);
            }
            // No page of the provider is opened: go to the app's own page at once.
            (_, Some(target)) if provider != ProviderSignOut::Unreachable => {
                let address = turn.env.address();
                if let Some(origin) = super::origin_of(&address) {
                    turn.actions.navigate(&concat(&[origin, same_origin(target, &address)]));
                }
            }
            _ => {}
        }
        self.settle(turn, &calls, &Answer::SignedOut(&result, given.as_deref()));
    }

    /// The URL, with a `state` that tells the return from any other visit.
    fn end_session(&self, turn: &Turn, endpoint: &str, known: &SignOut) -> String {
        let state = turn
            .env
            .entropy()
            .map(|[octets, ..]| base64url(octets))
            .filter(|_| known.options.return_to.is_some());
        if let Some(state) = &state {
            turn.actions.write(Area::Tab, &turn.store.sign_out_key(), state, Report::Never);
        }
        let (hint, return_to) = (known.id_token.as_ref(), known.options.return_to.as_deref());
        let url = end_session_url(endpoint, &self.config.client_id, hint, return_to, state.as_deref());
        let extra = extra_query(&known.options.extra).unwrap_or_default();
        if extra.is_empty() { url } else { concat(&[&url, "&", &extra]) }
    }

    /// Stops waiting for the provider; its request goes on.
    pub(super) fn sign_out_overdue(&mut self, turn: &Turn) {
        let Some(number) = self.sign_out.as_ref().map(|known| known.number) else { return };
        let known = self.provider.known_metadata();
        let metadata = known.as_deref().ok_or_else(|| Error::new(ErrorCode::Timeout));
        self.sign_out_answered(turn, number, metadata, Some(Revocation::Unreachable));
    }

    /// Until when the provider is waited for.
    pub(super) fn sign_out_timeout(&self) -> MonotonicTime {
        match &self.sign_out {
            Some(SignOut { progress: Progress::Asking(until), .. }) => *until,
            _ => MonotonicTime::NEVER,
        }
    }

    /// The page came back from the back/forward cache: the next sign-out is a new one.
    pub(super) fn sign_out_returned(&mut self) {
        if let Some(SignOut { progress: Progress::Leaving { .. }, .. }) = self.sign_out {
            self.sign_out = None;
        }
    }

    /// Only a return that carries the `state` says that the provider's session ended.
    pub(super) fn sign_out_confirmed(&mut self, turn: &Turn) {
        let Some(state) = turn.store.sign_out_state() else { return };
        let address = turn.env.address();
        let Some(clean) = without_state(&address, &state) else { return };
        turn.actions.remove(Area::Tab, &turn.store.sign_out_key());
        turn.actions.replace_address(&clean);
        self.signed_out_at = address;
        turn.actions
            .notify(&Notification { source: Source::ThisTab, kind: NotificationKind::ProviderSignedOut });
    }
}
