//! The CSV file of a batch, row by row. No row has a photo: pictures are a target of their own.
#![no_main]

use std::sync::LazyLock;

use chrono::NaiveDate;
use issuer::batch::{Looked, PhotoWrong};
use issuer::config::{City, CityUrl, TemplateAnswers, Text};
use libfuzzer_sys::fuzz_target;
use shared_fuzz::within_limits;

static CITY: LazyLock<City> = LazyLock::new(|| {
    let text = |text: &str| Text::try_from(text.to_owned()).unwrap();
    let answers = TemplateAnswers {
        name: text("Bridge Town"),
        url: CityUrl::try_from("https://card.example".to_owned()).unwrap(),
        hotline: text("+1 555 0100"),
    };
    City::parse(&City::template(&answers)).unwrap()
});

fuzz_target!(init: { LazyLock::force(&CITY); }, |data: &[u8]| within_limits(|| {
    let no_photos = |_: &str| Err(PhotoWrong::Unread("there are none".to_owned()));
    let today = NaiveDate::from_ymd_opt(2026, 2, 1).unwrap();
    match Looked::through(data, &no_photos, &CITY, today) {
        Ok(looked) => assert!(!format!("{looked:?}").is_empty()),
        Err(wrong) => assert!(!wrong.to_string().is_empty()),
    }
}));
