//! What is published of cards, on both engines, whatever changed them.

use std::collections::BTreeMap;

use shared::index::{Index, Pieces};
use shared::keys::Signer as _;
use shared::status_list::{Status, StatusToken};

use super::*;
use crate::db::DbError;
use crate::db::card::Card;
use crate::db::issuing_key::KeyUse;
use crate::db::kept_status::KeptStatus;
use crate::db::status_list::StatusList;
use crate::db::testing::{TestCity, cities, entry, now};
use crate::issuance::{Application, LIST_CAPACITY, Origin};
use crate::resident::{Resident, Typed};
use crate::revocation::{self, Change, Named};

/// A city that publishes into a folder, once a minute.
struct Press {
    city: TestCity,
    out: PathBuf,
    minute: i64,
}

fn presses() -> Vec<Press> {
    let press = |city: TestCity| {
        city.issuer.keystore.new_root_key(&[7; 32].into(), None).unwrap();
        let out = city.issuer.data.join("public");
        Press { city, out, minute: 0 }
    };
    cities().into_iter().map(press).collect()
}

fn actor() -> Actor {
    Actor::command_line("hall")
}

impl Press {
    fn issuer(&self) -> &Issuer {
        &self.city.issuer
    }

    fn publish(&mut self) -> Published {
        self.minute += 1;
        publish(self.issuer(), &self.out, None, &actor(), now() + Duration::minutes(self.minute)).unwrap()
    }

    /// Publishes; how many lists changed, and what the first says of the places that are not valid.
    fn says(&mut self) -> (usize, Vec<(u64, Status)>) {
        let published = self.publish();
        let said =
            self.lists().remove(&format!("{}1", issuance::status_prefix(&self.issuer().city))).unwrap();
        (published.changed, said)
    }

    /// What the lists in the bundle say of the places that are not valid, by their URIs. The files say the same.
    fn lists(&self) -> BTreeMap<String, Vec<(u64, Status)>> {
        let bundle = files::read(&self.out.join("bundle.cbor")).unwrap();
        let key = keys::signer(self.issuer(), KeyUse::Status, now()).unwrap().public_key();
        let mut lists = BTreeMap::new();
        for token in Bundle::parse(&bundle).unwrap().status_lists {
            let list = StatusToken::parse(token).unwrap().verify(&key).unwrap();
            let place = list.uri.strip_prefix(self.issuer().city.url.as_str()).unwrap();
            assert_eq!(files::read(&self.out.join(place.trim_start_matches('/'))).unwrap(), token);
            let statuses = list.statuses().unwrap();
            let said = (0..statuses.len()).map(|index| (index, statuses.get(index).unwrap()));
            let said = said.filter(|(_, status)| *status != Status::Valid).collect();
            lists.insert(list.uri.to_owned(), said);
        }
        lists
    }

    fn change(&self, change: Change, card: &Card) {
        revocation::change(self.issuer(), change, Named::Number(&card.number), "lost", &actor(), now())
            .unwrap();
    }

