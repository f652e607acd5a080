//! `verifier serve`.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use shared::keys::Thumbprint;

use super::trust::parse_fingerprint;
use super::{Data, Usage, parse_time};
use crate::clock::Clock;
use crate::edge::{complain, dice};
use crate::serve::{Kiosk, serve};
use crate::store::Store;
use crate::updates::{Source, Updates, drive};

/// Seconds between two questions for newer lists, at the least and at the most.
const INTERVALS: std::ops::RangeInclusive<i64> = 1..=7 * 86_400;

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
    /// Where the city publishes its bundle: newer lists are fetched from there by themselves. Only https, or http on
    /// this very machine
    #[arg(long, value_name = "URL")]
    lists_from: Option<Source>,
    /// How often to ask for newer lists: 30m, 1h, 1d, or seconds. A fifth more or less, so that not all ask at once
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_interval, requires = "lists_from")]
    lists_every: TimeDelta,
    /// Fingerprint of the city's root key: needed to fetch the first lists, where no city is trusted here yet
    #[arg(long, value_name = "FINGERPRINT", value_parser = parse_fingerprint, requires = "lists_from")]
    root: Option<Thumbprint>,
    /// For trials: put the clock to this time first (RFC 3339, a date, or Unix seconds)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Option<DateTime<Utc>>,
    /// For trials: stop the clock at the time of --at
    #[arg(long, requires = "at")]
    stopped: bool,
}

pub(super) fn run(arguments: &Arguments, clock: Clock) -> anyhow::Result<ExitCode> {
    let store = Store::new(arguments.data.data.clone());
    let clock = match arguments.at {
        Some(time) if arguments.stopped => clock.stopped_at(time),
        Some(time) => clock.put_to(time),
        None => clock,
    };
    if arguments.at.is_some() {
        complain(format_args!("for trials only, the clock was put to {}", clock.now().to_rfc3339()));
    }
    let updates = updates(arguments, &store)?.map(Arc::new);
    let kiosk = Kiosk::new(store, arguments.desk.clone(), clock).map_err(|error| Usage(error.to_string()))?;
    if !arguments.listen.ip().is_loopback() {
        complain("other machines of this network can open the page too: it is not encrypted");
    }
    let ready = |address| {
        say(address);
        if let Some(updates) = updates.clone() {
            thread::spawn(move || drive(&updates, clock, dice));
        }
    };
    let served = serve(kiosk.telling(updates.clone()), arguments.listen, ready);
    served.with_context(|| next_step(arguments.listen))?;
    Ok(ExitCode::SUCCESS)
}

fn updates(arguments: &Arguments, store: &Store) -> anyhow::Result<Option<Updates>> {
    let Some(source) = arguments.lists_from.clone() else { return Ok(None) };
    if let (Ok(Some(pinned)), Some(root)) = (store.pin(), arguments.root)
        && pinned != root
    {
        let folder = store.folder().display();
        return Err(Usage(format!("{folder} trusts the root {pinned}, not {root}")).into());
    }
    let updates = Updates::new(source, store.clone(), arguments.root, arguments.lists_every);
    Ok(Some(updates))
}

/// What to do where the address cannot be served: most often another kiosk has it.
fn next_step(listen: SocketAddr) -> String {
    let (ip, port) = (listen.ip(), listen.port());
    let other = SocketAddr::new(ip, port.checked_add(1).unwrap_or(8090));
    format!(
        "{listen} cannot be served. If the counter is open already, go to http://{listen}/; \
         else choose another address: verifier serve --listen {other}"
    )
}

fn parse_interval(text: &str) -> Result<TimeDelta, String> {
    let digits = text.trim_end_matches(['s', 'm', 'h', 'd']);
    let unit = match text.get(digits.len()..) {
        Some("" | "s") => Some(1),
        Some("m") => Some(60),
        Some("h") => Some(3_600),
        Some("d") => Some(86_400),
        _ => None,
    };
    let number: Option<i64> = digits.parse::<u32>().ok().map(i64::from);
    let seconds = number.zip(unit).map(|(number, unit)| number * unit);
    seconds
        .filter(|seconds| INTERVALS.contains(seconds))
        .map(TimeDelta::seconds)
        .ok_or_else(|| "give a time like 30m, 1h or 1d: from one second to seven days".to_owned())
}

fn say(address: SocketAddr) {
    // Nobody may be reading any more; the page is served all the same.
    let _ = writeln!(io::stdout(), "Serving http://{address}/");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_written_as_people_write_them() {
        for (text, seconds) in
            [("1", 1), ("90s", 90), ("30m", 1_800), ("1h", 3_600), ("7d", 604_800), ("604800", 604_800)]
        {
            assert_eq!(parse_interval(text), Ok(TimeDelta::seconds(seconds)), "{text}");
        }
        for text in
            ["", "0", "0h", "h", "-1", "1.5h", "1w", "8d", "1hh", "1 h", "99999999999d", "604801", "１h"]
        {
            assert!(parse_interval(text).is_err(), "{text}");
        }
    }

    #[test]
    fn where_the_address_is_taken_the_next_step_is_told() {
        let said = next_step("127.0.0.1:8090".parse().unwrap());
        assert!(
            said.contains("http://127.0.0.1:8090/") && said.ends_with("--listen 127.0.0.1:8091"),
            "{said}"
        );
        assert!(next_step("127.0.0.1:65535".parse().unwrap()).ends_with("--listen 127.0.0.1:8090"));
    }
}
