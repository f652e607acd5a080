//! Has somebody a card already? Answered by a keyed hash of name and birth date, whose secret is another each term.
//!
//! A name is hashed as the words it has, in the order of the alphabet, in small letters without accents, points, hyphens
//! and apostrophes: `O’Neill-Ñandú, Zoë` is `nandu oneill zoe`. Letters that are another letter in some keyboards and
//! registers count as that one (`ß` as `ss`, `ø` as `o`, `ı` as `i`, `ى` as `ي`). Two spellings in two scripts are two
//! names. Without a birth date nothing is compared: too many people share a name.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use unicode_normalization::UnicodeNormalization as _;

use super::case::{Changing, Told};
use super::{CaseError, Draft, Opened};
use crate::config::Duplicates;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit::NewAuditEntry;
use crate::db::card::Card;
use crate::db::card_status::CardStatus;
use crate::db::duplicate_hash::DuplicateHash;
use crate::db::visit::Visit;
use crate::db::{AnyConnection, Id, Word};
use crate::mac::hmac_sha256;
use crate::resident::{BirthDate, Resident};
use crate::{Error, Issuer};

/// How many terms are kept beside the one that runs.
const KEPT_TERMS: i64 = 2;
/// How many older secrets are looked for each time old terms are forgotten.
const FORGOTTEN_TERMS: i64 = 10;

/// Why a card is made although somebody alike has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyAnother {
    /// It is somebody else of the same name and birth date.
    SomebodyElse,
    /// The other card was lost, and is to be revoked.
    Lost,
    /// The other card runs out.
    RunsOut,
    /// Something else, which a second officer heard.
    Other,
}

impl Word for WhyAnother {
    const ALL: &'static [Self] = &[Self::SomebodyElse, Self::Lost, Self::RunsOut, Self::Other];

    fn as_str(self) -> &'static str {
        match self {
            Self::SomebodyElse => "somebody_else",
            Self::Lost => "lost",
            Self::RunsOut => "runs_out",
            Self::Other => "other",
        }
    }
}

/// The numbers of other cards of somebody with this name and birth date that are good. The case's own cards and the one
/// it renews or replaces are none of them.
///
/// # Errors
/// When a part fails.
pub fn duplicates(issuer: &Issuer, opened: &Opened, now: DateTime<Utc>) -> Result<Vec<String>, CaseError> {
    let hashes = hashes(issuer, &opened.draft, now.date_naive())?;
    let hashes: Vec<_> = hashes.into_iter().map(|(_, hash)| hash).collect();
    issuer.db.read(|conn| {
        let visit = Visit::find(conn, &opened.case.id)?.ok_or(CaseError::NotFound)?;
        others(conn, &visit, &hashes, now)
    })
}

/// Forgets the hashes and secrets of terms that are more than two terms back, or all where the check is off. Says how
/// many hashes there were.
///
/// # Errors
/// When a part fails; the next time it goes on.
pub fn forget_old(issuer: &Issuer, actor: &Actor, now: DateTime<Utc>) -> Result<usize, Error> {
    let (before, years) = match issuer.city.duplicates {
        Duplicates::Off => (i64::from(now.year()) + 1, 1),
        Duplicates::Term(years) => {
            let years = i64::from(years.years());
            (term(now.date_naive(), years) - KEPT_TERMS * years, years)
        }
    };
    let any = issuer.db.read(|conn| Ok::<_, Error>(DuplicateHash::are_there_before(conn, before)?))?;
    let forgotten = if any {
        issuer.db.write(|tx| {
            let forgotten = DuplicateHash::forget_before(tx.conn(), before)?;
            tx.audit(NewAuditEntry {
                at: now,
                actor: actor.clone(),
                act: Act::DuplicatesForgotten,
                subject_kind: SubjectKind::City,
                subject: issuer.city.url.as_str().to_owned(),
                reason: None,
            })?;
            Ok::<_, Error>(forgotten)
        })?
    } else {
        0
    };
    for year in before - FORGOTTEN_TERMS * years..before {
        issuer.keystore.forget_secret(&secret(year))?;
    }
    Ok(forgotten)
}

