//! A response that is kept beside its verifier, a minute at most, because the provider cannot be asked yet: a reload goes
//! on from there.

use crate::core::base::clock::{WallTime, is_within};
use crate::core::base::encoding::fingerprint;
use crate::core::base::secret::AuthorizationCode;
use crate::core::client::runner::{Area, CallId, Report};
use crate::core::client::store::Store;
use crate::core::client::{Client, Turn};
use crate::core::protocol::authorization_response::AuthorizationResult;
use crate::core::protocol::transaction::{KEPT_FOR, KeptResponse, Transaction};

impl Client {
    /// A transaction whose response was kept, before a reload.
    pub(super) fn kept_transaction(&self, store: &Store, now: WallTime) -> Option<Box<Transaction>> {
        for (_, text) in &store.transactions() {
            if let Some(transaction) = Transaction::from_text(text)
                && let Some(kept) = &transaction.kept
                && is_within(KEPT_FOR, kept.at, now)
                && transaction.belongs_to(&self.config)
            {
                let mark = fingerprint(transaction.state.expose());
                if !self.exchanges.iter().any(|known| known.mark == mark) {
                    return Some(transaction);
                }
            }
        }
        None
    }

    /// Drops every response that was kept for too long.
    pub(in crate::core::client) fn sweep_kept(&self, turn: &Turn) {
        for (key, text) in &turn.store.transactions() {
            let kept = Transaction::from_text(text).and_then(|transaction| transaction.kept);
            if kept.is_some_and(|kept| !is_within(KEPT_FOR, kept.at, turn.now.wall)) {
                turn.actions.remove(Area::Tab, key);
            }
        }
    }

    /// Keeps a code beside its verifier until it is sent.
    pub(super) fn keep(
        &self,
        turn: &Turn,
        mut transaction: Box<Transaction>,
        iss: Option<String>,
        response: &AuthorizationResult,
    ) -> Box<Transaction> {
        if let AuthorizationResult::Code(code) = response {
            let code = AuthorizationCode::new(code.expose());
            transaction.kept = Some(KeptResponse { code, iss, at: turn.now.wall });
            let key = turn.store.transaction_key(&transaction.state);
            turn.actions.write(Area::Tab, &key, &transaction.to_text(), Report::Never);
        }
        transaction
    }

    /// Goes on with a response that was kept before a reload. `false` where there is none.
    pub(super) fn resume_kept(&mut self, turn: &Turn, call: CallId) -> bool {
        let Some(mut transaction) = self.kept_transaction(&turn.store, turn.now.wall) else { return false };
        let Some(kept) = transaction.kept.take() else { return false };
        let mark = fingerprint(transaction.state.expose());
        let until = turn.now.mono + KEPT_FOR - (turn.now.wall - kept.at);
        let claim = self.claim(transaction, kept.iss, AuthorizationResult::Code(kept.code), until);
        self.prepare(turn, mark, call, claim);
        true
    }
}
