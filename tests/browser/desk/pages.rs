//! Every page of the desk, as each role that may see it: the list is the server's own table of addresses.

use std::cell::RefCell;
use std::collections::BTreeSet;

use issuer::web::{Address, addresses};
use serde_json::json;

use super::steps::Visit;
use super::{Desk, at, browser, looked_at, settled};
use crate::rig::{Page, Width};

/// What is asked for by GET and is no page: files, pictures, documents, parts, ways to another page.
const NO_PAGES: [&str; 12] = [
    "/static/{version}/{file}",
    "/healthz",
    "/readyz",
    "/cases/{case}",
    "/cases/{case}/portrait",
    "/cases/{case}/proof/{side}",
    "/cases/{case}/card.pdf",
    "/cases/{case}/slip.pdf",
    "/queue/part",
    "/batches/{job}/progress",
    "/batches/{job}/documents/{document}",
    "/audit/checkpoints/file",
];

/// A batch with a row that is good and one that is not.
const ROWS: &str = "full_name,birth_date,services\nZoë Müller-Nguyễn,1988-03-09,library\n";
const WRONG_ROWS: &str =
    "full_name,birth_date,services\nZoë Müller-Nguyễn,1988-02-31,library\nNobody,,spaceport\n";

/// The addresses that are pages.
fn pages() -> Vec<Address> {
    let is_page = |address: &Address| {
        let asked = address.methods.iter().any(|method| method.as_str() == "GET");
        asked && !address.for_programs && !NO_PAGES.contains(&address.path)
    };
    addresses().into_iter().filter(is_page).collect()
}

/// A walk through all pages in one language.
struct Tour {
    desk: Desk,
    page: Page,
    language: &'static str,
    seen: RefCell<BTreeSet<&'static str>>,
}

impl Tour {
    fn go(&self, path: &str) {
        self.page.go(&format!("{}{path}", self.desk.origin));
    }

    /// Looks at the page that is open, which is of an address of the table.
    fn look(&self, path: &'static str, state: &str) {
        self.is_at(path);
        self.seen.borrow_mut().insert(path);
        looked_at(&self.page, &self.picture(path, state));
    }

    /// Looks at a page again, as another role sees it.
    fn look_again(&self, path: &str, role: &str) {
        self.page.is_accessible();
        for width in [Width::Phone, Width::Desk] {
            self.page.size(width);
            let name = self.picture(path, role);
            self.page.screenshot(&format!("desk-{name}-{}-light", width.pixels().0));
        }
    }

    /// The open page is of this address, and it is no page of a fault.
    fn is_at(&self, path: &str) {
        let here = self.page.run("return location.pathname", Vec::new());
        let here = here.as_str().unwrap();
        let (parts, asked): (Vec<_>, Vec<_>) = (here.split('/').collect(), path.split('/').collect());
        let same = parts.len() == asked.len()
            && parts.iter().zip(&asked).all(|(part, asked)| asked.starts_with('{') || part == asked);
        assert!(same, "{here} is not {path}");
        let status = "return performance.getEntriesByType('navigation')[0].responseStatus";
        assert_eq!(self.page.run(status, Vec::new()), json!(200), "{path}");
    }

    fn picture(&self, path: &str, state: &str) -> String {
        let name = path.replace(['{', '}'], "");
        let name = name.trim_matches('/').replace('/', "-");
        let name = if name.is_empty() { "start" } else { name.as_str() };
        let state = if state.is_empty() { String::new() } else { format!("-{state}") };
        format!("{name}{state}-{}", self.language)
    }

    fn sign_in(&self, role: &str) {
        self.page.cdp("Network.clearBrowserCookies", json!({}));
        self.desk.sign_in(&self.page, role);
    }

    /// All pages without a place in their address, as an officer of a role.
    fn of_role(&self, role: &str) {
        for address in pages().iter().filter(|address| !address.path.contains('{')) {
            let may = address.roles.iter().any(|one| issuer::db::Word::as_str(*one) == role);
            if !may {
                continue;
            }
            // Who is it about?
            let about = if address.path.starts_with("/staff/") { "?login=registrar" } else { "" };
            self.go(&format!("{}{about}", address.path));
            // The start differs from role to role.
            if self.seen.borrow().contains(address.path) && address.path != "/" {
                self.is_at(address.path);
                self.look_again(address.path, role);
            } else {
                self.look(address.path, if address.path == "/" { role } else { "" });
            }
        }
    }

