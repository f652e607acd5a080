//! A city for tests.

use super::{City, CityUrl, TemplateAnswers, Text};

/// What somebody answered who sets a city up.
pub(crate) fn answers() -> TemplateAnswers {
    let text = |text: &str| Text::try_from(text.to_owned()).unwrap();
    TemplateAnswers {
        name: text("Bridge Town"),
        url: CityUrl::try_from("https://card.example".to_owned()).unwrap(),
        hotline: text("+1 555 0100"),
    }
}

/// The city that comes of it.
pub(crate) fn city() -> City {
    City::parse(&City::template(&answers())).unwrap()
}