    fn write<T>(&self, act: impl FnOnce(&mut crate::db::Tx<'_>) -> Result<T, DbError>) -> T {
        let written = self.issuer().db.write(|tx| {
            tx.audit(entry("test"))?;
            act(tx)
        });
        written.unwrap()
    }
}

fn place(card: &Card) -> u64 {
    u64::try_from(card.status_index).unwrap()
}

fn in_order<const N: usize>(mut said: [(u64, Status); N]) -> Vec<(u64, Status)> {
    said.sort_by_key(|(place, _)| *place);
    said.to_vec()
}

#[test]
fn each_change_is_in_the_next_publication_and_no_other_list_is_made_anew() {
    use Status::{Revoked, Suspended};
    for mut press in presses() {
        let [a, b, c] = ["Ana", "Bo", "Chidi"].map(|name| press.city.enrol(name, now()));
        assert_eq!(press.says(), (1, vec![]));
        assert_eq!(press.says(), (0, vec![]));
        press.change(Change::Suspend, &a);
        assert_eq!(press.says(), (1, vec![(place(&a), Suspended)]));
        press.change(Change::Revoke, &b);
        let shelf = press.issuer().data.join("lists");
        let earlier: Vec<_> = std::fs::read_dir(&shelf).unwrap().map(|file| file.unwrap().path()).collect();
        let earlier: Vec<_> =
            earlier.into_iter().map(|path| (path.clone(), files::read(&path).unwrap())).collect();
        assert_eq!(press.says(), (1, in_order([(place(&a), Suspended), (place(&b), Revoked)])));
        press.change(Change::Reinstate, &a);
        assert_eq!(press.says(), (1, vec![(place(&b), Revoked)]));
        // There and back again between two publications.
        press.change(Change::Suspend, &a);
        press.change(Change::Reinstate, &a);
        assert_eq!(press.says(), (0, vec![(place(&b), Revoked)]));
        // By whoever writes the database, and however: an older program, a person.
        press.city.tamper(&format!("UPDATE card SET status = 'revoked' WHERE number = '{}'", c.number));
        let both = in_order([(place(&b), Revoked), (place(&c), Revoked)]);
        assert_eq!(press.says(), (1, both.clone()));
        // What was compressed earlier, put back by a restored disk, says something else and is not used.
        for (path, bytes) in earlier {
            std::fs::write(path, bytes).unwrap();
        }
        assert_eq!(press.says(), (1, both.clone()));
        let kept = KeptStatus {
            status_list_id: a.status_list_id.clone(),
            status_index: (0..4)
                .find(|index| ![&a, &b, &c].map(|card| card.status_index).contains(index))
                .unwrap(),
            status: crate::db::card_status::CardStatus::Suspended,
        };
        press.write(|tx| Ok(kept.put(tx.conn())?));
        let (changed, said) = press.says();
        assert_eq!((changed, said.len()), (1, 3));
        assert!(said.contains(&(u64::try_from(kept.status_index).unwrap(), Suspended)));
        // A stolen key: only the one card that it signed before is good.
        press.write(|tx| {
            Card::mark_issued(tx.conn(), &[a.id.clone(), b.id.clone()])?;
            Ok(IssuingKey::compromise(tx.conn(), &a.kid, now() + Duration::minutes(1))?)
        });
        let (changed, said) = press.says();
        let capacity = usize::try_from(LIST_CAPACITY).unwrap();
        assert_eq!((changed, said.len()), (1, capacity - 1));
        assert!(said.iter().all(|(index, status)| *index != place(&a) && *status == Revoked));
        assert_eq!(press.says().0, 0);
        // The loss is moved back to before the card.
        press.write(|tx| Ok(IssuingKey::compromise(tx.conn(), &a.kid, now() - Duration::days(1))?));
        let (changed, said) = press.says();
        assert_eq!((changed, said.len()), (1, capacity));
    }
}

#[test]
fn a_list_signed_anew_is_as_new_as_its_publication() {
    for mut press in presses() {
        press.city.enrol("Ana", now());
        let mut times = Vec::new();
        for _ in 0..2 {
            press.publish();
            let bundle = files::read(&press.out.join("bundle.cbor")).unwrap();
            let (trusted, _) = Trusted::establish(&bundle, None).unwrap();
            times.extend(trusted.status_lists().map(|(_, at)| at - now().timestamp()));
            let index = files::read(&press.out.join("index.cbor")).unwrap();
            let index = Index::parse(&index).unwrap();
            let stored: Vec<_> = index
                .apart()
                .map(|apart| (apart, files::read(&press.out.join(apart.place())).unwrap()))
                .collect();
            let mut pieces = Pieces::default();
            assert!(stored.iter().all(|(apart, bytes)| pieces.add(apart, bytes)));
            assert_eq!(index.assemble(&pieces).unwrap(), bundle);
        }
        assert_eq!(times, [60, 120]);
    }
}

#[test]
fn cards_go_on_to_the_next_list_where_one_is_full() {
    for mut press in presses() {
        let first = press.city.enrol("Ana", now());
        let room = |left: i64| {
            press.city.tamper(&format!(
                "UPDATE status_list SET next_position = {} WHERE shard = 0",
                LIST_CAPACITY - left
            ));
        };
        let batch = |size: usize| {
            let typed = Typed { full_name: "Bo", ..Typed::default() };
            let resident = Resident::parse(&typed, &press.issuer().city, now().date_naive()).unwrap();
            let application = Application { resident, pictures: None };
            let signer = keys::signer(press.issuer(), KeyUse::Card, now()).unwrap();
            let origin = Origin { batch: None, first_row: 1 };
            let drafts = issuance::reserve(
                press.issuer(),
                &signer,
                &vec![application; size],
                None,
                origin,
                &actor(),
                now(),
            );
            let find = |conn: &mut _, number: &str| Ok::<_, DbError>(Card::find_by_number(conn, number)?);
            let cards = drafts
                .unwrap()
                .into_iter()
                .map(|draft| press.issuer().db.read(|conn| find(conn, draft.number())).unwrap().unwrap());
            cards.collect::<Vec<_>>()
        };
        let lists = || press.issuer().db.read(|conn| Ok::<_, DbError>(StatusList::all(conn)?)).unwrap();
        // As many as there is room for, to the last place.
        room(3);
        let full = batch(3);
        assert!(full.iter().all(|card| card.status_list_id == first.status_list_id));
        assert_eq!(lists().len(), 1);
        assert_eq!(lists()[0].next_position, LIST_CAPACITY);
        // One more: the next list, and after it as well.
        let next = batch(1);
        assert_eq!(
            lists().iter().map(|list| (list.shard, list.next_position)).collect::<Vec<_>>(),
            [(0, LIST_CAPACITY), (1, 1)]
        );
        assert_eq!(batch(1)[0].status_list_id, next[0].status_list_id);
        // Across the border: those that are signed together stand together, and nothing is given out twice.
        press
            .city
            .tamper(&format!("UPDATE status_list SET next_position = {} WHERE shard = 1", LIST_CAPACITY - 2));
        let across = batch(3);
        assert!(across.iter().all(|card| card.status_list_id == across[0].status_list_id));
        assert_eq!(
            lists().iter().map(|list| list.next_position).collect::<Vec<_>>(),
            [LIST_CAPACITY, LIST_CAPACITY - 2, 3]
        );
        let uris: Vec<String> = lists().into_iter().map(|list| list.uri).collect();
        let prefix = issuance::status_prefix(&press.issuer().city);
        assert_eq!(uris, [1, 2, 3].map(|number| format!("{prefix}{number}")));
        // Each list speaks of its own cards.
        for card in [&full[0], &next[0], &across[2]] {
            press.change(Change::Revoke, card);
        }
        assert_eq!(press.publish().changed, 3);
        let said = press.lists().into_values().collect::<Vec<_>>();
        assert_eq!(said, [&full[0], &next[0], &across[2]].map(|card| vec![(place(card), Status::Revoked)]));
    }
}
