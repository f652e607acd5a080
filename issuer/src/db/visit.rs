//! Visits: where each case waits, who changed it last, who has it open. No word of a person stands here.

use chrono::{DateTime, Duration, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use super::act::Actor;
use super::card::Card;
use super::columns::{Raw, put_text, take_word};
use super::enrolment::Enrolment;
use super::schema::visit;
use super::{AnyConnection, Id, MultiBackend, UtcTime, Word};

/// Whoever opened a case this long ago and did nothing since has left it.
pub const LEFT_AFTER: Duration = Duration::minutes(10);

/// A resident's visit at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = visit)]
#[diesel(primary_key(enrolment_id))]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
pub struct Visit {
    /// The enrolment, whose sealed record holds what was typed.
    pub enrolment_id: Id<Enrolment>,
    /// What the case is called at the desk, unique among those that are open.
    pub ticket: String,
    /// What is wanted.
    pub kind: VisitKind,
    /// The card before this one, for a renewal or a replacement.
    pub earlier_card_id: Option<Id<Card>>,
    /// The card that came of it: the latest, where one was spoiled.
    pub card_id: Option<Id<Card>>,
    /// Where it waits.
    pub station: Station,
    /// Which version this is: each change names the one it saw.
    pub version: i64,
    /// The audit entry of the newest change.
    pub stamp: i64,
    /// When it began.
    pub began_at: UtcTime,
    /// The desk at which it began.
    pub desk: String,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: UtcTime,
    /// Since when it waits at its station.
    pub waiting_since: UtcTime,
    /// Who opened it last.
    pub opened_by: Option<String>,
    /// When, or when that officer last did something with it.
    pub opened_at: Option<UtcTime>,
    /// When it was closed.
    pub closed_at: Option<UtcTime>,
    /// How it ended.
    pub outcome: Option<VisitOutcome>,
}

impl Visit {
    /// A visit that begins with the check of the papers.
    #[must_use]
    pub fn new(
        enrolment_id: Id<Enrolment>,
        ticket: String,
        kind: VisitKind,
        earlier_card_id: Option<Id<Card>>,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Self {
        let at = UtcTime::from(now);
        Self {
            enrolment_id,
            ticket,
            kind,
            earlier_card_id,
            card_id: None,
            station: Station::Check,
            version: 1,
            stamp: 0,
            began_at: at,
            desk: actor.desk().to_owned(),
            changed_by: actor.id().to_owned(),
            changed_at: at,
            waiting_since: at,
            opened_by: Some(actor.id().to_owned()),
            opened_at: Some(at),
            closed_at: None,
            outcome: None,
        }
    }

    /// Keeps a new one.
    ///
    /// # Errors
    /// When its ticket is taken, or the database fails.
    pub fn insert(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        diesel::insert_into(visit::table).values(self).execute(conn).map(drop)
    }

    /// Keeps what was changed.
    ///
    /// # Errors
    /// When there is no such visit, or the database fails.
    pub fn update(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        let changed = diesel::update(visit::table.find(&self.enrolment_id)).set(self).execute(conn)?;
        if changed == 1 { Ok(()) } else { Err(diesel::result::Error::NotFound) }
    }

    /// The visits for which a card was brought: to be renewed or replaced.
    ///
    /// # Errors
    /// When the database fails.
    pub fn with_earlier_card(conn: &mut AnyConnection, card: &Id<Card>) -> QueryResult<Vec<Self>> {
        visit::table.filter(visit::earlier_card_id.eq(Some(card))).order(visit::began_at).load(conn)
    }

    /// The visit of an enrolment.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(conn: &mut AnyConnection, id: &Id<Enrolment>) -> QueryResult<Option<Self>> {
        visit::table.find(id).first(conn).optional()
    }

    /// The open visit with this ticket.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_open(conn: &mut AnyConnection, ticket: &str) -> QueryResult<Option<Self>> {
        visit::table
            .filter(visit::ticket.eq(ticket))
            .filter(visit::closed_at.is_null())
            .first(conn)
            .optional()
    }

    /// How many open cases wait at each station.
    ///
    /// # Errors
    /// When the database fails.
    pub fn counts(conn: &mut AnyConnection) -> QueryResult<Vec<(Station, i64)>> {
        visit::table
            .filter(visit::closed_at.is_null())
            .group_by(visit::station)
            .select((visit::station, diesel::dsl::count_star()))
            .load(conn)
    }

    /// Some of the open cases at these stations, those that wait longest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn waiting(
        conn: &mut AnyConnection,
        stations: &[Station],
        skip: i64,
        most: i64,
    ) -> QueryResult<Vec<Self>> {
        let words: Vec<&str> = stations.iter().map(|station| station.as_str()).collect();
        visit::table
            .filter(visit::closed_at.is_null())
            .filter(visit::station.eq_any(words))
            .order((visit::waiting_since, visit::enrolment_id))
            .offset(skip)
            .limit(most)
            .load(conn)
    }

    /// The audit entry of the newest change of any case.
    ///
    /// # Errors
    /// When the database fails.
    pub fn newest_stamp(conn: &mut AnyConnection) -> QueryResult<Option<i64>> {
        visit::table.select(diesel::dsl::max(visit::stamp)).first(conn)
    }

    /// Takes the case to another station, unless no way leads there: then nothing is changed.
    ///
    /// # Errors
    /// When no way leads there.
    pub fn step(&mut self, to: Station, now: DateTime<Utc>) -> Result<(), NoWay> {
        if !self.station.leads_to().contains(&to) {
            return Err(NoWay { from: self.station, to });
        }
        self.station = to;
        self.waiting_since = now.into();
        Ok(())
    }

    /// Who has the case open, as far as that still counts.
    #[must_use]
    pub fn open_by(&self, now: DateTime<Utc>) -> Option<(&str, DateTime<Utc>)> {
        let (officer, at) = (self.opened_by.as_deref()?, self.opened_at?.utc());
        (now < at + LEFT_AFTER).then_some((officer, at))
    }

    /// Notes that an officer has it open.
    pub fn opened(&mut self, actor: &Actor, now: DateTime<Utc>) {
        self.opened_by = Some(actor.id().to_owned());
        self.opened_at = Some(now.into());
    }

    /// Notes that an officer changed it.
    pub fn changed(&mut self, actor: &Actor, now: DateTime<Utc>) {
        self.version += 1;
        actor.id().clone_into(&mut self.changed_by);
        self.changed_at = now.into();
        self.opened(actor, now);
    }
}

