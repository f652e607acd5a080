//! The desk through its own routes, with a clock that the tests move.

mod adversary;
mod api;
mod audit;
mod batches;
mod carried;
mod forms;
mod many;
mod record;
mod roles;
mod signing_in;
mod staff;
mod visit;

use actix_http::Request;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, Error, test};
use secrecy::SecretString;

use super::desk::testing::Hands;
use super::{Desk, routes, watch};

use crate::Issuer;
use crate::config::testing::answers;
use crate::db::act::Actor;
use crate::db::officer::{NewOfficer, Officer, PasswordDigest, Role};
use crate::db::sign_in::SecondFactor;
use crate::db::testing::Schema;
use crate::db::{Id, Word as _};
use crate::issuer::Passphrases;
use crate::officers::Factor;

/// The password of every officer here.
pub(super) const PASSWORD: &str = "violet otter ferry";

/// A city with an officer of each role, and its desk.
pub(super) struct Town {
    pub(super) desk: Data<Desk>,
    pub(super) hands: Hands,
    dir: tempfile::TempDir,
    schema: Option<Schema>,
}

impl Town {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let hands = Hands::at_ten();
        let data = dir.path().join("city");
        let schema = Schema::new();
        let database = schema.as_ref().map(|schema| schema.url.as_str());
        let issuer =
            Issuer::create(&data, &answers(), database, &Passphrases::default(), hands.now()).unwrap();
        let digest = PasswordDigest::of(&SecretString::from(PASSWORD), [7; 16]).unwrap();
        for role in Role::ALL {
            let id = crate::edge::new_id(hands.now());
            let new = NewOfficer::new(id, role.as_str().to_owned(), *role, digest.clone(), hands.now());
            let factor = Self::factor(*role);
            let sealed_secret = factor.sealed(&issuer.keystore, &Id::new(id)).unwrap();
            issuer
                .db
                .write(|tx| {
                    let officer = Officer::insert(tx.conn(), &new)?;
                    SecondFactor { officer_id: officer.id, sealed_secret, last_step: 0 }
                        .replace(tx.conn())?;
                    let actor = Actor::command_line("hall");
                    let act = crate::db::act::Act::OfficerAdded;
                    let kind = crate::db::act::SubjectKind::Officer;
                    tx.audit(crate::issuance::entry(act, kind, id.to_string(), &actor, hands.now()))?;
                    Ok::<_, crate::Error>(())
                })
                .unwrap();
        }
        let desk = Data::new(Desk::new(issuer, hands.clock()).unwrap());
        Self { desk, hands, dir, schema }
    }

    /// The same city after its server was started again.
    pub(super) fn again(self) -> Self {
        let Self { desk, hands, dir, schema } = self;
        drop(desk);
        let issuer = Issuer::open(&dir.path().join("city"), None).unwrap();
        let desk = Data::new(Desk::new(issuer, hands.clock()).unwrap());
        Self { desk, hands, dir, schema }
    }

    /// The folder in which everything of it lies.
    pub(super) fn folder(&self) -> &std::path::Path {
        self.dir.path()
    }

    fn factor(role: Role) -> Factor {
        let letter = ["A", "B", "C", "D"][Role::ALL.iter().position(|one| *one == role).unwrap()];
        Factor::from_base32(&letter.repeat(32)).unwrap()
    }

    pub(super) async fn app(&self) -> impl Served {
        let app = App::new().app_data(Data::clone(&self.desk)).wrap(super::headers(false));
        test::init_service(app.wrap(from_fn(watch::pass)).configure(routes::register)).await
    }

    /// The code that an officer's telephone shows.
    pub(super) fn code(&self, role: Role) -> String {
        Self::factor(role).code(self.hands.now())
    }

    /// Runs SQL that no program of ours runs.
    pub(super) fn tamper(&self, sql: &str) {
        use diesel::connection::SimpleConnection as _;
        let done = self.desk.issuer.db.write(|tx| {
            tx.forget_audit();
            tx.conn().batch_execute(sql)?;
            Ok::<_, crate::Error>(())
        });
        done.unwrap();
    }

    /// The acts of the audit log, oldest first.
    pub(super) fn acts(&self) -> Vec<String> {
        let db = &self.desk.issuer.db;
        db.read(|conn| Ok::<_, crate::Error>(crate::db::testing::acts(conn)?)).unwrap()
    }
}

