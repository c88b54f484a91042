//! Record and replay: everything that a [`Client`] was told and read, and what it did, as JSON text; and the same run
//! again on a new client, which must do the same. So a run that failed on another machine can be examined step by step.
//!
//! | member of the text | what |
//! |---|---|
//! | `format` | [`FORMAT`] |
//! | `config`, `seed` | what the client was made with |
//! | `steps` | for each input: `input`, `now` (by both clocks, in milliseconds), `online`, `reads` in their order with what was found, and `actions` in theirs |
//! | `secrets` | the value of each placeholder, such as `⟨refresh_token 2⟩`, that stands in all other texts in its place. Nothing else in the text is secret |
//!
//! A placeholder stands for the same value throughout; `⟨refresh_token 2 encoded⟩` for its form-encoded text, where that is
//! another. `⟨⟩` stands for `⟨`.

mod actions;
mod config;
mod inputs;
mod secrets;

use crate::core::base::clock::{Millis, MonotonicTime, Now, WallTime};
use crate::core::base::config::Config;
use crate::core::base::error::Error;
use crate::core::base::secret::AccessToken;
use crate::core::client::Client;
use crate::core::client::notification::Notification;
use crate::core::client::runner::{
    Actions, Answer, Area, CallId, Channel, Environment, Input, Report, RequestId, Wait,
};
use crate::core::client::session::io::{Lock, Stored, Ticket};
use crate::core::client::session::message::Message;
use crate::core::protocol::jwks::Jwk;
use crate::core::protocol::jws::Jws;
use crate::core::protocol::pkce::Entropy;
use secrets::Secrets;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;

/// The version of the text.
pub const FORMAT: i64 = 1;

/// Reads an input as recordings write it.
#[must_use]
pub fn input(text: &str) -> Option<Input> {
    inputs::read(&serde_json::from_str(text).ok()?)
}

/// One run of a client, from its start.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recording {
    config: Value,
    seed: u64,
    steps: Vec<Step>,
}

/// One input, its reads and its actions.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    input: Value,
    now: Now,
    online: bool,
    reads: Vec<Value>,
    actions: Vec<Value>,
}

/// Where a replayed client first did something else than was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Counts inputs from 0.
    pub step: usize,
    /// What it was told, as recorded.
    pub input: String,
    /// What it read or did then, as recorded; `None`: nothing more.
    pub recorded: Option<String>,
    /// What it reads or does now; `None`: nothing more.
    pub replayed: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_nothing = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".into());
        let (recorded, replayed) = (or_nothing(&self.recorded), or_nothing(&self.replayed));
        write!(out, "step {}, {}:\n  recorded: {recorded}\n  replayed: {replayed}", self.step, self.input)
    }
}

impl Recording {
    /// For a client that was made with these and was not given any input yet.
    #[must_use]
    pub fn new(config: &Config, seed: u64) -> Self {
        Self { config: config::write(config), seed, steps: Vec::new() }
    }

    /// Hands `input` to `client`, and records it with its reads and actions.
    pub fn handle(
        &mut self,
        client: &mut Client,
        env: &dyn Environment,
        actions: &dyn Actions,
        input: Input,
    ) {
        let recorded = inputs::write(&input);
        let recorder = Recorder { env, actions, reads: RefCell::default(), done: RefCell::default() };
        client.handle(&recorder, &recorder, input);
        let (reads, actions) = (recorder.reads.into_inner(), recorder.done.into_inner());
        let (now, online) = (env.now(), env.is_online());
        self.steps.push(Step { input: recorded, now, online, reads, actions });
    }

    /// How many inputs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether there was none yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Gives a new client the same inputs.
    ///
    /// # Errors
    /// Where it first reads or does something else.
    pub fn replay(&self, engine: crate::core::base::json::Engine) -> Result<(), Box<Difference>> {
        let difference = |step: usize, recorded: Option<&Value>, replayed: Option<&Value>| {
            let hider = self.secrets().hider();
            let text = |value: &Value| hider.hide(value).to_string();
            Box::new(Difference {
                step,
                input: self.steps.get(step).map(|step| text(&step.input)).unwrap_or_default(),
                recorded: recorded.map(text),
                replayed: replayed.map(text),
            })
        };
        let unreadable = |step: usize| difference(step, Some(&json!("this, which cannot be read")), None);
        let config = config::read(&self.config).ok_or_else(|| unreadable(0))?;
        let mut client = Client::new(engine, config, self.seed);
        for (number, step) in self.steps.iter().enumerate() {
            let input = inputs::read(&step.input).ok_or_else(|| unreadable(number))?;
            let replayer = Replayer {
                step,
                reads: RefCell::new(step.reads.iter().collect()),
                surprise: RefCell::default(),
                done: RefCell::default(),
            };
            client.handle(&replayer, &replayer, input);
            if let Some((recorded, replayed)) = replayer.surprise.into_inner() {
                return Err(difference(number, recorded.as_ref(), Some(&replayed)));
            }
            if let Some(unread) = replayer.reads.into_inner().front() {
                return Err(difference(number, Some(unread), None));
            }
            let done = replayer.done.into_inner();
            let longest = done.len().max(step.actions.len());
            for at in 0..longest {
                let (recorded, replayed) = (step.actions.get(at), done.get(at));
                if recorded != replayed {
                    return Err(difference(number, recorded, replayed));
                }
            }
        }
        Ok(())
    }

    fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        for step in &self.steps {
            secrets.learn(&step.input);
            step.reads.iter().chain(&step.actions).for_each(|value| secrets.learn(value));
        }
        secrets
    }

    /// As text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let secrets = self.secrets();
        let hider = secrets.hider();
        let hide = |values: &[Value]| values.iter().map(|value| hider.hide(value)).collect::<Vec<_>>();
        let steps: Vec<_> = self
            .steps
            .iter()
            .map(|step| {
                json!({
                    "input": hider.hide(&step.input),
                    "now": {"wall": step.now.wall.0, "mono": step.now.mono.0},
                    "online": step.online,
                    "reads": hide(&step.reads),
                    "actions": hide(&step.actions),
                })
            })
            .collect();
        json!({
            "format": FORMAT,
            "config": self.config,
            "seed": self.seed,
            "steps": steps,
            "secrets": secrets.write(),
        })
        .to_string()
    }

    /// Reads what [`Self::to_text`] wrote; `None` for anything else.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        if value["format"].as_i64()? != FORMAT {
            return None;
        }
        let secrets = Secrets::read(&value["secrets"])?;
        let show = |values: &Value| -> Option<Vec<Value>> {
            Some(values.as_array()?.iter().map(|value| secrets.show(value)).collect())
        };
        let steps = value["steps"].as_array()?.iter().map(|step| {
            Some(Step {
                input: secrets.show(&step["input"]),
                now: Now {
                    wall: WallTime(step["now"]["wall"].as_i64()?),
                    mono: MonotonicTime(step["now"]["mono"].as_i64()?),
                },
                online: step["online"].as_bool()?,
                reads: show(&step["reads"])?,
                actions: show(&step["actions"])?,
            })
        });
        let steps = steps.collect::<Option<_>>()?;
        Some(Self { config: value["config"].clone(), seed: value["seed"].as_u64()?, steps })
    }
}

/// Reads and acts for a client, and records it.
struct Recorder<'a> {
    env: &'a dyn Environment,
    actions: &'a dyn Actions,
    reads: RefCell<Vec<Value>>,
    done: RefCell<Vec<Value>>,
}

/// A read, with what was found: the question alone is the same without `found`.
fn asked(area: Area, member: &str, what: &str) -> Value {
    json!({"area": actions::area(area), member: what})
}

fn found(mut question: Value, found: Value) -> Value {
    question["found"] = found;
    question
}

fn stored(stored: &Stored) -> Value {
    match stored {
        Stored::Text(text) => json!({"text": text}),
        Stored::Empty => Value::Null,
        Stored::Unreadable => json!("unreadable"),
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn hex(octets: &[u8]) -> String {
    let digits = octets.iter().flat_map(|octet| [octet >> 4, octet & 15]);
    digits.map(|digit| char::from(HEX[usize::from(digit)])).collect()
}

fn unhex(text: &str) -> Option<Entropy> {
    let digit = |digit: &u8| HEX.iter().position(|known| known == digit).map(|value| value as u8);
    let octets =
        text.as_bytes().chunks(2).map(|pair| Some(digit(pair.first()?)? << 4 | digit(pair.get(1)?)?));
    octets.collect::<Option<Vec<_>>>()?.try_into().ok()
}

impl Environment for Recorder<'_> {
    fn now(&self) -> Now {
        self.env.now()
    }

    fn is_online(&self) -> bool {
        self.env.is_online()
    }

    fn address(&self) -> String {
        let address = self.env.address();
        self.reads.borrow_mut().push(json!({"address": true, "found": address}));
        address
    }

    fn read(&self, area: Area, key: &str) -> Stored {
        let text = self.env.read(area, key);
        self.reads.borrow_mut().push(found(asked(area, "key", key), stored(&text)));
        text
    }

    fn keys(&self, area: Area, prefix: &str) -> Vec<String> {
        let keys = self.env.keys(area, prefix);
        self.reads.borrow_mut().push(found(asked(area, "prefix", prefix), json!(keys)));
        keys
    }

    fn entropy(&self) -> Option<[Entropy; 3]> {
        let entropy = self.env.entropy();
        let text = entropy.as_ref().map(|entropy| entropy.each_ref().map(|octets| hex(octets)));
        self.reads.borrow_mut().push(json!({"entropy": true, "found": text}));
        entropy
    }
}

/// Answers reads as the step recorded them, and records the actions.
struct Replayer<'a> {
    step: &'a Step,
    reads: RefCell<VecDeque<&'a Value>>,
    /// The first read that was not recorded here: what was, and what is read.
    surprise: RefCell<Option<(Option<Value>, Value)>>,
    done: RefCell<Vec<Value>>,
}

