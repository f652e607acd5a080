//! What a demand would get today, for the city's lawyer: on a screen and on paper.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::desk::{Desk, run};
use super::error::WebError;
use super::names::{day, minute, word};
use super::officer::{Officer, Oversees};
use super::page::{Shell, render};
use super::say::Say;
use crate::inventory::{self, Item, Kind, Until};
use crate::retention;

#[derive(Template)]
#[template(path = "record/demand.html")]
struct DemandPage {
    shell: Shell,
    at: String,
    /// Sealed records that stand, by the day after which they are gone.
    due: Vec<(String, i64)>,
    standing: i64,
    last_day: String,
    held: i64,
    /// Records that nobody can open any more.
    gone: i64,
    receipt: Option<String>,
    tables: Vec<Table>,
}

struct Table {
    name: String,
    title: String,
    rows: i64,
    times: Option<(String, String)>,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    words: String,
    kind_message: &'static str,
    tone: &'static str,
    count: i64,
    until: String,
}

pub(super) async fn page(desk: Data<Desk>, officer: Officer<Oversees>) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("kept");
    render(&run(&desk, move |desk| DemandPage::of(desk, shell)).await?)
}

impl DemandPage {
    fn of(desk: &Desk, shell: Shell) -> Result<Self, WebError> {
        let now = desk.now();
        let items = inventory::inventory(&desk.issuer, now)?;
        let status = retention::status(&desk.issuer, now)?;
        let filled = |field: &str| {
            let of = |item: &&Item| item.table == "enrolment" && item.field == field;
            items.iter().find(of).map_or(0, |item| item.count)
        };
        let (enrolments, sealed) = (filled("id"), filled("sealed"));
        let due: Vec<_> = status.due.iter().map(|(day, count)| (day.to_string(), *count)).collect();
        Ok(Self {
            at: minute(now),
            standing: sealed,
            last_day: due.last().map(|(day, _)| day.clone()).unwrap_or_default(),
            held: status.held,
            gone: enrolments - sealed,
            receipt: status.last_receipt.map(|(number, _)| number.to_string()),
            tables: tables(&items, &shell.say),
            due,
            shell,
        })
    }
}

fn tables(items: &[Item], say: &Say) -> Vec<Table> {
    let of_table = |items: &[Item]| {
        let first = items.first()?;
        let times = first.oldest.zip(first.newest).map(|(oldest, newest)| (day(oldest), day(newest)));
        Some(Table {
            title: word(say, "table", &first.table),
            name: first.table.clone(),
            rows: items.iter().map(|item| item.count).max().unwrap_or_default(),
            times,
            fields: items.iter().map(|item| Field::of(item, say)).collect(),
        })
    };
    let mut tables: Vec<_> = items.chunk_by(|a, b| a.table == b.table).collect();
    tables.sort_by_key(|of_table| weight(of_table));
    tables.into_iter().filter_map(of_table).collect()
}

/// What a lawyer asks for first stands first: what is sealed, then what leads to a person, what is empty last.
fn weight(items: &[Item]) -> (bool, u8) {
    let each = items.iter().map(|item| match item.kind {
        Kind::Undescribed => 0,
        Kind::Sealed => 1,
        Kind::Pseudonymous | Kind::Hash => 2,
        Kind::None => 3,
    });
    (items.iter().all(|item| item.count == 0), each.min().unwrap_or(3))
}

impl Field {
    fn of(item: &Item, say: &Say) -> Self {
        let id = format!("field-{}-{}", item.table, item.field);
        let said = say.t(&id);
        let (kind_message, tone) = match item.kind {
            Kind::None => ("kind-nobody", ""),
            Kind::Pseudonymous => ("kind-number", "warn"),
            Kind::Sealed => ("kind-sealed", "bad"),
            Kind::Hash => ("kind-seal", "warn"),
            Kind::Undescribed => ("kind-undescribed", "bad"),
        };
        Self {
            name: item.field.clone(),
            words: if said == id { item.words.clone() } else { said },
            kind_message,
            tone,
            count: item.count,
            until: match item.until {
                Until::Empty => say.t("until-empty"),
                Until::Kept => say.t("until-kept"),
                Until::LastDay(day) => say.one("until-day", "date", day),
                Until::Holds(day) => say.one("until-holds", "date", day),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::say::LANGUAGES;
    use crate::web::tests::Town;

    #[test]
    fn every_field_is_told_in_every_language_of_officers() {
        let town = Town::new();
        let items = inventory::inventory(&town.desk.issuer, town.desk.now()).unwrap();
        let english = town.desk.say("en");
        for (tag, _) in LANGUAGES {
            let say = town.desk.say(tag);
            for item in &items {
                for id in [format!("field-{}-{}", item.table, item.field), format!("table-{}", item.table)] {
                    assert_ne!(say.t(&id), id, "{tag}");
                }
                let id = format!("field-{}-{}", item.table, item.field);
                assert_eq!(english.t(&id), item.words.replace('\'', "’"), "{id}: as the command says it");
                assert!(tag == "en" || say.t(&id) != english.t(&id), "{tag}: {id}");
            }
        }
    }
}
