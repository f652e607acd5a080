//! Attacks on the audit log of a real database, and what is found in it.

use super::*;
use crate::db::audit::NewAuditEntry;
use crate::db::audit_find::AuditFilter;
use crate::db::issuing_key::IssuingKey;
use crate::db::officer::Role;
use crate::db::testing::{TestCity, cities, now};

fn actor() -> Actor {
    Actor::command_line("hall")
}

fn write(city: &TestCity, actor: &Actor, act: Act, subject: &str, at: DateTime<Utc>) -> i64 {
    let entry = NewAuditEntry {
        at,
        actor: actor.clone(),
        act,
        subject_kind: SubjectKind::Enrolment,
        subject: subject.to_owned(),
        reason: Some("=1+1".to_owned()),
    };
    city.issuer.db.write(|tx| Ok::<_, Error>(tx.audit(entry)?.seq)).unwrap()
}

/// A log of 12 entries with checkpoints of entries 7 and 12. The first two are of the city's keys.
fn log(city: &TestCity) {
    for seq in 3..=11 {
        if seq == 7 {
            assert_eq!(checkpoint(&city.issuer, &actor(), now()).unwrap().unwrap().seq, 7);
        } else {
            assert_eq!(write(city, &actor(), Act::EnrolmentMade, &format!("e{seq}"), now()), seq);
        }
    }
    assert_eq!(checkpoint(&city.issuer, &actor(), now()).unwrap().unwrap().seq, 12);
}

/// Writes entries `from..` anew, as somebody would who knows how the chain is made.
fn forge(city: &TestCity, from: i64) {
    use crate::db::schema::audit_log;
    use diesel::prelude::*;
    city.issuer
        .db
        .write(|tx| {
            let entries: Vec<crate::db::audit::AuditEntry> =
                audit_log::table.filter(audit_log::seq.ge(from)).order(audit_log::seq).load(tx.conn())?;
            let mut previous: Vec<u8> =
                audit_log::table.find(from - 1).select(audit_log::hash).first(tx.conn())?;
            for mut entry in entries {
                entry.previous_hash = previous;
                entry.hash = entry.computed_hash().to_vec();
                diesel::delete(audit_log::table.find(entry.seq)).execute(tx.conn())?;
                diesel::insert_into(audit_log::table).values(&entry).execute(tx.conn())?;
                previous = entry.hash;
            }
            tx.forget_audit();
            Ok::<_, Error>(())
        })
        .unwrap();
}

#[test]
fn every_attack_is_found_at_its_first_entry() {
    let cut = "UPDATE audit_counter SET value = 5; DELETE FROM audit_log WHERE seq > 5";
    let cut_all = "UPDATE audit_counter SET value = 5; DELETE FROM audit_log WHERE seq > 5; DELETE FROM audit_checkpoint";
    let attacks: [(&str, i64, ChainFault, bool); 9] = [
        ("UPDATE audit_log SET subject = 'e9' WHERE seq = 4", 4, ChainFault::Changed, false),
        ("DELETE FROM audit_log WHERE seq = 5", 5, ChainFault::Missing, false),
        (
            "UPDATE audit_log SET seq = 99 WHERE seq = 4; UPDATE audit_log SET seq = 4 WHERE seq = 5; \
             UPDATE audit_log SET seq = 5 WHERE seq = 99",
            4,
            ChainFault::Changed,
            false,
        ),
        (
            "INSERT INTO audit_log SELECT 13, at, officer, role, desk, act, subject_kind, subject, reason, \
             previous_hash, hash FROM audit_log WHERE seq = 4",
            13,
            ChainFault::BeyondCounter,
            false,
        ),
        (
            "UPDATE audit_log SET seq = seq + 100 WHERE seq > 3; UPDATE audit_log SET seq = seq - 99 WHERE seq > 100; \
             INSERT INTO audit_log SELECT 4, at, officer, role, desk, act, subject_kind, subject, reason, \
             previous_hash, hash FROM audit_log WHERE seq = 3; UPDATE audit_counter SET value = 13",
            4,
            ChainFault::Changed,
            false,
        ),
        (cut, 6, ChainFault::CutOff, false),
        ("DELETE FROM audit_log WHERE seq = 12", 12, ChainFault::Missing, false),
        // With the database's own checkpoints gone, those that were exported still tell.
        (cut_all, 6, ChainFault::CutOff, true),
        (
            "DELETE FROM audit_checkpoint; UPDATE audit_log SET seq = 3 WHERE seq = -1",
            0,
            ChainFault::Missing,
            true,
        ),
    ];
    let mut found = 0;
    for (sql, seq, fault, only_exported) in attacks {
        for city in cities() {
            log(&city);
            let exported = export(&city.issuer).unwrap();
            assert_eq!(exported.lines().count(), 2);
            let whole = verify(&city.issuer, Some(&exported)).unwrap().unwrap();
            assert_eq!((whole.entries, whole.checkpoints, whole.covered), (12, 4, 12));
            city.tamper(sql);
            if only_exported {
                let alone = verify(&city.issuer, None).unwrap();
                assert!(alone.is_ok(), "the database alone does not show it");
            }
            let answer = verify(&city.issuer, Some(&exported)).unwrap();
            if seq == 0 {
                assert_eq!(
                    answer.unwrap().checkpoints,
                    2,
                    "no checkpoints in the database, and nothing wrong"
                );
                continue;
            }
            assert_eq!(answer.unwrap_err(), AuditFault::Entry(FirstBadEntry { seq, fault }), "{sql}");
            found += 1;
        }
    }
    assert!(found >= 8, "{found}");
}

