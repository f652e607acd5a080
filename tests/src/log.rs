//! What a line of a server's log may say. Whatever does not look so fails: a log that names somebody cannot be told from
//! one that does not by looking for the names that a test happens to know.

use std::collections::BTreeSet;

use issuer::db::Word as _;
use issuer::db::lease::Task;
use issuer::web;
use serde_json::{Map, Value};

/// What stands in each line.
const ALWAYS: [&str; 4] = ["timestamp", "level", "target", "message"];
/// What the server may say, beside requests, and what it may add.
const SAID: [(&str, &[&str]); 16] = [
    ("request", &["id", "method", "route", "status", "ms"]),
    ("the browser went away", &["id", "method"]),
    ("a page failed", &["id", "status", "cause"]),
    ("a fault of the program", &["at"]),
    ("a batch failed", &["cause"]),
    ("a batch ended in a panic", &[]),
    ("what is due every hour failed; it is tried again in an hour", &["cause"]),
    ("nothing is destroyed until somebody says that the clock is right", &["outcome"]),
    ("a mass revocation stopped; it goes on in a minute", &["cause"]),
    ("this server was silent for too long; another has taken its work over", &["task"]),
    ("a program's call was refused", &["cause"]),
    ("a program's call failed", &["cause"]),
    ("told to stop: what is under way ends first", &["drain_s"]),
    ("told to stop again: ends at once", &[]),
    ("the certificate was changed: new connections have the new one", &[]),
    ("the certificate's files changed and are of no use; the last one stays", &["cause"]),
];

/// What is wrong with a log, line by line; how many lines tell of requests.
///
/// # Errors
/// The lines that say what no line may.
pub fn look_through(log: &str) -> Result<usize, Vec<String>> {
    let routes: BTreeSet<&str> =
        web::addresses().iter().map(|address| address.path).chain(["none"]).collect();
    let mut requests = 0;
    let mut wrong = Vec::new();
    for line in log.lines() {
        match allowed(line, &routes) {
            Ok(message) => requests += usize::from(message == "request"),
            Err(why) => wrong.push(format!("{why}: {line}")),
        }
    }
    if wrong.is_empty() { Ok(requests) } else { Err(wrong) }
}

fn allowed(line: &str, routes: &BTreeSet<&str>) -> Result<String, String> {
    let fields: Map<String, Value> = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let message = fields.get("message").and_then(Value::as_str).unwrap_or_default();
    let (_, more) = SAID.iter().find(|(said, _)| *said == message).ok_or("no such message")?;
    for (name, value) in &fields {
        if !ALWAYS.contains(&name.as_str()) && !more.contains(&name.as_str()) {
            return Err(format!("{name} is not to be told"));
        }
        if !is_allowed(name, value, routes) {
            return Err(format!("{name} is {value}"));
        }
    }
    let missing = more.iter().find(|name| **name != "id" && !fields.contains_key(**name));
    missing.map_or_else(|| Ok(message.to_owned()), |name| Err(format!("{name} is missing")))
}

fn is_allowed(name: &str, value: &Value, routes: &BTreeSet<&str>) -> bool {
    let text = value.as_str().unwrap_or_default();
    match name {
        "id" => text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "method" => ["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "other"].contains(&text),
        "route" => routes.contains(text),
        "status" => value.as_u64().is_some_and(|status| (200..600).contains(&status)),
        "ms" => value.as_f64().is_some_and(|ms| ms >= 0.0),
        "drain_s" => value.is_u64(),
        "task" => Task::ALL.iter().any(|task| task.as_str() == text),
        "level" => ["INFO", "WARN", "ERROR"].contains(&text),
        "target" => text.split("::").next() == Some("issuer"),
        // Sentences of the program, and of the engines about tables and connections.
        "cause" | "at" | "outcome" | "message" => text.is_ascii() && text.len() < 400,
        "timestamp" => text.len() == 27 && text.ends_with('Z'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::look_through;

    #[test]
    fn what_no_line_may_say_is_found() {
        let good = r#"{"timestamp":"2026-11-29T19:00:00.000001Z","level":"INFO","message":"request","id":"0123456789abcdef","method":"GET","route":"/cards/{number}","status":200,"ms":1.2,"target":"issuer::request"}"#;
        assert_eq!(look_through(&format!("{good}\n{good}\n")), Ok(2));
        for (from, to) in [
            ("/cards/{number}", "/cards/2GYN-MSVA-2"),
            ("\"GET\"", "\"ANA\""),
            ("0123456789abcdef", "Ana"),
            ("\"ms\":1.2", "\"ms\":1.2,\"query\":\"name=Ana\""),
            ("\"request\"", "\"Ana asked\""),
            ("issuer::request", "actix_http::h1"),
            (",\"status\":200", ""),
        ] {
            let bad = good.replace(from, to);
            assert_ne!(bad, good);
            assert_eq!(look_through(&bad).unwrap_err().len(), 1, "{bad}");
        }
        assert_eq!(look_through("thread 'main' panicked at Ana").unwrap_err().len(), 1);
    }
}
