//! How old somebody is on a day.

use chrono::{Datelike as _, NaiveDate};

/// When somebody was born, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Born {
    /// The day.
    Day(NaiveDate),
    /// Only the year.
    Year(i32),
}

/// An age in whole years, or that it is not known. The rules for everybody go for an unknown age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Age(Option<u8>);

impl Age {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self(None);

    /// So many whole years.
    #[must_use]
    pub fn years(years: u8) -> Self {
        Self(Some(years))
    }

    /// The age on a day. Of two ages that a year alone leaves open it is the higher, so that nobody must prove a
    /// birthday that they do not know. Unknown if the birth lies ahead, or more than 255 years back.
    #[must_use]
    pub fn on(today: NaiveDate, born: Born) -> Self {
        let years = match born {
            Born::Year(year) => today.year().checked_sub(year),
            Born::Day(day) => today.years_since(day).and_then(|years| i32::try_from(years).ok()),
        };
        Self(years.and_then(|years| u8::try_from(years).ok()))
    }

    /// Whether it is known and lies within these years.
    #[must_use]
    pub fn is_within(self, from: u8, to: u8) -> bool {
        self.0.is_some_and(|years| (from..=to).contains(&years))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn an_age_is_whole_years_on_the_day() {
        let today = day(2026, 11, 24);
        for (born, age) in [
            (Born::Day(day(2012, 11, 24)), Some(14)),
            (Born::Day(day(2012, 11, 25)), Some(13)),
            (Born::Day(today), Some(0)),
            (Born::Day(day(2026, 11, 25)), None),
            (Born::Day(day(1700, 1, 1)), None),
            (Born::Year(2012), Some(14)),
            (Born::Year(2026), Some(0)),
            (Born::Year(2027), None),
            (Born::Year(i32::MIN), None),
        ] {
            assert_eq!(Age::on(today, born), Age(age), "{born:?}");
        }
        let leap = Born::Day(day(2008, 2, 29));
        assert_eq!(Age::on(day(2026, 2, 28), leap), Age::years(17));
        assert_eq!(Age::on(day(2026, 3, 1), leap), Age::years(18));
    }

    #[test]
    fn an_unknown_age_is_within_nothing() {
        assert!(!Age::UNKNOWN.is_within(0, 255));
        assert!(Age::years(13).is_within(0, 13));
        assert!(!Age::years(14).is_within(0, 13));
    }
}
