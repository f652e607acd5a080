//! The city's database: SQLite by default, PostgreSQL with the feature `postgres`.
//!
//! One file a table: its struct, its `New…` and its queries, which take the connection. [`Database::read`] and
//! [`Database::write`] hand that connection out. Nothing here knows a rule of the city hall; those stand in
//! `enrolment`, `issuance`, `revocation` and their like.
//!
//! What stands in the tables names nobody: the personal data of a resident is one sealed blob in
//! [`enrolment`], whose key is wrapped by a destroy-by key that only the keystore holds.

pub mod act;
pub mod api_request;
pub mod api_token;
pub mod approval;
pub mod audit;
pub mod audit_chain;
pub mod audit_checkpoint;
pub mod audit_find;
pub mod batch;
pub mod batch_file;
pub mod card;
pub mod card_status;
pub mod columns;
mod connection;
mod database;
pub mod day;
pub mod demand;
pub mod destruction;
pub mod duplicate_hash;
pub mod enrolment;
mod error;
pub mod evidence_check;
mod figures;
mod group;
pub mod hold;
pub mod inventory;
pub mod issuing_key;
pub mod kept;
pub mod kept_status;
pub mod kit;
pub mod kit_home;
pub mod lease;
mod line;
pub mod mass_revocation;
mod migrations;
#[cfg(feature = "postgres")]
pub mod moving;
#[cfg(test)]
mod never;
pub mod officer;
pub mod print_job;
pub mod publication;
mod readers;
pub mod recognised;
pub mod retention_change;
pub(crate) mod schema;
pub mod second_look;
#[cfg(feature = "postgres")]
mod server;
pub mod session;
pub mod sign_in;
mod snapshot;
pub mod status_list;
#[cfg(test)]
pub(crate) mod testing;
mod turn;
mod tx;
mod unsure;
mod url;
pub mod visit;

pub use columns::{Id, UtcTime, Word};
pub use connection::AnyConnection;
use connection::MultiBackend;
pub use database::Database;
pub use error::DbError;
pub use figures::Figures;
pub use snapshot::known_schema;
pub use tx::Tx;
pub use url::{DatabaseUrl, DatabaseUrlError};

/// How many ids go into one statement: engines limit how many values a statement may bind.
const IDS_A_STATEMENT: usize = 500;
