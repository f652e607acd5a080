//! What a client sends must come in time: a slow one holds no connection for long.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::rt::time::timeout;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpRequest};

use super::Kiosk;
use super::problem::Problem;

/// How long a body may take to arrive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience(pub(super) Duration);

/// What is taken from a request, if it comes in time.
pub(super) struct InTime<T>(pub(super) T);

impl<T> FromRequest for InTime<T>
where
    T: FromRequest,
    T::Future: 'static,
{
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let patience = request.app_data::<Data<Kiosk>>().map_or(super::PATIENCE, |kiosk| kiosk.patience.0);
        let taken = timeout(patience, T::from_request(request, payload));
        Box::pin(async move {
            let taken = taken.await.map_err(|_| Problem::too_slow())?;
            taken.map(Self).map_err(Into::into)
        })
    }
}