/// Refuses to make a card for somebody alike, unless there is a reason, which is told.
pub(super) fn allow(
    changing: &mut Changing<'_, '_>,
    draft: &Draft,
    another: Option<WhyAnother>,
) -> Result<(), CaseError> {
    let hashes = hashes(changing.issuer, draft, changing.now.date_naive())?;
    let hashes: Vec<_> = hashes.into_iter().map(|(_, hash)| hash).collect();
    let (visit, now) = (changing.visit.clone(), changing.now);
    let others = others(changing.tx.conn(), &visit, &hashes, now)?;
    match another {
        _ if others.is_empty() => Ok(()),
        None => Err(CaseError::Duplicates(others)),
        Some(why) => {
            for number in others {
                changing.tell(
                    Told::because(Act::DuplicateAllowed, why.as_str()),
                    SubjectKind::Card,
                    number,
                )?;
            }
            Ok(())
        }
    }
}

/// Keeps the hash for the case's card, in the term that runs.
pub(super) fn keep(changing: &mut Changing<'_, '_>, draft: &Draft) -> Result<(), CaseError> {
    let hashes = hashes(changing.issuer, draft, changing.now.date_naive())?;
    if let (Some((term, hash)), Some(card_id)) = (hashes.into_iter().next(), changing.visit.card_id.clone()) {
        DuplicateHash { card_id, term, hash }.insert(changing.tx.conn())?;
    }
    Ok(())
}

fn others(
    conn: &mut AnyConnection,
    visit: &Visit,
    hashes: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<Vec<String>, CaseError> {
    let other = |card: &Card| {
        is_good(card, now)
            && card.enrolment_id.as_ref() != Some(&visit.enrolment_id)
            && Some(&card.id) != visit.earlier_card_id.as_ref()
    };
    let cards = DuplicateHash::cards(conn, hashes)?;
    Ok(cards.into_iter().filter(other).map(|card| card.number).collect())
}

/// Somebody without a visit, as they are compared.
pub(crate) struct Alike(Hashes);

impl Alike {
    /// Of somebody who asks for a card.
    ///
    /// # Errors
    /// When the keystore does not give the secret of the term.
    pub(crate) fn of(issuer: &Issuer, resident: &Resident, now: DateTime<Utc>) -> Result<Self, Error> {
        let today = now.date_naive();
        hashes_of(issuer, &resident.full_name, resident.birth_date, today).map(Self)
    }

    /// The numbers of the good cards of somebody alike.
    pub(crate) fn good_cards(
        &self,
        conn: &mut AnyConnection,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, Error> {
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        let hashes: Vec<_> = self.0.iter().map(|(_, hash)| hash.clone()).collect();
        let cards = DuplicateHash::cards(conn, &hashes)?;
        Ok(cards.into_iter().filter(|card| is_good(card, now)).map(|card| card.number).collect())
    }

    /// Keeps the hash for their card, in the term that runs.
    pub(crate) fn keep(&self, conn: &mut AnyConnection, card: &Id<Card>) -> Result<(), Error> {
        if let Some((term, hash)) = self.0.first() {
            DuplicateHash { card_id: card.clone(), term: *term, hash: hash.clone() }.insert(conn)?;
        }
        Ok(())
    }
}

fn is_good(card: &Card, now: DateTime<Utc>) -> bool {
    card.status != CardStatus::Revoked && now < card.expires_at.utc()
}

/// The hashes of a person under the secret of each term that is kept, the one that runs first.
type Hashes = Vec<(i64, Vec<u8>)>;

fn hashes(issuer: &Issuer, draft: &Draft, today: NaiveDate) -> Result<Hashes, CaseError> {
    Ok(hashes_of(issuer, &draft.full_name, draft.birth_date(today), today)?)
}

fn hashes_of(
    issuer: &Issuer,
    full_name: &str,
    born: Option<BirthDate>,
    today: NaiveDate,
) -> Result<Hashes, Error> {
    let Duplicates::Term(years) = issuer.city.duplicates else { return Ok(Vec::new()) };
    let Some(born) = born else { return Ok(Vec::new()) };
    let (name, born) = (normal(full_name), written(born));
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let years = i64::from(years.years());
    let now = term(today, years);
    let terms = (0..=KEPT_TERMS).map(|back| now - back * years);
    let hash = |term: i64| {
        let key = if term == now {
            Some(issuer.keystore.secret(&secret(term))?)
        } else {
            issuer.keystore.find_secret(&secret(term))?
        };
        let parts: [&[u8]; 3] = [name.as_bytes(), &[0], born.as_bytes()];
        Ok(key.map(|key| (term, hmac_sha256(&key, &parts).to_vec())))
    };
    terms.map(hash).filter_map(Result::transpose).collect()
}

/// The first year of the term of a day.
fn term(today: NaiveDate, years: i64) -> i64 {
    i64::from(today.year()).div_euclid(years) * years
}

fn secret(term: i64) -> String {
    format!("duplicates-{term}")
}

fn written(born: BirthDate) -> String {
    match born {
        BirthDate::Day(day) => day.to_string(),
        BirthDate::Year(year) => year.to_string(),
    }
}

/// A name as it is compared.
fn normal(name: &str) -> String {
    let folded: String = name
        .nfkd()
        .filter(|c| !is_mark(*c))
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_mark(*c))
        .flat_map(|c| alike(c).map_or_else(|| c.to_string(), str::to_owned).chars().collect::<Vec<_>>())
        .filter(|c| !matches!(c, '\'' | '\u{2bc}' | '\u{2bb}' | '\u{2018}' | '\u{2019}' | '`' | '\u{b4}'))
        .collect();
    let mut words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric() && !is_sign(c)).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

/// Accents and points of Latin, Greek, Cyrillic, Hebrew and Arabic. The vowel signs of other scripts stay: they are
/// letters there.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}'
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6ed}')
}

