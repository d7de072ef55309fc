//! Documents prepared by a program of its own: this one, run once more with nothing but the document. Whatever that document
//! does, it ends there: memory, time, a stack that overflows.
//!
//! The document comes in through standard input and its pages go out through standard output; how far the work is, and what
//! is wrong with the document, are lines of standard error. Anything else there is the program's own trouble.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, mpsc},
    time::Duration,
};

use domain::Error as Problem;

use super::{
    derive::Work,
    pdf,
    source::{Data, Opened},
};
use crate::{Error, Result};

/// What the program is called with.
pub const COMMAND: &str = "pages";
/// How often the clock is looked at while it works.
const EVERY: Duration = Duration::from_secs(1);
/// The longest line that is read of it.
const MAX_LINE_BYTES: u64 = 4 << 10;
const AT: &str = "at ";
const REFUSED: &str = "refused ";

/// Lets `program` prepare the pages.
pub(super) fn pages(program: &Path, opened: Opened, work: &Arc<Work>) -> Result<File> {
    let Data::Local(document) = opened.data else { return Err(anyhow::anyhow!("a document that is not here").into()) };
    let made = tempfile::tempfile().map_err(anyhow::Error::new)?;
    let mut child = Command::new(program)
        .arg(COMMAND)
        .env_clear()
        .stdin(Stdio::from(document))
        .stdout(Stdio::from(made.try_clone().map_err(anyhow::Error::new)?))
        .stderr(Stdio::piped())
        .spawn()
        .map_err(anyhow::Error::new)?;
    let (tell, told) = mpsc::channel();
    let (said, progress) = (child.stderr.take(), work.clone());
    std::thread::spawn(move || {
        // Nobody hears it where the time was over first.
        let _ = tell.send(said.and_then(|said| listen(said, &progress)));
    });
    // It says nothing more when it has ended.
    let refused = loop {
        match told.recv_timeout(EVERY) {
            Ok(refused) => break refused,
            Err(mpsc::RecvTimeoutError::Disconnected) => break None,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                if let Err(problem) = work.in_time() {
                    // One that has ended in between needs no end.
                    let _ = child.kill();
                    child.wait().map_err(anyhow::Error::new)?;
                    return Err(problem.into());
                }
            }
        }
    };
    let status = child.wait().map_err(anyhow::Error::new)?;
    match (status.success(), refused) {
        (true, None) => Ok(made),
        (_, Some(problem)) => Err(problem.into()),
        // It was ended by a limit or by a fault of its own.
        (false, None) => Err(pdf::damaged().into()),
    }
}

/// What it says until it ends.
fn listen(said: impl Read, work: &Work) -> Option<Problem> {
    let mut said = BufReader::new(said);
    let mut refused = None;
    loop {
        let mut line = Vec::new();
        let read = said.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line).unwrap_or(0);
        if read == 0 {
            return refused;
        }
        let line = String::from_utf8_lossy(&line);
        if let Some((done, all)) = line.strip_prefix(AT).and_then(|at| at.trim().split_once(' '))
            && let (Ok(done), Ok(all)) = (done.parse(), all.parse())
        {
            // Who is too late is told so by the one who looks after it.
            let _ = work.at(done, all);
        } else if let Some(problem) = line.strip_prefix(REFUSED) {
            refused = serde_json::from_str(problem).ok();
        } else {
            tracing::debug!(line = line.trim_end(), "the program that prepares documents");
        }
    }
}

/// The other side: prepares a document for whoever called this program, and says how it went.
///
/// # Errors
/// When the document is refused, which has been said, or nobody listens.
pub fn prepare(document: File, mut out: impl Write, say: &mut (impl Write + Send)) -> anyhow::Result<()> {
    let size = document.metadata()?.len();
    let opened = Opened { data: Data::Local(document), size, content_type: None, extension: String::new() };
    let made = pdf::pages(opened, &Arc::new(Work::new()), &mut |done, all| {
        // Nobody listening is no reason to stop.
        let _ = writeln!(say, "{AT}{done} {all}");
    });
    match made {
        Ok(mut made) => {
            std::io::Seek::rewind(&mut made)?;
            std::io::copy(&mut made, &mut out)?;
            Ok(())
        }
        Err(Error::Domain(problem)) => {
            writeln!(say, "{REFUSED}{}", serde_json::to_string(&problem)?)?;
            anyhow::bail!("the document was refused")
        }
        Err(Error::Internal(error)) => Err(error),
    }
}