/// The desk's routes, served.
pub(super) trait Served:
    Service<Request, Response = ServiceResponse<Self::Body>, Error = Error>
{
    /// What its answers are made of.
    type Body: MessageBody;
}

impl<S, B> Served for S
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    type Body = B;
}

/// A browser: what it holds, and what it says of itself.
#[derive(Clone, Default)]
pub(super) struct Browser {
    pub(super) cookie: Option<String>,
    pub(super) csrf: String,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) location: String,
    pub(super) cookies: Vec<String>,
    pub(super) headers: actix_web::http::header::HeaderMap,
    pub(super) text: String,
}

impl Browser {
    /// A browser in which an officer has signed in.
    pub(super) async fn of(town: &Town, app: &impl Served, role: Role) -> Self {
        let mut browser = Self::default();
        let code = town.code(role);
        let fields = [("login", role.as_str()), ("password", PASSWORD), ("code", &code)];
        let page = browser.post(app, "/sign-in", &fields).await;
        assert_eq!((page.status, page.location.as_str()), (StatusCode::SEE_OTHER, "/"), "{}", page.text);
        browser.take(&page);
        let start = browser.get(app, "/").await;
        assert_eq!(start.status, StatusCode::OK, "{}", start.text);
        let (_, rest) = start.text.split_once("data-form-token=\"").unwrap();
        browser.csrf = rest.split('"').next().unwrap().to_owned();
        browser
    }

    /// Keeps the session that a page gave.
    pub(super) fn take(&mut self, page: &Page) {
        let session = page.cookies.iter().find(|cookie| cookie.starts_with("__Host-session=")).unwrap();
        self.cookie = Some(session.split(';').next().unwrap().to_owned());
    }

    pub(super) async fn get(&self, app: &impl Served, path: &str) -> Page {
        self.send(app, test::TestRequest::get().uri(path)).await
    }

    /// Sends a form of the page.
    pub(super) async fn post(&self, app: &impl Served, path: &str, fields: &[(&str, &str)]) -> Page {
        let all: Vec<(&str, &str)> =
            std::iter::once(("form_token", self.csrf.as_str())).chain(fields.iter().copied()).collect();
        let request = test::TestRequest::post()
            .uri(path)
            .insert_header(("Sec-Fetch-Site", "same-origin"))
            .set_form(&all);
        self.send(app, request).await
    }

    /// Sends a request just as it is, but for the cookie.
    pub(super) async fn send(&self, app: &impl Served, request: test::TestRequest) -> Page {
        let mut request =
            request.insert_header((HOST, "desk.test")).peer_addr("127.0.0.1:40000".parse().unwrap());
        if let Some(cookie) = &self.cookie {
            request = request.insert_header((COOKIE, cookie.as_str()));
        }
        let response = app.call(request.to_request()).await.unwrap();
        let header = |name| {
            let value: Option<&actix_web::http::header::HeaderValue> = response.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let (status, location) = (response.status(), header(LOCATION));
        let headers = response.headers().clone();
        let cookies = headers.get_all(SET_COOKIE).map(|cookie| cookie.to_str().unwrap().to_owned()).collect();
        let text = String::from_utf8_lossy(&test::read_body(response).await).into_owned();
        Page { status, location, cookies, headers, text }
    }
}

/// A request of a method without a body, as a page of this server sends it.
pub(super) fn bare(method: Method, path: &str) -> test::TestRequest {
    let request = test::TestRequest::with_uri(path).method(method);
    request
        .insert_header(("Sec-Fetch-Site", "same-origin"))
        .insert_header((CONTENT_TYPE, "application/x-www-form-urlencoded"))
}
