//! `issuer kit`.

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::Subcommand;

use super::key::change::{self, Asking};
use super::key::list::time;
use super::publish::publish_into;
use super::{Data, actor};
use crate::db::Word as _;
use crate::db::act::Actor;
use crate::db::kit::{Kit, KitState};
use crate::db::officer::Officer;
use crate::keys::Decision;
use crate::keystore::{Passphrase, PassphraseOf};
use crate::kit::{self, Merged, Wanted};
use crate::{Error, Issuer, files};

#[derive(Debug, clap::Args)]
#[command(after_help = "At the city hall, before and after:\n  \
    issuer kit create --name gym-2026-11 --days 3 --officers anna,ben --out kit\n  \
    issuer publish --out public\n  \
    issuer kit merge gym.home\n  \
    issuer publish --out public\n\n\
    At the event:\n  \
    issuer serve --data kit\n  \
    issuer kit close --data kit --out gym.home\n\n\
    When the kit is gone:\n  \
    issuer kit lost gym-2026-11 --out public\n\n\
    Names and photos stay in the kit. What goes home is one signed file: card numbers, services, dates, places on \
    the lists, the audit log, receipts of what was destroyed.")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a folder for a laptop: a desk with a key, lists and officers' accounts of its own
    Create(Create),
    /// List the kits
    List {
        #[command(flatten)]
        data: Data,
    },
    /// At the kit: issue no more cards, and write the file that goes home; again later for what came since
    Close {
        #[command(flatten)]
        data: Data,
        /// File to write; an older one is replaced
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Bring home what a kit did
    Merge {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        kit: KitKeys,
        /// The file that `issuer kit close` wrote, or the kit's folder, which is closed then
        #[arg(value_name = "FILE|DIR")]
        from: PathBuf,
    },
    /// A kit is gone: make its key count no more, and say which cards need new ones
    Lost(Lost),
}

