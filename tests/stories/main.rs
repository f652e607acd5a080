//! Stories through the real programs: a city hall, a desk, a counter, and what goes wrong there.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story whose stage cannot be set has failed: stop there, loudly"
)]

mod backup;
mod captures;
mod conformance;
mod crash;
mod explain;
mod faults;
mod keys;
mod kills;
mod kit;
mod moving;
mod path;
mod pieces;
mod power_loss;
mod refused;
mod retention;
mod security;
mod visit;
