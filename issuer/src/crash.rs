//! Crash points: places at which a test lets the program die, as `kill -9` or a lost power line would, or stand still, as
//! a machine does that swaps or is moved.
//!
//! Without the feature `crash-points` they are empty. With it the version says so, and the program starts only where
//! `ISSUER_CRASH_POINT` names a point, or says `none`: a city that got such a program by mistake finds out at once. At a
//! point that is named as `stop:NAME` it stands still, once, until somebody lets it go on.
//!
//! A point has one place in the code. That each is tried is the business of `tests/crash`.

#[cfg(not(feature = "crash-points"))]
mod off {
    use std::path::Path;

    /// What `--version` says.
    pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

    /// Whether the program may start.
    pub(crate) fn may_start() -> bool {
        true
    }

    /// Nothing dies here.
    pub(crate) fn point(_name: &str) {}

    /// Nor here.
    pub(crate) fn file_point(_name: &str, _path: &Path) {}
}

#[cfg(feature = "crash-points")]
mod on {
    use std::path::Path;
    use std::process::Command;
    use std::sync::atomic::{AtomicBool, Ordering};

    static STOOD_STILL: AtomicBool = AtomicBool::new(false);

    /// What `--version` says.
    pub(crate) const VERSION: &str =
        concat!(env!("CARGO_PKG_VERSION"), ", with crash points: for tests alone");

    const NAMED: &str = "ISSUER_CRASH_POINT";

    /// Whether somebody knows what they started.
    pub(crate) fn may_start() -> bool {
        std::env::var_os(NAMED).is_some()
    }

    /// Dies here if this point is named, or stands still.
    pub(crate) fn point(name: &str) {
        let named = std::env::var(NAMED).unwrap_or_default();
        if named == name {
            die();
        }
        if named.strip_prefix("stop:") == Some(name) && !STOOD_STILL.swap(true, Ordering::Relaxed) {
            signal("STOP");
        }
    }

    /// Dies here if this point is named together with the file and its folder: `file.ready:public/bundle.cbor`.
    pub(crate) fn file_point(name: &str, path: &Path) {
        let part = |path: Option<&Path>| {
            path.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        point(&format!("{name}:{}/{}", part(path.parent()), part(Some(path))));
    }

    /// Nothing is dropped, flushed or rolled back.
    fn die() -> ! {
        signal("KILL");
        std::process::abort()
    }

    /// Safe Rust cannot send a signal, so a shell does.
    fn signal(name: &str) {
        let _ = Command::new("sh").args(["-c", &format!("kill -{name} $PPID")]).status();
    }
}

#[cfg(not(feature = "crash-points"))]
pub(crate) use off::{VERSION, file_point, may_start, point};
#[cfg(feature = "crash-points")]
pub(crate) use on::{VERSION, file_point, may_start, point};
