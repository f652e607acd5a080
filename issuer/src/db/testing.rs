//! Databases for tests: a SQLite file, and a schema of its own on the PostgreSQL of `TEST_POSTGRES_URL`.

use chrono::{DateTime, Utc};

use super::act::{Act, Actor, SubjectKind};
use super::audit::NewAuditEntry;
use super::card::{Card, CardState, NewCard};
use super::card_status::CardStatus;
use super::enrolment::Enrolment;
use super::issuing_key::{IssuingKey, KeyState, KeyUse, NewIssuingKey};
use super::officer::{NewOfficer, Officer, PasswordDigest, Role};
use super::status_list::{NewStatusList, StatusList};
use super::{Database, DatabaseUrl, DbError, Id, Tx};
use crate::config::City;
use crate::config::testing::city;
use crate::edge::new_id;
use crate::issuance::{self, Application, Draft, Origin};
use crate::keystore::Keystore;
use crate::resident::{Resident, Typed};
use crate::{Issuer, keys};

/// A migrated database that is gone when dropped.
pub(crate) struct TestDatabase {
    pub(crate) db: Database,
    url: DatabaseUrl,
    pub(crate) dir: tempfile::TempDir,
    _schema: Option<Schema>,
}

/// One database for each engine there is.
pub(crate) fn databases() -> Vec<TestDatabase> {
    let dir = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(dir.path().join("city.db"));
    let mut all = vec![database(url, dir, None)];
    all.extend(Schema::new().map(|schema| {
        let url = DatabaseUrl::parse(&schema.url).unwrap();
        database(url, tempfile::tempdir().unwrap(), Some(schema))
    }));
    all
}

fn database(url: DatabaseUrl, dir: tempfile::TempDir, schema: Option<Schema>) -> TestDatabase {
    let db = Database::open(&url).unwrap();
    assert_eq!(db.migrate().unwrap().len(), super::known_schema().len());
    TestDatabase { db, url, dir, _schema: schema }
}

/// A schema of its own on the server that `TEST_POSTGRES_URL` names. It goes when this is dropped.
pub(crate) struct Schema {
    /// Where it is.
    pub(crate) url: String,
    #[cfg(feature = "postgres")]
    server: String,
    #[cfg(feature = "postgres")]
    name: String,
}

#[cfg(not(feature = "postgres"))]
impl Schema {
    pub(crate) fn new() -> Option<Self> {
        None
    }
}

#[cfg(feature = "postgres")]
impl Schema {
    pub(crate) fn new() -> Option<Self> {
        let server = std::env::var("TEST_POSTGRES_URL").ok()?;
        let name = format!("test_{}", new_id(now()).simple());
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}options=-csearch_path%3D{name}");
        let schema = Self { url, server, name };
        schema.administer("CREATE SCHEMA", "");
        Some(schema)
    }

    fn administer(&self, before: &str, after: &str) {
        use diesel::connection::SimpleConnection as _;
        use diesel::{Connection as _, PgConnection};

        let sql = format!("{before} {} {after}", self.name);
        PgConnection::establish(&self.server).unwrap().batch_execute(&sql).unwrap();
    }
}

#[cfg(feature = "postgres")]
impl Drop for Schema {
    fn drop(&mut self) {
        self.administer("DROP SCHEMA", "CASCADE");
    }
}

impl TestDatabase {
    /// A city with this database and keys to sign with, as if another process had opened it.
    pub(crate) fn issuer(&self, city: City, now: DateTime<Utc>) -> Issuer {
        let (data, keys) = (self.dir.path().to_owned(), self.dir.path().join("keys"));
        let known = keys.exists();
        let keystore = if known { Keystore::open(&keys, None) } else { Keystore::create(&keys, None) };
        let db = Database::open(&self.url).unwrap();
        let issuer = Issuer::of(data, city, db, keystore.unwrap());
        if !known {
            keys::make(&issuer, KeyUse::Card, &Actor::command_line("hall"), now).unwrap();
        }
        issuer
    }

