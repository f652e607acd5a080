//! The words of the counter's page, in eight languages, as [Fluent] files.
//!
//! [Fluent]: https://projectfluent.org

use std::collections::BTreeMap;
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use shared::verdict::{Advice, Outcome};

/// The language that stands in for all others.
pub const ENGLISH: &str = "en";

/// What messages begin with that go to the page as they are.
const PAGE: &str = "page-";

const FILES: [(&str, &str); 8] = [
    (ENGLISH, include_str!("../locales/en.ftl")),
    ("ar", include_str!("../locales/ar.ftl")),
    ("de", include_str!("../locales/de.ftl")),
    ("es", include_str!("../locales/es.ftl")),
    ("fr", include_str!("../locales/fr.ftl")),
    ("it", include_str!("../locales/it.ftl")),
    ("pt", include_str!("../locales/pt.ftl")),
    ("uk", include_str!("../locales/uk.ftl")),
];

/// The words, by language.
pub struct Words {
    bundles: BTreeMap<&'static str, FluentBundle<FluentResource>>,
}

impl fmt::Debug for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.bundles.keys()).finish()
    }
}

impl Words {
    /// All that are built in.
    #[must_use]
    pub fn built_in() -> Self {
        Self::of(FILES)
    }

    /// English alone, which is quicker to read: what the command line speaks.
    #[must_use]
    pub fn english() -> Self {
        Self::of(FILES.into_iter().take(1))
    }

    fn of(files: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        let bundle = |(tag, ftl): (&'static str, &str)| {
            // The tests parse these files without an error.
            let resource = FluentResource::try_new(ftl.to_owned()).unwrap_or_else(|(resource, _)| resource);
            let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().unwrap_or_default()]);
            bundle.set_use_isolating(false);
            bundle.add_resource_overriding(resource);
            (tag, bundle)
        };
        Self { bundles: files.into_iter().map(bundle).collect() }
    }

    /// The language that stands for a wanted one: itself, the one it is a form of, or English.
    #[must_use]
    pub fn language(&self, wanted: Option<&str>) -> &'static str {
        let wanted = wanted.unwrap_or(ENGLISH).to_ascii_lowercase();
        let stem = wanted.split(['-', '_']).next().unwrap_or_default();
        self.bundles.keys().copied().find(|tag| *tag == stem).unwrap_or(ENGLISH)
    }

    /// The languages, each with its own name, English first.
    pub fn languages(&self) -> impl Iterator<Item = (&'static str, String)> {
        FILES.iter().map(|(tag, _)| (*tag, self.say(tag, "page-language")))
    }

    /// A message.
    #[must_use]
    pub fn say(&self, language: &str, id: &str) -> String {
        self.format(language, id, None)
    }

    /// The messages of the page, without their beginning.
    #[must_use]
    pub fn of_page(&self, language: &str) -> BTreeMap<&'static str, String> {
        ids().filter_map(|id| Some((id.strip_prefix(PAGE)?, self.say(language, id)))).collect()
    }

    /// How old the lists are.
    #[must_use]
    pub fn lists_age(&self, language: &str, seconds: Option<u64>) -> String {
        let (id, count) = match seconds {
            None => return self.say(language, "lists-none"),
            Some(seconds @ 0..7_200) => ("lists-minutes", seconds / 60),
            Some(seconds @ 7_200..172_800) => ("lists-hours", seconds / 3_600),
            Some(seconds) => ("lists-days", seconds / 86_400),
        };
        let mut args = FluentArgs::new();
        args.set("count", count);
        self.format(language, id, Some(&args))
    }

    /// That the clock is behind: of lists from its future nobody knows the age.
    #[must_use]
    pub fn clock_behind(&self, language: &str) -> String {
        self.say(language, "why-clock_behind")
    }

    fn format(&self, language: &str, id: &str, args: Option<&FluentArgs<'_>>) -> String {
        let said = |tag: &str| {
            let bundle = self.bundles.get(tag)?;
            let pattern = bundle.get_message(id)?.value()?;
            Some(bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned())
        };
        said(language).or_else(|| said(ENGLISH)).unwrap_or_else(|| id.to_owned())
    }
}

/// The message that says why a card is worth what it is.
#[must_use]
pub fn why_id(outcome: Outcome) -> String {
    format!("why-{}", outcome.reason().unwrap_or(outcome.as_str()))
}

