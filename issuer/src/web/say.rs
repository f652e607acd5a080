//! The words of the desk's pages, in the officer's language.
//!
//! A file an area and a language: `locales/desk/AREA.LANGUAGE.ftl`. The tests see to it that every language has every
//! message, and that every message that a page names is there.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;

use crate::words::{direction, is_rtl};

/// The language of pages when none is known.
const ENGLISH: &str = "en";

/// The languages of officers, each by its own name.
pub(super) const LANGUAGES: [(&str, &str); 5] =
    [("en", "English"), ("pt", "Português"), ("es", "Español"), ("fr", "Français"), ("ar", "العربية")];

/// Every language that residents are spoken to in, each by its own name.
pub(super) const HOLDERS: [(&str, &str); 8] = [
    ("en", "English"),
    ("pt", "Português"),
    ("es", "Español"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("de", "Deutsch"),
    ("ar", "العربية"),
    ("uk", "Українська"),
];

#[derive(RustEmbed)]
#[folder = "locales/desk"]
struct Files;

/// The words of all languages.
pub(super) struct Says {
    languages: BTreeMap<&'static str, FluentBundle<FluentResource>>,
}

impl fmt::Debug for Says {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.languages.keys()).finish()
    }
}

impl Says {
    pub(super) fn built_in() -> Self {
        let languages = HOLDERS.iter().map(|(tag, _)| (*tag, bundle(tag))).collect();
        Self { languages }
    }

    /// The first of the wanted languages that officers have.
    pub(super) fn choose<'w>(wanted: impl IntoIterator<Item = &'w str>) -> &'static str {
        let known = |tag: &str| {
            let first = tag.split(['-', '_']).next().unwrap_or_default();
            LANGUAGES.iter().map(|(known, _)| *known).find(|known| known.eq_ignore_ascii_case(first))
        };
        wanted.into_iter().find_map(known).unwrap_or(ENGLISH)
    }

    fn text(&self, language: &str, id: &str, args: &FluentArgs<'_>) -> Option<String> {
        let bundle = self.languages.get(language)?;
        let pattern = bundle.get_message(id)?.value()?;
        Some(bundle.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned())
    }
}

fn bundle(tag: &'static str) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().unwrap_or_default()]);
    bundle.set_use_isolating(is_rtl(tag));
    let ending = format!(".{tag}.ftl");
    for file in Files::iter().filter(|file| file.ends_with(&ending)) {
        let Some(file) = Files::get(&file) else { continue };
        let text = String::from_utf8_lossy(&file.data).into_owned();
        // The tests parse these files without an error.
        let resource = FluentResource::try_new(text).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// Speaks one language.
#[derive(Debug, Clone)]
pub(super) struct Say {
    says: Arc<Says>,
    language: &'static str,
}

impl Say {
    pub(super) fn new(says: Arc<Says>, language: &'static str) -> Self {
        Self { says, language }
    }

    /// The same words in a resident's language, if it is one of theirs; otherwise in this one.
    pub(super) fn to_holder(&self, language: &str) -> Self {
        let first = language.split('-').next().unwrap_or_default();
        let known = HOLDERS.iter().map(|(tag, _)| *tag).find(|tag| *tag == first);
        Self { says: Arc::clone(&self.says), language: known.unwrap_or(self.language) }
    }

    pub(super) fn language(&self) -> &'static str {
        self.language
    }

    pub(super) fn direction(&self) -> &'static str {
        direction(self.language)
    }

    /// A message.
    pub(super) fn t(&self, id: &str) -> String {
        self.say(id, &FluentArgs::new())
    }

    /// A message that is told one thing.
    pub(super) fn one(&self, id: &str, name: &str, value: impl fmt::Display) -> String {
        let value = value.to_string();
        let value = if name == "date" { unbroken(&value) } else { value };
        let mut args = FluentArgs::new();
        args.set(name, told(&value));
        self.say(id, &args)
    }

    /// A message that is told two things.
    pub(super) fn two(&self, id: &str, first: &(&str, &str), second: &(&str, &str)) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in [first, second] {
            args.set(*name, told(value));
        }
        self.say(id, &args)
    }

    fn say(&self, id: &str, args: &FluentArgs<'_>) -> String {
        [self.language, ENGLISH]
            .iter()
            .find_map(|language| self.says.text(language, id, args))
            .unwrap_or_else(|| id.to_owned())
    }
}

