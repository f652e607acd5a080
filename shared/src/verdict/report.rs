//! The verdict as other programs read it. The names are an API.

use base64ct::{Base64, Encoding as _};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::{Holder, Verdict};

/// A verdict as one JSON object; every key is always there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report<'a> {
    /// `valid`, `valid_stale`, `not_valid` or `cannot_tell`.
    pub outcome: &'static str,
    /// Why, where the outcome is one of the last two.
    pub reason: Option<&'static str>,
    /// The dialect, where the code could be read.
    pub dialect: Option<String>,
    /// `identity` or `service`, where the signature is good.
    pub kind: Option<&'static str>,
    /// The card number, where the signature is good.
    pub number: Option<&'a str>,
    /// The issuer's URL, where the signature is good.
    pub issuer: Option<&'a str>,
    /// The services that the card opens here, where the signature is good.
    pub services: &'a [String],
    /// What the desk may see of the holder, where the card is good.
    pub claims: Option<ClaimsReport<'a>>,
    /// Expiry (RFC 3339, UTC), where the signature is good.
    pub expires: Option<String>,
    /// Age in seconds of the list that decided.
    pub lists_age_s: Option<u64>,
}

/// The holder in a [`Report`]; what is absent or not for this desk has no key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClaimsReport<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    full_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    second_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    second_lang: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guardian: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    face: Option<FaceReport>,
}

/// A face in a [`Report`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct FaceReport {
    format: &'static str,
    /// The image file in base64.
    data: String,
}

impl Verdict {
    /// The verdict for other programs.
    #[must_use]
    pub fn report(&self) -> Report<'_> {
        let card = self.card.as_ref();
        Report {
            outcome: self.outcome.as_str(),
            reason: self.outcome.reason(),
            dialect: self.dialect.map(|dialect| dialect.to_string()),
            kind: card.map(|card| card.kind.as_str()),
            number: card.and_then(|card| card.number.as_deref()),
            issuer: card.map(|card| card.issuer.as_str()),
            services: card.map(|card| card.services.as_slice()).unwrap_or_default(),
            claims: card.and_then(|card| card.holder.as_ref()).map(ClaimsReport::of),
            expires: card.and_then(|card| card.expires).and_then(rfc3339),
            lists_age_s: self.lists_age,
        }
    }
}

impl<'a> ClaimsReport<'a> {
    fn of(holder: &'a Holder) -> Self {
        Self {
            full_name: holder.full_name.as_deref(),
            second_name: holder.second_name.as_deref(),
            second_lang: holder.second_language.as_deref(),
            birth_date: holder.birth_date.as_deref(),
            gender: holder.gender.map(crate::claims::Gender::letter),
            address: holder.address.as_deref(),
            guardian: holder.guardian.as_deref(),
            language: holder.language.as_deref(),
            face: holder.face.as_deref().map(|data| FaceReport {
                format: match holder.face_format {
                    Some(0) => "png",
                    Some(1) => "jpeg",
                    Some(2) => "jpeg2000",
                    Some(3) => "avif",
                    Some(4) => "webp",
                    _ => "other",
                },
                data: Base64::encode_string(data),
            }),
        }
    }
}

fn rfc3339(seconds: i64) -> Option<String> {
    let time: DateTime<Utc> = DateTime::from_timestamp(seconds, 0)?;
    Some(time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_says_its_format() {
        let formats =
            [(0, "png"), (1, "jpeg"), (2, "jpeg2000"), (3, "avif"), (4, "webp"), (5, "other"), (-1, "other")];
        for (number, name) in formats {
            let holder =
                Holder { face: Some(b"face".to_vec()), face_format: Some(number), ..Holder::default() };
            let face = ClaimsReport::of(&holder).face.unwrap();
            assert_eq!((face.format, face.data.as_str()), (name, "ZmFjZQ=="));
        }
    }
}
