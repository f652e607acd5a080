use std::sync::Mutex;

use super::*;
use crate::db::act::Actor;
use crate::db::issuing_key::KeyUse;
use crate::db::publication::{Publication, PublicationKind};
use crate::db::testing::{TestCity, cities, now};
use crate::keys;
use crate::revocation::{self, Change, Named};
use crate::scheduled::LASTS;

/// A city that publishes, and a clock.
struct Stage<'a> {
    city: &'a TestCity,
    out: PathBuf,
    hands: Mutex<DateTime<Utc>>,
}

impl<'a> Stage<'a> {
    fn new(city: &'a TestCity) -> Self {
        city.issuer.keystore.new_root_key(&[7; 32].into(), None).unwrap();
        Self { city, out: city.issuer.data.join("public"), hands: Mutex::new(now()) }
    }

    fn watch(&self) -> Watch {
        Watch::new(Worker::new(LASTS), &self.out, Pace::of(&self.city.issuer))
    }

    fn now(&self) -> DateTime<Utc> {
        *self.hands.lock().unwrap()
    }

    fn pass(&self, seconds: i64) {
        *self.hands.lock().unwrap() += Duration::seconds(seconds);
    }

    /// Why something was published, if it was.
    fn look(&self, watch: &mut Watch) -> Option<Why> {
        match watch.look(&self.city.issuer, None, &|| self.now()).unwrap() {
            Looked::Published(_, why) => Some(why),
            Looked::Nothing => None,
            other => panic!("{other:?}"),
        }
    }

    fn revoke(&self, number: &str) {
        let actor = Actor::command_line("hall");
        let named = Named::Number(number);
        revocation::change(&self.city.issuer, Change::Revoke, named, "lost", &actor, self.now()).unwrap();
    }

    fn last(&self) -> i64 {
        let last = self
            .city
            .issuer
            .db
            .read(|conn| Ok::<_, Error>(Publication::last(conn, PublicationKind::Bundle)?));
        last.unwrap().unwrap().sequence
    }
}

#[test]
fn what_changes_is_published_in_time_and_nothing_else_is() {
    for city in cities() {
        let stage = Stage::new(&city);
        let mut watch = stage.watch();
        assert_eq!(stage.look(&mut watch), Some(Why::First));
        stage.pass(3600);
        assert_eq!(stage.look(&mut watch), None);

        let cards: Vec<_> = ["Ana", "Bo", "Cy"].map(|name| city.enrol(name, stage.now()).number).into();
        assert_eq!(stage.look(&mut watch), Some(Why::NewList));
        assert_eq!(stage.look(&mut watch), None);
        stage.pass(30);
        city.enrol("Di", stage.now());
        assert_eq!(stage.look(&mut watch), None, "a card more changes no list");

        stage.revoke(&cards[0]);
        assert_eq!(stage.look(&mut watch), Some(Why::Cards), "the last publication is 30 seconds old");
        stage.pass(1);
        stage.revoke(&cards[1]);
        assert_eq!(stage.look(&mut watch), None);
        stage.pass(28);
        stage.revoke(&cards[2]);
        assert_eq!(stage.look(&mut watch), None);
        stage.pass(1);
        assert_eq!(stage.look(&mut watch), Some(Why::Cards), "both at once");
        stage.pass(60);
        assert_eq!(stage.look(&mut watch), None);

        keys::make(&city.issuer, KeyUse::Card, &Actor::command_line("hall"), stage.now()).unwrap();
        stage.pass(1);
        assert_eq!(stage.look(&mut watch), Some(Why::Keys));
        assert_eq!(stage.look(&mut watch), None);
        assert_eq!(stage.last(), 5);
    }
}

#[test]
fn lists_are_signed_anew_before_they_are_old() {
    for city in cities() {
        let stage = Stage::new(&city);
        let mut watch = stage.watch();
        assert_eq!(stage.look(&mut watch), Some(Why::First));
        let oldest = Pace::of(&city.issuer).oldest;
        let strictest = city.issuer.city.services.iter().map(|service| service.oldest_list.duration()).min();
        assert_eq!(oldest, (strictest.unwrap() / 4).min(Duration::days(1)));
        stage.pass(oldest.num_seconds() - 1);
        assert_eq!(stage.look(&mut watch), None);
        stage.pass(1);
        assert_eq!(stage.look(&mut watch), Some(Why::Old));
        assert_eq!(stage.look(&mut watch), None);
        // A clock that was set far back does not leave old lists standing.
        stage.pass(-2 * oldest.num_seconds());
        assert_eq!(stage.look(&mut watch), Some(Why::Old));
    }
}

#[test]
fn two_who_watch_publish_once_and_one_takes_over_from_the_other() {
    for city in cities() {
        let stage = Stage::new(&city);
        let (mut a, mut b) = (stage.watch(), stage.watch());
        let number = city.enrol("Ana", now()).number;
        assert_eq!(stage.look(&mut a), Some(Why::First));
        assert_eq!(stage.look(&mut b), None);
        stage.pass(60);
        stage.revoke(&number);
        assert_eq!(stage.look(&mut b), Some(Why::Cards));
        assert_eq!(stage.look(&mut a), None);
        assert_eq!(stage.last(), 2);
        // A third dies in the middle of it.
        stage.pass(60);
        keys::make(&city.issuer, KeyUse::Card, &Actor::command_line("hall"), stage.now()).unwrap();
        Worker::new(LASTS).take(&city.issuer.db, Task::Publish, stage.now()).unwrap().unwrap();
        let elsewhere = |watch: &mut Watch| watch.look(&city.issuer, None, &|| stage.now());
        assert!(matches!(elsewhere(&mut a), Ok(Looked::Elsewhere)));
        stage.pass(20);
        assert_eq!(stage.look(&mut b), Some(Why::Keys));
        assert_eq!(stage.look(&mut a), None);
    }
}

#[test]
fn one_that_starts_anew_publishes_only_what_changed() {
    for city in cities() {
        let stage = Stage::new(&city);
        assert_eq!(stage.look(&mut stage.watch()), Some(Why::First));
        stage.pass(60);
        assert_eq!(stage.look(&mut stage.watch()), None);
        let number = city.enrol("Ana", now()).number;
        assert_eq!(stage.look(&mut stage.watch()), Some(Why::NewList));
        stage.revoke(&number);
        stage.pass(60);
        assert_eq!(stage.look(&mut stage.watch()), Some(Why::Cards));
        // Whoever lost the lease in the middle may have left older files.
        city.issuer.db.forget_done(Task::Publish).unwrap();
        assert_eq!(stage.look(&mut stage.watch()), Some(Why::First));
        std::fs::remove_file(city.issuer.data.join("trust-list.cbor")).unwrap();
        assert_eq!(stage.look(&mut stage.watch()), Some(Why::Settings));
    }
}

#[test]
fn an_older_publication_goes_over_no_newer_one() {
    for city in cities() {
        let stage = Stage::new(&city);
        assert_eq!(stage.look(&mut stage.watch()), Some(Why::First));
        assert!(super::super::newest(&city.issuer, now()).is_ok());
        let older = super::super::newest(&city.issuer, now() - Duration::seconds(1));
        assert_eq!(
            older.unwrap_err().to_string(),
            "publication 1 was begun meanwhile and is newer: this one is left to it"
        );
    }
}
