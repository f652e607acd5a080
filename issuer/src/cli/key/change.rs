//! `issuer key new`, `rotate`, `compromise` and `approve`: what takes two custodians, once there are two.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use super::super::publish::publish_into;
use super::super::{Data, actor, kit, token};
use super::What;
use super::list::time;
use crate::config::Span;
use crate::db::Word as _;
use crate::db::approval::Approval;
use crate::db::issuing_key::KeyUse;
use crate::keys::{self, Compromised, Custodian, Decision, Done};
use crate::officers::Attempt;
use crate::{Error, Issuer, files};

#[derive(Debug, clap::Args)]
pub(super) struct Rotate {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    what: What,
    /// When the new key takes over, such as 7d; until then counters hear of it. The oldest lists that a service
    /// accepts, without
    #[arg(long = "in", value_name = "SPAN", value_parser = span)]
    lead: Option<Span>,
    /// Let it take over at once: counters that have not heard of it cannot tell what it signs
    #[arg(long, conflicts_with = "lead")]
    now: bool,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Debug, clap::Args)]
pub(super) struct Compromise {
    #[command(flatten)]
    data: Data,
    /// The key
    kid: String,
    /// Since when it may have been in other hands, such as 2026-11-20T08:00:00Z; ever since it was made, without
    #[arg(long, value_name = "TIME")]
    since: Option<DateTime<Utc>>,
    /// Publish into this folder at once
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Debug, clap::Args)]
pub(super) struct Approve {
    #[command(flatten)]
    data: Data,
    /// What was asked for, by the id that was printed
    id: String,
    /// The custodian who approves
    #[arg(long, value_name = "LOGIN")]
    by: String,
    /// File with the password in its first line and the code in its second; asked for without
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Publish into this folder at once
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// File with the passphrase of the event kit that is made; otherwise `ISSUER_KIT_PASSPHRASE`
    #[arg(long, value_name = "FILE")]
    kit_passphrase_file: Option<PathBuf>,
}

/// Who asks, where it takes two.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Asking {
    /// The custodian who asks for it; another approves it with: issuer key approve
    #[arg(long, value_name = "LOGIN")]
    asked_by: Option<String>,
    /// File with the password in its first line and the code in its second; asked for without
    #[arg(long, value_name = "FILE", requires = "asked_by")]
    password_file: Option<PathBuf>,
}

fn span(text: &str) -> Result<Span, String> {
    Span::try_from(text.to_owned()).map_err(|error| error.to_string())
}

pub(super) fn new(
    data: &Data,
    what: &What,
    pkcs11: Option<String>,
    asking: &Asking,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let issuer = data.open()?;
    let usage = KeyUse::from(what.usage).as_str().to_owned();
    let decision = Decision::New { usage, desk: what.desk.clone(), pkcs11 };
    if let Some(done) = decide(&issuer, &decision, asking, now)? {
        say(&issuer, done);
    }
    Ok(())
}

pub(super) fn rotate(arguments: &Rotate, now: DateTime<Utc>) -> Result<(), Error> {
    let issuer = arguments.data.open()?;
    let longest = issuer.city.services.iter().map(|service| service.oldest_list.duration()).max();
    let lead = arguments.lead.map(Span::duration).or(longest).unwrap_or_default();
    let decision = Decision::Rotate {
        usage: KeyUse::from(arguments.what.usage).as_str().to_owned(),
        desk: arguments.what.desk.clone(),
        from: (!arguments.now && lead > chrono::Duration::zero()).then(|| now + lead),
    };
    if let Some(done) = decide(&issuer, &decision, &arguments.asking, now)? {
        say(&issuer, done);
    }
    Ok(())
}

pub(super) fn compromise(arguments: &Compromise, now: DateTime<Utc>) -> Result<(), Error> {
    let issuer = arguments.data.open()?;
    if !lose(&issuer, &arguments.kid, arguments.since, &arguments.asking, now)? {
        return Ok(());
    }
    arguments.out.as_ref().map_or(Ok(()), |out| publish_into(&issuer, &arguments.data, out, now))
}

/// Makes a key count no more, or asks a second custodian to; says whether it is done.
pub(in crate::cli) fn lose(
    issuer: &Issuer,
    kid: &str,
    since: Option<DateTime<Utc>>,
    asking: &Asking,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let decision = Decision::Compromise { kid: kid.to_owned(), since };
    let Some(done) = decide(issuer, &decision, asking, now)? else { return Ok(false) };
    say(issuer, done);
    Ok(true)
}

