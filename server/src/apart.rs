//! `server pages`: work on a file that nobody trusts, in a process that may take little and is nobody's loss.

use std::{fs::File, io, os::fd::AsFd, process::ExitCode};

use rustix::process::{Resource, Rlimit, setrlimit};

/// The most memory it may ask for.
const MAX_MEMORY_BYTES: u64 = 2 << 30;
/// The most it may write.
const MAX_FILE_BYTES: u64 = 512 << 20;
/// The most time it may count on, in seconds; whoever called it ends it sooner.
const MAX_CPU_SECONDS: u64 = 15 * 60;

/// Prepares the document of standard input.
#[must_use]
pub fn pages() -> ExitCode {
    for (resource, most) in [
        (Resource::As, MAX_MEMORY_BYTES),
        (Resource::Cpu, MAX_CPU_SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, MAX_FILE_BYTES),
    ] {
        // Not every system knows every limit.
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
    // Nobody waits for it when the server is gone.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
    let prepared = io::stdin().as_fd().try_clone_to_owned().map_err(anyhow::Error::new).and_then(|document| {
        service::media::prepare_pages(File::from(document), io::stdout().lock(), &mut io::stderr())
    });
    match prepared {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
