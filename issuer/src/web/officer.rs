//! The signed-in officer, as a handler asks for one.

use std::fmt;
use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use super::error::WebError;
use super::page::Shell;
use super::say::Say;
use crate::db::Id;
use crate::db::act::Actor;
use crate::db::officer::{Officer as Account, Role};
use crate::db::session::Session;

/// Which roles may.
pub(super) trait Right: 'static {
    /// The roles.
    const ROLES: &'static [Role];
}

/// Every officer.
pub(super) struct Any;

/// Who enrols, and who gives second looks.
pub(super) struct Desks;

/// Who approves what is done to many cards.
pub(super) struct Approves;

/// Who may look at the day's figures.
pub(super) struct Counts;

/// Who keeps keys, officers and lists.
pub(super) struct Custodian;

/// Who asks for holds, and for their end.
pub(super) struct Asks;

/// Who answers for what the city keeps, before a court or the public.
pub(super) struct Oversees;

/// Who reads the audit log.
pub(super) struct Audits;

impl Right for Any {
    const ROLES: &'static [Role] = &[Role::Registrar, Role::Approver, Role::Auditor, Role::Custodian];
}

impl Right for Desks {
    const ROLES: &'static [Role] = &[Role::Registrar, Role::Approver];
}

impl Right for Approves {
    const ROLES: &'static [Role] = &[Role::Approver, Role::Custodian];
}

impl Right for Counts {
    const ROLES: &'static [Role] = &[Role::Registrar, Role::Approver, Role::Custodian];
}

impl Right for Custodian {
    const ROLES: &'static [Role] = &[Role::Custodian];
}

impl Right for Asks {
    const ROLES: &'static [Role] = &[Role::Registrar, Role::Approver, Role::Custodian];
}

impl Right for Oversees {
    const ROLES: &'static [Role] = &[Role::Approver, Role::Auditor, Role::Custodian];
}

impl Right for Audits {
    const ROLES: &'static [Role] = &[Role::Auditor];
}

/// Who is signed in, put there by the gate.
#[derive(Clone)]
pub(super) struct SignedIn {
    pub(super) account: Account,
    pub(super) session: Session,
    pub(super) desk: String,
    pub(super) city: String,
    pub(super) say: Say,
}

/// An officer with the right `R`. A handler that takes one cannot be reached by anybody else.
pub(super) struct Officer<R: Right> {
    pub(super) signed_in: SignedIn,
    right: PhantomData<R>,
}

impl<R: Right> fmt::Debug for Officer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Officer({})", self.signed_in.account.id.as_str())
    }
}

impl<R: Right> Officer<R> {
    pub(super) fn id(&self) -> &Id<Account> {
        &self.signed_in.account.id
    }

    pub(super) fn role(&self) -> Role {
        self.signed_in.account.role
    }

    /// As whom the audit log knows the officer.
    pub(super) fn actor(&self) -> Actor {
        Actor::officer(self.id(), self.role(), &self.signed_in.desk)
    }

    pub(super) fn say(&self) -> &Say {
        &self.signed_in.say
    }

    /// What stands around every page of the officer's.
    pub(super) fn shell(&self) -> Shell {
        Shell::signed_in(&self.signed_in)
    }
}

impl<R: Right> FromRequest for Officer<R> {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let signed_in = request.extensions().get::<SignedIn>().cloned();
        ready(match signed_in {
            None => Err(WebError::SignedOut),
            Some(signed_in) if !R::ROLES.contains(&signed_in.account.role) => Err(WebError::OtherRole),
            Some(signed_in) => Ok(Self { signed_in, right: PhantomData }),
        })
    }
}

/// What every request says of its browser: the language and the desk that were chosen in it.
#[derive(Debug, Clone)]
pub(super) struct Browser {
    pub(super) say: Say,
    pub(super) desk: String,
}

impl FromRequest for Browser {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or(WebError::NotFound))
    }
}
