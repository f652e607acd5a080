//! chromedriver, Chromium, and the HTTP between them and the stories.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::error::{WebDriverErrorInner, WebDriverResult};
use thirtyfour::session::http::{Body, HttpClient};
use thirtyfour::support::block_on;
use thirtyfour::{Capabilities, WebDriver};
use ureq::http::{Request, Response};

use super::Setup;
use super::look::AXE;

/// `required` where the stories must run, `no` where they must not: set by `tests/run`.
const STORIES: &str = "BROWSER_STORIES";
/// Longest that one command may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Nothing but what the page asks for goes over the network, and nothing of an earlier story is there.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

/// A running chromedriver with one session.
pub(super) struct Driver {
    session: Option<WebDriver>,
    chromedriver: Child,
    /// Held open: chromedriver writes a line now and then.
    _said: BufReader<ChildStdout>,
    profile: TempDir,
}

impl Driver {
    /// None where there is no Chromium, which is said.
    pub(super) fn start(setup: &Setup) -> Option<Self> {
        let stories = std::env::var(STORIES).unwrap_or_default();
        let programs = program("chromium").zip(program("chromedriver"));
        let here = programs.filter(|_| stories != "no" && Path::new(AXE).exists());
        let Some((chromium, chromedriver)) = here else {
            assert!(stories != "required", "chromium, chromedriver or axe-core is not installed");
            println!("passed over: tests/run browser installs Chromium and axe-core, and runs this");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let mut chromedriver =
            Command::new(chromedriver).arg("--port=0").stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(chromedriver.stdout.take().unwrap());
        let address = format!("http://127.0.0.1:{}", port(&mut said));
        let settings = capabilities(&chromium, profile.path(), setup);
        let session = WebDriver::builder(address, settings).client(Http::new()).connect();
        // Held before the session is there, so that chromedriver ends with a story that fails to get one.
        let mut driver = Self { session: None, chromedriver, _said: said, profile };
        driver.session = Some(block_on(session).unwrap_or_else(|error| panic!("no session: {error}")));
        Some(driver)
    }

    /// Where the browser keeps what it keeps.
    pub(super) fn profile(&self) -> &Path {
        self.profile.path()
    }

    pub(super) fn session(&self) -> &WebDriver {
        self.session.as_ref().unwrap()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            // A browser that has gone needs no farewell.
            let _ = block_on(session.quit());
        }
        let _ = self.chromedriver.kill();
        let _ = self.chromedriver.wait();
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The free port that chromedriver took.
fn port(said: &mut BufReader<ChildStdout>) -> u16 {
    let started = "started successfully on port ";
    for line in said.lines() {
        let line = line.unwrap();
        if let Some((_, port)) = line.split_once(started) {
            return port.trim_end_matches('.').parse().unwrap();
        }
    }
    panic!("chromedriver ended before it listened");
}

fn capabilities(chromium: &Path, profile: &Path, setup: &Setup) -> Capabilities {
    let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
    flags.push(format!("--user-data-dir={}", profile.display()));
    let language = if setup.language.is_empty() { "en" } else { setup.language };
    flags.push(format!("--accept-lang={language}"));
    flags.push(format!("--lang={language}"));
    if let Some(film) = &setup.camera {
        flags.push("--use-fake-device-for-media-stream".to_owned());
        flags.push("--use-fake-ui-for-media-stream".to_owned());
        flags.push(format!("--use-file-for-fake-video-capture={}", film.display()));
    }
    let mut capabilities = Capabilities::new();
    let mut set = |key: &str, value: Value| capabilities.set(key, value).unwrap();
    set("browserName", json!("chrome"));
    set("goog:chromeOptions", json!({ "binary": chromium, "args": flags }));
    set("goog:loggingPrefs", json!({ "browser": "ALL", "performance": "ALL" }));
    capabilities
}

/// The HTTP of the stories through the client that the verifier has anyway.
struct Http(ureq::Agent);

impl Http {
    fn new() -> Self {
        let config = ureq::Agent::config_builder();
        Self(config.timeout_global(Some(PATIENCE)).http_status_as_error(false).build().into())
    }

    fn ask<B: From<Vec<u8>>>(&self, request: Request<Body<'_>>) -> Result<Response<B>, ureq::Error> {
        let (head, body) = request.into_parts();
        let body = match body {
            Body::Empty => Vec::new(),
            Body::Json(json) => json.to_string().into_bytes(),
        };
        let (head, mut body) = self.0.run(Request::from_parts(head, body))?.into_parts();
        // A screenshot or a log of requests may be long.
        let bytes = body.with_config().limit(u64::MAX).read_to_vec()?;
        Ok(Response::from_parts(head, B::from(bytes)))
    }
}

#[async_trait::async_trait]
impl HttpClient for Http {
    async fn send(&self, request: Request<Body<'_>>) -> WebDriverResult<Response<bytes::Bytes>> {
        self.ask(request).map_err(|error| WebDriverErrorInner::HttpError(error.to_string()).into())
    }

    async fn new(&self) -> Arc<dyn HttpClient> {
        Arc::new(Self::new())
    }
}
