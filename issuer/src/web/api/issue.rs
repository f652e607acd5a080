//! `POST /api/v1/cards`: a card is issued, once for each key.

use actix_web::http::header::{ACCEPT, HeaderMap, LOCATION};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};

use super::answer::CardAnswer;
use super::body::{Fields, Known, Sent};
use super::described::{File, NewCard};
use super::gate::run;
use super::problem::{Problem, WrongPart};
use super::program::{Issues, Program};
use crate::batch;
use crate::card::{Paper, Photo};
use crate::db::Word as _;
use crate::db::act::Actor;
use crate::db::api_token::Scope;
use crate::enrolment::WhyAnother;
use crate::issuance::{Application, Pictures};
use crate::programs::{self, Asked, Issued, RequestKey};
use crate::resident::{MAX_TEXT, Resident, Typed, Wrong};
use crate::web::desk::Desk;

pub(super) const TEXTS: [&str; 9] = [
    "full_name",
    "second_name",
    "second_lang",
    "birth_date",
    "gender",
    "address",
    "guardian",
    "language",
    "another",
];
const KNOWN: Known = Known { texts: &TEXTS, list: Some("services"), file: Some("photo") };
/// How long a program's key may be.
const KEY_LENGTHS: std::ops::RangeInclusive<usize> = 16..=255;

/// A card is issued, once for each key.
///
/// The same call with the same key, sent again within a day, gives the same card again: also after it broke off. The answer
/// says nothing of the holder. With `Accept: application/pdf`, and the scope `print`, it is the card for print.
#[utoipa::path(post, path = "/api/v1/cards", request_body = NewCard,
    params(("Idempotency-Key" = String, Header,
        description = "A random key for this card: 16 to 255 letters, digits, `-`, `_` and `.`, with or without quotes.",
        pattern = "^([A-Za-z0-9._-]{16,255}|\"[A-Za-z0-9._-]{16,255}\")$",
        example = "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"")),
    responses((status = 201, description = "The card, issued.",
        content((CardAnswer = "application/json"), (File = "application/pdf")),
        headers(("Location" = String, description = "Where the card is looked up.")))),
)]
pub(in crate::web) async fn issue(
    desk: Data<Desk>,
    program: Program<Issues>,
    request: HttpRequest,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    let prints = wants_pdf(request.headers());
    if prints && !program.may(Scope::Print) {
        return Err(Problem::scope(Scope::Print));
    }
    let key = key(request.headers()).ok_or_else(Problem::key)?;
    let fields = sent.fields(&KNOWN)?;
    let made = run(&desk, move |desk| {
        let (issuer, actor, now) = (&desk.issuer, program.actor(), desk.now());
        let key = RequestKey::of(issuer, program.id(), &key, parts(&fields))?;
        let (application, another) = read(desk, fields, now)?;
        make(desk, &Asked { application, another, key }, prints, &actor, now)
    });
    let (number, made) = made.await?;
    let mut answer = HttpResponse::Created();
    answer.insert_header((LOCATION, format!("/api/v1/cards/{number}")));
    Ok(match made {
        Made::Told(card) => answer.json(card),
        Made::Printed(pdf) => answer.content_type("application/pdf").body(pdf),
    })
}

/// How a card is answered.
enum Made {
    Told(CardAnswer),
    Printed(Vec<u8>),
}

