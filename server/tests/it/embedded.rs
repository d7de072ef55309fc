//! The embedded Postgres under the treatment it gets on real machines: the built binary, killed and started again.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    time::Duration,
};

use app::account::api::SignIn;
use leptos::server_fn::ServerFn;
use tempfile::TempDir;

const STARTS_WITHIN: Duration = Duration::from_secs(60);
/// `nobody`, on every Linux and BSD that has one.
const NOBODY: u32 = 65_534;

/// A data directory, and what runs on it.
struct Machine {
    disk: TempDir,
    data: PathBuf,
    program: PathBuf,
    user: Option<u32>,
}

struct Server {
    process: Child,
    address: SocketAddr,
}

impl Machine {
    fn new() -> Self {
        Self::with_data("data")
    }

    fn with_data(folder: &str) -> Self {
        let disk = tempfile::tempdir().unwrap();
        // Passable, as the folders of real machines are: root's Postgres runs as another user.
        fs::set_permissions(disk.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(disk.path().join("hash.txt"), "js: 0\nwasm: 0\ncss: 0\n").unwrap();
        let data = disk.path().canonicalize().unwrap().join(folder);
        Self { disk, data, program: env!("CARGO_BIN_EXE_server").into(), user: None }
    }

    /// From now on run by this user, whose disk it becomes. The sources may lie where nobody else may look.
    fn belongs_to(&mut self, user: u32) {
        let program = self.disk.path().join("server");
        fs::copy(&self.program, &program).unwrap();
        std::os::unix::fs::chown(self.disk.path(), Some(user), Some(user)).unwrap();
        (self.program, self.user) = (program, Some(user));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["--addr", "127.0.0.1:0"]).arg("--data").arg(&self.data).arg("--site").arg(self.disk.path());
        command.args(arguments).env_remove("DATABASE_URL").current_dir("/").stdin(Stdio::null());
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
    }

    /// Runs a command of the operator to its end.
    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Starts a server and waits until it serves.
    fn serve(&self) -> Server {
        let mut process = self.command(&["serve"]).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let (told, hear) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // The listener is gone once the server serves; the pipe must be emptied all the same.
                let _ = told.send(line);
            }
        });
        let mut log = Vec::new();
        loop {
            match hear.recv_timeout(STARTS_WITHIN) {
                Ok(line) => match line.split_once("Synapse serves http://localhost:") {
                    Some((_, rest)) => {
                        let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
                        return Server { process, address: ([127, 0, 0, 1], port.parse().unwrap()).into() };
                    }
                    None => log.push(line),
                },
                Err(_) => panic!("the server does not start:\n{}", log.join("\n")),
            }
        }
    }

    fn cluster(&self) -> PathBuf {
        self.data.join("postgres/cluster")
    }

    fn postgres_pid(&self) -> Option<String> {
        fs::read_to_string(self.cluster().join("postmaster.pid")).ok()?.lines().next().map(str::to_owned)
    }

    fn make_person(&self, email: &str) -> Result<(), String> {
        let output = self.run(&["user", "create", "--email", email, "--password", "plain-otter-battery-7"]);
        if output.status.success() { Ok(()) } else { Err(String::from_utf8(output.stderr).unwrap()) }
    }

    /// Whether what was committed is still there.
    fn remembers(&self, email: &str) -> bool {
        self.make_person(email).is_err_and(|refusal| refusal.contains("already an account"))
    }
}

impl Server {
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    fn stop(mut self) {
        signal("-TERM", &self.process.id().to_string());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        signal("-TERM", &self.process.id().to_string());
        let _gone = self.process.wait();
    }
}

impl Drop for Machine {
    /// A killed server leaves its Postgres running; a test that failed must not.
    fn drop(&mut self) {
        if let Some(pid) = self.postgres_pid() {
            signal("-QUIT", &pid);
        }
    }
}

