//! What the card and the hand-over slip say, and what is said about papers, in the holder's language.
//!
//! Eight languages are built in; a city adds others, or its own wording, as [Fluent] files. A file may leave
//! messages out: they are said in the next language of the tag (`pt-br`, then `pt`), at last in English.
//!
//! [Fluent]: https://projectfluent.org

mod error;
mod message;
mod script;

use std::borrow::{Borrow, Cow};
use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use chrono::NaiveDate;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

pub use error::WordsError;
pub use message::Message;
pub use script::{direction, is_rtl};

/// The language that has every message.
const ENGLISH: &str = "en";

const BUILT_IN: [(&str, &str); 8] = [
    ("ar", include_str!("../locales/ar.ftl")),
    ("de", include_str!("../locales/de.ftl")),
    (ENGLISH, include_str!("../locales/en.ftl")),
    ("es", include_str!("../locales/es.ftl")),
    ("fr", include_str!("../locales/fr.ftl")),
    ("it", include_str!("../locales/it.ftl")),
    ("pt", include_str!("../locales/pt.ftl")),
    ("uk", include_str!("../locales/uk.ftl")),
];

/// A date as it is printed.
///
/// It is ISO 8601 in every language: the same digits in the same order at every counter, whoever reads the card
/// and whatever the reader's habit of days before months. A language that is to have its own way gets it here.
#[must_use]
pub fn date(_language: &str, date: NaiveDate) -> String {
    date.format("%Y-%m-%d").to_string()
}

/// What stands between the parts of a list in a language.
#[must_use]
pub fn list_separator(language: &str) -> &'static str {
    let first = language.split(['-', '_']).next().unwrap_or_default();
    let arabic =
        ["ar", "ckb", "fa", "ps", "sd", "ug", "ur"].iter().any(|one| first.eq_ignore_ascii_case(one));
    if arabic { "\u{60c} " } else { ", " }
}

/// What is printed, by language.
pub struct Words {
    languages: BTreeMap<String, FluentBundle<FluentResource>>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.languages()).finish()
    }
}

impl Words {
    /// The languages that need no file: ar, de, en, es, fr, it, pt and uk.
    #[must_use]
    pub fn built_in() -> Self {
        let bundle = |(tag, ftl): (&str, &str)| {
            // The tests parse these files without an error.
            let resource = FluentResource::try_new(ftl.to_owned()).unwrap_or_else(|(resource, _)| resource);
            let mut bundle = empty(tag, tag.parse().unwrap_or_default());
            bundle.add_resource_overriding(resource);
            (tag.to_owned(), bundle)
        };
        Self { languages: BUILT_IN.into_iter().map(bundle).collect() }
    }

    /// Adds a language's Fluent file; of a language that is there already, its messages replace those of the same
    /// name. Answers with the messages that the language still lacks, which are said in another language.
    ///
    /// # Errors
    /// [`WordsError`] if the file would not be printed as it is meant. Nothing is added then.
    pub fn with(&mut self, language: &str, ftl: &str) -> Result<Vec<Message>, WordsError> {
        let tag = tag(language);
        let id: LanguageIdentifier =
            tag.parse().map_err(|_| WordsError::Language { language: language.to_owned() })?;
        let resource = parse(&tag, &id, ftl)?;
        let bundle = self.languages.entry(tag).or_insert_with_key(|tag| empty(tag, id));
        bundle.add_resource_overriding(resource);
        let lacks =
            |message: &Message| bundle.get_message(message.id()).is_none_or(|it| it.value().is_none());
        Ok(Message::ALL.iter().copied().filter(lacks).collect())
    }

    /// Whether something can be said in a language, or in the one that it is a form of: `pt` does for `pt-br`.
    #[must_use]
    pub fn has(&self, language: &str) -> bool {
        forms(&tag(language)).any(|form| self.languages.contains_key(form))
    }

