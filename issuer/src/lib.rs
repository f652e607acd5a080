#![doc = include_str!("../README.md")]

pub mod audit;
pub mod backup;
pub mod batch;
pub mod card;
pub mod cli;
pub mod config;
mod crash;
pub mod db;
pub mod demo;
pub mod edge;
pub mod enrolment;
mod error;
mod evidence_words;
pub mod files;
pub mod inventory;
pub mod issuance;
mod issuer;
pub mod jwk;
pub mod keys;
pub mod keystore;
pub mod kit;
pub mod log;
mod mac;
pub mod metrics;
#[cfg(feature = "postgres")]
pub mod moving;
pub mod officers;
pub mod parallel;
pub mod process;
pub mod programs;
pub mod publish;
pub mod recognise;
pub mod recovery;
pub mod requests;
pub mod resident;
pub mod retention;
pub mod revocation;
pub mod scheduled;
pub mod web;
pub mod words;

pub use error::Error;
pub use issuer::Issuer;
