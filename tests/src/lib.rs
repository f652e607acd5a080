//! What the tests share: a fictitious city with fixed keys and a fixed clock, cards
//! of every shape, honest and hostile, and the vectors made from them.
//!
//! Nothing here reads a clock or draws a random number: the same tests make the
//! same bytes on every machine.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a city that cannot be built has nothing to test: stop there, loudly"
)]

#[cfg(feature = "programs")]
pub mod captures;
pub mod city;
pub mod draft;
#[cfg(feature = "programs")]
pub mod hall;
#[cfg(feature = "programs")]
pub mod kiosk;
pub mod lenient;
#[cfg(feature = "programs")]
pub mod lists_server;
#[cfg(feature = "programs")]
pub mod load;
pub mod pack;
#[cfg(feature = "programs")]
pub mod postgres;
#[cfg(feature = "programs")]
pub mod power_loss;
pub mod raw;
pub mod read;
pub mod vectors;