fn signal(signal: &str, pid: &str) {
    let _sent = Command::new("kill").args([signal, pid]).stderr(Stdio::null()).status();
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

#[test]
fn a_killed_server_finds_its_data_and_its_running_postgres_again() {
    let machine = Machine::new();
    let server = machine.serve();
    // Beside the running server.
    machine.make_person("ada@example.com").unwrap();
    let postgres = machine.postgres_pid();
    server.kill();
    let server = machine.serve();
    assert_eq!(machine.postgres_pid(), postgres);
    assert!(machine.remembers("ada@example.com"));
    server.stop();
    assert_eq!(machine.postgres_pid(), None, "Postgres stops with its server");
    assert!(machine.remembers("ada@example.com"), "a command alone starts and stops it too");
    assert_eq!(machine.postgres_pid(), None);
}

#[test]
fn a_killed_postgres_is_started_again() {
    let machine = Machine::new();
    let server = machine.serve();
    machine.make_person("ada@example.com").unwrap();
    let killed = machine.postgres_pid().unwrap();
    signal("-KILL", &killed);
    assert!(machine.remembers("ada@example.com"), "the server has brought it back");
    assert_ne!(machine.postgres_pid(), Some(killed));
    server.stop();
}

#[test]
fn after_a_power_cut_a_stale_process_number_does_not_matter() {
    let machine = Machine::new();
    let server = machine.serve();
    machine.make_person("ada@example.com").unwrap();
    let postgres = machine.postgres_pid().unwrap();
    server.kill();
    signal("-KILL", &postgres);
    // By the next start the number belongs to somebody else: to this test.
    let file = machine.cluster().join("postmaster.pid");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen(&postgres, &std::process::id().to_string(), 1)).unwrap();
    let server = machine.serve();
    assert!(machine.remembers("ada@example.com"));
    server.stop();
}

#[test]
fn an_unfinished_cluster_is_swept_away() {
    let machine = Machine::new();
    let draft = machine.data.join("postgres.new-interrupted/cluster");
    fs::create_dir_all(&draft).unwrap();
    fs::write(draft.join("PG_VERSION"), "15\n").unwrap();
    machine.serve().stop();
    assert!(!draft.exists());
    assert!(machine.cluster().join("PG_VERSION").is_file());
}

#[test]
fn a_server_told_to_stop_while_it_starts_takes_its_postgres_along() {
    let machine = Machine::new();
    let mut starting = machine.command(&["serve"]).stderr(Stdio::null()).spawn().unwrap();
    while machine.postgres_pid().is_none() {
        assert!(starting.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::yield_now();
    }
    signal("-TERM", &starting.id().to_string());
    assert!(starting.wait().unwrap().success());
    assert_eq!(machine.postgres_pid(), None);
}

#[test]
fn a_request_under_way_is_answered_before_the_server_stops() {
    let machine = Machine::new();
    let mut server = machine.serve();
    machine.make_person("ada@example.com").unwrap();
    let body = "email=ada%40example.com&password=plain-otter-battery-7&next=";
    let (first_half, second_half) = body.split_at(body.len() / 2);
    let mut connection = TcpStream::connect(server.address).unwrap();
    connection.set_read_timeout(Some(STARTS_WITHIN)).unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: {}\r\nsec-fetch-site: same-origin\r\nexpect: 100-continue\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        SignIn::PATH,
        server.address,
        body.len()
    );
    connection.write_all(head.as_bytes()).unwrap();
    let expected = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut told = vec![0; expected.len()];
    connection.read_exact(&mut told).unwrap();
    assert_eq!(told, expected, "the server is at work on this request");
    connection.write_all(first_half.as_bytes()).unwrap();

    signal("-TERM", &server.process.id().to_string());
    while TcpStream::connect(server.address).is_ok() {
        std::thread::yield_now();
    }
    connection.write_all(second_half.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("set-cookie: "), "the database was still there: {answer}");
    assert!(server.process.wait().unwrap().success());
    assert_eq!(machine.postgres_pid(), None);
}

#[test]
fn a_second_server_is_told_who_was_first() {
    let machine = Machine::new();
    let server = machine.serve();
    let output = machine.run(&["serve"]);
    assert!(!output.status.success());
    let refusal = String::from_utf8(output.stderr).unwrap();
    assert!(refusal.contains(&format!("Another Synapse server (process {})", server.process.id())), "{refusal}");
    server.stop();
}

#[test]
fn a_folder_of_no_use_is_named() {
    let machine = Machine::with_data("file/data");
    fs::write(machine.disk.path().join("file"), "not a folder").unwrap();
    let refusal = String::from_utf8(machine.run(&["migrate"]).stderr).unwrap();
    assert!(refusal.contains("file/data cannot be made; choose another with --data"), "{refusal}");
}

#[test]
fn a_path_too_long_for_a_socket_is_served_by_a_port() {
    let machine = Machine::with_data(&"d".repeat(100));
    machine.serve().stop();
    let settings = fs::read_to_string(machine.cluster().join("synapse.conf")).unwrap();
    assert!(settings.contains("listen_addresses = '127.0.0.1'"), "{settings}");
}

#[test]
fn an_ordinary_user_and_then_root_share_a_cluster() {
    if !is_root() {
        // Only root can become somebody else; then this test is the others, run as an ordinary user.
        return;
    }
    let mut machine = Machine::new();
    machine.belongs_to(NOBODY);
    machine.serve().stop();
    machine.make_person("ada@example.com").unwrap();
    machine.user = None;
    assert!(machine.remembers("ada@example.com"));
}
