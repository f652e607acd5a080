//! Enrolments: one sealed record a resident, and the day on which it must be gone.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use super::act::Actor;
use super::columns::{Raw, put_text, take_word};
use super::schema::enrolment;
use super::{AnyConnection, IDS_A_STATEMENT, Id, MultiBackend, UtcTime, Word};
use crate::keystore::{HOLD, Sealed};

/// One resident's enrolment.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Enrolment {
    /// Its id, which the seal is bound to.
    pub id: Id<Enrolment>,
    /// How far it went.
    pub state: EnrolmentState,
    /// When the resident was enrolled.
    pub created_at: UtcTime,
    /// The day on which the record is due to be destroyed.
    pub destroy_by: NaiveDate,
    /// The destroy-by key that wraps the record's key.
    pub destroy_by_key: String,
    /// The personal data, sealed; gone once destroyed.
    pub sealed: Option<Vec<u8>>,
    /// The record's key, wrapped.
    pub wrapped_key: Option<Vec<u8>>,
    /// The officer who enrolled.
    pub officer: String,
    /// The desk.
    pub desk: String,
}

/// An enrolment to be kept.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = enrolment)]
#[diesel(treat_none_as_default_value = false)]
pub struct NewEnrolment {
    id: Id<Enrolment>,
    state: EnrolmentState,
    created_at: UtcTime,
    destroy_by: NaiveDate,
    destroy_by_key: String,
    sealed: Vec<u8>,
    wrapped_key: Vec<u8>,
    officer: String,
    desk: String,
}

impl NewEnrolment {
    /// An open enrolment. `sealed` must have been sealed with this `id`.
    #[must_use]
    pub fn new(id: Id<Enrolment>, sealed: Sealed, actor: &Actor, now: DateTime<Utc>) -> Self {
        Self {
            id,
            state: EnrolmentState::Open,
            created_at: now.into(),
            destroy_by: sealed.destroy_by,
            destroy_by_key: sealed.destroy_by.to_string(),
            sealed: sealed.sealed,
            wrapped_key: sealed.wrapped_key,
            officer: actor.id().to_owned(),
            desk: actor.desk().to_owned(),
        }
    }
}

impl NewEnrolment {
    /// The id it will have.
    #[must_use]
    pub fn id(&self) -> &Id<Enrolment> {
        &self.id
    }
}

impl Enrolment {
    /// Keeps enrolments.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert_all(conn: &mut AnyConnection, new: &[NewEnrolment]) -> QueryResult<()> {
        for one in new {
            diesel::insert_into(enrolment::table).values(one).execute(conn)?;
        }
        Ok(())
    }

    /// The enrolment of an id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, id: &Id<Self>) -> QueryResult<Option<Self>> {
        enrolment::table.find(id).first(conn).optional()
    }

    /// Takes an enrolment one step further, unless its state does not allow it: then nothing is changed. The step is
    /// [`EnrolmentState::issue`], [`EnrolmentState::hand_over`] or [`EnrolmentState::abandon`].
    ///
    /// # Errors
    /// When there is no such enrolment, or the database fails.
    pub fn step(
        conn: &mut AnyConnection,
        id: &Id<Self>,
        step: fn(EnrolmentState) -> Result<EnrolmentState, ImpossibleStep>,
    ) -> QueryResult<Result<Self, ImpossibleStep>> {
        let state: EnrolmentState = enrolment::table.find(id).select(enrolment::state).first(conn)?;
        match step(state) {
            Ok(state) => diesel::update(enrolment::table.find(id))
                .set(enrolment::state.eq(state))
                .returning(enrolment::all_columns)
                .get_result(conn)
                .map(Ok),
            Err(impossible) => Ok(Err(impossible)),
        }
    }

    /// Notes that cards were made of these open enrolments, and says of how many that was news.
    ///
    /// # Errors
    /// When the database fails.
    pub fn mark_issued(conn: &mut AnyConnection, ids: &[Id<Self>]) -> QueryResult<usize> {
        let mut marked = 0;
        for some in ids.chunks(IDS_A_STATEMENT) {
            marked += diesel::update(
                enrolment::table
                    .filter(enrolment::id.eq_any(some.iter().map(Id::as_str)))
                    .filter(enrolment::state.eq(EnrolmentState::Open)),
            )
            .set(enrolment::state.eq(EnrolmentState::Issued))
            .execute(conn)?;
        }
        Ok(marked)
    }

    /// Moves the day of destruction: the record's key was wrapped anew.
    ///
    /// # Errors
    /// When there is no such enrolment, its record was destroyed meanwhile, a hold keeps it (`retention::reseal` knows
    /// how), or the database fails.
    pub fn change_destroy_by(conn: &mut AnyConnection, id: &Id<Self>, sealed: Sealed) -> QueryResult<Self> {
        let standing = enrolment::table
            .find(id)
            .filter(enrolment::sealed.is_not_null())
            .filter(enrolment::destroy_by_key.not_like(format!("{HOLD}%")));
        diesel::update(standing)
            .set((
                enrolment::destroy_by.eq(sealed.destroy_by),
                enrolment::destroy_by_key.eq(sealed.destroy_by.to_string()),
                enrolment::sealed.eq(sealed.sealed),
                enrolment::wrapped_key.eq(sealed.wrapped_key),
            ))
            .returning(enrolment::all_columns)
            .get_result(conn)
    }
}

