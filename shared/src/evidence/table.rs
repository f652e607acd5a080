//! The city's table: what is needed, and what each type of document is worth.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

/// Most types of documents.
pub const MAX_DOCUMENTS: usize = 64;
/// Most points of a document, and most that may be needed.
pub const MAX_POINTS: u8 = 10;

/// A city's table, as it was written down. [`super::Rules`] is one that makes sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What is needed of everybody, unless their age or address says otherwise.
    pub need: Need,
    /// The types of documents, in the order of the checklist.
    pub documents: Vec<DocumentType>,
    /// The groups, and how many documents of each give points.
    pub groups: BTreeMap<GroupId, u8>,
    /// What is otherwise at some ages.
    pub ages: Vec<AgeRule>,
    /// What is otherwise with some kinds of address.
    pub addresses: BTreeMap<AddressKind, AddressRule>,
}

/// What is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Points for who somebody is.
    pub identity_points: u8,
    /// Points for living here.
    pub residency_points: u8,
    /// What at least one document must show.
    pub shows: Features,
}

/// A type of document. Nothing but the type is ever kept of a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentType {
    /// Its word.
    pub id: DocumentId,
    /// Its points for who somebody is.
    pub identity_points: u8,
    /// Its points for living here.
    pub residency_points: u8,
    /// What it shows.
    pub shows: Features,
    /// The group of which only so many give points.
    pub group: Option<GroupId>,
}

/// What is otherwise at some ages: for children, for the old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeRule {
    /// The first year of age.
    pub from: u8,
    /// The last year of age.
    pub to: u8,
    /// Other points for who somebody is.
    pub identity_points: Option<u8>,
    /// Other points for living here.
    pub residency_points: Option<u8>,
    /// What must be shown instead.
    pub shows: Option<Features>,
    /// Whether a parent or guardian must come along.
    pub guardian: bool,
}

/// What is otherwise with a kind of address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressRule {
    /// Other points for living here; where the age asks for fewer, those.
    pub residency_points: Option<u8>,
    /// The only documents whose points for living here count; `None` means all.
    pub counts: Option<BTreeSet<DocumentId>>,
    /// Whether a document must show the address.
    pub shows_address: bool,
}

/// What kind of address somebody gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// Where they live.
    Street,
    /// Where somebody takes their post.
    CareOf,
    /// They have one and do not say it, for their safety.
    Withheld,
    /// They have none.
    None,
}

impl AddressKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Street, Self::CareOf, Self::Withheld, Self::None];

    /// Its name in `city.toml`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Street => "street",
            Self::CareOf => "care_of",
            Self::Withheld => "withheld",
            Self::None => "none",
        }
    }
}

/// What a document shows beside a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// A photo of the holder.
    Photo,
    /// The holder's birth date.
    BirthDate,
    /// The holder's address.
    Address,
    /// Who the child's parent or guardian is.
    Guardianship,
    /// Who the parent or guardian who came along is.
    GuardianIdentity,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Photo, Self::BirthDate, Self::Address, Self::Guardianship, Self::GuardianIdentity];

    /// Its name in `city.toml`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::BirthDate => "birth_date",
            Self::Address => "address",
            Self::Guardianship => "guardianship",
            Self::GuardianIdentity => "guardian_identity",
        }
    }

    fn bit(self) -> u8 {
        match self {
            Self::Photo => 1,
            Self::BirthDate => 2,
            Self::Address => 4,
            Self::Guardianship => 8,
            Self::GuardianIdentity => 16,
        }
    }
}

/// A set of [`Feature`]s.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "BTreeSet<Feature>")]
pub struct Features(u8);

impl Features {
    /// Whether it has this one.
    #[must_use]
    pub fn contains(self, feature: Feature) -> bool {
        self.0 & feature.bit() != 0
    }

    /// This set and one more.
    #[must_use]
    pub fn with(self, feature: Feature) -> Self {
        Self(self.0 | feature.bit())
    }

    /// What is in either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its members.
    pub fn iter(self) -> impl Iterator<Item = Feature> {
        Feature::ALL.into_iter().filter(move |feature| self.contains(*feature))
    }
}

impl FromIterator<Feature> for Features {
    fn from_iter<I: IntoIterator<Item = Feature>>(features: I) -> Self {
        features.into_iter().fold(Self::default(), Self::with)
    }
}

impl From<BTreeSet<Feature>> for Features {
    fn from(features: BTreeSet<Feature>) -> Self {
        features.into_iter().collect()
    }
}

impl fmt::Debug for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The word for a type of document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct DocumentId(String);

impl DocumentId {
    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DocumentId {
    type Error = NotAWord;

    fn try_from(text: String) -> Result<Self, NotAWord> {
        word(text).map(Self)
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The word for a group of documents.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct GroupId(String);

impl GroupId {
    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for GroupId {
    type Error = NotAWord;

    fn try_from(text: String) -> Result<Self, NotAWord> {
        word(text).map(Self)
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no word for a document or a group.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not allowed; write one word of a-z, 0-9 and -, at most 32 characters, such as \"school-letter\""
)]
pub struct NotAWord {
    /// The text.
    pub text: String,
}

fn word(text: String) -> Result<String, NotAWord> {
    let fits = (1..=32).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if fits { Ok(text) } else { Err(NotAWord { text }) }
}