#[test]
fn a_log_made_anew_is_not_what_was_signed() {
    for city in cities() {
        log(&city);
        city.tamper("UPDATE audit_log SET subject = 'another' WHERE seq = 9");
        forge(&city, 9);
        let bad = FirstBadEntry { seq: 8, fault: ChainFault::NotAsSigned };
        assert_eq!(verify(&city.issuer, None).unwrap().unwrap_err(), AuditFault::Entry(bad));
    }
}

#[test]
fn a_checkpoint_that_is_not_the_citys_is_told() {
    for city in cities() {
        log(&city);
        let exported = export(&city.issuer).unwrap();
        let first = exported.lines().next().unwrap();
        let mut signed = Base64::decode_vec(first).unwrap();
        *signed.last_mut().unwrap() ^= 1;
        let forged = format!("{first}\n\n{}\n", Base64::encode_string(&signed));
        let fault = verify(&city.issuer, Some(&forged)).unwrap().unwrap_err();
        assert_eq!(fault, AuditFault::Given { line: 3, why: NotSigned::Signature });
        let fault = verify(&city.issuer, Some("no base64")).unwrap().unwrap_err();
        assert_eq!(fault, AuditFault::Given { line: 1, why: NotSigned::Content });
        city.tamper("UPDATE audit_checkpoint SET signed = (SELECT signed FROM audit_checkpoint WHERE seq = 7) WHERE seq = 12");
        let fault = verify(&city.issuer, None).unwrap().unwrap_err();
        assert_eq!(fault, AuditFault::Kept { seq: 12, why: NotSigned::Content });
        // Another key under the kid of the city's: a key is known by itself, not by its row's name.
        city.tamper("DELETE FROM audit_checkpoint WHERE seq = 12");
        let issuer = &city.issuer;
        let status = |conn: &mut _| {
            let all = IssuingKey::all(conn)?;
            Ok::<_, Error>(all.into_iter().find(|key| key.usage == KeyUse::Status).unwrap().kid)
        };
        let known = issuer.db.read(status).unwrap();
        let thief = keys::make(issuer, KeyUse::Status, &actor(), now()).unwrap().kid;
        city.tamper(&format!(
            "UPDATE issuing_key SET public_key = (SELECT public_key FROM issuing_key WHERE kid = '{thief}') \
             WHERE kid = '{known}'"
        ));
        let fault = verify(issuer, None).unwrap().unwrap_err();
        assert_eq!(fault, AuditFault::Kept { seq: 7, why: NotSigned::UnknownKey });
    }
}

#[test]
fn a_checkpoint_comes_once_an_hour_and_only_when_something_is_new() {
    for city in cities() {
        let issuer = &city.issuer;
        let due = |minutes| {
            checkpoint_when_due(issuer, false, &actor(), now() + Duration::minutes(minutes)).unwrap()
        };
        assert!(due(0));
        assert!(!due(70), "nothing new");
        write(&city, &actor(), Act::EnrolmentMade, "e", now());
        assert!(!due(59));
        assert!(due(60));
        write(&city, &actor(), Act::EnrolmentMade, "e", now());
        assert!(!due(60 * 24 * 30), "the clock is not believed");
        // Set back behind the last one: the next is due at once.
        assert!(due(5));
    }
}

