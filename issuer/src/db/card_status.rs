//! Whether a card is good, and each change of that.

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use uuid::Uuid;

use super::act::Actor;
use super::card::Card;
use super::columns::{Raw, put_text, take_word};
use super::schema::{card, status_change};
use super::{AnyConnection, Id, MultiBackend, UtcTime, Word};

/// Whether a card is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum CardStatus {
    /// Good.
    Valid,
    /// Not good for now.
    Suspended,
    /// Never good again.
    Revoked,
}

impl CardStatus {
    /// A valid card becomes suspended.
    ///
    /// # Errors
    /// When it is suspended or revoked already.
    pub fn suspend(self) -> Result<Self, ImpossibleChange> {
        match self {
            Self::Valid => Ok(Self::Suspended),
            Self::Suspended | Self::Revoked => Err(self.cannot_become(Self::Suspended)),
        }
    }

    /// A suspended card becomes valid again.
    ///
    /// # Errors
    /// When it is valid, or revoked for good.
    pub fn reinstate(self) -> Result<Self, ImpossibleChange> {
        match self {
            Self::Suspended => Ok(Self::Valid),
            Self::Valid | Self::Revoked => Err(self.cannot_become(Self::Valid)),
        }
    }

    /// A card becomes revoked, for good.
    ///
    /// # Errors
    /// When it is revoked already.
    pub fn revoke(self) -> Result<Self, ImpossibleChange> {
        match self {
            Self::Valid | Self::Suspended => Ok(Self::Revoked),
            Self::Revoked => Err(self.cannot_become(Self::Revoked)),
        }
    }

    fn cannot_become(self, to: Self) -> ImpossibleChange {
        ImpossibleChange { from: self, to }
    }
}

impl Word for CardStatus {
    const ALL: &'static [Self] = &[Self::Valid, Self::Suspended, Self::Revoked];

    fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
        }
    }
}

impl ToSql<Text, MultiBackend> for CardStatus {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for CardStatus {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

/// A change that the card's status does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct ImpossibleChange {
    /// What the card is.
    pub from: CardStatus,
    /// What it was to become.
    pub to: CardStatus,
}

impl ImpossibleChange {
    fn sentence(self) -> &'static str {
        match (self.from, self.to) {
            (CardStatus::Revoked, CardStatus::Revoked) => "the card is revoked already",
            (CardStatus::Revoked, _) => "the card is revoked, which is final: issue a new card",
            (CardStatus::Suspended, CardStatus::Suspended) => "the card is suspended already",
            (_, _) => "the card is not suspended, so there is nothing to reinstate",
        }
    }
}

/// One change of a card's status, as it was kept.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = status_change)]
#[diesel(treat_none_as_default_value = false)]
pub struct StatusChange {
    /// The change's id.
    pub id: Id<StatusChange>,
    /// The card.
    pub card_id: Id<Card>,
    /// What it was.
    pub from_status: CardStatus,
    /// What it became.
    pub to_status: CardStatus,
    /// Why. No personal data.
    pub reason: String,
    /// When.
    pub at: UtcTime,
    /// The officer.
    pub officer: String,
}

/// A change to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewStatusChange<'a> {
    /// The change's id.
    pub id: Uuid,
    /// Which one.
    pub transition: fn(CardStatus) -> Result<CardStatus, ImpossibleChange>,
    /// Why. No personal data.
    pub reason: &'a str,
    /// Who.
    pub actor: &'a Actor,
    /// When.
    pub now: DateTime<Utc>,
}

impl StatusChange {
    /// Changes the status of a card and keeps the change, unless the card's status does not allow it: then nothing is
    /// changed. The transition is [`CardStatus::suspend`], [`CardStatus::reinstate`] or [`CardStatus::revoke`].
    ///
    /// # Errors
    /// When there is no such card, or the database fails.
    pub fn make(
        conn: &mut AnyConnection,
        card_id: &Id<Card>,
        new: NewStatusChange<'_>,
    ) -> QueryResult<Result<Self, ImpossibleChange>> {
        let from_status: CardStatus = card::table.find(card_id).select(card::status).first(conn)?;
        let to_status = match (new.transition)(from_status) {
            Ok(to_status) => to_status,
            Err(impossible) => return Ok(Err(impossible)),
        };
        // The audit counter keeps other writers out; the filter would tell if it did not.
        let changed = diesel::update(card::table.find(card_id).filter(card::status.eq(from_status)))
            .set(card::status.eq(to_status))
            .execute(conn)?;
        if changed != 1 {
            return Err(diesel::result::Error::NotFound);
        }
        let change = Self {
            id: Id::new(new.id),
            card_id: card_id.clone(),
            from_status,
            to_status,
            reason: new.reason.to_owned(),
            at: new.now.into(),
            officer: new.actor.id().to_owned(),
        };
        diesel::insert_into(status_change::table).values(&change).execute(conn)?;
        Ok(Ok(change))
    }

