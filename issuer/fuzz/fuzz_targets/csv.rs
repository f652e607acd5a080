//! The CSV file of a batch, row by row. No row has a photo: pictures are a target of their own.
#![no_main]

use std::sync::LazyLock;

use chrono::NaiveDate;
use issuer::batch::{BatchFile, PhotoWrong};
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
    let mut file = match BatchFile::open(data, data.len() as u64) {
        Ok(file) => file,
        Err(wrong) => return assert!(!wrong.to_string().is_empty()),
    };
    while let Some(row) = file.next_row(&CITY, today, &no_photos) {
        match row {
            Ok(row) => assert!(row.application.pictures.is_none()),
            Err(wrong) => assert!(wrong.iter().all(|one| !one.to_string().is_empty()) && !wrong.is_empty()),
        }
    }
}));
