//! The counter's page as an installed app: exported by the real `verifier`, hosted by a plain web server, kept by the
//! browser, and used without either.

mod camera;
mod conformance;
mod first_start;
mod lists;
mod looks;
mod measured;
mod offline;
mod site;
mod versions;

use std::path::PathBuf;

use tests::city::{self, City, NOW};
use tests::hall::Hall;

use crate::rig::{Page, Setup};
use site::Site;

/// The app, opened for the first time on a device.
struct Installed {
    hall: Hall,
    site: Site,
    page: Page,
}

impl Installed {
    /// None where there is no browser, or no core for the page.
    fn open() -> Option<Self> {
        Self::with(&Setup::default(), NOW)
    }

    /// On a device set up like this, whose clock stands at a time in Unix seconds.
    fn with(setup: &Setup, at: i64) -> Option<Self> {
        let page = Page::open(setup)?;
        let hall = Hall::empty("installed");
        let exported = hall.verifier(&["export-pwa", "site"]);
        if exported.complaint.contains("verifier/wasm-build") {
            let must = std::env::var("BROWSER_STORIES").is_ok_and(|stories| stories == "required");
            assert!(!must, "{}", exported.complaint);
            println!("passed over: verifier/wasm-build makes the page's core");
            return None;
        }
        exported.good();
        hall.write("city.cbor", City::port_alder().bundle());
        let site = Site::serve(hall.file("site"));
        let app = Self { hall, site, page };
        app.page.at(at);
        app.page.go(&format!("{}/?lang=en", app.site.origin()));
        app.page.until("document.documentElement.dataset.state === 'ready' && document.title");
        Some(app)
    }

    /// Opened for the first time, and given the city's lists as a file.
    fn with_lists() -> Option<Self> {
        let app = Self::open()?;
        app.first_lists();
        Some(app)
    }

    /// The person compares the fingerprint, and trusts the city.
    fn first_lists(&self) {
        self.page.until("document.getElementById('lists-panel').open");
        self.page.upload("#bundle-file", &self.hall.file("city.cbor"));
        self.trusts();
    }

    fn trusts(&self) {
        self.page.until("!offer.hidden");
        assert_eq!(self.page.text("#offer-city"), "Port Alder");
        assert_eq!(self.page.text("#offer-fingerprint"), fingerprint());
        self.page.click("#trust");
        self.is_told("The lists are loaded.");
        self.page.click("#lists-close");
        self.page.until("fingerprint.textContent");
    }

    /// Gives the app a bundle as a file, in its panel; what it says of it.
    fn give(&self, bundle: &[u8], told: &str) {
        self.hall.write("given.cbor", bundle);
        self.page.run(
            "if (!document.getElementById('lists-panel').open) document.getElementById('lists-open').click()",
            Vec::new(),
        );
        self.page.until("document.getElementById('lists-panel').open");
        self.page.upload("#bundle-file", &self.hall.file("given.cbor"));
        self.is_told(told);
    }

    fn is_told(&self, told: &str) {
        let told = serde_json::json!(told);
        self.page.until(&format!("document.getElementById('lists-told').textContent === {told}"));
    }

    /// The app is on the device, whole: the browser answers for the server.
    fn is_kept(&self) {
        self.page.until("navigator.serviceWorker.controller");
    }

    /// Opened again: at the library, in English.
    fn again(&self) {
        self.page.go(&format!("{}/?desk=library&lang=en", self.site.origin()));
        self.is_ready();
    }

    fn is_ready(&self) {
        self.page.until("document.documentElement.dataset.state === 'ready' && fingerprint.textContent");
    }

    /// Neither server nor network, from now on.
    fn cut_off(&mut self) {
        self.is_kept();
        self.site.stop();
        self.page.offline(true);
    }

    fn paste(&self, text: &str) -> [String; 4] {
        crate::counter::paste(&self.page, text);
        crate::counter::told(&self.page)
    }

    fn ready(&self) {
        self.page.press("Escape");
        self.is_ready();
    }
}

fn fingerprint() -> String {
    city::ROOT.public().thumbprint().to_string()
}

/// A film for the camera that plays each of these texts as codes.
fn film(hall: &Hall, codes: &[String], fill: f64) -> PathBuf {
    let good = tests::captures::Camera { fill, ..tests::captures::Camera::GOOD };
    let pictures: Vec<_> = codes
        .iter()
        .map(|text| match text.as_str() {
            // Nobody's card: a white sheet.
            "" => image::GrayImage::from_pixel(600, 600, image::Luma([255])),
            text => crate::rig::camera::code_of(text),
        })
        .collect();
    let path = hall.file("film.mjpeg");
    crate::rig::camera::film(&path, &good, &pictures);
    path
}
