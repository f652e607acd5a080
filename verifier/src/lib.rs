#![doc = include_str!("../README.md")]

pub mod cli;
pub mod clock;
pub mod counter;
pub mod edge;
pub mod keyboard;
pub mod parts;
pub mod qr_loop;
pub mod read;
pub mod sentence;
pub mod serve;
pub mod store;
pub mod words;
