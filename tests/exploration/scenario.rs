//! Which small world is explored: the app's settings, what users and apps may do in it, and which faults there are.

use intelliauth_spa_sdk::core::base::config::{Config, Endpoints, Options, TokenStorage};

pub const ISSUER: &str = "https://tenant.example";
pub const CLIENT: &str = "app";
/// A request's time limit, in milliseconds.
pub const TIME_LIMIT: i64 = 2_000;
/// An access token's lifetime, in milliseconds.
pub const LIFETIME: i64 = 120_000;

/// What may go wrong. Each occurrence counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// A message never arrives.
    LostMessage,
    /// Messages of one tab to another wait, and time passes.
    LateMessage,
    /// A page is killed, and perhaps opened again.
    Kill,
    /// A page stands still, and thaws at some time.
    Freeze,
    /// A page goes into the back/forward cache, and comes back at some time.
    Hide,
    /// A timer fires late.
    LateTimer,
    /// A record or mark cannot be written, and what was there is removed.
    WriteFails,
    /// A record or mark cannot be written, and what was there stays: all of storage is blocked.
    Blocked,
    /// The user clears storage.
    Clear,
    /// Something else takes the lock away.
    StolenLock,
    /// A request takes longer, perhaps too long.
    Slow,
    /// A request is lost before the provider has it.
    LostRequest,
    /// Its answer is lost.
    LostAnswer,
    /// 503, before or after the provider acted.
    Unavailable,
    /// What comes is no token response.
    Garbled,
    /// The provider ended the session.
    Refused,
    /// Tokens of another user.
    AnotherUser,
}

use Fault::*;

pub const ALL: &[Fault] = &[
    LostMessage,
    LateMessage,
    Kill,
    Freeze,
    Hide,
    LateTimer,
    WriteFails,
    Blocked,
    Clear,
    StolenLock,
    Slow,
    LostRequest,
    LostAnswer,
    Unavailable,
    Garbled,
    Refused,
    AnotherUser,
];

/// A rule of the client's that a world makes ineffective, by misbehaving as if the client lacked it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// Of two refreshes of one generation the later counts: all records of one generation look as if issued at once.
    NoIssuedAt,
    /// Peers are asked before a refresh token is sent: nobody hears the question.
    NoQuery,
    /// What is read says that a session was signed out: its mark is never seen.
    NoEndedMark,
    /// What is stored says that a refresh token may be spent: that is left out.
    NoRefreshPending,
    /// The record is read anew under the lock: the tab that holds it reads what was there before.
    StaleUnderLock,
}

#[derive(Clone, Debug)]
pub struct Scenario {
    pub name: &'static str,
    pub storage: TokenStorage,
    /// Whether each refresh token is good for one request.
    pub rotating: bool,
    pub tabs: usize,
    /// How many of them are open from the start; the others may be opened at any time.
    pub open: usize,
    /// Whether metadata is read before the first request.
    pub discovery: bool,
    /// Whether each app calls once for a token, at any time.
    pub tokens: bool,
    /// Whether the first app calls once for a new token, at any time.
    pub new_token: bool,
    /// Whether the first user signs out, at any time.
    pub sign_out: bool,
    pub faults: &'static [Fault],
    /// How many faults there are at most in one course, no two of a kind.
    pub budget: u8,
    pub defect: Option<Defect>,
}

impl Scenario {
    /// Two tabs, one expiry, every single fault.
    pub const fn expiry(name: &'static str, storage: TokenStorage, rotating: bool) -> Self {
        Self {
            name,
            storage,
            rotating,
            tabs: 2,
            open: 2,
            discovery: false,
            tokens: false,
            new_token: false,
            sign_out: false,
            faults: ALL,
            budget: 1,
            defect: None,
        }
    }

    pub fn config(&self) -> Config {
        let storage = match self.storage {
            TokenStorage::Session => "session",
            TokenStorage::Memory => "memory",
            TokenStorage::Local => "local",
        };
        Config::new(Options {
            tenant_url: ISSUER.into(),
            client_id: CLIENT.into(),
            redirect_uri: "https://app.example/callback".into(),
            scope: Some("openid".into()),
            token_storage: Some(storage.into()),
            discovery: self.discovery,
            endpoints: Endpoints { revocation: Some(format!("{ISSUER}/revoke")), ..Endpoints::default() },
            request_timeout_seconds: Some(TIME_LIMIT as f64 / 1000.0),
            ..Options::default()
        })
        .unwrap()
    }

    /// The longest that a lock may be held.
    pub fn max_hold(&self) -> i64 {
        4 * (TIME_LIMIT + 1_000) + 300
    }
}
