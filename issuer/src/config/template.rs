//! The `city.toml` of a new city: commented, and good as it stands.

use super::{CityUrl, Text, evidence};

/// What a new city must tell; all else has a default.
#[derive(Clone, Debug)]
pub struct TemplateAnswers {
    /// The city's name. The template gives it in every language.
    pub name: Text,
    /// The issuer's address.
    pub url: CityUrl,
    /// The telephone number that holders and counters may call.
    pub hotline: Text,
}

pub(super) fn write(answers: &TemplateAnswers) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    TEMPLATE
        .replace("{url}", &quoted(answers.url.as_str()))
        .replace("{hotline}", &quoted(answers.hotline.as_str()))
        .replace("{name}", &quoted(answers.name.as_str()))
        .replace("{evidence}\n", &evidence_in_template())
}

/// The built-in section, in the languages of the template.
fn evidence_in_template() -> String {
    let other = |line: &&str| OTHER_TITLES.iter().any(|title| line.starts_with(title));
    let lines = evidence::BUILT_IN.lines().filter(|line| !other(line));
    lines.chain([""]).flat_map(|line| [line, "\n"]).collect()
}

const OTHER_TITLES: [&str; 4] = ["title.de ", "title.it ", "title.pt ", "title.uk "];

const TEMPLATE: &str = include_str!("city.toml");
