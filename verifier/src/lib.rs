#![doc = include_str!("../README.md")]

pub mod cli;
pub mod edge;
pub mod read;
pub mod sentence;
pub mod store;
