//! The program dies at each of its crash points, is started again, and nothing is lost, doubled or half done.
//!
//! [`points`] lists them, act by act, and holds the list against the code. `issuer-crash-points` dies, the real `issuer`
//! goes on.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story whose stage cannot be set has failed: stop there, loudly"
)]

mod api;
mod backup;
mod desk;
mod destroy;
mod hold;
mod issue;
mod keys;
mod kit;
mod lease;
mod mass;
mod points;
mod publish;
mod revoke;
