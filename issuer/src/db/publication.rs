//! Publications: the sequence numbers that keep verifiers from going back.

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use super::columns::{Raw, put_text, take_word};
use super::schema::publication;
use super::{AnyConnection, MultiBackend, UtcTime, Word};

/// Something that was published.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = publication)]
#[diesel(treat_none_as_default_value = false)]
pub struct Publication {
    /// Its number, higher than every one before, whatever their kind.
    pub sequence: i64,
    /// What was published.
    pub kind: PublicationKind,
    /// When.
    pub at: UtcTime,
}

impl Publication {
    /// Takes the next sequence number for a publication.
    ///
    /// # Errors
    /// When the database fails.
    pub fn next(conn: &mut AnyConnection, kind: PublicationKind, now: DateTime<Utc>) -> QueryResult<Self> {
        let next = Self { sequence: Self::highest(conn)? + 1, kind, at: now.into() };
        diesel::insert_into(publication::table).values(&next).execute(conn)?;
        Ok(next)
    }

    /// The highest number of all, 0 before the first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn highest(conn: &mut AnyConnection) -> QueryResult<i64> {
        let last: Option<i64> =
            publication::table.select(diesel::dsl::max(publication::sequence)).first(conn)?;
        Ok(last.unwrap_or(0))
    }

    /// Notes a bundle that was published after this database was copied; the next number is higher.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note(conn: &mut AnyConnection, sequence: i64, at: DateTime<Utc>) -> QueryResult<()> {
        if sequence <= Self::highest(conn)? {
            return Ok(());
        }
        let noted = Self { sequence, kind: PublicationKind::Bundle, at: at.into() };
        diesel::insert_into(publication::table).values(&noted).execute(conn).map(drop)
    }

    /// The last publication of a kind.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last(conn: &mut AnyConnection, kind: PublicationKind) -> QueryResult<Option<Self>> {
        publication::table
            .filter(publication::kind.eq(kind))
            .order(publication::sequence.desc())
            .first(conn)
            .optional()
    }
}

/// What can be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum PublicationKind {
    /// The list of issuers, keys and services.
    TrustList,
    /// The status lists.
    StatusList,
    /// Both in one file.
    Bundle,
}

impl Word for PublicationKind {
    const ALL: &'static [Self] = &[Self::TrustList, Self::StatusList, Self::Bundle];

    fn as_str(self) -> &'static str {
        match self {
            Self::TrustList => "trust_list",
            Self::StatusList => "status_list",
            Self::Bundle => "bundle",
        }
    }
}

impl ToSql<Text, MultiBackend> for PublicationKind {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for PublicationKind {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{databases, now};
    use super::*;

    #[test]
    fn sequence_numbers_only_rise() {
        for test in databases() {
            let next = |kind| test.write(|tx| Ok(Publication::next(tx.conn(), kind, now())?)).sequence;
            assert_eq!(next(PublicationKind::TrustList), 1);
            assert_eq!(next(PublicationKind::Bundle), 2);
            assert_eq!(next(PublicationKind::TrustList), 3);
            let last = |kind| test.write(|tx| Ok(Publication::last(tx.conn(), kind)?));
            assert_eq!(last(PublicationKind::Bundle).unwrap().sequence, 2);
            assert_eq!(last(PublicationKind::StatusList), None);
        }
    }
}
