//! The words that may stand in a `city.toml`. Reading one is checking it.

use std::fmt;

use serde::Deserialize;

/// The issuer's address: https, a host, and perhaps a path without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct CityUrl(String);

impl CityUrl {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CityUrl {
    type Error = Refused;

    fn try_from(text: String) -> Result<Self, Refused> {
        let fits = text.len() <= 200
            && text.strip_prefix("https://").is_some_and(|rest| {
                let host = rest.split('/').next().unwrap_or_default();
                !host.is_empty()
                    && !rest.ends_with('/')
                    && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte))
            });
        if fits {
            Ok(Self(text))
        } else {
            Err(Refused {
                value: text,
                allowed: "the address must begin with https:// and have no slash at its end, no ? and no #, such as \"https://card.example.org\"",
            })
        }
    }
}

/// A language: a BCP 47 tag in small letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Language(String);

impl Language {
    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Language {
    type Error = Refused;

    fn try_from(text: String) -> Result<Self, Refused> {
        let mut parts = text.split('-');
        let first = parts.next().unwrap_or_default();
        let small = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase());
        let fits = (2..=3).contains(&first.len())
            && small(first)
            && parts.all(|part| {
                (2..=8).contains(&part.len())
                    && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            });
        if fits {
            Ok(Self(text))
        } else {
            Err(Refused {
                value: text,
                allowed: "write the language's tag in small letters, such as \"en\" or \"zh-hant\"",
            })
        }
    }
}

/// A line of text that says something.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Text(String);

impl Text {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Text {
    type Error = Refused;

    fn try_from(text: String) -> Result<Self, Refused> {
        let fits =
            !text.trim().is_empty() && text.chars().count() <= 500 && !text.chars().any(char::is_control);
        if fits {
            Ok(Self(text))
        } else {
            Err(Refused { value: text, allowed: "write 1 to 500 characters in one line" })
        }
    }
}

pub use shared::trust_list::{Field, ServiceId};

/// Reads the word for a service.
pub(super) fn service_id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<ServiceId, D::Error> {
    let text = String::deserialize(deserializer)?;
    ServiceId::parse(&text).ok_or_else(|| {
        serde::de::Error::custom(Refused {
            value: text,
            allowed: "write one word of a-z, 0-9 and -, at most 32 characters, such as \"library\"",
        })
    })
}

/// A value that may not stand where it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{value} is not allowed; {allowed}")]
pub struct Refused {
    /// The value.
    pub value: String,
    /// What may stand there.
    pub allowed: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_https_and_end_in_no_slash() {
        for text in ["https://card.example.org", "https://localhost:8080/card"] {
            CityUrl::try_from(text.to_owned()).unwrap();
        }
        for text in [
            "http://card.example.org",
            "https://",
            "https:///x",
            "https://card.example.org/",
            "https://a@b.example",
            "https://card.example.org/?a",
            "https://card.example.org/#a",
            "https://card.exämple.org",
        ] {
            CityUrl::try_from(text.to_owned()).unwrap_err();
        }
    }

    #[test]
    fn languages_are_tags() {
        for text in ["en", "ar", "zh-hant", "haw", "es-419"] {
            Language::try_from(text.to_owned()).unwrap();
        }
        for text in ["", "e", "EN", "english", "en_US", "en-", "en-U"] {
            Language::try_from(text.to_owned()).unwrap_err();
        }
    }
}
