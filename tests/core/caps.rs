//! Every cap of the lists and the bundle: what just fits, and one more. The caps of
//! cards are among the vectors.

use shared::bundle::{self, Bundle, BundleError};
use shared::cbor::CborError;
use shared::qr_text::ZlibError;
use shared::status_list::{self, Bits, StatusList, StatusListError, StatusToken};
use shared::trust_list::{
    self, Issuer, IssuerKey, Service, ServiceId, StatusSource, TrustList, TrustListError,
};
use tests::city::{City, DESK, LISTS, LISTS_AT, List, ROOT};
use tests::draft::{Draft, TYP};
use tests::raw::{Map, Raw};

fn read(list: &TrustList) -> Result<TrustList, TrustListError> {
    let signed = list.sign(&ROOT.signer()).unwrap();
    TrustList::parse(&signed)?.verify(&ROOT.public()).map(shared::Verified::into_inner)
}

fn bare() -> TrustList {
    TrustList { issuers: Vec::new(), services: Vec::new(), ..City::port_alder().trust_list }
}

fn issuer() -> Issuer {
    Issuer {
        url: "https://a.example".to_owned(),
        names: trust_list::Texts::new(),
        hotline: None,
        keys: Vec::new(),
        status: StatusSource::None,
        services: Vec::new(),
    }
}

fn with(change: impl FnOnce(&mut Issuer)) -> TrustList {
    let mut issuer = issuer();
    change(&mut issuer);
    TrustList { issuers: vec![issuer], ..bare() }
}

/// What `list` makes of `most` is read back; of one more it is refused as too many.
fn most_of(most: u64, list: impl Fn(usize) -> TrustList) {
    let most_usize = usize::try_from(most).unwrap();
    let fits = list(most_usize);
    assert_eq!(read(&fits), Ok(fits));
    match read(&list(most_usize + 1)) {
        Err(TrustListError::Cbor(CborError::TooManyEntries { entries, .. })) => assert_eq!(entries, most + 1),
        other => panic!("{other:?}"),
    }
}

#[test]
fn issuers() {
    most_of(trust_list::MAX_ISSUERS, |count| {
        let issuers = (0..count).map(|place| Issuer { url: format!("https://{place}.example"), ..issuer() });
        TrustList { issuers: issuers.collect(), ..bare() }
    });
}

#[test]
fn keys_of_an_issuer() {
    let key: IssuerKey = City::port_alder().trust_list.issuers.remove(0).keys.remove(0);
    most_of(trust_list::MAX_KEYS, |count| with(|issuer| issuer.keys = vec![key.clone(); count]));
}

#[test]
fn services_of_an_issuer_and_of_the_city() {
    let id = ServiceId::parse("library").unwrap();
    most_of(trust_list::MAX_SERVICES, |count| with(|issuer| issuer.services = vec![id.clone(); count]));
    let service = City::port_alder().trust_list.services.remove(0);
    most_of(trust_list::MAX_SERVICES, |count| {
        let named =
            |place| Service { id: ServiceId::parse(&format!("s{place}")).unwrap(), ..service.clone() };
        TrustList { services: (0..count).map(named).collect(), ..bare() }
    });
}

#[test]
fn status_lists_of_an_issuer() {
    most_of(trust_list::MAX_STATUS_URIS, |count| {
        with(|issuer| issuer.status = StatusSource::Lists(vec!["https://a.example/1".to_owned(); count]))
    });
}

#[test]
fn texts_of_the_trust_list() {
    let named = |length: usize| with(|issuer| issuer.url = "u".repeat(length));
    let fits = named(trust_list::MAX_TEXT);
    assert_eq!(read(&fits), Ok(fits));
    let over = read(&named(trust_list::MAX_TEXT + 1));
    assert_eq!(over, Err(TrustListError::Value { part: "issuer", key: 1 }));
}

#[test]
fn language_tags() {
    let named = |length: usize| with(|issuer| _ = issuer.names.insert("l".repeat(length), "A".to_owned()));
    let fits = named(35);
    assert_eq!(read(&fits), Ok(fits));
    assert_eq!(read(&named(36)), Err(TrustListError::Value { part: "issuer", key: 2 }));
}

#[test]
fn service_names() {
    assert!(ServiceId::parse(&"s".repeat(32)).is_some());
    for name in ["", "Library", "a b", "a_b", "ß", &"s".repeat(33)] {
        assert_eq!(ServiceId::parse(name), None, "{name:?}");
    }
}