/// What belongs to a word without being a letter: vowel signs, and joiners.
fn is_sign(c: char) -> bool {
    use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};
    c.general_category_group() == GeneralCategoryGroup::Mark
}

fn alike(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ς' => "σ",
        'ى' | 'ی' => "ي",
        'ک' => "ك",
        '\u{200c}' | '\u{200d}' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_compared_without_what_registers_differ_in() {
        for (one, other, normalised) in [
            ("Zoë Müller-Nguyễn", "NGUYEN MULLER  zoe", "muller nguyen zoe"),
            ("O’Neill-Ñandú, Zoë", "Zoe O'Neill Nandu", "nandu oneill zoe"),
            ("Straße", "STRASSE", "strasse"),
            ("Łukasz Bjørn Đorđe", "lukasz bjorn dorde", "bjorn dorde lukasz"),
            ("Işık İnan", "isik inan", "inan isik"),
            ("Ægir Þór", "Aegir Thor", "aegir thor"),
            ("ｚｏｅ", "zoe", "zoe"),
            ("Ζωή Αλέξανδρος", "ΖΩΗ ΑΛΕΞΑΝΔΡΟΣ", "αλεξανδροσ ζωη"),
            ("Пётр Йовков", "ПЕТР ИОВКОВ", "иовков петр"),
            ("لَيْلى أحمد", "احمد ليلي", "احمد ليلي"),
            ("עִבְרִית", "עברית", "עברית"),
            ("ნინო ბერიძე", "ბერიძე ნინო", "ბერიძე ნინო"),
            ("王 小明", "小明 王", "小明 王"),
        ] {
            assert_eq!((normal(one).as_str(), normal(other).as_str()), (normalised, normalised));
        }
        for (one, other) in [
            ("Ana Novak", "Anna Novak"),
            ("प्रिया", "प्रया"),
            ("王小明", "王小名"),
            ("Ana", "Ana Ana"),
            ("Ali", "علي"),
        ] {
            assert_ne!(normal(one), normal(other));
        }
        assert_eq!(normal(" -- ’ "), "");
    }

    #[test]
    fn terms_are_whole_years() {
        let year = |year| NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or_default();
        assert_eq!([term(year(2026), 1), term(year(2027), 2), term(year(2026), 5)], [2026, 2026, 2025]);
    }
}
