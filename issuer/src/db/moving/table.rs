//! A table as both engines have it, and the statements that take its rows out of one and into the other.
//!
//! | type | as a text |
//! |---|---|
//! | `TEXT` | as it is |
//! | `BIGINT` | decimal digits |
//! | `BOOLEAN` | `true`, `false` |
//! | `BYTEA` | hexadecimal digits, small letters |
//! | `TIMESTAMP` | `2026-11-25T09:30:00.000000` |
//! | `DATE` | `2026-11-25` |

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;

use super::super::DbError;

/// What no move carries: the migrations are run in the new database, and the audit counter comes last.
const LEFT_OUT: [&str; 2] = ["__diesel_schema_migrations", "audit_counter"];

/// A table: its columns, and which of them are its key.
#[derive(Debug, Clone)]
pub struct Table {
    name: String,
    columns: Vec<Column>,
    key: Vec<Column>,
}

#[derive(Debug, Clone)]
struct Column {
    name: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Integer,
    Boolean,
    Bytes,
    Time,
    Date,
}

impl Kind {
    fn of(postgres: &str) -> Option<Self> {
        Some(match postgres {
            "text" => Self::Text,
            "bigint" | "integer" => Self::Integer,
            "boolean" => Self::Boolean,
            "bytea" => Self::Bytes,
            "timestamp without time zone" => Self::Time,
            "date" => Self::Date,
            _ => return None,
        })
    }
}

impl Column {
    fn quoted(&self) -> String {
        format!("\"{}\"", self.name)
    }

    /// The column as a text, on SQLite.
    fn of_sqlite(&self) -> String {
        let name = self.quoted();
        match self.kind {
            Kind::Text | Kind::Date => name,
            Kind::Integer => format!("CAST({name} AS TEXT)"),
            Kind::Boolean => format!("CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"),
            Kind::Bytes => format!("CASE WHEN {name} IS NOT NULL THEN lower(hex({name})) END"),
            Kind::Time => format!(
                "replace(substr({name}, 1, 19), ' ', 'T') || '.' || substr(substr({name}, 21) || '000000', 1, 6)"
            ),
        }
    }

    /// The column as a text, on PostgreSQL.
    fn of_postgres(&self) -> String {
        let name = self.quoted();
        match self.kind {
            Kind::Text => name,
            Kind::Integer | Kind::Boolean => format!("{name}::text"),
            Kind::Bytes => format!("encode({name}, 'hex')"),
            Kind::Time => format!("to_char({name}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"),
            Kind::Date => format!("to_char({name}, 'YYYY-MM-DD')"),
        }
    }

    /// A text made into the column's type, on PostgreSQL.
    fn into_postgres(&self, text: &str) -> String {
        match self.kind {
            Kind::Text => text.to_owned(),
            Kind::Integer => format!("({text})::bigint"),
            Kind::Boolean => format!("({text})::boolean"),
            Kind::Bytes => format!("decode({text}, 'hex')"),
            Kind::Time => format!("({text})::timestamp"),
            Kind::Date => format!("({text})::date"),
        }
    }

    /// The column as PostgreSQL orders it as SQLite does: byte by byte.
    fn in_order(&self) -> String {
        let collate = if self.kind == Kind::Text { " COLLATE \"C\"" } else { "" };
        self.quoted() + collate
    }
}

impl Table {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All rows in the order of the key, or those after the key that is bound.
    pub(super) fn rows_of_sqlite(&self, after: bool) -> String {
        let (columns, name) = (listed(&self.columns, Column::of_sqlite), &self.name);
        let key = listed(&self.key, Column::quoted);
        let bound = |column: &Column| match column.kind {
            Kind::Integer => "CAST(? AS INTEGER)".to_owned(),
            Kind::Bytes => "unhex(?)".to_owned(),
            _ => "?".to_owned(),
        };
        let rest =
            if after { format!(" WHERE ({key}) > ({})", listed(&self.key, bound)) } else { String::new() };
        format!("SELECT json_array({columns}) AS \"row\" FROM \"{name}\"{rest} ORDER BY {key}")
    }

    pub(super) fn rows_of_postgres(&self) -> String {
        let (columns, key) =
            (listed(&self.columns, Column::of_postgres), listed(&self.key, Column::in_order));
        format!("SELECT json_build_array({columns})::text AS \"row\" FROM \"{}\" ORDER BY {key}", self.name)
    }

