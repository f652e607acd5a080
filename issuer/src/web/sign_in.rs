//! Signing in and out.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use secrecy::SecretString;
use serde::Deserialize;

use super::carried::Carried;
use super::cookies;
use super::desk::{Desk, run};
use super::error::WebError;
use super::officer::{Any, Browser, Officer};
use super::page::{Shell, go, render, render_with};
use super::posted::Posted;
use super::say::LANGUAGES;
use crate::db::act::{Act, SubjectKind};
use crate::db::session::Session;
use crate::demo::{self, DemoOfficer};
use crate::issuance::entry;
use crate::officers::{self, Attempt, Factor};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    shell: Shell,
    login: String,
    next: String,
    carried: Option<Carried>,
    wrong: Option<String>,
    demo: Vec<DemoSignIn>,
    languages: [(&'static str, &'static str); 5],
}

/// How to sign in to the demo city, whose people are invented.
struct DemoSignIn {
    login: String,
    password: String,
    code: String,
}

/// Where to go once signed in, and what was just done.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    next: String,
    #[serde(default)]
    done: String,
}

/// What follows upon signing in.
#[derive(Clone)]
struct Then {
    next: String,
    carried: Option<Carried>,
}

pub(super) async fn page(
    desk: Data<Desk>,
    browser: Browser,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let asked = asked.into_inner();
    let shell = Shell::signed_out(&desk, &browser.say).with_done(&asked.done);
    render(&SignInPage::new(&desk, shell, String::new(), Then { next: asked.next, carried: None }, None))
}

/// The sign-in page for a form whose session has ended.
pub(super) fn page_carrying(
    desk: &Desk,
    browser: &Browser,
    carried: Carried,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::signed_out(desk, &browser.say);
    let then = Then { next: String::new(), carried: Some(carried) };
    render_with(StatusCode::UNAUTHORIZED, &SignInPage::new(desk, shell, String::new(), then, None))
}

pub(super) async fn act(
    desk: Data<Desk>,
    browser: Browser,
    posted: Posted,
    request: HttpRequest,
) -> Result<HttpResponse, WebError> {
    let login = posted.get("login").trim().to_lowercase();
    let then = Then { next: posted.get("next").to_owned(), carried: Carried::of_sign_in(&posted) };
    let shell = Shell::signed_out(&desk, &browser.say);
    let again = |status, message: &str, seconds: u64| {
        let wrong = Some(browser.say.one(message, "seconds", seconds));
        render_with(status, &SignInPage::new(&desk, shell.clone(), login.clone(), then.clone(), wrong))
    };
    let address = request.peer_addr().map(|peer| peer.ip().to_string()).unwrap_or_default();
    if let Err(seconds) = desk.limits.may_try(&login, &address) {
        return again(StatusCode::TOO_MANY_REQUESTS, "sign-in-slow", seconds);
    }
    let attempt = Attempt {
        login: login.clone(),
        password: SecretString::from(posted.get("password")),
        code: SecretString::from(posted.get("code").trim()),
    };
    let before = cookies::token(&request);
    let begun = run(&desk, move |desk| {
        let may_try = |officer: &crate::db::Id<_>| desk.limits.may_try_code(officer.as_str());
        officers::sign_in(&desk.issuer, &desk.dummy, &attempt, may_try, before.as_ref(), desk.now())
    });
    let Some(begun) = begun.await? else { return again(StatusCode::UNAUTHORIZED, "sign-in-wrong", 0) };
    let carried = then.carried.as_ref().filter(|carried| carried.is_of(&begun.session));
    let mut answer = match carried {
        Some(carried) => carried.page(shell, &begun.session)?,
        None => go(local(&then.next)),
    };
    let cookie = cookies::session(&begun.token);
    answer.add_cookie(&cookie).map_err(|_| WebError::NotAForm)?;
    Ok(answer)
}

pub(super) async fn out(desk: Data<Desk>, officer: Officer<Any>) -> Result<HttpResponse, WebError> {
    let (actor, session) = (officer.actor(), officer.signed_in.session.id.clone());
    let id = officer.id().to_string();
    run(&desk, move |desk| {
        let now = desk.now();
        desk.issuer.db.write(|tx| {
            Session::end(tx.conn(), &session, now)?;
            tx.audit(entry(Act::SignedOut, SubjectKind::Officer, id, &actor, now))?;
            Ok::<_, WebError>(())
        })
    })
    .await?;
    let mut answer = go("/sign-in?done=signed-out");
    answer.add_cookie(&cookies::no_session()).map_err(|_| WebError::NotAForm)?;
    // What the browser may still hold of pages goes too.
    let clear = actix_web::http::header::HeaderName::from_static("clear-site-data");
    answer.headers_mut().insert(clear, actix_web::http::header::HeaderValue::from_static("\"cache\""));
    Ok(answer)
}

/// Chooses the language of this browser's pages.
pub(super) async fn language(posted: Posted) -> Result<HttpResponse, WebError> {
    let chosen = super::say::Says::choose([posted.get("language")]);
    let mut answer = go(local(posted.get("next")));
    answer.add_cookie(&cookies::kept(cookies::LANGUAGE, chosen)).map_err(|_| WebError::NotAForm)?;
    Ok(answer)
}

impl SignInPage {
    fn new(desk: &Desk, shell: Shell, login: String, then: Then, wrong: Option<String>) -> Self {
        let Then { next, carried } = then;
        Self { shell, login, next, carried, wrong, demo: demo_sign_ins(desk), languages: LANGUAGES }
    }
}

fn demo_sign_ins(desk: &Desk) -> Vec<DemoSignIn> {
    let of = |officer: DemoOfficer| {
        let code = Factor::from_base32(&officer.secret)?.code(desk.now());
        Some(DemoSignIn { login: officer.login, password: officer.password, code })
    };
    demo::known_officers(&desk.issuer.data).into_iter().filter_map(of).collect()
}

/// An address of this desk, whatever was asked for.
fn local(next: &str) -> String {
    let plain = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && next.bytes().all(|byte| byte.is_ascii_graphic())
        && !next.starts_with("/sign-in");
    if plain { next.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn nobody_is_sent_elsewhere_after_signing_in() {
        assert_eq!(local("/queue?station=photo"), "/queue?station=photo");
        for elsewhere in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/a\r\nSet-Cookie: x",
            "/sign-in?x",
        ] {
            assert_eq!(local(elsewhere), "/", "{elsewhere}");
        }
    }
}