#[test]
fn a_trust_list_as_a_whole() {
    let fits = vec![0; trust_list::MAX_LEN];
    assert!(!matches!(TrustList::parse(&fits), Err(TrustListError::TooLarge { .. })));
    let length = trust_list::MAX_LEN + 1;
    let over = TrustList::parse(&vec![0; length]).map(|_| ());
    assert_eq!(over, Err(TrustListError::TooLarge { length }));
}

#[test]
fn statuses() {
    for (bits, per_byte) in [(Bits::One, 8), (Bits::Two, 4), (Bits::Four, 2), (Bits::Eight, 1)] {
        let most = u64::try_from(status_list::MAX_LIST).unwrap() * per_byte;
        let full = StatusList::new(bits, most).unwrap();
        assert_eq!(full.len(), most);
        assert_eq!(StatusList::from_cbor(&full.to_cbor()), Ok(full));
        let too_large = StatusListError::Zlib(ZlibError::TooLarge { limit: status_list::MAX_LIST });
        assert_eq!(StatusList::new(bits, most + 1), Err(too_large));
        let over = Map::from([
            ("bits", Raw::Int(i64::from(bits.width()))),
            ("lst", tests::pack::zlib(&vec![0; status_list::MAX_LIST + 1]).into()),
        ]);
        assert_eq!(StatusList::from_cbor(&over.encoded()), Err(too_large));
    }
}

#[test]
fn name_of_a_status_list() {
    let named = |length: usize| List::new(&"u".repeat(length), LISTS).draft().token();
    let fits = named(status_list::MAX_URI);
    assert_eq!(StatusToken::parse(&fits).unwrap().dangerous_peek().uri.len(), status_list::MAX_URI);
    let over = named(status_list::MAX_URI + 1);
    assert_eq!(StatusToken::parse(&over).map(|_| ()), Err(StatusListError::Claim { claim: 2 }));
}

#[test]
fn a_signed_status_list_as_a_whole() {
    let mut statuses = StatusList::new(Bits::Two, 8).unwrap();
    statuses.set(1, status_list::Status::Revoked).unwrap();
    let padded = |fill: usize| {
        let mut claims = Map::from([(2, Raw::from("u")), (6, Raw::Int(LISTS_AT))]);
        claims.push(500, vec![0; fill]);
        claims.push(65_533, Raw::Encoded(statuses.to_cbor()));
        Draft::new(LISTS).protected(TYP, status_list::TYPE).payload_bytes(claims.encoded()).token()
    };
    let overhead = padded(1_000_000).len() - 1_000_000;
    let fits = padded(status_list::MAX_TOKEN - overhead);
    assert_eq!(fits.len(), status_list::MAX_TOKEN);
    let verified = StatusToken::parse(&fits).unwrap().verify(&LISTS.public()).unwrap();
    assert_eq!(verified.statuses(), Ok(statuses.clone()));
    let length = status_list::MAX_TOKEN + 1;
    let over = padded(length - overhead);
    assert_eq!(StatusToken::parse(&over).map(|_| ()), Err(StatusListError::TooLarge { length }));
}

#[test]
fn lists_in_a_bundle() {
    let of = |count: usize| {
        let status_lists = vec![b"list".as_slice(); count];
        Bundle { root: DESK.public(), trust_list: b"trust", status_lists }.to_cbor()
    };
    let most = usize::try_from(bundle::MAX_LISTS).unwrap();
    assert_eq!(Bundle::parse(&of(most)).unwrap().status_lists.len(), most);
    match Bundle::parse(&of(most + 1)) {
        Err(BundleError::Cbor(CborError::TooManyEntries { entries, .. })) => {
            assert_eq!(entries, bundle::MAX_LISTS + 1);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_bundle_as_a_whole() {
    let of = |length: usize| {
        let trust_list = vec![0; length];
        Bundle { root: DESK.public(), trust_list: &trust_list, status_lists: vec![] }.to_cbor()
    };
    let overhead = of(1_000_000).len() - 1_000_000;
    let fits = of(bundle::MAX_LEN - overhead);
    assert_eq!(fits.len(), bundle::MAX_LEN);
    assert_eq!(Bundle::parse(&fits).unwrap().trust_list.len(), bundle::MAX_LEN - overhead);
    let length = bundle::MAX_LEN + 1;
    assert_eq!(Bundle::parse(&of(length - overhead)), Err(BundleError::TooLarge { length }));
}
