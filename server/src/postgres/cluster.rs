//! The cluster's folder: where it lies, how it is made, how its settings are written, how its log is read.
//!
//! ```text
//! postgres/            moved into place when complete
//!   cluster/           what initdb made
//!   run/               the socket
//!   password           of the one role, 0600
//!   server.log
//! ```

use std::{
    fs::{self, DirBuilder, File, Permissions},
    io::{Read, Seek, SeekFrom, Write},
    net::TcpListener,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use anyhow::{Context, Result, bail};
use rand::distr::{Alphanumeric, SampleString};
use sqlx::postgres::PgConnectOptions;

use super::{PidFile, binaries::Binaries, pid_file, run_as::RunAs};

const ROLE: &str = "synapse";
/// A socket's address holds 107 bytes; this is what Postgres adds to the folder.
const LONGEST_SOCKET_FOLDER: usize = 107 - "/.s.PGSQL.5432".len();
/// The number in the socket's name; nothing listens on it.
const SOCKET_PORT: u16 = 5432;
/// A log longer than this is set aside at start.
const LOG_LIMIT: u64 = 16 << 20;
/// Where a cluster goes that root starts below a folder that only root may enter.
const SHARED_HOME: &str = "/var/lib/synapse";

/// A whole cluster and the binaries that run it.
#[derive(Debug)]
pub struct Cluster {
    home: PathBuf,
    binaries: Binaries,
    run_as: Option<RunAs>,
    password: String,
}

impl Cluster {
    /// The cluster of a data directory, made now if it does not exist.
    ///
    /// # Errors
    /// When it cannot be made or does not fit the binaries on this machine.
    pub async fn prepare(data: &Path, pg_bin: Option<&Path>) -> Result<Self> {
        let place = match existing(data) {
            Some(home) => home,
            None => choose_place(data)?,
        };
        let run_as = RunAs::choose(&place.join("cluster"))?;
        let made_by = made_by(&place)?;
        let binaries = Binaries::find(pg_bin, made_by, run_as.as_ref())?;
        if made_by.is_none() {
            let (place, binaries, run_as) = (place.clone(), binaries.clone(), run_as.clone());
            tokio::task::spawn_blocking(move || make(&place, &binaries, run_as.as_ref())).await??;
        }
        let password = password(&place)?;
        Ok(Self { home: place, binaries, run_as, password })
    }

    /// How to reach the cluster of a data directory that another process runs, once it does.
    ///
    /// # Errors
    /// When its password may not be read.
    pub fn running(data: &Path) -> Result<Option<PgConnectOptions>> {
        let Some(home) = existing(data) else { return Ok(None) };
        let Some(file) = PidFile::read(&home.join("cluster")) else { return Ok(None) };
        Ok(Some(options(&home, file.port, &password(&home)?)))
    }

    /// How to reach this cluster when it listens where its `postmaster.pid` says.
    #[must_use]
    pub fn options_as_running(&self) -> Option<PgConnectOptions> {
        PidFile::read(&self.folder()).map(|file| options(&self.home, file.port, &self.password))
    }

    /// The process that already runs it: ours, left behind by a server that was killed.
    #[must_use]
    pub fn holder(&self) -> Option<i32> {
        pid_file::holder(&self.folder())
    }

    /// Starts Postgres on this cluster; it is not ready yet.
    ///
    /// # Errors
    /// When the folder cannot be written or the binary does not run.
    pub fn spawn(&self) -> Result<tokio::process::Child> {
        let folder = self.folder();
        self.clear_remains().context("clearing what a killed Postgres left behind")?;
        self.configure()?;
        let log = self.open_log()?;
        let mut command = Command::new(self.binaries.folder.join("postgres"));
        // Ctrl-C in the terminal is for the server, which stops Postgres when it has finished: hence the group of its own.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.arg("-D").arg(&folder).current_dir("/").stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        if let Some(user) = &self.run_as {
            user.apply(&mut command);
        }
        let folder = self.binaries.folder.display();
        tokio::process::Command::from(command).spawn().with_context(|| format!("starting {folder}/postgres"))
    }

    /// A killed Postgres leaves its process number in two files. To the kernel the number may live on, as another program
    /// or as a zombie that no parent has buried, and Postgres would refuse to start.
    fn clear_remains(&self) -> std::io::Result<()> {
        if self.folder().join("postmaster.pid").exists() {
            pid_file::disown(&self.folder())?;
        }
        fs::read_dir(self.home.join("run"))?.try_for_each(|socket| fs::remove_file(socket?.path()))
    }

    /// How long the log is now; what a start adds to it is its own story.
    #[must_use]
    pub fn log_length(&self) -> u64 {
        fs::metadata(self.log()).map_or(0, |meta| meta.len())
    }

    /// What the log tells since `from`.
    #[must_use]
    pub fn log_since(&self, from: u64) -> String {
        let mut text = Vec::new();
        let read = File::open(self.log())
            .and_then(|mut log| log.seek(SeekFrom::Start(from)).and_then(|_| log.read_to_end(&mut text)));
        match read {
            Ok(_) => String::from_utf8_lossy(&text).into_owned(),
            Err(error) => format!("its log {} cannot be read: {error}", self.log().display()),
        }
    }

    /// The file for whoever wants to know more.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.home.join("server.log")
    }

    fn folder(&self) -> PathBuf {
        self.home.join("cluster")
    }

    /// Settings are written at every start, so that a new release of Synapse changes them in old clusters too.
    fn configure(&self) -> Result<()> {
        let run = self.home.join("run");
        let (address, port, sockets) = if fits_socket(&self.home) {
            ("", SOCKET_PORT, quoted(&run)?)
        } else {
            ("127.0.0.1", free_port()?, "''".to_owned())
        };
        let text = format!(
            "# Written by Synapse at every start.\n\
             listen_addresses = '{address}'\n\
             port = {port}\n\
             unix_socket_directories = {sockets}\n\
             unix_socket_permissions = 0700\n\
             max_connections = 100\n\
             fsync = on\n\
             full_page_writes = on\n\
             synchronous_commit = on\n\
             password_encryption = 'scram-sha-256'\n\
             timezone = 'UTC'\n\
             log_timezone = 'UTC'\n\
             log_checkpoints = off\n\
             log_line_prefix = '%m [%p] '\n"
        );
        let path = self.folder().join(SETTINGS);
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        self.run_as.iter().try_for_each(|user| user.own(&path))
    }

    fn open_log(&self) -> Result<File> {
        let path = self.log();
        if self.log_length() > LOG_LIMIT {
            fs::rename(&path, self.home.join("server.log.old")).context("setting the old log of Postgres aside")?;
        }
        let opened = File::options().create(true).append(true).mode(0o600).open(&path);
        opened.with_context(|| format!("opening {}", path.display()))
    }
}

