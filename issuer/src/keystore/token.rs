//! Signing keys in a token (PKCS#11): made there, used there, never given away.
//!
//! ```text
//! keys/signing/KID.token   pkcs11:token=NAME;id=%00…?module-path=/usr/lib/…/libsofthsm2.so
//! ```
//! The PIN is in no file of the city: it comes from `ISSUER_TOKEN_PIN` or the systemd credential `issuer-token-pin`.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as TokenError, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass};
use cryptoki::session::{Session, UserType};
use secrecy::SecretString;
use shared::cose::Algorithm;
use shared::keys::{Kid, PublicKey, SignError, Signer, hex};

use super::file::write_new;
use super::signing::{NO_URI, token_at};
use super::{Keystore, KeystoreError, Passphrase, PassphraseOf};
use crate::edge::random_bytes;

/// The name of the curve as a DER string, which is what tokens of today take.
const ED25519: &[u8] = b"\x13\x0cedwards25519";

/// Where a key is, as its PKCS#11 URI says (RFC 7512): the parts that are used here.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    module: PathBuf,
    token: String,
    id: Vec<u8>,
}

impl Place {
    fn parse(uri: &str) -> Option<Self> {
        let (path, query) = uri.trim().strip_prefix("pkcs11:")?.split_once('?')?;
        let of = |text: &str, separator, name: &str| -> Option<Vec<u8>> {
            let found = text.split(separator).filter_map(|part| part.split_once('='));
            found.filter(|(known, _)| *known == name).find_map(|(_, value)| unescaped(value))
        };
        let text = |bytes| String::from_utf8(bytes).ok().filter(|text| !text.is_empty());
        Some(Self {
            module: PathBuf::from(text(of(query, '&', "module-path")?)?),
            token: text(of(path, ';', "token")?)?,
            id: of(path, ';', "id").unwrap_or_default(),
        })
    }

    fn uri(&self) -> String {
        let module = escaped(self.module.to_string_lossy().as_bytes());
        format!(
            "pkcs11:token={};id={}?module-path={module}",
            escaped(self.token.as_bytes()),
            escaped(&self.id)
        )
    }
}

fn escaped(bytes: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte);
    let one = |&byte: &u8| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{}", hex(&[byte]).to_uppercase()) }
    };
    bytes.iter().map(one).collect()
}

fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    Some(out)
}

impl Keystore {
    /// Makes a key in the token that this PKCS#11 URI names, and keeps where it is.
    ///
    /// # Errors
    /// When the URI is none, or the token does not make a key.
    pub fn new_token_key(&self, uri: &str) -> Result<TokenSigner, KeystoreError> {
        let token = |fault: String| KeystoreError::Token { token: uri.to_owned(), fault };
        let mut place = Place::parse(uri).ok_or_else(|| {
            token("write it as pkcs11:token=NAME?module-path=/path/of/the/module.so".to_owned())
        })?;
        place.id = random_bytes::<16>().to_vec();
        let pool = Pool::open(place, pin()?)?;
        let public = pool.with_session(Pool::make).map_err(|error| pool.fault(&error))?;
        let signer = TokenSigner::of(pool, &public)?;
        write_new(
            &self.token_path(&signer.kid.to_hex())?,
            format!("{}\n", signer.pool.place.uri()).as_bytes(),
        )?;
        Ok(signer)
    }

    /// The key of this name, in its token.
    ///
    /// # Errors
    /// When it is in none, or the token is not there or does not know it.
    pub fn token_key(&self, name: &str) -> Result<TokenSigner, KeystoreError> {
        let path = self.token_path(name)?;
        let place = Place::parse(&token_at(&path)?);
        let place = place.ok_or(KeystoreError::Damaged { path, fault: NO_URI })?;
        let pool = Pool::open(place, pin()?)?;
        let public = pool.with_session(Pool::public).map_err(|error| pool.fault(&error))?;
        TokenSigner::of(pool, &public)
    }
}

fn pin() -> Result<SecretString, KeystoreError> {
    let fault = |fault: String| KeystoreError::Token { token: "that holds the keys".to_owned(), fault };
    Passphrase::find(PassphraseOf::Token, None, &|name| std::env::var_os(name))
        .map_err(|error| fault(error.to_string()))?
        .map(|pin| pin.secret())
        .ok_or_else(|| {
            let how = "give it in ISSUER_TOKEN_PIN or the systemd credential issuer-token-pin";
            fault(format!("its PIN is missing; {how}"))
        })
}

