//! A city is served in a role that may change no table, by the statements that `issuer/docs/postgres.md` gives an administrator.

use std::process::Command;

use tests::hall::{Hall, binary, run};
use tests::load::{City, Full, visit};
use tests::postgres::Server;

const NOT_OWNER: &str = "issuer: the tables are older than this program, and this role may not change them; run issuer \
                             migrate as the role that owns them, then start this again\n";

/// The statements of the guide, in order: roles, rights, vacuum.
fn statements() -> Vec<String> {
    let guide = std::fs::read_to_string("../issuer/docs/postgres.md").unwrap();
    let blocks = guide.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned());
    blocks.collect()
}

/// What psql says of a statement in a role.
fn in_role(server: &Server, role: &str, sql: &str) -> tests::hall::Answer {
    let address = server.address(role, "city");
    run(Command::new("psql").args(["-qAt", "-v", "ON_ERROR_STOP=1", "-d", &address, "-c", sql]))
}

#[test]
fn a_city_is_served_in_a_role_that_changes_no_table() {
    let Some(server) = Server::start() else { return };
    let [roles, rights, vacuum] = statements().try_into().unwrap();
    let _ = server.database("city");
    server.sql("city", &roles);
    let hall = Hall::on_file("roles").0;
    let (owner, desk) = (server.address("city_owner", "city"), server.address("city_desk", "city"));

    // Without the owner there are no tables, and no city.
    let refused = hall.issuer(&["migrate", "--database", &desk]);
    assert_eq!((refused.status, refused.complaint.as_str()), (Some(1), NOT_OWNER));
    assert_eq!(hall.issuer(&["migrate", "--database", &owner]).good().out, "The database is up to date.\n");
    in_role(&server, "city_owner", &rights).good();
    in_role(&server, "city_owner", &vacuum).good();

    // Everything that a city does is done in the serving role.
    let data = hall.file("served");
    let city = City::open(&binary("issuer"), &data, Some(&desk), Full::default(), 1).unwrap();
    let mut browser = city.officer(0);
    let mut shown = Vec::new();
    for number in 0..2 {
        visit(&mut browser, number, false, &mut shown).unwrap();
    }
    city.check(&shown).unwrap();
    let all: [&[&str]; 9] = [
        &["revoke", &shown[0], "--reason", "lost"],
        &["publish", "--out", "public"],
        &["audit", "checkpoint"],
        &["audit", "verify"],
        &["key", "new", "--use", "card"],
        &["officer", "add", "--login", "ben", "--role", "approver"],
        &["inventory"],
        &["retention", "verify"],
        &["migrate"],
    ];
    for command in all {
        hall.issuer(&[command, &["--data", "served"]].concat()).good();
    }
    let said = hall
        .issuer_at("+40d", &["retention", "run", "--even-though-clock-jumped", "--data", "served"])
        .good()
        .out;
    assert!(said.contains("2 records destroyed.\n"), "{said}");
    assert!(said.contains("or this role may not vacuum."), "{said}");

    // And nothing else can be.
    for forbidden in [
        "CREATE TABLE mine (id BIGINT)",
        "ALTER TABLE card ADD COLUMN mine BIGINT",
        "DROP TABLE card",
        "TRUNCATE audit_log CASCADE",
        "DELETE FROM audit_log",
        "UPDATE audit_log SET desk = 'elsewhere'",
        "DELETE FROM audit_checkpoint",
        "DELETE FROM audit_counter",
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('x')",
        "DELETE FROM __diesel_schema_migrations",
    ] {
        let refused = in_role(&server, "city_desk", forbidden);
        assert_ne!(refused.status, Some(0), "{forbidden}");
        let denied =
            ["permission denied", "must be owner"].iter().any(|words| refused.complaint.contains(words));
        assert!(denied, "{forbidden}: {}", refused.complaint);
    }

    // A newer program than the tables: it says so, and does nothing.
    let last =
        in_role(&server, "city_owner", "SELECT max(version) FROM __diesel_schema_migrations").good().out;
    let last = last.trim();
    in_role(
        &server,
        "city_owner",
        &format!("DELETE FROM __diesel_schema_migrations WHERE version = '{last}'"),
    )
    .good();
    let refused = hall.issuer(&["publish", "--out", "public", "--data", "served"]);
    assert_eq!((refused.status, refused.complaint.as_str()), (Some(1), NOT_OWNER));
    // What the owner makes later is open to the serving role by itself.
    in_role(&server, "city_owner", "CREATE TABLE later (id BIGINT PRIMARY KEY)").good();
    in_role(&server, "city_desk", "INSERT INTO later VALUES (1)").good();
}
