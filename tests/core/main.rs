//! What the card, its lists and its verdict do under honest use and under attack.
//! No program runs here: `shared` alone is tested.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story whose stage cannot be set has failed: stop there, loudly"
)]

mod adversary;
mod caps;
mod interop;
mod properties;
mod vectors;
mod writers;
