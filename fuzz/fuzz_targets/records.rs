#![no_main]
use intelliauth_spa_sdk::core::client::session::message::Message;
use intelliauth_spa_sdk::core::client::session::session_record::Record;
use intelliauth_spa_sdk::core::protocol::transaction::Transaction;
use libfuzzer_sys::fuzz_target;

// Whatever storage or a peer holds: no panic, never two kinds at once, and what was read is written as it was meant.
fuzz_target!(|text: &str| {
    let record = Record::from_text(text);
    let transaction = Transaction::from_text(text);
    assert!(record.is_none() || transaction.is_none());
    if let Some(Record::Active(grant)) = record {
        assert_eq!(Record::from_text(&grant.to_text()), Some(Record::Active(grant)));
    }
    if let Some(transaction) = transaction {
        let again = Transaction::from_text(&transaction.to_text()).unwrap();
        assert_eq!(again.state, transaction.state);
        assert_eq!(again.context.app_state, transaction.context.app_state);
    }
    if let Some(message) = Message::from_text(text) {
        assert_eq!(Message::from_text(&message.to_text()), Some(message));
    }
});
