//! The desk in a browser, over the real `issuer demo`: a resident's whole visit, by keyboard, camera and scanner.

mod visit;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use base64ct::{Base64, Encoding as _};
use serde_json::json;
use tests::hall::Hall;

use crate::rig::{Page, Setup};

/// The demo city, served until this is dropped.
struct Desk {
    hall: Hall,
    server: Child,
    origin: String,
}

impl Desk {
    fn open(story: &str) -> Self {
        let hall = Hall::empty(story);
        let (server, origin) = Self::serve(&hall);
        Self { hall, server, origin }
    }

    fn serve(hall: &Hall) -> (Child, String) {
        let mut command = hall.issuer_command(&["demo", "--listen", "127.0.0.1:0"]);
        let mut server = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let address =
            lines.find_map(|line| line.unwrap().strip_prefix("Serving ").map(str::to_owned)).unwrap();
        // Whoever stops reading would stop the server's next line.
        std::thread::spawn(move || lines.for_each(drop));
        (server, address.split("/ ").next().unwrap().to_owned())
    }

    /// Kills the server and starts it again, at another address.
    fn restart(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        (self.server, self.origin) = Self::serve(&self.hall);
    }

    /// Signs an officer in, by what the demo's own page says.
    fn sign_in(&self, page: &Page, officer: &str) {
        page.go(&format!("{}/sign-in", self.origin));
        let cells = "const row = [...document.querySelectorAll('.demo tbody tr')]
                         .find((row) => row.cells[0].textContent === arguments[0]);
                     return [...row.cells].map((cell) => cell.textContent)";
        let cells = page.run(cells, vec![json!(officer)]);
        for (field, cell) in [("#login", 0), ("#password", 1), ("#code", 2)] {
            page.fill(field, cells[cell].as_str().unwrap());
        }
        page.press("Enter");
        page.until("document.querySelector('.who') !== null");
    }

    /// A file of the desk, as the browser in hand gets it.
    fn fetched(page: &Page, path: &str) -> Vec<u8> {
        let script = "const done = arguments[1];
            fetch(arguments[0]).then((answer) => answer.arrayBuffer()).then((bytes) => {
              let text = '';
              for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
              done(btoa(text));
            }, (error) => done(String(error)))";
        let text = page.run_later(script, vec![json!(path)]);
        Base64::decode_vec(text.as_str().unwrap()).unwrap()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn browser(language: &'static str, camera: Option<std::path::PathBuf>) -> Option<Page> {
    Page::open(&Setup { camera, language })
}