/// A way that there is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no way leads from {} to {}", from.as_str(), to.as_str())]
pub struct NoWay {
    /// Where the case waits.
    pub from: Station,
    /// Where it was to go.
    pub to: Station,
}

/// Where a case waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Station {
    /// The papers are to be checked.
    Check,
    /// Names, birth date, address and the like are to be typed.
    Person,
    /// The photo is to be taken.
    Photo,
    /// The holder is to read it all.
    Review,
    /// The card is to be printed.
    Print,
    /// The printed card is to be scanned.
    Scan,
    /// The card is to be handed over.
    HandOver,
    /// Another officer is to look.
    SecondLook,
    /// Nothing is to be done any more.
    Closed,
}

impl Station {
    /// Where the ways from here lead. Until there is a card, an officer may go back; a card that came out spoiled goes
    /// back to print.
    #[must_use]
    pub fn leads_to(self) -> &'static [Self] {
        match self {
            Self::Check => &[Self::Person, Self::SecondLook, Self::Closed],
            Self::Person => &[Self::Check, Self::Photo, Self::SecondLook, Self::Closed],
            Self::Photo => &[Self::Check, Self::Person, Self::Review, Self::SecondLook, Self::Closed],
            Self::Review => {
                &[Self::Check, Self::Person, Self::Photo, Self::Print, Self::SecondLook, Self::Closed]
            }
            Self::Print => &[Self::Scan, Self::Closed],
            Self::Scan => &[Self::Print, Self::HandOver, Self::Closed],
            Self::HandOver => &[Self::Print, Self::Closed],
            Self::SecondLook => &[Self::Check, Self::Person, Self::Photo, Self::Review, Self::Closed],
            Self::Closed => &[],
        }
    }

    /// Whether what was typed may still be changed here.
    #[must_use]
    pub fn is_for_typing(self) -> bool {
        matches!(self, Self::Check | Self::Person | Self::Photo | Self::Review)
    }
}

impl Word for Station {
    const ALL: &'static [Self] = &[
        Self::Check,
        Self::Person,
        Self::Photo,
        Self::Review,
        Self::Print,
        Self::Scan,
        Self::HandOver,
        Self::SecondLook,
        Self::Closed,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Person => "person",
            Self::Photo => "photo",
            Self::Review => "review",
            Self::Print => "print",
            Self::Scan => "scan",
            Self::HandOver => "hand_over",
            Self::SecondLook => "second_look",
            Self::Closed => "closed",
        }
    }
}

impl ToSql<Text, MultiBackend> for Station {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for Station {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

/// What somebody came for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum VisitKind {
    /// A first card.
    New,
    /// A card after one that runs out or ran out.
    Renewal,
    /// A card for one that was lost, stolen, broken or is wrong.
    Replacement,
}

impl Word for VisitKind {
    const ALL: &'static [Self] = &[Self::New, Self::Renewal, Self::Replacement];

    fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Renewal => "renewal",
            Self::Replacement => "replacement",
        }
    }
}

impl ToSql<Text, MultiBackend> for VisitKind {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for VisitKind {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum VisitOutcome {
    /// The holder has the card.
    HandedOver,
    /// Two officers said no.
    Refused,
    /// The resident left or wants no card.
    Left,
}

impl Word for VisitOutcome {
    const ALL: &'static [Self] = &[Self::HandedOver, Self::Refused, Self::Left];

    fn as_str(self) -> &'static str {
        match self {
            Self::HandedOver => "handed_over",
            Self::Refused => "refused",
            Self::Left => "left",
        }
    }
}

impl ToSql<Text, MultiBackend> for VisitOutcome {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(self.as_str(), out)
    }
}

impl FromSql<Text, MultiBackend> for VisitOutcome {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        take_word(raw)
    }
}