/// Small numbers bend the words around them; everything else is said as it is.
fn told(value: &str) -> FluentValue<'_> {
    let number = value.parse::<u32>().ok().filter(|number| number.to_string() == value);
    number.map_or_else(|| value.into(), FluentValue::from)
}

/// A date that stays on one line: broken after a hyphen, it reads as another one in a line that runs from the right.
fn unbroken(date: &str) -> String {
    date.replace('-', "-\u{2060}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn files() -> Vec<(String, String)> {
        let text = |name: &str| String::from_utf8(Files::get(name).unwrap().data.into_owned()).unwrap();
        Files::iter().map(|name| (name.to_string(), text(&name))).collect()
    }

    fn messages(ftl: &str) -> BTreeSet<String> {
        let starts = |line: &&str| line.starts_with(|c: char| c.is_ascii_lowercase());
        let id = |line: &str| line.split_once('=').map(|(id, _)| id.trim().to_owned());
        ftl.lines().filter(starts).filter_map(id).collect()
    }

    fn variables(ftl: &str) -> BTreeSet<String> {
        let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
        ftl.split('$').skip(1).map(|rest| rest.split(ends).next().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_language_has_every_message() {
        let files = files();
        let areas: BTreeSet<&str> = files.iter().map(|(name, _)| name.split('.').next().unwrap()).collect();
        assert!(areas.len() > 1);
        for area in areas {
            let of = |tag: &str| {
                let name = format!("{area}.{tag}.ftl");
                files.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone())
            };
            let english = of(ENGLISH).unwrap();
            for (tag, _) in HOLDERS {
                // What residents are asked is there in their eight languages, the rest in the officers' five.
                let Some(text) = of(tag) else {
                    assert!(
                        area != "questions" && LANGUAGES.iter().all(|(known, _)| *known != tag),
                        "{area}.{tag}"
                    );
                    continue;
                };
                FluentResource::try_new(text.clone())
                    .unwrap_or_else(|error| panic!("{area}.{tag}: {error:?}"));
                assert_eq!(messages(&text), messages(&english), "{area}.{tag}");
                assert_eq!(variables(&text), variables(&english), "{area}.{tag}");
            }
        }
    }

    #[test]
    fn every_message_that_is_named_is_there_and_none_is_idle() {
        let known: BTreeSet<String> = files()
            .iter()
            .filter(|(name, _)| name.ends_with(".en.ftl"))
            .flat_map(|(_, text)| messages(text))
            .collect();
        let mut named = BTreeSet::new();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut folders = vec![root.join("templates"), root.join("src/web"), root.join("pages")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.extend((!path.ends_with("tests")).then_some(path));
                    continue;
                }
                if path.ends_with("say.rs") {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for start in
                    ["say.t(\"", "say.one(\"", "say.two(\"", "holder.t(\"", "holder.one(\"", "holder.two(\""]
                {
                    for (at, _) in text.match_indices(start) {
                        let id = text[at + start.len()..].split('"').next().unwrap();
                        assert!(known.contains(id), "{}: there is no message {id}", path.display());
                    }
                }
                named.extend(known.iter().filter(|id| text.contains(&format!("\"{id}\""))).cloned());
            }
        }
        // Messages of a family (`reason-…`) are named by their beginning.
        let families = [
            "reason-",
            "station-",
            "done-",
            "wrong-",
            "role-",
            "status-",
            "many-",
            "act-",
            "thing-",
            "table-",
            "field-",
            "demanded-",
            "answer-",
            "hold-reason-",
            "hold-state-",
            "keep-reason-",
            "held-visit-",
            "held-outcome-",
            "held-print-",
            "held-look-",
            "held-status-",
        ];
        let idle: Vec<_> = known
            .iter()
            .filter(|id| !named.contains(*id) && !families.iter().any(|family| id.starts_with(family)))
            .collect();
        assert_eq!(idle, Vec::<&String>::new());
    }

    #[test]
    fn numbers_bend_words_and_the_unknown_falls_back() {
        assert_eq!(Says::choose(["de", "pt-BR", "en"]), "pt");
        assert_eq!(Says::choose([]), "en");
        let say = Say::new(Arc::new(Says::built_in()), "ar");
        assert_eq!(say.direction(), "rtl");
        assert_eq!(say.to_holder("uk").language(), "uk");
        assert_eq!(say.to_holder("tlh").language(), "ar");
        assert_eq!(say.t("no-such-message"), "no-such-message");
    }
}
