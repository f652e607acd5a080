//! A card that a program asks for: checked like a row of a batch, made once for each key that the program gives.
//!
//! The key is kept in the transaction that reserves the card. So after a crash the same call finds its one card and goes on
//! with it; of two calls with one key at once, one reserves the card and both are given it.

use chrono::{DateTime, Utc};

use super::RequestKey;
use crate::batch;
use crate::card::Press;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::api_request::ApiRequest;
use crate::db::card::{Card, CardState};
use crate::db::card_status::CardStatus;
use crate::db::enrolment::Enrolment;
use crate::db::issuing_key::KeyUse;
use crate::db::status_list::StatusList;
use crate::db::{DbError, Id, Tx, Word as _};
use crate::enrolment::{Alike, WhyAnother};
use crate::issuance::{self, Application, Draft, IssuedCard, Terms, entry};
use crate::keys::IssuingSigner;
use crate::{Error, Issuer, crash, keys};

/// A card that is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whose.
    pub application: Application,
    /// Why, although somebody alike has a card.
    pub another: Option<WhyAnother>,
    /// What the call is known by.
    pub key: RequestKey,
}

/// A card that was asked for.
#[derive(Debug)]
pub struct Issued {
    /// The row of the card.
    pub card: Card,
    /// Where its status is told.
    pub status_list: String,
    /// The card, signed.
    pub signed: IssuedCard,
}

/// Why no card was issued.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotIssued {
    /// The key was used for something else.
    #[error("this key was given to another call before")]
    OtherRequest,
    /// The card cannot be printed. Why would repeat what was sent.
    #[error("the card cannot be printed")]
    Unprintable,
    /// Somebody of this name and birth date has a good card.
    #[error("somebody of this name and birth date has a good card")]
    Duplicate,
    /// The card that this call made was revoked since.
    #[error("the card that this call made was revoked")]
    Revoked,
    /// A part failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<diesel::result::Error> for NotIssued {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<DbError> for NotIssued {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

