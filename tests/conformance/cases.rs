//! What every runner of the client must keep to, as one list of cases. The simulator's runner passes it natively
//! (`tests/simulation/conformance.rs`), the browser's in Chromium (`tests/conformance/browser.rs`).
//!
//! A case acts for two pages of one origin and says which inputs each must then be told, in their order: all of them, and
//! none besides.

use intelliauth_spa_sdk::core::client::runner::{Area, Input, Report, Wait, Written};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    A,
    B,
}

/// What the browser does from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// Storage takes no writes.
    StorageFull,
    /// Every access to storage throws.
    StorageBlocked,
    StorageWorks,
    /// Asking for a lock throws.
    NoLocks,
    /// Opening a channel throws.
    NoChannel,
    /// Requests are not answered at all.
    Hangs,
    /// Requests fail.
    Fails,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    The(World),
    Lock(Page, u32, Wait),
    QueryHolder(Page, u32),
    Steal(Page, u32),
    Unlock(Page, u32),
    Open(Page),
    Close(Page),
    Post(Page, &'static str),
    /// In so many milliseconds.
    Timer(Page, Option<i64>),
    Write(Page, Area, &'static str, &'static str, Report),
    Remove(Page, Area, &'static str),
    /// What is under a key: a text, nothing, or `unreadable`.
    Reads(Page, Area, &'static str, Option<&'static str>),
    Send(Page, u32),
    Cancel(Page, u32),
    /// Nothing more will be done.
    End(Page),
    /// Is told these next.
    Told(Page, &'static [&'static str]),
    /// May be told this besides, at any time: it was on its way already.
    MayBeTold(Page, &'static str),
}

impl Case {
    /// Whether `input` may be told to `page` besides.
    pub fn tolerates(&self, page: Page, input: &str) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(step, MayBeTold(other, text) if *other == page && *text == input))
    }
}

pub struct Case {
    pub name: &'static str,
    pub steps: &'static [Step],
}

/// An input as the cases have it. `None`: none of theirs.
pub fn told(input: &Input) -> Option<String> {
    Some(match input {
        Input::LockGranted(ticket) => format!("granted {ticket}"),
        Input::LockUnavailable(ticket) => format!("unavailable {ticket}"),
        Input::LockStolen(ticket) => format!("stolen {ticket}"),
        Input::LocksMissing(ticket) => format!("no locks {ticket}"),
        Input::LockHolder(ticket, holder) => {
            format!("holder {ticket} {}", if holder.is_some() { "known" } else { "unknown" })
        }
        Input::Timeout => "timeout".into(),
        Input::Message(message) => format!("message {}", message.sid()),
        Input::Response(request, Ok(response)) => format!("response {request} {}", response.status),
        Input::Response(request, Err(failure)) => format!("response {request} {failure:?}").to_lowercase(),
        Input::Written { key, result, .. } => {
            let result = if *result == Written::Stored { "stored" } else { "failed" };
            format!("written {key} {result}")
        }
        _ => return None,
    })
}

use Page::{A, B};
use Step::*;
use Wait::{IfFree, Queue};

/// The longest that a browser's timer keeps, and more.
const THIRTY_DAYS: i64 = 30 * 24 * 60 * 60 * 1000;
const TAB: Area = Area::Tab;
const ORIGIN: Area = Area::Origin;

