//! `verifier serve`.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, Utc};

use super::{Data, Usage, parse_time};
use crate::clock::Clock;
use crate::counter::parse_desk;
use crate::serve::{Kiosk, serve};
use crate::store::Store;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// Address of the page
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// The service of the desk that the page opens with
    #[arg(long, value_name = "SERVICE")]
    desk: Option<String>,
    /// For trials: put the clock to this time first (RFC 3339, a date, or Unix seconds)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Option<DateTime<Utc>>,
}

pub(super) fn run(arguments: &Arguments, clock: Clock) -> anyhow::Result<ExitCode> {
    let store = Store::new(arguments.data.data.clone());
    let trusted = store.load().with_context(|| "the trusted lists cannot be used".to_owned())?;
    if let Some(desk) = &arguments.desk {
        parse_desk(desk, trusted.as_ref()).map_err(|error| Usage(error.to_string()))?;
    }
    let clock = arguments.at.map_or(clock, |time| clock.put_to(time));
    if arguments.at.is_some() {
        eprintln!("For trials only: the clock of this counter was put to {}.", clock.now().to_rfc3339());
    }
    let kiosk = Kiosk::new(store, arguments.desk.clone(), clock)?;
    if !arguments.listen.ip().is_loopback() {
        eprintln!("Other machines of this network can open the page too: it is not encrypted.");
    }
    serve(kiosk, arguments.listen, say).with_context(|| arguments.listen.to_string())?;
    Ok(ExitCode::SUCCESS)
}

fn say(address: SocketAddr) {
    // Nobody may be reading any more; the page is served all the same.
    let _ = writeln!(io::stdout(), "Serving http://{address}/");
}
