//! What a demand would get today: every table and field, in plain words, with counts and dates.
//!
//! The fields are those that the database itself lists, so that none is left out; one that nobody has described yet is
//! told as such, and a test fails.

mod fields;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::db::inventory::{columns, filled};
use crate::db::kept::Kept;
use crate::{Error, Issuer};

/// What a field says of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nothing.
    None,
    /// A number or id that leads to somebody only with something that is not in the database: the card in a hand.
    Pseudonymous,
    /// Personal data under a key that is destroyed on its day.
    Sealed,
    /// A hash that says whether a guess is right, and only with a key of the keystore.
    Hash,
    /// Nobody has described this field.
    Undescribed,
}

/// One field of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The table.
    pub table: String,
    /// The field.
    pub field: String,
    /// What it says of a person.
    pub kind: Kind,
    /// What it is, in plain English.
    pub words: String,
    /// In how many rows something stands in it.
    pub count: i64,
    /// The oldest of the table's rows, where they have a time.
    pub oldest: Option<DateTime<Utc>>,
    /// The newest.
    pub newest: Option<DateTime<Utc>>,
    /// When what stands in it is destroyed.
    pub until: Until,
}

/// When something is destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// For as long as the city keeps its database.
    Kept,
    /// Nothing stands there.
    Empty,
    /// On its day, the last of which is this one.
    LastDay(NaiveDate),
    /// On its day, but holds keep some longer.
    Holds(NaiveDate),
}

/// Every field, in the order of the tables.
///
/// # Errors
/// When the database fails.
pub fn inventory(issuer: &Issuer, now: DateTime<Utc>) -> Result<Vec<Item>, Error> {
    issuer.db.read(|conn| {
        let all = columns(conn)?;
        let (days, held) = (Kept::days(conn)?, Kept::held(conn)?);
        let last_day = days.last().map_or(now.date_naive(), |(day, _)| *day);
        let mut items = Vec::with_capacity(all.len());
        for of_table in all.chunk_by(|a, b| a.table_name == b.table_name) {
            let Some(table) = of_table.first().map(|column| column.table_name.as_str()) else { continue };
            let names: Vec<_> = of_table.iter().map(|column| column.column_name.as_str()).collect();
            let counted = filled(conn, table, &names, fields::time_of(table))?;
            for (field, count) in names.into_iter().zip(counted.columns) {
                let described = fields::describe(table, field);
                let kind = described.map_or(Kind::Undescribed, |(kind, _)| kind);
                items.push(Item {
                    table: table.to_owned(),
                    field: field.to_owned(),
                    kind,
                    words: described.map_or("not described", |(_, words)| words).to_owned(),
                    count,
                    oldest: counted.times.map(|(oldest, _)| oldest.and_utc()),
                    newest: counted.times.map(|(_, newest)| newest.and_utc()),
                    until: match kind {
                        _ if count == 0 => Until::Empty,
                        Kind::Sealed if held > 0 => Until::Holds(last_day),
                        Kind::Sealed => Until::LastDay(last_day),
                        _ => Until::Kept,
                    },
                });
            }
        }
        Ok(items)
    })
}

#[cfg(test)]
mod tests;
