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
#[expect(clippy::indexing_slicing, reason = "what a description does not say is null, and fails its test")]
pub mod described;
#[cfg(feature = "programs")]
pub mod desk;
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
#[cfg(feature = "programs")]
pub mod log;
#[cfg(feature = "programs")]
pub mod metrics;
pub mod pack;
#[cfg(feature = "programs")]
pub mod postgres;
#[cfg(feature = "programs")]
pub mod power_loss;
pub mod raw;
pub mod read;
#[cfg(feature = "programs")]
#[expect(clippy::indexing_slicing, reason = "a card without its number or its code fails its story")]
pub mod stage;
pub mod vectors;
#[cfg(feature = "programs")]
pub mod visit;
