//! Reads what `strace -f -y -xx` wrote: what happened to the files below a folder, and what was acknowledged.

use std::collections::HashMap;

/// Something that happened, in order. Paths are relative to the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A file was opened that may not have been there.
    Create(String),
    /// Bytes were written; without an offset, at the end.
    Write(String, Option<usize>, Vec<u8>),
    /// A file was cut or filled up to this length.
    Truncate(String, usize),
    /// All of a file is on the disk, or all names in a folder.
    Sync(String),
    /// A name was given to a file, and taken from another where one is named.
    Name(Option<String>, String, String),
    /// A name is gone.
    Unlink(String),
    /// The program said on its standard output that a card is issued.
    Acknowledged(String),
}

/// The system calls that matter, as strace is to be told.
pub const CALLS: &str = "trace=openat,open,creat,write,pwrite64,writev,pwritev,ftruncate,truncate,fallocate,fsync,\
                         fdatasync,sync_file_range,rename,renameat,renameat2,link,linkat,unlink,unlinkat";

/// The events of a trace.
///
/// # Panics
/// When a call changes a file of the folder in a way that is not known here.
#[must_use]
pub fn events(trace: &str, folder: &str) -> Vec<Event> {
    let mut open: HashMap<&str, String> = HashMap::new();
    let mut events = Vec::new();
    for line in trace.lines() {
        let Some((pid, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if let Some(begun) = call.strip_suffix("<unfinished ...>") {
            open.insert(pid, begun.trim_end().to_owned());
        } else if let Some(rest) = call.strip_prefix("<... ") {
            let begun = open.remove(pid).unwrap_or_default();
            let rest = rest.split_once("resumed>").map_or("", |(_, rest)| rest);
            events.extend(event(&format!("{begun}{rest}"), folder));
        } else {
            events.extend(event(call, folder));
        }
    }
    events
}

fn event(line: &str, folder: &str) -> Option<Event> {
    let (call, result) = line.rsplit_once(") = ")?;
    let (name, arguments) = call.split_once('(')?;
    if result.starts_with('-') {
        return None;
    }
    let first = arguments.split_once('>').map(|(fd, _)| fd).unwrap_or_default();
    let of_fd = first.split_once('<').map(|(_, path)| unescaped(path)).unwrap_or_default();
    let path = |path: &str| path.strip_prefix(folder).map(|path| path.trim_start_matches('/').to_owned());
    let strings: Vec<String> = quoted(arguments).map(unescaped).collect();
    let numbers = arguments.rsplit(", ").map(|number| number.trim().parse::<usize>());
    let numbers: Vec<usize> = numbers.map_while(Result::ok).collect();
    match name {
        "write" | "pwrite64" => {
            let data = bytes(quoted(arguments).next().unwrap_or_default());
            if let Some(said) = data.strip_prefix(b"ACK ") {
                return Some(Event::Acknowledged(String::from_utf8_lossy(said).trim().to_owned()));
            }
            let written: usize = result.split_whitespace().next()?.parse().ok()?;
            let path = path(&of_fd)?;
            assert_eq!(written, data.len(), "a write that was cut short, by the system or by strace: {path}");
            let offset = (name == "pwrite64").then(|| numbers.first().copied()).flatten();
            Some(Event::Write(path, offset, data))
        }
        "ftruncate" => Some(Event::Truncate(path(&of_fd)?, *numbers.first()?)),
        "fsync" | "fdatasync" => Some(Event::Sync(path(&of_fd)?)),
        "open" | "openat" | "creat" => {
            let given = result.split_once('<').map(|(_, path)| unescaped(path.trim_end_matches('>')))?;
            let path = path(&given)?;
            if arguments.contains("O_TRUNC") {
                return Some(Event::Truncate(path, 0));
            }
            // A file without a name is gone after a crash.
            (arguments.contains("O_CREAT") && !arguments.contains("O_TMPFILE")).then_some(Event::Create(path))
        }
        "unlink" | "unlinkat" => Some(Event::Unlink(path(strings.last()?)?)),
        "rename" | "renameat" | "renameat2" => {
            let [from, to] = [path(strings.first()?)?, path(strings.get(1)?)?];
            Some(Event::Name(Some(from.clone()), from, to))
        }
        "link" | "linkat" => Some(Event::Name(None, path(strings.first()?)?, path(strings.get(1)?)?)),
        _ => {
            assert!(path(&of_fd).is_none(), "{name} is not known here");
            None
        }
    }
}

/// What stands between quotation marks: with `-xx` nothing in it is one.
fn quoted(arguments: &str) -> impl Iterator<Item = &str> {
    arguments.split('"').skip(1).step_by(2)
}

fn unescaped(text: &str) -> String {
    String::from_utf8_lossy(&bytes(text)).into_owned()
}

/// `\x61` is a byte; what is not written so stands for itself.
fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4);
    let mut rest = text;
    while let Some(at) = rest.find("\\x") {
        bytes.extend(rest.get(..at).unwrap_or_default().as_bytes());
        bytes.extend(rest.get(at + 2..at + 4).and_then(|digits| u8::from_str_radix(digits, 16).ok()));
        rest = rest.get(at + 4..).unwrap_or_default();
    }
    bytes.extend(rest.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_read() {
        let trace = "\
7 openat(AT_FDCWD</>, \"\\x61\", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 5</c/a>
7 openat(AT_FDCWD</>, \"\\x62\", O_RDONLY) = -1 ENOENT (No such file or directory)
7 pwrite64(5</c/a>, \"\\x00\\xff\", 2, 4096) = 2
8 write(6<\\x2f\\x63\\x2f\\x62>, \"\\x41\", 1) = 1
7 fdatasync(5</c/a> <unfinished ...>
8 write(1<pipe:[1]>, \"\\x41\\x43\\x4b\\x20\\x37\\x0a\", 6) = 6
7 <... fdatasync resumed>) = 0
7 ftruncate(5</c/a>, 10) = 0
7 fsync(9</elsewhere>) = 0
7 linkat(AT_FDCWD</c>, \"/c/d\", AT_FDCWD</c>, \"/c/e\", 0) = 0
7 rename(\"\\x2f\\x63\\x2f\\x61\", \"/c/f\") = 0
7 unlink(\"/c/f\") = 0
7 +++ exited with 0 +++
";
        let of = |path: &str| path.to_owned();
        assert_eq!(
            events(trace, "/c"),
            [
                Event::Create(of("a")),
                Event::Write(of("a"), Some(4096), vec![0, 255]),
                Event::Write(of("b"), None, vec![65]),
                Event::Acknowledged(of("7")),
                Event::Sync(of("a")),
                Event::Truncate(of("a"), 10),
                Event::Name(None, of("d"), of("e")),
                Event::Name(Some(of("a")), of("a"), of("f")),
                Event::Unlink(of("f")),
            ]
        );
    }
}
