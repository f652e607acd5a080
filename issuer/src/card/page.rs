//! What stands on a card.

use chrono::NaiveDate;

use crate::card::photo::Portrait;

/// A card before it is signed: its texts and its portrait.
#[derive(Clone, Debug)]
pub struct Card {
    /// Name of the city.
    pub city: String,
    /// Language of the labels and titles, as a BCP 47 tag.
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
    /// Titles of the services that the card opens.
    pub services: Vec<String>,
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

/// Words printed beside the holder's own data, in the city's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// What the card is called.
    pub title: String,
    /// Stands above the number.
    pub number: String,
    /// Stands above the birth date.
    pub birth_date: String,
    /// Stands above the expiry date.
    pub expiry: String,
    /// Stands above the services.
    pub services: String,
    /// Stands above the hotline.
    pub hotline: String,
}

impl Default for Labels {
    fn default() -> Self {
        let word = str::to_owned;
        Self {
            title: word("City card"),
            number: word("Card number"),
            birth_date: word("Date of birth"),
            expiry: word("Valid until"),
            services: word("Opens"),
            hotline: word("Lost or found? Call"),
        }
    }
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