/// The kit's passphrase, where its keys are needed.
#[derive(Debug, clap::Args)]
struct KitKeys {
    /// File with the passphrase of the kit's keys; otherwise `ISSUER_KIT_PASSPHRASE`
    #[arg(long, value_name = "FILE")]
    kit_passphrase_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Create {
    #[command(flatten)]
    data: Data,
    /// What it is called: a to z, 0 to 9 and -
    #[arg(long)]
    name: String,
    /// How many days its key signs
    #[arg(long)]
    days: u16,
    /// First day on which its key signs (UTC); now, without
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<NaiveDate>,
    /// Logins of the officers who go along, with commas between
    #[arg(long, value_name = "LOGINS", value_delimiter = ',', required = true)]
    officers: Vec<String>,
    /// Folder to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    kit: KitKeys,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Debug, clap::Args)]
struct Lost {
    #[command(flatten)]
    data: Data,
    /// The kit
    name: String,
    /// Since when it may have been in other hands, such as 2026-11-20T08:00:00Z; ever since it left, without
    #[arg(long, value_name = "TIME")]
    since: Option<DateTime<Utc>>,
    /// Publish into this folder at once
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    asking: Asking,
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    match &arguments.command {
        Command::Create(arguments) => create(arguments, now),
        Command::List { data } => list(&data.open()?),
        Command::Close { data, out } => {
            files::try_out(out)?;
            let issuer = data.open()?;
            let home = kit::close(&issuer, &actor(), now)?;
            files::replace_all_private(&[(out.clone(), home)])?;
            println!("The kit issues no more cards. Take {} to the city hall:", out.display());
            println!("  issuer kit merge {}", out.display());
            Ok(())
        }
        Command::Merge { data, kit, from } => merge(&data.open()?, kit, from, now),
        Command::Lost(arguments) => lost(arguments, now),
    }
}

/// The passphrase of a kit's keys.
pub(super) fn passphrase(file: Option<&Path>) -> Result<Passphrase, Error> {
    find(file)?.ok_or_else(|| {
        Error::Refused(
            "a kit's keys are always under a passphrase: put one into --kit-passphrase-file or ISSUER_KIT_PASSPHRASE"
                .to_owned(),
        )
    })
}

fn find(file: Option<&Path>) -> Result<Option<Passphrase>, Error> {
    Passphrase::find(PassphraseOf::Kit, file, &|name| std::env::var_os(name))
        .map_err(|error| Error::Refused(error.to_string()))
}

fn create(arguments: &Create, now: DateTime<Utc>) -> Result<(), Error> {
    let issuer = arguments.data.open()?;
    let out = std::path::absolute(&arguments.out).map_err(files::failed("find", &arguments.out))?;
    let wanted = Wanted {
        name: arguments.name.clone(),
        days: arguments.days,
        from: arguments.from.map(|day| day.and_time(NaiveTime::MIN).and_utc()),
        officers: arguments.officers.clone(),
        out,
    };
    if change::ask_another(&issuer, &Decision::Kit(wanted.clone()), &arguments.asking, now)? {
        return Ok(());
    }
    let passphrase = passphrase(arguments.kit.kit_passphrase_file.as_deref())?;
    make(&issuer, &wanted, Some(passphrase), &actor(), now)
}

/// Makes a kit and says what comes next.
pub(super) fn make(
    issuer: &Issuer,
    wanted: &Wanted,
    passphrase: Option<Passphrase>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let made = kit::create(issuer, wanted, passphrase, actor, now)?;
    println!("Made the event kit {} in {}.", made.name, wanted.out.display());
    println!("Its key {} signs until {}.", made.kid, time(made.valid_until.utc()));
    println!("Before the event, so that counters know the key: issuer publish");
    if !issuer.keystore.has_root_key() {
        println!("The root key has to sign a new trust list: issuer publish --unsigned FILE");
    }
    println!("Move the folder to the laptop, and leave no copy here; its passphrase travels apart from it.");
    println!("There: ISSUER_PASSPHRASE=... issuer serve --data {}", wanted.out.display());
    Ok(())
}

fn list(issuer: &Issuer) -> Result<(), Error> {
    let all = issuer.db.read(|conn| {
        let mut all = Vec::new();
        for kit in Kit::all(conn)? {
            let mut logins = Vec::new();
            for id in kit.officer_ids() {
                logins.extend(Officer::find(conn, &id)?.map(|officer| officer.login));
            }
            all.push((kit, logins.join(",")));
        }
        Ok::<_, Error>(all)
    })?;
    for (kit, logins) in all {
        let until = time(kit.valid_until.utc());
        println!("{:<32}  {:<6}  key {} until {until}  {logins}", kit.name, kit.state.as_str(), kit.kid);
    }
    Ok(())
}

fn merge(issuer: &Issuer, keys: &KitKeys, from: &Path, now: DateTime<Utc>) -> Result<(), Error> {
    let home = if from.is_dir() {
        let kit = Issuer::open(from, find(keys.kit_passphrase_file.as_deref())?)?;
        kit::close(&kit, &actor(), now)?
    } else {
        files::read(from)?
    };
    let refused = |error: Error| match error {
        Error::Refused(why) => Error::Refused(format!("{}: {why}", from.display())),
        other => other,
    };
    say(&kit::merge(issuer, &home, &actor(), now).map_err(refused)?);
    Ok(())
}

fn say(merged: &Merged) {
    let name = &merged.name;
    if merged.nothing_new() {
        println!("All of this was brought home from the event kit {name} already; nothing was changed.");
    } else {
        println!(
            "Home from the event kit {name}: {} cards, {} changes of status, {} entries of its audit log, {} receipts.",
            merged.cards, merged.changes, merged.entries, merged.receipts
        );
        if merged.half_issued > 0 {
            println!("{} of the cards were never signed; counters refuse them.", merged.half_issued);
        }
    }
    for number in &merged.collisions {
        println!(
            "  {number}  the city has another card of this number: the kit's is revoked; issue a new one"
        );
    }
    for number in &merged.revoked {
        println!("  {number}  revoked, as was asked for before the kit was home");
    }
    let records: i64 = merged.standing.iter().map(|(_, records)| records).sum();
    if let Some((last, _)) = merged.standing.last() {
        println!(
            "{records} sealed records stand in the kit, the last until {last}. Let it run until then, so that it"
        );
        println!(
            "destroys them, and close and merge it again for the receipts; or hand over what waits and wipe the laptop."
        );
    }
    if !merged.nothing_new() {
        println!(
            "Counters refuse every place of its lists without one of these cards from the next: issuer publish"
        );
    }
}

fn lost(arguments: &Lost, now: DateTime<Utc>) -> Result<(), Error> {
    let issuer = arguments.data.open()?;
    let kit = issuer.db.read(|conn| Ok::<_, Error>(Kit::find_by_name(conn, &arguments.name)?))?;
    let kit = kit.filter(|kit| kit.state != KitState::Here).ok_or_else(|| {
        Error::Refused(format!(
            "the city sent out no event kit {}; to see them: issuer kit list",
            arguments.name
        ))
    })?;
    if !change::lose(&issuer, &kit.kid, arguments.since, &arguments.asking, now)? {
        return Ok(());
    }
    arguments.out.as_ref().map_or(Ok(()), |out| publish_into(&issuer, &arguments.data, out, now))
}