pub(super) fn approve(arguments: &Approve, now: DateTime<Utc>) -> Result<(), Error> {
    let issuer = arguments.data.open()?;
    // Before the approval is used up: a kit is not made without a passphrase.
    let wanted = keys::asked_for(&issuer, &arguments.id)?;
    let passphrase = match &wanted {
        Decision::Kit(_) => Some(kit::passphrase(arguments.kit_passphrase_file.as_deref())?),
        _ => None,
    };
    let by = sign_in(&issuer, &arguments.by, arguments.password_file.as_ref(), now)?;
    match wanted {
        Decision::Kit(wanted) => {
            let (_, actor) = keys::agree(&issuer, &arguments.id, &by, now)?;
            kit::make(&issuer, &wanted, passphrase, &actor, now)?;
        }
        Decision::Token(wanted) => {
            let (_, actor) = keys::agree(&issuer, &arguments.id, &by, now)?;
            token::make(&issuer, &wanted, &actor, now)?;
        }
        _ => say(&issuer, keys::approve(&issuer, &arguments.id, &by, now)?),
    }
    arguments.out.as_ref().map_or(Ok(()), |out| publish_into(&issuer, &arguments.data, out, now))
}

pub(super) fn asked(data: &Data, now: DateTime<Utc>) -> Result<(), Error> {
    let issuer = data.open()?;
    let waiting = issuer.db.read(|conn| Ok::<_, Error>(Approval::waiting(conn, now - keys::PATIENCE)?))?;
    for asked in waiting {
        println!("{}  {}  {}", asked.id, time(asked.asked_at.utc()), asked.what);
    }
    Ok(())
}

/// Does it, or keeps it for a second custodian.
fn decide(
    issuer: &Issuer,
    decision: &Decision,
    asking: &Asking,
    now: DateTime<Utc>,
) -> Result<Option<Done>, Error> {
    if ask_another(issuer, decision, asking, now)? {
        return Ok(None);
    }
    decision.carry_out(issuer, &actor(), now).map(Some)
}

/// Keeps it for a second custodian where it takes two, and says whether it does.
pub(in crate::cli) fn ask_another(
    issuer: &Issuer,
    decision: &Decision,
    asking: &Asking,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let Some(login) = &asking.asked_by else {
        if keys::takes_two(issuer)? {
            return Err(Error::Refused(
                "the city has two custodians, and this takes both: name one with --asked-by".to_owned(),
            ));
        }
        return Ok(false);
    };
    let by = sign_in(issuer, login, asking.password_file.as_ref(), now)?;
    let asked = keys::ask(issuer, decision, &by, now)?;
    println!("Asked for. Within 24 hours another custodian approves it with:");
    println!("  issuer key approve {} --by LOGIN --data {}", asked.id, issuer.data.display());
    Ok(true)
}

fn say(issuer: &Issuer, done: Done) {
    match done {
        Done::Made(key) => {
            println!("Made the key {}. Counters learn of it from the next: issuer publish", key.kid);
        }
        Done::Rotated(new, before) => {
            let before: Vec<_> = before.into_iter().map(|key| key.kid).collect();
            println!("Made the key {}. It takes over from {}", new.kid, before.join(", "));
            println!("at {}. Publish before that: issuer publish", time(new.not_before.utc()));
        }
        Done::Compromised(done) => say_compromised(&done),
    }
    if !issuer.keystore.has_root_key() {
        println!("The root key has to sign a new trust list: issuer publish --unsigned FILE");
    }
}

fn say_compromised(done: &Compromised) {
    let since = done.key.compromised_since.map(|since| time(since.utc())).unwrap_or_default();
    println!("The key {} counts as lost since {since}.", done.key.kid);
    if let Some(lost) = &done.kit {
        println!("The event kit {} counts as lost. Nothing is taken home from it any more.", lost.name);
        println!("Passwords and codes of its officers were in it:");
        for login in &lost.officers {
            println!("  issuer officer reset --login {login}");
        }
    }
    match &done.successor {
        Ok(Some(successor)) => println!("Made the key {} in its place.", successor.kid),
        Ok(None) => {}
        Err(error) => {
            println!("No key could be made in its place: {error}");
            println!("Make one, or no card can be signed there: issuer key new");
        }
    }
    let refused = &done.refused;
    println!("{} cards signed since are refused once this is published:", refused.len());
    for card in refused {
        println!("  {}  refused", card.number);
    }
    println!(
        "{} cards signed before stay good for now; give their holders new ones too, then move the",
        done.earlier.len()
    );
    println!("loss back with the same command without --since:");
    for card in &done.earlier {
        println!("  {}  replace", card.number);
    }
}

fn sign_in(
    issuer: &Issuer,
    login: &str,
    file: Option<&PathBuf>,
    now: DateTime<Utc>,
) -> Result<Custodian, Error> {
    let (password, code) = if let Some(path) = file {
        let bytes = Zeroizing::new(files::read(path)?);
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| Error::Refused(format!("{} is not UTF-8 text", path.display())))?;
        let mut lines = text.lines();
        let mut line = || lines.next().unwrap_or_default().to_owned().into();
        (line(), line())
    } else {
        let ask = |what: &str| {
            rpassword::prompt_password(format!("{what} of {login}: "))
                .map(Into::into)
                .map_err(|error| Error::Refused(format!("cannot ask for it here: {error}")))
        };
        (ask("Password")?, ask("Code")?)
    };
    Custodian::sign_in(issuer, &Attempt { login: login.to_owned(), password, code }, now)
}
