//! The browser of the stories: a page that is looked at, clicked and typed into, line by line.
//!
//! Everything here blocks until it is done. The page's clock can be moved, so nothing waits for time to pass.

pub(crate) mod camera;
mod driver;
mod keys;
mod look;

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use thirtyfour::prelude::WebDriverResult;
use thirtyfour::support::block_on;
use thirtyfour::{By, WebElement};

use driver::Driver;
pub(crate) use keys::Scanner;
pub(crate) use look::Width;

/// Moves the page's clock: see `clock.js`.
const CLOCK: &str = include_str!("rig/clock.js");

/// How long a page may take to become what is waited for, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a browser is started.
#[derive(Debug, Default)]
pub(crate) struct Setup {
    /// The film that plays before its camera, over and over; without one there is no camera.
    pub(crate) camera: Option<PathBuf>,
    /// The browser's language; English where it is empty.
    pub(crate) language: &'static str,
}

/// A browser with one page open. It is closed when this is dropped.
pub(crate) struct Page {
    driver: Driver,
    /// Milliseconds that the page's clock is ahead, and the script that says so to each new document.
    ahead: Cell<i64>,
    clock: RefCell<Option<Value>>,
    seen: look::Seen,
}

impl Page {
    /// Starts a browser; none where there is no Chromium here.
    pub(crate) fn open(setup: &Setup) -> Option<Self> {
        let driver = Driver::start(setup)?;
        let page =
            Self { driver, ahead: Cell::new(0), clock: RefCell::new(None), seen: look::Seen::default() };
        page.tell_clock();
        page.cdp("Network.enable", json!({}));
        page.size(Width::Desk);
        Some(page)
    }

    /// The folder of what this browser keeps.
    pub(crate) fn profile(&self) -> &std::path::Path {
        self.driver.profile()
    }

    /// Opens an address.
    pub(crate) fn go(&self, address: &str) {
        done(self.driver.session().goto(address));
    }

    /// Loads the page again.
    pub(crate) fn reload(&self) {
        done(self.driver.session().refresh());
    }

    // ---- what is there

    /// The text that is seen in the first element of a CSS selector.
    pub(crate) fn text(&self, css: &str) -> String {
        done(self.find(css).text())
    }

    /// Whether an element is seen.
    pub(crate) fn shows(&self, css: &str) -> bool {
        done(self.find(css).is_displayed())
    }

    /// An attribute of the first element of a selector.
    pub(crate) fn attribute(&self, css: &str, name: &str) -> Option<String> {
        done(self.find(css).attr(name))
    }

    /// What a script returns. It is the body of a function of `arguments`.
    pub(crate) fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        done(self.driver.session().execute(script, arguments)).json().clone()
    }

    /// What a script gives to the function that is its last argument.
    pub(crate) fn run_later(&self, script: &str, arguments: Vec<Value>) -> Value {
        done(self.driver.session().execute_async(script, arguments)).json().clone()
    }

    /// Lets the page work until an expression in it is true; fails after some time. It is asked again and again, since a
    /// script that waits in a page is lost when another page comes.
    pub(crate) fn until(&self, expression: &str) {
        let script = format!("try {{ return Boolean({expression}) }} catch {{ return false }}");
        let begun = Instant::now();
        loop {
            let answer = block_on(self.driver.session().execute(script.as_str(), Vec::new()));
            if answer.is_ok_and(|answer| *answer.json() == json!(true)) {
                return;
            }
            if begun.elapsed() > PATIENCE {
                let page = self.run("return location.href + ' ' + document.body.innerText", Vec::new());
                panic!("never came true: {expression}; the page says: {page}");
            }
        }
    }

    // ---- what a person does

    /// Clicks the first element of a selector.
    pub(crate) fn click(&self, css: &str) {
        done(self.find(css).click());
    }

    /// Puts text into a field, in place of what was there.
    pub(crate) fn fill(&self, css: &str, text: &str) {
        let field = self.find(css);
        done(field.clear());
        done(field.send_keys(text));
    }

    /// Picks the option of this value.
    pub(crate) fn choose(&self, css: &str, value: &str) {
        self.click(&format!("{css} option[value='{value}']"));
    }

    /// Chooses a file, as in the browser's own window for it.
    pub(crate) fn upload(&self, css: &str, file: &Path) {
        done(self.find(css).send_keys(file.to_str().unwrap()));
    }

    // ---- the world around it

    /// Moves the page's clock on; timers that are due on the way ring, in their order.
    pub(crate) fn advance(&self, milliseconds: i64) {
        self.ahead.set(self.ahead.get() + milliseconds);
        self.tell_clock();
        let script = "globalThis.clockOfStory.advance(arguments[0]).then(arguments[1])";
        self.run_later(script, vec![json!(milliseconds)]);
    }

    /// Puts the clock of every page that is opened from now on to a time, in Unix seconds.
    pub(crate) fn at(&self, seconds: i64) {
        self.ahead.set(seconds * 1_000 - i64::try_from(since_1970().as_millis()).unwrap());
        self.tell_clock();
    }

    /// Stops the page's clock until it is moved: no time passes between the lines of a story. A page loaded after
    /// this has a running clock again.
    pub(crate) fn hold(&self) {
        self.run("globalThis.clockOfStory.hold()", Vec::new());
    }

    /// Takes the network away, or gives it back.
    pub(crate) fn offline(&self, offline: bool) {
        let conditions =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.cdp("Network.emulateNetworkConditions", conditions);
    }

    /// Nothing is fetched whose address matches one of these patterns.
    pub(crate) fn without(&self, patterns: &[&str]) {
        self.cdp("Network.setBlockedURLs", json!({ "urls": patterns }));
    }

    /// Sends a command of the browser's own protocol.
    pub(crate) fn cdp(&self, command: &str, parameters: Value) -> Value {
        let cdp = self.driver.session().cdp();
        done(async { cdp.send_raw(command, parameters).await })
    }

    fn tell_clock(&self) {
        if let Some(old) = self.clock.take() {
            self.cdp("Page.removeScriptToEvaluateOnNewDocument", json!({ "identifier": old }));
        }
        let source = CLOCK.replace("AHEAD", &self.ahead.get().to_string());
        let told = self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source }));
        self.clock.replace(Some(told["identifier"].clone()));
    }

    fn find(&self, css: &str) -> WebElement {
        let found = block_on(self.driver.session().find(By::Css(css)));
        found.unwrap_or_else(|error| panic!("{css}: {error}"))
    }
}

/// The machine's own clock, which the page's is put ahead of.
#[expect(clippy::disallowed_methods, reason = "the browser reads the same clock")]
pub(crate) fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

fn done<T: Send>(what: impl Future<Output = WebDriverResult<T>> + Send) -> T {
    block_on(what).unwrap_or_else(|error| panic!("{error}"))
}
