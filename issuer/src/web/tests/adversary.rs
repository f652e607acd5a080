//! What somebody tries who is signed in, or only at the other end of the wire.

mod wire;

use std::collections::BTreeSet;

use actix_web::http::Method;

use super::visit::Visit;
use super::{Browser, Page, Town, bare};
use crate::db::Word as _;
use crate::db::officer::Role;
use crate::web::routes::{Access, Row, table};

/// What is written into every field: a head of its own, a script, an end of text.
const EVIL: &str = "a\r\nInjected: yes\r\n\r\n<script>alert(1)</script>\"'><b>\0";

/// The names of the fields of all forms.
fn fields() -> BTreeSet<String> {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"))];
    let mut names = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let page = std::fs::read_to_string(path).unwrap();
            names.extend(
                page.split(" name=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()),
            );
        }
    }
    names
}

/// An address with each of its places filled: what the address is of, then something that is none.
fn filled(path: &str, case: &str, other: &str) -> String {
    let mut out = path.replace("{case}", case);
    while let Some((before, rest)) = out.clone().split_once('{') {
        out = format!("{before}{other}{}", rest.split_once('}').unwrap().1);
    }
    out
}

/// Only what was meant to be there is in an answer.
fn is_clean(page: &Page, what: &str) {
    assert!(!page.status.is_server_error(), "{what}: {} {}", page.status, page.text);
    assert!(!page.headers.contains_key("injected"), "{what}");
    let kind = page.headers.get("content-type").map_or("", |kind| kind.to_str().unwrap());
    if kind != "text/plain; charset=utf-8" {
        assert!(
            !page.text.contains("<script>alert") && !page.text.contains("'><b>"),
            "{what}: {}",
            page.text
        );
    }
    assert!(page.location.is_empty() || page.location.starts_with('/'), "{what}: {}", page.location);
    assert!(!page.location.starts_with("//"), "{what}: {}", page.location);
    let policy = page.headers.get("content-security-policy").unwrap().to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; "), "{what}: {policy}");
    for part in policy.split("; ") {
        let sources = part.split(' ').skip(1);
        for source in sources {
            assert!(["'none'", "'self'", "blob:", "data:"].contains(&source), "{what}: {part}");
        }
    }
}

#[actix_web::test]
async fn whatever_stands_in_a_field_or_an_address_stays_there() {
    let town = Town::new();
    let app = town.app().await;
    let mut browsers = Vec::new();
    for role in Role::ALL {
        browsers.push((*role, Browser::of(&town, &app, *role).await));
    }
    let at_desk = browsers.iter().find(|(role, _)| *role == Role::Registrar).unwrap().1.clone();
    let visit = Visit::begin(&town, &app, at_desk).await;
    visit.to_review().await;
    let mut fields = fields();
    assert!(fields.remove("form_token") && fields.len() > 40, "{fields:?}");
    let (mut asked, mut shown) = (0, 0);
    let of_officers = |row: &&Row| !matches!(row.place.access, Access::Programs(_));
    for row in table().iter().filter(|row| row.place.path != "/sign-out").filter(of_officers) {
        let (role, browser) = browsers.iter().find(|(role, _)| row.place.access.allows(*role)).unwrap();
        for other in ["x", "%0d%0aInjected:%20yes", "%00", "..%2f..%2fetc%2fpasswd", "%3Cscript%3Ealert(1)"] {
            let path = filled(row.place.path, &visit.id, other);
            let version = visit.case().version.to_string();
            let of = |name: &str| if name == "version" { version.clone() } else { EVIL.to_owned() };
            let sent: Vec<_> = fields.iter().map(|name| (name.clone(), of(name))).collect();
            let sent: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            for method in &row.methods {
                let page = match *method {
                    Method::POST => browser.post(&app, &path, &sent).await,
                    _ => browser.send(&app, bare(method.clone(), &format!("{path}?{}", query(&sent)))).await,
                };
                is_clean(&page, &format!("{method} {path} as {}", role.as_str()));
                asked += 1;
                shown += usize::from(page.text.contains("&#60;script&#62;alert(1)"));
            }
        }
    }
    assert!(asked > 5 * table().len(), "{asked}");
    // Where it was typed it stands, as text.
    assert!(shown > 20, "{shown}");
}

fn query(fields: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(fields).unwrap()
}

#[actix_web::test]
async fn another_cases_address_says_no_more_than_none() {
    let town = Town::new();
    let app = town.app().await;
    let browser = Browser::of(&town, &app, Role::Registrar).await;
    for id in ["x", "00000000-0000-0000-0000-000000000000", "0190a000-0000-7000-8000-000000000000", "%2e%2e"]
    {
        for row in table().iter().filter(|row| row.place.path.starts_with("/cases/{case}")) {
            for method in &row.methods {
                let path = filled(row.place.path, id, "front");
                let page = match *method {
                    Method::POST => {
                        browser
                            .post(
                                &app,
                                &path,
                                &[("version", "1"), ("language", "fr"), ("outcome", "printed")],
                            )
                            .await
                    }
                    _ => browser.send(&app, bare(method.clone(), &path)).await,
                };
                assert_eq!(page.status.as_u16(), 404, "{method} {path}: {}", page.text);
            }
        }
    }
}

#[actix_web::test]
async fn a_form_of_an_earlier_moment_leads_to_where_the_case_stands() {
    let town = Town::new();
    let app = town.app().await;
    let browser = Browser::of(&town, &app, Role::Registrar).await;
    let visit = Visit::begin(&town, &app, browser.clone()).await;
    visit.to_review().await;
    visit.issue().await;
    let stands = format!("/cases/{}/print", visit.id);
    for step in ["papers", "person", "photo", "review"] {
        let sent = [("version", "1"), ("full_name", "Somebody Else"), ("do", "on")];
        let page = browser.post(&app, &format!("/cases/{}/{step}", visit.id), &sent).await;
        assert_eq!(page.location, stands, "{step}: {}", page.text);
    }
}
