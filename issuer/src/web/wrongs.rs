//! What is wrong with a form, at its fields.

use super::say::Say;
use crate::resident::{Wrong, WrongField};

/// What is wrong, field by field, in words.
#[derive(Debug, Default)]
pub(super) struct Wrongs(Vec<(&'static str, String)>);

impl Wrongs {
    pub(super) fn add(&mut self, field: &'static str, text: String) {
        self.0.push((field, text));
    }

    pub(super) fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn all(&self) -> &[(&'static str, String)] {
        &self.0
    }

    /// What is wrong with a field.
    pub(super) fn at(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == field).map(|(_, text)| text.as_str())
    }

    /// What is wrong with a resident.
    pub(super) fn of(wrong: &[WrongField], say: &Say) -> Self {
        Self(wrong.iter().map(|one| (one.field, in_words(&one.wrong, say))).collect())
    }
}

pub(super) fn in_words(wrong: &Wrong, say: &Say) -> String {
    match wrong {
        Wrong::Missing => say.t("wrong-missing"),
        Wrong::TooLong { .. } => say.t("wrong-too-long"),
        Wrong::NotText { found } => say.one("wrong-not-text", "what", format!("U+{:04X}", u32::from(*found))),
        Wrong::NotLetters { found } => say.one("wrong-not-letters", "what", found),
        Wrong::NotADate { .. } => say.t("wrong-date"),
        Wrong::ImpossibleDate { .. } => say.t("wrong-impossible-date"),
        Wrong::NotAGender { .. } | Wrong::NoSuchService { .. } => say.t("wrong-choice"),
        Wrong::NotALanguage { .. } => say.t("wrong-language"),
        Wrong::Half => say.t("wrong-half"),
    }
}
