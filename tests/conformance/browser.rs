//! The browser's runner, wasm and loader, keeps to what every runner must: [`super::cases`].

use super::cases::{CASES, Case, Page, Step, told};
use intelliauth_spa_sdk::core::base::clock::{Millis, WallTime};
use intelliauth_spa_sdk::core::client::runner::{Actions, Area, Channel, Environment};
use intelliauth_spa_sdk::core::client::session::io::{Lock, Stored, Ticket};
use intelliauth_spa_sdk::core::client::session::message::Message;
use intelliauth_spa_sdk::web::runner::Browser;
use intelliauth_spa_sdk::web::{random, storage};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

/// After this a request counts as not answered.
const TIME_LIMIT: Millis = Millis(30);

#[wasm_bindgen(module = "/pkg/dist/host.js")]
extern "C" {
    #[wasm_bindgen(js_name = Host)]
    type Loader;

    #[wasm_bindgen(constructor, js_class = "Host")]
    fn new() -> Loader;

    #[wasm_bindgen(method)]
    fn attach(this: &Loader, core: &Log);
}

// The loader imports these: the test's server has the files that are named here, and no others.
#[wasm_bindgen(module = "/pkg/dist/signature.js")]
extern "C" {
    #[allow(dead_code)]
    fn verified() -> JsValue;
}
#[wasm_bindgen(module = "/pkg/dist/inputs.js")]
extern "C" {
    #[allow(dead_code)]
    #[wasm_bindgen(js_name = START)]
    fn start() -> JsValue;
}

#[wasm_bindgen(inline_js = r#"
    // In place of the wasm's exports: writes down what the loader tells.
    export class Log {
        constructor(name) { this.name = name; this.told = []; this.waiting = () => {}; }
        add(text) { this.told.push(text); this.waiting(); }
        // The next so many, once they are there; what there is, where the rest never comes.
        async next(count) {
            const bound = performance.now() + 10_000;
            while (this.told.length < count && performance.now() < bound)
                await new Promise((resolve) => { this.waiting = resolve; setTimeout(resolve, 1_000); });
            return this.told.splice(0);
        }
        namespace() { return this.name; }
        // By the numbers of js/inputs.ts; what a case never asks about is not written down.
        happened(what, ticket, text) {
            if (what === 4) this.add('timeout');
            if (what === 6) this.add(`granted ${ticket}`);
            if (what === 7) this.add(`unavailable ${ticket}`);
            if (what === 8) this.add(`no locks ${ticket}`);
            if (what === 9) this.add(`stolen ${ticket}`);
            if (what === 10) this.add(`holder ${ticket} ${text === undefined ? 'unknown' : 'known'}`);
            if (what === 11) this.add(`message ${new URLSearchParams(text).get('sid')}`);
        }
        answered(id, response, body, timedOut) {
            this.add(`response ${id} ${response ? response.status : timedOut ? 'timeout' : 'network'}`);
        }
    }

    const undo = [];
    const define = (object, name, descriptor) => {
        const before = Object.getOwnPropertyDescriptor(object, name);
        Object.defineProperty(object, name, { configurable: true, ...descriptor });
        undo.push(() => before ? Object.defineProperty(object, name, before) : delete object[name]);
    };
    const deny = () => { throw new DOMException('denied', 'SecurityError'); };
    const worlds = {
        Answers: () => define(window, 'fetch', { value: async () => new Response('{}') }),
        Fails: () => define(window, 'fetch', { value: () => Promise.reject(new TypeError('failed')) }),
        Hangs: () => define(window, 'fetch', {
            value: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        }),
        StorageFull: () => define(Storage.prototype, 'setItem', {
            value: () => { throw new DOMException('full', 'QuotaExceededError'); },
        }),
        StorageBlocked: () => {
            for (const name of ['sessionStorage', 'localStorage']) define(window, name, { get: deny });
        },
        StorageWorks: () => restore(),
        NoLocks: () => define(navigator, 'locks', { value: { request: deny, query: deny } }),
        NoChannel: () => define(window, 'BroadcastChannel', { value: class { constructor() { deny(); } } }),
    };
    export const become = (name) => worlds[name]();
    export const restore = () => { while (undo.length > 0) undo.pop()(); };
"#)]
extern "C" {
    type Log;

    #[wasm_bindgen(constructor)]
    fn new(namespace: &str) -> Log;

    #[wasm_bindgen(method)]
    fn add(this: &Log, text: &str);

    #[wasm_bindgen(method)]
    async fn next(this: &Log, count: u32) -> JsValue;

    fn r#become(name: &str);
    fn restore();
}

struct Subject {
    browser: Browser,
    log: Log,
}

impl Subject {
    fn new(namespace: &str) -> Self {
        let (log, loader) = (Log::new(namespace), Loader::new());
        loader.attach(&log);
        let page = "https://app.example/callback".to_owned();
        Self { browser: Browser::new(loader.unchecked_into(), namespace.to_owned(), page), log }
    }