/// A key in a token.
pub struct TokenSigner {
    pool: Pool,
    public: PublicKey,
    kid: Kid,
}

impl TokenSigner {
    fn of(pool: Pool, point: &[u8]) -> Result<Self, KeystoreError> {
        // A DER octet string around the 32 bytes; some tokens give the bytes alone.
        let bytes = point.strip_prefix(&[0x04, 0x20]).filter(|rest| rest.len() == 32).unwrap_or(point);
        let public = PublicKey::ed25519(bytes).map_err(|error| KeystoreError::Token {
            token: pool.place.token.clone(),
            fault: format!("its key is no Ed25519 key: {error}"),
        })?;
        let kid = public.kid();
        Ok(Self { pool, public, kid })
    }
}

impl Signer for TokenSigner {
    fn public_key(&self) -> PublicKey {
        self.public.clone()
    }

    fn kid(&self) -> Kid {
        self.kid
    }

    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDsa
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        let signed = self.pool.with_session(|pool, session| pool.sign(session, message));
        let unavailable = |reason| SignError::Unavailable { reason };
        let signature = signed.map_err(|error| unavailable(self.pool.fault(&error).to_string()))?;
        let signature: [u8; 64] = signature
            .try_into()
            .map_err(|_| unavailable("the token made no Ed25519 signature".to_owned()))?;
        // A token that signs wrongly must not put a card into anybody's hands.
        if self.public.verify(Algorithm::EdDsa, message, &signature) {
            return Ok(signature);
        }
        Err(unavailable("the token made a signature that is not of its key".to_owned()))
    }
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSigner").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// Sessions with a token: one for each thread that signs at the moment, opened anew when they are lost.
struct Pool {
    place: Place,
    module: Pkcs11,
    pin: SecretString,
    idle: Mutex<Vec<Session>>,
}

impl Pool {
    fn open(place: Place, pin: SecretString) -> Result<Self, KeystoreError> {
        let fault = |fault: String| KeystoreError::Token { token: place.token.clone(), fault };
        let module = Pkcs11::new(&place.module)
            .map_err(|error| fault(format!("cannot load {}: {error}", place.module.display())))?;
        match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // Once a process: another key of the same module came first.
            Ok(()) | Err(TokenError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(fault(error.to_string())),
        }
        Ok(Self { place, module, pin, idle: Mutex::new(Vec::new()) })
    }

    /// Does something in a session that is signed in; once more in a new one when the session was lost.
    fn with_session<T>(
        &self,
        act: impl Fn(&Self, &Session) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        let idle = self.idle().pop();
        if let Some(session) = idle {
            match act(self, &session) {
                Err(error) if is_lost(&error) => self.idle().clear(),
                done => {
                    self.idle().push(session);
                    return done;
                }
            }
        }
        let session = self.begin()?;
        let done = act(self, &session);
        if done.is_ok() {
            self.idle().push(session);
        }
        done
    }

