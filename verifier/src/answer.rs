//! What the page is told: the verdict as other programs read it, and the words to show with it.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use chrono::{DateTime, Utc};
use serde::Serialize;
use shared::trust_list::{Field, Issuer, Service, Texts, TrustList};
use shared::trusted::Trusted;
use shared::verdict::{CLOCK_TOLERANCE, Card, Desk, NotValid, OLDEST_LIST, Outcome, Report, Verdict};

use crate::counter::Checked;
use crate::sentence::{date, printable};
use crate::words::{ENGLISH, Words, advice_id, why_id};

/// A verdict for the page: the same object as `verifier check --json`, and what to show.
#[derive(Debug, Serialize)]
pub struct Answer<'a> {
    #[serde(flatten)]
    report: Report<'a>,
    screen: Screen,
}

/// What stands on the screen.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "native", derive(utoipa::ToSchema))]
pub(crate) struct Screen {
    /// The outcome in a word or two.
    title: String,
    /// Why.
    sentence: String,
    /// What the person at the counter should do.
    advice: String,
    /// What this desk may see of the card, face aside.
    rows: Vec<Row>,
    /// What the card opens at this desk.
    #[cfg_attr(feature = "native", schema(required))]
    scope: Option<String>,
    /// Whom to call.
    #[cfg_attr(feature = "native", schema(required))]
    hotline: Option<String>,
    /// How old the lists are that decided.
    #[cfg_attr(feature = "native", schema(required))]
    lists: Option<String>,
    /// The same for both codes of one card, and for no other card; the number itself is not for every desk.
    #[cfg_attr(feature = "native", schema(required))]
    card: Option<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "native", derive(utoipa::ToSchema))]
struct Row {
    field: &'static str,
    label: String,
    value: String,
}

impl<'a> Answer<'a> {
    /// The answer to a check at a desk.
    #[must_use]
    pub fn of(
        checked: &'a Checked,
        trusted: Option<&Trusted>,
        desk: Desk<'_>,
        language: &str,
        words: &Words,
    ) -> Self {
        let list = trusted.map(Trusted::trust_list);
        let verdict = &checked.verdict;
        let outcome = verdict.outcome;
        let (why, advice) = if checked.wrong_keyboard {
            ("why-keyboard".to_owned(), "do-keyboard")
        } else {
            (why_id(outcome), advice_id(outcome.advice()))
        };
        let service = match desk {
            Desk::Any => None,
            Desk::Of(service) => list.and_then(|list| list.service(service.as_str())),
        };
        let shows_scope = matches!(
            outcome,
            Outcome::Valid | Outcome::ValidStale | Outcome::NotValid(NotValid::ServiceNotGranted)
        );
        let screen = Screen {
            title: words.say(language, &format!("title-{}", outcome.as_str())),
            sentence: words.say(language, &why),
            advice: words.say(language, advice),
            rows: list.map(|list| rows(verdict, list, desk, language, words)).unwrap_or_default(),
            scope: service
                .filter(|_| shows_scope)
                .and_then(|service| in_language(&service.scope_texts, language)),
            hotline: list.and_then(|list| hotline(verdict.card.as_ref(), list)).map(printable),
            lists: verdict.lists_age.map(|age| words.lists_age(language, Some(age))),
            card: verdict.card.as_ref().and_then(same_card),
        };
        let mut report = verdict.report();
        hide(&mut report, service, desk);
        Self { report, screen }
    }
}

fn same_card(card: &Card) -> Option<String> {
    let mut hasher = DefaultHasher::new();
    (&card.issuer, card.number.as_ref()?).hash(&mut hasher);
    Some(format!("{:016x}", hasher.finish()))
}

/// Takes out of the report what this desk's fields leave out.
fn hide(report: &mut Report<'_>, service: Option<&Service>, desk: Desk<'_>) {
    let sees = |field| desk == Desk::Any || service.is_some_and(|service| service.fields.contains(&field));
    if !sees(Field::Number) {
        report.number = None;
    }
    if !sees(Field::Services) {
        report.services = &[];
    }
    if !sees(Field::Expires) {
        report.expires = None;
    }
}

fn rows(verdict: &Verdict, list: &TrustList, desk: Desk<'_>, language: &str, words: &Words) -> Vec<Row> {
    let Some(card) = &verdict.card else { return Vec::new() };
    let fields = match desk {
        Desk::Any => &Field::ALL[..],
        Desk::Of(service) => list.service(service.as_str()).map_or(&[][..], |service| &service.fields),
    };
    let row = |field: &'static str, value: String| Row {
        field,
        label: words.say(language, &format!("field-{field}")),
        value: printable(&value),
    };
    let shown = Field::ALL.into_iter().filter(|field| fields.contains(field));
    let mut rows: Vec<Row> = shown
        .filter_map(|field| Some(row(field.as_str(), value(field, card, list, language, words)?)))
        .collect();
    let issuer = issuer(card, list).and_then(|issuer| in_language(&issuer.names, language));
    rows.extend(issuer.map(|name| row("issuer", name)));
    rows
}

