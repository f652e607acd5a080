//! Verifiers that fetch lists: a plain server of files, and clients that ask it whether there is something new.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use shared::keys::hex;
use ureq::Agent;
use ureq::http::header;

use super::{City, Figures};

/// Between two questions of a verifier.
const PAUSE: Duration = Duration::from_millis(200);

/// The folder that is published, served.
#[derive(Debug)]
pub(super) struct Lists {
    address: SocketAddr,
}

/// What verifiers fetched.
#[derive(Debug, Default)]
pub struct Fetched {
    /// Times of answers.
    pub figures: Figures,
    /// Answers with lists.
    pub new: usize,
    /// Answers that nothing is new.
    pub same: usize,
    /// Bytes of lists.
    pub bytes: usize,
    /// What failed, or came in part.
    pub wrong: Vec<String>,
}

impl Fetched {
    pub(super) fn add(&mut self, mut other: Self) {
        self.figures.add(other.figures);
        self.new += other.new;
        self.same += other.same;
        self.bytes += other.bytes;
        self.wrong.append(&mut other.wrong);
    }
}

impl Lists {
    /// Publishes once, and serves the bundle until the process ends.
    pub(super) fn serve(city: &City) -> Result<Self, String> {
        let bundle = city.publish()?.join("bundle.cbor");
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let bundle: PathBuf = bundle.clone();
                thread::spawn(move || answer(&stream, &bundle));
            }
        });
        Ok(Self { address })
    }

    /// One verifier, as long as desks are at work.
    #[expect(clippy::disallowed_methods, reason = "a verifier asks now and then; no test waits for it")]
    pub(super) fn fetch(&self, at_work: &AtomicUsize) -> Fetched {
        let agent: Agent = Agent::config_builder().http_status_as_error(false).build().into();
        let (mut fetched, mut tag) = (Fetched::default(), String::new());
        while at_work.load(Ordering::Relaxed) > 0 {
            let start = Instant::now();
            let url = format!("http://{}/bundle.cbor", self.address);
            let answer = agent.get(url).header(header::IF_NONE_MATCH, &tag).call();
            match answer.map_err(|error| error.to_string()).and_then(taken) {
                Ok(Some((new, bytes))) => {
                    fetched.new += 1;
                    fetched.bytes += bytes;
                    tag = new;
                }
                Ok(None) => fetched.same += 1,
                Err(wrong) => fetched.wrong.push(wrong),
            }
            fetched.figures.note("GET", "/bundle.cbor", start.elapsed());
            thread::sleep(PAUSE);
        }
        fetched
    }
}

/// The tag and the size of lists that came whole; nothing where nothing is new.
fn taken(mut answer: ureq::http::Response<ureq::Body>) -> Result<Option<(String, usize)>, String> {
    if answer.status() == 304 {
        return Ok(None);
    }
    let tag =
        answer.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).unwrap_or_default().to_owned();
    let bytes = answer.body_mut().read_to_vec().map_err(|error| error.to_string())?;
    let whole = shared::trusted::Trusted::establish(&bytes, None);
    whole.map_err(|error| format!("a bundle that no verifier takes: {error}"))?;
    Ok(Some((tag, bytes.len())))
}

fn answer(stream: &TcpStream, bundle: &Path) -> Option<()> {
    let mut questions = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut known = String::new();
        let mut line = String::new();
        while questions.read_line(&mut line).ok()? > 2 {
            if let Some(tag) = line.to_ascii_lowercase().strip_prefix("if-none-match:") {
                tag.trim().clone_into(&mut known);
            }
            line.clear();
        }
        if line.is_empty() {
            return None;
        }
        let bytes = std::fs::read(bundle).ok()?;
        let tag = format!("\"{}\"", hex(&Sha256::digest(&bytes)));
        let mut out = stream;
        if known == tag {
            out.write_all(format!("HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n").as_bytes()).ok()?;
        } else {
            let length = bytes.len();
            let head = format!("HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Length: {length}\r\n\r\n");
            out.write_all(head.as_bytes()).ok()?;
            out.write_all(&bytes).ok()?;
        }
    }
}
