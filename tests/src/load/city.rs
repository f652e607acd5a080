//! A city whose real `issuer serve` runs until it is dropped.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use issuer::db::card::{Card, CardState};
use issuer::officers::Factor;
use issuer::web::{self, Clock, Desk, Serving};
use issuer::{Issuer, edge};

use super::{Browser, Full, full};
use crate::desk::keep_log;
use crate::hall::{Lines, output};

/// The password of every officer of a load.
const PASSWORD: &str = "violet otter ferry";
/// What its servers log, in its folder.
const LOG: &str = "serve.log";
/// How many cases have more than one card.
const DOUBLED: &str = "SELECT count(*) FROM (SELECT enrolment_id FROM card WHERE enrolment_id IS NOT NULL \
                       GROUP BY enrolment_id HAVING count(*) > 1) doubled";

/// A city under load.
#[derive(Debug)]
pub struct City {
    issuer: PathBuf,
    data: PathBuf,
    servers: Vec<Server>,
}

/// One `issuer serve` of the city.
#[derive(Debug)]
struct Server {
    /// Its process; none where it is a thread of this one.
    child: Option<Child>,
    origin: String,
}

impl City {
    /// Makes a city in `data`, unless there is one, fills it, and serves it. `issuer` is the program,
    /// `database` where it keeps its tables: SQLite if none is named; `issuers` how many serve it at once.
    ///
    /// # Errors
    /// When the program fails.
    pub fn open(
        issuer: &Path,
        data: &Path,
        database: Option<&str>,
        full: Full,
        issuers: usize,
    ) -> Result<Self, String> {
        if !data.join("city.toml").exists() {
            let about =
                ["--name", "Port Alder", "--hotline", "+1 555 0100", "--url", "https://card.alder.example"];
            let mut arguments: Vec<&str> = [&["init"][..], &about[..]].concat();
            arguments.extend(database.iter().flat_map(|database| ["--database", database]));
            run(issuer, data, &arguments)?;
        }
        full::fill(data, full)?;
        let servers = (0..issuers.max(1)).map(|_| serve(issuer, data, "127.0.0.1:0"));
        let servers = servers.collect::<Result<_, _>>()?;
        Ok(Self { issuer: issuer.to_owned(), data: data.to_owned(), servers })
    }

    /// Serves the city in `data` from a thread of this process, which ends with it. `issuer` is the program for commands.
    ///
    /// # Errors
    /// When it cannot be opened or served.
    pub fn here(issuer: &Path, data: &Path) -> Result<Self, String> {
        let opened = Issuer::open(data, None).map_err(|error| error.to_string())?;
        let (told, address) = mpsc::channel();
        thread::spawn(move || {
            let desk = Desk::new(opened, Clock::system()).map_err(|error| error.to_string())?;
            let serving = Serving::at(SocketAddr::from(([127, 0, 0, 1], 0)));
            web::serve(desk, &serving, |at| told.send(at.desk).unwrap()).map_err(|error| error.to_string())
        });
        let address = address.recv().map_err(|_| "the city is not served".to_owned())?;
        let server = Server { child: None, origin: format!("http://{address}") };
        Ok(Self { issuer: issuer.to_owned(), data: data.to_owned(), servers: vec![server] })
    }

    /// Kills the first server without a word, and starts it again at the same address.
    ///
    /// # Errors
    /// When it does not start.
    pub fn kill_and_restart(&mut self) -> Result<(), String> {
        let first = self.servers.first_mut().ok_or("no server")?;
        let child = first.child.as_mut().ok_or("no process of its own")?;
        child.kill().map_err(|error| error.to_string())?;
        child.wait().map_err(|error| error.to_string())?;
        let address = first.origin.trim_start_matches("http://").to_owned();
        *first = serve(&self.issuer, &self.data, &address)?;
        Ok(())
    }

    /// Where a desk finds it: desks are spread over the servers.
    #[must_use]
    pub fn origin(&self, desk: usize) -> &str {
        self.servers.get(desk % self.servers.len()).map_or("", |server| &server.origin)
    }

    /// Where all its servers are.
    #[must_use]
    pub fn origins(&self) -> Vec<String> {
        self.servers.iter().map(|server| server.origin.clone()).collect()
    }

    /// Publishes into `public` beside the city.
    ///
    /// # Errors
    /// When the program fails.
    pub fn publish(&self) -> Result<PathBuf, String> {
        let out = self.data.join("public");
        run(&self.issuer, &self.data, &["publish", "--out", &out.to_string_lossy()])?;
        Ok(out)
    }

