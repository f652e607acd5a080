#![doc = include_str!("../README.md")]

pub mod bundle;
pub mod cbor;
pub mod claims;
pub mod cose;
pub mod credential;
pub mod crockford;
pub mod evidence;
pub mod id;
pub mod index;
pub mod keys;
pub mod qr_text;
pub mod status_list;
pub mod trust_list;
pub mod trusted;
pub mod verdict;
pub mod words;

mod base45;
mod unverified;
mod zlib;

pub use unverified::{Unverified, Verified};
