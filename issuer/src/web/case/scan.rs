//! The printed card is scanned, as a counter will scan it, before anybody has it.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::{CaseView, Loaded, Next, page_of, seen, step};
use crate::db::Word as _;
use crate::db::visit::Station;
use crate::enrolment::{self, CaseError, Scanned, WhyNoScan, WrongScan};
use crate::web::desk::{Desk, run};
use crate::web::error::WebError;
use crate::web::officer::{Desks, Officer};
use crate::web::page::Shell;
use crate::web::posted::Posted;
use crate::web::say::Say;
use crate::web::wrongs::Wrongs;

const WHY_NO_SCAN: [(&str, &str); 3] = [
    ("no_scanner", "reason-no_scanner"),
    ("scanner_broken", "reason-scanner_broken"),
    ("read_elsewhere", "reason-read_elsewhere"),
];

#[derive(Template)]
#[template(path = "case/scan.html")]
struct ScanPage {
    shell: Shell,
    case: CaseView,
    wrongs: Wrongs,
    result: Option<String>,
    number: String,
    skip_reasons: [(&'static str, &'static str); 3],
}

pub(in crate::web) async fn page(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let loaded = Loaded::open(desk, &id, &officer)?;
        if loaded.opened.case.station != Station::Scan {
            return Ok(Next::stands(&loaded.opened.case));
        }
        Ok(Next::Page(ScanPage::of(officer.shell().of("queue"), &loaded, Wrongs::default(), None)))
    })
    .await
}

pub(in crate::web) async fn act(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let shell = officer.shell().of("queue");
        let (actor, now) = (officer.actor(), desk.now());
        let (mut wrongs, mut result) = (Wrongs::default(), None);
        if posted.get("do") == "skip" {
            match WhyNoScan::from_word(posted.get("skip_reason")) {
                Some(why) => {
                    let case = enrolment::skip_scan(&desk.issuer, seen(&id, &posted), why, &actor, now)?;
                    return Ok(Next::Go(page_of(&case)));
                }
                None => wrongs.add("skip_reason", shell.say.t("scan-skip-missing")),
            }
        } else {
            let mut seen = seen(&id, &posted);
            // A picture may show both codes of the card, or none.
            for text in texts(&posted) {
                let (case, scanned) = enrolment::scan(&desk.issuer, seen, &text, &actor, now)?;
                seen.version = case.version;
                match scanned {
                    Scanned::Good(_) => return Ok(Next::Go(format!("{}?done=scanned", page_of(&case)))),
                    Scanned::Wrong(wrong) => result = Some(in_words(&wrong, &shell.say)),
                }
            }
            result = result.or_else(|| Some(shell.say.t("scan-unreadable")));
        }
        let loaded = Loaded::open(desk, &id, &officer)?;
        if loaded.opened.case.station != Station::Scan {
            return Ok(Next::Go(page_of(&loaded.opened.case)));
        }
        Ok(Next::Wrong(ScanPage::of(shell, &loaded, wrongs, result)))
    })
    .await
}

/// What was scanned: what a scanner typed, or the codes in a picture.
pub(in crate::web) fn texts(posted: &Posted) -> Vec<String> {
    let typed = posted.get("scan").trim();
    if !typed.is_empty() {
        return vec![typed.to_owned()];
    }
    posted.file("picture").and_then(|picture| reader::codes_in(picture).ok()).unwrap_or_default()
}

/// The first code in a picture that a camera took, for the scan box.
pub(in crate::web) async fn read(
    desk: Data<Desk>,
    _: Officer<Desks>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let texts = run(&desk, move |_| Ok::<_, CaseError>(texts(&posted))).await?;
    Ok(match texts.into_iter().next() {
        Some(text) => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text),
        None => HttpResponse::NoContent().finish(),
    })
}

impl ScanPage {
    fn of(shell: Shell, loaded: &Loaded, wrongs: Wrongs, result: Option<String>) -> Self {
        Self {
            case: CaseView::new(&shell, loaded, "scan"),
            number: loaded.opened.case.card.clone().unwrap_or_default(),
            skip_reasons: WHY_NO_SCAN,
            wrongs,
            result,
            shell,
        }
    }
}

fn in_words(wrong: &WrongScan, say: &Say) -> String {
    match wrong {
        WrongScan::OtherCard { number } => say.one("scan-other-card", "what", number),
        WrongScan::Verdict(outcome) => match outcome.reason() {
            Some("unreadable" | "not_a_card" | "unknown_issuer" | "unknown_key") => say.t("scan-not-ours"),
            reason => say.one("scan-not-good", "what", reason.unwrap_or(outcome.as_str())),
        },
    }
}
