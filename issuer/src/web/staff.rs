//! Officers at the desk: who there is, and who is given an account, a new link, or let in no more.

use actix_web::http::header::HOST;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::desk::{Desk, run};
use super::error::WebError;
use super::officer::{Custodian, Officer};
use super::page::{Done, Shell, go, render, render_wrong};
use super::posted::Posted;
use super::wrongs::Wrongs;
use crate::Error;
use crate::db::Word as _;
use crate::db::officer::{Officer as Account, OfficerState, Role};
use crate::db::session::Session;
use crate::db::sign_in::SecondFactor;
use crate::officers::{self, Login, Token};

#[derive(Template)]
#[template(path = "staff.html")]
struct StaffPage {
    shell: Shell,
    wrongs: Wrongs,
    officers: Vec<Row>,
    roles: Vec<(&'static str, &'static str)>,
    login: String,
    role: String,
}

struct Row {
    login: String,
    role_message: &'static str,
    since: String,
    active: bool,
    factor: bool,
    /// It is the account of whoever looks at the page.
    own: bool,
}

/// The page that shows a link, once.
#[derive(Template)]
#[template(path = "staff_link.html")]
struct LinkPage {
    shell: Shell,
    login: String,
    link: String,
}

pub(super) async fn page(
    desk: Data<Desk>,
    officer: Officer<Custodian>,
    asked: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("staff").with_done(&asked.done);
    render(&StaffPage::new(&desk, &officer, shell, Wrongs::default(), ["", ""]).await?)
}

/// Makes an account and shows its link.
pub(super) async fn add(
    desk: Data<Desk>,
    officer: Officer<Custodian>,
    posted: Posted,
    request: HttpRequest,
) -> Result<HttpResponse, WebError> {
    let (typed, wanted) = (posted.get("login").trim().to_lowercase(), posted.get("role").to_owned());
    let (login, role) = (Login::parse(&typed), Role::from_word(&wanted));
    let mut wrongs = Wrongs::default();
    if login.is_err() {
        wrongs.add("login", officer.say().t("wrong-login"));
    } else if find(&desk, &typed).await?.is_some() {
        wrongs.add("login", officer.say().t("wrong-login-taken"));
    }
    if role.is_none() {
        wrongs.add("role", officer.say().t("wrong-choice"));
    }
    if let (Ok(login), Some(role), true) = (login, role, wrongs.is_empty()) {
        let actor = officer.actor();
        let link = run(&desk, move |desk| officers::add(&desk.issuer, &login, role, &actor, desk.now()));
        return render(&LinkPage::new(&officer, typed, &link.await?, &request));
    }
    let shell = officer.shell().of("staff");
    render_wrong(&StaffPage::new(&desk, &officer, shell, wrongs, [&typed, &wanted]).await?)
}

/// Says what it means, and for whom, before an account is reset or disabled.
#[derive(Template)]
#[template(path = "staff_sure.html")]
struct SurePage {
    shell: Shell,
    login: String,
    role_message: &'static str,
    /// Whether the officer is to be let in no more, instead of given a new link.
    disable: bool,
    sessions: usize,
}

/// Which officer is meant.
#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    login: String,
}

pub(super) async fn before_reset(
    desk: Data<Desk>,
    officer: Officer<Custodian>,
    which: Query<Which>,
) -> Result<HttpResponse, WebError> {
    sure(&desk, &officer, &which.login, false).await
}

pub(super) async fn before_disable(
    desk: Data<Desk>,
    officer: Officer<Custodian>,
    which: Query<Which>,
) -> Result<HttpResponse, WebError> {
    sure(&desk, &officer, &which.login, true).await
}

async fn sure(
    desk: &Data<Desk>,
    officer: &Officer<Custodian>,
    login: &str,
    disable: bool,
) -> Result<HttpResponse, WebError> {
    let account = other(desk, officer, login).await?;
    let (login, role_message) = (account.login, role_message(account.role));
    let sessions = run(desk, move |desk| {
        let now = desk.now();
        desk.issuer.db.read(|conn| Ok::<_, WebError>(Session::live_of(conn, &account.id, now)?.len()))
    });
    let sessions = sessions.await?;
    render(&SurePage { shell: officer.shell().of("staff"), login, role_message, disable, sessions })
}

