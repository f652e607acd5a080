//! A plain web server, as any city has one: files of a folder, and no more. It can be stopped, and started again.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a connection may stay without a question: browsers open some in advance.
const IDLE: Duration = Duration::from_secs(5);

pub(super) struct Site {
    folder: PathBuf,
    address: SocketAddr,
    /// Lines that are added to the head of each answer.
    head: Arc<Mutex<String>>,
    running: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Site {
    pub(super) fn serve(folder: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut site = Self { folder, address, head: Arc::default(), running: None };
        site.run(listener);
        site
    }

    /// `http://127.0.0.1:12345`
    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Adds a line to the head of each answer from now on.
    pub(super) fn says(&self, line: &str) {
        *self.head.lock().unwrap() = format!("{line}\r\n");
    }

    /// Stops: whoever asks from now on is refused.
    pub(super) fn stop(&mut self) {
        let Some((stopped, listening)) = self.running.take() else { return };
        stopped.store(true, Ordering::SeqCst);
        // What waits for a connection gets one more.
        let _ = TcpStream::connect(self.address);
        listening.join().unwrap();
    }

    /// Starts again, at the same address.
    pub(super) fn start(&mut self) {
        let listener = TcpListener::bind(self.address).unwrap();
        self.run(listener);
    }

    fn run(&mut self, listener: TcpListener) {
        let stopped = Arc::new(AtomicBool::new(false));
        let (told, folder, head) = (Arc::clone(&stopped), self.folder.clone(), Arc::clone(&self.head));
        let listening = thread::spawn(move || {
            for connection in listener.incoming() {
                if told.load(Ordering::SeqCst) {
                    return;
                }
                let (folder, head) = (folder.clone(), head.lock().unwrap().clone());
                // A browser that goes away in the middle is no fault of the site's.
                thread::spawn(move || answer(&connection.unwrap(), &folder, &head).unwrap_or_default());
            }
        });
        self.running = Some((stopped, listening));
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop();
    }
}

fn answer(mut connection: &TcpStream, folder: &Path, head: &str) -> std::io::Result<()> {
    connection.set_read_timeout(Some(IDLE))?;
    let mut lines = BufReader::new(connection).lines();
    let Some(asked) = lines.next().transpose()? else { return Ok(()) };
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let path =
        asked.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/").trim_start_matches('/');
    let name = if path.is_empty() { "index.html" } else { path };
    let (status, content) = match std::fs::read(folder.join(name)) {
        Ok(content) if !name.contains("..") => ("200 OK", content),
        _ => ("404 Not Found", Vec::new()),
    };
    let kind = match name.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("webmanifest") => "application/manifest+json",
        // As a server that does not know WebAssembly.
        _ => "application/octet-stream",
    };
    let length = content.len();
    write!(
        connection,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n{head}\r\n"
    )?;
    connection.write_all(&content)
}
