//! What stands on a card.

use chrono::NaiveDate;

use crate::card::photo::Portrait;
use crate::words::{Message, Words};

/// A card before it is signed: its texts and its portrait.
#[derive(Clone, Debug)]
pub struct Card {
    /// Name of the city.
    pub city: String,
    /// Language of the labels and titles, as a BCP 47 tag. Where it is read from the right, the card begins there.
    pub language: String,
    /// Words printed beside the holder's own data.
    pub labels: Labels,
    /// Card number as printed, `XXXX-XXXX-X`.
    pub number: String,
    /// Name that the holder uses.
    pub name: Name,
    /// The same name in a second script.
    pub second_name: Option<Name>,
    /// Birth date as printed, if the holder wants it on the card.
    pub birth_date: Option<String>,
    /// Who answers for a child.
    pub guardian: Option<String>,
    /// Where the holder is reached, or who takes their post.
    pub address: Option<String>,
    /// Titles of the services that the card opens.
    pub services: Vec<String>,
    /// The number that libraries scan, where the card opens them: an even number of digits.
    pub library_number: Option<String>,
    /// Last day of validity.
    pub expiry: NaiveDate,
    /// The number to call about a lost or found card.
    pub hotline: Option<String>,
    /// Lines on the back, such as that the card may not be confiscated.
    pub notice: Vec<String>,
    /// Likeness of the holder, where there is one.
    pub portrait: Option<Portrait>,
}

/// A name in one script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Its language as a BCP 47 tag, where known: some scripts are drawn differently from language to language.
    pub language: Option<String>,
}

/// Words printed beside the holder's own data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// What the card is called.
    pub title: Label,
    /// Stands above the number.
    pub number: Label,
    /// Stands above the birth date.
    pub birth_date: Label,
    /// Stands above the expiry date.
    pub expiry: Label,
    /// Stands above the guardian of a child.
    pub guardian: Label,
    /// Stands above the address.
    pub address: Label,
    /// Stands above the services.
    pub services: Label,
    /// Stands above the hotline.
    pub hotline: Label,
    /// Stands above the barcode of libraries.
    pub library: Label,
}

/// A word in the language of the card, and in the city's where that is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// In the language of the card.
    pub first: String,
    /// In the city's language.
    pub second: Option<String>,
}

impl Label {
    /// A message in `language`, and in the city's own where it is said otherwise there.
    #[must_use]
    pub fn of(words: &Words, message: Message, language: &str, city: &str) -> Self {
        let first = words.say(language, message, &[]);
        let second = Some(words.say(city, message, &[])).filter(|second| *second != first);
        Self { first, second }
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.first.as_str()).chain(self.second.as_deref())
    }

    /// Both on one line.
    pub(super) fn joined(&self) -> String {
        self.lines().collect::<Vec<_>>().join(" \u{b7} ")
    }
}

impl Labels {
    /// The labels of a card in `language`, in a city whose own is `city`.
    #[must_use]
    pub fn of(words: &Words, language: &str, city: &str) -> Self {
        let label = |message: Message| Label::of(words, message, language, city);
        Self {
            title: label(Message::CardTitle),
            number: label(Message::CardNumber),
            birth_date: label(Message::CardBirthDate),
            expiry: label(Message::CardExpiry),
            guardian: label(Message::CardGuardian),
            address: label(Message::CardAddress),
            services: label(Message::CardServices),
            hotline: label(Message::CardHotline),
            library: label(Message::CardLibrary),
        }
    }
}

/// A side of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardSide {
    /// With the name and the identity code.
    Front,
    /// With the service code.
    Back,
}

/// A card with its two signed credentials, ready for print.
#[derive(Clone, Debug)]
pub struct Signed {
    /// What stands on the card.
    pub card: Card,
    /// QR text of the identity credential, for the front.
    pub identity_code: String,
    /// QR text of the service credential, for the back.
    pub service_code: String,
}
