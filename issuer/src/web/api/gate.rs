//! What stands before every handler that programs call: the token, its scope, how often it calls, the body, and the audit log.
//!
//! What is done is told to the audit log in the transaction that does it; what is looked at, before it is shown. What a good or
//! a withdrawn token is refused is told here.

use std::rc::Rc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web::{self, Data};
use actix_web::{HttpMessage as _, HttpResponse, ResponseError as _};

use super::body::Sent;
use super::problem::Problem;
use super::program::Caller;
use crate::db::act::{Act, SubjectKind};
use crate::db::api_token::{ApiToken, Scope};
use crate::issuance::entry;
use crate::programs;
use crate::web::desk::Desk;
use crate::web::posted::MAX_UPLOAD;
use crate::web::routes::Place;

/// Most bytes of a body without a photo.
const MAX_BODY: usize = 16 * 1024;

/// An address that programs call, as the table has it.
#[derive(Clone)]
pub(in crate::web) struct Door {
    pub(in crate::web) place: Place,
    pub(in crate::web) scope: Option<Scope>,
    pub(in crate::web) methods: Rc<[Method]>,
}

/// Lets a call through to its handler.
pub(in crate::web) async fn pass(
    door: Door,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(desk) = request.app_data::<Data<Desk>>().cloned() else {
        return Ok(request.into_response(HttpResponse::InternalServerError().finish()));
    };
    if !door.methods.contains(request.method()) {
        let allowed: Vec<_> = door.methods.iter().map(Method::as_str).collect();
        return Ok(request.into_response(Problem::method(&allowed.join(", ")).error_response()));
    }
    let caller = match door.scope {
        None => None,
        Some(_) => match known(&desk, request.headers()).await {
            Ok(caller) => Some(caller),
            Err(problem) => return Ok(request.into_response(problem.error_response())),
        },
    };
    let (code, response) = if let Err(problem) = admit(&desk, &door, caller.as_ref(), &mut request).await {
        (problem.code(), request.into_response(problem.error_response()))
    } else {
        let response = next.call(request).await?.map_into_boxed_body();
        let problem = response.response().error().and_then(|error| error.as_error::<Problem>());
        match problem.filter(|problem| problem.status_code().is_client_error()).map(Problem::code) {
            None => return Ok(response),
            Some(code) => (code, response),
        }
    };
    let Some(caller) = caller else { return Ok(response) };
    match tell(&desk, caller, door.place.path, code).await {
        Ok(()) => Ok(response),
        Err(problem) => Ok(response.into_response(problem.error_response())),
    }
}

/// Whose token it is, good or not. Calls without one cost no more than to look for it, and are not told to the audit log, which
/// anybody could fill with them.
async fn known(desk: &Data<Desk>, headers: &HeaderMap) -> Result<Caller, Problem> {
    let given = headers.get(AUTHORIZATION).ok_or_else(Problem::no_token)?;
    let given = given.to_str().ok().and_then(|given| given.split_once(' '));
    let text = given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer")).map(|(_, text)| text.trim());
    let token = text.and_then(programs::read).ok_or_else(Problem::bad_token)?;
    let find =
        move |desk: &Desk| desk.issuer.db.read(|conn| Ok::<_, Problem>(ApiToken::find(conn, &token.hash())?));
    let token = run(desk, find).await?.ok_or_else(Problem::bad_token)?;
    desk.calls.may_call(&token).map_err(Problem::too_often)?;
    Ok(Caller(token))
}

/// Whether the token is good for this, and what was sent.
async fn admit(
    desk: &Data<Desk>,
    door: &Door,
    caller: Option<&Caller>,
    request: &mut ServiceRequest,
) -> Result<(), Problem> {
    if let Some(caller) = caller {
        if !caller.0.is_live(desk.now()) {
            return Err(Problem::bad_token());
        }
        if let Some(scope) = door.scope.filter(|scope| !caller.0.may(*scope)) {
            return Err(Problem::scope(scope));
        }
        request.extensions_mut().insert(caller.clone());
    }
    if request.method() == Method::POST {
        let patience = desk.patience;
        let (most, time) =
            if door.place.uploads { (MAX_UPLOAD, patience.upload) } else { (MAX_BODY, patience.form) };
        let headers = request.headers().clone();
        let body = Sent::read(&headers, request.take_payload(), most, door.place.uploads);
        let sent = actix_web::rt::time::timeout(time, body).await.map_err(|_| Problem::too_slow())??;
        request.extensions_mut().insert(sent);
    }
    Ok(())
}

/// Tells the audit log what a program was refused: the address, without what stood in it.
async fn tell(
    desk: &Data<Desk>,
    caller: Caller,
    path: &'static str,
    code: &'static str,
) -> Result<(), Problem> {
    run(desk, move |desk| {
        let (actor, now) = (caller.actor(), desk.now());
        let mut told = entry(Act::CallRefused, SubjectKind::Call, path.to_owned(), &actor, now);
        told.reason = Some(code.to_owned());
        desk.issuer.db.write(|tx| Ok::<_, Problem>(tx.audit(told).map(drop)?))
    })
    .await
}

/// Does what waits for the database or a key away from the threads that answer.
pub(super) async fn run<T, E>(
    desk: &Data<Desk>,
    act: impl FnOnce(&Desk) -> Result<T, E> + Send + 'static,
) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    let desk = Data::clone(desk);
    web::block(move || act(&desk)).await.map_err(|_| Problem::busy())?.map_err(Into::into)
}
