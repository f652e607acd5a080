//! Holders, and what each desk sees of them.

use super::{Case, Folder, case, invalid, valid};
use crate::city::{face, identity, old_ferry_card, riverbend_card, service_card};
use crate::raw::Map;

pub(super) fn cases() -> Vec<Case> {
    [kinds(), scripts(), desks()].into_iter().flatten().collect()
}

fn kinds() -> Vec<Case> {
    vec![
        valid("identity", "An identity credential in this format's own profile", &identity()),
        valid("service", "A service credential: number, services and a face, no name", &service_card()),
        valid(
            "identity-every-field",
            "An identity credential with every field that this format writes",
            &every_field(),
        ),
        valid(
            "identity-name-only",
            "The least that an identity credential carries: a name",
            &identity().without_field(1).without_field(3).without_field(8),
        ),
        valid(
            "service-number-only",
            "The least that a service credential carries: a number",
            &service_card().without_field(62),
        ),
        valid(
            "nationality-and-legal-status-not-shown",
            "Another writer put in nationality (13) and legal status (22): neither is ever shown",
            &identity().field(13, "XX").field(22, "whatever"),
        ),
        valid(
            "unknown-keys",
            "Claims and identity keys that the format does not name are passed over",
            &identity()
                .claim(7, vec![1, 2, 3])
                .claim("hello", "world")
                .claim(-70_000, true_and_null())
                .field(30, "thirty")
                .field(99, 99)
                .field("hello", "world"),
        ),
        valid(
            "wrong-types-count-as-absent",
            "A version that is a number, a gender that is text, a face that is text: absent, not refused",
            &identity().field(2, 10).field(9, "1").field(62, "5249"),
        ),
        valid(
            "other-city-with-lists",
            "A card of a recognised city that publishes a status list",
            &old_ferry_card(),
        ),
    ]
}

fn every_field() -> crate::draft::Draft {
    identity()
        .field(2, "1.1")
        .field(9, 3)
        .field(10, "c/o Harbour Shelter, 4 Quay Street")
        .field(15, "Ilse Żurawska")
        .field(19, "زوي جورافسكا")
        .field(20, "ar")
        .field(62, face(220))
}

fn true_and_null() -> crate::raw::Raw {
    use crate::raw::Raw;
    Raw::Array(vec![Raw::Bool(true), Raw::Null, Raw::Float(1.5), Map::default().into()])
}

fn scripts() -> Vec<Case> {
    let named = |name, description, first: &str, second: &str, language: &str| {
        valid(name, description, &identity().field(4, first).field(19, second).field(20, language))
    };
    vec![
        named("script-arabic", "A second name in Arabic", "Layla Haddad", "ليلى حدّاد", "ar"),
        named("script-georgian", "A second name in Georgian", "Nino Kapanadze", "ნინო კაპანაძე", "ka"),
        named("script-cyrillic", "A second name in Cyrillic", "Oksana Ryzhenko", "Оксана Риженко", "uk"),
        named("script-devanagari", "A second name in Devanagari", "Kshitija Shreshtha", "क्षितिजा श्रेष्ठ", "ne"),
        named("script-ethiopic", "A second name in Ethiopic", "Selamawit Tesfaye", "ሰላማዊት ተስፋዬ", "am"),
        named("script-han", "A second name in Chinese characters", "Lin Yuqing", "林雨晴", "zh-Hant"),
        named("script-hebrew", "A second name in Hebrew", "Noa Bar-Adon", "נועה בר־אדון", "he"),
        valid(
            "one-word-name-combining-marks",
            "A name of one word, its accents as combining marks: kept as written",
            &identity().field(4, "Su\u{302}ra\u{301}j"),
        ),
    ]
}

fn desks() -> Vec<Case> {
    let all = every_field();
    let at_desk = |name, description, text: String, desk| {
        case(Folder::Valid, name, description, text, "valid").desk(desk)
    };
    vec![
        at_desk("desk-library", "The library sees names and face, no birth date", all.text(), "library"),
        at_desk("desk-clinic", "The clinic sees all that is on the card", all.text(), "clinic"),
        at_desk("desk-transit", "The transit desk sees a face and no name", all.text(), "transit"),
        at_desk(
            "desk-transit-service-code",
            "The service code at the transit desk",
            service_card().text(),
            "transit",
        ),
        at_desk(
            "desk-scope-absent",
            "A card without a scope opens all that its issuer may grant here",
            riverbend_card().text(),
            "library",
        ),
        invalid(
            "service-not-in-scope",
            "The card's scope does not name the desk's service",
            &identity().claim(9, "library clinic"),
            "not_valid: service_not_granted",
        )
        .desk("transit"),
        invalid(
            "service-not-for-this-issuer",
            "The scope names a service that the city does not let this issuer grant",
            &old_ferry_card().claim(9, "library transit"),
            "not_valid: service_not_granted",
        )
        .desk("transit"),
        invalid(
            "service-scope-absent-not-for-this-issuer",
            "No scope, and a service that the city does not let this issuer grant",
            &riverbend_card(),
            "not_valid: service_not_granted",
        )
        .desk("clinic"),
        invalid(
            "service-unknown-to-the-city",
            "A desk of a service that the trust list does not know",
            &identity().claim(9, "library archive"),
            "not_valid: service_not_granted",
        )
        .desk("archive"),
        invalid(
            "service-name-is-whole",
            "A scope that holds the service's name as a part of a longer one",
            &identity().claim(9, "library-annex translibrary"),
            "not_valid: service_not_granted",
        )
        .desk("library"),
        invalid(
            "scope-empty",
            "An empty scope opens nothing",
            &identity().claim(9, ""),
            "not_valid: service_not_granted",
        )
        .desk("library"),
    ]
}
