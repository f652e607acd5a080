//! The verdict: what a card is worth at this desk, now.
//!
//! A verdict is a value, never an error. It tells four things apart that
//! verifiers of the past threw together: good; good, but the lists are old; not
//! good, and why; cannot tell, and why.

mod report;

use chrono::{DateTime, Utc};

pub use report::Report;

use crate::claims::{Claims, Gender};
use crate::credential::{self, Credential, Dialect, Kind, ReadError};
use crate::keys::Kid;
use crate::qr_text;
use crate::status_list::Status;
use crate::trust_list::{Field, Issuer, IssuerKey, KeyState, KeyUse, ServiceId, StatusSource};
use crate::trusted::Trusted;
use crate::unverified::{Unverified, Verified};

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

struct Judged {
    outcome: Outcome,
    card: Option<Card>,
    lists_age: Option<u64>,
}

impl Judged {
    fn unproven(outcome: Outcome) -> Self {
        Self { outcome, card: None, lists_age: None }
    }
}

fn judge(unverified: &Unverified<Credential<'_>>, trusted: &Trusted, desk: Desk<'_>, now: i64) -> Judged {
    let issuer = unverified.dangerous_peek().claims.issuer.and_then(|url| trusted.issuer(url));
    let Some(issuer) = issuer else {
        return Judged::unproven(Outcome::CannotTell(CannotTell::UnknownIssuer));
    };
    let (credential, key) = match find_signer(unverified, issuer) {
        Ok(found) => found,
        Err(outcome) => return Judged::unproven(outcome),
    };
    let standing = standing(&credential, key, issuer, trusted, now);
    let (outcome, lists_age) = match standing {
        Err(outcome) => (outcome, None),
        Ok(lists) => (at_desk(&credential.claims, issuer, trusted, desk, &lists, now), Some(lists.age(now))),
    };
    Judged { outcome, card: Some(Card::of(&credential, issuer, trusted, desk, outcome)), lists_age }
}

/// The key that signed. Says "forged" only when a listed key was named, or
/// none was, and no signature fits.
fn find_signer<'c, 'i>(
    unverified: &Unverified<Credential<'c>>,
    issuer: &'i Issuer,
) -> Result<(Verified<Credential<'c>>, &'i IssuerKey), Outcome> {
    let kid: Option<Kid> = unverified.dangerous_peek().kid();
    let mut tried = false;
    for key in issuer.keys_for(kid, KeyUse::Cards) {
        tried = true;
        if let Ok(verified) = unverified.clone().verify(&key.key) {
            return Ok((verified, key));
        }
    }
    Err(if tried {
        Outcome::NotValid(NotValid::BadSignature)
    } else {
        Outcome::CannotTell(CannotTell::UnknownKey)
    })
}

/// The lists that decided about a card.
struct Lists {
    issued_at: i64,
    overdue: bool,
}

impl Lists {
    fn age(&self, now: i64) -> u64 {
        u64::try_from(now.saturating_sub(self.issued_at)).unwrap_or(0)
    }
}

/// Whether a proven card stands, whatever the desk: key, clock, dates, status.
fn standing(
    credential: &Verified<Credential<'_>>,
    key: &IssuerKey,
    issuer: &Issuer,
    trusted: &Trusted,
    now: i64,
) -> Result<Lists, Outcome> {
    let claims = &credential.claims;
    key_covers(key, claims)?;
    // What is certain comes first: a clock that is behind makes nothing less
    // expired or revoked.
    let floor = trusted.clock_floor(issuer);
    if claims.expires.is_some_and(|expires| now.max(floor) >= expires) {
        return Err(Outcome::NotValid(NotValid::Expired));
    }
    let lists = status(claims, key, issuer, trusted, now)?;
    let newest_signed = claims.issued_at.map_or(floor, |issued_at| issued_at.max(floor));
    if now.saturating_add(CLOCK_TOLERANCE) < newest_signed {
        return Err(Outcome::CannotTell(CannotTell::ClockBehind));
    }
    if claims.not_before.is_some_and(|not_before| now < not_before) {
        return Err(Outcome::NotValid(NotValid::NotYetValid));
    }
    Ok(lists)
}

/// Whether the key was the issuer's when it signed this card. A card with no
/// time of signing could have been signed at any.
fn key_covers(key: &IssuerKey, claims: &Claims<'_>) -> Result<(), Outcome> {
    if let KeyState::Compromised { since } = key.state
        && claims.issued_at.is_none_or(|issued_at| issued_at >= since)
    {
        return Err(Outcome::NotValid(NotValid::KeyCompromised));
    }
    let in_time = |at: i64| (key.valid_from..=key.valid_until).contains(&at);
    if claims.issued_at.is_some_and(|issued_at| !in_time(issued_at)) {
        return Err(Outcome::CannotTell(CannotTell::UnknownKey));
    }
    Ok(())
}

