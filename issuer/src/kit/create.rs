//! A new kit, at the city hall.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};

use chrono::{DateTime, Datelike as _, Duration, SubsecRound as _, Utc};
use serde::{Deserialize, Serialize};
use shared::keys::{Ed25519Signer, Signer as _};
use zeroize::Zeroizing;

use super::Rest;
use crate::backup::name_database;
use crate::config::City;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::issuing_key::{IssuingKey, KeyState, KeyUse, NewIssuingKey};
use crate::db::kit::{Kit, KitState};
use crate::db::officer::{NewOfficer, Officer, OfficerState};
use crate::db::sign_in::SecondFactor;
use crate::db::status_list::{NewStatusList, StatusList};
use crate::db::{Database, Id, Tx};
use crate::issuance::{LIST_CAPACITY, Terms, entry, new_place, status_prefix};
use crate::keystore::{Keystore, Passphrase};
use crate::officers::Factor;
use crate::recovery::RecoveryKey;
use crate::{Error, Issuer, crash, edge, files};

/// The longest life of a kit's key, in days.
const LONGEST: u16 = 31;
/// How long a kit signs statements: records outlive the event, and so do their receipts.
const STATEMENTS: Duration = Duration::days(2 * 366);

/// A kit to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What it is called.
    pub name: String,
    /// How many days its key signs.
    pub days: u16,
    /// From when on; none for at once.
    pub from: Option<DateTime<Utc>>,
    /// The logins of its officers.
    pub officers: Vec<String>,
    /// Its folder.
    pub out: PathBuf,
}

/// An officer who goes along, with what they sign in with.
struct Along(Officer, Factor, i64);

