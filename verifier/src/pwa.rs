//! The counter's page: its files, built in, for the kiosk and for the site that `export-pwa` writes.

mod icon;
mod site;

pub use site::{SiteError, export};

const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// A file of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its address, beside the page.
    pub name: &'static str,
    /// What it is.
    pub kind: &'static str,
    /// What is in it.
    pub content: &'static [u8],
}

/// What the page is made of, but for the page itself and its core.
const PARTS: [Part; 17] = [
    Part::new("camera.js", JS, include_bytes!("../page/camera.js")),
    Part::new("carrier.js", JS, include_bytes!("../page/carrier.js")),
    Part::new("core-client.js", JS, include_bytes!("../page/core-client.js")),
    Part::new("core-worker.js", JS, include_bytes!("../page/core-worker.js")),
    Part::new("counter.js", JS, include_bytes!("../page/counter.js")),
    Part::new("install.js", JS, include_bytes!("../page/install.js")),
    Part::new("kept.js", JS, include_bytes!("../page/kept.js")),
    Part::new("kiosk.js", JS, include_bytes!("../page/kiosk.js")),
    Part::new("lists.js", JS, include_bytes!("../page/lists.js")),
    Part::new("panel.js", JS, include_bytes!("../page/panel.js")),
    Part::new("parts.js", JS, include_bytes!("../page/parts.js")),
    Part::new("scanner.js", JS, include_bytes!("../page/scanner.js")),
    Part::new("screen.js", JS, include_bytes!("../page/screen.js")),
    Part::new("sound.js", JS, include_bytes!("../page/sound.js")),
    Part::new("style.css", CSS, include_bytes!("../page/style.css")),
    Part::new("verdicts.js", JS, include_bytes!("../page/verdicts.js")),
    Part::new("viewfinder.js", JS, include_bytes!("../page/viewfinder.js")),
];

/// What `verifier/wasm-build` built; nothing where it was not run before the verifier was built.
const CORE: &[Part] = &include!(concat!(env!("OUT_DIR"), "/core.rs"));

const INDEX: &str = include_str!("../page/index.html");
const WORKER: &str = include_str!("../page/sw.js");

impl Part {
    const fn new(name: &'static str, kind: &'static str, content: &'static [u8]) -> Self {
        Self { name, kind, content }
    }
}

/// Whether the page can check cards by itself.
#[must_use]
pub fn has_core() -> bool {
    !CORE.is_empty()
}

/// All files of the page, but for the page itself.
pub fn parts() -> impl Iterator<Item = Part> {
    PARTS.iter().chain(CORE).copied()
}

/// The page as the kiosk serves it.
#[must_use]
pub fn kiosk_page() -> String {
    page("kiosk", "<link rel=\"icon\" href=\"data:,\">", "")
}

/// The page for a home, with what that home has in the head and says when the page cannot check.
fn page(home: &str, head: &str, blocked: &str) -> String {
    let core = if has_core() { "built" } else { "none" };
    INDEX
        .replace(
            "data-home=\"kiosk\" data-core=\"none\"",
            &format!("data-home=\"{home}\" data-core=\"{core}\""),
        )
        .replace("<!-- home -->", head)
        .replace("<!-- blocked -->", blocked)
}
