//! What comes out: numbers, services, dates and places. Nothing personal.

use chrono::{DateTime, Days, NaiveDate, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::described::StatusWord;
use crate::db::Word as _;
use crate::db::card::{Card, CardState};
use crate::revocation::Known;

/// A card, as the city knows it: nothing of its holder.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CardAnswer {
    /// The number on it.
    #[schema(pattern = "^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]$")]
    number: String,
    /// The services that it opens.
    services: Vec<String>,
    /// When it was issued (UTC).
    #[schema(format = DateTime)]
    issued_at: String,
    /// The last day on which it is good.
    #[schema(value_type = String, format = Date)]
    last_day: NaiveDate,
    /// From when on it is no longer good (UTC): the midnight after that day.
    #[schema(format = DateTime)]
    expires_at: String,
    /// `valid`, `suspended` or `revoked`.
    #[schema(value_type = StatusWord)]
    status: &'static str,
    /// Whether its signatures exist: a card whose issue was interrupted is known and not signed.
    signed: bool,
    /// Where counters read its status.
    status_list: Place,
    /// The key that signs it.
    kid: String,
    /// The desk that issued it.
    desk: String,
}

/// A place on a status list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// The list.
    uri: String,
    /// Which of its places.
    #[schema(minimum = 0)]
    idx: i64,
}

/// Whether a card is good. Why not is between the holder and the city.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusAnswer {
    /// The number on it.
    number: String,
    /// `valid`, `suspended` or `revoked`.
    #[schema(value_type = StatusWord)]
    status: &'static str,
    /// Since when (UTC): the issue, or the last change.
    #[schema(format = DateTime)]
    since: String,
    /// From when on it is no longer good whatever its status (UTC).
    #[schema(format = DateTime)]
    expires_at: String,
}

impl CardAnswer {
    pub(super) fn of(card: &Card, status_list: &str) -> Self {
        let expires_at = card.expires_at.utc();
        Self {
            number: card.number.clone(),
            services: card.services.split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
            issued_at: time(card.issued_at.utc()),
            last_day: expires_at.date_naive().checked_sub_days(Days::new(1)).unwrap_or(NaiveDate::MIN),
            expires_at: time(expires_at),
            status: card.status.as_str(),
            signed: card.state == CardState::Issued,
            status_list: Place { uri: status_list.to_owned(), idx: card.status_index },
            kid: card.kid.clone(),
            desk: card.desk.clone(),
        }
    }
}

impl StatusAnswer {
    pub(super) fn of(known: &Known) -> Self {
        let since = known.history.last().map_or(known.issued_at, |change| change.at.utc());
        Self {
            number: known.number.clone(),
            status: known.status.as_str(),
            since: time(since),
            expires_at: time(known.expires_at),
        }
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
