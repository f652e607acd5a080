//! The verdict: what a card is worth at this desk, now.
//!
//! A verdict is a value, never an error. It tells four things apart that
//! verifiers of the past threw together: good; good, but the lists are old; not
//! good, and why; cannot tell, and why.

mod holder;
mod judge;
mod report;

use chrono::{DateTime, Utc};

pub use report::Report;

use crate::claims::Gender;
use crate::credential::{self, Dialect, Kind, ReadError};
use crate::qr_text;
use crate::trust_list::ServiceId;
use crate::trusted::Trusted;
use judge::{Judged, judge};

/// How far a clock may be behind a signed time before it is called wrong, in
/// seconds: the desk that signed may run a little ahead.
pub const CLOCK_TOLERANCE: i64 = 300;
/// The oldest lists accepted where no desk says otherwise, in seconds: 7 days.
pub const OLDEST_LIST: u64 = 7 * 86_400;

/// What a card is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Good.
    Valid,
    /// Good, but by lists older than the desk allows.
    ValidStale,
    /// Not good, and it is certain.
    NotValid(NotValid),
    /// Nothing can be said about the card.
    CannotTell(CannotTell),
}

/// Why a card is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotValid {
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// Revoked, for good.
    Revoked,
    /// Suspended, for now.
    Suspended,
    /// Nobody whom the city trusts signed this: forged or altered.
    BadSignature,
    /// Signed by a key that was in other hands by then.
    KeyCompromised,
    /// A good card that does not open this service.
    ServiceNotGranted,
}

/// Why nothing can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CannotTell {
    /// A card perhaps, but damaged, or breaking the format's rules.
    Unreadable,
    /// Some other code.
    NotACard,
    /// Of an issuer that the trust list does not name.
    UnknownIssuer,
    /// Of a listed issuer, under a key that is not listed for that time.
    UnknownKey,
    /// This verifier trusts no city yet.
    NoTrustList,
    /// The list that has the card's status is not here, or says nothing clear.
    StatusUnknown,
    /// This verifier's clock is behind a time that was already signed.
    ClockBehind,
}

/// What the person at the counter should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Serve the holder.
    Serve,
    /// Serve the holder, and fetch new lists soon.
    ServeAndRefresh,
    /// The card ran out: serve as your rules allow, send the holder to renew it.
    SendToRenew,
    /// Do not take the card for this; call the issuer's hotline, give the card back.
    CallHotline,
    /// The card is good, for other services than this.
    ExplainScope,
    /// Scan again, the other code or a cleaner picture.
    ScanAgain,
    /// Scan the code on the card: this is another one.
    ScanTheCard,
    /// Fetch the city's current lists, then scan again.
    RefreshLists,
    /// Load the city's bundle.
    LoadTrust,
    /// Set this machine's clock.
    SetClock,
}

impl Outcome {
    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::ValidStale => "valid_stale",
            Self::NotValid(_) => "not_valid",
            Self::CannotTell(_) => "cannot_tell",
        }
    }

    /// The reason's name in the API.
    #[must_use]
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Valid | Self::ValidStale => None,
            Self::NotValid(reason) => Some(match reason {
                NotValid::Expired => "expired",
                NotValid::NotYetValid => "not_yet_valid",
                NotValid::Revoked => "revoked",
                NotValid::Suspended => "suspended",
                NotValid::BadSignature => "bad_signature",
                NotValid::KeyCompromised => "key_compromised",
                NotValid::ServiceNotGranted => "service_not_granted",
            }),
            Self::CannotTell(reason) => Some(match reason {
                CannotTell::Unreadable => "unreadable",
                CannotTell::NotACard => "not_a_card",
                CannotTell::UnknownIssuer => "unknown_issuer",
                CannotTell::UnknownKey => "unknown_key",
                CannotTell::NoTrustList => "no_trust_list",
                CannotTell::StatusUnknown => "status_unknown",
                CannotTell::ClockBehind => "clock_behind",
            }),
        }
    }

    /// What the person at the counter should do.
    #[must_use]
    pub fn advice(self) -> Advice {
        match self {
            Self::Valid => Advice::Serve,
            Self::ValidStale => Advice::ServeAndRefresh,
            Self::NotValid(NotValid::Expired) => Advice::SendToRenew,
            Self::NotValid(NotValid::ServiceNotGranted) => Advice::ExplainScope,
            Self::NotValid(_) => Advice::CallHotline,
            Self::CannotTell(CannotTell::Unreadable) => Advice::ScanAgain,
            Self::CannotTell(CannotTell::NotACard) => Advice::ScanTheCard,
            Self::CannotTell(CannotTell::NoTrustList) => Advice::LoadTrust,
            Self::CannotTell(CannotTell::ClockBehind) => Advice::SetClock,
            Self::CannotTell(_) => Advice::RefreshLists,
        }
    }
}

