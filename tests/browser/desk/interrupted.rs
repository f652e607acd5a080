//! What comes between: the back button, a reload, a second click, a second tab, the end of a session, a dead server.

use serde_json::json;

use super::steps::Visit;
use super::{Desk, Figures, at, browser, settled};
use crate::rig::Page;

/// Goes back as the browser's button does, and sees a page that says no fault.
fn back(page: &Page, step: &str) {
    page.run("history.back()", Vec::new());
    at(page, step);
    sound(page);
}

fn reloaded(page: &Page, step: &str) {
    page.reload();
    at(page, step);
    sound(page);
}

fn sound(page: &Page) {
    assert!(!page.has(".wrong[role=alert]"), "{}", page.text("#main"));
    assert!(page.has(".ticket") && page.text("h1") != "That did not work", "{}", page.text("#main"));
}

impl Page {
    fn has(&self, css: &str) -> bool {
        self.run("return document.querySelector(arguments[0]) !== null", vec![json!(css)]) == json!(true)
    }

    fn value(&self, script: &str) -> String {
        self.run(&format!("return String({script})"), Vec::new()).as_str().unwrap().to_owned()
    }
}

/// Types into a field, and waits until it is kept.
fn kept(page: &Page, field: &str, text: &str) {
    let version = page.value("document.querySelector('form[data-keep]').elements.version.value");
    page.fill(field, text);
    page.until(&format!("document.querySelector('form[data-keep]').elements.version.value !== '{version}'"));
    page.until("document.querySelector('[data-kept]').textContent === 'Everything is kept.'");
}

const PAPERS: &str =
    "[...document.querySelectorAll('input[name=paper]:checked')].map((box) => box.value).join()";

#[test]
fn back_and_reload_lose_nothing_and_do_nothing_twice() {
    let Some(page) = browser("en", None) else { return };
    let desk = Desk::open("desk_back");
    desk.sign_in(&page, "registrar");
    let before = desk.figures(&page);
    let visit = Visit::begin(&desk, &page);
    visit.language();
    back(&page, "language");
    assert_eq!(page.value("document.querySelector('.tile[aria-current]').value"), "ar");
    visit.open("");
    at(&page, "papers");
    visit.papers();
    for go in [back, reloaded] {
        go(&page, "papers");
        assert_eq!(page.value(PAPERS), "passport,school-letter");
        assert_eq!(page.value("birth_year.value"), "1990");
    }
    visit.on_to("person");
    reloaded(&page, "person");
    visit.person();
    for go in [back, reloaded] {
        go(&page, "person");
        page.until("full_name.value === 'Layla al-Haddad' && second_name.value === 'ليلى الحداد'");
        assert_eq!(page.value("birth_day.value + birth_month.value"), "155");
    }
    visit.on_to("photo");
    visit.photo();
    for go in [back, reloaded] {
        go(&page, "photo");
        page.until("document.querySelector('.portrait img')?.naturalWidth > 0");
    }
    visit.on_to("review");
    reloaded(&page, "review");
    visit.review();
    // The card is signed: behind it lies no form that would sign another.
    back(&page, "print");
    reloaded(&page, "print");
    visit.print();
    back(&page, "print");
    visit.open("");
    at(&page, "scan");
    reloaded(&page, "scan");
    visit.scan();
    back(&page, "hand-over");
    reloaded(&page, "hand-over");
    visit.hand_over();
    page.run("history.back()", Vec::new());
    at(&page, "closed");
    page.reload();
    at(&page, "closed");
    let after = Figures { issued: before.issued + 1, handed_over: before.handed_over + 1, ..before };
    assert_eq!(desk.figures(&page), after);
    page.asked_nobody_but(&desk.origin);
}

