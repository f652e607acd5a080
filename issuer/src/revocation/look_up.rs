//! What the city knows of a card: a number, what it opens, and what was done with it. No name.

use chrono::{DateTime, Utc};

use super::{Asked, Named};
use crate::db::card::{Card, CardState};
use crate::db::card_status::{CardStatus, StatusChange};
use crate::db::enrolment::Enrolment;
use crate::db::{DbError, Id};
use crate::{Error, Issuer};

/// A card as the city knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its number.
    pub number: String,
    /// The services it opens.
    pub services: Vec<String>,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// From when on it is no longer good.
    pub expires_at: DateTime<Utc>,
    /// Whether it was signed.
    pub state: CardState,
    /// Whether it is good.
    pub status: CardStatus,
    /// Each change of that, the oldest first.
    pub history: Vec<StatusChange>,
    /// The desk that issued it.
    pub desk: String,
    /// The officer who did.
    pub officer: String,
    /// The key that signs it.
    pub kid: String,
    /// The enrolment, while its sealed record stands: `enrolment::holder` opens it, which is audited.
    pub enrolment: Option<Id<Enrolment>>,
}

/// Looks a card up by its number or by the code on its slip; none where the city has none.
///
/// # Errors
/// When what was typed can be neither, or the database fails.
pub fn look_up(issuer: &Issuer, named: Named<'_>) -> Result<Option<Known>, Error> {
    let asked = Asked::of(issuer, named)?;
    issuer.db.read(|conn| {
        let Some(card) = asked.find_any(conn)? else { return Ok(None) };
        let history = StatusChange::of_card(conn, &card.id).map_err(DbError::from)?;
        let enrolment = match &card.enrolment_id {
            Some(id) => Enrolment::find(conn, id).map_err(DbError::from)?,
            None => None,
        };
        let stands = enrolment.filter(|enrolment| enrolment.sealed.is_some());
        Ok(Some(Known::of(card, history, stands.map(|enrolment| enrolment.id))))
    })
}

impl Known {
    fn of(card: Card, history: Vec<StatusChange>, enrolment: Option<Id<Enrolment>>) -> Self {
        Self {
            services: card.services.split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
            number: card.number,
            issued_at: card.issued_at.utc(),
            expires_at: card.expires_at.utc(),
            state: card.state,
            status: card.status,
            history,
            desk: card.desk,
            officer: card.officer,
            kid: card.kid,
            enrolment,
        }
    }
}