#[test]
fn entries_are_found_by_page_and_written_out() {
    for city in cities() {
        let issuer = &city.issuer;
        let officer = city.officer("amina", Role::Registrar);
        for minute in 0..7 {
            let at = now() + Duration::minutes(minute);
            let act = if minute % 2 == 0 { Act::EnrolmentViewed } else { Act::EnrolmentMade };
            write(&city, &officer, act, "e1", at);
        }
        let mine = AuditFilter { officer: Some(officer.id().to_owned()), ..AuditFilter::default() };
        let first = find(issuer, &mine, None, 3).unwrap();
        let second = find(issuer, &mine, first.older, 3).unwrap();
        let third = find(issuer, &mine, second.older, 3).unwrap();
        let lengths = [&first, &second, &third].map(|page| page.entries.len());
        assert_eq!((lengths, third.older), ([3, 3, 1], None));
        assert!(first.entries[0].seq > first.entries[2].seq);
        let counted = |filter: &AuditFilter| find(issuer, filter, None, 100).unwrap().entries.len();
        assert_eq!(counted(&AuditFilter { act: Some(Act::EnrolmentViewed), ..mine.clone() }), 4);
        let (from, to) = (now() + Duration::minutes(2), now() + Duration::minutes(4));
        assert_eq!(counted(&AuditFilter { from: Some(from), to: Some(to), ..mine.clone() }), 2);
        let subject = Some((SubjectKind::Enrolment, "e1".to_owned()));
        assert_eq!(counted(&AuditFilter { subject, ..AuditFilter::default() }), 7);

        let mut csv = Vec::new();
        assert_eq!(export_csv(issuer, &mine, &mut csv).unwrap(), 7);
        let csv = String::from_utf8(csv).unwrap();
        assert_eq!(csv.lines().count(), 8);
        assert!(csv.contains(",enrolment_viewed,enrolment,e1,'=1+1,"), "{csv}");
    }
}

#[test]
fn what_is_unusual_is_told_by_officer() {
    for city in cities() {
        let issuer = &city.issuer;
        let (amina, bo) = (city.officer("amina", Role::Registrar), city.officer("bo", Role::Registrar));
        let noon = now().date_naive().and_hms_opt(12, 0, 0).unwrap().and_utc();
        let look = |who: &Actor, subject: &str, at| write(&city, who, Act::EnrolmentViewed, subject, at);
        let minute = Duration::minutes(1);
        look(&amina, "e1", noon);
        write(&city, &amina, Act::RetentionChanged, "e1", noon + minute * 29);
        let unexplained = look(&amina, "e2", noon + minute * 60);
        write(&city, &amina, Act::RetentionChanged, "e1", noon + minute * 61);
        write(&city, &bo, Act::RetentionChanged, "e2", noon + minute * 61);
        let night = write(&city, &bo, Act::RetentionChanged, "e3", noon + minute * 60 * 9);
        let (from, to) = (noon, noon + minute * 60 * 10);
        let found = unusual(issuer, from, to, Hours::default()).unwrap();
        let short: Vec<_> =
            found.iter().map(|one| (one.kind, one.officer.as_str(), one.entries.clone())).collect();
        assert_eq!(
            short,
            [
                (UnusualKind::ViewWithoutAct, amina.id(), vec![unexplained]),
                (UnusualKind::NightWork, bo.id(), vec![night]),
            ]
        );
        let elsewhere = Hours { from: 20, to: 13 };
        let found = unusual(issuer, from, to, elsewhere).unwrap();
        assert!(!found.iter().any(|one| one.kind == UnusualKind::NightWork && one.entries.contains(&night)));

        // As the desk's rules write them.
        let skipped = write(&city, &bo, Act::ReceiptSigned, "e4", noon + minute * 80);
        let overturned = write(&city, &bo, Act::ReceiptSigned, "e5", noon + minute * 81);
        let upheld = write(&city, &bo, Act::ReceiptSigned, "e6", noon + minute * 82);
        city.tamper(&format!(
            "UPDATE audit_log SET act = 'scan_skipped' WHERE seq = {skipped}; \
             UPDATE audit_log SET act = 'second_look_decided', reason = 'go_on: other' WHERE seq = {overturned}; \
             UPDATE audit_log SET act = 'second_look_decided', reason = 'refused: other' WHERE seq = {upheld}"
        ));
        let found = unusual(issuer, from, to, Hours::default()).unwrap();
        let of = |kind| found.iter().find(|one| one.kind == kind).unwrap().entries.clone();
        assert_eq!(
            (of(UnusualKind::Override), of(UnusualKind::Overturned)),
            (vec![skipped], vec![overturned])
        );

        for view in 0..31 {
            look(&bo, &format!("v{view}"), noon + minute * (200 + view));
        }
        let found = unusual(issuer, from, to, Hours::default()).unwrap();
        let many = found.iter().find(|one| one.kind == UnusualKind::ManyViews).unwrap();
        assert_eq!((many.officer.as_str(), many.entries.len()), (bo.id(), 31));
        assert_eq!((many.first, many.last), (noon + minute * 200, noon + minute * 230));
    }
}
