use ::tests::city::{City, OTHER_ROOT};
use tempfile::TempDir;

use super::*;

fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("kept"));
    (folder, store)
}

fn city(sequence: u64) -> City {
    City::port_alder().with(|city| city.trust_list.sequence = sequence)
}

fn stranger() -> City {
    City::port_alder().with(|city| city.root = OTHER_ROOT)
}

fn sequence(store: &Store) -> u64 {
    store.load().unwrap().unwrap().trust_list().sequence
}

fn is_damaged<T>(answer: &Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::Damaged { .. }))
}

#[test]
fn what_is_kept_already_is_not_written_again() {
    let (_folder, store) = store();
    store.take(&city(12).bundle(), None).unwrap();
    let stamp = store.stamp().unwrap();
    let (_, update) = store.take(&city(12).bundle(), None).unwrap();
    assert_eq!((update.sequence_before, update.lists_changed), (Some(12), 0));
    assert_eq!(store.stamp().unwrap(), stamp);
}

#[test]
fn a_damaged_bundle_is_replaced_by_one_of_the_pinned_root_alone() {
    let (_folder, store) = store();
    store.take(&city(12).bundle(), None).unwrap();
    let whole = fs::read(store.bundle_path()).unwrap();
    for damaged in [&whole[..whole.len() / 2], b"", b"something else"] {
        fs::write(store.bundle_path(), damaged).unwrap();
        assert!(is_damaged(&store.load()));
        let foreign = store.take(&stranger().bundle(), None);
        assert!(matches!(foreign, Err(StoreError::Trust(TrustError::OtherRoot { .. }))), "{foreign:?}");
        let named = store.take(&stranger().bundle(), Some(OTHER_ROOT.public().thumbprint()));
        assert!(matches!(named, Err(StoreError::Trust(TrustError::OtherRoot { .. }))), "{named:?}");
        assert_eq!(fs::read(store.bundle_path()).unwrap(), damaged);
        store.take(&city(12).bundle(), None).unwrap();
        assert_eq!(sequence(&store), 12);
    }
}

#[test]
fn without_a_pin_what_is_damaged_waits_for_a_person_to_name_the_root() {
    let root = city(12).root.public().thumbprint();
    for pin in [None, Some("no fingerprint")] {
        let (_folder, store) = store();
        store.take(&city(12).bundle(), None).unwrap();
        match pin {
            None => fs::remove_file(store.pin_path()).unwrap(),
            Some(pin) => fs::write(store.pin_path(), pin).unwrap(),
        }
        assert!(is_damaged(&store.load()));
        assert!(is_damaged(&store.take(&city(13).bundle(), None)));
        // The lists themselves are whole: nothing older is taken.
        let older = store.take(&city(11).bundle(), Some(root));
        assert!(matches!(older, Err(StoreError::Trust(TrustError::OlderTrustList { .. }))), "{older:?}");
        store.take(&city(12).bundle(), Some(root)).unwrap();
        assert_eq!(sequence(&store), 12);
    }
}

#[test]
fn a_pin_without_a_bundle_still_holds() {
    let (_folder, store) = store();
    store.take(&city(12).bundle(), None).unwrap();
    fs::remove_file(store.bundle_path()).unwrap();
    assert!(store.load().unwrap().is_none());
    let foreign = store.take(&stranger().bundle(), None);
    assert!(matches!(foreign, Err(StoreError::Trust(TrustError::OtherRoot { .. }))), "{foreign:?}");
    store.take(&city(12).bundle(), None).unwrap();
}

#[test]
fn two_verifiers_in_one_folder_never_put_each_other_back() {
    let (_folder, store) = store();
    store.take(&city(1).bundle(), None).unwrap();
    let takes = |numbers: std::ops::Range<u64>| {
        let store = store.clone();
        move || {
            for number in numbers {
                match store.take(&city(number).bundle(), None) {
                    Ok((trusted, _)) => assert_eq!(trusted.trust_list().sequence, number),
                    Err(StoreError::Trust(TrustError::OlderTrustList { held, .. })) => assert!(held > number),
                    Err(error) => panic!("{error}"),
                }
                assert!(sequence(&store) >= number);
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(takes(2..42));
        scope.spawn(takes(22..62));
    });
    assert_eq!(sequence(&store), 61);
    let mut names: Vec<_> =
        fs::read_dir(store.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["lock", "root.txt", "trusted.cbor"]);
}
