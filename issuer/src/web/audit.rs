//! The auditor's screen: what is in the log, filtered, a page at a time, and all of it as a file.

pub(super) mod checkpoints;
pub(super) mod unusual;

use std::io;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Bytes, Data, Query};
use askama::Template;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use shared::id::CardNumber;

use super::desk::{Desk, run};
use super::error::WebError;
use super::names::{Names, begin_of, end_of, typed_day, word};
use super::officer::{Audits, Officer};
use super::page::{Shell, render, render_with, render_wrong};
use super::posted::Posted;
use super::say::Say;
use super::wrongs::Wrongs;
use crate::audit::{self, AuditCsv};
use crate::db::Word as _;
use crate::db::act::{Act, SubjectKind};
use crate::db::audit::AuditEntry;
use crate::db::audit_find::AuditFilter;
use crate::issuance::entry;

/// Entries on a page.
const PAGE: i64 = 100;
/// Most characters of what an entry is about.
const LONGEST_THING: usize = 300;

/// What is looked for, as it was typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    from: String,
    to: String,
    officer: String,
    act: String,
    thing: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "record/audit.html")]
struct AuditPage {
    shell: Shell,
    wrongs: Wrongs,
    asked: Asked,
    officers: Vec<(String, String)>,
    acts: Vec<(&'static str, String)>,
    rows: Vec<Row>,
    older: Option<String>,
    newest: Option<String>,
}

struct Row {
    seq: i64,
    at: String,
    who: String,
    role: String,
    desk: String,
    act: String,
    kind: String,
    subject: String,
    reason: String,
}

pub(super) async fn page(
    desk: Data<Desk>,
    officer: Officer<Audits>,
    asked: Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("audit");
    let asked = asked.into_inner();
    let page = run(&desk, move |desk| {
        let names = desk.issuer.db.read(|conn| Ok::<_, WebError>(Names::all(conn)?))?;
        let mut wrongs = Wrongs::default();
        let filter = asked.filter(&names, &shell.say, &mut wrongs);
        AuditPage::of(desk, shell, asked, &names, (&filter, wrongs))
    })
    .await?;
    if page.wrongs.is_empty() { render(&page) } else { render_with(StatusCode::UNPROCESSABLE_ENTITY, &page) }
}

/// The entries as a file, read and sent part by part. Whoever takes them away stands in the log before they have them.
pub(super) async fn export(
    desk: Data<Desk>,
    officer: Officer<Audits>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("audit");
    let asked = Asked::posted(&posted);
    let name = asked.file_name();
    let begun = run(&desk, move |desk| {
        let now = desk.now();
        let names = desk.issuer.db.read(|conn| Ok::<_, WebError>(Names::all(conn)?))?;
        let mut wrongs = Wrongs::default();
        let filter = asked.filter(&names, &shell.say, &mut wrongs);
        if !wrongs.is_empty() {
            return AuditPage::of(desk, shell, asked, &names, (&filter, wrongs)).map(Err);
        }
        let city = desk.issuer.city.url.as_str().to_owned();
        desk.issuer.db.write(|tx| {
            tx.audit(entry(Act::AuditExported, SubjectKind::AuditLog, city, &officer.actor(), now))?;
            Ok::<_, WebError>(Ok(AuditCsv::of(filter)))
        })
    });
    let csv = match begun.await? {
        Ok(csv) => csv,
        Err(page) => return render_wrong(&page),
    };
    let parts = stream::try_unfold((desk, csv), |(desk, mut csv)| async move {
        let read = run(&desk, move |desk| csv.part(&desk.issuer).map(|part| (part, csv))).await;
        // The answer has begun: the browser sees a download that broke off.
        let (part, csv) = read.map_err(|error| {
            tracing::error!(?error, "the audit log was not written out to its end");
            io::Error::other("broken off")
        })?;
        Ok::<_, io::Error>(part.map(|part| (Bytes::from(part.bytes), (desk, csv))))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(parts))
}

impl Asked {
    fn posted(posted: &Posted) -> Self {
        let [from, to, officer, act, thing] =
            ["from", "to", "officer", "act", "thing"].map(|name| posted.get(name).to_owned());
        Self { from, to, officer, act, thing, before: None }
    }

    fn filter(&self, names: &Names, say: &Say, wrongs: &mut Wrongs) -> AuditFilter {
        let mut day = |field: &'static str, text: &str| {
            typed_day(text).unwrap_or_else(|_| {
                wrongs.add(field, say.t("wrong-date"));
                None
            })
        };
        let (from, to) = (day("from", &self.from).map(begin_of), day("to", &self.to).map(end_of));
        let officer = Some(self.officer.trim()).filter(|login| !login.is_empty());
        let act = Some(self.act.as_str()).filter(|act| !act.is_empty());
        let filter = AuditFilter {
            officer: officer.map(|login| names.id_of(login).unwrap_or(login).to_owned()),
            act: act.and_then(Act::from_word),
            subject: None,
            about: about(&self.thing),
            from,
            to,
        };
        if act.is_some() && filter.act.is_none() {
            wrongs.add("act", say.t("wrong-choice"));
        }
        if filter.about.as_ref().is_some_and(|about| about.len() > LONGEST_THING) {
            wrongs.add("thing", say.t("wrong-too-long"));
        }
        filter
    }

    /// The address of another page of the same entries.
    fn address(&self, before: Option<i64>) -> String {
        let query = serde_urlencoded::to_string(Self { before, ..self.clone() }).unwrap_or_default();
        format!("/audit?{query}")
    }

    /// The name of the file. What was typed is a date or it is nothing.
    fn file_name(&self) -> String {
        let day =
            |text: &str| typed_day(text).ok().flatten().map(|day| format!("-{day}")).unwrap_or_default();
        format!("audit{}{}.csv", day(&self.from), day(&self.to))
    }
}

/// What an entry is about: a card is found however its number was typed.
fn about(thing: &str) -> Option<String> {
    let thing = Some(thing.trim()).filter(|thing| !thing.is_empty())?;
    Some(CardNumber::parse(thing).map_or_else(|_| thing.to_owned(), |number| number.to_string()))
}

impl AuditPage {
    fn of(
        desk: &Desk,
        shell: Shell,
        asked: Asked,
        names: &Names,
        (filter, wrongs): (&AuditFilter, Wrongs),
    ) -> Result<Self, WebError> {
        let (mut rows, mut older) = (Vec::new(), None);
        if wrongs.is_empty() {
            let found = audit::find(&desk.issuer, filter, asked.before, PAGE)?;
            older = found.older.map(|seq| asked.address(Some(seq)));
            rows = found.entries.into_iter().map(|entry| Row::of(entry, names, &shell.say)).collect();
        }
        let mut acts: Vec<_> =
            Act::ALL.iter().map(|act| (act.as_str(), word(&shell.say, "act", act.as_str()))).collect();
        acts.sort_by(|a, b| a.1.cmp(&b.1));
        Ok(Self {
            officers: officers(names, &shell.say),
            newest: asked.before.map(|_| asked.address(None)),
            acts,
            rows,
            older,
            asked,
            wrongs,
            shell,
        })
    }
}

/// Everybody who can stand in the log: what the form sends, and what it shows.
fn officers(names: &Names, say: &Say) -> Vec<(String, String)> {
    let nobody = ["command-line", "schedule", "signed-out"].map(|one| (one.to_owned(), names.of(one, say)));
    names.logins().into_iter().map(|login| (login.clone(), login)).chain(nobody).collect()
}

/// Families of words that stand as reasons in the log.
const REASONS: [&str; 5] = ["reason", "hold-reason", "keep-reason", "demanded", "answer"];

/// A reason in words, where it is a word of a list.
fn because(say: &Say, reason: String) -> String {
    let said = REASONS.iter().map(|family| word(say, family, &reason)).find(|said| *said != reason);
    said.unwrap_or(reason)
}

impl Row {
    fn of(entry: AuditEntry, names: &Names, say: &Say) -> Self {
        Self {
            seq: entry.seq,
            at: entry.at.utc().format("%Y-%m-%d %H:%M:%S").to_string(),
            who: names.of(&entry.officer, say),
            role: word(say, "role", &entry.role),
            act: word(say, "act", &entry.act),
            kind: word(say, "thing", &entry.subject_kind),
            // Officers stand in the log by id.
            subject: if entry.subject_kind == SubjectKind::Officer.as_str() {
                names.of(&entry.subject, say)
            } else {
                entry.subject
            },
            reason: entry.reason.map(|reason| because(say, reason)).unwrap_or_default(),
            desk: entry.desk,
        }
    }
}
