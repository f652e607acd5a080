//! Programs are waited for, and not for ever: one that hangs fails its story, and says where it hangs.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// No command of a story takes a tenth of this.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long a story waits for what a server must say.
const PATIENCE_A_LINE: Duration = Duration::from_secs(60);

/// How long a story waits for what must happen.
const PATIENCE_UNTIL: Duration = Duration::from_secs(120);
/// Between two looks whether it has.
const LOOK: Duration = Duration::from_millis(10);

/// Waits until something has happened, and fails when it does not.
#[expect(
    clippy::disallowed_methods,
    reason = "what happens in another process is looked for again and again"
)]
pub fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let began = Instant::now();
    while !happened() {
        assert!(began.elapsed() < PATIENCE_UNTIL, "waited in vain until {what}");
        thread::sleep(LOOK);
    }
}

/// What a program that runs says, line by line, as it comes.
#[derive(Debug)]
pub struct Lines(Receiver<String>);

impl Lines {
    /// Reads all that is said, to its end: whoever stops reading would stop the program's next line.
    #[must_use]
    pub fn of(said: impl Read + Send + 'static) -> Self {
        let (told, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                // Nobody may be listening any more.
                let _ = told.send(line);
            }
        });
        Self(lines)
    }

    /// What follows this at the beginning of a line, the next that has it.
    #[must_use]
    pub fn after(&self, start: &str) -> Option<String> {
        self.find_map(|line| line.strip_prefix(start).map(str::to_owned))
    }

    /// The next line in which this stands.
    #[must_use]
    pub fn with(&self, part: &str) -> Option<String> {
        self.find_map(|line| line.contains(part).then(|| line.to_owned()))
    }

    /// What comes of the next line of which something comes; none once the program has ended, or says nothing for too long.
    #[must_use]
    pub fn find_map<T>(&self, of: impl Fn(&str) -> Option<T>) -> Option<T> {
        std::iter::from_fn(|| self.0.recv_timeout(PATIENCE_A_LINE).ok()).find_map(|line| of(&line))
    }

    /// All that is said until the program has ended.
    #[must_use]
    pub fn rest(&self) -> Vec<String> {
        self.0.iter().collect()
    }
}

/// Runs a command to its end, as [`Command::output`] does.
///
/// # Errors
/// When it cannot be started.
pub fn output(command: &mut Command) -> io::Result<Output> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    Ok(ended(child, &format!("{command:?}")))
}

/// What a program said until it ended, and all who write to the same pipes.
pub(super) fn ended(child: Child, command: &str) -> Output {
    let process = child.id();
    let (end, ended) = mpsc::channel();
    thread::spawn(move || end.send(child.wait_with_output()));
    let Ok(output) = ended.recv_timeout(PATIENCE) else {
        let threads = threads(process);
        let _ = Command::new("kill").args(["-KILL", &process.to_string()]).status();
        panic!("{command} does not end:\n{threads}");
    };
    output.unwrap()
}

/// Each thread of a process: its state and name, and the call to the kernel that it waits in.
fn threads(process: u32) -> String {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return "it is gone".to_owned() };
    let lines = threads.flatten().map(|thread| {
        let of = |file: &str| fs::read_to_string(thread.path().join(file)).unwrap_or_default();
        let stat = of("stat");
        // The state comes behind the name, which is in brackets.
        let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next()).unwrap_or('?');
        format!("{state} {}: {} {}", of("comm").trim(), of("wchan").trim(), of("syscall").trim())
    });
    lines.collect::<Vec<_>>().join("\n")
}
