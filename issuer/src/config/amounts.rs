//! The amounts that may stand in a `city.toml`. Reading one is checking it.

use chrono::Duration;
use serde::Deserialize;

use super::words::Refused;

/// A span of whole days or hours, such as `7d` or `36h`; at least one hour, at most 3660 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Span {
    hours: i64,
}

impl Span {
    /// The span.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::hours(self.hours)
    }

    fn parse(text: &str) -> Option<Self> {
        let (number, hours_each) = match text.strip_suffix('d') {
            Some(days) => (days, 24),
            None => (text.strip_suffix('h')?, 1),
        };
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        let hours = i64::from(number.parse::<u32>().ok().filter(|_| digits)?) * hours_each;
        (1..=3660 * 24).contains(&hours).then_some(Self { hours })
    }
}

impl TryFrom<String> for Span {
    type Error = Refused;

    fn try_from(text: String) -> Result<Self, Refused> {
        Self::parse(&text)
            .ok_or(Refused { value: text, allowed: "write days or hours, such as \"7d\" or \"36h\"" })
    }
}

/// How long a record is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Keep {
    /// For this long.
    For(Span),
    /// For as long as the card is valid.
    UntilExpiry,
}

impl TryFrom<String> for Keep {
    type Error = Refused;

    fn try_from(text: String) -> Result<Self, Refused> {
        if text == "until-expiry" {
            return Ok(Self::UntilExpiry);
        }
        Span::parse(&text).map(Self::For).ok_or(Refused {
            value: text,
            allowed: "write days or hours, such as \"7d\" or \"36h\", or \"until-expiry\"",
        })
    }
}

/// Whether the city finds out that somebody has a card already, and how long the secret for it is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Duplicates {
    /// It does not.
    Off,
    /// It does, with another secret each term of this many years.
    Term(ValidYears),
}

impl Default for Duplicates {
    fn default() -> Self {
        Self::Term(ValidYears(1))
    }
}

impl TryFrom<String> for Duplicates {
    type Error = Refused;

    fn try_from(text: String) -> Result<Self, Refused> {
        let years = text.strip_suffix(" years").or_else(|| text.strip_suffix(" year"));
        let number = years.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
        let years = number.and_then(|number| number.parse::<i64>().ok());
        match years.and_then(|years| ValidYears::try_from(years).ok()) {
            Some(years) => Ok(Self::Term(years)),
            None if text == "off" => Ok(Self::Off),
            None => Err(Refused { value: text, allowed: "write \"1 year\" to \"10 years\", or \"off\"" }),
        }
    }
}

/// How many years a card is valid: 1 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct ValidYears(u32);

impl ValidYears {
    /// The years.
    #[must_use]
    pub fn years(self) -> u32 {
        self.0
    }
}

impl TryFrom<i64> for ValidYears {
    type Error = Refused;

    fn try_from(number: i64) -> Result<Self, Refused> {
        within(number, 1, 10, "write a number from 1 to 10").map(Self)
    }
}

/// The most bytes a face may take in a code: 200 to 660, so that the code fits the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct FaceBudget(u32);

impl FaceBudget {
    /// The bytes.
    #[must_use]
    pub fn bytes(self) -> u32 {
        self.0
    }
}

impl TryFrom<i64> for FaceBudget {
    type Error = Refused;

    fn try_from(number: i64) -> Result<Self, Refused> {
        within(
            number,
            200,
            660,
            "write a number from 200 to 660; a code with a larger face does not fit the card",
        )
        .map(Self)
    }
}

/// Days until the next trust list: 1 to 366.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct UpdateDays(u32);

impl UpdateDays {
    /// The days.
    #[must_use]
    pub fn days(self) -> u32 {
        self.0
    }
}

impl TryFrom<i64> for UpdateDays {
    type Error = Refused;

    fn try_from(number: i64) -> Result<Self, Refused> {
        within(number, 1, 366, "write a number from 1 to 366").map(Self)
    }
}

fn within(number: i64, least: u32, most: u32, allowed: &'static str) -> Result<u32, Refused> {
    u32::try_from(number)
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| Refused { value: number.to_string(), allowed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_days_or_hours() {
        assert_eq!(Span::parse("7d").unwrap().duration(), Duration::days(7));
        assert_eq!(Span::parse("36h").unwrap().duration(), Duration::hours(36));
        for text in ["", "d", "7", "0d", "+7d", "-1d", "7 d", "7D", "99999999999d", "3661d"] {
            assert_eq!(Span::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_check_for_duplicates_is_off_or_has_a_term() {
        let read = |text: &str| Duplicates::try_from(text.to_owned()).ok();
        assert_eq!(read("off"), Some(Duplicates::Off));
        assert_eq!(read("1 year"), Some(Duplicates::default()));
        assert_eq!(read("10 years"), Some(Duplicates::Term(ValidYears(10))));
        for text in ["", "on", "year", "0 years", "11 years", "+1 year", "1year", "1 month"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