fn value(field: Field, card: &Card, list: &TrustList, language: &str, words: &Words) -> Option<String> {
    let holder = card.holder.as_ref();
    match field {
        Field::Number => card.number.clone(),
        Field::FullName => holder?.full_name.clone(),
        Field::SecondName => holder?.second_name.clone(),
        Field::BirthDate => holder?.birth_date.as_deref().map(date),
        Field::Gender => Some(words.say(language, &format!("gender-{}", holder?.gender?.letter()))),
        Field::Address => holder?.address.clone(),
        Field::Guardian => holder?.guardian.clone(),
        Field::Face => None,
        Field::Services => {
            let title = |id: &String| {
                let service = list.service(id);
                service
                    .and_then(|service| in_language(&service.titles, language))
                    .unwrap_or_else(|| id.clone())
            };
            let titles: Vec<String> = card.services.iter().map(title).collect();
            (!titles.is_empty()).then(|| titles.join(" · "))
        }
        Field::Expires => {
            // The last day, as the card has it: cards expire at the midnight after it.
            let day = DateTime::from_timestamp(card.expires?.checked_sub(1)?, 0)?;
            Some(day.format("%Y-%m-%d").to_string())
        }
    }
}

/// The card's issuer where it is proven, else the city itself, which stands first.
fn hotline<'a>(card: Option<&Card>, list: &'a TrustList) -> Option<&'a str> {
    card.map_or_else(|| list.issuers.first(), |card| issuer(card, list))?.hotline.as_deref()
}

fn issuer<'a>(card: &Card, list: &'a TrustList) -> Option<&'a Issuer> {
    list.issuers.iter().find(|issuer| issuer.url == card.issuer)
}

/// The text in a language, else in English, else in any.
fn in_language(texts: &Texts, language: &str) -> Option<String> {
    let text = texts.get(language).or_else(|| texts.get(ENGLISH)).or_else(|| texts.values().next());
    text.map(|text| printable(text))
}

/// The name of the city itself, which stands first in its list.
#[must_use]
pub fn city(list: &TrustList, language: &str) -> Option<String> {
    in_language(&list.issuers.first()?.names, language)
}

/// What the page shows while nothing is scanned.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "native", derive(utoipa::ToSchema))]
pub struct State {
    #[cfg_attr(feature = "native", schema(required))]
    city: Option<String>,
    /// Fingerprint of the pinned root.
    #[cfg_attr(feature = "native", schema(required))]
    fingerprint: Option<String>,
    /// Number of the trust list.
    #[cfg_attr(feature = "native", schema(required))]
    sequence: Option<u64>,
    /// The time by which cards are judged here, in Unix seconds: the kiosk's, which may have been put to another.
    now: i64,
    /// Age of the oldest list here, in seconds.
    #[cfg_attr(feature = "native", schema(required))]
    lists_age_s: Option<u64>,
    /// The same in words.
    lists: String,
    /// Whether the lists are older than this desk accepts.
    stale: bool,
    /// The desk, empty where it is none of the city's.
    desk: String,
    services: Vec<Named>,
    language: &'static str,
    languages: Vec<Named>,
    #[cfg_attr(feature = "native", schema(value_type = BTreeMap<String, String>))]
    words: BTreeMap<&'static str, String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "native", derive(utoipa::ToSchema))]
struct Named {
    id: String,
    name: String,
}

impl State {
    /// The state of a counter at `now`.
    #[must_use]
    pub fn of(
        trusted: Option<&Trusted>,
        desk: &str,
        language: &'static str,
        words: &Words,
        now: DateTime<Utc>,
    ) -> Self {
        let list = trusted.map(Trusted::trust_list);
        let service = list.and_then(|list| list.service(desk));
        let age = trusted.map(|trusted| oldest(trusted, now));
        let limit = service.map_or(OLDEST_LIST, |service| service.oldest_list);
        // How old they are nobody knows whose clock is before the time they were signed at.
        let behind = trusted.is_some_and(|trusted| is_behind(trusted, now));
        let overdue = list.is_some_and(|list| now.timestamp() > list.next_update);
        let named = |service: &Service| Named {
            id: service.id.to_string(),
            name: in_language(&service.titles, language).unwrap_or_else(|| service.id.to_string()),
        };
        Self {
            city: list.and_then(|list| city(list, language)),
            fingerprint: trusted.map(|trusted| trusted.fingerprint().to_string()),
            sequence: list.map(|list| list.sequence),
            now: now.timestamp(),
            lists_age_s: age,
            lists: if behind { words.clock_behind(language) } else { words.lists_age(language, age) },
            stale: behind || overdue || age.is_none_or(|age| age > limit),
            desk: service.map(|service| service.id.to_string()).unwrap_or_default(),
            services: list.map(|list| list.services.iter().map(named).collect()).unwrap_or_default(),
            language,
            languages: words.languages().map(|(id, name)| Named { id: id.to_owned(), name }).collect(),
            words: words.of_page(language),
        }
    }
}

/// Whether the clock is before a time that was signed, by which cards of some issuer could not be judged.
fn is_behind(trusted: &Trusted, now: DateTime<Utc>) -> bool {
    let latest = now.timestamp().saturating_add(CLOCK_TOLERANCE);
    trusted.trust_list().issuers.iter().any(|issuer| latest < trusted.clock_floor(issuer))
}

/// Seconds since the oldest status list was signed; the trust list, where there are none.
fn oldest(trusted: &Trusted, now: DateTime<Utc>) -> u64 {
    let signed = trusted.status_lists().map(|(_, issued_at)| issued_at).min();
    let signed = signed.unwrap_or(trusted.trust_list().issued_at);
    u64::try_from(now.timestamp().saturating_sub(signed)).unwrap_or(0)
}
