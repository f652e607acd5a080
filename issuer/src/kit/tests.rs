//! What the stories cannot stage on both engines: numbers drawn twice, interruptions, forged homecomings.

use chrono::{DateTime, Duration, Utc};
use shared::keys::hex;

use super::home::Home;
use super::*;
use crate::audit::signed::{self, Keys};
use crate::config::ValidYears;
use crate::config::testing::answers;
use crate::db::DbError;
use crate::db::act::Actor;
use crate::db::card_status::CardStatus;
use crate::db::issuing_key::{IssuingKey, KeyState, KeyUse};
use crate::db::kept_status::KeptStatus;
use crate::db::officer::Role;
use crate::db::testing::{TestCity, cities, now};
use crate::issuance::{self, Application, Origin};
use crate::keys;
use crate::keystore::Passphrase;
use crate::officers::{self, Attempt, Factor, Login, NewPassword};
use crate::resident::{Resident, Typed};

struct Out {
    city: TestCity,
    kit: Issuer,
    factor: Factor,
}

fn actor() -> Actor {
    Actor::command_line("gym")
}

/// A city with a kit out, on each engine; the kit is on SQLite.
fn out() -> Vec<Out> {
    cities().into_iter().map(with_kit).collect()
}

fn with_kit(city: TestCity) -> Out {
    let issuer = &city.issuer;
    issuer.keystore.new_root_key(&[7; 32].into(), None).unwrap();
    std::fs::write(issuer.data.join("city.toml"), crate::config::City::template(&answers())).unwrap();
    std::fs::write(issuer.data.join("emblem.svg"), crate::card::emblem::BUILT_IN).unwrap();
    let link =
        officers::add(issuer, &Login::parse("anna").unwrap(), Role::Custodian, &actor(), now()).unwrap();
    let factor = Factor::of_link(&issuer.keystore, &link).unwrap();
    let password = "violet otter ferry".into();
    let password = NewPassword::parse(&password, &password, &["anna"]).unwrap();
    officers::set_up(issuer, &link, &password, 0, now()).unwrap().unwrap();
    let folder = issuer.data.join("kit");
    let wanted = Wanted {
        name: "gym".to_owned(),
        days: 3,
        from: None,
        officers: vec!["anna".to_owned()],
        out: folder,
    };
    let passphrase = Passphrase::new("seven quiet herons".to_owned().into());
    create(issuer, &wanted, Some(passphrase.clone()), &actor(), now()).unwrap();
    let kit = Issuer::open(&wanted.out, Some(passphrase)).unwrap();
    Out { city, kit, factor }
}

impl Out {
    /// Issues a card at the kit; its number.
    fn issue(&self, full_name: &str, at: DateTime<Utc>) -> Result<Card, Error> {
        let resident =
            Resident::parse(&Typed { full_name, ..Typed::default() }, &self.kit.city, at.date_naive());
        let application = Application { resident: resident.unwrap(), pictures: None };
        let signer = keys::signer_at(&self.kit, KeyUse::Card, Some("table-1"), at)?;
        let origin = Origin { batch: None, first_row: 1 };
        let drafts = issuance::reserve(&self.kit, &signer, &[application], None, origin, &actor(), at)?;
        let issued = issuance::sign(&self.kit, &signer, drafts, &actor(), at)?;
        let find = |conn: &mut _| Ok::<_, DbError>(Card::find_by_number(conn, issued[0].draft.number())?);
        Ok(self.kit.db.read(find).unwrap().unwrap())
    }

    fn close(&self) -> Vec<u8> {
        close(&self.kit, &actor(), now() + Duration::hours(8)).unwrap()
    }

    fn merge(&self, home: &[u8]) -> Result<Merged, String> {
        merge(&self.city.issuer, home, &actor(), now() + Duration::hours(9))
            .map_err(|error| error.to_string())
    }

    /// What the kit's own key signs, changed by whoever has its passphrase.
    fn forged(&self, home: &[u8], change: impl FnOnce(&mut Home)) -> Vec<u8> {
        let keys = self.kit.db.read(|conn| {
            let own = IssuingKey::of(conn, KeyUse::Status, KeyState::Active)?;
            Ok::<_, DbError>(Keys::new(own.iter().map(|key| keys::public_half(key).unwrap())))
        });
        let mut home: Home = keys.unwrap().open(TYPE, home).unwrap();
        change(&mut home);
        let signer = keys::signer(&self.kit, KeyUse::Status, now()).unwrap();
        signed::sign(&signer, TYPE, &home).unwrap()
    }

