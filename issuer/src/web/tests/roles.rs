//! Every address, with every role and with none: made from the table itself.

use actix_web::http::{Method, StatusCode};

use super::api::Token;
use super::{Browser, Served, Town, bare};
use crate::db::Word as _;
use crate::db::api_token::Scope;
use crate::db::officer::Role;
use crate::web::routes::{Access, table};

/// An address with something in its places.
fn filled(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        out.push('x');
        rest = after.split_once('}').unwrap().1;
    }
    out + rest
}

#[actix_web::test]
async fn every_address_keeps_out_whom_it_should() {
    let town = Town::new();
    let app = town.app().await;
    let mut browsers = Vec::new();
    for role in Role::ALL {
        browsers.push((*role, Browser::of(&town, &app, *role).await));
    }
    let mut asked = 0;
    for row in table() {
        assert!(!row.methods.is_empty(), "{}", row.place.path);
        let path = filled(row.place.path);
        for method in &row.methods {
            if row.place.access == Access::Everybody {
                continue;
            }
            if let Access::Programs(scope) = row.place.access {
                keeps_out(&town, &app, &browsers, method, (&path, scope)).await;
                continue;
            }
            let signed_out = Browser::default().send(&app, bare(method.clone(), &path)).await;
            assert_eq!(signed_out.status, StatusCode::SEE_OTHER, "{method} {path} signed out");
            assert!(signed_out.location.starts_with("/sign-in?"), "{method} {path} signed out");
            for (role, browser) in &browsers {
                // Signing out comes last, or nobody would be signed in for the rest.
                if path == "/sign-out" {
                    continue;
                }
                let mut request = bare(method.clone(), &path);
                if *method == Method::POST {
                    request = request.insert_header(("X-Form-Token", browser.csrf.as_str()));
                }
                let page = browser.send(&app, request).await;
                let refused = page.status == StatusCode::FORBIDDEN;
                let allowed = row.place.access.allows(*role);
                assert_eq!(refused, !allowed, "{method} {path} as {}: {}", role.as_str(), page.status);
                assert!(
                    !page.status.is_server_error(),
                    "{method} {path} as {}: {}",
                    role.as_str(),
                    page.text
                );
                if allowed {
                    assert!(!page.location.starts_with("/sign-in"), "{method} {path} as {}", role.as_str());
                }
                asked += 1;
            }
        }
    }
    assert!(asked >= 4 * 6, "{asked}");
}

/// An address for programs: no cookie opens it, nor a token for something else.
async fn keeps_out(
    town: &Town,
    app: &impl Served,
    browsers: &[(Role, Browser)],
    method: &Method,
    (path, scope): (&str, Option<Scope>),
) {
    let asked = format!("{method} {path}");
    let signed_in = browsers.iter().map(|(_, browser)| browser.clone());
    for browser in signed_in.chain([Browser::default()]) {
        let mut request = bare(method.clone(), path);
        request = request.insert_header(("X-Form-Token", browser.csrf.as_str()));
        let page = browser.send(app, request).await;
        let Some(_) = scope else {
            assert_eq!(page.status, StatusCode::OK, "{asked}");
            continue;
        };
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{asked}: {}", page.text);
        assert_eq!(page.headers.get("content-type").unwrap(), "application/problem+json");
        assert_eq!(page.headers.get("www-authenticate").unwrap(), "Bearer realm=\"cards\"");
        assert!(page.cookies.is_empty() && page.location.is_empty(), "{asked}");
    }
    let single = |own: &&Scope| scope.is_some() && **own != Scope::Print;
    for own in Scope::ALL.iter().filter(single) {
        let token = Token::of(town, &[*own], 600);
        let answer = token.send(app, bare(method.clone(), path)).await;
        let refused = answer.status == StatusCode::FORBIDDEN;
        assert_eq!(refused, Some(*own) != scope, "{asked} with {own:?}: {}", answer.status);
        assert!(refused || answer.status.is_client_error(), "{asked} with {own:?}: {}", answer.status);
    }
}

#[actix_web::test]
async fn a_page_of_another_role_is_refused_and_noted() {
    let town = Town::new();
    let app = town.app().await;
    let row = table().into_iter().find(|row| row.place.access == Access::Officers(&[Role::Custodian]));
    let Some(row) = row else { return };
    let browser = Browser::of(&town, &app, Role::Auditor).await;
    let page = browser.send(&app, bare(row.methods[0].clone(), &filled(row.place.path))).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("This page is for officers with another role."), "{}", page.text);
    assert_eq!(town.acts().last().unwrap(), "page_refused");
}