/// What the names of unfinished clusters begin with.
const DRAFT: &str = "postgres.new-";
const SETTINGS: &str = "synapse.conf";
const POINTER: &str = "postgres.location";

/// Where the whole cluster of this data directory is, if it has one.
fn existing(data: &Path) -> Option<PathBuf> {
    let elsewhere = fs::read_to_string(data.join(POINTER)).ok().map(|text| PathBuf::from(text.trim_end()));
    [Some(data.join("postgres")), elsewhere].into_iter().flatten().find(|home| home.join("cluster").is_dir())
}

/// Beside the data; unless root starts us in a folder like `/root` that the user who runs Postgres may not enter.
fn choose_place(data: &Path) -> Result<PathBuf> {
    let beside = data.join("postgres");
    let Some(user) = RunAs::choose(&beside)?.filter(|user| !user.reaches(data)) else { return Ok(beside) };
    let place = Path::new(SHARED_HOME).join(Alphanumeric.sample_string(&mut rand::rng(), 12));
    fs::create_dir_all(&place).with_context(|| {
        format!(
            "Postgres runs as {}, who may not enter {}, and {} cannot be made; choose another directory with --data",
            user.name,
            data.display(),
            place.display()
        )
    })?;
    let home = place.join("postgres");
    fs::write(data.join(POINTER), format!("{}\n", home.display())).context("noting where the cluster is")?;
    tracing::info!("user {} may not enter {}: the database goes to {}", user.name, data.display(), home.display());
    Ok(home)
}

fn made_by(home: &Path) -> Result<Option<u32>> {
    let folder = home.join("cluster");
    if !folder.is_dir() {
        return Ok(None);
    }
    let file = folder.join("PG_VERSION");
    let text = fs::read_to_string(&file).with_context(|| {
        format!("{} cannot be read: run Synapse as the user who made it, or as root", file.display())
    })?;
    Ok(Some(text.trim().parse().with_context(|| format!("{} does not name a release", file.display()))?))
}

fn password(home: &Path) -> Result<String> {
    let path = home.join("password");
    let explain = || format!("{} cannot be read: run Synapse as the user who made it, or as root", path.display());
    Ok(fs::read_to_string(&path).with_context(explain)?.trim_end().to_owned())
}

/// Makes the cluster beside its place and moves it there when it is complete, so that an interrupted attempt is only
/// rubbish to sweep.
fn make(home: &Path, binaries: &Binaries, run_as: Option<&RunAs>) -> Result<()> {
    let parent = home.parent().context("a cluster lies in a folder")?;
    sweep(parent).with_context(|| format!("removing unfinished clusters from {}", parent.display()))?;
    // A name of its own: an `initdb` that outlived its server may still write into the folder it was given.
    let draft = parent.join(format!("{DRAFT}{}", Alphanumeric.sample_string(&mut rand::rng(), 12)));
    tracing::info!("making a PostgreSQL {} cluster in {}", binaries.major, home.display());
    for folder in [draft.clone(), draft.join("run")] {
        DirBuilder::new().mode(0o700).create(&folder).with_context(|| format!("making {}", folder.display()))?;
        run_as.iter().try_for_each(|user| user.own(&folder))?;
    }
    let password_file = draft.join("password");
    let mut file = File::options().create_new(true).write(true).mode(0o600).open(&password_file)?;
    writeln!(file, "{}", Alphanumeric.sample_string(&mut rand::rng(), 40))?;
    file.sync_all()?;
    run_as.iter().try_for_each(|user| user.own(&password_file))?;

    let folder = draft.join("cluster");
    // A locale that knows every script, where the machine has it.
    let mut output = initdb(&folder, &password_file, "C.UTF-8", binaries, run_as)?;
    if !output.status.success() && String::from_utf8_lossy(&output.stderr).contains("locale") {
        output = initdb(&folder, &password_file, "C", binaries, run_as)?;
    }
    if !output.status.success() {
        let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        bail!("{}", explain(&told, &format!("making the cluster in {} failed", home.display())));
    }
    let settings = folder.join("postgresql.conf");
    let mut file = File::options().append(true).open(&settings)?;
    writeln!(file, "\ninclude = '{SETTINGS}'")?;
    file.sync_all()?;
    fs::set_permissions(&folder, Permissions::from_mode(0o700))?;
    fs::rename(&draft, home).with_context(|| format!("moving the new cluster to {}", home.display()))?;
    // The move itself must survive a power cut.
    File::open(parent).and_then(|folder| folder.sync_all()).context("securing the new cluster")
}

