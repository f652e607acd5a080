//! Stories: what the card, its lists and its verdict do under honest use, under
//! attack, and against other people's data.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story whose stage cannot be set has failed: stop there, loudly"
)]

mod adversary;
mod backup;
mod caps;
mod captures;
mod conformance;
mod crash;
mod faults;
mod interop;
mod keys;
mod kills;
mod kit;
mod path;
mod power_loss;
mod properties;
mod refused;
mod retention;
mod security;
mod vectors;
mod visit;
mod writers;
