//! How everything about a holder is shown: to them, in their language, beside the officer's.

use askama::Template;
use base64ct::{Base64, Encoding as _};
use chrono::Days;
use shared::evidence::DocumentId;
use zeroize::Zeroizing;

use super::super::case::services;
use super::super::desk::Desk;
use super::super::error::WebError;
use super::super::names::{day, minute, word};
use super::super::page::Shell;
use super::super::say::{HOLDERS, Say};
use super::super::wrongs::Wrongs;
use super::Keeping;
use crate::config::City;
use crate::db::Word as _;
use crate::db::retention_change::RetentionReason;
use crate::keystore::HOLD;
use crate::requests::{CardHeld, Everything, Record};
use crate::retention;

/// Most entries of the audit log on the page, the newest.
const SHOWN: usize = 60;

/// How the fields of a record are called, by the last part of their names, in the order of the page.
const LABELS: [(&str, &str); 24] = [
    ("full_name", "ask-name-line"),
    ("second_name", "ask-second-line"),
    ("second_lang", "held-second-language"),
    ("Day", "ask-birth-line"),
    ("Year", "ask-birth-line"),
    ("birth_date", "ask-birth-line"),
    ("birth_day", "held-birth-day"),
    ("birth_month", "held-birth-month"),
    ("birth_year", "held-birth-year"),
    ("birth_date_hidden", "held-birth-hidden"),
    ("gender", "ask-gender-line"),
    ("own_words", "ask-gender-line"),
    ("address", "ask-address-line"),
    ("address_kind", "held-address-kind"),
    ("care_of", "held-care-of"),
    ("guardian", "ask-guardian-line"),
    ("guardian_came", "held-guardian-came"),
    ("services", "ask-services-line"),
    ("language", "held-language"),
    ("evidence", "held-papers"),
    ("confirmed", "held-confirmed"),
    ("words", "held-words"),
    ("by", "held-words-by"),
    ("part", "held-photo"),
];

#[derive(Template)]
#[template(path = "record/holder.html")]
pub(super) struct HolderPage {
    pub(super) shell: Shell,
    wrongs: Wrongs,
    keeping: Keeping,
    name: String,
    /// The holder's language, where it is another than the officer's.
    holder: Option<Say>,
    /// The language of what is said of the holder.
    tell: Say,
    languages: [(&'static str, &'static str); 8],
    person: Vec<(String, String)>,
    portrait: Option<String>,
    until: Option<String>,
    held: bool,
    latest: Option<(String, String)>,
    reasons: Vec<(&'static str, String)>,
    cards: Vec<CardShown>,
    happened: Vec<Happened>,
    papers: Vec<String>,
    entries: Vec<Logged>,
    more: usize,
}

struct CardShown {
    number: String,
    status_message: String,
    issued: String,
    until: String,
    opens: String,
    desk: String,
    code: bool,
    known_again: bool,
}

/// Something that happened with the card or the case.
struct Happened {
    at: String,
    what: String,
    desk: String,
}

struct Logged {
    at: String,
    what: String,
    role: String,
    desk: String,
}

/// What an officer asked for: a language; how long the case is to be kept, and what is wrong with that.
type Wanted<'a> = (&'a str, Keeping, Wrongs);

impl HolderPage {
    pub(super) fn of(
        desk: &Desk,
        shell: Shell,
        name: &str,
        all: &Everything,
        (asked, keeping, wrongs): Wanted<'_>,
    ) -> Result<Self, WebError> {
        let fields = all.record.as_ref().map(Record::fields).unwrap_or_default();
        let own = fields.iter().find(|(name, _)| name.rsplit('.').next() == Some("language"));
        let language = if asked.is_empty() { own.map_or("", |(_, value)| value.as_str()) } else { asked };
        let tell = if language.is_empty() { shell.say.clone() } else { shell.say.to_holder(language) };
        let city = &desk.issuer.city;
        let latest = match (&all.record, &all.enrolment) {
            (Some(_), Some(enrolment)) => {
                let first = desk.now().date_naive().checked_add_days(Days::new(1)).unwrap_or_default();
                Some((first.to_string(), retention::latest(&desk.issuer, &enrolment.id)?.to_string()))
            }
            _ => None,
        };
        let reasons = RetentionReason::ALL.iter();
        let papers = all.papers.iter().map(|paper| title(city, &paper.document_type, &tell));
        Ok(Self {
            name: name.to_owned(),
            holder: (tell.language() != shell.say.language()).then(|| tell.clone()),
            languages: HOLDERS,
            person: person(city, &fields, &tell),
            portrait: all.record.as_ref().and_then(Record::portrait).map(|jpeg| Base64::encode_string(&jpeg)),
            until: all.record.as_ref().map(|record| record.destroy_by.to_string()),
            held: all.enrolment.as_ref().is_some_and(|one| one.destroy_by_key.starts_with(HOLD)),
            latest,
            reasons: reasons
                .map(|one| (one.as_str(), word(&shell.say, "keep-reason", one.as_str())))
                .collect(),
            cards: all.cards.iter().map(|held| CardShown::of(city, held, &tell)).collect(),
            happened: happened(all, &tell),
            papers: papers.collect(),
            entries: all
                .audit
                .iter()
                .take(SHOWN)
                .map(|entry| Logged {
                    at: minute(entry.at.utc()),
                    what: word(&tell, "act", &entry.act),
                    role: word(&tell, "role", &entry.role),
                    desk: entry.desk.clone(),
                })
                .collect(),
            more: all.audit.len().saturating_sub(SHOWN),
            keeping,
            wrongs,
            shell,
            tell,
        })
    }