    fn begin(&self) -> Result<Session, TokenError> {
        for slot in self.module.get_slots_with_token()? {
            if self.module.get_token_info(slot)?.label() != self.place.token {
                continue;
            }
            let session = self.module.open_rw_session(slot)?;
            return match session.login(UserType::User, Some(&self.pin)) {
                // All sessions of a process are signed in together.
                Ok(()) | Err(TokenError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
                Err(error) => Err(error),
            };
        }
        Err(TokenError::Pkcs11(RvError::TokenNotPresent, cryptoki::context::Function::GetSlotList))
    }

    fn make(&self, session: &Session) -> Result<Vec<u8>, TokenError> {
        let id = || Attribute::Id(self.place.id.clone());
        let public = [
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Verify(true),
            Attribute::EcParams(ED25519.to_vec()),
            id(),
        ];
        let private = [
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
            id(),
        ];
        session.generate_key_pair(&Mechanism::EccEdwardsKeyPairGen, &public, &private)?;
        self.public(session)
    }

    fn public(&self, session: &Session) -> Result<Vec<u8>, TokenError> {
        let key = self.object(session, ObjectClass::PUBLIC_KEY)?;
        let found = session.get_attributes(key, &[AttributeType::EcPoint])?;
        let point = found.into_iter().find_map(|attribute| match attribute {
            Attribute::EcPoint(point) => Some(point),
            _ => None,
        });
        Ok(point.unwrap_or_default())
    }

    fn sign(&self, session: &Session, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        let key = self.object(session, ObjectClass::PRIVATE_KEY)?;
        let ed25519 = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure));
        session.sign(&ed25519, key, message)
    }

    fn object(
        &self,
        session: &Session,
        class: ObjectClass,
    ) -> Result<cryptoki::object::ObjectHandle, TokenError> {
        let wanted = [
            Attribute::Class(class),
            Attribute::KeyType(KeyType::EC_EDWARDS),
            Attribute::Id(self.place.id.clone()),
        ];
        let found = session.find_objects(&wanted)?.into_iter().next();
        found.ok_or(TokenError::Pkcs11(RvError::KeyHandleInvalid, cryptoki::context::Function::FindObjects))
    }

    /// What went wrong, and what to do.
    fn fault(&self, error: &TokenError) -> KeystoreError {
        let fault = match error {
            TokenError::Pkcs11(RvError::PinIncorrect | RvError::PinLenRange, _) => {
                "the PIN is wrong; do not try often, a token locks itself".to_owned()
            }
            TokenError::Pkcs11(RvError::PinLocked, _) => "it is locked after too many wrong PINs".to_owned(),
            // What a module says whose token was taken away, where it has no better word.
            TokenError::Pkcs11(RvError::GeneralError | RvError::DeviceError, _) => {
                "it does not answer; put it back and start this program again, nothing was signed".to_owned()
            }
            TokenError::Pkcs11(
                RvError::TokenNotPresent | RvError::DeviceRemoved | RvError::SlotIdInvalid,
                _,
            ) => "it is not there; put it back and do the same again, nothing was signed".to_owned(),
            TokenError::Pkcs11(RvError::KeyHandleInvalid | RvError::ObjectHandleInvalid, _) => {
                "it does not hold the key; is it the right token?".to_owned()
            }
            error => error.to_string(),
        };
        KeystoreError::Token { token: self.place.token.clone(), fault }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        // Sessions are taken out before they are used.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a new session may help.
fn is_lost(error: &TokenError) -> bool {
    let TokenError::Pkcs11(error, _) = error else { return false };
    matches!(
        error,
        RvError::SessionHandleInvalid
            | RvError::SessionClosed
            | RvError::UserNotLoggedIn
            | RvError::DeviceRemoved
            | RvError::DeviceError
            | RvError::TokenNotPresent
            | RvError::KeyHandleInvalid
            | RvError::ObjectHandleInvalid
            | RvError::GeneralError
    )
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::config::testing::city;
    use crate::db::Word as _;
    use crate::db::act::Actor;
    use crate::db::issuing_key::KeyUse;
    use crate::db::testing::{databases, now};
    use crate::keys::{Decision, Done};

    #[test]
    fn a_uri_is_read_and_written() {
        let place = Place::parse("pkcs11:token=City%20Hall;id=%00a%FF?module-path=/usr/lib/a.so").unwrap();
        assert_eq!((place.token.as_str(), place.id.as_slice()), ("City Hall", [0, b'a', 255].as_slice()));
        assert_eq!(Place::parse(&place.uri()), Some(place));
        for bad in [
            "",
            "pkcs11:token=a",
            "pkcs11:id=a?module-path=/a",
            "pkcs11:token=%4?module-path=/a",
            "token=a?module-path=/a",
        ] {
            assert_eq!(Place::parse(bad), None, "{bad}");
        }
    }

    /// Where the token is that `tests/run pkcs11` made.
    fn uri() -> String {
        let module = std::env::var("TEST_TOKEN_MODULE").expect("tests/run pkcs11 sets it");
        format!("pkcs11:token=city?module-path={module}")
    }

    /// What takes over from a key in the token is made there too, when it is replaced and when it was lost.
    fn takes_over_in_the_token() {
        let test = databases().remove(0);
        let issuer = test.issuer(city(), now());
        let actor = Actor::command_line("hall");
        let usage = KeyUse::Card.as_str().to_owned();
        let in_token = |kid: &str| issuer.keystore.is_in_token(kid).unwrap();
        let does = |decision: Decision, minutes: i64| {
            decision.carry_out(&issuer, &actor, now() + Duration::minutes(minutes)).unwrap()
        };
        let Done::Made(first) =
            does(Decision::New { usage: usage.clone(), desk: None, pkcs11: Some(uri()) }, 1)
        else {
            panic!("no key was made")
        };
        assert!(in_token(&first.kid));
        let Done::Rotated(next, _) = does(Decision::Rotate { usage, desk: None, from: None }, 2) else {
            panic!("no key took over")
        };
        assert!(in_token(&next.kid) && next.kid != first.kid);
        let Done::Compromised(lost) = does(Decision::Compromise { kid: next.kid, since: None }, 3) else {
            panic!("no key was lost")
        };
        assert!(in_token(&lost.successor.unwrap().unwrap().kid));
    }

    #[test]
    #[ignore = "it needs a token: tests/run pkcs11"]
    fn a_token_makes_keys_signs_and_survives_what_happens_to_it() {
        let dir = tempfile::tempdir().unwrap();
        let keystore = Keystore::create(dir.path(), None).unwrap();
        let made = keystore.new_token_key(&uri()).unwrap();
        let name = made.kid().to_hex();
        assert!(keystore.is_in_token(&name).unwrap());
        let signer = keystore.token_key(&name).unwrap();
        assert_eq!(signer.public_key(), made.public_key());

        // Eight threads, 25 signatures each, every one checked by what signs and here.
        std::thread::scope(|scope| {
            for thread in 0..8_u8 {
                let signer = &signer;
                scope.spawn(move || {
                    for round in 0..25_u8 {
                        let message = [thread, round];
                        let signature = signer.sign(&message).unwrap();
                        assert!(signer.public_key().verify(Algorithm::EdDsa, &message, &signature));
                    }
                });
            }
        });
        // Deterministic: an interrupted card is made again, the very same.
        assert_eq!(signer.sign(b"card").unwrap(), made.sign(b"card").unwrap());

        // The secret half never leaves.
        let session = signer.pool.begin().unwrap();
        let key = signer.pool.object(&session, ObjectClass::PRIVATE_KEY).unwrap();
        let seen = session.get_attributes(key, &[AttributeType::Value]);
        assert!(!seen.is_ok_and(|seen| seen.iter().any(|one| matches!(one, Attribute::Value(_)))));

        // The session is lost, and had anew without anybody noticing.
        session.logout().unwrap();
        signer.sign(b"after a lost login").unwrap();
        drop(session);

        // A wrong PIN in a session of its own.
        let lost = signer.pool.begin().unwrap();
        lost.logout().unwrap();
        let wrong = Pool::open(signer.pool.place.clone(), "0000".into()).unwrap();
        let said = wrong.with_session(Pool::public).map_err(|error| wrong.fault(&error).to_string());
        assert!(said.unwrap_err().contains("the PIN is wrong"));
        drop(lost);
        signer.sign(b"after a wrong PIN").unwrap();

        // Every session is closed behind us, as by a token that was reset: a new one is had without anybody noticing.
        signer.pool.module.clone().finalize().unwrap();
        signer.pool.module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
        let closed = signer.pool.idle().last().unwrap().get_session_info();
        assert!(closed.is_err_and(|error| is_lost(&error)));
        signer.sign(b"after closed sessions").unwrap();

        takes_over_in_the_token();

        // Taken out in mid-work, and put back.
        let tokens = PathBuf::from(std::env::var("TEST_TOKENS").expect("tests/run pkcs11 sets it"));
        let away = tokens.with_extension("away");
        std::fs::rename(&tokens, &away).unwrap();
        let said = signer.sign(b"without a token").unwrap_err().to_string();
        std::fs::rename(&away, &tokens).unwrap();
        assert!(said.contains("the token city: ") && said.contains("put it back"), "{said}");
        // As after a new start of the program: this module does not look for a token that it gave up.
        signer.pool.module.clone().finalize().unwrap();
        keystore.token_key(&name).unwrap().sign(b"put back").unwrap();
    }
}