    async fn next(&self, count: usize) -> Vec<String> {
        let told = js_sys::Array::from(&self.log.next(count as u32).await);
        told.iter().filter_map(|text| text.as_string()).collect()
    }

    fn act(&self, step: Step) {
        let browser = &self.browser;
        let ticket = |number| Ticket { number, generation: 0 };
        match step {
            Step::Lock(_, number, wait) => browser.lock(ticket(number), &Lock::Session("one".into()), wait),
            Step::QueryHolder(_, number) => browser.query_holder(ticket(number)),
            Step::Steal(_, number) => browser.steal(ticket(number)),
            Step::Unlock(_, number) => browser.unlock(ticket(number)),
            Step::Open(_) => browser.set_channel(Channel::Open),
            Step::Close(_) => browser.set_channel(Channel::Closed),
            Step::Post(_, sid) => {
                browser.post(&Message::Query { sid: sid.into(), generation: 0, issued_at: WallTime(0) });
            }
            Step::Timer(_, delay) => {
                browser.set_timer(delay.map(|delay| browser.now().mono + Millis(delay)));
            }
            Step::Write(_, area, key, text, report) => browser.write(area, key, text, report),
            Step::Remove(_, area, key) => browser.remove(area, key),
            Step::Send(_, request) => browser.send(request, "https://tenant.example/x", None, TIME_LIMIT),
            Step::Cancel(_, request) => browser.cancel(request),
            Step::End(_) => browser.close(),
            Step::The(_) | Step::Reads(..) | Step::Told(..) | Step::MayBeTold(..) => {}
        }
        while let Some(input) = browser.next_input() {
            told(&input).iter().for_each(|text| self.log.add(text));
        }
    }
}

/// Whose turn a step is.
fn page(step: Step) -> Page {
    match step {
        Step::Lock(page, ..)
        | Step::QueryHolder(page, _)
        | Step::Steal(page, _)
        | Step::Unlock(page, _)
        | Step::Open(page)
        | Step::Close(page)
        | Step::Post(page, _)
        | Step::Timer(page, _)
        | Step::Write(page, ..)
        | Step::Remove(page, ..)
        | Step::Reads(page, ..)
        | Step::Send(page, _)
        | Step::Cancel(page, _)
        | Step::End(page)
        | Step::Told(page, _)
        | Step::MayBeTold(page, _) => page,
        Step::The(_) => Page::A,
    }
}

/// What the runner did otherwise.
async fn run(case: &Case) -> Vec<String> {
    let mut differences = Vec::new();
    let mut expect = |step: &dyn std::fmt::Debug, found: String, expected: String| {
        if found != expected {
            differences.push(format!("{}: {step:?}: {found}, and not {expected}", case.name));
        }
    };
    let namespace = format!("conformance.{}", random::seed());
    let subjects = [Subject::new(&namespace), Subject::new(&namespace)];
    r#become("Answers");
    for step in case.steps {
        let subject = &subjects[page(*step) as usize];
        match *step {
            Step::The(what) => r#become(&format!("{what:?}")),
            Step::Reads(_, area, key, found) => {
                let found = match found {
                    None => Stored::Empty,
                    Some("unreadable") => Stored::Unreadable,
                    Some(text) => Stored::Text(text.into()),
                };
                expect(&step, format!("{:?}", subject.browser.read(area, key)), format!("{found:?}"));
            }
            Step::Told(_, expected) => {
                expect(step, format!("{:?}", subject.next(expected.len()).await), format!("{expected:?}"));
            }
            step => subject.act(step),
        }
    }
    restore();
    // Whatever else was on its way comes before a timer that is set now.
    let ended =
        case.steps.iter().filter_map(|step| if let Step::End(page) = step { Some(*page) } else { None });
    let ended: Vec<Page> = ended.collect();
    for (page, subject) in [(Page::A, &subjects[0]), (Page::B, &subjects[1])] {
        subject.act(Step::Timer(page, Some(50)));
        if ended.contains(&page) {
            subject.log.add("timeout");
        }
        let mut told = subject.next(1).await;
        told.retain(|input| !case.tolerates(page, input));
        expect(&"and then", format!("{told:?}"), format!("{:?}", ["timeout"]));
        subject.browser.close();
    }
    for area in [Area::Tab, Area::Origin] {
        ["one", "two", "three", "four"].iter().for_each(|key| storage::remove(area, key));
    }
    differences
}

#[wasm_bindgen_test]
async fn the_browsers_runner_keeps_to_the_contract() {
    let mut differences = Vec::new();
    for case in CASES {
        differences.extend(run(case).await);
    }
    // A panic has no words in this wasm.
    console_log!("{}", differences.join("\n"));
    assert!(differences.is_empty());
}
