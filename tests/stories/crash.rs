//! The program dies at each of its crash points, is started again, and nothing is lost, doubled or half done.
//!
//! [`points`] lists them, act by act, and holds the list against the code. The acts run with the feature `crash-points`,
//! which takes `issuer-crash-points` beside `issuer`: that one dies, the real one goes on.

#[cfg(feature = "crash-points")]
mod api;
#[cfg(feature = "crash-points")]
mod backup;
#[cfg(feature = "crash-points")]
mod desk;
#[cfg(feature = "crash-points")]
mod destroy;
#[cfg(feature = "crash-points")]
mod hold;
#[cfg(feature = "crash-points")]
mod issue;
#[cfg(feature = "crash-points")]
mod keys;
#[cfg(feature = "crash-points")]
mod kit;
#[cfg(feature = "crash-points")]
mod lease;
#[cfg(feature = "crash-points")]
mod mass;
mod points;
#[cfg(feature = "crash-points")]
mod publish;
#[cfg(feature = "crash-points")]
mod revoke;
pub(crate) mod stage;
