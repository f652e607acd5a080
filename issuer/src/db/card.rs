//! Cards: what each is and what was signed for it. No name stands here.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::dsl::sql;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Bool, Text};

use super::batch::Batch;
use super::card_status::CardStatus;
use super::columns::{Raw, put_text, take_word};
use super::enrolment::{Enrolment, EnrolmentState};
use super::schema::{card, enrolment};
use super::status_list::StatusList;
use super::{AnyConnection, IDS_A_STATEMENT, Id, MultiBackend, UtcTime, Word};

/// A card.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Card {
    /// Its id.
    pub id: Id<Card>,
    /// The number on it.
    pub number: String,
    /// The enrolment it was made from, while there is one.
    pub enrolment_id: Option<Id<Enrolment>>,
    /// The key that signs it.
    pub kid: String,
    /// The list that says whether it is good.
    pub status_list_id: Id<StatusList>,
    /// Its place on that list, as both credentials say.
    pub status_index: i64,
    /// The services it opens, with spaces between.
    pub services: String,
    /// The time of issue, as both credentials say.
    pub issued_at: UtcTime,
    /// The end of its validity, as both credentials say.
    pub expires_at: UtcTime,
    /// Whether its signatures exist.
    pub state: CardState,
    /// Whether it is good.
    pub status: CardStatus,
    /// SHA-256 of what is signed as its identity credential.
    pub identity_digest: Vec<u8>,
    /// SHA-256 of what is signed as its service credential.
    pub service_digest: Vec<u8>,
    /// The keyed hash of the recovery code on its slip.
    pub recovery_hash: Option<Vec<u8>>,
    /// The batch it came in.
    pub batch_id: Option<Id<Batch>>,
    /// Its row in that batch.
    pub batch_row: Option<i64>,
    /// The desk that issued it.
    pub desk: String,
    /// The officer who issued it.
    pub officer: String,
}

/// A card to be reserved. The fields are those of [`Card`].
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = card)]
#[diesel(treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the fields are those of the card")]
pub struct NewCard {
    pub id: Id<Card>,
    pub number: String,
    pub enrolment_id: Option<Id<Enrolment>>,
    pub kid: String,
    pub status_list_id: Id<StatusList>,
    pub status_index: i64,
    pub services: String,
    pub issued_at: UtcTime,
    pub expires_at: UtcTime,
    pub state: CardState,
    pub status: CardStatus,
    pub identity_digest: Vec<u8>,
    pub service_digest: Vec<u8>,
    pub recovery_hash: Option<Vec<u8>>,
    pub batch_id: Option<Id<Batch>>,
    pub batch_row: Option<i64>,
    pub desk: String,
    pub officer: String,
}

impl Card {
    /// Keeps cards before they are signed.
    ///
    /// # Errors
    /// When a number, a status index or a batch row is taken, or the database fails.
    pub fn insert_all(conn: &mut AnyConnection, new: &[NewCard]) -> QueryResult<()> {
        for one in new {
            diesel::insert_into(card::table).values(one).execute(conn)?;
        }
        Ok(())
    }

