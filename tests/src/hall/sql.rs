//! What a story does to a city's database behind the program's back.

use super::Hall;

impl Hall {
    /// Runs SQL that no program of ours runs.
    pub fn sql(&self, sqlite: &str, postgres: &str) {
        match &self.database {
            None => self.run("sqlite3", &[self.sqlite().as_str(), sqlite]),
            Some(url) => self.run("psql", &["-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", postgres]),
        };
    }

    /// All that the database holds, as text.
    #[must_use]
    pub fn held(&self) -> String {
        match &self.database {
            None => self.run("sqlite3", &[self.sqlite().as_str(), ".dump"]),
            Some(url) => {
                let dump = self.run("pg_dump", &["--data-only", "-n", &self.schema(), "-d", url]);
                // A dump names a secret of its own, another each time.
                dump.lines().filter(|line| !line.contains("restrict ")).collect::<Vec<_>>().join("\n")
            }
        }
    }

    /// From now on the database refuses to insert into a table, or to update it.
    pub fn refuse(&self, change: &str, table: &str) {
        self.sql(
            &format!(
                "CREATE TRIGGER refuse BEFORE {change} ON {table} BEGIN SELECT RAISE(ABORT, 'refused by a story'); END"
            ),
            &format!(
                "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
                 $$BEGIN RAISE EXCEPTION 'refused by a story'; END$$; \
                 CREATE TRIGGER refuse BEFORE {change} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()"
            ),
        );
    }

    /// Undoes [`Hall::refuse`].
    pub fn allow(&self, table: &str) {
        self.sql("DROP TRIGGER refuse", &format!("DROP TRIGGER refuse ON {table}"));
    }

    fn sqlite(&self) -> String {
        self.file("city/city.db").to_str().unwrap().to_owned()
    }

    fn schema(&self) -> String {
        let url = self.database.as_deref().unwrap_or_default();
        url.rsplit("%3D").next().unwrap_or_default().to_owned()
    }
}