    /// A token with which another program may issue cards.
    ///
    /// # Errors
    /// When the program fails.
    pub fn token(&self) -> Result<String, String> {
        let name = format!("load-{}", edge::now().timestamp());
        let wanted = ["--scope", "issue", "--days", "1", "--calls-a-minute", "1000000"];
        let made =
            run(&self.issuer, &self.data, &[&["token", "create", "--name", &name][..], &wanted].concat())?;
        Ok(made.trim().to_owned())
    }

    /// How many cards the city has.
    ///
    /// # Errors
    /// When the database fails.
    pub fn cards(&self) -> Result<usize, String> {
        let issuer = Issuer::open(&self.data, None).map_err(|error| error.to_string())?;
        full::cards(&issuer)
    }

    /// Sees that every card of these is in the database exactly once, and signed.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self, cards: &[String]) -> Result<(), String> {
        let issuer = Issuer::open(&self.data, None).map_err(|error| error.to_string())?;
        let mut seen = BTreeSet::new();
        for number in cards {
            if !seen.insert(number) {
                return Err(format!("{number} was acknowledged twice"));
            }
            let card = issuer.db.read(|conn| Ok::<_, issuer::Error>(Card::find_by_number(conn, number)?));
            match card.map_err(|error| error.to_string())? {
                Some(card) if card.state == CardState::Issued => {}
                other => return Err(format!("{number} was acknowledged, and the database has {other:?}")),
            }
        }
        let twice =
            issuer.db.read(|conn| Ok::<_, issuer::Error>(sql::<BigInt>(DOUBLED).get_result::<i64>(conn)?));
        match twice.map_err(|error| error.to_string())? {
            0 => Ok(()),
            cases => Err(format!("{cases} cases have two cards")),
        }
    }

    /// The city's folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The first server's process.
    #[must_use]
    pub fn server(&self) -> u32 {
        self.servers.first().and_then(|server| server.child.as_ref()).map_or(0, Child::id)
    }

    /// A browser in which a new officer has signed in.
    #[must_use]
    pub fn officer(&self, desk: usize) -> Browser {
        let login = format!("desk{desk}-{}", edge::now().timestamp() % 1_000_000);
        let added =
            run(&self.issuer, &self.data, &["officer", "add", "--login", &login, "--role", "registrar"])
                .unwrap();
        let link = added.split_whitespace().find(|word| word.contains("/first/")).unwrap();
        let (_, token) = link.split_once("/first/").unwrap();
        let mut browser = Browser::new(self.origin(desk));
        let first = browser.get(&format!("/first/{token}")).unwrap();
        let secret =
            first.after("<code class=\"big\" dir=\"ltr\">").unwrap().replace(char::is_whitespace, "");
        let code = Factor::from_base32(&secret).unwrap().code(edge::now());
        let fields = [("password", PASSWORD), ("again", PASSWORD), ("code", code.as_str())];
        let made = browser.post(&format!("/first/{token}"), &fields).unwrap();
        let recovery = made.after("<code class=\"big\">").unwrap().to_owned();
        // With a code from the list: the telephone's next one is half a minute away.
        browser.get("/").unwrap();
        browser.post("/sign-out", &[]).unwrap();
        browser.figures = super::Figures::default();
        browser.requests = 0;
        let fields = [("login", login.as_str()), ("password", PASSWORD), ("code", &recovery), ("next", "")];
        browser.post("/sign-in", &fields).unwrap();
        browser
    }
}

impl Drop for City {
    fn drop(&mut self) {
        for child in self.servers.iter_mut().filter_map(|server| server.child.as_mut()) {
            let _ = child.kill();
            let _ = child.wait();
        }
        // A server that is a thread has none.
        keep_log(&self.data.join(LOG));
    }
}

fn run(issuer: &Path, data: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = output(Command::new(issuer).args(arguments).arg("--data").arg(data));
    let output = output.map_err(|error| format!("{}: {error}", issuer.display()))?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(told);
    }
    Err(format!("issuer {}: {told}{}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)))
}

fn serve(issuer: &Path, data: &Path, listen: &str) -> Result<Server, String> {
    let log = OpenOptions::new().create(true).append(true).open(data.join(LOG));
    let mut server = Command::new(issuer)
        .args(["serve", "--listen", listen, "--log", "json", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(log.map_err(|error| error.to_string())?)
        .spawn()
        .map_err(|error| error.to_string())?;
    let out = server.stdout.take().ok_or("no output")?;
    let address = Lines::of(out).after("Serving ").ok_or("issuer serve did not say where")?;
    let origin = address.split("/ ").next().unwrap_or_default().trim_end_matches('/').to_owned();
    Ok(Server { child: Some(server), origin })
}