fn sweep(parent: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(DRAFT) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

fn initdb(folder: &Path, password: &Path, locale: &str, binaries: &Binaries, run_as: Option<&RunAs>) -> Result<Output> {
    let mut command = Command::new(binaries.folder.join("initdb"));
    command.arg("-D").arg(folder).args(["-U", ROLE, "--auth=scram-sha-256", "--encoding=UTF8"]);
    command.arg(format!("--locale={locale}")).arg("--lc-messages=C").arg("--pwfile").arg(password);
    command.current_dir("/").stdin(Stdio::null());
    if let Some(user) = run_as {
        user.apply(&mut command);
    }
    command.output().with_context(|| format!("running {}/initdb", binaries.folder.display()))
}

fn options(home: &Path, port: u16, password: &str) -> PgConnectOptions {
    let options =
        PgConnectOptions::new_without_pgpass().username(ROLE).password(password).port(port).database("postgres");
    if fits_socket(home) { options.socket(home.join("run")) } else { options.host("127.0.0.1") }
}

fn fits_socket(home: &Path) -> bool {
    home.join("run").as_os_str().len() <= LONGEST_SOCKET_FOLDER
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("finding a free port for Postgres")?;
    Ok(listener.local_addr()?.port())
}

/// A path as a value in a settings file.
fn quoted(path: &Path) -> Result<String> {
    let text = path.to_str().with_context(|| format!("the path {} is not UTF-8", path.display()))?;
    // The setting is a list: commas and spaces need the inner quotes.
    Ok(format!("'\"{}\"'", text.replace('\\', "\\\\").replace('\'', "''").replace('"', "\"\"")))
}

/// What went wrong, in a sentence that says what to do, followed by what Postgres itself said.
#[must_use]
pub fn explain(told: &str, what: &str) -> String {
    let advice = [
        ("No space left on device", "The disk is full: free some space, or choose another directory with --data."),
        (
            "Permission denied",
            "A folder may not be used: give this user the data directory, or choose another with --data.",
        ),
        ("Read-only file system", "The file system is read-only: choose another directory with --data."),
        ("Address already in use", "The port or socket is taken by another program: start again."),
        (
            "could not create shared memory segment",
            "The machine grants no shared memory: raise its limit (kernel.shmall).",
        ),
        (
            "could not resize shared memory segment",
            "The container's /dev/shm is too small: start it with --shm-size=256m.",
        ),
        ("pre-existing shared memory block", "Sessions of a killed Postgres still run: wait until they have ended."),
        (
            "incompatible with server",
            "Another release of Postgres made this cluster: name its binaries with SYNAPSE_PG_BIN.",
        ),
    ];
    let advice = advice.iter().find(|(sign, _)| told.contains(sign)).map_or("", |(_, advice)| advice);
    let lines: Vec<&str> = told.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines[lines.len().saturating_sub(8)..].join("\n  ");
    format!("Postgres: {what}. {advice}\n  {last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_as_settings() {
        assert_eq!(quoted(Path::new("/data/it's, \"here\"")).unwrap(), r#"'"/data/it''s, ""here"""'"#);
    }

    #[test]
    fn a_path_too_long_for_a_socket_uses_a_port() {
        let short = Path::new("/data/postgres");
        let long = PathBuf::from(format!("/{}", "d".repeat(100)));
        let socket = options(short, 5432, "secret");
        assert_eq!(socket.get_socket().map(PathBuf::as_path), Some(Path::new("/data/postgres/run")));
        let tcp = options(&long, 40_000, "secret");
        assert_eq!((tcp.get_socket(), tcp.get_host(), tcp.get_port()), (None, "127.0.0.1", 40_000));
    }

    #[test]
    fn failures_come_with_advice_and_the_last_words() {
        let text = explain("one\n\nFATAL:  could not write: No space left on device\n", "it stopped");
        assert!(text.starts_with("Postgres: it stopped. The disk is full"), "{text}");
        assert!(text.ends_with("FATAL:  could not write: No space left on device"), "{text}");
    }
}
