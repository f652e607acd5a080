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

    /// Copies the database while nothing runs, by the engine's own means.
    pub fn copy_database(&self) {
        match &self.database {
            None => {
                for file in ["city.db", "city.db-wal"] {
                    let copy = self.file(&format!("copy/{file}"));
                    std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
                    // There may be no journal.
                    let _ = std::fs::copy(self.file(&format!("city/{file}")), copy);
                }
            }
            Some(url) => {
                let dump = self.run("pg_dump", &["-n", &self.schema(), "-d", url]);
                self.write("copy.sql", dump);
            }
        }
    }

    /// Puts that copy in the place of the database.
    pub fn put_back_database(&self) {
        let Some(url) = &self.database else {
            for file in ["city.db", "city.db-wal", "city.db-shm"] {
                let _ = std::fs::remove_file(self.file(&format!("city/{file}")));
                let _ = std::fs::copy(self.file(&format!("copy/{file}")), self.file(&format!("city/{file}")));
            }
            return;
        };
        let drop = format!("DROP SCHEMA {} CASCADE", self.schema());
        self.run("psql", &["-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", &drop]);
        self.run("psql", &["-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "copy.sql"]);
    }

    /// How the engine would answer a statement whose values are not known, line by line.
    #[must_use]
    pub fn explain(&self, statement: &str) -> Vec<String> {
        let plan = match &self.database {
            None => self.run(
                "sqlite3",
                &[self.sqlite().as_str(), &format!("EXPLAIN QUERY PLAN {}", statement.replace('`', "\""))],
            ),
            Some(url) => {
                // Tables of a story are small: without this their size would speak for reading them whole.
                let known = (1..=99).take_while(|place| statement.contains(&format!("${place}"))).count();
                let values = vec!["NULL"; known].join(", ");
                let execute =
                    if known == 0 { "EXECUTE asked".to_owned() } else { format!("EXECUTE asked({values})") };
                let script = format!(
                    "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; \
                     PREPARE asked AS {statement}; EXPLAIN (COSTS OFF) {execute}"
                );
                self.run("psql", &["-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", &script])
            }
        };
        plan.lines().map(|line| line.trim_start_matches(['|', '-', '`', '>', ' ']).to_owned()).collect()
    }

    /// From now on the database refuses to insert into a table, or to update it.
    pub fn refuse(&self, change: &str, table: &str) {
        self.refuse_when(change, table, "TRUE");
    }

    /// The same for rows of which this is true; the new row is `NEW`.
    pub fn refuse_when(&self, change: &str, table: &str, condition: &str) {
        self.sql(
            &format!(
                "CREATE TRIGGER refuse BEFORE {change} ON {table} WHEN {condition} \
                 BEGIN SELECT RAISE(ABORT, 'refused by a story'); END"
            ),
            &format!(
                "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
                 $$BEGIN RAISE EXCEPTION 'refused by a story'; END$$; \
                 CREATE TRIGGER refuse BEFORE {change} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION refuse()"
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