/// Takes password, second factor and sessions away, and shows a new link.
pub(super) async fn reset(
    desk: Data<Desk>,
    officer: Officer<Custodian>,
    posted: Posted,
    request: HttpRequest,
) -> Result<HttpResponse, WebError> {
    let login = other(&desk, &officer, posted.get("login")).await?.login;
    let (actor, of) = (officer.actor(), login.clone());
    let link = run(&desk, move |desk| officers::reset(&desk.issuer, &of, &actor, desk.now())).await?;
    render(&LinkPage::new(&officer, login, &link, &request))
}

/// Lets an officer in no more.
pub(super) async fn disable(
    desk: Data<Desk>,
    officer: Officer<Custodian>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let login = other(&desk, &officer, posted.get("login")).await?.login;
    let actor = officer.actor();
    run(&desk, move |desk| officers::disable(&desk.issuer, &login, &actor, desk.now())).await?;
    Ok(go("/staff?done=officer-disabled"))
}

/// Another officer's account: custodians do not lock themselves out.
async fn other(desk: &Data<Desk>, officer: &Officer<Custodian>, login: &str) -> Result<Account, WebError> {
    let account = find(desk, login).await?.ok_or(WebError::NotFound)?;
    if account.id == *officer.id() {
        return Err(WebError::Refused("staff-not-yourself", String::new()));
    }
    Ok(account)
}

async fn find(desk: &Data<Desk>, login: &str) -> Result<Option<Account>, WebError> {
    let login = login.to_owned();
    run(desk, move |desk| desk.issuer.db.read(|conn| Ok::<_, Error>(Account::find_by_login(conn, &login)?)))
        .await
}

impl StaffPage {
    async fn new(
        desk: &Data<Desk>,
        officer: &Officer<Custodian>,
        shell: Shell,
        wrongs: Wrongs,
        [login, role]: [&str; 2],
    ) -> Result<Self, WebError> {
        let own = officer.id().clone();
        let officers = run(desk, move |desk| {
            desk.issuer.db.read(|conn| {
                let mut rows = Vec::new();
                for account in Account::all(conn)? {
                    let factor = SecondFactor::find(conn, &account.id)?.is_some();
                    rows.push(Row {
                        login: account.login,
                        role_message: role_message(account.role),
                        since: account.created_at.utc().format("%Y-%m-%d").to_string(),
                        active: account.state == OfficerState::Active,
                        factor,
                        own: account.id == own,
                    });
                }
                Ok::<_, WebError>(rows)
            })
        })
        .await?;
        let roles = Role::ALL.iter().map(|role| (role.as_str(), role_message(*role))).collect();
        Ok(Self { shell, wrongs, officers, roles, login: login.to_owned(), role: role.to_owned() })
    }
}

impl LinkPage {
    fn new(officer: &Officer<Custodian>, login: String, link: &Token, request: &HttpRequest) -> Self {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let link = format!("{}/first/{}", address(host), link.text().as_str());
        Self { shell: officer.shell().of("staff"), login, link }
    }
}

/// The address of the desk as the custodian's browser reached it. The session's cookie travels over TLS alone, but for
/// a browser on the very machine.
fn address(host: &str) -> String {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let here = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
    format!("{}://{host}", if here { "http" } else { "https" })
}

fn role_message(role: Role) -> &'static str {
    match role {
        Role::Registrar => "role-registrar",
        Role::Approver => "role-approver",
        Role::Auditor => "role-auditor",
        Role::Custodian => "role-custodian",
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn links_lead_to_the_desk_that_was_asked() {
        for (host, right) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("localhost", "http://localhost"),
            ("[::1]:80", "http://[::1]:80"),
            ("desk.test", "https://desk.test"),
            ("desk.test:8443", "https://desk.test:8443"),
        ] {
            assert_eq!(address(host), right);
        }
    }
}