    /// All that stands in the tables, column by column: texts as they are, bytes in hexadecimal.
    pub(crate) fn everything(&self) -> String {
        use diesel::RunQueryDsl as _;
        use diesel::dsl::sql;
        use diesel::sql_types::Text;

        // A test city has taken the connection itself out.
        let db = Database::open(&self.url).unwrap();
        let schema = include_str!("schema.rs");
        let mut table = "";
        let mut renamed = None;
        let mut held = String::new();
        let postgres = matches!(self.url, DatabaseUrl::Postgres(_));
        for line in schema.lines().map(str::trim) {
            if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with('{')) {
                table = name;
            } else if let Some(name) = line.strip_prefix("#[sql_name = \"") {
                renamed = name.strip_suffix("\"]");
            } else if let Some((name, kind)) = line.split_once(" -> ") {
                let column = renamed.take().unwrap_or(name);
                let text = match (kind.contains("Binary"), postgres) {
                    (true, true) => format!("encode(\"{column}\", 'hex')"),
                    (true, false) => format!("lower(hex(\"{column}\"))"),
                    (false, _) => format!("CAST(\"{column}\" AS TEXT)"),
                };
                let query = format!("SELECT COALESCE({text}, '') AS held FROM \"{table}\"");
                let rows: Vec<String> =
                    db.read(|conn| Ok::<_, DbError>(sql::<Text>(&query).load(conn)?)).unwrap();
                held.push_str(&rows.join("\u{1f}"));
                held.push('\u{1f}');
            }
        }
        held
    }

    /// A write that audits itself.
    pub(crate) fn write<T>(&self, act: impl FnOnce(&mut Tx<'_>) -> Result<T, DbError>) -> T {
        self.db
            .write(|tx| {
                tx.audit(entry("test"))?;
                act(tx)
            })
            .unwrap()
    }
}

/// The acts of the audit log, oldest first.
pub(crate) fn acts(conn: &mut super::AnyConnection) -> diesel::QueryResult<Vec<String>> {
    use diesel::prelude::*;

    use super::schema::audit_log;
    audit_log::table.order(audit_log::seq).select(audit_log::act).load(conn)
}

/// A fixed time, so that tests repeat.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_790_000_000_123).unwrap()
}

/// An entry about the batch `subject`.
pub(crate) fn entry(subject: &str) -> NewAuditEntry {
    NewAuditEntry {
        at: now(),
        actor: Actor::command_line("gym-2"),
        act: Act::BatchOpened,
        subject_kind: SubjectKind::Batch,
        subject: subject.to_owned(),
        reason: None,
    }
}

/// An active key.
pub(crate) fn new_key(kid: &str, usage: KeyUse) -> NewIssuingKey {
    NewIssuingKey {
        kid: kid.to_owned(),
        usage,
        state: KeyState::Active,
        not_before: now().into(),
        not_after: now().into(),
        public_key: vec![0, 1, 255],
        created_at: now().into(),
        desk: None,
    }
}

/// A key `k1` and its first list, of this capacity.
pub(crate) fn list(test: &TestDatabase, capacity: i64) -> StatusList {
    test.write(|tx| {
        IssuingKey::insert(tx.conn(), &new_key("k1", KeyUse::Card))?;
        let new = NewStatusList {
            id: Id::new(new_id(now())),
            kid: "k1".to_owned(),
            expiry_year: 2028,
            shard: 0,
            capacity,
            next_position: 0,
            uri: "https://card.example.org/status/k1-2028-0".to_owned(),
        };
        Ok(StatusList::insert(tx.conn(), &new)?)
    })
}

/// A reserved card at this position of the list.
pub(crate) fn new_card(list: &StatusList, number: &str, status_index: i64) -> NewCard {
    NewCard {
        id: Id::new(new_id(now())),
        number: number.to_owned(),
        enrolment_id: None,
        kid: list.kid.clone(),
        status_list_id: list.id.clone(),
        status_index,
        services: "library clinic".to_owned(),
        issued_at: now().into(),
        expires_at: now().into(),
        state: CardState::Reserved,
        status: CardStatus::Valid,
        identity_digest: vec![0, 159, 146, 150],
        service_digest: b"123456".to_vec(),
        recovery_hash: None,
        batch_id: None,
        batch_row: None,
        desk: "gym-2".to_owned(),
        officer: "command-line".to_owned(),
    }
}

