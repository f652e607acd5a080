//! Programs are waited for, and not for ever: one that hangs fails its story, and says where it hangs.

use std::fs;
use std::io;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// No command of a story takes a tenth of this.
const PATIENCE: Duration = Duration::from_secs(300);

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
