//! What is kept, where, and for how long.

use base64ct::{Base64, Encoding as _};
use chrono::Duration;

use super::super::*;
use crate::db::print_job::PrintOutcome;
use crate::db::second_look::{Decision, Doubt};
use crate::enrolment::testing::{Desk, at, desks, typed, typed_with_photo};

#[test]
fn a_register_is_kept_until_the_card_expires() {
    let text = crate::config::City::template(&crate::config::testing::answers());
    let city = text.replacen("after_hand_over = \"7d\"", "after_hand_over = \"until-expiry\"", 1);
    for desk in super::testing::desks_of(&crate::config::City::parse(&city).unwrap()) {
        let case = desk.begun();
        assert_eq!(case.destroy_by, at(0).date_naive() + Duration::days(30));
        let handed = desk.handed_over(&desk.reviewed_as(&case, typed));
        let last_day = desk.card(&handed.number).expires_at.utc().date_naive() - Duration::days(1);
        assert_eq!(handed.destroy_by, last_day);
    }
}

/// Every table's every column as text, in every way that text may stand there.
#[test]
fn no_word_of_a_person_stands_in_a_table() {
    for desk in desks() {
        let case = desk.reviewed_as(&desk.begun(), |draft| {
            typed_with_photo(draft);
            draft.second_name = "Quetzalsecond".to_owned();
            draft.second_lang = "nah".to_owned();
            draft.guardian = "Quetzalguardian".to_owned();
            draft.care_of = "Quetzalhost".to_owned();
            draft.gender = GenderChoice::OwnWords("Quetzalwords".to_owned());
        });
        let doubt = Doubt::Other;
        let asked = second_look::ask(&desk.issuer, case.seen(), doubt, "Quetzalreason", &desk.bo, at(2));
        let (go_on, reason) = (Decision::GoOn, Doubt::NothingWrong);
        let seen = asked.unwrap();
        let back =
            second_look::decide(&desk.issuer, seen.seen(), go_on, reason, "Quetzalno", &desk.chioma, at(3));
        let made = desk.issue(&back.unwrap()).unwrap();
        let case = desk.printed(&made.case, PrintOutcome::Spoiled).unwrap();
        print::printable_with_slip(&desk.issuer, &case.id, &desk.amina, at(4)).unwrap();
        let case = desk.printed(&case, PrintOutcome::Printed).unwrap();
        let (case, _) = scan(&desk.issuer, case.seen(), &made.card.identity_qr, &desk.amina, at(5)).unwrap();
        let case = skip_scan(&desk.issuer, case.seen(), WhyNoScan::NoScanner, &desk.amina, at(5)).unwrap();
        let handed = hand_over(&desk.issuer, case.seen(), &desk.amina, at(6)).unwrap();
        second_visit(&desk, &handed.number);

        let held = desk.test.everything();
        assert!(held.contains(&case.ticket), "it was looked at");
        assert!(
            held.contains(&handed.number) && held.contains("utility-bill") && held.contains("no_scanner")
        );
        let low = held.to_lowercase();
        for word in ["quetzal", "zo\u{eb}", "1988-03-09", "\u{1f}nah\u{1f}", "c/o"] {
            assert!(!low.contains(word), "{word}");
        }
        for word in ["Quetzal", "Zo\u{eb} Quetzalcanary", "1988-03-09", "19880309"] {
            let bytes = word.as_bytes();
            let hexed = shared::keys::hex(bytes);
            let wide = word.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
            let wide = shared::keys::hex(&wide);
            assert!(!low.contains(&hexed) && !low.contains(&wide), "{word}");
            for before in 0..3 {
                // The letters that hold nothing but the word, wherever it begins in a group of three.
                let coded = Base64::encode_string(&[&[0; 3][..before], bytes].concat());
                let (from, until) = ((before * 8).div_ceil(6), (before + bytes.len()) * 8 / 6);
                assert!(!held.contains(&coded[from..until]), "{word}");
            }
        }
    }
}

/// A visit that goes nowhere.
fn second_visit(desk: &Desk, number: &str) {
    let case = begin(&desk.issuer, Wanted::Replacement(number), &desk.amina, at(10)).unwrap();
    leave(&desk.issuer, case.seen(), WhyLeft::WantsNone, &desk.amina, at(11)).unwrap();
}

#[test]
fn a_record_too_large_is_refused() {
    for desk in desks() {
        let case = desk.begun();
        let large = save(&desk.issuer, case.seen(), &desk.amina, at(1), |draft| {
            draft.address = "x".repeat(MAX_RECORD);
        });
        assert!(matches!(large, Err(CaseError::TooLarge { most: MAX_RECORD, .. })));
        assert_eq!(desk.find(&case).version, 1);
    }
}