    /// Notes that the signatures of these cards exist, and says of how many that was news. A card that was revoked
    /// meanwhile stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn mark_issued(conn: &mut AnyConnection, ids: &[Id<Self>]) -> QueryResult<usize> {
        let mut marked = 0;
        for some in ids.chunks(IDS_A_STATEMENT) {
            marked += diesel::update(
                card::table
                    .filter(card::id.eq_any(some.iter().map(Id::as_str)))
                    .filter(card::state.eq(CardState::Reserved))
                    .filter(card::status.ne(CardStatus::Revoked)),
            )
            .set(card::state.eq(CardState::Issued))
            .execute(conn)?;
        }
        Ok(marked)
    }

    /// Every card, in the order of issue.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        card::table.order((card::issued_at, card::id)).load(conn)
    }

    /// The card of an id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, id: &Id<Self>) -> QueryResult<Option<Self>> {
        card::table.find(id).first(conn).optional()
    }

    /// The card of a number.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_by_number(conn: &mut AnyConnection, number: &str) -> QueryResult<Option<Self>> {
        card::table.filter(card::number.eq(number)).first(conn).optional()
    }

    /// The card whose slip bears the code with this keyed hash.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_by_recovery(conn: &mut AnyConnection, hash: &[u8]) -> QueryResult<Option<Self>> {
        card::table.filter(card::recovery_hash.eq(Some(hash))).first(conn).optional()
    }

    /// Keeps another recovery hash for a card that nobody was handed yet, and says whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub fn renew_recovery(conn: &mut AnyConnection, id: &Id<Self>, hash: Vec<u8>) -> QueryResult<bool> {
        // Once its record is gone, whether a card was handed over cannot be told: it counts as handed over.
        let not_handed_over = [EnrolmentState::Open, EnrolmentState::Issued];
        let enrolled: Option<Id<Enrolment>> = card::table.find(id).select(card::enrolment_id).first(conn)?;
        let Some(enrolled) = enrolled else { return Ok(false) };
        let state: EnrolmentState = enrolment::table.find(&enrolled).select(enrolment::state).first(conn)?;
        if !not_handed_over.contains(&state) {
            return Ok(false);
        }
        diesel::update(card::table.find(id)).set(card::recovery_hash.eq(Some(hash))).execute(conn)?;
        Ok(true)
    }

    /// The cards of an enrolment, the newest first: one, and those before it that came out spoiled.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of_enrolment(conn: &mut AnyConnection, id: &Id<Enrolment>) -> QueryResult<Vec<Self>> {
        card::table
            .filter(card::enrolment_id.eq(Some(id)))
            .order((card::issued_at.desc(), card::id.desc()))
            .load(conn)
    }

    /// The cards of a batch from one row to another, by row.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of_batch(
        conn: &mut AnyConnection,
        batch: &Id<Batch>,
        [first, last]: [i64; 2],
    ) -> QueryResult<Vec<Self>> {
        card::table
            .filter(card::batch_id.eq(batch))
            .filter(card::batch_row.between(first, last))
            .order(card::batch_row)
            .load(conn)
    }

    /// How many cards a batch has.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_of_batch(conn: &mut AnyConnection, batch: &Id<Batch>) -> QueryResult<i64> {
        card::table.filter(card::batch_id.eq(batch)).count().get_result(conn)
    }

    /// The cards that were reserved, never signed and not revoked: what a crash left behind.
    ///
    /// # Errors
    /// When the database fails.
    pub fn half_issued(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        card::table
            .filter(card::state.eq(CardState::Reserved))
            .filter(card::status.ne(CardStatus::Revoked))
            .order(card::id)
            .load(conn)
    }

    /// The cards that a key signed and that are not revoked, in the order of issue.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of_key(conn: &mut AnyConnection, kid: &str) -> QueryResult<Vec<Self>> {
        card::table
            .filter(card::kid.eq(kid))
            .filter(card::state.eq(CardState::Issued))
            .filter(card::status.ne(CardStatus::Revoked))
            .order((card::issued_at, card::id))
            .load(conn)
    }

    /// The card at a place of a list.
    ///
    /// # Errors
    /// When the database fails.
    pub fn at_place(
        conn: &mut AnyConnection,
        list: &Id<StatusList>,
        index: i64,
    ) -> QueryResult<Option<Self>> {
        card::table
            .filter(card::status_list_id.eq(list))
            .filter(card::status_index.eq(index))
            .first(conn)
            .optional()
    }

    /// The places of a list whose cards are not valid, in order: what its publication needs.
    ///
    /// # Errors
    /// When the database fails.
    pub fn not_valid_on(
        conn: &mut AnyConnection,
        list: &Id<StatusList>,
    ) -> QueryResult<Vec<(i64, CardStatus)>> {
        card::table
            .filter(card::status_list_id.eq(list))
            // In the words of the index `card_not_valid`: a bound value would hide that it serves.
            .filter(sql::<Bool>("status <> 'valid'"))
            .order(card::status_index)
            .select((card::status_index, card::status))
            .load(conn)
    }

    /// The places of a list whose cards were signed and are not revoked; only of those issued before a time, if one is
    /// given.
    ///
    /// # Errors
    /// When the database fails.
    pub fn given_on(
        conn: &mut AnyConnection,
        list: &Id<StatusList>,
        before: Option<UtcTime>,
    ) -> QueryResult<Vec<i64>> {
        // Only the list is asked for by an index: SQLite, which counts nothing, would take that of the state, in which nearly
        // every card of the city stands.
        let cards: Vec<(i64, CardState, UtcTime)> = card::table
            .filter(card::status_list_id.eq(list))
            .filter(card::status.ne(CardStatus::Revoked))
            .select((card::status_index, card::state, card::issued_at))
            .load(conn)?;
        let given = cards.into_iter().filter(|(_, state, issued_at)| {
            *state == CardState::Issued && before.is_none_or(|before| *issued_at < before)
        });
        Ok(given.map(|(index, ..)| index).collect())
    }
}