/// How far an enrolment went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum EnrolmentState {
    /// No card yet.
    Open,
    /// A card was made.
    Issued,
    /// The holder has the card.
    HandedOver,
    /// It went nowhere.
    Abandoned,
    /// The record is gone.
    Destroyed,
}

impl EnrolmentState {
    /// A card was made of an open enrolment.
    ///
    /// # Errors
    /// When it is not open.
    pub fn issue(self) -> Result<Self, ImpossibleStep> {
        match self {
            Self::Open => Ok(Self::Issued),
            _ => Err(ImpossibleStep { from: self, to: Self::Issued }),
        }
    }

    /// The holder has the card.
    ///
    /// # Errors
    /// When no card was made, or it was handed over already.
    pub fn hand_over(self) -> Result<Self, ImpossibleStep> {
        match self {
            Self::Issued => Ok(Self::HandedOver),
            _ => Err(ImpossibleStep { from: self, to: Self::HandedOver }),
        }
    }

    /// An open enrolment goes nowhere.
    ///
    /// # Errors
    /// When it is not open.
    pub fn abandon(self) -> Result<Self, ImpossibleStep> {
        match self {
            Self::Open => Ok(Self::Abandoned),
            _ => Err(ImpossibleStep { from: self, to: Self::Abandoned }),
        }
    }
}

/// A step that the enrolment's state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the enrolment is {}, so it cannot become {}", from.as_str(), to.as_str())]
pub struct ImpossibleStep {
    /// What the enrolment is.
    pub from: EnrolmentState,
    /// What it was to become.
    pub to: EnrolmentState,
}

impl Word for EnrolmentState {
    const ALL: &'static [Self] =
        &[Self::Open, Self::Issued, Self::HandedOver, Self::Abandoned, Self::Destroyed];

    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Issued => "issued",
            Self::HandedOver => "handed_over",
            Self::Abandoned => "abandoned",
            Self::Destroyed => "destroyed",
        }
    }
}

impl ToSql<Text, MultiBackend> for EnrolmentState {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for EnrolmentState {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

#[cfg(test)]
mod tests {
    use super::super::kept::Kept;
    use super::super::testing::{databases, now};
    use super::*;
    use crate::edge::new_id;
    use crate::keystore::{DestroyByKey, Keystore, open_record, seal_record};

    fn new(key: &DestroyByKey) -> NewEnrolment {
        let id = Id::new(new_id(now()));
        let sealed = seal_record(b"personal", key, id.as_str());
        NewEnrolment::new(id, sealed, &Actor::command_line("gym-2"), now())
    }

    #[test]
    fn an_enrolment_goes_step_by_step() {
        use EnrolmentState as State;
        for test in databases() {
            let keystore = Keystore::create(&test.dir.path().join("keys"), None).unwrap();
            let key = keystore.destroy_by_key(now().date_naive()).unwrap();
            let all = [new(&key), new(&key), new(&key)];
            let ids = [&all[0].id, &all[1].id, &all[2].id].map(Clone::clone);
            test.write(|tx| {
                Enrolment::insert_all(tx.conn(), &all)?;
                let step = Enrolment::step(tx.conn(), &ids[0], State::hand_over)?;
                assert_eq!(
                    step.unwrap_err().to_string(),
                    "the enrolment is open, so it cannot become handed_over"
                );
                Enrolment::step(tx.conn(), &ids[0], State::abandon)?.unwrap();
                assert_eq!(Enrolment::mark_issued(tx.conn(), &ids)?, 2);
                let step = Enrolment::step(tx.conn(), &ids[1], State::hand_over)?;
                assert_eq!(step.unwrap().state, State::HandedOver);
                Ok(())
            });
        }
    }

    #[test]
    fn the_day_of_destruction_moves_with_the_seal() {
        for test in databases() {
            let keystore = Keystore::create(&test.dir.path().join("keys"), None).unwrap();
            let today = now().date_naive();
            let later = today.succ_opt().unwrap();
            let key = keystore.destroy_by_key(later).unwrap();
            let made = new(&keystore.destroy_by_key(today).unwrap());
            let id = made.id.clone();
            test.write(|tx| Ok(Enrolment::insert_all(tx.conn(), &[made])?));
            let moved = test.write(|tx| {
                let sealed = seal_record(b"personal", &key, id.as_str());
                Enrolment::change_destroy_by(tx.conn(), &id, sealed)?;
                assert_eq!(Kept::erase_day(tx.conn(), today)?, 0);
                Ok(Enrolment::find(tx.conn(), &id)?)
            });
            let moved = moved.unwrap();
            assert_eq!(moved.destroy_by_key, later.to_string());
            let opened = open_record(&moved.sealed.unwrap(), &moved.wrapped_key.unwrap(), &key, id.as_str());
            assert_eq!(opened.unwrap().as_slice(), b"personal");
        }
    }
}
