//! What a client did in one step, written down so that it can be carried out afterwards.

use intelliauth_spa_sdk::core::base::clock::{Millis, MonotonicTime, Now};
use intelliauth_spa_sdk::core::base::error::Error;
use intelliauth_spa_sdk::core::base::secret::AccessToken;
use intelliauth_spa_sdk::core::client::notification::Notification;
use intelliauth_spa_sdk::core::client::runner::{
    Actions, Answer, Area, CallId, Channel, Report, RequestId, Wait,
};
use intelliauth_spa_sdk::core::client::session::io::{Lock, Ticket};
use intelliauth_spa_sdk::core::client::session::message::Message;
use intelliauth_spa_sdk::core::protocol::jwks::Jwk;
use intelliauth_spa_sdk::core::protocol::jws::Jws;
use std::cell::RefCell;

/// The result of a call.
#[derive(Debug)]
pub enum Settled {
    Done,
    Token(AccessToken),
    Error(Error),
}

#[derive(Debug)]
pub enum Act {
    Write { area: Area, key: String, text: String, report: Report },
    Remove { area: Area, key: String },
    Post(Message),
    Channel(Channel),
    Lock { ticket: Ticket, lock: Lock, wait: Wait },
    QueryHolder(Ticket),
    Steal(Ticket),
    Unlock(Ticket),
    Send { request: RequestId, url: String, form: Option<String> },
    Cancel(RequestId),
    Verify(RequestId),
    Timer(Option<MonotonicTime>),
    Navigate,
    Address(String),
    Settle(CallId, Settled),
    Lease(AccessToken, Now),
    Notify(Notification),
    Changed,
    Close,
}

/// The actions of one step, in their order.
#[derive(Default)]
pub struct Recorder(pub RefCell<Vec<Act>>);

impl Recorder {
    fn push(&self, act: Act) {
        self.0.borrow_mut().push(act);
    }
}

impl Actions for Recorder {
    fn write(&self, area: Area, key: &str, text: &str, report: Report) {
        self.push(Act::Write { area, key: key.into(), text: text.into(), report });
    }

    fn remove(&self, area: Area, key: &str) {
        self.push(Act::Remove { area, key: key.into() });
    }

    fn post(&self, message: &Message) {
        self.push(Act::Post(message.clone()));
    }

    fn set_channel(&self, channel: Channel) {
        self.push(Act::Channel(channel));
    }

    fn lock(&self, ticket: Ticket, lock: &Lock, wait: Wait) {
        self.push(Act::Lock { ticket, lock: lock.clone(), wait });
    }

    fn query_holder(&self, ticket: Ticket) {
        self.push(Act::QueryHolder(ticket));
    }

    fn steal(&self, ticket: Ticket) {
        self.push(Act::Steal(ticket));
    }

    fn unlock(&self, ticket: Ticket) {
        self.push(Act::Unlock(ticket));
    }

    fn send(&self, request: RequestId, url: &str, form: Option<&str>, _timeout: Millis) {
        self.push(Act::Send { request, url: url.into(), form: form.map(str::to_owned) });
    }

    fn cancel(&self, request: RequestId) {
        self.push(Act::Cancel(request));
    }

    fn verify(&self, request: RequestId, _key: &Jwk, _jws: &Jws) {
        self.push(Act::Verify(request));
    }

    fn set_timer(&self, at: Option<MonotonicTime>) {
        self.push(Act::Timer(at));
    }

    fn navigate(&self, _url: &str) {
        self.push(Act::Navigate);
    }

    fn replace_address(&self, url: &str) {
        self.push(Act::Address(url.into()));
    }

    fn settle(&self, call: CallId, answer: &Answer) {
        let settled = match answer {
            Answer::Token(token) => Settled::Token((*token).clone()),
            Answer::Error(error) | Answer::Refused(error, _) => Settled::Error((*error).clone()),
            _ => Settled::Done,
        };
        self.push(Act::Settle(call, settled));
    }

    fn lease(&self, token: &AccessToken, until: Now) {
        self.push(Act::Lease(token.clone(), until));
    }

    fn warn(&self, _error: &Error) {}

    fn notify(&self, notification: &Notification) {
        self.push(Act::Notify(notification.clone()));
    }

    fn state_changed(&self) {
        self.push(Act::Changed);
    }

    fn close(&self) {
        self.push(Act::Close);
    }
}