/// A city on one of the engines.
pub(crate) struct TestCity {
    // Dropped before its database is.
    pub(crate) issuer: Issuer,
    pub(crate) test: TestDatabase,
}

/// A city with keys on each engine there is, set up at [`now`].
pub(crate) fn cities() -> Vec<TestCity> {
    let mut all = Vec::new();
    for mut test in databases() {
        let elsewhere = DatabaseUrl::Sqlite(test.dir.path().join("none.db"));
        let db = std::mem::replace(&mut test.db, Database::open(&elsewhere).unwrap());
        let keystore = Keystore::create(&test.dir.path().join("keys"), None).unwrap();
        let issuer = Issuer::of(test.dir.path().to_owned(), city(), db, keystore);
        for usage in [KeyUse::Card, KeyUse::Status] {
            keys::make(&issuer, usage, &Actor::command_line("hall"), now()).unwrap();
        }
        all.push(TestCity { issuer, test });
    }
    all
}

impl TestCity {
    /// Enrols a resident and reserves a card.
    pub(crate) fn enrol(&self, full_name: &str, now: DateTime<Utc>) -> Card {
        let (_, drafts) = self.reserve(full_name, now);
        self.card(drafts[0].number())
    }

    /// A card that is signed, too.
    pub(crate) fn issue(&self, full_name: &str, now: DateTime<Utc>) -> Card {
        let (signer, drafts) = self.reserve(full_name, now);
        let number = drafts[0].number().to_owned();
        issuance::sign(&self.issuer, &signer, drafts, &Actor::command_line("hall"), now).unwrap();
        self.card(&number)
    }

    fn card(&self, number: &str) -> Card {
        let find = |conn: &mut _| Ok::<_, DbError>(Card::find_by_number(conn, number)?);
        self.issuer.db.read(find).unwrap().unwrap()
    }

    fn reserve(&self, full_name: &str, now: DateTime<Utc>) -> (keys::IssuingSigner, Vec<Draft>) {
        let issuer = &self.issuer;
        let typed = Typed { full_name, address: "Kastanienallee 77", ..Typed::default() };
        let resident = Resident::parse(&typed, &issuer.city, now.date_naive()).unwrap();
        let application = Application { resident, pictures: None };
        let signer = keys::signer(issuer, KeyUse::Card, now).unwrap();
        let origin = Origin { batch: None, first_row: 1 };
        let actor = Actor::command_line("hall");
        let drafts = issuance::reserve(issuer, &signer, &[application], None, origin, &actor, now).unwrap();
        (signer, drafts)
    }

    /// An officer, who acts.
    pub(crate) fn officer(&self, login: &str, role: Role) -> Actor {
        let new = NewOfficer::new(new_id(now()), login.to_owned(), role, PasswordDigest::none(), now());
        let made = self.issuer.db.write(|tx| {
            tx.audit(entry("officer"))?;
            Ok::<_, DbError>(Officer::insert(tx.conn(), &new)?)
        });
        Actor::officer(&made.unwrap().id, role, "desk-1")
    }

    /// The enrolment of a card, as the database has it.
    pub(crate) fn enrolment(&self, card: &Card) -> Enrolment {
        let id = card.enrolment_id.clone().unwrap();
        let find = |conn: &mut _| Ok::<_, DbError>(Enrolment::find(conn, &id)?);
        self.issuer.db.read(find).unwrap().unwrap()
    }

    /// Runs SQL that no program of ours runs.
    pub(crate) fn tamper(&self, sql: &str) {
        use diesel::connection::SimpleConnection as _;
        let done = self.issuer.db.write(|tx| {
            // Kept although nothing was audited: whoever writes the database itself audits nothing.
            tx.forget_audit();
            tx.conn().batch_execute(sql)?;
            Ok::<_, DbError>(())
        });
        done.unwrap();
    }
}
