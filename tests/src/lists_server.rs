//! A web server for lists, as bad as a test asks for.

use std::collections::{HashMap, VecDeque};
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a test waits for a question that must come.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two bytes of a trickle.
const DRIP: Duration = Duration::from_millis(10);
const CHUNK: usize = 65_536;

/// What the server answers.
#[derive(Debug, Clone)]
pub enum Reply {
    /// 200, with these bytes and a tag.
    Bundle(Vec<u8>, &'static str),
    /// 200, with these bytes and a tag of their own.
    File(Vec<u8>, String),
    /// 200, with these bytes until the connection ends: neither length nor tag.
    Unmeasured(Vec<u8>),
    /// 200, saying this length, with these bytes and then the end.
    Promised(usize, Vec<u8>),
    /// 200, in chunks, the first of which is whole and the last is missing.
    Chunks(Vec<u8>),
    /// 200, saying this length, and a byte now and then, as long as somebody reads.
    Trickle(usize),
    /// 200, with this many zeros, whose number it says or does not.
    Zeros(usize, bool),
    /// Another status, with further header lines.
    Status(u16, &'static str),
    /// These bytes, which need not be HTTP.
    Raw(&'static [u8]),
}

/// A server on this machine. It ends when this is dropped.
#[derive(Debug)]
pub struct ListsServer {
    address: SocketAddr,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    files: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    questions: Receiver<String>,
    sent: Arc<Mutex<usize>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl ListsServer {
    /// A server that answers with these, one after the other, and with 503 when they are used up.
    #[must_use]
    pub fn answering(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let replies = Arc::new(Mutex::new(VecDeque::from_iter(replies)));
        let files = Arc::new(Mutex::new(HashMap::new()));
        let (told, questions) = mpsc::channel();
        let (is_over, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(0)));
        let thread = thread::spawn({
            let (is_over, sent) = (is_over.clone(), sent.clone());
            let shelf = Shelf { replies: replies.clone(), files: files.clone() };
            move || run(&listener, &shelf, &told, &is_over, &sent)
        });
        Self { address, replies, files, questions, sent, is_over, thread: Some(thread) }
    }

    /// Answers the next question so, after those that are planned.
    pub fn then(&self, reply: Reply) {
        self.replies.lock().unwrap().push_back(reply);
    }

    /// Answers every question for this path with these bytes, and with 304 who has them, instead of what is planned.
    pub fn put(&self, path: &str, file: Vec<u8>) {
        self.files.lock().unwrap().insert(path.to_owned(), file);
    }

    /// Puts every file of a folder, as a web server would; those in folders first, as they are published.
    pub fn put_folder(&self, folder: &Path) {
        self.put_under(folder, "");
    }

    fn put_under(&self, folder: &Path, above: &str) {
        let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort_by_key(|path| (path.is_file(), path.clone()));
        for entry in entries {
            let path = format!("{above}/{}", entry.file_name().unwrap().to_str().unwrap());
            if entry.is_dir() {
                self.put_under(&entry, &path);
            } else {
                self.put(&path, fs::read(entry).unwrap());
            }
        }
    }

    /// Forgets the file at a path.
    pub fn remove(&self, path: &str) {
        self.files.lock().unwrap().remove(path);
    }

    /// Where the lists are.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/bundle.cbor", self.address)
    }

    /// The head of the next question, in small letters; waits for it.
    #[must_use]
    pub fn question(&self) -> String {
        self.questions.recv_timeout(PATIENCE).unwrap().to_ascii_lowercase()
    }

    /// The head of a question that came, in small letters; none where none did.
    #[must_use]
    pub fn next_question(&self) -> Option<String> {
        self.questions.try_recv().ok().map(|head| head.to_ascii_lowercase())
    }

    /// Whether a question came that was not looked at.
    #[must_use]
    pub fn was_asked(&self) -> bool {
        self.questions.try_recv().is_ok()
    }

    /// Ends the server; how many bytes of the last body went out before the other side had enough.
    #[must_use]
    pub fn end(mut self) -> usize {
        self.stop();
        *self.sent.lock().unwrap()
    }

    fn stop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for ListsServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What there is to answer with.
struct Shelf {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    files: Arc<Mutex<HashMap<String, Vec<u8>>>>,
}

impl Shelf {
    fn reply(&self, head: &str) -> Reply {
        let path = head.split(' ').nth(1).unwrap_or_default();
        let Some(file) = self.files.lock().unwrap().get(path).cloned() else {
            return self.replies.lock().unwrap().pop_front().unwrap_or(Reply::Status(503, ""));
        };
        let mut hasher = DefaultHasher::new();
        file.hash(&mut hasher);
        let tag = format!("\"{:x}\"", hasher.finish());
        let is_known = head.lines().any(|line| {
            line.split_once(": ")
                .is_some_and(|(name, value)| name.eq_ignore_ascii_case("if-none-match") && value == tag)
        });
        if is_known { Reply::Status(304, "") } else { Reply::File(file, tag) }
    }
}

fn run(
    listener: &TcpListener,
    shelf: &Shelf,
    told: &Sender<String>,
    is_over: &AtomicBool,
    sent: &Mutex<usize>,
) {
    for connection in listener.incoming() {
        if is_over.load(Ordering::SeqCst) {
            return;
        }
        let mut connection = connection.unwrap();
        let Some(head) = head(&mut connection) else { continue };
        let reply = shelf.reply(&head);
        // Whoever asked may have gone.
        let _ = told.send(head);
        *sent.lock().unwrap() = answer(&mut connection, reply);
        let _ = connection.shutdown(Shutdown::Write);
    }
}

/// The head of a request; none where the other side left before its end, or says what is no HTTP.
fn head(connection: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if connection.read(&mut byte).ok()? == 0 || head.len() > CHUNK {
            return None;
        }
        head.extend(byte);
        if head == b"\x16" {
            // The beginning of TLS: an answer that is none ends it.
            let _ = connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            let _ = connection.read_to_end(&mut head);
            return None;
        }
    }
    String::from_utf8(head).ok()
}

/// Sends the answer; how many bytes of its body went out.
fn answer(connection: &mut TcpStream, reply: Reply) -> usize {
    let mut send = |head: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n");
        let _ = connection.write_all(&[head.as_bytes(), body].concat());
        body.len()
    };
    match reply {
        Reply::Bundle(body, etag) => {
            send(&format!("200 OK\r\nETag: {etag}\r\nContent-Length: {}", body.len()), &body)
        }
        Reply::File(body, etag) => {
            send(&format!("200 OK\r\nETag: {etag}\r\nContent-Length: {}", body.len()), &body)
        }
        Reply::Unmeasured(body) => send("200 OK", &body),
        Reply::Promised(length, body) => send(&format!("200 OK\r\nContent-Length: {length}"), &body),
        Reply::Chunks(body) => {
            let chunk = [format!("{:x}\r\n", body.len()).as_bytes(), &body, b"\r\n"].concat();
            send("200 OK\r\nTransfer-Encoding: chunked", &chunk)
        }
        Reply::Status(status, more) => send(&format!("{status} Said\r\nContent-Length: 0{more}"), b""),
        Reply::Raw(bytes) => {
            let _ = connection.write_all(bytes);
            bytes.len()
        }
        Reply::Trickle(length) => {
            send(&format!("200 OK\r\nContent-Length: {length}"), b"");
            trickle(connection, length)
        }
        Reply::Zeros(length, is_said) => {
            let head =
                if is_said { format!("200 OK\r\nContent-Length: {length}") } else { "200 OK".to_owned() };
            send(&head, b"");
            let chunk = vec![0; CHUNK];
            CHUNK * (0..length / CHUNK).take_while(|_| connection.write_all(&chunk).is_ok()).count()
        }
    }
}

fn trickle(connection: &mut TcpStream, length: usize) -> usize {
    connection.set_read_timeout(Some(DRIP)).unwrap();
    for sent in 0..length {
        match connection.read(&mut [0]) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            _ => return sent,
        }
        if connection.write_all(&[0]).is_err() {
            return sent;
        }
    }
    length
}
