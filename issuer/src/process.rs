//! What the process does so that what it had in memory stays there.

use std::io;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// From now on the process leaves no core dump, and nobody but root reads its memory or attaches to it.
///
/// A limit of zero alone would not do: where the system hands core dumps to a program of its own, that program gets them
/// whatever the limit is.
///
/// # Errors
/// When the system refuses.
pub fn keep_to_itself() -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}
