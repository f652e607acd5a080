//! Signed checkpoints, and whether the log is whole.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Data, Query};
use askama::Template;

use crate::audit::{self, AuditFault};
use crate::db::audit_chain::ChainFault;
use crate::db::audit_checkpoint::AuditCheckpoint;
use crate::retention;
use crate::web::desk::{Desk, run};
use crate::web::error::WebError;
use crate::web::names::minute;
use crate::web::officer::{Audits, Officer};
use crate::web::page::{Done, Shell, go, render};
use crate::web::posted::Posted;
use crate::web::say::Say;

#[derive(Template)]
#[template(path = "record/checkpoints.html")]
struct CheckpointsPage {
    shell: Shell,
    /// The last checkpoint: its entry, when, the hash that it signs.
    last: Option<(i64, String, String)>,
    /// The last entry of the log.
    entries: i64,
    verified: Option<Verified>,
}

/// What checking the log found.
struct Verified {
    whole: bool,
    lines: Vec<String>,
}

pub(in crate::web) async fn page(
    desk: Data<Desk>,
    officer: Officer<Audits>,
    asked: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("audit").with_done(&asked.done);
    render(&run(&desk, move |desk| CheckpointsPage::of(desk, shell, None)).await?)
}

/// Signs the log as it stands.
pub(in crate::web) async fn make(
    desk: Data<Desk>,
    officer: Officer<Audits>,
) -> Result<HttpResponse, WebError> {
    let made = run(&desk, move |desk| {
        let now = desk.now();
        if let Some(jump) = retention::clock_jump(&desk.issuer, now)? {
            return Err(WebError::Refused("checkpoints-clock", minute(jump.since)));
        }
        Ok(audit::checkpoint(&desk.issuer, &officer.actor(), now)?)
    });
    made.await?;
    Ok(go("/audit/checkpoints?done=checkpoint-made"))
}

/// Every checkpoint, to be kept where nobody who writes the database can write.
pub(in crate::web) async fn file(desk: Data<Desk>, _: Officer<Audits>) -> Result<HttpResponse, WebError> {
    let all = run(&desk, |desk| audit::export(&desk.issuer)).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"checkpoints.txt\""))
        .body(all))
}

/// Checks every link of the log against the checkpoints here and those of a file that was kept elsewhere.
pub(in crate::web) async fn verify(
    desk: Data<Desk>,
    officer: Officer<Audits>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("audit");
    let page = run(&desk, move |desk| {
        let given = posted.file("checkpoints").map(String::from_utf8_lossy);
        let verified = Verified::of(audit::verify(&desk.issuer, given.as_deref())?, &shell.say);
        CheckpointsPage::of(desk, shell, Some(verified))
    });
    render(&page.await?)
}

impl CheckpointsPage {
    fn of(desk: &Desk, shell: Shell, verified: Option<Verified>) -> Result<Self, WebError> {
        let (last, entries) = desk.issuer.db.read(|conn| {
            let entries = AuditCheckpoint::last_entry(conn)?.map_or(0, |(seq, _)| seq);
            let Some(last) = AuditCheckpoint::last(conn)? else { return Ok((None, entries)) };
            let hash = AuditCheckpoint::hash_of(conn, last.seq)?.unwrap_or_default();
            Ok::<_, WebError>((Some((last.seq, minute(last.at.utc()), shared::keys::hex(&hash))), entries))
        })?;
        Ok(Self { shell, last, entries, verified })
    }
}

impl Verified {
    fn of(found: Result<audit::WholeLog, AuditFault>, say: &Say) -> Self {
        match found {
            Ok(whole) => {
                let (count, covered) = (whole.checkpoints.to_string(), whole.covered.to_string());
                Self {
                    whole: true,
                    lines: vec![
                        say.one("verify-whole", "count", whole.entries),
                        say.two("verify-checkpoints", &("count", &count), &("seq", &covered)),
                    ],
                }
            }
            Err(AuditFault::Entry(bad)) => {
                let fault = match bad.fault {
                    ChainFault::Missing => "fault-missing",
                    ChainFault::Changed => "fault-changed",
                    ChainFault::Unlinked => "fault-unlinked",
                    ChainFault::BeyondCounter => "fault-beyond",
                    ChainFault::CutOff => "fault-cut-off",
                    ChainFault::NotAsSigned => "fault-not-as-signed",
                };
                Self::broken(vec![say.one("verify-entry", "seq", bad.seq), say.t(fault)])
            }
            Err(AuditFault::Kept { seq, .. }) => Self::broken(vec![say.one("verify-kept", "seq", seq)]),
            Err(AuditFault::Given { line, .. }) => Self::broken(vec![say.one("verify-given", "line", line)]),
        }
    }

    fn broken(lines: Vec<String>) -> Self {
        Self { whole: false, lines }
    }
}