    /// The key of the last row that is there.
    pub(super) fn last_in_postgres(&self) -> String {
        let columns = listed(&self.key, Column::of_postgres);
        let key = listed(&self.key, |column| format!("{} DESC", column.in_order()));
        format!(
            "SELECT json_build_array({columns})::text AS \"row\" FROM \"{}\" ORDER BY {key} LIMIT 1",
            self.name
        )
    }

    /// Takes out what the migrations put in.
    pub(super) fn empty_in_postgres(&self) -> String {
        format!("DELETE FROM \"{}\"", self.name)
    }

    /// Takes rows in that are bound as one JSON array.
    pub(super) fn insert_into_postgres(&self) -> String {
        let columns = listed(&self.columns, Column::quoted);
        let values = self.columns.iter().enumerate();
        let values = values.map(|(place, column)| column.into_postgres(&format!("r.value->>{place}")));
        let values = values.collect::<Vec<_>>().join(", ");
        format!(
            "INSERT INTO \"{}\" ({columns}) SELECT {values} FROM json_array_elements($1::json) AS r",
            self.name
        )
    }
}

fn listed(columns: &[Column], each: impl Fn(&Column) -> String) -> String {
    columns.iter().map(each).collect::<Vec<_>>().join(", ")
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Typed {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    data_type: String,
}

/// All tables of a city, each after those that it refers to. Columns and keys are those that PostgreSQL's catalogue
/// tells; SQLite's, made by the same migrations, are the same.
pub(super) fn all(from: &mut SqliteConnection, to: &mut PgConnection) -> Result<Vec<Table>, DbError> {
    let columns: Vec<Typed> = sql_query(
        "SELECT table_name::text, column_name::text AS name, data_type::text FROM information_schema.columns \
         WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position",
    )
    .load(to)?;
    let keys: Vec<Named> = sql_query(
        "SELECT k.table_name::text, k.column_name::text AS name FROM information_schema.table_constraints c \
         JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name, table_name) \
         WHERE c.constraint_type = 'PRIMARY KEY' AND c.table_schema = current_schema() \
         ORDER BY k.table_name, k.ordinal_position",
    )
    .load(to)?;
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for Typed { table_name, name, data_type } in columns {
        if LEFT_OUT.contains(&table_name.as_str()) {
            continue;
        }
        let Some(kind) = Kind::of(&data_type) else {
            return Err(DbError::ColumnType { column: format!("{table_name}.{name}"), kind: data_type });
        };
        let new = || Table { name: table_name.clone(), columns: Vec::new(), key: Vec::new() };
        let table = tables.entry(table_name.clone()).or_insert_with(new);
        let column = Column { name, kind };
        if keys.iter().any(|key| key.table_name == table_name && key.name == column.name) {
            // Their texts stand in another order than they do, so that no carriage would know where it stopped.
            if matches!(kind, Kind::Time | Kind::Boolean) {
                let column = format!("the key {table_name}.{}", column.name);
                return Err(DbError::ColumnType { column, kind: data_type });
            }
            table.key.push(column.clone());
        }
        table.columns.push(column);
    }
    in_order(tables, &references(from)?)
}

/// Which table refers to which.
fn references(from: &mut SqliteConnection) -> QueryResult<Vec<Named>> {
    sql_query(
        "SELECT m.name AS table_name, f.\"table\" AS name FROM sqlite_master m \
         JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND f.\"table\" <> m.name",
    )
    .load(from)
}

fn in_order(mut tables: BTreeMap<String, Table>, references: &[Named]) -> Result<Vec<Table>, DbError> {
    let (mut placed, mut order) = (BTreeSet::new(), Vec::new());
    while !tables.is_empty() {
        let may_come = |name: &String| {
            references.iter().filter(|one| one.table_name == *name).all(|one| placed.contains(&one.name))
        };
        let Some(name) = tables.keys().find(|name| may_come(name)).cloned() else {
            let column = tables.into_keys().collect::<Vec<_>>().join(", ");
            return Err(DbError::ColumnType { column, kind: "a circle of references".to_owned() });
        };
        order.extend(tables.remove(&name));
        placed.insert(name);
    }
    Ok(order)
}
