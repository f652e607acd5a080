//! A destruction dies at each of its steps, and goes on: the key first, then the blobs, then the receipt.

use issuer::db::enrolment::Enrolment;
use tests::hall::{binary, run};
use tests::stage::{Stage, died, whole};

use crate::points::{DESTROY, WISH};

/// A day after the one on which an enrolment that went nowhere is due.
const PAST: &str = "+31d";
const RUN: [&str; 3] = ["retention", "run", "--even-though-clock-jumped"];

fn sealed(stage: &Stage) -> usize {
    let issuer = issuer::Issuer::open(&stage.hall.file("city"), None).unwrap();
    let all = issuer.db.read(|conn| {
        let cards = issuer::db::card::Card::all(conn)?;
        let ids = cards.into_iter().filter_map(|card| card.enrolment_id);
        ids.map(|id| Enrolment::find(conn, &id)).collect::<Result<Vec<_>, _>>().map_err(issuer::Error::from)
    });
    all.unwrap().into_iter().flatten().filter(|enrolment| enrolment.sealed.is_some()).count()
}

#[test]
fn a_destruction_that_dies_goes_on_and_ends_in_one_receipt() {
    for point in DESTROY {
        let stage = Stage::new(&format!("crash_{}", point.replace('.', "_")));
        let _ = stage.hall.issue("full_name\nAna Novak\nBo Ek\nCy Lee\n");
        assert_eq!(sealed(&stage), 3);
        died(stage.hall.command_at(PAST, &binary("issuer-crash-points"), &RUN), point);
        whole(&stage.hall, "city", PAST);
        let said = stage.hall.issuer_at(PAST, &RUN);
        assert_eq!(said.status, Some(0), "{point}: {}", said.complaint);
        whole(&stage.hall, "city", PAST);
        let said = stage.hall.issuer_at(PAST, &["retention", "verify"]).good().out;
        assert!(said.starts_with("1 receipts of 3 records"), "{point}: {said}");
        assert_eq!(sealed(&stage), 0, "{point}");
        let said = stage.hall.issuer_at(PAST, &RUN).good().out;
        assert!(said.starts_with("Nothing was due."), "{point}: {said}");
    }
}

#[test]
fn a_wish_that_dies_can_be_said_again_and_takes_nobody_else_along() {
    for point in WISH {
        let stage = Stage::new(&format!("crash_{}", point.replace('.', "_")));
        let cards = stage.hall.issue("full_name\nAna Novak\nBo Ek\n");
        let number = |row: usize| cards[row]["number"].as_str().unwrap();
        stage.dies(point, &["requests", "destroy", number(0)]);
        stage.whole();
        let again = stage.hall.issuer(&["requests", "destroy", number(0)]);
        let gone = ["wish.erased", "wish.rewrapped"].contains(point);
        assert_eq!(again.status, Some(i32::from(gone)), "{point}: {}", again.complaint);
        assert_eq!(again.complaint.contains("the record is gone"), gone, "{point}: {}", again.complaint);
        stage.hall.issuer(&["retention", "run"]).good();
        // Once an hour is past, the day's old key goes too.
        run(&mut stage.hall.command_at("+2h", &binary("issuer"), &["retention", "run"])).good();
        whole(&stage.hall, "city", "+2h");
        let said = stage.hall.issuer(&["retention", "verify"]).good().out;
        // Where the two hours go past midnight, there is one of an empty day as well.
        assert!(said.contains(" receipts of 1 records"), "{point}: {said}");
        assert_eq!(sealed(&stage), 1);
        let about = stage.hall.issuer(&["requests", "about", number(1)]).good().out;
        assert!(about.contains("Bo Ek"), "{point}: {about}");
    }
}