/// Makes a kit: a folder that is a desk of its own, and the city's note of it. All of it or nothing.
///
/// # Errors
/// When something of what is wanted cannot be, there is no passphrase, or a part fails.
pub fn create(
    city: &Issuer,
    wanted: &Wanted,
    passphrase: Option<Passphrase>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Kit, Error> {
    let now = now.trunc_subsecs(0);
    let officers = check(city, wanted, now)?;
    let passphrase = passphrase.ok_or_else(|| {
        Error::Refused(
            "a kit's keys are always under a passphrase: put one into --kit-passphrase-file or ISSUER_KIT_PASSPHRASE"
                .to_owned(),
        )
    })?;
    let above = match wanted.out.parent() {
        Some(above) if above != Path::new("") => above,
        _ => Path::new("."),
    };
    files::make_folder(above)?;
    let staging = tempfile::Builder::new()
        .prefix(".kit-")
        .permissions(std::fs::Permissions::from_mode(0o700))
        .tempdir_in(above)
        .map_err(files::failed("write to the folder", above))?;
    copy_settings(city, staging.path())?;
    let settings = City::load(&staging.path().join("city.toml"))?;
    let keystore = Keystore::create(&staging.path().join("keys"), Some(passphrase))?;
    keystore.keep_root_public(&city.keystore.root_public_key()?)?;
    Rest::begin(&keystore)?;
    let rest = Rest::wake(&settings.database, &keystore)?;
    let db = Database::open(&settings.database)?;
    let kit = Issuer::of(staging.path().to_owned(), settings, db, keystore).with_rest(rest);
    kit.db.migrate()?;
    crash::point("kit.begun");
    let id = Id::new(edge::new_id(now));
    kit.keystore.put_secret("recovery", RecoveryKey::of_kit(&city.keystore, &id)?.secret())?;

    let (cards, statements) = (new_key(&kit)?, new_key(&kit)?);
    let from = wanted.from.map_or(now, |from| from.trunc_subsecs(0));
    let until = from + Duration::days(i64::from(wanted.days));
    let key = |signer: &Ed25519Signer, usage, until: DateTime<Utc>, desk: Option<&str>| NewIssuingKey {
        kid: signer.kid().to_hex(),
        usage,
        state: KeyState::Active,
        not_before: if usage == KeyUse::Card { from } else { now }.into(),
        not_after: until.into(),
        public_key: signer.public_key().to_bytes(),
        created_at: now.into(),
        desk: desk.map(str::to_owned),
    };
    let made = city.db.write(|tx| {
        IssuingKey::insert(tx.conn(), &key(&cards, KeyUse::Card, until, Some(&wanted.name)))?;
        let lists = lists(city, tx, &cards.kid().to_hex(), from, until, now)?;
        let mut row = Kit {
            id: id.clone(),
            name: wanted.name.clone(),
            kid: cards.kid().to_hex(),
            statement_key: statements.public_key().to_bytes(),
            first_hash: Vec::new(),
            officers: officers.iter().map(|along| along.0.id.as_str()).collect::<Vec<_>>().join(" "),
            made_at: now.into(),
            valid_until: until.into(),
            state: KitState::Out,
            merged_at: None,
        };
        row.first_hash = kit.db.write(|tx| {
            let own = Actor::command_line(&wanted.name);
            let first = tx.audit(entry(Act::KitBegun, SubjectKind::Kit, wanted.name.clone(), &own, now))?;
            IssuingKey::insert(tx.conn(), &key(&cards, KeyUse::Card, until, None))?;
            IssuingKey::insert(tx.conn(), &key(&statements, KeyUse::Status, now + STATEMENTS, None))?;
            for list in &lists {
                StatusList::insert(tx.conn(), list)?;
            }
            let here = Kit { state: KitState::Here, first_hash: first.hash.clone(), ..row.clone() };
            here.insert(tx.conn())?;
            officers.iter().try_for_each(|along| along.take(&kit, tx))?;
            Ok::<_, Error>(first.hash)
        })?;
        crash::point("kit.filled");
        row.insert(tx.conn())?;
        let mut told = entry(Act::KitMade, SubjectKind::Kit, row.name.clone(), actor, now);
        told.reason = Some(format!("key {}, first entry {}", row.kid, shared::keys::hex(&row.first_hash)));
        tx.audit(told)?;
        crash::point("kit.making");
        Ok::<_, Error>(row)
    })?;
    crash::point("kit.made");
    // Closed and sealed before it moves: the database's journals lie beside it.
    drop(kit);
    let staged = staging.keep();
    std::fs::rename(&staged, &wanted.out).map_err(|error| {
        let place = staged.display();
        Error::Refused(format!(
            "the kit is made and lies in {place}, since it cannot be put in its place ({error}): move it there"
        ))
    })?;
    crash::point("kit.placed");
    Ok(made)
}

/// What can be said before anything is made; and the officers who go along.
fn check(city: &Issuer, wanted: &Wanted, now: DateTime<Utc>) -> Result<Vec<Along>, Error> {
    let refused = |why: String| Err(Error::Refused(why));
    let name = &wanted.name;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(1..=32).contains(&name.len()) || !name.chars().all(plain) {
        return refused("the name of a kit has 1 to 32 of a to z, 0 to 9 and -".to_owned());
    }
    if !(1..=LONGEST).contains(&wanted.days) {
        return refused(format!("a kit's key signs for 1 to {LONGEST} days"));
    }
    if wanted.from.is_some_and(|from| from < now - Duration::days(1)) {
        return refused("the first day of the kit is past".to_owned());
    }
    if wanted.out.exists() {
        return refused(format!("{} is there already; name a new folder", wanted.out.display()));
    }
    city.db.read(|conn| {
        if let Some(here) = city.kit(conn)? {
            return refused(format!("this is the event kit {}; kits are made at the city hall", here.name));
        }
        if Kit::find_by_name(conn, name)?.is_some() {
            return refused(format!("there is a kit {name} already; each has a name of its own"));
        }
        if IssuingKey::all(conn)?.iter().any(|key| key.desk.as_ref() == Some(name)) {
            return refused(format!("{name} is the name of a desk that has a key"));
        }
        let mut along = Vec::new();
        for login in wanted.officers.iter().collect::<BTreeSet<_>>() {
            let officer = Officer::find_by_login(conn, login)?;
            let Some(officer) = officer.filter(|officer| officer.state == OfficerState::Active) else {
                return refused(format!("there is no officer {login} who may sign in"));
            };
            let sealed = SecondFactor::find(conn, &officer.id)?;
            let step = sealed.as_ref().map_or(0, |sealed| sealed.last_step);
            let factor = sealed
                .map(|sealed| Factor::open(&city.keystore, &sealed.sealed_secret, &officer.id))
                .transpose()?
                .flatten();
            let Some(factor) = factor else {
                return refused(format!(
                    "{login} has not signed in yet, and so has nothing to sign in with there"
                ));
            };
            along.push(Along(officer, factor, step));
        }
        if along.is_empty() { refused("name the officers of the kit".to_owned()) } else { Ok(along) }
    })
}

impl Along {
    /// Puts the account into the kit: the same id, password and codes.
    fn take(&self, kit: &Issuer, tx: &mut Tx<'_>) -> Result<(), Error> {
        let Self(officer, factor, last_step) = self;
        let id = uuid::Uuid::parse_str(officer.id.as_str())
            .map_err(|_| Error::Refused(format!("the account of {} is damaged", officer.login)))?;
        let (login, password) = (officer.login.clone(), officer.password_hash.clone());
        let new = NewOfficer::new(id, login, officer.role, password, officer.created_at.utc());
        Officer::insert(tx.conn(), &new)?;
        let sealed_secret = factor.sealed(&kit.keystore, &officer.id)?;
        let factor = SecondFactor { officer_id: officer.id.clone(), sealed_secret, last_step: *last_step };
        Ok(factor.replace(tx.conn())?)
    }
}

fn new_key(kit: &Issuer) -> Result<Ed25519Signer, Error> {
    let seed = Zeroizing::new(edge::random_bytes::<32>());
    let signer = Ed25519Signer::from_seed(&seed);
    kit.keystore.new_signing_key(&signer.kid().to_hex(), &seed)?;
    Ok(signer)
}

/// The lists of the kit's cards, one for each year in which one may expire. At home nothing is given out from them. Gives
/// them as the kit begins with them.
fn lists(
    city: &Issuer,
    tx: &mut Tx<'_>,
    kid: &str,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<NewStatusList>, Error> {
    let years: BTreeSet<i64> =
        [from, until].iter().map(|day| i64::from(Terms::of(&city.city, *day).expires().year())).collect();
    let mut begun = Vec::new();
    for expiry_year in years {
        let list = NewStatusList {
            id: Id::new(edge::new_id(now)),
            kid: kid.to_owned(),
            expiry_year,
            shard: 0,
            capacity: LIST_CAPACITY,
            next_position: 0,
            uri: format!("{}{}", status_prefix(&city.city), new_place(tx)?),
        };
        StatusList::insert(tx.conn(), &NewStatusList { next_position: LIST_CAPACITY, ..list.clone() })?;
        begun.push(list);
    }
    Ok(begun)
}

/// The city's settings, texts and trust list, which are no secret; the database is the kit's own.
fn copy_settings(city: &Issuer, to: &Path) -> Result<(), Error> {
    let mut names: Vec<PathBuf> = vec!["city.toml".into(), "trust-list.cbor".into()];
    names.extend(
        [&city.city.emblem, &city.city.layouts].into_iter().flatten().map(|name| name.as_str().into()),
    );
    let texts = city.data.join("locales");
    if texts.is_dir() {
        for entry in std::fs::read_dir(&texts).map_err(files::failed("read", &texts))? {
            let entry = entry.map_err(files::failed("read", &texts))?;
            names.push(Path::new("locales").join(entry.file_name()));
        }
    }
    let plain = |name: &&PathBuf| name.components().all(|part| matches!(part, Component::Normal(_)));
    for name in names.iter().filter(plain).filter(|name| city.data.join(name).is_file()) {
        files::replace(&to.join(name), &files::read(&city.data.join(name))?)?;
    }
    name_database(to)
}
