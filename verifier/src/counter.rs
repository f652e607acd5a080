//! One check at a counter, for the command line and for the page alike.

use chrono::{DateTime, Utc};
use shared::trust_list::ServiceId;
use shared::trusted::Trusted;
use shared::verdict::{Desk, Verdict, verdict};
use thiserror::Error;

use crate::keyboard;

/// A counter: whom it trusts, which desk it is, what time it is.
#[derive(Debug, Clone, Copy)]
pub struct Counter<'a> {
    /// The city's lists; none before the first bundle.
    pub trusted: Option<&'a Trusted>,
    /// The desk.
    pub desk: Desk<'a>,
    /// The time.
    pub now: DateTime<Utc>,
}

/// What a check gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What the card is worth.
    pub verdict: Verdict,
    /// Whether nothing could be read because, it seems, the scanner's keyboard is not the machine's.
    pub wrong_keyboard: bool,
}

/// Why there is no such desk.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DeskError {
    /// No name of a service.
    #[error("{0:?} is no service name: lower-case letters, digits, hyphens")]
    NotAName(String),
    /// A name that the city's trust list does not have.
    #[error("the city has no service {name:?}; it has: {}", known.join(", "))]
    Unknown {
        /// The name.
        name: String,
        /// What the city has.
        known: Vec<String>,
    },
}

impl Counter<'_> {
    /// Checks a scanned or pasted text. `pressed` is the same text by the keys that were pressed, where it is
    /// known.
    ///
    /// What cannot be read as it stands is tried as the text of a scanner whose keyboard has another layout.
    #[must_use]
    pub fn check(&self, text: &str, pressed: Option<&str>) -> Checked {
        let text = text.trim_matches(['\r', '\n', '\t']);
        let verdict = self.judge(text);
        if verdict.dialect.is_some() {
            return Checked { verdict, wrong_keyboard: false };
        }
        let pressed = pressed.filter(|pressed| *pressed != text).map(|pressed| self.judge(pressed));
        if let Some(verdict) = pressed.filter(|verdict| verdict.dialect.is_some()) {
            return Checked { verdict, wrong_keyboard: false };
        }
        if !keyboard::looks_mistyped(text) {
            return Checked { verdict, wrong_keyboard: false };
        }
        let mut read = None;
        for candidate in keyboard::candidates(text) {
            let verdict = self.judge(&candidate);
            // A good signature decides. What only decodes is kept, should there be none.
            if verdict.card.is_some() {
                return Checked { verdict, wrong_keyboard: false };
            }
            read = read.or_else(|| verdict.dialect.is_some().then_some(verdict));
        }
        let wrong_keyboard = read.is_none();
        Checked { verdict: read.unwrap_or(verdict), wrong_keyboard }
    }

    fn judge(&self, text: &str) -> Verdict {
        verdict(text, self.trusted, self.desk, self.now)
    }
}

/// The desk of this name, if the city has it.
///
/// # Errors
/// [`DeskError`] says which it has.
pub fn parse_desk(name: &str, trusted: Option<&Trusted>) -> Result<ServiceId, DeskError> {
    let service = ServiceId::parse(name).ok_or_else(|| DeskError::NotAName(name.to_owned()))?;
    if let Some(list) = trusted.map(Trusted::trust_list).filter(|list| list.service(name).is_none()) {
        let known = list.services.iter().map(|service| service.id.to_string()).collect();
        return Err(DeskError::Unknown { name: name.to_owned(), known });
    }
    Ok(service)
}

#[cfg(test)]
mod tests {
    use ::tests::city::{self, City};
    use shared::verdict::{CannotTell, Outcome};

    use super::*;

    #[test]
    fn a_text_typed_on_a_french_keyboard_is_read() {
        let trusted = City::port_alder().trusted();
        let card = city::identity().text();
        let checked = check(&trusted, &french(&card), None);
        assert_eq!((checked.verdict.outcome, checked.wrong_keyboard), (Outcome::Valid, false));
        assert_eq!(checked.verdict, check(&trusted, &card, None).verdict);
    }

    #[test]
    fn what_was_pressed_is_read_where_the_text_is_not() {
        let trusted = City::port_alder().trusted();
        let card = city::identity().text();
        let checked = check(&trusted, "\u{20ac}", Some(&card));
        assert_eq!(checked.verdict.outcome, Outcome::Valid);
    }

    #[test]
    fn ends_of_lines_are_no_part_of_the_text() {
        let trusted = City::port_alder().trusted();
        let card = city::identity().text();
        for end in ["\r", "\n", "\r\n", "\t"] {
            assert_eq!(check(&trusted, &format!("{card}{end}"), None).verdict.outcome, Outcome::Valid);
        }
    }

    #[test]
    fn an_unknown_keyboard_is_named_as_the_cause() {
        let trusted = City::port_alder().trusted();
        let unknown = "\u{20ac}".repeat(200);
        let checked = check(&trusted, &unknown, None);
        let unread = matches!(
            checked.verdict.outcome,
            Outcome::CannotTell(CannotTell::NotACard | CannotTell::Unreadable)
        );
        assert!(unread && checked.wrong_keyboard);
        assert!(!check(&trusted, "hello", None).wrong_keyboard);
    }

    fn check(trusted: &Trusted, text: &str, pressed: Option<&str>) -> Checked {
        let now = city::at(city::NOW);
        Counter { trusted: Some(trusted), desk: Desk::Any, now }.check(text, pressed)
    }

    fn french(text: &str) -> String {
        let us = "0123456789AQZWM$%*-./:";
        let fr = "à&é\"'(-è_çQAWZ?458):!M";
        let typed = |c: char| us.chars().position(|key| key == c).and_then(|place| fr.chars().nth(place));
        text.chars().map(|c| typed(c).unwrap_or(c)).collect()
    }
}
