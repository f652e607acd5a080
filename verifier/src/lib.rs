#![doc = include_str!("../README.md")]

pub mod answer;
#[cfg(feature = "native")]
pub mod cli;
pub mod counter;
#[cfg(feature = "native")]
pub mod edge;
pub mod keyboard;
#[cfg(feature = "native")]
pub mod pwa;
pub mod sentence;
#[cfg(feature = "native")]
pub mod serve;
#[cfg(feature = "native")]
pub mod store;
pub mod trust;
pub mod words;