/// Issues the card; its number, and the answer.
fn make(
    desk: &Desk,
    asked: &Asked,
    prints: bool,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(String, Made), Problem> {
    let press = desk.press()?;
    let Issued { card, status_list, signed } = programs::issue(&desk.issuer, press, asked, actor, now)?;
    let made = if prints {
        let printable = batch::printable(press, &desk.issuer.city, &signed);
        Made::Printed(press.print_on(Paper::Card, &[printable], now).map_err(crate::Error::from)?)
    } else {
        Made::Told(CardAnswer::of(&card, &status_list))
    };
    Ok((card.number, made))
}

/// What makes two calls the same: every field, in one order.
fn parts(fields: &Fields) -> Vec<&[u8]> {
    let texts = TEXTS.iter().map(|name| fields.text(name).as_bytes());
    let file = fields.file.as_ref().map_or(&[][..], |file| file.as_slice());
    texts.chain([file]).chain(fields.list.iter().map(String::as_bytes)).collect()
}

/// Checks what was asked for, like a row of a batch.
fn read(
    desk: &Desk,
    mut fields: Fields,
    now: DateTime<Utc>,
) -> Result<(Application, Option<WhyAnother>), Problem> {
    let city = &desk.issuer.city;
    let services = fields.list.join(" ");
    let typed = Typed {
        full_name: fields.text("full_name"),
        second_name: fields.text("second_name"),
        second_lang: fields.text("second_lang"),
        birth_date: fields.text("birth_date"),
        gender: fields.text("gender"),
        address: fields.text("address"),
        guardian: fields.text("guardian"),
        services: &services,
        language: fields.text("language"),
    };
    let resident = Resident::parse(&typed, city, now.date_naive());
    let another = fields.sent("another").map(|word| WhyAnother::from_word(word).ok_or(())).transpose();
    let pictures = fields.file.take().map(|file| pictures(desk, &file)).transpose();
    let mut wrong = std::mem::take(&mut fields.wrong);
    if another.is_err() {
        let words: Vec<_> = WhyAnother::ALL.iter().map(|why| why.as_str()).collect();
        wrong.push(WrongPart::of("another", format!("leave it out, or write one of: {}", words.join(", "))));
    }
    if let Err(why) = &pictures {
        wrong.push(WrongPart::of("photo", why.clone()));
    }
    if let Err(fields) = &resident {
        wrong.extend(fields.iter().map(|field| WrongPart::of(field.field, advice(&field.wrong))));
    }
    // What is of the wrong kind is not also missing.
    let mut seen = std::collections::BTreeSet::new();
    wrong.retain(|part| seen.insert(part.pointer.clone()));
    match (resident, another, pictures) {
        (Ok(resident), Ok(another), Ok(pictures)) if wrong.is_empty() => {
            Ok((Application { resident, pictures }, another))
        }
        _ => Err(Problem::fields(wrong)),
    }
}

/// The pictures of a photo, or what to do about it.
fn pictures(desk: &Desk, bytes: &[u8]) -> Result<Pictures, String> {
    let of_no_use = |error: crate::card::PhotoError| error.to_string();
    let _turn = desk.pictures.wait();
    let photo = Photo::decode(bytes).map_err(of_no_use)?;
    Pictures::of(&photo, desk.issuer.city.face_bytes()).map_err(of_no_use)
}

/// What to do about a field. What was sent is not repeated.
fn advice(wrong: &Wrong) -> String {
    match wrong {
        Wrong::Missing => "it must be given".to_owned(),
        Wrong::TooLong { .. } => format!("{MAX_TEXT} characters are allowed"),
        Wrong::NotText { found } => {
            format!("the character U+{:04X} is not text; take it out", u32::from(*found))
        }
        Wrong::NotLetters { .. } => "names are written with letters; take the pictures out".to_owned(),
        Wrong::NotADate { .. } => "write YYYY-MM-DD, or a year alone".to_owned(),
        Wrong::ImpossibleDate { .. } => "it is in the future, or before 1900".to_owned(),
        Wrong::NotAGender { .. } => "write F, M or X; leave it out to say nothing".to_owned(),
        Wrong::NoSuchService { known, .. } => format!("the city has these services: {known}"),
        Wrong::NotALanguage { .. } => "write a tag such as en or ar".to_owned(),
        Wrong::Half => "second_name and second_lang go together; give both or none".to_owned(),
    }
}

/// The key of a call: a string as structured fields have them, or the same without its quotes.
fn key(headers: &HeaderMap) -> Option<String> {
    let mut given = headers.get_all("Idempotency-Key");
    let (Some(given), None) = (given.next(), given.next()) else { return None };
    let given = given.to_str().ok()?.trim();
    let bare = given.strip_prefix('"').and_then(|given| given.strip_suffix('"')).unwrap_or(given);
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (KEY_LENGTHS.contains(&bare.len()) && bare.chars().all(fits)).then(|| bare.to_owned())
}

/// Whether the card for print is asked for: by its own name, before any other.
fn wants_pdf(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = accepted.split(',').next().and_then(|first| first.split(';').next()).unwrap_or_default();
    first.trim().eq_ignore_ascii_case("application/pdf")
}
