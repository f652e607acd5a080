//! The visit as a whole: each rule that more than one file keeps.

mod card;
mod desk;
mod earlier;
mod private;
mod steps;

use super::testing::{Desk, at};
use super::*;
use crate::revocation;

fn revoked(desk: &Desk, number: &str) {
    if desk.card(number).status != CardStatus::Revoked {
        let named = revocation::Named::Number(number);
        revocation::change(&desk.issuer, revocation::Change::Revoke, named, "test", &desk.amina, at(9))
            .unwrap();
    }
}
