//! A visit in few lines, for stories about what comes between its steps: each step is filled in and sent.

use serde_json::json;

use super::{Desk, at, settled};
use crate::rig::Page;

/// A case in an officer's browser.
pub(super) struct Visit<'d> {
    pub(super) desk: &'d Desk,
    pub(super) page: &'d Page,
    /// The case's address, without the origin.
    pub(super) case: String,
}

impl<'d> Visit<'d> {
    /// Begins a case, and goes on to its papers.
    pub(super) fn begin(desk: &'d Desk, page: &'d Page) -> Self {
        page.go(&format!("{}/", desk.origin));
        settled(page, "document.querySelector('.who') !== null");
        page.press("F3");
        at(page, "language");
        let path = page.run("return location.pathname", Vec::new());
        let case = path.as_str().unwrap().strip_suffix("/language").unwrap().to_owned();
        Self { desk, page, case }
    }

    /// Opens the case where it stands, or one of its steps.
    pub(super) fn open(&self, step: &str) {
        self.page.go(&format!("{}{}{step}", self.desk.origin, self.case));
    }

    pub(super) fn language(&self) {
        self.page.click("button[value='ar']");
        at(self.page, "papers");
    }

    pub(super) fn papers(&self) {
        for paper in ["passport", "school-letter"] {
            self.page.click(&format!("input[name='paper'][value='{paper}']"));
        }
        self.page.fill("#birth_year", "1990");
        self.page.choose("#address_kind", "none");
        self.page.until("document.querySelector('#meter .done') !== null");
        self.on_to("person");
    }

    pub(super) fn person(&self) {
        for (field, text) in [
            ("#full_name", "Layla al-Haddad"),
            ("#second_name", "ليلى الحداد"),
            ("#second_lang", "ar"),
            ("#birth_day", "15"),
            ("#birth_month", "5"),
        ] {
            self.page.fill(field, text);
        }
        self.on_to("photo");
    }

    pub(super) fn photo(&self) {
        self.desk.hall.write("face.jpg", issuer::card::portrait::drawn(11).unwrap());
        self.page.upload("#photo", &self.desk.hall.file("face.jpg"));
        self.page.until("!document.querySelector('canvas').hidden");
        self.page.click("button.keep");
        settled(self.page, "document.querySelector('.portrait img')?.naturalWidth > 0");
        self.on_to("review");
    }

    /// Ticks every line of the review.
    pub(super) fn confirm(&self) {
        self.page.run(
            "for (const box of document.querySelectorAll('input[name=confirm]')) box.checked = true",
            Vec::new(),
        );
    }

    pub(super) fn review(&self) {
        self.confirm();
        self.on_to("print");
    }

    pub(super) fn to_review(&self) {
        self.language();
        self.papers();
        self.person();
        self.photo();
    }

    pub(super) fn print(&self) {
        self.on_to("scan");
    }

    /// The scan, left out for a reason: a card that nobody printed cannot be scanned.
    pub(super) fn scan(&self) {
        self.page.choose("#skip_reason", "no_scanner");
        self.page.click("button[value='skip']");
        at(self.page, "hand-over");
    }

    pub(super) fn hand_over(&self) {
        self.page.press("F9");
        self.page.until("location.pathname === '/' && document.querySelector('.done') !== null");
    }

    /// Sends the step that is open, and comes to the next.
    pub(super) fn on_to(&self, step: &str) {
        self.page.press("F9");
        at(self.page, step);
    }

    /// Sends a form of the page three times at once, past the page's own guard against a second click; the statuses.
    pub(super) fn thrice(&self, button: &str) -> Vec<u64> {
        let script = "
            const done = arguments[1], button = document.querySelector(arguments[0]);
            const body = new URLSearchParams(new FormData(button.form, button));
            const send = () => fetch(location.pathname, { method: 'POST', body }).then((answer) => answer.status);
            Promise.all([send(), send(), send()]).then(done, (error) => done([String(error)]))";
        let statuses = self.page.run_later(script, vec![json!(button)]);
        statuses.as_array().unwrap().iter().map(|status| status.as_u64().unwrap()).collect()
    }
}
