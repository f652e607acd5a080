//! Which types of papers an officer saw. Never a number, never a copy.

use diesel::prelude::*;

use super::enrolment::Enrolment;
use super::schema::evidence_check;
use super::{AnyConnection, Id, UtcTime};

/// A type of paper that was shown.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = evidence_check)]
#[diesel(treat_none_as_default_value = false)]
pub struct EvidenceCheck {
    /// For which enrolment.
    pub enrolment_id: Id<Enrolment>,
    /// The type: a word of the city's table.
    pub document_type: String,
    /// Its points for who somebody is.
    pub identity_points: i64,
    /// Its points for living here.
    pub residency_points: i64,
    /// Who saw it.
    pub officer: String,
    /// When.
    pub at: UtcTime,
}

impl EvidenceCheck {
    /// Keeps what was shown for an enrolment, instead of what was kept before.
    ///
    /// # Errors
    /// When the database fails.
    pub fn replace(conn: &mut AnyConnection, id: &Id<Enrolment>, shown: &[Self]) -> QueryResult<()> {
        diesel::delete(evidence_check::table.filter(evidence_check::enrolment_id.eq(id))).execute(conn)?;
        for one in shown {
            diesel::insert_into(evidence_check::table).values(one).execute(conn)?;
        }
        Ok(())
    }

    /// What was shown for an enrolment.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(conn: &mut AnyConnection, id: &Id<Enrolment>) -> QueryResult<Vec<Self>> {
        evidence_check::table
            .filter(evidence_check::enrolment_id.eq(id))
            .order(evidence_check::document_type)
            .load(conn)
    }
}