pub const CASES: &[Case] = &[
    Case {
        name: "a queue for a lock is served in order",
        steps: &[
            Lock(A, 1, Queue),
            Told(A, &["granted 1"]),
            Lock(B, 1, Queue),
            Lock(A, 2, Queue),
            Unlock(A, 1),
            Told(B, &["granted 1"]),
            Unlock(B, 1),
            Told(A, &["granted 2"]),
        ],
    },
    Case {
        name: "a lock that is not waited for is granted, or is another's",
        steps: &[
            Lock(A, 1, IfFree),
            Told(A, &["granted 1"]),
            Lock(B, 1, IfFree),
            Told(B, &["unavailable 1"]),
            Unlock(A, 1),
            // A release takes a moment to be known everywhere.
            Lock(B, 2, Queue),
            Told(B, &["granted 2"]),
            Lock(A, 2, IfFree),
            Told(A, &["unavailable 2"]),
        ],
    },
    Case {
        name: "a page that stopped waiting is told nothing, and is not waited for",
        steps: &[
            Lock(A, 1, Queue),
            Told(A, &["granted 1"]),
            Lock(B, 1, Queue),
            Unlock(B, 1),
            Lock(B, 2, Queue),
            Unlock(A, 1),
            Told(B, &["granted 2"]),
        ],
    },
    Case {
        name: "a lock that is not held is released without effect",
        steps: &[
            Unlock(A, 7),
            Lock(A, 1, Queue),
            Told(A, &["granted 1"]),
            Unlock(A, 1),
            Unlock(A, 1),
            Lock(B, 1, Queue),
            Told(B, &["granted 1"]),
        ],
    },
    Case {
        name: "a lock that was released before its grant came is free",
        steps: &[
            MayBeTold(A, "granted 1"),
            Lock(A, 1, Queue),
            Unlock(A, 1),
            Lock(B, 1, Queue),
            Told(B, &["granted 1"]),
        ],
    },
    Case {
        name: "a lock is stolen: its holder is told, and lets go nothing more",
        steps: &[
            Lock(A, 1, Queue),
            Told(A, &["granted 1"]),
            Lock(B, 1, Queue),
            QueryHolder(B, 1),
            Told(B, &["holder 1 known"]),
            Steal(B, 1),
            Told(B, &["granted 1"]),
            Told(A, &["stolen 1"]),
            Unlock(A, 1),
            Lock(A, 2, IfFree),
            Told(A, &["unavailable 2"]),
            Unlock(B, 1),
            Lock(A, 3, Queue),
            Told(A, &["granted 3"]),
        ],
    },
    Case {
        name: "a page that asks after a lock was stolen waits for the new holder",
        steps: &[
            Lock(A, 1, Queue),
            Told(A, &["granted 1"]),
            Lock(B, 1, Queue),
            Steal(B, 1),
            Told(B, &["granted 1"]),
            Told(A, &["stolen 1"]),
            Lock(A, 2, Queue),
            Unlock(B, 1),
            Told(A, &["granted 2"]),
        ],
    },
    Case {
        name: "a browser without locks says so",
        steps: &[
            The(World::NoLocks),
            Lock(A, 1, Queue),
            Told(A, &["no locks 1"]),
            Unlock(A, 1),
            Lock(A, 2, IfFree),
            Told(A, &["no locks 2"]),
        ],
    },
    Case {
        name: "messages come in their order, and not to their sender",
        steps: &[
            Open(A),
            Open(B),
            Post(A, "one"),
            Post(A, "two"),
            Told(B, &["message one", "message two"]),
            Post(B, "three"),
            Told(A, &["message three"]),
        ],
    },
    Case {
        name: "a closed channel hears nothing, and what is posted there goes nowhere",
        steps: &[
            Open(A),
            Post(A, "too early"),
            Post(B, "nowhere"),
            Open(B),
            Post(A, "one"),
            Told(B, &["message one"]),
            Close(B),
            Post(B, "nowhere"),
            Post(A, "unheard"),
            Open(B),
            Post(A, "two"),
            Told(B, &["message two"]),
            Post(B, "three"),
            Told(A, &["message three"]),
        ],
    },
    Case {
        name: "a page that may have no channel goes on without",
        steps: &[
            The(World::NoChannel),
            Open(A),
            Post(A, "one"),
            Close(A),
            Timer(A, Some(1)),
            Told(A, &["timeout"]),
        ],
    },
    Case {
        name: "the last timer that was set comes, once",
        steps: &[
            Timer(A, Some(60_000)),
            Timer(A, Some(1)),
            Told(A, &["timeout"]),
            Timer(A, Some(1)),
            Timer(A, None),
            Timer(B, Some(40)),
            Told(B, &["timeout"]),
            Timer(A, Some(-5)),
            Told(A, &["timeout"]),
        ],
    },
    Case {
        name: "a timer beyond what browsers keep does not come at once",
        steps: &[Timer(A, Some(THIRTY_DAYS)), Timer(B, Some(40)), Told(B, &["timeout"])],
    },
    Case {
        name: "results of writes are told as asked for, in their order",
        steps: &[
            Write(A, TAB, "one", "x", Report::Always),
            Write(A, ORIGIN, "two", "x", Report::Failure),
            Write(A, TAB, "three", "x", Report::Never),
            Write(A, TAB, "four", "x", Report::Always),
            Told(A, &["written one stored", "written four stored"]),
            Reads(A, ORIGIN, "two", Some("x")),
            Reads(A, TAB, "two", None),
            Remove(A, ORIGIN, "two"),
            Reads(A, ORIGIN, "two", None),
        ],
    },
    Case {
        name: "a write that fails leaves nothing older behind",
        steps: &[
            Write(A, TAB, "one", "old", Report::Never),
            Write(A, ORIGIN, "one", "old", Report::Never),
            The(World::StorageFull),
            Write(A, TAB, "one", "new", Report::Failure),
            Write(A, ORIGIN, "one", "new", Report::Always),
            Write(A, TAB, "two", "new", Report::Never),
            Told(A, &["written one failed", "written one failed"]),
            Reads(A, TAB, "one", None),
            Reads(A, ORIGIN, "one", None),
            The(World::StorageWorks),
            Write(A, TAB, "one", "newer", Report::Always),
            Told(A, &["written one stored"]),
            Reads(A, TAB, "one", Some("newer")),
        ],
    },
    Case {
        name: "blocked storage throws nothing at the client",
        steps: &[
            Write(A, TAB, "one", "old", Report::Never),
            The(World::StorageBlocked),
            Reads(A, TAB, "one", Some("unreadable")),
            Reads(A, ORIGIN, "one", Some("unreadable")),
            Write(A, TAB, "one", "new", Report::Failure),
            Write(A, ORIGIN, "one", "new", Report::Always),
            Remove(A, TAB, "one"),
            Told(A, &["written one failed", "written one failed"]),
            The(World::StorageWorks),
            Reads(A, TAB, "one", Some("old")),
        ],
    },
    Case {
        name: "a request is answered once",
        steps: &[
            Send(A, 1),
            Told(A, &["response 1 200"]),
            Cancel(A, 1),
            Send(A, 2),
            Told(A, &["response 2 200"]),
        ],
    },
    Case {
        name: "a request that fails says so",
        steps: &[The(World::Fails), Send(A, 1), Told(A, &["response 1 network"])],
    },
    Case {
        name: "a request that is not answered in time says so",
        steps: &[The(World::Hangs), Send(A, 1), Told(A, &["response 1 timeout"])],
    },
    Case {
        name: "a client that has ended holds no lock, hears nothing and is woken no more",
        steps: &[
            Open(A),
            Open(B),
            Lock(A, 1, Queue),
            Told(A, &["granted 1"]),
            Lock(B, 1, Queue),
            Timer(A, Some(5)),
            End(A),
            Told(B, &["granted 1"]),
            Post(B, "one"),
            Timer(B, Some(40)),
            Told(B, &["timeout"]),
        ],
    },
];
