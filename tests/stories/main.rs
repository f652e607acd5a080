//! Stories through the real programs: a city hall, a desk, a counter, and what goes wrong there.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story whose stage cannot be set has failed: stop there, loudly"
)]

mod api;
mod backup;
mod conformance;
mod explain;
mod faults;
mod keys;
mod kills;
mod kit;
mod moving;
mod path;
mod pieces;
#[cfg(feature = "postgres")]
mod postgres_faults;
#[cfg(feature = "postgres")]
mod postgres_roles;
#[cfg(feature = "postgres")]
mod postgres_tls;
mod power_loss;
mod publish_watch;
mod refused;
mod retention;
mod security;
mod several;
mod side_by_side;
mod watch;