fn status(
    claims: &Claims<'_>,
    key: &IssuerKey,
    issuer: &Issuer,
    trusted: &Trusted,
    now: i64,
) -> Result<Lists, Outcome> {
    let unknown = Outcome::CannotTell(CannotTell::StatusUnknown);
    let trust_list = trusted.trust_list();
    let trust_list_overdue = now > trust_list.next_update;
    if issuer.status == StatusSource::None {
        return Ok(Lists { issued_at: trust_list.issued_at, overdue: trust_list_overdue });
    }
    let reference = claims.status.filter(|status| issuer.owns_list(status.uri)).ok_or(unknown)?;
    let list = trusted.list(reference.uri).ok_or(unknown)?;
    if let KeyState::Compromised { since } = key.state {
        // Only a list made after the loss marks what was never issued.
        if list.issued_at < since {
            return Err(unknown);
        }
    }
    match list.statuses.get(reference.index) {
        Some(Status::Valid) => Ok(Lists {
            issued_at: list.issued_at,
            overdue: trust_list_overdue || list.expires.is_some_and(|expires| now >= expires),
        }),
        Some(Status::Revoked) => Err(Outcome::NotValid(NotValid::Revoked)),
        Some(Status::Suspended) => Err(Outcome::NotValid(NotValid::Suspended)),
        Some(Status::Other(_)) | None => Err(unknown),
    }
}

fn at_desk(
    claims: &Claims<'_>,
    issuer: &Issuer,
    trusted: &Trusted,
    desk: Desk<'_>,
    lists: &Lists,
    now: i64,
) -> Outcome {
    let oldest = match desk {
        Desk::Any => OLDEST_LIST,
        Desk::Of(service) => {
            let id = service.as_str();
            let Some(described) = trusted.trust_list().service(id).filter(|_| grants(claims, issuer, id))
            else {
                return Outcome::NotValid(NotValid::ServiceNotGranted);
            };
            described.oldest_list
        }
    };
    if lists.overdue || lists.age(now) > oldest { Outcome::ValidStale } else { Outcome::Valid }
}

/// A card without a scope opens all that the city lets its issuer grant.
fn grants(claims: &Claims<'_>, issuer: &Issuer, service: &str) -> bool {
    issuer.may_grant(service)
        && (claims.scope.is_none() || claims.services().any(|granted| granted == service))
}

impl Card {
    fn of(
        credential: &Verified<Credential<'_>>,
        issuer: &Issuer,
        trusted: &Trusted,
        desk: Desk<'_>,
        outcome: Outcome,
    ) -> Self {
        let claims = &credential.claims;
        let services = issuer.services.iter().map(ServiceId::as_str);
        Self {
            kind: credential.kind(),
            number: claims.identity.number.map(str::to_owned),
            issuer: issuer.url.clone(),
            services: services.filter(|id| grants(claims, issuer, id)).map(str::to_owned).collect(),
            expires: claims.expires,
            holder: matches!(outcome, Outcome::Valid | Outcome::ValidStale)
                .then(|| Holder::seen_at(desk, trusted, claims)),
        }
    }
}

impl Holder {
    fn seen_at(desk: Desk<'_>, trusted: &Trusted, claims: &Claims<'_>) -> Self {
        let fields = match desk {
            Desk::Any => &Field::ALL[..],
            Desk::Of(service) => {
                trusted.trust_list().service(service.as_str()).map_or(&[][..], |service| &service.fields)
            }
        };
        let identity = &claims.identity;
        let mut holder = Self { language: identity.language.map(str::to_owned), ..Self::default() };
        for field in fields {
            match field {
                Field::FullName => holder.full_name = identity.full_name.map(str::to_owned),
                Field::SecondName => {
                    holder.second_name = identity.second_name.map(str::to_owned);
                    holder.second_language = identity.second_language.map(str::to_owned);
                }
                Field::BirthDate => holder.birth_date = identity.birth_date.map(str::to_owned),
                Field::Gender => holder.gender = identity.gender,
                Field::Address => holder.address = identity.address.map(str::to_owned),
                Field::Guardian => holder.guardian = identity.guardian.map(str::to_owned),
                Field::Face => {
                    holder.face = identity.face.map(|face| face.data.to_vec());
                    holder.face_format = identity.face.map(|face| face.subformat);
                }
                Field::Number | Field::Services | Field::Expires => {}
            }
        }
        holder
    }
}
