//! What a connection to a PostgreSQL server keeps to: nothing waits for ever for a server or a network that is gone.
//!
//! Whatever the city's address, its role or its database says already stays as it is.

use std::fmt::Write as _;

use diesel::connection::SimpleConnection as _;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

/// What libpq is told beside the address: how long a connection may take, and how soon one is given up behind which
/// nobody answers any more.
const ADDRESS: [(&str, &str); 7] = [
    ("connect_timeout", "5"),
    ("keepalives", "1"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "20000"),
    ("fallback_application_name", "issuer"),
];

/// What the server is told, where it was told nothing. A writer that went silent lets go of the audit counter before those
/// who wait for it give up.
const SESSION: [(&str, &str); 3] =
    [("idle_in_transaction_session_timeout", "15s"), ("lock_timeout", "20s"), ("statement_timeout", "60s")];

/// For what takes as long as it takes.
pub(super) const WITHOUT_LIMITS: &str = "SET statement_timeout = 0; SET lock_timeout = 0";

/// The address, with what it does not say itself.
pub(super) fn address(url: &str) -> String {
    let mut all = url.to_owned();
    for (name, value) in ADDRESS {
        if !names(url, name) {
            let joint = if all.contains('?') { '&' } else { '?' };
            // Writing to a text does not fail.
            let _ = write!(all, "{joint}{name}={value}");
        }
    }
    all
}

fn names(url: &str, name: &str) -> bool {
    let (_, parameters) = url.split_once('?').unwrap_or_default();
    parameters.split('&').any(|parameter| parameter.split('=').next() == Some(name))
}

/// The first statements on a connection.
pub(super) fn session() -> String {
    let mut sql = "SET client_min_messages TO warning; SET TIME ZONE 'UTC';".to_owned();
    for (name, value) in SESSION {
        let _ = write!(
            sql,
            " SELECT set_config('{name}', '{value}', false) WHERE current_setting('{name}') = '0';"
        );
    }
    sql
}

/// Frees what deleted rows held of the table of records, so that it is overwritten. Says whether it was done: in a role
/// that does not own the table the server only warns.
pub(super) fn vacuum(conn: &mut PgConnection) -> QueryResult<bool> {
    const MAY: &str = "(SELECT pg_has_role(tableowner, 'USAGE') FROM pg_tables
                        WHERE schemaname = current_schema() AND tablename = 'enrolment')";
    let may = diesel::select(sql::<Nullable<Bool>>(MAY)).get_result::<Option<bool>>(conn)?;
    if may == Some(true) {
        conn.batch_execute(WITHOUT_LIMITS)?;
        conn.batch_execute("VACUUM enrolment")?;
        conn.batch_execute("RESET statement_timeout; RESET lock_timeout")?;
        conn.batch_execute(&session())?;
    }
    Ok(may == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_address_says_stays() {
        assert_eq!(
            address("postgres://city@db/city?sslmode=verify-full&connect_timeout=30&keepalives_idle=60"),
            "postgres://city@db/city?sslmode=verify-full&connect_timeout=30&keepalives_idle=60&keepalives=1&\
             keepalives_interval=5&keepalives_count=3&tcp_user_timeout=20000&fallback_application_name=issuer"
        );
        assert!(address("postgres://city@db/city").starts_with("postgres://city@db/city?connect_timeout=5&"));
    }
}
