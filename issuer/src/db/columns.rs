//! How ids, times and enums stand in a column, alike on both engines.

use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Text, Timestamp};
use uuid::Uuid;

use super::MultiBackend;

pub(super) type Raw<'a> = <MultiBackend as Backend>::RawValue<'a>;

/// A value that stands as one of a few words in a text column.
pub trait Word: Copy + 'static {
    /// Every value.
    const ALL: &'static [Self];

    /// The word for this value, as it stands in the database.
    fn as_str(self) -> &'static str;

    /// The value of a word, if it is one.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.as_str() == word)
    }
}

/// The id of one row of the table whose struct is `K`: a version 7 UUID, as text.
#[derive(AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Id<K: 'static> {
    text: String,
    kind: PhantomData<fn() -> K>,
}

impl<K> Id<K> {
    /// The id of a new row.
    #[must_use]
    pub fn new(uuid: Uuid) -> Self {
        Self { text: uuid.to_string(), kind: PhantomData }
    }

    /// Reads an id that came from outside.
    ///
    /// # Errors
    /// When the text is not a UUID.
    pub fn parse(text: &str) -> Result<Self, uuid::Error> {
        Uuid::try_parse(text).map(Self::new)
    }

    /// The id as it stands in the database.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), kind: PhantomData }
    }
}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<K> ToSql<Text, MultiBackend> for Id<K> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        put_text(&self.text, out)
    }
}

impl<K> FromSql<Text, MultiBackend> for Id<K> {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        Ok(Self::parse(&raw.from_sql::<String, Text>()?)?)
    }
}

/// A moment, in UTC and in whole microseconds, which is what both engines keep.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Timestamp)]
pub struct UtcTime(NaiveDateTime);

impl UtcTime {
    /// The moment with its zone.
    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        self.0.and_utc()
    }
}

impl From<DateTime<Utc>> for UtcTime {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.naive_utc().trunc_subsecs(6))
    }
}

impl fmt::Debug for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.utc())
    }
}

impl ToSql<Timestamp, MultiBackend> for UtcTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Timestamp, &self.0));
        Ok(IsNull::No)
    }
}

impl FromSql<Timestamp, MultiBackend> for UtcTime {
    fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
        raw.from_sql::<NaiveDateTime, Timestamp>().map(Self)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is the whole of a to_sql")]
pub(super) fn put_text<'b>(text: &'b str, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
    out.set_value((Text, text));
    Ok(IsNull::No)
}

pub(super) fn take_word<W: Word>(raw: Raw<'_>) -> deserialize::Result<W> {
    let word = raw.from_sql::<String, Text>()?;
    W::from_word(&word).ok_or_else(|| {
        let known: Vec<_> = W::ALL.iter().map(|value| value.as_str()).collect();
        format!("the database holds {word:?} where one of {known:?} was expected").into()
    })
}
