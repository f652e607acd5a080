//! A city that is full already: closed cases, whose records are destroyed, their cards and what was noted of them.
//!
//! The rows are invented, but as many and as large as real ones; the audit entries' hashes are no chain.

use std::fmt::Write as _;
use std::path::Path;

use chrono::{DateTime, Duration, Utc};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use issuer::db::issuing_key::{IssuingKey, KeyState, KeyUse};
use issuer::db::{AnyConnection, DatabaseUrl};
use issuer::{Issuer, edge};
use shared::id::CardNumber;

/// Rows of a statement.
const ROWS: usize = 250;
/// Cards of a transaction.
const CARDS: usize = 5_000;
/// Cards a day.
const A_DAY: i64 = 400;

/// How full a city is before anybody comes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Full {
    /// Its cards.
    pub cards: usize,
    /// What each of them left in the audit log: a visit 20 entries, a card of a batch or of another program two.
    pub entries: i64,
}

/// Fills the city in a folder. It must not be served meanwhile.
///
/// # Errors
/// When the database refuses.
pub fn fill(data: &Path, full: Full) -> Result<(), String> {
    if full.cards == 0 {
        return Ok(());
    }
    let issuer = Issuer::open(data, None).map_err(|error| error.to_string())?;
    let postgres = matches!(issuer.city.database, DatabaseUrl::Postgres(_));
    let mut conn = connect(&issuer)?;
    fill_with(&mut conn, postgres, full).map_err(|error| error.to_string())
}

fn fill_with(conn: &mut AnyConnection, postgres: bool, full: Full) -> QueryResult<()> {
    let have = usize::try_from(count(conn)?).unwrap();
    if have >= full.cards {
        return Ok(());
    }
    let town =
        Town { postgres, cards: full.cards - have, entries: full.entries, first: have, now: edge::now() };
    let begin = town.lists(&kid(conn)?);
    conn.transaction(|conn| conn.batch_execute(&begin))?;
    let mut at = 0;
    while at < town.cards {
        let end = town.cards.min(at + CARDS);
        let mut statements = String::new();
        let mut from = at;
        while from < end {
            let to = end.min(from + ROWS);
            town.rows(from..to, &mut statements);
            from = to;
        }
        conn.transaction(|conn| conn.batch_execute(&statements))?;
        at = end;
    }
    conn.batch_execute("DROP TABLE load_base; ANALYZE")
}

struct Town {
    postgres: bool,
    cards: usize,
    entries: i64,
    first: usize,
    now: DateTime<Utc>,
}

impl Town {
    /// A list that is full, for the cards; and room in the audit log's numbers.
    fn lists(&self, kid: &str) -> String {
        let (cards, first) = (self.cards, self.first);
        let entries = self.entries * i64::try_from(cards).unwrap();
        format!(
            "INSERT INTO status_list (id, kid, expiry_year, shard, capacity, next_position, uri)
             VALUES ('{}', '{kid}', {}, {}, {cards}, {cards}, 'https://card.alder.example/status/full-{first}');
             UPDATE audit_counter SET value = value + {entries};
             CREATE TABLE IF NOT EXISTS load_base (seq BIGINT NOT NULL);
             DELETE FROM load_base;
             INSERT INTO load_base SELECT value - {entries} FROM audit_counter;",
            self.list(),
            2_000 + first,
            900,
        )
    }

    fn list(&self) -> String {
        id(9, self.first)
    }

    fn rows(&self, cards: std::ops::Range<usize>, out: &mut String) {
        let mut tables = Tables::default();
        for card in cards {
            self.row(self.first + card, card, &mut tables);
        }
        tables.write(out);
    }

