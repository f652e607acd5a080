//! The desk in a browser, over the real `issuer demo`: a resident's whole visit, by keyboard, camera and scanner.

mod hands;
mod interrupted;
mod keyboard;
mod left;
mod pages;
mod steps;
mod visit;

use std::process::{Child, Stdio};

use base64ct::{Base64, Encoding as _};
use serde_json::json;
use tests::hall::{Hall, Lines};

use crate::rig::{Page, Setup, Width};

/// What the server logs, in the hall.
const LOG: &str = "desk.log";

/// What the day's page counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Figures {
    issued: u64,
    spoiled: u64,
    handed_over: u64,
}

/// The demo city, served until this is dropped.
struct Desk {
    hall: Hall,
    server: Child,
    origin: String,
}

impl Desk {
    fn open(story: &str) -> Self {
        let hall = Hall::empty(story);
        let (server, origin) = Self::serve(&hall, "127.0.0.1:0");
        Self { hall, server, origin }
    }

    fn serve(hall: &Hall, address: &str) -> (Child, String) {
        let mut command = hall.issuer_command(&["demo", "--listen", address, "--log", "json"]);
        command.env("RUST_LOG", "warn,issuer::request=info");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(hall.file(LOG)).unwrap();
        let mut server = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let address = Lines::of(server.stdout.take().unwrap()).after("Serving ").unwrap();
        (server, address.split("/ ").next().unwrap().to_owned())
    }

    /// Kills the server and starts it again, at the same address.
    fn restart(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        let address = self.origin.strip_prefix("http://").unwrap().to_owned();
        (self.server, self.origin) = Self::serve(&self.hall, &address);
    }

    /// Signs an officer in, by what the demo's own page says.
    fn sign_in(&self, page: &Page, officer: &str) {
        page.go(&format!("{}/sign-in", self.origin));
        let [login, password, code] = Self::demo_cells(page, officer);
        Self::sign_in_with(page, &login, &password, &code);
    }

    /// Fills the sign-in form of the page in hand in for an officer whose code of this half minute is used: with the next
    /// one.
    fn enter_again(&self, page: &Page, officer: &str) {
        let told = self.hall.read("demo-city/demo-officers.txt");
        let told = String::from_utf8(told).unwrap();
        let line = told.lines().find_map(|line| line.strip_prefix(officer)).unwrap();
        let (password, secret) = line.trim().split_once(' ').unwrap();
        let factor = issuer::officers::Factor::from_base32(secret).unwrap();
        let code = factor.code(issuer::edge::now() + chrono::Duration::seconds(30));
        Self::enter(page, officer, password, &code);
    }

    fn enter(page: &Page, login: &str, password: &str, code: &str) {
        for (field, text) in [("#login", login), ("#password", password), ("#code", code)] {
            page.fill(field, text);
        }
        page.press("Enter");
    }

    fn sign_in_with(page: &Page, login: &str, password: &str, code: &str) {
        Self::enter(page, login, password, code);
        settled(page, "document.querySelector('.who') !== null");
    }

    /// Login, password and code of an officer, as the sign-in page of the demo city says them.
    fn demo_cells(page: &Page, officer: &str) -> [String; 3] {
        let cells = "const row = [...document.querySelectorAll('.demo tbody tr')]
                         .find((row) => row.cells[0].textContent === arguments[0]);
                     return [...row.cells].map((cell) => cell.textContent)";
        let cells = page.run(cells, vec![json!(officer)]);
        [0, 1, 2].map(|cell| cells[cell].as_str().unwrap().to_owned())
    }

    /// Another tab of an officer's browser: the same session, a page of its own.
    fn tab_of(&self, page: &Page) -> Option<Page> {
        let tab = browser("en", None)?;
        let held = page.cdp("Network.getCookies", json!({ "urls": [self.origin] }));
        for cookie in held["cookies"].as_array().unwrap() {
            let (name, value) = (&cookie["name"], &cookie["value"]);
            let set = json!({ "url": self.origin, "name": name, "value": value, "secure": true, "httpOnly": true,
                "sameSite": "Strict", "path": "/" });
            assert_eq!(tab.cdp("Network.setCookie", set)["success"], json!(true));
        }
        Some(tab)
    }

