//! The auditor's pages: filters together, page by page, files that no spreadsheet runs, and what tampering looks like.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use chrono::{DateTime, Duration, Utc};
use diesel::connection::SimpleConnection as _;

use super::visit::multipart;
use super::{Browser, Page, Town};
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit::NewAuditEntry;
use crate::db::officer::{Officer, Role};

const CARD: &str = "2GYN-MSVA-2";

/// Writes entries of an officer: what, to which card, when, why.
fn write(town: &Town, login: &str, entries: &[(Act, &str, DateTime<Utc>, &str)]) {
    let db = &town.desk.issuer.db;
    db.write(|tx| {
        let officer = Officer::find_by_login(tx.conn(), login)?.unwrap();
        let actor = Actor::officer(&officer.id, officer.role, "gym-2");
        for (act, subject, at, reason) in entries {
            tx.audit(NewAuditEntry {
                at: *at,
                actor: actor.clone(),
                act: *act,
                subject_kind: SubjectKind::Card,
                subject: (*subject).to_owned(),
                reason: Some((*reason).to_owned()),
            })?;
        }
        Ok::<_, crate::Error>(())
    })
    .unwrap();
}

/// How many entries a page shows, and where the older ones are.
fn shown(page: &Page) -> (usize, Option<String>) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let body = page.text.split_once("<tbody>").map_or("", |(_, rest)| rest);
    let older = page
        .text
        .split_once("rel=\"next\" href=\"")
        .map(|(_, rest)| rest.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&"));
    (body.matches("<tr>").count(), older)
}

#[actix_web::test]
async fn filters_go_together_and_pages_follow_each_other() {
    let town = Town::new();
    let app = town.app().await;
    let auditor = Browser::of(&town, &app, Role::Auditor).await;
    let then = town.hands.now() - Duration::days(10);
    let many: Vec<_> = (0..250).map(|_| (Act::CardScanned, "0000-0000-0", then, "")).collect();
    write(&town, "registrar", &many);
    write(
        &town,
        "approver",
        &[
            (Act::CardRevoked, CARD, then, "lost"),
            (Act::CardRevoked, "0000-0000-0", then, "<script>alert(1)</script>"),
            (Act::CardRevoked, CARD, town.hands.now(), "stolen"),
        ],
    );
    let day = then.date_naive();
    let of_day = format!("from={day}&to={day}");
    for (query, count) in [
        (format!("{of_day}&act=card_scanned&before="), 0),
        (of_day.clone(), 100),
        (format!("{of_day}&act=card_revoked"), 2),
        (format!("{of_day}&act=card_revoked&thing=2gyn-msva-2"), 1),
        (format!("thing={CARD}"), 2),
        ("officer=approver&act=card_revoked".to_owned(), 3),
        (format!("officer=registrar&thing={CARD}"), 0),
        (format!("officer=nobody&{of_day}"), 0),
        ("to=2001-01-01".to_owned(), 0),
    ] {
        if query.ends_with("before=") {
            continue;
        }
        assert_eq!(shown(&auditor.get(&app, &format!("/audit?{query}")).await).0, count, "{query}");
    }
    let mut address = Some(format!("/audit?{of_day}&officer=registrar"));
    let mut counts = Vec::new();
    while let Some(at) = address {
        let (count, older) = shown(&auditor.get(&app, &at).await);
        counts.push(count);
        address = older;
    }
    assert_eq!(counts, [100, 100, 50]);
    let page = auditor.get(&app, "/audit?act=card_revoked").await;
    assert!(page.text.contains("&#60;script&#62;alert(1)") && !page.text.contains("<script>alert"));
    assert!(page.text.contains(">card revoked<") && page.text.contains(">Stolen<"), "{}", page.text);
    for wrong in ["act=card_eaten", "from=yesterday", "to=2026-02-30"] {
        let page = auditor.get(&app, &format!("/audit?{wrong}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(page.text.contains("aria-invalid=\"true\""), "{wrong}");
    }
}

