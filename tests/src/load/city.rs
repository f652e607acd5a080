//! A city whose real `issuer serve` runs until it is dropped.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use issuer::db::card::{Card, CardState};
use issuer::officers::Factor;
use issuer::{Issuer, edge};

use super::{Browser, full};

/// The password of every officer of a load.
const PASSWORD: &str = "violet otter ferry";

/// A city under load.
#[derive(Debug)]
pub struct City {
    issuer: PathBuf,
    data: PathBuf,
    server: Child,
    origin: String,
}

impl City {
    /// Makes a city in `data`, unless there is one, fills it up to `cards` cards, and serves it. `issuer` is the program,
    /// `database` where it keeps its tables: SQLite if none is named.
    ///
    /// # Errors
    /// When the program fails.
    pub fn open(issuer: &Path, data: &Path, database: Option<&str>, cards: usize) -> Result<Self, String> {
        if !data.join("city.toml").exists() {
            let about =
                ["--name", "Port Alder", "--hotline", "+1 555 0100", "--url", "https://card.alder.example"];
            let mut arguments: Vec<&str> = [&["init"][..], &about[..]].concat();
            arguments.extend(database.iter().flat_map(|database| ["--database", database]));
            run(issuer, data, &arguments)?;
        }
        full::fill(data, cards)?;
        let (server, origin) = serve(issuer, data)?;
        Ok(Self { issuer: issuer.to_owned(), data: data.to_owned(), server, origin })
    }

    /// Kills the server without a word, and starts it again.
    ///
    /// # Errors
    /// When it does not start.
    pub fn kill_and_restart(&mut self) -> Result<(), String> {
        self.server.kill().map_err(|error| error.to_string())?;
        self.server.wait().map_err(|error| error.to_string())?;
        (self.server, self.origin) = serve(&self.issuer, &self.data)?;
        Ok(())
    }

    /// Where it is served.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
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
                return Err(format!("{number} was handed over twice"));
            }
            let card = issuer.db.read(|conn| Ok::<_, issuer::Error>(Card::find_by_number(conn, number)?));
            match card.map_err(|error| error.to_string())? {
                Some(card) if card.state == CardState::Issued => {}
                other => return Err(format!("{number} was handed over, and the database has {other:?}")),
            }
        }
        Ok(())
    }

    /// The city's folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The server's process.
    #[must_use]
    pub fn server(&self) -> u32 {
        self.server.id()
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
        let mut browser = Browser::new(&self.origin);
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
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn run(issuer: &Path, data: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(issuer).args(arguments).arg("--data").arg(data).output();
    let output = output.map_err(|error| format!("{}: {error}", issuer.display()))?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(told);
    }
    Err(format!("issuer {}: {told}{}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)))
}

fn serve(issuer: &Path, data: &Path) -> Result<(Child, String), String> {
    let log = OpenOptions::new().create(true).append(true).open(data.join("serve.log"));
    let mut server = Command::new(issuer)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(log.map_err(|error| error.to_string())?)
        .spawn()
        .map_err(|error| error.to_string())?;
    let out = server.stdout.take().ok_or("no output")?;
    let mut lines = BufReader::new(out).lines().map_while(Result::ok);
    let address = lines.find_map(|line| line.strip_prefix("Serving ").map(str::to_owned));
    let address = address.ok_or_else(|| "issuer serve did not say where".to_owned())?;
    // Whoever stops reading would stop the server's next line.
    thread::spawn(move || lines.for_each(drop));
    Ok((server, address.split("/ ").next().unwrap_or_default().trim_end_matches('/').to_owned()))
}