#[test]
fn wrong_entries_survive_a_reload() {
    let Some(page) = browser("en", None) else { return };
    let desk = Desk::open("desk_wrong");
    desk.sign_in(&page, "registrar");
    let visit = Visit::begin(&desk, &page);
    visit.language();
    visit.papers();
    page.fill("#full_name", "Layla al-Haddad");
    page.fill("#birth_day", "31");
    page.fill("#birth_month", "2");
    page.press("F9");
    page.until("document.querySelector('.wrong[role=alert]') !== null");
    page.reload();
    page.until(
        "full_name.value === 'Layla al-Haddad' && birth_day.value === '31' && birth_month.value === '2'",
    );
    visit.open("/person");
    at(&page, "person");
    assert_eq!(page.value("full_name.value + birth_day.value"), "Layla al-Haddad31");
}

/// Presses F9 three times at once, holds it, and presses once more in the first moment of the page that this brings.
fn hasty(page: &Page) {
    let press =
        "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'F9', bubbles: true, repeat: REPEAT }));";
    let (once, held) = (press.replace("REPEAT", "false"), press.replace("REPEAT", "true"));
    let source =
        format!("addEventListener('load', () => {{ {once} {held} setTimeout(() => {{ {held} }}, 450); }})");
    let told = page.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source }));
    page.run(&format!("globalThis.earlier = true; {once} {once} {once} {held}"), Vec::new());
    settled(page, "!globalThis.earlier && document.readyState === 'complete'");
    page.cdp("Page.removeScriptToEvaluateOnNewDocument", told);
}

#[test]
fn a_second_click_makes_no_second_card() {
    let Some(page) = browser("en", None) else { return };
    let desk = Desk::open("desk_twice");
    desk.sign_in(&page, "registrar");
    let before = desk.figures(&page);
    let visit = Visit::begin(&desk, &page);
    visit.to_review();
    visit.confirm();
    hasty(&page);
    at(&page, "print");
    sound(&page);
    // Past the guard of the page as well: the server is asked three times at once.
    let spoiled = visit.thrice("button[value='spoiled']");
    assert!(spoiled.iter().all(|status| *status < 500) && spoiled.contains(&200), "{spoiled:?}");
    let after = Figures { issued: before.issued + 2, spoiled: before.spoiled + 1, ..before };
    assert_eq!(desk.figures(&page), after, "one successor of the spoiled card");
    visit.open("");
    at(&page, "print");
    visit.print();
    visit.scan();
    hasty(&page);
    page.until("location.pathname === '/' && document.querySelector('.done') !== null");
    assert_eq!(desk.figures(&page), Figures { handed_over: before.handed_over + 1, ..after });

    // Another resident, three requests at once at every act that counts.
    let visit = Visit::begin(&desk, &page);
    visit.to_review();
    visit.confirm();
    // The same name and birth date: a reason is asked for.
    page.choose("#duplicate_reason", "somebody_else");
    // One is answered with the card; the others may be told that the case was changed meanwhile.
    let issued = visit.thrice("button[value='issue']");
    assert!(issued.contains(&200) && issued.iter().all(|status| [200, 422].contains(status)), "{issued:?}");
    visit.open("");
    at(&page, "print");
    visit.print();
    visit.scan();
    assert_eq!(visit.thrice("button[data-key='F9']"), [200, 200, 200]);
    let last = Figures { issued: after.issued + 1, handed_over: before.handed_over + 2, ..after };
    assert_eq!(desk.figures(&page), last);
}