    /// The day's figures.
    fn figures(&self, page: &Page) -> Figures {
        page.go(&format!("{}/day", self.origin));
        let script =
            "return [...document.querySelectorAll('.figures dd')].map((one) => Number(one.textContent))";
        let figures = page.run(script, Vec::new());
        let figure = |place: usize| figures[place].as_u64().unwrap();
        Figures { issued: figure(1), spoiled: figure(3), handed_over: figure(4) }
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
        tests::desk::keep_log(&self.hall.file(LOG));
    }
}

fn browser(language: &'static str, camera: Option<std::path::PathBuf>) -> Option<Page> {
    Page::open(&Setup { camera, language })
}

/// At the step of this name, however the page got there.
fn at(page: &Page, step: &str) {
    settled(page, &format!("location.pathname.endsWith('/{step}') && document.readyState === 'complete'"));
}

/// Waits for a page of which something is true, and until it takes keys: it takes none in its first moment.
fn settled(page: &Page, expression: &str) {
    page.until(&format!("{expression} && 'settled' in document.documentElement.dataset"));
}

/// Looks at a page: no fault for people who cannot see it, light or dark; targets that a finger hits and no sideways scroll
/// at any width down to 320 pixels, which is 1280 at 400 % zoom; pictures of all of it.
fn looked_at(page: &Page, name: &str) {
    page.is_accessible();
    page.dark(true);
    page.is_accessible();
    for (width, schemes) in
        [(320, ["light"].as_slice()), (390, &["light", "dark"]), (1280, &["light", "dark"])]
    {
        sized(page, width, 800);
        fits(page, &format!("{name} at {width} pixels"));
        let whole = page.run("return document.documentElement.scrollHeight", Vec::new());
        sized(page, width, whole.as_u64().unwrap().max(800));
        for scheme in schemes {
            page.dark(*scheme == "dark");
            page.screenshot(&format!("desk-{name}-{width}-{scheme}"));
        }
    }
    page.dark(false);
    page.size(Width::Desk);
}

fn sized(page: &Page, width: u64, height: u64) {
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    page.cdp("Emulation.setDeviceMetricsOverride", metrics);
}

/// Nothing is wider than the page, nor too small for a finger: 44 pixels each way. A link within a sentence, and what only
/// the keyboard sees, may be smaller.
fn fits(page: &Page, what: &str) {
    let over = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(page.run(over, Vec::new()), json!(0), "{what} is wider than the window");
    let small = "
        const targets = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
        return [...document.querySelectorAll(targets)].filter((one) => {
          if (!one.checkVisibility({ visibilityProperty: true }) || one.matches('.skip')) return false;
          const sentence = one.parentElement.textContent.trim().length > one.textContent.trim().length;
          if (getComputedStyle(one).display === 'inline' && sentence) return false;
          const box = (one.closest('label') ?? one).getBoundingClientRect();
          return box.height < 43.9 || box.width < 43.9;
        }).map((one) => one.outerHTML.slice(0, 150))";
    assert_eq!(page.run(small, Vec::new()), json!([]), "{what}");
}

impl Page {
    /// Everything that the browser asked for, it asked of this server.
    fn asked_nobody_but(&self, origin: &str) {
        let own = |url: &str| {
            let of_desk = url.strip_prefix(origin).is_some_and(|rest| rest.starts_with('/'));
            // The browser's own: blank pages, and its viewer of PDF files, which is a part of it.
            let within = ["data:", "blob:", "about:", "chrome:", "chrome-extension:", "chrome-untrusted:"];
            of_desk || within.iter().any(|scheme| url.starts_with(scheme))
        };
        let requests = self.requests();
        assert!(requests.iter().any(|request| request.url.starts_with(origin)), "nothing was asked for");
        let elsewhere: Vec<_> = requests.iter().filter(|request| !own(&request.url)).collect();
        assert!(elsewhere.is_empty(), "asked elsewhere: {elsewhere:?}");
    }
}
