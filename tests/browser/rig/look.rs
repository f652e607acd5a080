//! What is looked at besides the page's words: its picture, what is wrong with it for people who cannot see it, what
//! it complains about, and what it asks for.

use std::cell::RefCell;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use thirtyfour::support::block_on;

use super::Page;

/// axe-core, which `npm ci` puts there.
pub(super) const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/node_modules/axe-core/axe.min.js");
/// Where screenshots go.
const SCREENSHOTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/screenshots");

/// How wide the window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// 390 pixels.
    Phone,
    /// 768 pixels.
    Tablet,
    /// 1280 pixels.
    Desk,
}

impl Width {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Phone, Self::Tablet, Self::Desk];

    /// Width and height in pixels.
    pub(crate) fn pixels(self) -> (u32, u32) {
        match self {
            Self::Phone => (390, 844),
            Self::Tablet => (768, 1024),
            Self::Desk => (1280, 800),
        }
    }
}

/// What a page asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// GET, POST …
    pub(crate) method: String,
    /// The whole address.
    pub(crate) url: String,
}

/// What was taken out of the browser's logs, which give each line once.
#[derive(Default)]
pub(super) struct Seen {
    requests: RefCell<Vec<Request>>,
    complaints: RefCell<Vec<String>>,
}

impl Page {
    /// Makes the window as wide as a phone's, a tablet's or a desk's.
    pub(crate) fn size(&self, width: Width) {
        let (across, down) = width.pixels();
        let metrics = json!({ "width": across, "height": down, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// Asks for the dark scheme, or for the light one.
    pub(crate) fn dark(&self, dark: bool) {
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// The window as a PNG file.
    pub(crate) fn picture(&self) -> Vec<u8> {
        block_on(self.driver.session().screenshot_as_png()).unwrap()
    }

    /// Keeps a picture of the window as `target/screenshots/NAME.png`.
    pub(crate) fn screenshot(&self, name: &str) {
        fs::create_dir_all(SCREENSHOTS).unwrap();
        fs::write(Path::new(SCREENSHOTS).join(format!("{name}.png")), self.picture()).unwrap();
    }

    /// Pictures at all three widths, light and dark: `NAME-390-light.png` and so on. The page must fit its width.
    pub(crate) fn screenshots(&self, name: &str) {
        for width in Width::ALL {
            self.size(width);
            for (dark, scheme) in [(false, "light"), (true, "dark")] {
                self.dark(dark);
                self.screenshot(&format!("{name}-{}-{scheme}", width.pixels().0));
            }
            let over = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
            assert_eq!(self.run(over, Vec::new()), json!(0), "{name} is wider than {width:?}");
        }
        self.dark(false);
        self.size(Width::Desk);
    }

    /// What axe-core finds wrong, a line each: rule, what it is, where. All its rules for WCAG 2.2 AA, and its advice.
    pub(crate) fn axe(&self) -> Vec<String> {
        let axe = fs::read_to_string(AXE).unwrap();
        // axe waits on timers: those of the page may be held.
        let script = format!(
            "const done = arguments[0];
             const {{ setTimeout, clearTimeout }} = globalThis.clockOfStory.real;
             {axe};
             axe.run(document, {{ resultTypes: ['violations'] }}).then(
               ({{ violations }}) => done(violations.map(({{ id, help, nodes }}) =>
                 `${{id}}: ${{help}}: ${{nodes.map(({{ target }}) => target.join(' ')).join(', ')}}`)),
               (error) => done([String(error)]));"
        );
        let found = self.run_later(&script, Vec::new());
        found.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
    }

    /// What axe-core must not find: anything.
    pub(crate) fn is_accessible(&self) {
        let found = self.axe();
        assert!(found.is_empty(), "{}", found.join("\n"));
    }

    /// All that was asked for since the browser was opened.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let lines = block_on(self.driver.session().get_log("performance")).unwrap();
        let request = |line: &str| {
            let event: Value = serde_json::from_str(line).unwrap();
            let message = &event["message"];
            (message["method"] == "Network.requestWillBeSent").then(|| Request {
                method: message["params"]["request"]["method"].as_str().unwrap().to_owned(),
                url: message["params"]["request"]["url"].as_str().unwrap().to_owned(),
            })
        };
        let mut seen = self.seen.requests.borrow_mut();
        seen.extend(lines.iter().filter_map(|line| request(&line.message)));
        seen.clone()
    }

    /// Everything that the browser's console has: errors, refusals of the content policy, failed requests.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let lines = block_on(self.driver.session().get_log("browser")).unwrap();
        let mut seen = self.seen.complaints.borrow_mut();
        let bad = lines.into_iter().filter(|line| line.level == "SEVERE" || line.level == "WARNING");
        seen.extend(bad.map(|line| line.message));
        seen.clone()
    }

    /// The page asked nobody but the server at `origin` for anything, and its console is empty.
    pub(crate) fn kept_to(&self, origin: &str) {
        let requests = self.requests();
        assert!(!requests.is_empty(), "nothing was asked for");
        // What a browser opens with is its own, and asks nobody.
        let own = |url: &str| {
            let at_server = url.strip_prefix(origin).is_some_and(|rest| rest.starts_with('/'));
            at_server || ["data:", "blob:", "about:", "chrome:"].iter().any(|scheme| url.starts_with(scheme))
        };
        let foreign: Vec<&Request> = requests.iter().filter(|request| !own(&request.url)).collect();
        assert!(foreign.is_empty(), "asked elsewhere: {foreign:?}");
        let complaints = self.complaints();
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }
}