    fn home_card(&self, number: &str) -> Option<Card> {
        let find = |conn: &mut _| Ok::<_, DbError>(Card::find_by_number(conn, number)?);
        self.city.issuer.db.read(find).unwrap()
    }
}

#[test]
fn officers_sign_in_with_what_they_have() {
    for out in out() {
        let attempt = Attempt {
            login: "anna".to_owned(),
            password: "violet otter ferry".to_owned().into(),
            code: out.factor.code(now()).into(),
        };
        keys::Custodian::sign_in(&out.kit, &attempt, now()).unwrap();
        let again = keys::Custodian::sign_in(&out.kit, &attempt, now()).unwrap_err().to_string();
        assert_eq!(again, "login, password or code is wrong; a code is good once");
    }
}

#[test]
fn a_kit_signs_while_its_key_does_and_on_its_own_lists() {
    for out in out() {
        let late = out.issue("Ana Novak", now() + Duration::days(3) + Duration::seconds(1)).unwrap_err();
        assert!(late.to_string().starts_with("no key may sign now; "), "{late}");
        out.issue("Ana Novak", now() + Duration::days(2)).unwrap();
        // A year for which no list came along: the city changed how long cards are good, after the kit had left.
        let mut out = out;
        out.kit.city.valid_years = ValidYears::try_from(9).unwrap();
        let refused = out.issue("Bo Ek", now()).unwrap_err().to_string();
        assert!(
            refused.starts_with("the event kit gym has no room on a list for cards that expire in"),
            "{refused}"
        );
    }
}

#[test]
fn a_number_drawn_twice_revokes_the_kits_card() {
    for out in out() {
        let (twice, once) = (out.issue("Ana Novak", now()).unwrap(), out.issue("Bo Ek", now()).unwrap());
        let own = out.city.enrol("Cy Lee", now());
        out.city.tamper(&format!("UPDATE card SET number = '{}' WHERE id = '{}'", twice.number, own.id));
        let home = out.close();
        let merged = out.merge(&home).unwrap();
        assert_eq!((merged.cards, &merged.collisions), (1, &vec![twice.number.clone()]));
        assert_eq!(out.home_card(&twice.number).unwrap().id, own.id, "the city's card is untouched");
        assert_eq!(out.home_card(&once.number).unwrap().status, CardStatus::Valid);
        let kept = |conn: &mut _| Ok::<_, DbError>(KeptStatus::of_list(conn, &twice.status_list_id)?);
        let kept = || out.city.issuer.db.read(kept).unwrap();
        assert_eq!(kept(), [(twice.status_index, CardStatus::Revoked)]);
        // What came since brings it up no second time.
        let later = close(&out.kit, &actor(), now() + Duration::hours(10)).unwrap();
        let merged = out.merge(&later).unwrap();
        assert_eq!((merged.cards, merged.collisions.len()), (0, 0));
        assert!(out.merge(&home).unwrap().nothing_new());
        assert_eq!(kept().len(), 1);
    }
}

#[test]
fn a_merge_that_is_interrupted_leaves_nothing_and_goes_on() {
    for out in out() {
        let cards = [out.issue("Ana Novak", now()).unwrap(), out.issue("Bo Ek", now()).unwrap()];
        // The last card's place is taken: the merge fails after entries and a card were written.
        let own = out.city.enrol("Cy Lee", now());
        let place = |list: &str, index: i64| {
            out.city.tamper(&format!(
                "UPDATE card SET status_list_id = '{list}', status_index = {index} WHERE id = '{}'",
                own.id
            ));
        };
        place(cards[1].status_list_id.as_str(), cards[1].status_index);
        let home = out.close();
        out.merge(&home).unwrap_err();
        let count = |conn: &mut _| {
            let kit = Kit::find_by_name(conn, "gym")?.unwrap();
            Ok::<_, DbError>((kit.state, kit_home::entries(conn, &kit.id)?.len()))
        };
        assert_eq!(out.city.issuer.db.read(count).unwrap(), (KitState::Out, 0));
        assert_eq!(out.home_card(&cards[0].number), None);
        place(own.status_list_id.as_str(), own.status_index);
        assert_eq!(out.merge(&home).unwrap().cards, 2);
        assert_eq!(verify(&out.city.issuer).unwrap().len(), 1);
    }
}