    /// The words of a message in both languages, where they are two.
    fn beside(&self, id: &str) -> Option<String> {
        self.holder.as_ref().map(|holder| holder.t(id))
    }
}

/// The fields of the record, each with the message that names it, in the order of their labels.
fn person(city: &City, fields: &[(String, Zeroizing<String>)], tell: &Say) -> Vec<(String, String)> {
    let place = |name: &str| LABELS.iter().position(|(known, _)| *known == last_part(name));
    let mut all: Vec<_> = fields.iter().collect();
    all.sort_by_key(|(name, _)| place(name).unwrap_or(LABELS.len()));
    all.into_iter().filter_map(|(name, value)| field(city, name, value, tell)).collect()
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// A field with the message that names it; nothing where nothing was said.
fn field(city: &City, name: &str, value: &str, tell: &Say) -> Option<(String, String)> {
    let last = last_part(name);
    if value.is_empty() || value == "false" || name.contains("photo.part") {
        return None;
    }
    let label = LABELS.iter().find(|(known, _)| *known == last).map_or(last, |(_, message)| *message);
    let each = || value.split(", ").map(str::to_owned).collect::<Vec<_>>();
    let said = match last {
        "services" => services(city, &each(), tell.language()),
        "evidence" => each().iter().map(|id| title(city, id, tell)).collect::<Vec<_>>().join("; "),
        _ if value == "true" => tell.t("held-yes"),
        _ => value.to_owned(),
    };
    Some((label.to_owned(), said))
}

/// What a type of papers is called.
fn title(city: &City, id: &str, tell: &Say) -> String {
    let known = DocumentId::try_from(id.to_owned()).ok();
    known.map_or_else(
        || id.to_owned(),
        |known| city.evidence.title(&known, tell.language(), &city.languages).to_owned(),
    )
}

impl CardShown {
    fn of(city: &City, held: &CardHeld, tell: &Say) -> Self {
        let card = &held.card;
        let opens: Vec<_> = card.services.split(' ').map(str::to_owned).collect();
        Self {
            number: card.number.clone(),
            status_message: format!("held-status-{}", card.status.as_str()),
            issued: day(card.issued_at.utc()),
            until: day(card.expires_at.utc() - chrono::Duration::days(1)),
            opens: services(city, &opens, tell.language()),
            desk: card.desk.clone(),
            code: card.recovery_hash.is_some(),
            known_again: held.is_known_again,
        }
    }
}

/// Visits, prints, changes of status, second looks, holds: in the order of time.
fn happened(all: &Everything, tell: &Say) -> Vec<Happened> {
    let mut happened = Vec::new();
    let mut add = |at: crate::db::UtcTime, what: String, desk: &str| {
        happened.push((at, Happened { at: minute(at.utc()), what, desk: desk.to_owned() }));
    };
    for visit in &all.visits {
        add(visit.began_at, word(tell, "held-visit", visit.kind.as_str()), &visit.desk);
        if let (Some(at), Some(outcome)) = (visit.closed_at, visit.outcome) {
            add(at, word(tell, "held-outcome", outcome.as_str()), &visit.desk);
        }
    }
    for print in &all.prints {
        let outcome = print.outcome.map_or("waits", crate::db::Word::as_str);
        add(print.queued_at, word(tell, "held-print", outcome), &print.desk);
    }
    for look in &all.looks {
        add(look.asked_at, tell.t("held-look"), "");
        if let (Some(at), Some(decision)) = (look.decided_at, look.decision) {
            add(at, word(tell, "held-look", decision.as_str()), "");
        }
    }
    for change in &all.changes {
        let (from, to) = (change.from_day.to_string(), change.to_day.to_string());
        add(change.at, tell.two("held-moved", &("from", &from), &("to", &to)), "");
    }
    for held in &all.cards {
        for change in &held.history {
            let what = word(tell, "held-status", change.to_status.as_str());
            add(change.at, tell.two("held-became", &("card", &held.card.number), &("status", &what)), "");
        }
        for hold in &held.holds {
            add(hold.asked_at, tell.t("held-hold-asked"), "");
            if let Some(at) = hold.released_at {
                add(at, tell.t("held-hold-ended"), "");
            }
        }
    }
    happened.sort_by_key(|(at, _)| *at);
    happened.into_iter().map(|(_, one)| one).collect()
}