/// The message that says what to do.
#[must_use]
pub fn advice_id(advice: Advice) -> &'static str {
    match advice {
        Advice::Serve => "do-serve",
        Advice::ServeAndRefresh => "do-serve-and-refresh",
        Advice::SendToRenew => "do-send-to-renew",
        Advice::CallHotline => "do-call-hotline",
        Advice::ExplainScope => "do-explain-scope",
        Advice::ScanAgain => "do-scan-again",
        Advice::ScanTheCard => "do-scan-the-card",
        Advice::RefreshLists => "do-refresh-lists",
        Advice::LoadTrust => "do-load-trust",
        Advice::SetClock => "do-set-clock",
    }
}

/// The names of all messages: what begins a line of the English file.
fn ids() -> impl Iterator<Item = &'static str> {
    ids_in(FILES.first().map_or("", |(_, english)| english))
}

fn ids_in(ftl: &str) -> impl Iterator<Item = &str> {
    ftl.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))
        .filter_map(|line| Some(line.split_once(" =")?.0))
}

#[cfg(test)]
mod tests {
    use shared::trust_list::Field;
    use shared::verdict::{CannotTell, NotValid};

    use super::*;

    #[test]
    fn every_language_has_every_message_and_no_other() {
        let english: Vec<&str> = ids().collect();
        for (tag, ftl) in FILES {
            assert!(FluentResource::try_new(ftl.to_owned()).is_ok(), "{tag}");
            assert_eq!(ids_in(ftl).collect::<Vec<_>>(), english, "{tag}");
        }
    }

    #[test]
    fn every_message_is_said_without_a_fault() {
        let words = Words::built_in();
        for (tag, bundle) in &words.bundles {
            for id in ids() {
                let mut args = FluentArgs::new();
                args.set("count", 3);
                let mut faults = Vec::new();
                let pattern = bundle.get_message(id).unwrap().value().unwrap();
                assert!(!bundle.format_pattern(pattern, Some(&args), &mut faults).trim().is_empty());
                assert!(faults.is_empty(), "{tag} {id}: {faults:?}");
            }
        }
    }

    #[test]
    fn every_outcome_has_its_words() {
        let known: Vec<&str> = ids().collect();
        let not_valid = [
            NotValid::Expired,
            NotValid::NotYetValid,
            NotValid::Revoked,
            NotValid::Suspended,
            NotValid::BadSignature,
            NotValid::KeyCompromised,
            NotValid::ServiceNotGranted,
        ];
        let cannot_tell = [
            CannotTell::Unreadable,
            CannotTell::NotACard,
            CannotTell::UnknownIssuer,
            CannotTell::UnknownKey,
            CannotTell::NoTrustList,
            CannotTell::StatusUnknown,
            CannotTell::ClockBehind,
        ];
        let outcomes = [Outcome::Valid, Outcome::ValidStale]
            .into_iter()
            .chain(not_valid.map(Outcome::NotValid))
            .chain(cannot_tell.map(Outcome::CannotTell));
        for outcome in outcomes {
            for id in [format!("title-{}", outcome.as_str()), why_id(outcome)] {
                assert!(known.contains(&id.as_str()), "{id}");
            }
            assert!(known.contains(&advice_id(outcome.advice())), "{outcome:?}");
        }
        // The face has a picture and a question in place of a label.
        for field in Field::ALL.into_iter().filter(|field| *field != Field::Face) {
            assert!(known.contains(&format!("field-{field}").as_str()), "{field}");
        }
    }

    #[test]
    fn ages_are_said_in_the_language_s_own_numbers() {
        let words = Words::built_in();
        let age = |language, seconds| words.lists_age(language, Some(seconds));
        assert_eq!(age("en", 0), "Lists: 0 min old");
        assert_eq!(age("en", 7_199), "Lists: 119 min old");
        assert_eq!(age("en", 7_200), "Lists: 2 h old");
        assert_eq!(age("de", 259_200), "Listen: 3 Tage alt");
        assert_eq!(age("uk", 259_200), "Спискам 3 дні");
        assert_eq!(age("uk", 5 * 86_400), "Спискам 5 днів");
        assert_eq!(age("ar", 172_800), "عمر القوائم: يومان");
        assert_eq!(words.lists_age("pt", None), "Ainda não há listas aqui");
    }

    #[test]
    fn an_unknown_language_is_english() {
        let words = Words::built_in();
        assert_eq!(words.language(Some("pt-BR")), "pt");
        assert_eq!(words.language(Some("tlh")), ENGLISH);
        assert_eq!(words.language(None), ENGLISH);
    }
}