/// Whether a card's signatures exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum CardState {
    /// Number, index and digests are fixed; nothing was signed yet.
    Reserved,
    /// Signed.
    Issued,
}

impl Word for CardState {
    const ALL: &'static [Self] = &[Self::Reserved, Self::Issued];

    fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Issued => "issued",
        }
    }
}

impl ToSql<Text, MultiBackend> for CardState {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for CardState {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

#[cfg(test)]
mod tests {
    use super::super::act::Actor;
    use super::super::batch::NewBatch;
    use super::super::enrolment::NewEnrolment;
    use super::super::testing::{databases, entry, list, new_card, now};
    use super::super::{DbError, Id};
    use super::*;
    use crate::edge::new_id;
    use crate::keystore::Sealed;

    #[test]
    fn cards_are_reserved_then_issued_in_bulk() {
        for test in databases() {
            let list = list(&test, 2000);
            let new: Vec<_> = (0..1201).map(|n| new_card(&list, &format!("N{n}"), n)).collect();
            let ids: Vec<_> = new.iter().map(|card| card.id.clone()).collect();
            test.write(|tx| Ok(Card::insert_all(tx.conn(), &new)?));
            let half = |test: &super::super::testing::TestDatabase| {
                test.db.read(|conn| Ok::<_, DbError>(Card::half_issued(conn)?)).unwrap()
            };
            assert_eq!(half(&test).len(), 1201);
            let marked = test.write(|tx| Ok(Card::mark_issued(tx.conn(), &ids[..1200])?));
            assert_eq!(marked, 1200);
            assert_eq!(test.write(|tx| Ok(Card::mark_issued(tx.conn(), &ids[..1200])?)), 0);
            let left = half(&test);
            assert_eq!(left.len(), 1);
            assert_eq!(left[0].number, "N1200");
        }
    }

    #[test]
    fn blobs_times_and_empty_fields_come_back_as_they_were() {
        for test in databases() {
            let list = list(&test, 10);
            let new = new_card(&list, "AAAA-BBBB-C", 3);
            test.write(|tx| Ok(Card::insert_all(tx.conn(), std::slice::from_ref(&new))?));
            let card = test
                .db
                .read(|conn| Ok::<_, DbError>(Card::find_by_number(conn, "AAAA-BBBB-C")?))
                .unwrap()
                .unwrap();
            assert_eq!(card.identity_digest, [0, 159, 146, 150]);
            assert_eq!(card.service_digest, b"123456", "digits stay bytes");
            assert_eq!(card.issued_at.utc(), now());
            assert_eq!((card.recovery_hash, card.batch_id, card.batch_row), (None, None, None));
            assert_eq!((card.status_index, card.state), (3, CardState::Reserved));
        }
    }

