//! What was done on a day, in numbers.

use chrono::{Duration, NaiveDate};

use super::CaseError;
use crate::Issuer;
use crate::db::day::Day;
use crate::db::print_job::PrintOutcome;
use crate::db::visit::VisitOutcome;

/// The numbers of a day, from midnight to midnight in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaySheet {
    /// Visits that began.
    pub enrolled: i64,
    /// Cards issued at the desk, successors of spoiled ones among them.
    pub issued: i64,
    /// Cards that came out of the printer good.
    pub printed: i64,
    /// Cards that came out spoiled.
    pub spoiled: i64,
    /// Times nothing came out.
    pub nothing: i64,
    /// Cards handed over.
    pub handed_over: i64,
    /// Visits that two officers refused.
    pub refused: i64,
    /// Visits whose resident left.
    pub left: i64,
    /// Visits still open at the end of the day, or now.
    pub waiting: i64,
    /// From begin to hand-over, the visit in the middle: of two in the middle, half-way between.
    pub median: Option<Duration>,
}

/// The sheet of a day.
///
/// # Errors
/// When the database fails.
pub fn day_sheet(issuer: &Issuer, date: NaiveDate) -> Result<DaySheet, CaseError> {
    let day = Day::of(date);
    issuer.db.read(|conn| {
        let lasted = day.handed_over(conn)?.into_iter().map(|(from, to)| to - from).collect();
        Ok(DaySheet {
            enrolled: day.began(conn)?,
            issued: day.issued(conn)?,
            printed: day.came_out(conn, PrintOutcome::Printed)?,
            spoiled: day.came_out(conn, PrintOutcome::Spoiled)?,
            nothing: day.came_out(conn, PrintOutcome::Nothing)?,
            handed_over: day.ended(conn, VisitOutcome::HandedOver)?,
            refused: day.ended(conn, VisitOutcome::Refused)?,
            left: day.ended(conn, VisitOutcome::Left)?,
            waiting: day.open(conn)?,
            median: median(lasted),
        })
    })
}

fn median(mut lasted: Vec<Duration>) -> Option<Duration> {
    lasted.sort_unstable();
    let upper = *lasted.get(lasted.len() / 2)?;
    match lasted.len() % 2 {
        1 => Some(upper),
        _ => lasted.get(lasted.len() / 2 - 1).map(|lower| (*lower + upper) / 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_visit_in_the_middle() {
        let minutes = |all: &[i64]| median(all.iter().map(|one| Duration::minutes(*one)).collect());
        assert_eq!(minutes(&[]), None);
        assert_eq!(minutes(&[7]), Some(Duration::minutes(7)));
        assert_eq!(minutes(&[30, 7, 9]), Some(Duration::minutes(9)));
        assert_eq!(minutes(&[30, 7, 9, 10]), Some(Duration::seconds(570)));
    }
}
