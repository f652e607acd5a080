//! Every Claim 169 dialect that is read, alone and in combination.

use super::{Case, Folder, case, valid};
use crate::city::{
    EXPIRES, ISSUED, RIVERBEND, RIVERBEND_ED, RIVERBEND_URL, identity, riverbend_card, service_card,
};
use crate::draft::{ALG, Draft, KID};

pub(super) fn cases() -> Vec<Case> {
    let good = |name, description, text: String| case(Folder::Valid, name, description, text, "valid");
    let kid = identity_kid();
    vec![
        valid("dialect-tag61", "Tag 61 around tag 18", &identity().tags(&[61, 18])),
        valid("dialect-untagged", "No tag", &identity().tags(&[])),
        good("dialect-hex-lower", "The token in lower-case hexadecimal inside zlib", identity().hex_text()),
        good(
            "dialect-hex-upper",
            "The token in upper-case hexadecimal inside zlib",
            identity().upper_hex_text(),
        ),
        valid("dialect-bstr169", "Claim 169 as a byte string that holds the map", &identity().wrapped()),
        valid(
            "dialect-alg-19",
            "Ed25519 under its own algorithm number, -19",
            &identity().protected(ALG, -19),
        ),
        valid(
            "dialect-unprotected-kid",
            "The key id in the unprotected header",
            &identity().without_protected(KID).unprotected(KID, kid.as_slice()),
        ),
        valid(
            "dialect-no-kid",
            "No key id: every key of the issuer is tried",
            &identity().without_protected(KID),
        ),
        valid(
            "dialect-text-kid",
            "The key id as the base64url text of the listed one",
            &identity().protected(KID, crate::city::base64_of(&kid).into_bytes()),
        ),
        valid("dialect-es256", "ECDSA on P-256", &riverbend_card().tags(&[18]).unwrapped()),
        good(
            "dialect-inji",
            "What Inji Certify prints: tag 61, hexadecimal, byte string, ES256, text key id",
            riverbend_card().hex_text(),
        ),
        good("dialect-inji-upper", "The same in upper-case hexadecimal", riverbend_card().upper_hex_text()),
        good(
            "dialect-inji-no-kid",
            "The same without a key id: both keys of the issuer are tried",
            riverbend_card().without_protected(KID).hex_text(),
        ),
        good(
            "dialect-untagged-hex-unprotected-kid",
            "No tag, hexadecimal, unprotected key id",
            identity().tags(&[]).without_protected(KID).unprotected(KID, kid.as_slice()).hex_text(),
        ),
        valid(
            "dialect-everything-ed25519",
            "Tag 61, byte string, algorithm -19, no key id",
            &identity().tags(&[61, 18]).wrapped().protected(ALG, -19).without_protected(KID),
        ),
        valid(
            "dialect-bstr169-service",
            "A service credential with claim 169 as a byte string",
            &service_card().wrapped(),
        ),
        valid(
            "dialect-second-key-of-issuer",
            "Another key of a recognised issuer, its own key id",
            &Draft::new(RIVERBEND_ED)
                .claim(1, RIVERBEND_URL)
                .claim(4, EXPIRES)
                .claim(6, ISSUED)
                .field(4, "Ravi Testperson"),
        ),
        valid(
            "dialect-p256-thumbprint-kid",
            "The key id as the 32 bytes that the trust list names",
            &riverbend_card().protected(KID, RIVERBEND.public().thumbprint().as_bytes().as_slice()),
        ),
        valid(
            "dialect-face-alone",
            "The face as one map instead of an array, as Inji writes it",
            &service_card().field(62, lone_face()),
        ),
        valid(
            "dialect-keys-not-in-order",
            "Map keys in no order: not deterministic, but not refused",
            &identity().without(1).claim_again(1, crate::city::PORT_ALDER_URL),
        ),
    ]
}

fn identity_kid() -> Vec<u8> {
    crate::city::DESK.kid().as_bytes().to_vec()
}

fn lone_face() -> crate::raw::Raw {
    use crate::raw::{Map, Raw};
    Map::from([(0, Raw::from(crate::pack::filler(40))), (1, Raw::Int(0)), (2, Raw::Int(1))]).into()
}
