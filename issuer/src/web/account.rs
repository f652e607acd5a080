//! The officer's own account: password, sessions, the desk of this browser.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use secrecy::SecretString;

use super::cookies;
use super::desk::{Desk, run};
use super::error::WebError;
use super::first::refusal;
use super::officer::{Any, Officer, SignedIn};
use super::page::{Done, Shell, go, render, render_with};
use super::posted::Posted;
use super::say::LANGUAGES;
use crate::db::act::{Act, SubjectKind};
use crate::db::session::Session;
use crate::issuance::entry;
use crate::officers::{self, NewPassword, SHORTEST};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    shell: Shell,
    sessions: Vec<SessionRow>,
    codes_left: i64,
    shortest: usize,
    wrong_current: Option<String>,
    wrong_password: Option<String>,
    wrong_desk: Option<String>,
    languages: [(&'static str, &'static str); 5],
}

struct SessionRow {
    since: String,
    last: String,
    this: bool,
}

/// What is wrong with what was sent.
#[derive(Default)]
struct Wrongs {
    current: Option<String>,
    password: Option<String>,
    desk: Option<String>,
}

pub(super) async fn page(
    desk: Data<Desk>,
    officer: Officer<Any>,
    asked: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("account").with_done(&asked.done);
    let page = account(&desk, &officer, shell, Wrongs::default()).await?;
    render(&page)
}

async fn account(
    desk: &Data<Desk>,
    officer: &Officer<Any>,
    shell: Shell,
    wrongs: Wrongs,
) -> Result<AccountPage, WebError> {
    let SignedIn { account, session, .. } = officer.signed_in.clone();
    let (sessions, codes_left) = run(desk, move |desk| {
        let now = desk.now();
        desk.issuer.db.read(|conn| {
            let sessions = Session::live_of(conn, &account.id, now)?;
            let left = crate::db::sign_in::OfficerRecovery::left(conn, &account.id)?;
            Ok::<_, WebError>((sessions, left))
        })
    })
    .await?;
    let time = |time: &crate::db::UtcTime| time.utc().format("%Y-%m-%d %H:%M").to_string();
    let row = |one: &Session| SessionRow {
        since: time(&one.created_at),
        last: time(&one.last_seen_at),
        this: one.id == session.id,
    };
    Ok(AccountPage {
        shell,
        sessions: sessions.iter().map(row).collect(),
        codes_left,
        shortest: SHORTEST,
        wrong_current: wrongs.current,
        wrong_password: wrongs.password,
        wrong_desk: wrongs.desk,
        languages: LANGUAGES,
    })
}

pub(super) async fn password(
    desk: Data<Desk>,
    officer: Officer<Any>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("account");
    let account_of = officer.signed_in.account.clone();
    let may_try = desk.limits.may_try_code(account_of.id.as_str());
    let say = shell.clone();
    let changed = run(&desk, move |desk| {
        let current = SecretString::from(posted.get("current"));
        let [typed, again] = ["password", "again"].map(|name| SecretString::from(posted.get(name)));
        let right = may_try && account_of.password_hash.matches(&current);
        let city = desk.issuer.city.name_in("");
        let password = NewPassword::parse(&typed, &again, &[&account_of.login, city]);
        match (&password, right) {
            (Ok(password), true) => {
                Ok(Ok(officers::change_password(&desk.issuer, &account_of, password, desk.now())?))
            }
            _ => Ok::<_, WebError>(Err(Wrongs {
                current: (!right).then(|| say.say.t("wrong-current-password")),
                password: password.err().map(|refused| refusal(&say, refused)),
                desk: None,
            })),
        }
    });
    match changed.await? {
        Ok(begun) => {
            let mut answer = go("/account?done=password");
            answer.add_cookie(&cookies::session(&begun.token)).map_err(|_| WebError::NotAForm)?;
            Ok(answer)
        }
        Err(wrongs) => {
            let page = account(&desk, &officer, shell, wrongs).await?;
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

pub(super) async fn end_others(desk: Data<Desk>, officer: Officer<Any>) -> Result<HttpResponse, WebError> {
    let (actor, id) = (officer.actor(), officer.id().clone());
    let session = officer.signed_in.session.id.clone();
    run(&desk, move |desk| {
        let now = desk.now();
        desk.issuer.db.write(|tx| {
            Session::end_all(tx.conn(), &id, Some(&session), now)?;
            tx.audit(entry(Act::SessionsEnded, SubjectKind::Officer, id.to_string(), &actor, now))?;
            Ok::<_, WebError>(())
        })
    })
    .await?;
    Ok(go("/account?done=sessions"))
}

pub(super) async fn desk(
    desk: Data<Desk>,
    officer: Officer<Any>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let Some(name) = cookies::desk_name(posted.get("desk")) else {
        let shell = officer.shell().of("account");
        let wrongs = Wrongs { desk: Some(shell.say.t("wrong-desk")), ..Wrongs::default() };
        let page = account(&desk, &officer, shell, wrongs).await?;
        return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let mut answer = go("/account?done=desk");
    answer.add_cookie(&cookies::kept(cookies::DESK, &name)).map_err(|_| WebError::NotAForm)?;
    Ok(answer)
}

/// The officer goes on working: the gate has noted it.
pub(super) async fn stay(desk: Data<Desk>, officer: Officer<Any>) -> Result<HttpResponse, WebError> {
    let (actor, session) = (officer.actor(), officer.signed_in.session.id.clone());
    run(&desk, move |desk| {
        let now = desk.now();
        desk.issuer.db.write(|tx| {
            Session::touch(tx.conn(), &session, now)?;
            tx.audit(entry(Act::PageViewed, SubjectKind::Page, "/stay".to_owned(), &actor, now))?;
            Ok::<_, WebError>(())
        })
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