    /// A visit, a page a step.
    fn visit(&self) {
        let visit = Visit::begin(&self.desk, &self.page);
        self.look("/cases/{case}/language", "");
        visit.language();
        visit.open("/need");
        self.look("/cases/{case}/need", "");
        visit.open("/papers");
        at(&self.page, "papers");
        visit.papers();
        let again = |step: &'static str, next: &str| {
            // What was filled in is seen when the officer comes back to it.
            visit.open(step.strip_prefix("/cases/{case}").unwrap());
            settled(&self.page, "document.readyState === 'complete'");
            self.look(step, "");
            visit.on_to(next);
        };
        again("/cases/{case}/papers", "person");
        visit.person();
        again("/cases/{case}/person", "photo");
        visit.photo();
        again("/cases/{case}/photo", "review");
        self.page.until("[...document.querySelectorAll('.proof')].every((side) => side.naturalWidth > 0)");
        self.look("/cases/{case}/review", "");
        visit.review();
        self.look("/cases/{case}/print", "");
        let number = self.page.text(".card-number");
        visit.print();
        self.look("/cases/{case}/scan", "");
        visit.scan();
        self.look("/cases/{case}/hand-over", "");
        visit.hand_over();
        visit.open("/closed");
        self.look("/cases/{case}/closed", "");
        self.go(&format!("/cards/{number}"));
        self.look("/cards/{number}", "");
        self.go(&format!("/holder/{number}"));
        self.look("/holder/{whose}", "");
        self.go(&format!("/holder/{number}/destroy"));
        self.look("/holder/{whose}/destroy", "");
    }

    /// A case that a registrar would refuse; its address.
    fn second_look(&self) -> String {
        let visit = Visit::begin(&self.desk, &self.page);
        visit.language();
        visit.open("/leave");
        self.look("/cases/{case}/leave", "");
        visit.open("/second-look");
        self.look("/cases/{case}/second-look", "");
        self.page.choose("#reason", "not_resident");
        self.page.fill("#words", "The lease ended last year");
        self.page.click("button[value='ask']");
        self.page.until("location.pathname === '/queue'");
        visit.open("/second-look");
        self.look("/cases/{case}/second-look", "asked");
        visit.case
    }

    /// The approver refuses it, and the resident is told why.
    fn refusal(&self, case: &str) {
        self.go(&format!("{case}/second-look"));
        self.look("/cases/{case}/second-look", "decide");
        self.page.choose("#reason", "not_resident");
        self.page.fill("#words", "No sign of an address here");
        self.page.click("button[value='refuse']");
        at(&self.page, "closed");
        self.look("/cases/{case}/closed", "refused");
        self.go(&format!("{case}/why"));
        self.look("/cases/{case}/why", "");
    }

    /// A batch with faults, and one that is issued.
    fn batches(&self) {
        let upload = |rows: &str| {
            self.desk.hall.write("rows.csv", rows);
            self.go("/batches");
            self.page.upload("#csv", &self.desk.hall.file("rows.csv"));
            self.page.click("form[enctype] button");
            self.page
                .until("location.pathname !== '/batches' && document.querySelector('.figures') !== null");
        };
        upload(WRONG_ROWS);
        self.look("/batches/{job}", "wrong");
        upload(ROWS);
        self.look("/batches/{job}", "");
        self.page.click("form[action$='/issue'] button");
        self.page.until("document.querySelector('a[download]') !== null");
        self.look("/batches/{job}", "made");
    }

    /// A new officer: the link, the first sign-in, the recovery codes.
    fn new_officer(&self) {
        self.go("/staff");
        self.page.fill("#login", "bo");
        self.page.choose("#role", "registrar");
        self.page.click("form[action='/staff'] button");
        self.page.until("document.querySelector('.staff-link') !== null");
        self.look("/staff", "link");
        let link = self.page.text(".staff-link");
        self.page.cdp("Network.clearBrowserCookies", json!({}));
        self.page.go(&link);
        self.look("/first/{token}", "");
        let secret = self.page.text("code.big").replace(char::is_whitespace, "");
        let factor = issuer::officers::Factor::from_base32(&secret).unwrap();
        for field in ["#password", "#again"] {
            self.page.fill(field, "violet otter ferry");
        }
        self.page.fill("#code", &factor.code(issuer::edge::now()));
        self.page.press("Enter");
        self.page.until("document.querySelector('.codes') !== null");
        self.look("/first/{token}", "codes");
    }
}

fn tour(language: &'static str) {
    let Some(page) = browser(language, None) else { return };
    let desk = Desk::open(&format!("desk_pages_{language}"));
    let tour = Tour { desk, page, language, seen: RefCell::default() };
    tour.go("/sign-in");
    tour.look("/sign-in", "");
    tour.sign_in("registrar");
    tour.visit();
    tour.batches();
    let case = tour.second_look();
    tour.of_role("registrar");
    tour.go("/no-such-page");
    looked_at(&tour.page, &format!("error-{language}"));
    tour.sign_in("approver");
    tour.of_role("approver");
    tour.refusal(&case);
    tour.sign_in("custodian");
    tour.of_role("custodian");
    tour.new_officer();
    tour.sign_in("auditor");
    tour.of_role("auditor");
    let unseen: Vec<_> =
        pages().into_iter().map(|page| page.path).filter(|path| !tour.seen.borrow().contains(path)).collect();
    assert!(unseen.is_empty(), "nobody looks at these pages: {unseen:?}");
    tour.page.asked_nobody_but(&tour.desk.origin);
}

#[test]
fn every_page_is_looked_at_in_english() {
    tour("en");
}

#[test]
fn every_page_is_looked_at_in_arabic() {
    tour("ar");
}

#[test]
fn what_is_no_page_stands_in_the_table_too() {
    let table: Vec<&str> = addresses().iter().map(|address| address.path).collect();
    for path in NO_PAGES {
        assert!(table.contains(&path), "{path}");
    }
}
