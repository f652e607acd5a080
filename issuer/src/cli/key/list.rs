//! `issuer key list`.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::super::Data;
use crate::db::Word as _;
use crate::db::issuing_key::IssuingKey;
use crate::jwk::Jwk;
use crate::{Error, keys};

/// A key as other programs read it.
#[derive(Serialize)]
struct Line<'a> {
    kid: &'a str,
    #[serde(rename = "use")]
    usage: &'static str,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    desk: Option<&'a str>,
    not_before: String,
    not_after: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    compromised_since: Option<String>,
    jwk: Jwk,
}

pub(super) fn run(data: &Data, json: bool) -> Result<(), Error> {
    let issuer = data.open()?;
    for key in issuer.db.read(|conn| Ok::<_, Error>(IssuingKey::all(conn)?))? {
        let line = Line::of(&key)?;
        if json {
            // A struct of texts always has a JSON form.
            println!("{}", serde_json::to_string(&line).unwrap_or_default());
            continue;
        }
        let desk = line.desk.map(|desk| format!("  for {desk}")).unwrap_or_default();
        let since = line.compromised_since.map(|since| format!("  lost since {since}")).unwrap_or_default();
        println!(
            "{}  {:<6}  {:<11}  {} to {}{desk}{since}",
            line.kid, line.usage, line.state, line.not_before, line.not_after
        );
    }
    Ok(())
}

pub(in crate::cli) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl<'a> Line<'a> {
    fn of(key: &'a IssuingKey) -> Result<Self, Error> {
        Ok(Self {
            kid: &key.kid,
            usage: key.usage.as_str(),
            state: key.state.as_str(),
            desk: key.desk.as_deref(),
            not_before: time(key.not_before.utc()),
            not_after: time(key.not_after.utc()),
            compromised_since: key.compromised_since.map(|since| time(since.utc())),
            jwk: Jwk::ed25519(&keys::public_half(key)?),
        })
    }
}
