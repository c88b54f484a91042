//! Which sign-in a response answers, and whether it may still be answered.

use super::Refusal;
use crate::core::base::encoding::fingerprint;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::secret::State;
use crate::core::base::text::decimal;
use crate::core::client::runner::Area;
use crate::core::client::{Client, Turn};
use crate::core::protocol::transaction::{LIFETIME, Transaction};

impl Client {
    /// The open transaction of `state`, or what is known of it.
    pub(super) fn find_transaction(
        &self,
        turn: &Turn,
        state: &State,
        mark: &str,
    ) -> Result<Box<Transaction>, Refusal> {
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

    /// The transaction of `state`, if it was made by this client for this platform.
    pub(super) fn stored(&self, turn: &Turn, state: &State) -> Option<Box<Transaction>> {
        let text = turn.store.transaction_text(state)?;
        Transaction::from_text(&text)
            .filter(|transaction| transaction.state == *state && transaction.belongs_to(&self.config))
    }

    /// A response of a shape that is never accepted spends every sign-in it names: its code must not succeed in another
    /// form.
    pub(super) fn spend(&self, turn: &Turn, states: &[State], error: Error) -> Refusal {
        let mut refusal = Refusal::from(error);
        for state in states {
            if let Some(transaction) = self.stored(turn, state) {
                self.mark_spent(turn, &fingerprint(state.expose()), &transaction.state);
                refusal.context = transaction.context;
            }
        }
        refusal
    }

    pub(super) fn mark_spent(&self, turn: &Turn, mark: &str, state: &State) {
        // First the transaction: its removal makes room for the mark.
        turn.actions.remove(Area::Tab, &turn.store.transaction_key(state));
        turn.store.mark(mark, turn.now.wall, turn.actions);
    }
}

/// One name for all states of one address; of a single state its own fingerprint. Empty where there is none.
pub(super) fn mark_of(states: &[State]) -> String {
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
