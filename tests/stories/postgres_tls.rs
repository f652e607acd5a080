//! TLS to the database, as `issuer/docs/postgres.md` has it: only the city's own server is talked to.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use issuer::db::{Database, DatabaseUrl, DbError};
use tests::postgres::Server;

fn open(server: &Server, host: &str, more: &str) -> Result<Database, String> {
    let port = server.port();
    let url = format!("postgres://test@{host}:{port}/postgres?hostaddr=127.0.0.1&{more}");
    Database::open(&DatabaseUrl::parse(&url).unwrap()).map_err(|error| match error {
        DbError::Open(why) => why.to_string(),
        other => other.to_string(),
    })
}

#[test]
fn only_the_citys_own_server_is_talked_to() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let ours = folder.path().join("ours.pem");
    std::fs::write(&ours, "").unwrap();
    let checked = |file: &std::path::Path| format!("sslmode=verify-full&sslrootcert={}", file.display());

    // It does not speak TLS yet.
    let refused = open(&server, "localhost", "sslmode=require").unwrap_err();
    assert!(refused.contains("server does not support SSL"), "{refused}");

    std::fs::write(&ours, server.certify()).unwrap();
    let db = open(&server, "localhost", &checked(&ours)).unwrap();
    let encrypted = "(SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())";
    let encrypted =
        db.read(|conn| Ok::<_, DbError>(diesel::select(sql::<Bool>(encrypted)).get_result::<bool>(conn)?));
    assert!(encrypted.unwrap());

    // Under another name, it could be anybody.
    let refused = open(&server, "db.city.example", &checked(&ours)).unwrap_err();
    assert!(refused.contains("does not match host name \"db.city.example\""), "{refused}");
    // And so could one that another certificate vouches for.
    let other = Server::start().unwrap();
    let others = folder.path().join("others.pem");
    std::fs::write(&others, other.certify()).unwrap();
    let refused = open(&server, "localhost", &checked(&others)).unwrap_err();
    assert!(refused.contains("certificate verify failed"), "{refused}");
}
