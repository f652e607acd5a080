//! What will be signed for one card, before it is.

use std::fmt;

use serde::Serialize;
use sha2::{Digest, Sha256};
use shared::claims::{Claims, Face, Identity, StatusRef};
use shared::credential;
use shared::id::CardNumber;
use shared::keys::{Ed25519Signer, SignError, Signer};
use zeroize::Zeroizing;

use super::{Application, IssuedCard, Terms};
use crate::Error;
use crate::config::{City, Field};
use crate::db::card::Card;
use crate::recovery::RecoveryCode;
use crate::resident::Resident;

/// The version of the identity data on our cards.
const VERSION: &str = "1";

/// A list and an index as large as they get in a long time.
const LATE_LIST: u32 = 999;
const LATE_INDEX: u64 = 1_048_575;
/// A number like any other.
const SAMPLE: [u8; 5] = [0x9e, 0x37, 0x79, 0xb9, 0x7f];
/// Characters by which codes of the same data may differ.
const SPREAD: usize = 6;

/// A card whose number, place and dates are fixed.
#[derive(Clone)]
pub struct Draft {
    application: Application,
    number: String,
    index: u64,
    uri: String,
    terms: Terms,
    url: String,
    birth_date: Option<String>,
    scope: String,
    identity_fields: Vec<Field>,
    service_fields: Vec<Field>,
    recovery: Option<RecoveryCode>,
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft").field("number", &self.number).finish_non_exhaustive()
    }
}

/// A place on a status list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) uri: &'a str,
    pub(super) index: u64,
}

impl Draft {
    pub(super) fn new(
        city: &City,
        application: &Application,
        number: CardNumber,
        terms: Terms,
        place: Place<'_>,
    ) -> Self {
        let resident = &application.resident;
        Self {
            number: number.to_string(),
            index: place.index,
            uri: place.uri.to_owned(),
            terms,
            url: city.url.as_str().to_owned(),
            birth_date: resident.birth_date.and_then(crate::resident::BirthDate::for_credential),
            scope: resident.services.join(" "),
            identity_fields: city.identity_code.clone(),
            service_fields: city.service_code.clone(),
            application: application.clone(),
            recovery: None,
        }
    }

    /// Characters that the identity code and the service code of a card will take at most: a card of the same data is
    /// signed with a key that is none. Numbers, times and signatures deflate a little differently each time.
    ///
    /// # Errors
    /// What the signer says.
    pub fn code_lengths(
        city: &City,
        application: &Application,
        terms: Terms,
    ) -> Result<[usize; 2], SignError> {
        let uri = format!("{}{LATE_LIST}", super::status_prefix(city));
        let place = Place { uri: &uri, index: LATE_INDEX };
        let number = CardNumber::from_random(SAMPLE);
        let sample =
            Self::new(city, application, number, terms, place).sign(&Ed25519Signer::from_seed(&[0; 32]))?;
        Ok([sample.identity_qr, sample.service_qr].map(|text| text.len() + SPREAD))
    }

    /// The draft of a card that was reserved earlier, put together again from what it was made of.
    ///
    /// # Errors
    /// When it would no longer be the same card: what the city puts on cards was changed meanwhile.
    pub fn again(city: &City, application: &Application, card: &Card, uri: &str) -> Result<Self, Error> {
        let changed = || {
            Error::Refused(format!(
                "card {} was reserved before an interruption and cannot be made again, because city.toml, the row or \
                 its photo was changed since; put that back, or revoke the card: issuer revoke {} --reason interrupted",
                card.number, card.number
            ))
        };
        let number = CardNumber::parse(&card.number).map_err(|_| changed())?;
        let index = u64::try_from(card.status_index).map_err(|_| changed())?;
        let draft = Self::new(city, application, number, Terms::of_card(card), Place { uri, index });
        let kept = [card.identity_digest.as_slice(), card.service_digest.as_slice()];
        if draft.digests().each_ref().map(<[u8; 32]>::as_slice) == kept { Ok(draft) } else { Err(changed()) }
    }

    /// The card's number.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// Its place on the status list.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Where its status is told.
    #[must_use]
    pub fn status_list(&self) -> &str {
        &self.uri
    }

    /// When it is good.
    #[must_use]
    pub fn terms(&self) -> Terms {
        self.terms
    }

    /// Whose it is.
    #[must_use]
    pub fn resident(&self) -> &Resident {
        &self.application.resident
    }

    /// The recovery code for its slip, where one is printed.
    #[must_use]
    pub fn recovery(&self) -> Option<&RecoveryCode> {
        self.recovery.as_ref()
    }

    /// The same card with this recovery code, whose hash is in the database.
    pub(crate) fn with_recovery(self, recovery: Option<RecoveryCode>) -> Self {
        Self { recovery, ..self }
    }

