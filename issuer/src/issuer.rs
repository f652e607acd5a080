//! One city's issuer: its settings, its database, its keys.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use diesel::QueryResult;

use crate::card::emblem;
use crate::config::{City, TemplateAnswers};
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit::NewAuditEntry;
use crate::db::issuing_key::KeyUse;
use crate::db::kit::Kit;
use crate::db::{AnyConnection, Database};
use crate::keystore::{Keystore, Passphrase};
use crate::kit::Rest;
use crate::{Error, backup, edge, files, keys};

/// An opened issuer.
#[derive(Debug)]
pub struct Issuer {
    /// The data folder.
    pub data: PathBuf,
    /// What the city decided.
    pub city: City,
    /// The city's database.
    pub db: Database,
    /// The city's keys.
    pub keystore: Keystore,
    kit: OnceLock<Option<Kit>>,
    // Last: it seals a kit's database once that is closed.
    _rest: Option<Rest>,
}

/// What protects a new city's keys, and where the root key goes.
#[derive(Debug, Default)]
pub struct Passphrases {
    /// All keys but the root.
    pub keystore: Option<Passphrase>,
    /// The root key, where it has one of its own.
    pub root: Option<Passphrase>,
    /// Where the root key is put; none for among the other keys.
    pub root_out: Option<PathBuf>,
}

impl Issuer {
    /// Sets up a city: `city.toml`, database, root key, one key for cards, one for status lists.
    ///
    /// # Errors
    /// When there is one in the folder already, or a part cannot be made.
    pub fn create(
        data: &Path,
        answers: &TemplateAnswers,
        database: Option<&str>,
        passphrases: &Passphrases,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let settings = data.join("city.toml");
        if settings.exists() {
            return Err(Error::Refused(format!("there is a city in {} already", data.display())));
        }
        if let Some(path) = &passphrases.root_out {
            files::try_out(path)?;
        }
        files::make_folder(data)?;
        let keystore = Keystore::create(&data.join("keys"), passphrases.keystore.clone())?;
        let (seed, root) = (edge::random_bytes().into(), passphrases.root.as_ref());
        match &passphrases.root_out {
            None => keystore.new_root_key(&seed, root)?,
            Some(path) => keystore.new_root_key_at(path, &seed, root)?,
        };
        let mut text = City::template(answers);
        if let Some(database) = database {
            text = text.replacen("\"sqlite:city.db\"", &toml::Value::from(database).to_string(), 1);
        }
        files::create(&data.join("emblem.svg"), emblem::BUILT_IN)?;
        files::create(&settings, text.as_bytes())?;
        let issuer = Self::assemble(data, keystore)?;
        issuer.db.migrate()?;
        let actor = Actor::command_line("hall");
        issuer.db.write(|tx| {
            tx.audit(NewAuditEntry {
                at: now,
                actor: actor.clone(),
                act: Act::CityMade,
                subject_kind: SubjectKind::City,
                subject: issuer.city.url.as_str().to_owned(),
                reason: None,
            })?;
            Ok::<_, Error>(())
        })?;
        for usage in [KeyUse::Card, KeyUse::Status] {
            keys::make(&issuer, usage, &actor, now)?;
        }
        Ok(issuer)
    }

    /// Opens the issuer in a folder, and brings its database up to date.
    ///
    /// # Errors
    /// When there is none, a part cannot be opened, or the database is older than the keys know.
    pub fn open(data: &Path, passphrase: Option<Passphrase>) -> Result<Self, Error> {
        let issuer = Self::open_unchecked(data, passphrase)?;
        backup::check(&issuer)?;
        Ok(issuer)
    }

    /// Opens the issuer in a folder even if its database was put back from a copy: to settle it.
    ///
    /// # Errors
    /// When there is none, or a part cannot be opened.
    pub fn open_unchecked(data: &Path, passphrase: Option<Passphrase>) -> Result<Self, Error> {
        if !data.join("city.toml").exists() {
            let folder = data.display();
            return Err(Error::Refused(format!(
                "there is no city in {folder}; make one with: issuer init --data {folder}"
            )));
        }
        let keystore = Keystore::open(&data.join("keys"), passphrase)?;
        let issuer = Self::assemble(data, keystore)?;
        issuer.db.migrate()?;
        Ok(issuer)
    }

    fn assemble(data: &Path, keystore: Keystore) -> Result<Self, Error> {
        let city = City::load(&data.join("city.toml"))?;
        let rest = Rest::wake(&city.database, &keystore)?;
        let db = Database::open(&city.database)?;
        Ok(Self::of(data.to_owned(), city, db, keystore).with_rest(rest))
    }

    pub(crate) fn of(data: PathBuf, city: City, db: Database, keystore: Keystore) -> Self {
        Self { data, city, db, keystore, kit: OnceLock::new(), _rest: None }
    }

    pub(crate) fn with_rest(self, rest: Option<Rest>) -> Self {
        Self { _rest: rest, ..self }
    }

    /// The event kit that this is, none in a city hall; asked once, for a database is one or the other from its making on.
    /// In a kit in the making there is none to ask for yet.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn kit(&self, conn: &mut AnyConnection) -> QueryResult<Option<&Kit>> {
        if let Some(known) = self.kit.get() {
            return Ok(known.as_ref());
        }
        let found = Kit::here(conn)?;
        Ok(self.kit.get_or_init(|| found).as_ref())
    }
}