    /// The tags of all languages, sorted.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.keys().map(String::as_str)
    }

    /// A message in a language, on one line, with the `values` that [`Message::variables`] names.
    ///
    /// In a language read from right to left, each value stands between direction marks (U+2068 and U+2069): after
    /// Arabic letters, `+1 555 0100` and `2031-05-04` would else be printed with their parts in reverse.
    #[must_use]
    pub fn say(&self, language: &str, message: Message, values: &[(&str, &str)]) -> String {
        let args: FluentArgs<'_> = values.iter().map(|(name, text)| (*name, value(name, text))).collect();
        forms(&tag(language))
            .chain(iter::once(ENGLISH))
            .filter_map(|form| self.languages.get(form))
            .find_map(|bundle| say(bundle, message, &args, &mut Vec::new()))
            .unwrap_or_else(|| message.id().to_owned())
    }
}

/// A value as messages are told it: a number of points bends the words around it. Everything else is said as it is; a
/// telephone number keeps its zeros.
fn value<'a>(name: &str, text: &'a str) -> FluentValue<'a> {
    match text.parse::<u8>() {
        Ok(points) if name == "points" => points.into(),
        _ => text.into(),
    }
}

/// A language without words.
fn empty<R>(tag: &str, id: LanguageIdentifier) -> FluentBundle<R> {
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    bundle.set_use_isolating(is_rtl(tag));
    bundle.set_transform(Some(on_one_line));
    bundle
}

/// A text may be broken into lines in its file.
fn on_one_line(text: &str) -> Cow<'_, str> {
    if text.contains('\n') { Cow::Owned(text.replace('\n', " ")) } else { Cow::Borrowed(text) }
}

/// Reads a language's file and tries every message in it.
fn parse(tag: &str, id: &LanguageIdentifier, ftl: &str) -> Result<FluentResource, WordsError> {
    // Editors may begin a file with a mark.
    let ftl = ftl.trim_start_matches('\u{FEFF}').to_owned();
    let resource = FluentResource::try_new(ftl).map_err(|(resource, errors)| {
        let first = errors.into_iter().min_by_key(|error| error.pos.start);
        let line = first.as_ref().map_or(1, |error| {
            let entry = error.slice.as_ref().map_or(0, |entry| entry.start);
            fault_line(resource.source(), entry, error.pos.start)
        });
        WordsError::Syntax { line, reason: first.map(|error| error.to_string()).unwrap_or_default() }
    })?;
    let messages = messages(resource.source())?;
    let mut bundle = empty(tag, id.clone());
    bundle.add_resource_overriding(&resource);
    for (line, message) in messages {
        try_out(&bundle, line, message)?;
    }
    Ok(resource)
}

/// The line, from 1, on which an entry that begins at byte `entry` went wrong. The parser looks for what it misses
/// past the end of the line.
fn fault_line(source: &str, entry: usize, fault: usize) -> usize {
    let before = source.get(..fault).unwrap_or(source).trim_end().len();
    let lines = source.bytes().take(before.max(entry)).filter(|byte| *byte == b'\n');
    1 + lines.count()
}

/// The messages of a file that parses, with their lines: names begin lines, and nothing else that is a letter does.
/// A name that begins with a dash is the file's own.
fn messages(source: &str) -> Result<Vec<(usize, Message)>, WordsError> {
    let mut seen = BTreeSet::new();
    let mut messages = Vec::new();
    for (line, text) in (1..).zip(source.lines()) {
        let Some((id, _)) = text.split_once('=') else { continue };
        if !id.starts_with(|first: char| first.is_ascii_alphabetic() || first == '-') {
            continue;
        }
        let id = id.trim_end();
        if !seen.insert(id) {
            return Err(WordsError::Twice { line, id: id.to_owned() });
        }
        match Message::by_id(id) {
            Some(message) => messages.push((line, message)),
            None if id.starts_with('-') => {}
            None => return Err(WordsError::Unknown { line, id: id.to_owned() }),
        }
    }
    Ok(messages)
}

