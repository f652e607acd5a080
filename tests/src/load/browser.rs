//! A browser without script: it keeps its cookie, follows where it is sent, and takes the time of every answer.

use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http::{Response, header};

use super::Figures;
use crate::hall::until;

/// Most bytes of an answer that are read.
const MOST: u64 = 32 << 20;

/// A browser.
#[derive(Debug)]
pub struct Browser {
    agent: Agent,
    /// The servers, which it asks in turn.
    origins: Vec<String>,
    cookie: String,
    form_token: String,
    /// How long it waits before each page that somebody looks at.
    pub think: Duration,
    /// The times of its answers.
    pub figures: Figures,
    /// Requests so far.
    pub requests: usize,
}

/// Why a page did not come.
#[derive(Debug)]
pub enum Wrong {
    /// The connection gave none, or half of one.
    NoAnswer(String),
    /// The server said something else.
    Said(String),
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoAnswer(what) | Self::Said(what) => f.write_str(what),
        }
    }
}

impl From<String> for Wrong {
    fn from(what: String) -> Self {
        Self::Said(what)
    }
}

impl From<&str> for Wrong {
    fn from(what: &str) -> Self {
        Self::Said(what.to_owned())
    }
}

/// An answer.
#[derive(Debug)]
pub struct Page {
    /// Where it is.
    pub path: String,
    /// The HTTP status.
    pub status: u16,
    /// Its text.
    pub text: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Browser {
    /// A new browser at a server.
    #[must_use]
    pub fn new(origin: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        Self {
            agent: config.into(),
            origins: vec![origin.to_owned()],
            cookie: String::new(),
            form_token: String::new(),
            think: Duration::ZERO,
            figures: Figures::default(),
            requests: 0,
        }
    }

    /// From now on every request goes to the next of these servers, as behind a load balancer.
    pub fn spread(&mut self, origins: Vec<String>) {
        self.origins = origins;
    }

    /// The server whose turn it is, once more.
    fn origin(&self) -> &str {
        self.origins.get(self.requests % self.origins.len().max(1)).map_or("", String::as_str)
    }

    /// Asks for a page.
    ///
    /// # Errors
    /// When the server does not answer, or sends on without end.
    pub fn get(&mut self, path: &str) -> Result<Page, Wrong> {
        let mut path = path.to_owned();
        for _ in 0..5 {
            let request =
                self.agent.get(format!("{}{path}", self.origin())).header(header::COOKIE, &self.cookie);
            let start = Instant::now();
            let (page, on) = self.take("GET", &path, start, request.call())?;
            match on {
                Some(next) => path = next,
                None => return Ok(page),
            }
        }
        Err(Wrong::Said(format!("sent on and on from {path}")))
    }

    /// Sends a form of a page, and goes where it leads.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Page, Wrong> {
        let token = self.form_token.clone();
        let form = [("form_token", token.as_str())].into_iter().chain(fields.iter().copied());
        let request = self.own(path);
        let start = Instant::now();
        let answer = request.send_form(form);
        self.on("POST", path, start, answer)
    }

    /// Waits as long as a batch in hand is in a state, such as `looking` or `issuing`.
    pub fn wait_while(&mut self, batch: &str, state: &str) {
        let progress = format!("{batch}/progress");
        until("the batch goes on", || !self.get(&progress).unwrap().text.contains(state));
    }

    /// Sends a form with a file.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        (name, file): (&str, &[u8]),
    ) -> Result<Page, Wrong> {
        let token = self.form_token.clone();
        let mut body = Vec::new();
        for (name, value) in [("form_token", token.as_str())].iter().chain(fields) {
            let head = "--frontier\r\nContent-Disposition: form-data; name=";
            body.extend(format!("{head}\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        let head = format!("name=\"{name}\"; filename=\"photo.jpg\"\r\nContent-Type: image/jpeg");
        body.extend(format!("--frontier\r\nContent-Disposition: form-data; {head}\r\n\r\n").bytes());
        body.extend(file);
        body.extend(b"\r\n--frontier--\r\n");
        let request = self.own(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=frontier");
        let start = Instant::now();
        let answer = request.send(&body[..]);
        self.on("POST", path, start, answer)
    }

    fn own(&self, path: &str) -> ureq::RequestBuilder<ureq::typestate::WithBody> {
        let request = self.agent.post(format!("{}{path}", self.origin()));
        request.header(header::COOKIE, &self.cookie).header("Sec-Fetch-Site", "same-origin")
    }

    #[expect(clippy::disallowed_methods, reason = "an officer thinks; no test waits for it")]
    fn think(&self) {
        thread::sleep(self.think);
    }

    fn on(
        &mut self,
        method: &str,
        path: &str,
        start: Instant,
        answer: Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<Page, Wrong> {
        let (page, next) = self.take(method, path, start, answer)?;
        match next {
            Some(next) => {
                self.think();
                self.get(&next)
            }
            None => Ok(page),
        }
    }

    /// An answer, and where it sends on to.
    fn take(
        &mut self,
        method: &str,
        path: &str,
        start: Instant,
        answer: Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<(Page, Option<String>), Wrong> {
        let mut answer = answer.map_err(|error| Wrong::NoAnswer(format!("{method} {path}: {error}")))?;
        let bytes = answer.body_mut().with_config().limit(MOST).read_to_vec();
        let bytes = bytes.map_err(|error| Wrong::NoAnswer(format!("{method} {path}: {error}")))?;
        self.figures.note(method, path, start.elapsed());
        self.requests += 1;
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap_or_default();
            if cookie.starts_with("__Host-session=") {
                cookie.split(';').next().unwrap_or_default().clone_into(&mut self.cookie);
            }
        }
        let text = String::from_utf8(bytes.clone()).unwrap_or_default();
        if let Some((_, rest)) = text.split_once("data-form-token=\"") {
            rest.split('"').next().unwrap_or_default().clone_into(&mut self.form_token);
        }
        let status = answer.status().as_u16();
        let next =
            answer.headers().get(header::LOCATION).and_then(|next| next.to_str().ok()).map(str::to_owned);
        if status >= 400 {
            return Err(Wrong::Said(format!("{method} {path}: {status} {}", said(&text))));
        }
        Ok((Page { path: path.to_owned(), status, text, bytes }, next))
    }
}

/// What a page says is wrong.
fn said(text: &str) -> String {
    let main = text.split_once("<main").map_or(text, |(_, rest)| rest);
    let mut said = String::new();
    let mut within = false;
    for letter in main.chars().take(2_000) {
        match letter {
            '<' => within = true,
            '>' => within = false,
            letter if !within => said.push(letter),
            _ => {}
        }
    }
    said.split_whitespace().take(200).collect::<Vec<_>>().join(" ")
}

impl Page {
    /// The value of a hidden field, or of whatever stands between `before` and the next quote.
    ///
    /// # Errors
    /// When it is not there.
    pub fn after(&self, before: &str) -> Result<&str, Wrong> {
        let (_, rest) =
            self.text.split_once(before).ok_or_else(|| Wrong::Said(format!("{}: no {before}", self.path)))?;
        Ok(rest.split(['"', '<']).next().unwrap_or_default())
    }

    /// The version of the case that the page shows.
    ///
    /// # Errors
    /// When it shows none.
    pub fn version(&self) -> Result<String, Wrong> {
        self.after("name=\"version\" value=\"").map(str::to_owned)
    }
}