#[test]
fn whoever_has_the_passphrase_cannot_rewrite_what_came_before() {
    for out in out() {
        out.issue("Ana Novak", now()).unwrap();
        let home = out.close();
        // The end of the log cut off: no checkpoint signs the entry before.
        let cut = out.forged(&home, |home| drop(home.entries.pop()));
        assert_eq!(
            out.merge(&cut).unwrap_err(),
            "no checkpoint signs the end of the audit log of the event kit gym"
        );
        let none = out.forged(&home, |home| home.entries.clear());
        assert_eq!(
            out.merge(&none).unwrap_err(),
            "the audit log of the event kit gym is not the one that it left with"
        );
        let middle = out.forged(&home, |home| drop(home.entries.remove(1)));
        assert_eq!(
            out.merge(&middle).unwrap_err(),
            "the audit log of the event kit gym is broken at entry 2: it is missing"
        );
        let elsewhere = out.forged(&home, |home| home.city = "https://card.other.example".to_owned());
        assert!(out.merge(&elsewhere).unwrap_err().starts_with("it cannot be read"));
        let hidden = out.forged(&home, |home| home.cards.clear());
        assert!(out.merge(&hidden).unwrap_err().ends_with("was issued, and is missing"));
        let merged = out.merge(&home).unwrap();
        assert_eq!(merged.cards, 1);
    }
}

#[test]
fn a_copy_of_the_kit_is_not_taken_beside_it() {
    for mut out in out() {
        let copy = out.city.issuer.data.join("copy");
        let copied = std::process::Command::new("cp").arg("-a").args([&out.kit.data, &copy]).status();
        assert!(copied.unwrap().success());
        out.issue("Ana Novak", now()).unwrap();
        let merged = out.merge(&out.close()).unwrap();
        let passphrase = Passphrase::new("seven quiet herons".to_owned().into());
        out.kit = Issuer::open(&copy, Some(passphrase)).unwrap();
        out.issue("Bo Ek", now()).unwrap();
        let said = out.merge(&out.close()).unwrap_err();
        assert_eq!(
            said,
            "the audit log of the event kit gym is not the one that was brought home before: they part at entry 3"
        );
        assert_eq!(merged.cards, 1);
    }
}

#[test]
fn what_is_home_is_bound_into_the_citys_log() {
    for out in out() {
        out.issue("Ana Novak", now()).unwrap();
        let merged = out.merge(&out.close()).unwrap();
        assert_eq!(verify(&out.city.issuer).unwrap(), [("gym".to_owned(), merged.entries)]);
        let last = merged.entries;
        out.city.tamper(&format!("UPDATE kit_entry SET officer = 'x' WHERE seq = {last}"));
        let said = verify(&out.city.issuer).unwrap_err().to_string();
        assert_eq!(
            said,
            format!("the audit log of the event kit gym is broken at entry {last}: it was changed")
        );
        out.city.tamper(&format!("DELETE FROM kit_entry WHERE seq = {last}"));
        let said = verify(&out.city.issuer).unwrap_err().to_string();
        assert_eq!(
            said,
            "the audit log that the event kit gym brought home is not the one that the city's own log bears out"
        );
    }
}

#[test]
fn the_kit_has_no_secret_of_the_city() {
    for out in out() {
        let (city, kit) = (&out.city.issuer.keystore, &out.kit.keystore);
        assert_ne!(city.secret("recovery").unwrap(), kit.secret("recovery").unwrap());
        for kid in out.city.issuer.db.read(|conn| Ok::<_, DbError>(IssuingKey::all(conn)?)).unwrap() {
            let here = city.signing_key(&kid.kid).is_ok();
            let there = kit.signing_key(&kid.kid).is_ok();
            assert_eq!(
                (here, there),
                if kid.desk.is_some() { (false, true) } else { (true, false) },
                "{}",
                kid.kid
            );
        }
        assert!(!kit.has_root_key());
        let kits = out.city.issuer.db.read(|conn| Ok::<_, DbError>(Kit::all(conn)?)).unwrap();
        let own = out.kit.db.read(|conn| Ok::<_, DbError>(AuditEntry::last_of(conn, Act::KitBegun, "gym")?));
        assert_eq!(hex(&kits[0].first_hash), hex(&own.unwrap().unwrap().hash));
    }
}
