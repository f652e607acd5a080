//! What stands before every handler: who it is, whether they may, whether the form is ours, and the audit log.
//!
//! The entry is written before the page is made: what cannot be audited is not shown.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT_LANGUAGE, HOST, HeaderMap, HeaderName, LOCATION, ORIGIN};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage as _, HttpResponse, ResponseError as _};
use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq as _;

use super::carried::Carried;
use super::cookies;
use super::desk::{Desk, run};
use super::error::WebError;
use super::officer::{Browser, SignedIn};
use super::page::{self, ErrorPage, Shell};
use super::posted::{MAX_FORM, MAX_UPLOAD, Posted};
use super::routes::{Access, Place};
use super::say::Says;
use super::sign_in;
use super::watch::RequestId;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::officer::{Officer as Account, OfficerState};
use crate::db::session::Session;
use crate::issuance::entry;
use crate::officers::Token;

/// A form that was sent notes the use of the session only when the last note is older.
const NOTE_AFTER: chrono::Duration = chrono::Duration::seconds(60);
/// The desk of a browser that none was chosen for.
const NO_DESK: &str = "desk";

/// Lets a request through to its handler, and turns what went wrong into a page.
pub(super) async fn pass(
    place: Place,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(desk) = request.app_data::<Data<Desk>>().cloned() else {
        return Ok(request.into_response(HttpResponse::InternalServerError().finish()));
    };
    let id = RequestId::of(request.request());
    let browser = browser(&desk, &request);
    let shell = Shell::signed_out(&desk, &browser.say);
    request.extensions_mut().insert(browser.clone());
    match admit(&desk, place, &browser, &mut request).await {
        Ok(()) => {}
        Err(WebError::SignedOut) if !wants_no_page(request.headers()) => {
            let carried = Carried::of_request(&desk, place, &mut request).await;
            let carrying = carried.and_then(|carried| sign_in::page_carrying(&desk, &browser, carried).ok());
            let answer = carrying.unwrap_or_else(|| to_sign_in(&request));
            return Ok(request.into_response(answer));
        }
        Err(error) => return Ok(request.into_response(error_page(&shell, &error, id.as_ref()))),
    }
    let signed_in = request.extensions().get::<SignedIn>().map(Shell::signed_in);
    let response = next.call(request).await?.map_into_boxed_body();
    let failed = response.response().error().and_then(|error| {
        let shell = signed_in.as_ref().unwrap_or(&shell);
        error.as_error::<WebError>().map(|error| error_page(shell, error, id.as_ref()))
    });
    Ok(match failed {
        Some(page) => response.into_response(page),
        None => response,
    })
}

async fn admit(
    desk: &Data<Desk>,
    place: Place,
    browser: &Browser,
    request: &mut ServiceRequest,
) -> Result<(), WebError> {
    let posts = request.method() != Method::GET && request.method() != Method::HEAD;
    if posts && !is_own_page(request.headers()) {
        return Err(WebError::NotOurForm);
    }
    let mut signed_in = None;
    if let Access::Officers(_) = place.access {
        let visit = Visit {
            token: cookies::token(request.request()).ok_or(WebError::SignedOut)?,
            place,
            path: request.match_info().as_str().to_owned(),
            posts,
            desk: browser.desk.clone(),
            now: desk.now(),
        };
        let (account, session) = run(desk, move |desk| visit.note(desk)).await?;
        let city = desk.issuer.city.name_in(browser.say.language()).to_owned();
        let Browser { say, desk } = browser.clone();
        signed_in = Some(SignedIn { account, session, desk, city, say });
    }
    if posts {
        let (form, upload) = ((MAX_FORM, desk.patience.form), (MAX_UPLOAD, desk.patience.upload));
        let (most, time) = if place.uploads { upload } else { form };
        let headers = request.headers().clone();
        let body = Posted::read(&headers, request.take_payload(), most);
        let posted = actix_web::rt::time::timeout(time, body).await.map_err(|_| WebError::TooSlow)??;
        if let Some(signed_in) = &signed_in {
            let right = signed_in.csrf();
            let given = header(&headers, "x-form-token").unwrap_or_else(|| posted.get("form_token"));
            if !bool::from(given.as_bytes().ct_eq(right.as_bytes())) {
                return Err(WebError::NotOurForm);
            }
        }
        request.extensions_mut().insert(posted);
    }
    if let Some(signed_in) = signed_in {
        request.extensions_mut().insert(signed_in);
    }
    Ok(())
}