    #[test]
    fn a_number_a_place_and_a_row_are_given_once() {
        for test in databases() {
            let list = list(&test, 10);
            let batch = NewBatch::new(new_id(now()), vec![1; 32], 2, now());
            let row = |number: &str, index, row| {
                let mut card = new_card(&list, number, index);
                card.batch_id = Some(batch.id().clone());
                card.batch_row = Some(row);
                card.recovery_hash = Some(vec![9; 32]);
                card
            };
            let batch = test.write(|tx| {
                let made = Batch::insert(tx.conn(), &batch)?;
                Card::insert_all(tx.conn(), &[row("A", 1, 1)])?;
                Ok(made)
            });
            for twice in [row("A", 2, 2), row("B", 1, 2), row("B", 2, 1)] {
                let refused = test.db.write(|tx| {
                    tx.audit(entry("twice"))?;
                    Ok::<_, DbError>(Card::insert_all(tx.conn(), &[row("C", 3, 3), twice])?)
                });
                assert!(matches!(
                    refused,
                    Err(DbError::Query(diesel::result::Error::DatabaseError(
                        diesel::result::DatabaseErrorKind::UniqueViolation,
                        _
                    )))
                ));
            }
            test.db
                .read(|conn| {
                    let cards = Card::of_batch(conn, &batch.id, [1, 2])?;
                    assert_eq!(Card::of_batch(conn, &batch.id, [2, 3])?, []);
                    assert_eq!(Card::count_of_batch(conn, &batch.id)?, 1);
                    assert_eq!(cards.len(), 1, "what failed left nothing behind");
                    assert_eq!(Card::find_by_recovery(conn, &[9; 32])?.as_ref(), cards.first());
                    assert_eq!(Card::find_by_recovery(conn, &[8; 32])?, None);
                    assert_eq!(Card::find(conn, &Id::new(new_id(now())))?, None);
                    Ok::<_, DbError>(())
                })
                .unwrap();
        }
    }

    #[test]
    fn a_recovery_hash_is_renewed_until_the_card_is_handed_over() {
        for test in databases() {
            let list = list(&test, 10);
            let day = now().date_naive();
            let sealed = Sealed { destroy_by: day, sealed: vec![1], wrapped_key: vec![2] };
            let enrolment =
                NewEnrolment::new(Id::new(new_id(now())), sealed, &Actor::command_line("gym-2"), now());
            let mut enrolled = new_card(&list, "A", 1);
            enrolled.enrolment_id = Some(enrolment.id().clone());
            let destroyed = new_card(&list, "B", 2);
            test.write(|tx| {
                Enrolment::insert_all(tx.conn(), std::slice::from_ref(&enrolment))?;
                Ok(Card::insert_all(tx.conn(), &[enrolled.clone(), destroyed.clone()])?)
            });
            let renew = |card: &NewCard, hash| {
                test.write(|tx| Ok(Card::renew_recovery(tx.conn(), &card.id, vec![hash; 32])?))
            };
            let find = |hash: u8| {
                let found = test.db.read(|conn| Ok::<_, DbError>(Card::find_by_recovery(conn, &[hash; 32])?));
                found.unwrap().map(|card| card.number)
            };
            let step = |step| test.write(|tx| Ok(Enrolment::step(tx.conn(), enrolment.id(), step)?)).unwrap();
            assert!(renew(&enrolled, 1));
            step(EnrolmentState::issue);
            assert!(renew(&enrolled, 2));
            assert_eq!((find(1), find(2)), (None, Some("A".to_owned())));
            step(EnrolmentState::hand_over);
            assert!(!renew(&enrolled, 3));
            assert!(!renew(&destroyed, 4), "nobody knows whether it was handed over");
            assert_eq!((find(2), find(3), find(4)), (Some("A".to_owned()), None, None));
        }
    }
}