impl Replayer<'_> {
    /// What was found then. Null where something else was read.
    fn answer(&self, question: Value) -> Value {
        let recorded = self.reads.borrow_mut().pop_front();
        let mut asked = recorded.cloned().unwrap_or_default();
        let found = asked.as_object_mut().and_then(|asked| asked.remove("found")).unwrap_or_default();
        if asked == question {
            return found;
        }
        self.surprise.borrow_mut().get_or_insert((recorded.cloned(), question));
        Value::Null
    }
}

impl Environment for Replayer<'_> {
    fn now(&self) -> Now {
        self.step.now
    }

    fn is_online(&self) -> bool {
        self.step.online
    }

    fn address(&self) -> String {
        self.answer(json!({"address": true})).as_str().unwrap_or_default().to_owned()
    }

    fn read(&self, area: Area, key: &str) -> Stored {
        let answer = self.answer(asked(area, "key", key));
        match answer["text"].as_str() {
            Some(text) => Stored::Text(text.to_owned()),
            None if answer == "unreadable" => Stored::Unreadable,
            None => Stored::Empty,
        }
    }

    fn keys(&self, area: Area, prefix: &str) -> Vec<String> {
        let answer = self.answer(asked(area, "prefix", prefix));
        let keys = answer.as_array().map(Vec::as_slice).unwrap_or_default();
        keys.iter().filter_map(|key| key.as_str().map(str::to_owned)).collect()
    }

    fn entropy(&self) -> Option<[Entropy; 3]> {
        let answer = self.answer(json!({"entropy": true}));
        let octets = |at: usize| unhex(answer[at].as_str()?);
        Some([octets(0)?, octets(1)?, octets(2)?])
    }
}

/// Each action, written down with what it is called with.
macro_rules! record {
    ($($name:ident($($arg:ident: $type:ty),*) => $write:expr;)*) => {
        impl Actions for Recorder<'_> {
            $(fn $name(&self, $($arg: $type),*) {
                self.done.borrow_mut().push($write);
                self.actions.$name($($arg),*);
            })*
        }

        impl Actions for Replayer<'_> {
            $(fn $name(&self, $($arg: $type),*) {
                self.done.borrow_mut().push($write);
            })*
        }
    };
}

record! {
    write(area: Area, key: &str, text: &str, report: Report) => json!({"write": {
        "area": actions::area(area), "key": key, "text": text, "report": actions::report(report),
    }});
    remove(area: Area, key: &str) => json!({"remove": {"area": actions::area(area), "key": key}});
    set_channel(channel: Channel) => json!({"channel": actions::channel(channel)});
    post(message: &Message) => json!({"post": message.to_text()});
    lock(ticket: Ticket, lock: &Lock, wait: Wait) => actions::lock(ticket, lock, wait);
    query_holder(ticket: Ticket) => json!({"query_holder": ticket.number});
    steal(ticket: Ticket) => json!({"steal": ticket.number});
    unlock(ticket: Ticket) => json!({"unlock": ticket.number});
    send(request: RequestId, url: &str, form: Option<&str>, timeout: Millis) => json!({"send": {
        "request": request, "url": url, "form": form, "timeout": timeout.0,
    }});
    cancel(request: RequestId) => json!({"cancel": request});
    verify(request: RequestId, key: &Jwk, jws: &Jws) => actions::verify(request, key, jws);
    set_timer(at: Option<MonotonicTime>) => json!({"timer": at.map(|at| at.0)});
    navigate(url: &str) => json!({"navigate": url});
    replace_address(url: &str) => json!({"replace_address": url});
    settle(call: CallId, answer: &Answer) => actions::settle(call, answer);
    lease(token: &AccessToken, until: Now) => json!({"lease": {
        "access_token": token.expose(), "wall": until.wall.0, "mono": until.mono.0,
    }});
    warn(error: &Error) => json!({"warn": actions::error(error)});
    notify(notification: &Notification) => actions::notify(notification);
    state_changed() => json!("state_changed");
    close() => json!("close");
}
