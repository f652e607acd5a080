//! A batch in hand as a page: how far it is, what is in the file, what is wrong with it.

use std::collections::BTreeSet;

use askama::Template;

use super::super::jobs::{Before, Document, Job, Ready, Shown, State};
use super::super::page::Shell;
use super::super::say::Say;
use super::super::wrongs;
use crate::batch::{FileWrong, PhotoWrong, Product, RowError, RowWrong};
use crate::card::Field;
use crate::resident::Wrong;

/// Most faults that are shown of one file.
const MOST_SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "batch.html")]
pub(super) struct JobPage {
    shell: Shell,
    id: String,
    began: String,
    login: String,
    word: &'static str,
    wrong: Option<String>,
    fault: Option<String>,
    working: Option<Working>,
    in_file: Option<InFile>,
    made: Option<Made>,
}

/// What is under way.
struct Working {
    message: &'static str,
    signed: usize,
    /// None while the file is looked through.
    cards: usize,
}

/// What is in the file.
struct InFile {
    good: usize,
    bad: usize,
    rows: Vec<WrongRow>,
    more: usize,
    shortened: Vec<ShortName>,
    ready: bool,
    before: Option<String>,
    printed: bool,
}

struct WrongRow {
    line: u64,
    column: &'static str,
    text: String,
}

struct ShortName {
    line: u64,
    message: &'static str,
    printed: String,
}

/// What was made.
struct Made {
    cards: usize,
    resumed: usize,
    documents: Vec<(&'static str, &'static str)>,
}

impl JobPage {
    pub(super) fn of(job: &Job, shell: Shell, wrong: Option<String>) -> Self {
        let mut page = Self {
            id: job.id.clone(),
            began: job.began.format("%Y-%m-%d %H:%M").to_string(),
            login: job.login.clone(),
            word: job.with(State::word),
            shell,
            wrong,
            fault: None,
            working: None,
            in_file: None,
            made: None,
        };
        job.with(|state| {
            let say = &page.shell.say;
            match state {
                State::Looking => {
                    page.working = Some(Working { message: "batch-looking", signed: 0, cards: 0 });
                }
                State::NoBatch(wrong) => page.fault = Some(no_batch(wrong, say)),
                State::Shown(shown) => page.in_file = Some(InFile::of(shown, say)),
                State::Issuing { cards, .. } => {
                    let signed = job.signed();
                    page.working = Some(Working { message: "batch-issuing", signed, cards: *cards });
                }
                State::Ready(ready) => page.made = Some(Made::of(ready)),
                State::Failed(text) => {
                    page.fault = Some(text.clone().unwrap_or_else(|| say.t("error-internal")));
                }
            }
        });
        page
    }
}

impl Job {
    /// Where its page is.
    pub(in crate::web) fn address(&self) -> String {
        format!("/batches/{}", self.id)
    }
}

impl State {
    /// The state's word, by which the page's script knows that it changed.
    pub(in crate::web) fn word(&self) -> &'static str {
        match self {
            Self::Looking => "looking",
            Self::NoBatch(_) => "no-batch",
            Self::Shown(_) => "shown",
            Self::Issuing { .. } => "issuing",
            Self::Ready(_) => "ready",
            Self::Failed(_) => "failed",
        }
    }
}

impl InFile {
    fn of(shown: &Shown, say: &Say) -> Self {
        let preview = &shown.preview;
        let bad: BTreeSet<u64> = preview.wrong.iter().map(|error| error.line).collect();
        let row = |error: &RowError| WrongRow {
            line: error.line,
            column: error.column.unwrap_or_default(),
            text: in_words(&error.wrong, say),
        };
        let short = |name: &crate::batch::Shortened| ShortName {
            line: name.line,
            message: match name.field {
                Field::SecondName => "batch-second-name",
                Field::Guardian => "batch-guardian",
                _ => "batch-name",
            },
            printed: name.printed.clone(),
        };
        let day = |time: &chrono::DateTime<chrono::Utc>| time.format("%Y-%m-%d").to_string();
        Self {
            good: preview.good,
            bad: bad.len(),
            rows: preview.wrong.iter().take(MOST_SHOWN).map(row).collect(),
            more: preview.wrong.len().saturating_sub(MOST_SHOWN),
            shortened: preview.shortened.iter().map(short).collect(),
            ready: preview.sound.is_some(),
            before: match &shown.before {
                Before::New => None,
                Before::Begun(time) => Some(say.one("batch-begun-before", "date", day(time))),
                Before::Printed(time) => Some(say.one("batch-printed-before", "date", day(time))),
            },
            printed: matches!(shown.before, Before::Printed(_)),
        }
    }
}

impl Made {
    fn of(ready: &Ready) -> Self {
        let document = |document: &Document| {
            let slips = document.product == Product::Slips;
            let message = if slips { "batch-open-slips" } else { "batch-open-cards" };
            (Document::name(document.product), message)
        };
        let documents = ready.documents.iter().map(document).collect();
        Self { cards: ready.cards, resumed: ready.resumed, documents }
    }
}

fn no_batch(wrong: &FileWrong, say: &Say) -> String {
    match wrong {
        FileWrong::UnknownColumn { name } => say.one("batch-unknown-column", "name", name),
        FileWrong::ColumnTwice { name } => say.one("batch-column-twice", "name", name),
        FileWrong::NoNames => say.t("batch-no-names"),
        FileWrong::NoRows => say.t("batch-no-rows"),
        other => say.one("batch-unread", "why", other),
    }
}

fn in_words(wrong: &RowWrong, say: &Say) -> String {
    match wrong {
        RowWrong::NotUtf8 => say.t("batch-not-utf8"),
        RowWrong::Cells { cells, columns } => {
            let [cells, columns] = [cells, columns].map(u64::to_string);
            say.two("batch-cells", &("cells", &cells), &("columns", &columns))
        }
        RowWrong::Cell(Wrong::NotADate { given }) => say.one("batch-date", "given", given),
        RowWrong::Cell(Wrong::NotAGender { given }) => say.one("batch-gender", "given", given),
        RowWrong::Cell(Wrong::NoSuchService { given, known }) => {
            say.two("batch-service", &("given", given), &("known", known))
        }
        RowWrong::Cell(wrong) => wrongs::in_words(wrong, say),
        RowWrong::Photo { name, wrong: PhotoWrong::NotSent } => say.one("batch-photo-not-sent", "name", name),
        RowWrong::Photo { name, wrong: PhotoWrong::SentTwice } => say.one("batch-photo-twice", "name", name),
        RowWrong::Photo { name, wrong } => {
            say.two("batch-photo-wrong", &("name", name), &("why", &wrong.to_string()))
        }
        RowWrong::NotCsv(why) => say.one("batch-unread", "why", why),
        RowWrong::Unprintable(why) => say.one("batch-unprintable", "why", why),
    }
}