#[actix_web::test]
async fn a_saved_log_runs_in_no_spreadsheet_and_who_saved_it_stands_in_it() {
    let town = Town::new();
    let app = town.app().await;
    let auditor = Browser::of(&town, &app, Role::Auditor).await;
    let now = town.hands.now();
    let many: Vec<_> = (0..2_100).map(|_| (Act::CardScanned, "0000-0000-0", now, "")).collect();
    write(&town, "registrar", &many);
    let reasons = ["=1+1", "+1", "-1", "@sum", "a,\"b\"\nc"];
    let odd: Vec<_> = reasons.iter().map(|reason| (Act::CardRevoked, CARD, now, *reason)).collect();
    write(&town, "approver", &odd);
    let fields = [("act", "card_revoked"), ("thing", CARD), ("from", "2020-01-01")];
    let page = auditor.post(&app, "/audit/export", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(town.acts().last().unwrap(), "audit_exported");
    assert_eq!(
        page.headers.get(CONTENT_DISPOSITION).unwrap(),
        "attachment; filename=\"audit-2020-01-01.csv\""
    );
    let mut csv = csv::Reader::from_reader(page.text.as_bytes());
    assert_eq!(csv.headers().unwrap().iter().next(), Some("seq"));
    let found: Vec<_> = csv.records().map(|row| row.unwrap()[8].to_owned()).collect();
    assert_eq!(found, ["'=1+1", "'+1", "'-1", "'@sum", "a,\"b\"\nc"]);

    let all = auditor.post(&app, "/audit/export", &[]).await;
    let rows = csv::Reader::from_reader(all.text.as_bytes()).records().count();
    assert_eq!(rows, town.acts().len(), "with the entry that says who took it");
    let wrong = auditor.post(&app, "/audit/export", &[("act", "nonsense")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[actix_web::test]
async fn what_is_unusual_is_named_with_its_entries() {
    let town = Town::new();
    let app = town.app().await;
    let auditor = Browser::of(&town, &app, Role::Auditor).await;
    let quiet = auditor.get(&app, "/audit/unusual?work_from=0&work_to=24").await;
    assert!(quiet.text.contains("Nothing unusual."), "{}", quiet.text);
    let night = town.hands.now().date_naive().and_hms_opt(3, 0, 0).unwrap().and_utc();
    write(&town, "registrar", &[(Act::ScanSkipped, CARD, night, "no_scanner")]);
    let seq = town.acts().len();
    let page = auditor.get(&app, "/audit/unusual").await;
    for said in
        ["worked outside the city’s hours", "passed over a check", &format!("/audit?before={}", seq + 1)]
    {
        assert!(page.text.contains(said), "{said:?} is not in:\n{}", page.text);
    }
    let (first, _) = shown(&auditor.get(&app, &format!("/audit?before={}", seq + 1)).await);
    assert_eq!(first, seq, "{seq}");
    for wrong in ["from=2020-01-01", "work_from=24", "work_to=x", "to=never"] {
        let page = auditor.get(&app, &format!("/audit/unusual?{wrong}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[actix_web::test]
async fn a_log_is_signed_saved_and_found_out_when_it_is_changed() {
    let town = Town::new();
    let app = town.app().await;
    let auditor = Browser::of(&town, &app, Role::Auditor).await;
    assert!(auditor.get(&app, "/audit/checkpoints").await.text.contains("There is none yet."));
    let made = auditor.post(&app, "/audit/checkpoints", &[]).await;
    assert_eq!(made.location, "/audit/checkpoints?done=checkpoint-made");
    let seq = town.acts().len();
    let page = auditor.get(&app, &made.location).await;
    assert!(page.text.contains(&format!("<dd>{seq}</dd>")), "{}", page.text);
    let file = auditor.get(&app, "/audit/checkpoints/file").await.text;
    assert_eq!(file.lines().count(), 1);

    let verify = |content: String| {
        let (auditor, app) = (auditor.clone(), &app);
        async move {
            let fields = [("form_token", auditor.csrf.as_str())];
            let form = ("checkpoints", "kept.txt", content.as_bytes());
            auditor.send(app, multipart("/audit/verify", &fields, form)).await
        }
    };
    let whole = verify(file.clone()).await;
    assert!(whole.text.contains("The log is whole:"), "{}", whole.text);
    assert!(whole.text.contains("2 checkpoints agree."), "the kept one and the one here: {}", whole.text);
    let nonsense = verify("bm9uc2Vuc2U=\n".to_owned()).await;
    assert!(nonsense.text.contains("Line 1 of the file is no checkpoint of the city."), "{}", nonsense.text);

    let forged = town.desk.issuer.db.write(|tx| {
        tx.forget_audit();
        tx.conn().batch_execute("UPDATE audit_log SET desk = 'elsewhere' WHERE seq = 2")?;
        Ok::<_, crate::Error>(())
    });
    forged.unwrap();
    let found = verify(file).await;
    assert!(found.text.contains("The first bad entry is 2.") && found.text.contains("It was changed."));
}