/// One request of a browser that holds a session's token.
struct Visit {
    token: Token,
    place: Place,
    path: String,
    posts: bool,
    desk: String,
    now: DateTime<Utc>,
}

impl Visit {
    /// Finds the session, and notes the request in the audit log before anything comes of it.
    fn note(self, desk: &Desk) -> Result<(Account, Session), WebError> {
        let known = desk.issuer.db.read(|conn| {
            let Some(session) = Session::find(conn, &self.token.hash())? else { return Ok(None) };
            let account = Account::find(conn, &session.officer_id)?;
            Ok::<_, WebError>(account.map(|account| (account, session)))
        })?;
        let live = known
            .filter(|(account, session)| account.state == OfficerState::Active && session.is_live(self.now));
        let (account, session) = live.ok_or(WebError::SignedOut)?;
        let allowed = self.place.access.allows(account.role);
        let fresh = self.now < session.last_seen_at.utc() + NOTE_AFTER;
        if allowed && (self.place.quiet || (self.posts && fresh)) {
            return Ok((account, session));
        }
        let actor = Actor::officer(&account.id, account.role, &self.desk);
        let act = if allowed { Act::PageViewed } else { Act::PageRefused };
        desk.issuer.db.write(|tx| {
            tx.audit(entry(act, SubjectKind::Page, self.path.clone(), &actor, self.now))?;
            Session::touch(tx.conn(), &session.id, self.now)?;
            Ok::<_, WebError>(())
        })?;
        if allowed { Ok((account, session)) } else { Err(WebError::OtherRole) }
    }
}

impl SignedIn {
    /// What every form of this session carries.
    pub(super) fn csrf(&self) -> String {
        shared::keys::hex(&self.session.csrf_secret)
    }
}

fn browser(desk: &Desk, request: &ServiceRequest) -> Browser {
    let chosen = request.cookie(cookies::LANGUAGE).map(|cookie| cookie.value().to_owned());
    let asked = header(request.headers(), ACCEPT_LANGUAGE.as_str()).unwrap_or_default();
    let asked = asked.split(',').take(20).map(|one| one.split(';').next().unwrap_or_default().trim());
    let usual = desk.issuer.city.usual_language();
    let language = Says::choose(chosen.as_deref().into_iter().chain(asked).chain([usual]));
    let name = cookies::desk(request.request()).unwrap_or_else(|| NO_DESK.to_owned());
    Browser { say: desk.say(language), desk: name }
}

/// Whether the request comes from a page of this very server. Pages say no referrer, so that `Origin` may be `null`
/// where the browser says `Sec-Fetch-Site`; only an old one, which does not, is asked for its `Origin`.
fn is_own_page(headers: &HeaderMap) -> bool {
    if let Some(site) = header(headers, "sec-fetch-site") {
        return site == "same-origin";
    }
    let origin = header(headers, ORIGIN.as_str()).and_then(|origin| origin.split_once("://"));
    origin.is_some_and(|(_, host)| Some(host) == header(headers, HOST.as_str()))
}

/// A script that asks shows no page.
fn wants_no_page(headers: &HeaderMap) -> bool {
    header(headers, "sec-fetch-dest") == Some("empty")
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let name = HeaderName::try_from(name).ok()?;
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The sign-in page, which comes back here. A form that was sent is asked for again: its page has what was typed.
fn to_sign_in(request: &ServiceRequest) -> HttpResponse {
    let back = if request.method() == Method::GET { request.uri().to_string() } else { String::new() };
    let query = serde_urlencoded::to_string([("next", back.as_str())]).unwrap_or_default();
    let mut answer = HttpResponse::SeeOther();
    answer.insert_header((LOCATION, format!("/sign-in?{query}")));
    if cookies::token(request.request()).is_some() {
        answer.cookie(cookies::no_session());
    }
    answer.finish()
}

/// The page that says what is wrong. Where the fault is ours it bears the request's id, and the log has the cause with it.
fn error_page(shell: &Shell, error: &WebError, id: Option<&RequestId>) -> HttpResponse {
    let status = error.status_code();
    let id = id.filter(|_| status.is_server_error()).map(RequestId::as_str);
    if status.is_server_error() {
        tracing::error!(id, status = status.as_u16(), cause = error.for_log(), "a page failed");
    }
    let page = ErrorPage { shell: shell.clone(), text: error.text(&shell.say), id: id.map(str::to_owned) };
    page::render_with(status, &page).unwrap_or_else(|_| HttpResponse::InternalServerError().finish())
}