/// Says a message to see that it says what it is told, and asks for nothing else.
fn try_out(bundle: &FluentBundle<&FluentResource>, line: usize, message: Message) -> Result<(), WordsError> {
    let told = |variable: &str| format!("\u{1}{variable}\u{1}");
    let args = message.variables().iter().map(|variable| (*variable, told(variable))).collect();
    let mut errors = Vec::new();
    let Some(text) = say(bundle, message, &args, &mut errors) else { return Ok(()) };
    if let Some(cause) = errors.into_iter().next() {
        return Err(WordsError::Reference { line, message, cause });
    }
    match message.variables().iter().find(|variable| !text.contains(&told(variable))) {
        Some(variable) => Err(WordsError::Untold { line, message, variable }),
        None => Ok(()),
    }
}

/// A message in one language, if that has it.
fn say<R: Borrow<FluentResource>>(
    bundle: &FluentBundle<R>,
    message: Message,
    args: &FluentArgs<'_>,
    errors: &mut Vec<FluentError>,
) -> Option<String> {
    let message = bundle.get_message(message.id())?;
    Some(bundle.format_pattern(message.value()?, Some(args), errors).into_owned())
}

/// A tag as the languages are sorted by.
fn tag(language: &str) -> String {
    language.to_ascii_lowercase().replace('_', "-")
}

