//! `issuer audit`.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::Subcommand;

use super::{Data, actor, word};
use crate::audit::{self, Hours, UnusualKind};
use crate::db::act::{Act, SubjectKind};
use crate::db::audit_find::AuditFilter;
use crate::issuance::entry;
use crate::{Error, Issuer, files, kit};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer audit verify\n  issuer audit checkpoint --out /media/usb/checkpoints.txt\n  issuer audit verify --checkpoints /media/usb/checkpoints.txt\n  \
    issuer audit export --from 2026-12-01 --to 2026-12-31 --out december.csv\n\n\
    A checkpoint shows that the log's end was not cut off. One on a stick in a safe shows it even when somebody wrote\n\
    the database itself."
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find the first entry that was changed, removed, put in, reordered or cut off
    Verify {
        #[command(flatten)]
        data: Data,
        /// File of checkpoints that were exported earlier
        #[arg(long, value_name = "FILE")]
        checkpoints: Option<PathBuf>,
    },
    /// Sign the log as it stands, and write all checkpoints into a file
    Checkpoint {
        #[command(flatten)]
        data: Data,
        /// File to write
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Write entries as CSV
    Export {
        #[command(flatten)]
        data: Data,
        /// File to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Officer's id
        #[arg(long)]
        officer: Option<String>,
        /// What was done, as `card_revoked`
        #[arg(long, value_parser = word::<Act>)]
        act: Option<Act>,
        /// Number of a card
        #[arg(long, value_name = "NUMBER")]
        card: Option<String>,
        #[command(flatten)]
        days: Days,
    },
    /// Say what an auditor should look at
    Unusual {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        days: Days,
        /// First hour of work, in UTC
        #[arg(long, default_value = "6", value_parser = clap::value_parser!(u32).range(0..24))]
        work_from: u32,
        /// First hour after work, in UTC
        #[arg(long, default_value = "20", value_parser = clap::value_parser!(u32).range(0..=24))]
        work_to: u32,
    },
}

#[derive(Debug, clap::Args)]
struct Days {
    /// First day
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<NaiveDate>,
    /// Last day
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<NaiveDate>,
}

impl Days {
    fn from(&self) -> Option<DateTime<Utc>> {
        self.from.map(|day| day.and_time(NaiveTime::MIN).and_utc())
    }

    fn to(&self) -> Option<DateTime<Utc>> {
        self.to.and_then(|day| day.succ_opt()).map(|day| day.and_time(NaiveTime::MIN).and_utc())
    }
}

pub(super) fn run(arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Error> {
    match &arguments.command {
        Command::Verify { data, checkpoints } => {
            let given = checkpoints.as_deref().map(files::read).transpose()?;
            let given = given.as_deref().map(String::from_utf8_lossy);
            verify(&data.open()?, given.as_deref())
        }
        Command::Checkpoint { data, out } => {
            let issuer = data.open()?;
            if let Some(jump) = crate::retention::clock_jump(&issuer, now)? {
                return Err(Error::Refused(format!(
                    "the clock stands far past the last time seen, {}; put it right, or run: issuer retention run",
                    jump.since.format("%Y-%m-%d %H:%M")
                )));
            }
            match audit::checkpoint(&issuer, &actor(), now)? {
                Some(made) => println!("Entry {} is signed: {}", made.seq, made.hash),
                None => println!("Nothing is new since the last checkpoint."),
            }
            if let Some(out) = out {
                files::replace(out, audit::export(&issuer)?.as_bytes())?;
            }
            Ok(())
        }
        Command::Export { data, out, officer, act, card, days } => {
            let filter = AuditFilter {
                officer: officer.clone(),
                act: *act,
                subject: card.clone().map(|number| (SubjectKind::Card, number)),
                about: None,
                from: days.from(),
                to: days.to(),
            };
            let issuer = data.open()?;
            let city = issuer.city.url.as_str().to_owned();
            // Whoever takes the log away stands in it before they have it.
            issuer.db.write(|tx| {
                tx.audit(entry(Act::AuditExported, SubjectKind::AuditLog, city, &actor(), now))?;
                Ok::<_, Error>(())
            })?;
            let mut csv = Vec::new();
            let count = audit::export_csv(&issuer, &filter, &mut csv)?;
            files::replace_all_private(&[(out.clone(), csv)])?;
            println!("{count} entries are in {}.", out.display());
            Ok(())
        }
        Command::Unusual { data, days, work_from, work_to } => {
            let from = days.from().unwrap_or(DateTime::UNIX_EPOCH);
            let hours = Hours { from: *work_from, to: *work_to };
            unusual(&data.open()?, from, days.to().unwrap_or(now), hours)
        }
    }
}

fn verify(issuer: &Issuer, given: Option<&str>) -> Result<(), Error> {
    match audit::verify(issuer, given)? {
        Ok(whole) => {
            println!("{} entries, none changed, missing or reordered.", whole.entries);
            println!("{} checkpoints agree; the last covers entry {}.", whole.checkpoints, whole.covered);
            for (name, entries) in kit::verify(issuer)? {
                println!("{entries} entries of the event kit {name}, as they came home.");
            }
            Ok(())
        }
        Err(fault) => Err(Error::Refused(format!("the audit log was tampered with: {fault}"))),
    }
}

fn unusual(issuer: &Issuer, from: DateTime<Utc>, to: DateTime<Utc>, hours: Hours) -> Result<(), Error> {
    let found = audit::unusual(issuer, from, to, hours)?;
    for one in &found {
        let what = match one.kind {
            UnusualKind::ViewWithoutAct => "looked at records and did nothing with them",
            UnusualKind::ManyViews => "looked at many records in one hour",
            UnusualKind::NightWork => "worked outside the city's hours",
            UnusualKind::Override => "passed over a check",
            UnusualKind::Overturned => "had a second look go the other way",
        };
        let entries: Vec<_> = one.entries.iter().take(10).map(ToString::to_string).collect();
        println!("{}  {what}: {} entries, {}", one.officer, one.entries.len(), entries.join(", "));
    }
    if found.is_empty() {
        println!("Nothing unusual.");
    }
    Ok(())
}