/// Where the check happens: it decides which service is asked for, what shows,
/// and how old the lists may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk<'a> {
    /// No desk in particular: no service is asked for, all fields show.
    Any,
    /// A desk of this service.
    Of(&'a ServiceId),
}

/// A verdict on one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What the card is worth.
    pub outcome: Outcome,
    /// In which dialect it was written, where it could be read.
    pub dialect: Option<Dialect>,
    /// What it proves. None unless the signature is good.
    pub card: Option<Card>,
    /// Age in seconds of the list that decided, where one did.
    pub lists_age: Option<u64>,
    /// Why it could not be read, for whoever looks into it.
    pub read_error: Option<ReadError>,
}

/// What a card with a good signature proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// What the code is for.
    pub kind: Kind,
    /// Its number.
    pub number: Option<String>,
    /// Its issuer's URL.
    pub issuer: String,
    /// The services that it opens here.
    pub services: Vec<String>,
    /// When it expires, in Unix seconds.
    pub expires: Option<i64>,
    /// Who the holder is, as far as the desk may see it. None unless the card
    /// is good.
    pub holder: Option<Holder>,
}

/// The holder, as far as the desk may see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holder {
    /// The name.
    pub full_name: Option<String>,
    /// The name in a second script.
    pub second_name: Option<String>,
    /// That script's language.
    pub second_language: Option<String>,
    /// The birth date as the card has it.
    pub birth_date: Option<String>,
    /// The gender.
    pub gender: Option<Gender>,
    /// The address.
    pub address: Option<String>,
    /// The guardian.
    pub guardian: Option<String>,
    /// The language of the card.
    pub language: Option<String>,
    /// The face: an image file.
    pub face: Option<Vec<u8>>,
    /// Which image format [`face`](Self::face) is, as claim 169 numbers it.
    pub face_format: Option<i64>,
}

/// Says what the card in `text` is worth.
#[must_use]
pub fn verdict(text: &str, trusted: Option<&Trusted>, desk: Desk<'_>, now: DateTime<Utc>) -> Verdict {
    let token = match qr_text::decode(text) {
        Ok(token) => token,
        Err(error) => return Verdict::unread(error.into()),
    };
    let unverified = match credential::parse(&token) {
        Ok(unverified) => unverified,
        Err(error) => return Verdict::unread(error),
    };
    let dialect = unverified.dangerous_peek().dialect;
    let judged = match trusted {
        None => Judged::unproven(Outcome::CannotTell(CannotTell::NoTrustList)),
        Some(trusted) => judge(&unverified, trusted, desk, now.timestamp()),
    };
    Verdict {
        outcome: judged.outcome,
        dialect: Some(dialect),
        card: judged.card,
        lists_age: judged.lists_age,
        read_error: None,
    }
}

impl Verdict {
    fn unread(error: ReadError) -> Self {
        let reason = if error.is_another_code() { CannotTell::NotACard } else { CannotTell::Unreadable };
        Self {
            outcome: Outcome::CannotTell(reason),
            dialect: None,
            card: None,
            lists_age: None,
            read_error: Some(error),
        }
    }
}