/// A tag, and the shorter ones that it is a form of.
fn forms(tag: &str) -> impl Iterator<Item = &str> {
    iter::successors(Some(tag), |tag| tag.rsplit_once('-').map(|(shorter, _)| shorter))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [(&str, &str); 6] = [
        ("date", "2031-05-04"),
        ("hotline", "+1 555 0100"),
        ("place", "1 Main Square"),
        ("points", "7"),
        ("needed", "9"),
        ("there", "8"),
    ];

    #[test]
    fn every_language_has_every_message_and_nothing_else() {
        for (language, ftl) in BUILT_IN {
            let id = language.parse().unwrap();
            let resource = parse(language, &id, ftl).unwrap_or_else(|error| panic!("{language}: {error}"));
            let mut has: Vec<Message> =
                messages(resource.source()).unwrap().into_iter().map(|(_, message)| message).collect();
            has.sort_unstable();
            assert_eq!(has, Message::ALL, "{language}");
        }
    }

    #[test]
    fn every_message_is_said_whole() {
        let words = Words::built_in();
        for language in words.languages() {
            for message in Message::ALL {
                let text = words.say(language, *message, &VALUES);
                assert!(!text.is_empty() && !text.contains(['{', '}', '\n']), "{language} {message}: {text}");
                assert_eq!(text, text.trim(), "{language} {message}");
                for (variable, value) in VALUES {
                    let told = message.variables().contains(&variable);
                    assert_eq!(text.contains(value), told, "{language} {message}: {text}");
                }
            }
        }
    }

    #[test]
    fn labels_fit_their_columns() {
        let words = Words::built_in();
        for language in words.languages() {
            for message in Message::ALL.iter().filter(|message| message.id().starts_with("card-")) {
                let label = words.say(language, *message, &[]);
                assert!(label.chars().count() <= 20, "{language} {message}: {label}");
            }
        }
    }

    #[test]
    fn a_language_without_words_is_spoken_for() {
        let mut words = Words::built_in();
        assert_eq!(words.languages().collect::<Vec<_>>(), ["ar", "de", "en", "es", "fr", "it", "pt", "uk"]);
        for (language, has, name) in [
            ("pt", true, "Nome"),
            ("pt-br", true, "Nome"),
            ("PT_BR", true, "Nome"),
            ("uk-cyrl-ua", true, "Ім’я"),
            ("so", false, "Name"),
            ("", false, "Name"),
        ] {
            assert_eq!(words.has(language), has, "{language}");
            assert_eq!(words.say(language, Message::CardName, &[]), name, "{language}");
        }
        let missing = words.with("pt-br", "card-title = Carteira da cidade").unwrap();
        assert_eq!(missing.len(), Message::ALL.len() - 1);
        assert!(!missing.contains(&Message::CardTitle));
        assert_eq!(words.say("pt-br", Message::CardTitle, &[]), "Carteira da cidade");
        assert_eq!(words.say("pt-br", Message::CardName, &[]), "Nome");
        assert_eq!(words.say("pt", Message::CardTitle, &[]), "Cartão da cidade");
    }

    #[test]
    fn a_city_has_its_own_wording() {
        let mut words = Words::built_in();
        let own = "\u{FEFF}-card = Springfield card\r\ncard-title = { -card }\r\nslip-valid = Your { -card }\r\n    ends on { $date }.\r\n";
        assert_eq!(words.with("EN", own), Ok(Vec::new()));
        assert_eq!(words.say("en", Message::CardTitle, &[]), "Springfield card");
        assert_eq!(
            words.say("en-gb", Message::SlipValid, &VALUES),
            "Your Springfield card ends on 2031-05-04."
        );
        assert_eq!(words.say("en", Message::CardName, &[]), "Name");
    }

    #[test]
    fn a_file_that_would_misprint_names_its_line() {
        let mut words = Words::built_in();
        for (ftl, error) in [
            ("card-name = Magac\n\ncard-number Lambar\n", "line 3: Expected a token starting with \"=\""),
            ("# ї\ncard-name = Ім’я\nslip-valid = { $date\n", "line 3: Expected a token starting with \"}\""),
            ("card-name = Magac\n\n= Lambar", "line 3: Expected one of \"a-zA-Z\""),
            ("card-name = Magac\ncard-nummer = Lambar", "line 2: there is no message card-nummer"),
            ("card-name = A\ncard-name = B", "line 2: card-name stands here for the second time"),
            (
                "\nslip-valid = { $dat }",
                "line 2: slip-valid cannot be said: Resolver error: Unknown variable: $dat",
            ),
            ("slip-lost = Wac.", "line 1: slip-lost must say { $hotline }"),
        ] {
            assert_eq!(words.with("so", ftl).unwrap_err().to_string(), error, "{ftl}");
        }
        assert!(!words.has("so"));
        assert_eq!(
            words.with("so mali", "").unwrap_err(),
            WordsError::Language { language: "so mali".to_owned() }
        );
    }

    #[test]
    fn numbers_stay_whole_among_letters_from_right_to_left() {
        let text = Words::built_in().say("ar", Message::SlipLost, &VALUES);
        assert!(seen(&text).contains("+1 555 0100"), "{}", seen(&text));
        let bare = text.replace(['\u{2068}', '\u{2069}'], "");
        assert!(!seen(&bare).contains("+1 555 0100"), "the marks are needed no more");
    }

    /// A line as it is seen from left to right.
    fn seen(text: &str) -> String {
        let bidi = unicode_bidi::ParagraphBidiInfo::new(text, None);
        bidi.reorder_line(0..text.len()).into_owned()
    }

    #[test]
    fn points_bend_the_words_around_them() {
        let words = Words::built_in();
        let said =
            |language, points| words.say(language, Message::EvidenceLackResidency, &[("points", points)]);
        for (language, points, start) in [
            ("en", "1", "You lack 1 residency point: bring"),
            ("en", "2", "You lack 2 residency points: bring"),
            ("es", "1", "Le falta 1 punto para"),
            ("es", "3", "Le faltan 3 puntos para"),
            ("uk", "1", "Вам бракує 1 бала,"),
            ("uk", "3", "Вам бракує 3 балів,"),
            ("ar", "1", "تنقصك نقطة واحدة لإثبات"),
            ("ar", "2", "تنقصك نقطتان لإثبات"),
            ("ar", "3", "تنقصك \u{2068}3\u{2069} نقاط لإثبات"),
        ] {
            let text = said(language, points);
            assert!(text.starts_with(start), "{text}");
        }
    }

    #[test]
    fn dates_are_the_same_everywhere() {
        let day = NaiveDate::from_ymd_opt(2031, 5, 4).unwrap();
        for language in ["en", "ar", "de"] {
            assert_eq!(date(language, day), "2031-05-04");
        }
    }

    #[test]
    fn words_serve_every_thread() {
        fn shared<T: Send + Sync>(_: &T) {}
        shared(&Words::built_in());
    }
}
