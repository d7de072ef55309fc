//! `postmaster.pid`: what a running Postgres says about itself, and what a killed one leaves behind.

use std::{fs, path::Path};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// The lines of the file that we use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PidFile {
    pub pid: i32,
    pub port: u16,
}

impl PidFile {
    /// The file of this cluster, if it is there and whole.
    #[must_use]
    pub fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(cluster.join("postmaster.pid")).ok()?)
    }

    /// pid, data directory, start time, port, socket directory, address, shared memory, status: one per line.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok().filter(|pid| *pid > 0)?;
        let port = lines.nth(2)?.trim().parse().ok()?;
        Some(Self { pid, port })
    }
}

/// The process that holds this cluster: alive, and started on exactly this folder. A number in a stale file may long
/// belong to someone else.
#[must_use]
pub fn holder(cluster: &Path) -> Option<i32> {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    let pid: i32 = text.lines().next()?.trim().parse().ok()?;
    let alive = test_kill_process(Pid::from_raw(pid)?) != Err(rustix::io::Errno::SRCH);
    (alive && command_line(pid).is_some_and(|arguments| arguments.iter().any(|a| Path::new(a) == cluster)))
        .then_some(pid)
}

/// Makes a stale file, whose number now belongs to another process, say so.
///
/// Postgres refuses to start while the process of that number lives, whatever it is. The file is kept, because Postgres
/// also learns from it which shared memory to check for sessions that outlived a killed postmaster.
///
/// # Errors
/// When the file cannot be written.
pub fn disown(cluster: &Path) -> std::io::Result<()> {
    let path = cluster.join("postmaster.pid");
    let text = fs::read_to_string(&path)?;
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    fs::write(&path, format!("{NO_PROCESS}\n{rest}"))
}

/// Above the highest number that any supported kernel gives to a process.
const NO_PROCESS: i32 = (1 << 22) + 1;

/// Asks Postgres to end its sessions and stop ("fast shutdown").
pub fn interrupt(pid: i32) {
    if let Some(pid) = Pid::from_raw(pid) {
        // It may have stopped by itself in between: then there is nobody to ask.
        let _ = kill_process(pid, Signal::INT);
    }
}

/// A process's arguments. `/proc/<pid>/cmdline` may be read by everyone, also in a container without extra rights.
#[cfg(target_os = "linux")]
fn command_line(pid: i32) -> Option<Vec<String>> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    Some(bytes.split(|byte| *byte == 0).map(|argument| String::from_utf8_lossy(argument).into_owned()).collect())
}

/// Elsewhere `ps` prints the line; the folder is its last argument, because we start Postgres that way.
#[cfg(not(target_os = "linux"))]
fn command_line(pid: i32) -> Option<Vec<String>> {
    let output = std::process::Command::new("ps").args(["-o", "command=", "-p", &pid.to_string()]).output().ok()?;
    let line = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    line.split_once(" -D ").map(|(_, folder)| vec![folder.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_whole_file_and_refuses_a_torn_one() {
        let whole = "4711\n/data/cluster\n1790000000\n5432\n/data/run\n\n  5432001 12\nready   \n";
        assert_eq!(PidFile::parse(whole), Some(PidFile { pid: 4711, port: 5432 }));
        for torn in ["", "4711\n", "4711\n/data/cluster\n1790000000\n", "x\n\n\n5432\n", "-1\n\n\n5432\n"] {
            assert_eq!(PidFile::parse(torn), None, "{torn:?}");
        }
    }

    #[test]
    fn a_living_process_that_is_not_postgres_holds_nothing() {
        let cluster = tempfile::tempdir().unwrap();
        let own_pid = std::process::id();
        fs::write(cluster.path().join("postmaster.pid"), format!("{own_pid}\n{}\n", cluster.path().display())).unwrap();
        assert_eq!(holder(cluster.path()), None);
        disown(cluster.path()).unwrap();
        let text = fs::read_to_string(cluster.path().join("postmaster.pid")).unwrap();
        assert_eq!(text, format!("{NO_PROCESS}\n{}\n", cluster.path().display()));
    }
}