    fn row(&self, card: usize, place: usize, tables: &mut Tables) {
        let number = i64::try_from(card).unwrap();
        let began = self.now - Duration::days(1 + number / A_DAY) - Duration::seconds(number % 20_000);
        let (began, day) = (began.format("%Y-%m-%d %H:%M:%S"), began.format("%Y-%m-%d"));
        let until = (self.now + Duration::days(900)).format("%Y-%m-%d 00:00:00");
        let (enrolment, own, job) = (id(1, card), id(2, card), id(3, card));
        let printed = CardNumber::from_random(bits(card));
        let (officer, desk) = (format!("officer-{}", card % 40), format!("desk-{}", card % 12));
        let hash = self.blob(card);
        let list = self.list();
        let row = &mut tables.enrolment;
        row.push(format!(
            "('{enrolment}','destroyed','{began}','{day}','{day}',NULL,NULL,'{officer}','{desk}')"
        ));
        tables.card.push(format!(
            "('{own}','{printed}','{enrolment}',(SELECT kid FROM status_list WHERE id='{list}'),'{list}',{place},\
             'library clinic transit','{began}','{until}','issued','{}',{hash},{hash},{hash},NULL,NULL,'{desk}','{officer}')",
            if card.is_multiple_of(100) { "revoked" } else { "valid" },
        ));
        tables.visit.push(format!(
            "('{enrolment}','T{}','new',NULL,'{own}','closed',12,0,'{began}','{desk}','{officer}','{began}','{began}',\
             NULL,NULL,'{began}','handed_over')",
            card % 10_000,
        ));
        for paper in ["passport", "school-letter"] {
            tables.evidence.push(format!("('{enrolment}','{paper}',2,1,'{officer}','{began}')"));
        }
        tables.job.push(format!(
            "('{job}','{enrolment}','{own}','{began}','{officer}','{desk}','printed','{began}','{officer}')"
        ));
        tables.duplicate.push(format!("('{own}',1,{hash})"));
        for entry in 0..self.entries {
            let seq = i64::try_from(place).unwrap() * self.entries + entry + 1;
            tables.audit.push(format!(
                "((SELECT seq FROM load_base)+{seq},'{began}','{officer}','registrar','{desk}','page_viewed','page',\
                 '/cases/{enrolment}/person',NULL,{hash},{hash})"
            ));
        }
    }

    /// 32 bytes that no other card has.
    fn blob(&self, card: usize) -> String {
        let hex = format!("{card:064x}");
        if self.postgres { format!("'\\x{hex}'") } else { format!("X'{hex}'") }
    }
}

#[derive(Default)]
struct Tables {
    enrolment: Vec<String>,
    card: Vec<String>,
    visit: Vec<String>,
    evidence: Vec<String>,
    job: Vec<String>,
    duplicate: Vec<String>,
    audit: Vec<String>,
}

impl Tables {
    fn write(&self, out: &mut String) {
        let tables = [
            ("enrolment", &self.enrolment),
            ("card", &self.card),
            ("visit", &self.visit),
            ("evidence_check", &self.evidence),
            ("print_job", &self.job),
            ("duplicate_hash", &self.duplicate),
            ("audit_log", &self.audit),
        ];
        for (table, rows) in tables {
            for rows in rows.chunks(ROWS) {
                let _ = write!(out, "INSERT INTO {table} VALUES {};", rows.join(","));
            }
        }
    }
}

/// An id of the form of the real ones; those of a kind stand in the order they were made.
fn id(kind: u8, number: usize) -> String {
    let (high, low) = (0x018f_0000 + (number >> 16), number & 0xffff);
    format!("{high:08x}-{low:04x}-7{kind:03x}-8000-{number:012x}")
}

/// 40 bits that no other card has, and that stand in no order.
fn bits(card: usize) -> [u8; 5] {
    let spread = u64::try_from(card).unwrap().wrapping_mul(0x9E37_79B9_7F4A_7C15) & 0xFF_FFFF_FFFF;
    let [_, _, _, bytes @ ..] = spread.to_be_bytes();
    bytes
}

/// A connection of our own: the issuer's writes nothing without an audit entry.
fn connect(issuer: &Issuer) -> Result<AnyConnection, String> {
    let address = match &issuer.city.database {
        DatabaseUrl::Sqlite(file) => file.to_string_lossy().into_owned(),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    AnyConnection::establish(&address).map_err(|error| error.to_string())
}

/// How many cards a city has.
pub(super) fn cards(issuer: &Issuer) -> Result<usize, String> {
    let cards = connect(issuer).map(|mut conn| count(&mut conn))?;
    usize::try_from(cards.map_err(|error| error.to_string())?).map_err(|error| error.to_string())
}

fn count(conn: &mut AnyConnection) -> QueryResult<i64> {
    diesel::table! { card (id) { id -> Text, } }
    card::table.count().get_result(conn)
}

/// The key that the cards are of.
fn kid(conn: &mut AnyConnection) -> QueryResult<String> {
    let keys = IssuingKey::of(conn, KeyUse::Card, KeyState::Active)?;
    keys.into_iter().next().map(|key| key.kid).ok_or(diesel::NotFound)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{bits, id};

    #[test]
    fn no_two_are_alike() {
        let numbers: BTreeSet<_> = (0..100_000).map(bits).collect();
        assert_eq!(numbers.len(), 100_000);
        assert_eq!(id(1, 5).len(), 36);
        assert!(id(1, 5) < id(1, 6) && id(1, 65_536) > id(1, 65_535));
    }
}
