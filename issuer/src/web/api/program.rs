//! The program that calls, as a handler asks for one.

use std::fmt;
use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use super::problem::Problem;
use crate::db::Id;
use crate::db::act::Actor;
use crate::db::api_token::{ApiToken, Scope};

/// What a program does.
pub(in crate::web) trait Does: 'static {
    /// The scope that it takes.
    const SCOPE: Scope;
}

/// Issues cards.
pub(in crate::web) struct Issues;

/// Looks cards up.
pub(in crate::web) struct LooksUp;

/// Asks whether cards are good.
pub(in crate::web) struct AsksStatus;

/// Suspends cards, and makes them good again.
pub(in crate::web) struct Suspends;

/// Revokes cards.
pub(in crate::web) struct Revokes;

impl Does for Issues {
    const SCOPE: Scope = Scope::Issue;
}

impl Does for LooksUp {
    const SCOPE: Scope = Scope::LookUp;
}

impl Does for AsksStatus {
    const SCOPE: Scope = Scope::Status;
}

impl Does for Suspends {
    const SCOPE: Scope = Scope::Suspend;
}

impl Does for Revokes {
    const SCOPE: Scope = Scope::Revoke;
}

/// The token of a call, found good and put there by the gate.
#[derive(Clone)]
pub(super) struct Caller(pub(super) ApiToken);

impl Caller {
    /// As whom the audit log knows the program.
    pub(super) fn actor(&self) -> Actor {
        Actor::program(&self.0.id, &self.0.desk)
    }
}

/// A program whose token has the scope of `S`. A handler that takes one cannot be reached by any other.
pub(in crate::web) struct Program<S: Does> {
    caller: Caller,
    does: PhantomData<S>,
}

impl<S: Does> fmt::Debug for Program<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Program({})", self.caller.0.id)
    }
}

impl<S: Does> Program<S> {
    pub(super) fn id(&self) -> &Id<ApiToken> {
        &self.caller.0.id
    }

    pub(super) fn actor(&self) -> Actor {
        self.caller.actor()
    }

    pub(super) fn may(&self, scope: Scope) -> bool {
        self.caller.0.may(scope)
    }
}

impl<S: Does> FromRequest for Program<S> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Caller>().cloned();
        ready(match caller {
            None => Err(Problem::no_token()),
            Some(caller) if !caller.0.may(S::SCOPE) => Err(Problem::scope(S::SCOPE)),
            Some(caller) => Ok(Self { caller, does: PhantomData }),
        })
    }
}
