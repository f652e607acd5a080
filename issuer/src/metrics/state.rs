//! How the city stands, as its database says when it is asked.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Labels;
use crate::db::Word as _;
use crate::db::act::Act;
use crate::db::audit_checkpoint::AuditCheckpoint;
use crate::db::audit_find;
use crate::db::day::Day;
use crate::db::destruction::Destruction;
use crate::db::kept::Kept;
use crate::db::print_job::PrintOutcome;
use crate::db::publication::{Publication, PublicationKind};
use crate::db::visit::{Station, Visit};
use crate::retention::clock_jump;
use crate::{Error, Issuer};

/// How the city stands. Each number is read along an index: a large city costs no more to ask than a small one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// How many cases wait at each station; stations where none wait are left out.
    pub queue: Vec<(Station, i64)>,
    /// Since when the case waits that waits longest.
    pub waiting_since: Option<DateTime<Utc>>,
    /// What was done with cards since midnight (UTC).
    pub cards: [(&'static str, i64); 5],
    /// When lists were last published.
    pub published_at: Option<DateTime<Utc>>,
    /// The first day that is past and whose records still stand.
    pub overdue_since: Option<NaiveDate>,
    /// How many records should be gone.
    pub overdue: i64,
    /// How many are due today.
    pub due_today: i64,
    /// Destructions whose receipt is not signed.
    pub unsigned: usize,
    /// Whether the clock stands so far ahead that nothing is destroyed until somebody says that it is right.
    pub clock_jumped: bool,
    /// When the audit log was last signed.
    pub checkpoint_at: Option<DateTime<Utc>>,
}

impl State {
    /// Asks the database.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn of(issuer: &Issuer, now: DateTime<Utc>) -> Result<Self, Error> {
        let today = now.date_naive();
        let clock_jumped = clock_jump(issuer, now)?.is_some();
        let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
        issuer.db.read(|conn| {
            let day = Day::of(today);
            let open: Vec<Station> =
                Station::ALL.iter().copied().filter(|station| *station != Station::Closed).collect();
            let longest = Visit::waiting(conn, &open, 0, 1)?.pop();
            let due = Kept::overdue(conn, tomorrow)?;
            let count = |of: &dyn Fn(NaiveDate) -> bool| {
                due.iter().filter(|(day, _)| of(*day)).map(|(_, records)| records).sum()
            };
            Ok(Self {
                queue: Visit::counts(conn)?.into_iter().filter(|(at, _)| *at != Station::Closed).collect(),
                waiting_since: longest.map(|visit| visit.waiting_since.utc()),
                cards: [
                    ("issued", day.issued_in_all(conn)?),
                    ("printed", day.came_out(conn, PrintOutcome::Printed)?),
                    ("spoiled", day.came_out(conn, PrintOutcome::Spoiled)?),
                    ("handed_over", audit_find::count_since(conn, Act::CardHandedOver, day.midnight())?),
                    ("revoked", audit_find::count_since(conn, Act::CardRevoked, day.midnight())?),
                ],
                published_at: Publication::last(conn, PublicationKind::Bundle)?.map(|last| last.at.utc()),
                overdue_since: due.iter().map(|(day, _)| *day).find(|day| *day < today),
                overdue: count(&|day| day < today),
                due_today: count(&|day| day == today),
                unsigned: Destruction::unsigned(conn)?.len(),
                clock_jumped,
                checkpoint_at: AuditCheckpoint::last(conn)?.map(|last| last.at.utc()),
            })
        })
    }

    pub(super) fn register(&self, registry: &mut Registry, now: DateTime<Utc>) {
        let mut tell = |name: &str, help: &str, value: i64| {
            let gauge: Gauge = Gauge::default();
            gauge.set(value);
            registry.register(name, help, gauge);
        };
        let timestamp = |at: Option<DateTime<Utc>>| at.map_or(0, |at| at.timestamp());
        let waits = self.waiting_since.map_or(0, |since| (now - since).num_seconds().max(0));
        tell("queue_oldest_waiting_seconds", "How long the case waits that waits longest", waits);
        tell(
            "lists_published_timestamp_seconds",
            "When what verifiers fetch was last published; 0 before the first time",
            timestamp(self.published_at),
        );
        let past = self.overdue_since.and_then(|day| day.checked_add_days(Days::new(1)));
        let overdue =
            past.map_or(0, |midnight| (now - midnight.and_time(NaiveTime::MIN).and_utc()).num_seconds());
        tell(
            "retention_overdue_seconds",
            "Since when the first record that should be gone still stands",
            overdue,
        );
        tell("retention_overdue_records", "Records that should be gone", self.overdue);
        tell("retention_due_today_records", "Records that go after midnight (UTC)", self.due_today);
        let unsigned = i64::try_from(self.unsigned).unwrap_or(i64::MAX);
        tell("retention_receipts_unsigned", "Destructions whose receipt is not signed yet", unsigned);
        let jumped = i64::from(self.clock_jumped);
        tell(
            "retention_clock_jumped",
            "1 while nothing is destroyed because the clock stands far ahead",
            jumped,
        );
        tell(
            "audit_checkpoint_timestamp_seconds",
            "When the audit log was last signed; 0 before the first time",
            timestamp(self.checkpoint_at),
        );
        let queue: Family<Labels, Gauge> = Family::default();
        for station in Station::ALL.iter().filter(|station| **station != Station::Closed) {
            let waiting = self.queue.iter().find(|(at, _)| at == station).map_or(0, |(_, count)| *count);
            queue.get_or_create(&[("station", station.as_str())]).set(waiting);
        }
        registry.register("queue_cases", "Cases that wait", queue);
        let cards: Family<Labels, Gauge> = Family::default();
        for (what, count) in self.cards {
            cards.get_or_create(&[("what", what)]).set(count);
        }
        registry.register("cards_today", "Cards since midnight (UTC), by what was done with them", cards);
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::db::act::Actor;
    use crate::db::testing::{cities, now};
    use crate::revocation::{self, Change, Named};
    use crate::{enrolment, retention};

    #[test]
    fn a_city_tells_how_it_stands() {
        for city in cities() {
            let (issuer, actor) = (&city.issuer, Actor::command_line("hall"));
            let empty = State::of(issuer, now()).unwrap();
            assert_eq!(
                (empty.queue.as_slice(), empty.waiting_since, empty.published_at),
                (&[][..], None, None)
            );
            assert_eq!(empty.cards.map(|(_, count)| count), [0; 5]);

            let card = city.enrol("Ana Novak", now());
            city.enrol("Bo Ek", now());
            let lost = Named::Number(&card.number);
            revocation::change(issuer, Change::Revoke, lost, "lost", &actor, now()).unwrap();
            enrolment::begin(issuer, enrolment::Wanted::New, &actor, now()).unwrap();
            let state = State::of(issuer, now() + Duration::minutes(5)).unwrap();
            assert_eq!(state.cards.map(|(_, count)| count), [2, 0, 0, 0, 1]);
            assert_eq!(state.queue, [(Station::Check, 1)]);
            assert_eq!(state.waiting_since, Some(now()));
            assert_eq!((state.overdue, state.overdue_since, state.due_today), (0, None, 0));

            // Yesterday's cards are not today's; what is past and stands is overdue.
            retention::tick(issuer, now()).unwrap();
            let tomorrow = State::of(issuer, now() + Duration::days(1)).unwrap();
            assert_eq!(tomorrow.cards.map(|(_, count)| count), [0; 5]);
            let due = city.enrolment(&card).destroy_by;
            let last_day = State::of(issuer, due.and_hms_opt(12, 0, 0).unwrap().and_utc()).unwrap();
            assert_eq!((last_day.overdue, last_day.due_today), (0, 3));
            let later = due.and_hms_opt(12, 0, 0).unwrap().and_utc() + Duration::days(2);
            let later = State::of(issuer, later).unwrap();
            assert_eq!((later.overdue, later.overdue_since, later.due_today), (3, Some(due), 0));
            assert!(later.clock_jumped, "nobody was here for a month");
        }
    }
}