#[test]
fn a_session_that_ends_in_mid_form_loses_nothing() {
    let Some(page) = browser("en", None) else { return };
    let desk = Desk::open("desk_ended");
    desk.sign_in(&page, "registrar");
    let visit = Visit::begin(&desk, &page);
    visit.language();
    visit.papers();
    kept(&page, "#full_name", "Layla al-Haddad");
    // In another tab the same officer signs out; this page does not know.
    let Some(elsewhere) = desk.tab_of(&page) else { return };
    elsewhere.go(&format!("{}/account", desk.origin));
    elsewhere.click("form[action='/sign-out'] button");
    elsewhere.until("location.pathname === '/sign-in'");
    page.fill("#second_name", "ليلى الحداد");
    page.fill("#second_lang", "ar");
    page.until("document.querySelector('[data-kept]').textContent.startsWith('Not kept yet')");
    page.press("F9");
    page.until(
        "document.querySelector('input[name=carried_fields]') !== null && document.readyState === 'complete'",
    );
    assert!(page.text("#main").contains("What you sent is not lost"), "{}", page.text("#main"));
    assert!(!page.text("body").contains("Layla"), "nothing of the resident is seen by whoever comes next");
    page.is_accessible();
    page.screenshots("desk-carried-sign-in");
    // The same officer signs in on that very page, and sends it again.
    desk.enter_again(&page, "registrar");
    page.until(
        "document.querySelector('form[action$=\"/person\"]') !== null && document.readyState === 'complete'",
    );
    page.is_accessible();
    page.screenshots("desk-carried");
    page.press("Enter");
    at(&page, "photo");
    visit.open("/person");
    assert_eq!(page.value("full_name.value"), "Layla al-Haddad");
    assert_eq!(page.value("second_name.value"), "ليلى الحداد");
}

#[test]
fn two_tabs_overwrite_nothing_silently() {
    let Some(page) = browser("en", None) else { return };
    let desk = Desk::open("desk_tabs");
    desk.sign_in(&page, "registrar");
    let issued = desk.figures(&page).issued;
    let visit = Visit::begin(&desk, &page);
    visit.language();
    visit.papers();
    let Some(tab) = desk.tab_of(&page) else { return };
    let other = Visit { page: &tab, case: visit.case.clone(), ..visit };
    other.open("/person");
    kept(&page, "#full_name", "Layla al-Haddad");
    // The second tab does not know of it: what it types by itself is not kept over the first one's.
    tab.fill("#full_name", "Leila Haddad");
    tab.until(
        "document.querySelector('[data-kept]').textContent.startsWith('A colleague changed this case')",
    );
    tab.press("F9");
    tab.until("document.querySelector('.wrong[role=alert]') !== null");
    assert!(tab.text(".wrong").contains("registrar changed this case meanwhile."), "{}", tab.text("#main"));
    assert!(tab.text(".theirs").contains("Layla al-Haddad"), "{}", tab.text(".theirs"));
    assert_eq!(tab.value("full_name.value"), "Leila Haddad");
    reloaded(&page, "person");
    assert_eq!(page.value("full_name.value"), "Layla al-Haddad");
    // The officer has seen both, and saves knowingly.
    tab.press("F9");
    at(&tab, "photo");
    // A tab that is steps behind is brought to where the case stands.
    visit.open("");
    at(&page, "photo");
    other.on_to("review");
    other.review();
    page.press("F9");
    at(&page, "print");
    sound(&page);
    assert_eq!(desk.figures(&page).issued, issued + 1);
}

#[test]
fn a_server_that_was_killed_in_mid_visit_goes_on_where_it_was() {
    let Some(page) = browser("en", None) else { return };
    let mut desk = Desk::open("desk_killed");
    desk.sign_in(&page, "registrar");
    let visit = Visit::begin(&desk, &page);
    visit.language();
    visit.papers();
    kept(&page, "#full_name", "Layla al-Haddad");
    let case = visit.case;
    desk.restart();
    // The page is the one of before: it sends its form to the new server, and the officer is still signed in.
    let visit = Visit { desk: &desk, page: &page, case };
    kept(&page, "#second_name", "ليلى الحداد");
    reloaded(&page, "person");
    assert_eq!(page.value("full_name.value + second_name.value"), "Layla al-Haddadليلى الحداد");
    visit.person();
    let case = visit.case;
    desk.restart();
    let visit = Visit { desk: &desk, page: &page, case };
    visit.photo();
    visit.review();
    let case = visit.case;
    desk.restart();
    let visit = Visit { desk: &desk, page: &page, case };
    reloaded(&page, "print");
    visit.print();
    visit.scan();
    visit.hand_over();
    assert_eq!(desk.figures(&page).handed_over, 1);
}
