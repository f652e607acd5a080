//! What a story does with the issuer's own library, in a process of its own.

use chrono::{DateTime, Utc};
use issuer::Issuer;
use issuer::db::act::Actor;
use issuer::db::issuing_key::KeyUse;
use issuer::db::officer::Role;
use issuer::issuance::{self, Application, IssuedCard, Origin};
use issuer::officers::{self, Factor, Login, NewPassword};
use issuer::resident::{Resident, Typed};

use super::{Hall, PASSWORD};

impl Hall {
    /// An officer of the city with a password, and what the changing codes are made of.
    #[expect(clippy::must_use_candidate, reason = "that there is such an officer is often all that is asked")]
    pub fn officer(&self, login: &str, role: Role) -> Factor {
        let now = issuer::edge::now();
        let issuer = Issuer::open(&self.file("city"), None).unwrap();
        let link =
            officers::add(&issuer, &Login::parse(login).unwrap(), role, &Actor::command_line("hall"), now);
        let link = link.unwrap();
        let factor = Factor::of_link(&issuer.keystore, &link).unwrap();
        let password = PASSWORD.into();
        let password = NewPassword::parse(&password, &password, &[login]).unwrap();
        officers::set_up(&issuer, &link, &password, 0, now).unwrap().unwrap();
        factor
    }
}

/// Issues a card without a photo to somebody of this name.
#[must_use]
pub fn issue(issuer: &Issuer, name: &str, actor: &Actor, now: DateTime<Utc>) -> IssuedCard {
    let typed = Typed { full_name: name, ..Typed::default() };
    let resident = Resident::parse(&typed, &issuer.city, now.date_naive()).unwrap();
    let application = Application { resident, pictures: None };
    let signer = issuer::keys::signer(issuer, KeyUse::Card, now).unwrap();
    let origin = Origin { batch: None, first_row: 1 };
    let drafts = issuance::reserve(issuer, &signer, &[application], None, origin, actor, now).unwrap();
    issuance::sign(issuer, &signer, drafts, actor, now).unwrap().remove(0)
}
