//! Moves a city from its SQLite file to PostgreSQL.
//!
//! Both databases are made by the same migrations. The old one is frozen, every table is copied and held against what arrived,
//! the audit chain is checked in its new place, and only then may anybody write there; last of all `city.toml` names it. Cut off
//! anywhere, the same command goes on.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::config::City;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit_chain::verify_chain;
use crate::db::moving::{Arrived, Carriage, Content, thaw};
use crate::db::{Database, DatabaseUrl};
use crate::{Error, Issuer, files, issuance};

/// A table that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Its name.
    pub table: String,
    /// What is in it, in both databases.
    pub content: Content,
}

/// Sees that a city's database is where somebody says it is.
///
/// # Errors
/// When it is not, or the address is none.
pub fn is_here(issuer: &Issuer, from: &str) -> Result<(), Error> {
    let said = DatabaseUrl::parse(from).map_err(|error| Error::Refused(format!("--from: {error}")))?;
    let (said, named) = (said.relative_to(&issuer.data), &issuer.city.database);
    if said == *named {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "--from: city.toml names {named:?}; leave --from out, or point --data at another city"
    )))
}

/// Moves a city's database to another address. `report` is told each table that arrived.
///
/// # Errors
/// When the addresses are not a SQLite file and a PostgreSQL server, another city stands there, something arrived changed, or a
/// database fails. The old database then stays frozen, and the same call goes on.
pub fn move_to(
    issuer: &Issuer,
    to: &str,
    actor: &Actor,
    now: DateTime<Utc>,
    report: impl FnMut(&Carried),
) -> Result<(), Error> {
    let url = DatabaseUrl::parse(to).map_err(|error| Error::Refused(format!("--to: {error}")))?;
    let (DatabaseUrl::Sqlite(_), DatabaseUrl::Postgres(_)) = (&issuer.city.database, &url) else {
        return Err(Error::Refused(
            "a city moves from SQLite to PostgreSQL: --to postgres://USER@HOST/NAME, while city.toml names a file"
                .to_owned(),
        ));
    };
    let settings = Settings::read(&issuer.data)?;
    let db = Database::open(&url)?;
    db.migrate()?;
    let mut carriage = Carriage::open(&issuer.city.database, &url)?;
    let arrived = carriage.arrived()?;
    if !carriage.belongs()? {
        return Err(Error::Refused(
            "another city stands in the new database; nothing was changed. Give this one a database of its own".to_owned(),
        ));
    }
    carriage.freeze()?;
    if arrived == Arrived::NotYet {
        carriage.make_room()?;
    }
    let told = carry(&mut carriage, arrived, report)?;
    let chain = db.read(|conn| Ok::<_, Error>(verify_chain(conn)?))?;
    if let Err(bad) = chain {
        return Err(Error::Refused(format!(
            "the audit log is not whole, here as there: entry {} is the first bad one; see issuer audit verify. The \
             move goes on when --give-up has let the city write again and the log is mended",
            bad.seq
        )));
    }
    if arrived == Arrived::NotYet {
        carriage.finish()?;
    }
    if !told {
        db.write(|tx| {
            let subject = issuer.city.url.as_str().to_owned();
            tx.audit(issuance::entry(Act::CityMoved, SubjectKind::City, subject, actor, now))?;
            Ok::<_, Error>(())
        })?;
    }
    settings.name(to)
}

/// Copies what has not arrived, and holds every table against what it was. Says whether the new audit log tells of the move
/// already.
fn carry(carriage: &mut Carriage, arrived: Arrived, mut report: impl FnMut(&Carried)) -> Result<bool, Error> {
    let mut told = false;
    for table in carriage.tables() {
        if arrived == Arrived::NotYet {
            carriage.copy(&table)?;
        }
        let (old, new) = carriage.contents(&table)?;
        // A city that had arrived before has one entry more: the move itself.
        let one_more = arrived == Arrived::All && table.name() == "audit_log" && new.rows == old.rows + 1;
        told |= one_more;
        if old != new && !one_more {
            let (name, old, new) = (table.name(), old.rows, new.rows);
            return Err(Error::Refused(match arrived {
                Arrived::NotYet => format!(
                    "the table {name} did not arrive as it was: {old} rows here, {new} there. Something else wrote \
                     to the new database: empty it, and give the same command again"
                ),
                Arrived::All => format!(
                    "this city has moved there already and has gone on since ({name}: {old} rows here, {new} there); \
                     write the new address into city.toml by hand"
                ),
            }));
        }
        report(&Carried { table: table.name().to_owned(), content: old });
    }
    Ok(told)
}

/// Gives a move up that did not end: the city writes to its old database again.
///
/// # Errors
/// When the city is not on SQLite (it has moved), or the database fails.
pub fn give_up(data: &Path) -> Result<(), Error> {
    let city = City::load(&data.join("city.toml"))?;
    if !matches!(city.database, DatabaseUrl::Sqlite(_)) {
        return Err(Error::Refused("this city has moved: there is no move to give up".to_owned()));
    }
    Ok(thaw(&city.database)?)
}

/// `city.toml`, and the one line in it that names the database.
struct Settings {
    path: PathBuf,
    lines: Vec<String>,
    place: usize,
}

impl Settings {
    fn read(data: &Path) -> Result<Self, Error> {
        let path = data.join("city.toml");
        let text = String::from_utf8_lossy(&files::read(&path)?).into_owned();
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let names = |line: &String| line.split_once('=').is_some_and(|(key, _)| key.trim() == "database");
        let Some(place) = lines.iter().position(names) else {
            return Err(Error::Refused(format!("no line of {} begins with: database =", path.display())));
        };
        Ok(Self { path, lines, place })
    }

    /// Names another database.
    fn name(mut self, url: &str) -> Result<(), Error> {
        if let Some(line) = self.lines.get_mut(self.place) {
            *line = format!("database = {}", toml::Value::from(url));
        }
        files::replace(&self.path, (self.lines.join("\n") + "\n").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_of_the_database_is_changed() {
        let dir = tempfile::tempdir().unwrap();
        let before =
            "# database = \"sqlite:old.db\"\nname = \"Port Alder\"\ndatabase = \"sqlite:city.db\"\nx = 1\n";
        std::fs::write(dir.path().join("city.toml"), before).unwrap();
        Settings::read(dir.path()).unwrap().name("postgres://host/city").unwrap();
        let after = std::fs::read_to_string(dir.path().join("city.toml")).unwrap();
        assert_eq!(after, before.replace("\"sqlite:city.db\"", "\"postgres://host/city\""));
    }
}