    /// Keeps a change that was made elsewhere, as it was made, and says whether it was news. The card's own status is
    /// not touched.
    ///
    /// # Errors
    /// When there is no such card, or the database fails.
    pub fn keep(&self, conn: &mut AnyConnection) -> QueryResult<bool> {
        let known: Option<Id<Self>> =
            status_change::table.find(&self.id).select(status_change::id).first(conn).optional()?;
        if known.is_some() {
            return Ok(false);
        }
        diesel::insert_into(status_change::table).values(self).execute(conn)?;
        Ok(true)
    }

    /// Every change, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        status_change::table.order((status_change::at, status_change::id)).load(conn)
    }

    /// Brings a card to the status that it has elsewhere.
    ///
    /// # Errors
    /// When there is no such card, or the database fails.
    pub fn follow(conn: &mut AnyConnection, card_id: &Id<Card>, status: CardStatus) -> QueryResult<()> {
        let followed =
            diesel::update(card::table.find(card_id)).set(card::status.eq(status)).execute(conn)?;
        if followed == 1 { Ok(()) } else { Err(diesel::result::Error::NotFound) }
    }

    /// The changes of a card, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of_card(conn: &mut AnyConnection, card_id: &Id<Card>) -> QueryResult<Vec<Self>> {
        status_change::table
            .filter(status_change::card_id.eq(card_id))
            .order((status_change::at, status_change::id))
            .load(conn)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::super::DbError;
    use super::super::testing::{databases, list, new_card, now};
    use super::*;
    use crate::edge::new_id;

    type Transition = fn(CardStatus) -> Result<CardStatus, ImpossibleChange>;

    #[test]
    fn only_the_possible_changes_are_possible() {
        use CardStatus::{Revoked, Suspended, Valid};
        let every: [(Transition, [Option<CardStatus>; 3]); 3] = [
            (CardStatus::suspend, [Some(Suspended), None, None]),
            (CardStatus::reinstate, [None, Some(Valid), None]),
            (CardStatus::revoke, [Some(Revoked), Some(Revoked), None]),
        ];
        for (transition, expected) in every {
            for (from, to) in CardStatus::ALL.iter().zip(expected) {
                assert_eq!(transition(*from).ok(), to);
            }
        }
        assert_eq!(
            Revoked.reinstate().unwrap_err().to_string(),
            "the card is revoked, which is final: issue a new card"
        );
    }

    #[test]
    fn changes_are_kept_and_revoked_is_final() {
        for test in databases() {
            let list = list(&test, 10);
            let cards = [new_card(&list, "A", 7), new_card(&list, "B", 2)];
            test.write(|tx| Ok(Card::insert_all(tx.conn(), &cards)?));
            let (id, other) = (&cards[0].id, &cards[1].id);
            let actor = Actor::command_line("gym-2");
            let mut minutes = 0;
            let mut change = |id: &Id<Card>, transition: Transition| {
                minutes += 1;
                let new = NewStatusChange {
                    id: new_id(now()),
                    transition,
                    reason: "lost",
                    actor: &actor,
                    now: now() + Duration::minutes(minutes),
                };
                test.write(|tx| Ok(StatusChange::make(tx.conn(), id, new)?))
            };
            change(other, CardStatus::suspend).unwrap();
            change(id, CardStatus::suspend).unwrap();
            change(id, CardStatus::reinstate).unwrap();
            let revoked = change(id, CardStatus::revoke).unwrap();
            assert_eq!(revoked.from_status, CardStatus::Valid);
            assert_eq!(
                change(id, CardStatus::reinstate),
                Err(ImpossibleChange { from: CardStatus::Revoked, to: CardStatus::Valid })
            );
            test.db
                .read(|conn| {
                    let kept = StatusChange::of_card(conn, id)?;
                    let words: Vec<_> = kept.iter().map(|one| one.to_status.as_str()).collect();
                    assert_eq!(words, ["suspended", "valid", "revoked"]);
                    assert_eq!(kept[2], revoked);
                    assert_eq!(
                        Card::not_valid_on(conn, &list.id)?,
                        [(2, CardStatus::Suspended), (7, CardStatus::Revoked)]
                    );
                    let half: Vec<_> = Card::half_issued(conn)?.into_iter().map(|card| card.number).collect();
                    assert_eq!(half, ["B"], "a revoked card waits for nothing");
                    Ok::<_, DbError>(())
                })
                .unwrap();
            let ids = [id.clone()];
            let marked = test.write(|tx| Ok(Card::mark_issued(tx.conn(), &ids)?));
            assert_eq!(marked, 0, "a revoked card is not signed");
        }
    }
}