    /// Whose it is, with pictures.
    #[must_use]
    pub fn application(&self) -> &Application {
        &self.application
    }

    /// SHA-256 of the two claims sets.
    #[must_use]
    pub fn digests(&self) -> [[u8; 32]; 2] {
        [self.identity(), self.service()].map(|claims| Sha256::digest(claims.to_cbor()).into())
    }

    /// Signs both credentials.
    ///
    /// # Errors
    /// What the signer says.
    pub fn sign(self, signer: &dyn Signer) -> Result<IssuedCard, SignError> {
        let [identity_qr, service_qr] = self.codes(signer)?;
        Ok(IssuedCard { draft: self, identity_qr, service_qr })
    }

    /// The texts of the identity code and the service code, signed.
    pub(super) fn codes(&self, signer: &dyn Signer) -> Result<[String; 2], SignError> {
        let sign = |claims: Claims<'_>| Ok(credential::sign(&claims, signer)?.qr_text());
        Ok([sign(self.identity())?, sign(self.service())?])
    }

    fn identity(&self) -> Claims<'_> {
        self.claims(&self.identity_fields)
    }

    fn service(&self) -> Claims<'_> {
        self.claims(&self.service_fields)
    }

    fn claims(&self, fields: &[Field]) -> Claims<'_> {
        let resident = &self.application.resident;
        let mut identity = Identity { version: Some(VERSION), ..Identity::default() };
        for field in fields {
            match field {
                Field::Number => identity.number = Some(&self.number),
                Field::FullName => {
                    identity.full_name = Some(&resident.full_name);
                    identity.language = Some(&resident.language);
                }
                Field::SecondName => {
                    identity.second_name = resident.second_name.as_deref();
                    identity.second_language = resident.second_lang.as_deref();
                }
                Field::BirthDate => identity.birth_date = self.birth_date.as_deref(),
                Field::Gender => identity.gender = resident.gender(),
                Field::Address => identity.address = resident.address.as_deref(),
                Field::Guardian => identity.guardian = resident.guardian.as_deref(),
                Field::Face => {
                    identity.face =
                        self.application.pictures.as_ref().map(|pictures| Face::webp(&pictures.face));
                }
                // In every code, outside the identity map.
                Field::Services | Field::Expires => {}
            }
        }
        Claims {
            issuer: Some(&self.url),
            expires: Some(self.terms.expires().timestamp()),
            not_before: None,
            issued_at: Some(self.terms.issued_at.timestamp()),
            scope: Some(&self.scope),
            identity,
            status: Some(StatusRef { index: self.index, uri: &self.uri }),
        }
    }
}

impl Application {
    /// The personal data of an enrolment as it is sealed. Wiped when dropped.
    #[must_use]
    pub fn to_record(&self) -> Zeroizing<Vec<u8>> {
        #[derive(Serialize)]
        struct Record<'a> {
            resident: &'a Resident,
            #[serde(skip_serializing_if = "Option::is_none")]
            portrait_jpeg: Option<String>,
        }
        use base64ct::{Base64, Encoding as _};
        let record = Record {
            resident: &self.resident,
            portrait_jpeg: self.pictures.as_ref().map(|p| Base64::encode_string(p.portrait.jpeg())),
        };
        // A struct of texts always has a JSON form.
        Zeroizing::new(serde_json::to_vec(&record).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::config::testing::city;
    use crate::resident::Typed;

    #[test]
    fn codes_take_no_more_than_was_said_beforehand() {
        let city = city();
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let typed = Typed {
            full_name: "Zo\u{eb} M\u{fc}ller-Nguy\u{1ec5}n",
            birth_date: "1988-03-09",
            ..Typed::default()
        };
        let resident = Resident::parse(&typed, &city, day).unwrap();
        let application = Application { resident, pictures: None };
        let now = day.and_hms_opt(10, 0, 0).unwrap().and_utc();
        let terms = Terms::of(&city, now);
        let [identity, service] = Draft::code_lengths(&city, &application, terms).unwrap();
        let uri = format!("{}1", super::super::status_prefix(&city));
        let mut longest = [0, 0];
        for seed in 0..=255_u8 {
            let random = Sha256::digest([seed]);
            let number = CardNumber::from_random([random[0], random[1], random[2], random[3], random[4]]);
            let index = u64::from(random[5]) << 12 | u64::from(seed);
            let draft = Draft::new(&city, &application, number, terms, Place { uri: &uri, index });
            let card = draft.sign(&Ed25519Signer::from_seed(&random.into())).unwrap();
            longest = [longest[0].max(card.identity_qr.len()), longest[1].max(card.service_qr.len())];
        }
        for (said, longest) in [(identity, longest[0]), (service, longest[1])] {
            assert!(longest <= said && said <= longest + 16, "{longest} of {said}");
        }
    }
}
