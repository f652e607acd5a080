//! What a disk may hold after the power went: the system calls of a program, and a disk on which they are played
//! again up to a moment, where what was not synced is there, torn or gone.

mod disk;
mod trace;

pub use disk::{Chance, Disk};
pub use trace::{CALLS, Event, events};
