//! A desk for tests: a city on each engine, officers, and visits brought as far as a test needs them.

use chrono::{DateTime, Duration, Utc};
use shared::evidence::AddressKind;

use super::*;
use crate::card::portrait;
use crate::config::City;
use crate::config::testing::city;
use crate::db::officer::{Officer, Role};
use crate::db::print_job::PrintOutcome;
use crate::db::testing::{TestDatabase, databases};

/// A city with its database.
pub(super) struct Desk {
    pub(super) issuer: Issuer,
    pub(super) test: TestDatabase,
    pub(super) amina: Actor,
    pub(super) bo: Actor,
    pub(super) chioma: Actor,
}

/// A desk for each engine: two registrars and an approver.
pub(super) fn desks() -> Vec<Desk> {
    desks_of(&city())
}

/// The same for another city.
pub(super) fn desks_of(city: &City) -> Vec<Desk> {
    let desk = |test: TestDatabase| Desk {
        issuer: test.issuer(city.clone(), at(0)),
        test,
        amina: officer(Role::Registrar),
        bo: officer(Role::Registrar),
        chioma: officer(Role::Approver),
    };
    databases().into_iter().map(desk).collect()
}

pub(super) fn officer(role: Role) -> Actor {
    let id: Id<Officer> = Id::new(edge::new_id(at(0)));
    Actor::officer(&id, role, "desk-1")
}

/// So many minutes after a fixed time.
pub(super) fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + Duration::minutes(minutes)
}

/// What somebody types who has a passport and a bill.
pub(super) fn typed(draft: &mut Draft) {
    draft.language = "es".to_owned();
    draft.evidence = vec!["passport".to_owned(), "utility-bill".to_owned()];
    draft.address_kind = Some(AddressKind::Street);
    draft.address = "Quetzalstrasse 7".to_owned();
    draft.full_name = "Zo\u{eb} Quetzalcanary".to_owned();
    (draft.birth_day, draft.birth_month) = ("9".to_owned(), "3".to_owned());
    draft.birth_year = "1988".to_owned();
    draft.photo = Some(TakenPhoto::of(&portrait::drawn(1).unwrap()).unwrap());
}

impl Desk {
    /// A case at the check of the papers.
    pub(super) fn begun(&self) -> Case {
        begin(&self.issuer, Wanted::New, &self.amina, at(0)).unwrap()
    }

    pub(super) fn save(&self, case: &Case, typed: impl FnOnce(&mut Draft)) -> Case {
        save(&self.issuer, case.seen(), &self.amina, at(1), typed).unwrap()
    }

    pub(super) fn go(&self, case: &Case, to: Station) -> Case {
        go(&self.issuer, case.seen(), to, &self.amina, at(1)).unwrap()
    }

    /// Typed, checked and confirmed.
    pub(super) fn reviewed_as(&self, case: &Case, typed: impl FnOnce(&mut Draft)) -> Case {
        let case = self.save(case, typed);
        let case = finish_check(&self.issuer, case.seen(), &self.amina, at(1)).unwrap();
        let case = self.go(&case, Station::Photo);
        let case = self.go(&case, Station::Review);
        self.save(&case, |draft| draft.confirmed = draft.lines())
    }

    pub(super) fn reviewed(&self) -> Case {
        self.reviewed_as(&self.begun(), typed)
    }

    pub(super) fn issue(&self, case: &Case) -> Result<Made, CaseError> {
        issue(&self.issuer, case.seen(), None, &self.amina, at(2))
    }

    /// Given to the printer, and answered.
    pub(super) fn printed(&self, case: &Case, outcome: PrintOutcome) -> Result<Case, CaseError> {
        let (case, job) = print::queue(&self.issuer, case.seen(), &self.amina, at(3))?;
        print::outcome(&self.issuer, case.seen(), &job.id, outcome, &self.amina, at(4))
    }

    pub(super) fn handed_over(&self, case: &Case) -> HandedOver {
        let made = self.issue(case).unwrap();
        let case = self.printed(&made.case, PrintOutcome::Printed).unwrap();
        let (case, _) = scan(&self.issuer, case.seen(), &made.card.service_qr, &self.amina, at(5)).unwrap();
        hand_over(&self.issuer, case.seen(), &self.amina, at(6)).unwrap()
    }

    pub(super) fn find(&self, case: &Case) -> Case {
        find(&self.issuer, &case.id, at(7)).unwrap()
    }

    pub(super) fn card(&self, number: &str) -> Card {
        let found = self.issuer.db.read(|conn| Ok::<_, CaseError>(Card::find_by_number(conn, number)?));
        found.unwrap().unwrap()
    }

    /// What the audit log says was done, from an entry on.
    pub(super) fn told(&self, from: i64) -> Vec<String> {
        use crate::db::schema::audit_log;
        use diesel::prelude::*;
        self.issuer
            .db
            .read(|conn| {
                let acts = audit_log::table
                    .filter(audit_log::seq.gt(from))
                    .order(audit_log::seq)
                    .select((audit_log::act, audit_log::reason))
                    .load::<(String, Option<String>)>(conn)?;
                let said = |(act, reason): (String, Option<String>)| match reason {
                    Some(reason) => format!("{act} {reason}"),
                    None => act,
                };
                Ok::<_, CaseError>(acts.into_iter().map(said).collect())
            })
            .unwrap()
    }

    /// The number of the newest audit entry.
    pub(super) fn newest(&self) -> i64 {
        i64::try_from(self.told(0).len()).unwrap()
    }
}
