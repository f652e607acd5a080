//! The numbers of a day, counted where they stand.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use diesel::prelude::*;

use super::card::CardState;
use super::print_job::PrintOutcome;
use super::schema::{card, print_job, visit};
use super::visit::VisitOutcome;
use super::{AnyConnection, UtcTime};

/// From midnight to midnight, in UTC.
#[derive(Clone, Copy, Debug)]
pub struct Day {
    from: UtcTime,
    until: UtcTime,
}

impl Day {
    /// A day.
    #[must_use]
    pub fn of(date: NaiveDate) -> Self {
        let midnight = |date: NaiveDate| UtcTime::from(date.and_time(NaiveTime::MIN).and_utc());
        Self { from: midnight(date), until: midnight(date.succ_opt().unwrap_or(date)) }
    }

    /// When it begins.
    #[must_use]
    pub fn midnight(self) -> DateTime<Utc> {
        self.from.utc()
    }

    /// How many visits began.
    ///
    /// # Errors
    /// When the database fails.
    pub fn began(self, conn: &mut AnyConnection) -> QueryResult<i64> {
        visit::table
            .filter(visit::began_at.ge(self.from))
            .filter(visit::began_at.lt(self.until))
            .count()
            .get_result(conn)
    }

    /// How many visits ended so.
    ///
    /// # Errors
    /// When the database fails.
    pub fn ended(self, conn: &mut AnyConnection, outcome: VisitOutcome) -> QueryResult<i64> {
        visit::table
            .filter(visit::outcome.eq(Some(outcome)))
            .filter(visit::closed_at.ge(Some(self.from)))
            .filter(visit::closed_at.lt(Some(self.until)))
            .count()
            .get_result(conn)
    }

    /// How many visits were open when the day ended, or are, while it lasts.
    ///
    /// # Errors
    /// When the database fails.
    pub fn open(self, conn: &mut AnyConnection) -> QueryResult<i64> {
        let begun = visit::table.filter(visit::began_at.lt(self.until));
        let open: i64 = begun.filter(visit::closed_at.is_null()).count().get_result(conn)?;
        let later: i64 = begun.filter(visit::closed_at.ge(Some(self.until))).count().get_result(conn)?;
        Ok(open + later)
    }

    /// How many cards were issued at the desk, those of batches left out.
    ///
    /// # Errors
    /// When the database fails.
    pub fn issued(self, conn: &mut AnyConnection) -> QueryResult<i64> {
        card::table
            .filter(card::issued_at.ge(self.from))
            .filter(card::issued_at.lt(self.until))
            .filter(card::state.eq(CardState::Issued))
            .filter(card::batch_id.is_null())
            .count()
            .get_result(conn)
    }

    /// How many cards were issued, at the desk or in batches.
    ///
    /// # Errors
    /// When the database fails.
    pub fn issued_in_all(self, conn: &mut AnyConnection) -> QueryResult<i64> {
        card::table
            .filter(card::issued_at.ge(self.from))
            .filter(card::issued_at.lt(self.until))
            .filter(card::state.eq(CardState::Issued))
            .count()
            .get_result(conn)
    }

    /// How many print jobs ended so.
    ///
    /// # Errors
    /// When the database fails.
    pub fn came_out(self, conn: &mut AnyConnection, outcome: PrintOutcome) -> QueryResult<i64> {
        print_job::table
            .filter(print_job::outcome.eq(Some(outcome)))
            .filter(print_job::outcome_at.ge(Some(self.from)))
            .filter(print_job::outcome_at.lt(Some(self.until)))
            .count()
            .get_result(conn)
    }

    /// Begin and end of the visits that ended with a card in the holder's hand.
    ///
    /// # Errors
    /// When the database fails.
    pub fn handed_over(self, conn: &mut AnyConnection) -> QueryResult<Vec<(DateTime<Utc>, DateTime<Utc>)>> {
        let times: Vec<(UtcTime, Option<UtcTime>)> = visit::table
            .filter(visit::outcome.eq(Some(VisitOutcome::HandedOver)))
            .filter(visit::closed_at.ge(Some(self.from)))
            .filter(visit::closed_at.lt(Some(self.until)))
            .select((visit::began_at, visit::closed_at))
            .load(conn)?;
        Ok(times.into_iter().filter_map(|(from, to)| Some((from.utc(), to?.utc()))).collect())
    }
}