/// Issues the card, or gives the one that the same call made before.
///
/// # Errors
/// [`NotIssued`]; nothing is reserved then.
pub fn issue(
    issuer: &Issuer,
    press: &Press,
    asked: &Asked,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Issued, NotIssued> {
    let known = issuer.db.read(|conn| Ok::<_, Error>(ApiRequest::find(conn, &asked.key.key_hash)?))?;
    let reserved = if let Some(known) = known {
        Reserved::Before(repeated(issuer, asked, &known, actor, now)?)
    } else {
        let terms = Terms::of(&issuer.city, now);
        batch::fits(press, &issuer.city, &asked.application, terms).map_err(|_| NotIssued::Unprintable)?;
        reserve(issuer, asked, actor, now).inspect(|_| crash::point("api.reserved"))?
    };
    match reserved {
        Reserved::Now(reserved) => {
            let (id, draft, key) = *reserved;
            let status_list = draft.status_list().to_owned();
            let signed = draft.sign(&key).map_err(Error::from)?;
            crash::point("api.signed");
            let card = note_issued(issuer, &id, actor, now)?;
            crash::point("api.noted");
            Ok(Issued { card, status_list, signed })
        }
        Reserved::Before(id) => again(issuer, &id, &asked.application, actor, now),
    }
}

/// A reserved card.
enum Reserved {
    /// By this call, with what signs it.
    Now(Box<(Id<Card>, Draft, IssuingSigner)>),
    /// By the same call, earlier or in the same moment.
    Before(Id<Card>),
}

/// Reserves the card and keeps the key, in one transaction.
fn reserve(issuer: &Issuer, asked: &Asked, actor: &Actor, now: DateTime<Utc>) -> Result<Reserved, NotIssued> {
    let signer = keys::signer_at(issuer, KeyUse::Card, Some(actor.desk()), now)?;
    let application = &asked.application;
    let record = issuance::seal_one(issuer, application, actor, now)?;
    let alike = Alike::of(issuer, &application.resident, now)?;
    let reserved = issuer.db.write(|tx| {
        // Writers come one after the other: whoever came first with this key has kept it by now.
        if let Some(known) = ApiRequest::find(tx.conn(), &asked.key.key_hash)? {
            return tell_repeated(tx, asked, &known, actor, now).map(Err);
        }
        let others = alike.good_cards(tx.conn(), now)?;
        let why = match asked.another {
            None if !others.is_empty() => return Err(NotIssued::Duplicate),
            why => why.map(WhyAnother::as_str),
        };
        Enrolment::insert_all(tx.conn(), std::slice::from_ref(&record))?;
        let (id, draft) = issuance::reserve_for(issuer, tx, &signer, record.id(), application, actor, now)?;
        asked.key.kept(id.clone(), now).insert(tx.conn())?;
        alike.keep(tx.conn(), &id)?;
        for number in others {
            let mut told = entry(Act::DuplicateAllowed, SubjectKind::Card, number, actor, now);
            told.reason = why.map(str::to_owned);
            tx.audit(told)?;
        }
        crash::point("api.reserving");
        Ok(Ok((id, draft)))
    })?;
    Ok(match reserved {
        Ok((id, draft)) => Reserved::Now(Box::new((id, draft, signer))),
        Err(before) => Reserved::Before(before),
    })
}

/// The card of an earlier call, put together again from the same request: the very same. Signs it where a crash came
/// between, or the call that reserved it is not that far yet.
fn again(
    issuer: &Issuer,
    id: &Id<Card>,
    application: &Application,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Issued, NotIssued> {
    let (card, status_list) = issuer.db.read(|conn| {
        let card = Card::find(conn, id)?.ok_or(diesel::result::Error::NotFound)?;
        let list = StatusList::find(conn, &card.status_list_id)?.ok_or(diesel::result::Error::NotFound)?;
        Ok::<_, Error>((card, list.uri))
    })?;
    if card.status == CardStatus::Revoked {
        return Err(NotIssued::Revoked);
    }
    let draft = Draft::again(&issuer.city, application, &card, &status_list)?;
    let signed = draft.sign(&keys::by_kid(issuer, &card.kid)?).map_err(Error::from)?;
    let card = match card.state {
        CardState::Issued => card,
        CardState::Reserved => note_issued(issuer, &card.id, actor, now)?,
    };
    Ok(Issued { card, status_list, signed })
}

fn note_issued(issuer: &Issuer, id: &Id<Card>, actor: &Actor, now: DateTime<Utc>) -> Result<Card, NotIssued> {
    issuer.db.write(|tx| {
        let card = Card::find(tx.conn(), id)?.ok_or(diesel::result::Error::NotFound)?;
        if card.status == CardStatus::Revoked {
            return Err(NotIssued::Revoked);
        }
        match card.state {
            CardState::Reserved => issuance::note_issued(issuer, tx, vec![card.clone()], actor, now)?,
            // The same call, sent twice at once, came first.
            CardState::Issued => say_repeated(tx, &card, actor, now)?,
        }
        crash::point("api.noting");
        Ok(Card { state: CardState::Issued, ..card })
    })
}

fn repeated(
    issuer: &Issuer,
    asked: &Asked,
    known: &ApiRequest,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Id<Card>, NotIssued> {
    issuer.db.write(|tx| tell_repeated(tx, asked, known, actor, now))
}

/// Tells the audit log that a call came again; it is refused where it asks for something else.
fn tell_repeated(
    tx: &mut Tx<'_>,
    asked: &Asked,
    known: &ApiRequest,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Id<Card>, NotIssued> {
    if !asked.key.is_same(known) {
        return Err(NotIssued::OtherRequest);
    }
    let card = Card::find(tx.conn(), &known.card_id)?.ok_or(diesel::result::Error::NotFound)?;
    say_repeated(tx, &card, actor, now)?;
    Ok(card.id)
}

fn say_repeated(tx: &mut Tx<'_>, card: &Card, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    tx.audit(entry(Act::CallRepeated, SubjectKind::Card, card.number.clone(), actor, now))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::Duration;
    use sha2::Digest as _;

    use super::*;
    use crate::card::Fonts;
    use crate::db::api_token::ApiToken;
    use crate::db::testing::{TestCity, cities, now};
    use crate::programs::{Wanted, make};
    use crate::resident::{Resident, Typed};

    fn press() -> Press {
        Press::new(Fonts::new(false)).unwrap()
    }

    fn program(city: &TestCity) -> ApiToken {
        let wanted = Wanted {
            name: "library-system".to_owned(),
            scopes: vec!["issue".to_owned()],
            desk: None,
            days: 90,
            calls_a_minute: 600,
        };
        make(&city.issuer, &wanted, &Actor::command_line("hall"), now()).unwrap().kept
    }

    fn asked(issuer: &Issuer, program: &ApiToken, key: &str, full_name: &str) -> Asked {
        let typed = Typed { full_name, ..Typed::default() };
        let resident = Resident::parse(&typed, &issuer.city, now().date_naive()).unwrap();
        let parts = [full_name.as_bytes()];
        Asked {
            application: Application { resident, pictures: None },
            another: None,
            key: RequestKey::of(issuer, &program.id, key, parts).unwrap(),
        }
    }

    #[test]
    fn a_key_makes_one_card_whichever_process_it_is_sent_to() {
        for city in cities() {
            let (press, program) = (press(), program(&city));
            let actor = Actor::program(&program.id, &program.desk);
            let processes: Vec<_> =
                (0..6).map(|_| city.test.issuer(city.issuer.city.clone(), now())).collect();
            let texts: BTreeSet<_> = std::thread::scope(|scope| {
                let running: Vec<_> = processes
                    .iter()
                    .map(|issuer| {
                        let asked = asked(issuer, &program, "one-key-for-all", "Ana Novak");
                        let (press, actor) = (&press, &actor);
                        scope.spawn(move || {
                            let issued = issue(issuer, press, &asked, actor, now()).unwrap();
                            assert_eq!(issued.card.state, CardState::Issued);
                            (issued.card.number, issued.signed.identity_qr, issued.signed.service_qr)
                        })
                    })
                    .collect();
                running.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert_eq!(texts.len(), 1, "{texts:?}");
            let all = city.issuer.db.read(|conn| Ok::<_, Error>(Card::all(conn)?)).unwrap();
            assert_eq!(all.len(), 1);
            let acts = city.issuer.db.read(|conn| Ok::<_, Error>(crate::db::testing::acts(conn)?)).unwrap();
            let count = |act: &str| acts.iter().filter(|one| *one == act).count();
            assert_eq!((count("cards_reserved"), count("cards_issued")), (1, 1));

            let other = asked(&city.issuer, &program, "one-key-for-all", "Bo Ek");
            let refused = issue(&city.issuer, &press, &other, &actor, now());
            assert!(matches!(refused, Err(NotIssued::OtherRequest)), "{refused:?}");
            let new = asked(&city.issuer, &program, "another-key", "Bo Ek");
            let issued = issue(&city.issuer, &press, &new, &actor, now() + Duration::seconds(1)).unwrap();
            assert_ne!(issued.card.number, all[0].number);
        }
    }

    #[test]
    fn nothing_that_is_kept_says_what_was_asked_for() {
        for city in cities() {
            let program = program(&city);
            let actor = Actor::program(&program.id, &program.desk);
            let key = "a-key-that-names-zoe";
            let asked = asked(&city.issuer, &program, key, "Zoë Ångström");
            issue(&city.issuer, &press(), &asked, &actor, now()).unwrap();
            let held = city.test.everything();
            let plain = |bytes: &[u8]| shared::keys::hex(&<[u8; 32]>::from(sha2::Sha256::digest(bytes)));
            for secret in [
                key.to_owned(),
                "Ångström".to_owned(),
                plain(key.as_bytes()),
                plain("Zoë Ångström".as_bytes()),
            ] {
                assert!(!held.contains(&secret), "{secret}");
            }
            assert!(held.contains(&shared::keys::hex(&asked.key.key_hash)));
        }
    }
}
