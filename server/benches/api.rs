//! The figures of the REST interface: a server with its embedded Postgres as people start it, and clients beside it on the
//! same machine, in the same cores.
//!
//! `cargo bench --package server --bench api -- [tasks]`. Prints a table, judges nothing.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on should stop and say so")]

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, extract::State, routing::post};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

const TASKS: usize = 100_000;
const CLIENTS: usize = 16;
const SUBMISSIONS: usize = 15_000;
const ASKED: usize = 4_000;
const TOLD: usize = 300;
const PASSWORD: &str = "correct horse battery staple";
const CONFIG: &str = r#"<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image">
    <Label value="Cat"/><Label value="Dog"/></RectangleLabels></View>"#;

fn main() {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    // One thread for all clients: what they need is taken from the server.
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(measure());
}

async fn measure() {
    let tasks = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(TASKS);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let owner_id = command(data, &["user", "create", "--email", "owner@x.org", "--organization", "Bench"]);
    let server = Server::start(data);
    let site = Site { address: server.address.clone(), client: Client::builder().build().unwrap() };
    let owner = site.holder(command(data, &["token", "create", "--email", "owner@x.org"]));
    let mut db = database(data).await;
    let people = people(data, &mut db).await;
    println!("{:<44}{:>12}{:>12}{:>12}   goal", "", "figure", "p50", "p95");

    // 100,000 tasks in one request.
    let project = project(&owner, &mut db, &people).await;
    let body = listed(tasks, |number| json!({ "data": { "image": format!("https://x.org/{number}.jpg") } }));
    let begun = Instant::now();
    owner.post(&format!("projects/{project}/import"), body).await;
    let took = begun.elapsed().as_secs_f64();
    row(&format!("import of {tasks} tasks"), &format!("{took:.2} s"), None, "≤ 10 s");

    // People who ask for their next task, and hand it in.
    let (asked, handed) = (Times::default(), Times::default());
    let label = |count: usize| {
        let rounds = count / CLIENTS;
        let (asked, handed) = (asked.clone(), handed.clone());
        let site = &site;
        let each = people.iter().map(move |person| {
            let (asked, handed, person) = (asked.clone(), handed.clone(), site.holder(person.1.clone()));
            async move {
                for round in 0..rounds {
                    let begun = Instant::now();
                    let task = person.get(&format!("projects/{project}/next")).await;
                    asked.add(begun);
                    let begun = Instant::now();
                    person.post(&format!("tasks/{}/annotations", task["id"]), boxes(round).into()).await;
                    handed.add(begun);
                }
            }
        });
        futures::future::join_all(each)
    };
    label(CLIENTS * 20).await;
    asked.clear();
    handed.clear();
    let begun = Instant::now();
    label(ASKED).await;
    let rate = ASKED as f64 / begun.elapsed().as_secs_f64();
    row(&format!("{CLIENTS} annotators: next, then submit"), &format!("{rate:.0}/s"), None, "");
    row("    next task", "", Some(&asked), "p95 ≤ 10 ms");
    row("    submit", "", Some(&handed), "p95 ≤ 40 ms");

    // Nothing but submissions: of annotators, of tasks they hold; then of programs that store for others.
    let holds: Vec<Vec<i64>> = leases(&mut db, project, &people, SUBMISSIONS / CLIENTS).await;
    let times = Times::default();
    let begun = Instant::now();
    futures::future::join_all(people.iter().zip(&holds).map(|(person, tasks)| {
        let (person, times) = (site.holder(person.1.clone()), times.clone());
        async move {
            for (round, task) in tasks.iter().enumerate() {
                let begun = Instant::now();
                person.post(&format!("tasks/{task}/annotations"), boxes(round).into()).await;
                times.add(begun);
            }
        }
    }))
    .await;
    let rate = (holds.len() * holds[0].len()) as f64 / begun.elapsed().as_secs_f64();
    row(&format!("{CLIENTS} annotators submit"), &format!("{rate:.0}/s"), Some(&times), "≥ 1,500/s, p95 ≤ 40 ms");

    let open: Vec<i64> = sqlx::query_scalar(
        "select task_id from task where project_id = $1 and not is_labeled and lease_count = 0 order by task_id limit $2",
    )
    .bind(project)
    .bind(i64::try_from(SUBMISSIONS).unwrap())
    .fetch_all(&mut db)
    .await
    .unwrap();
    let times = Times::default();
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    futures::future::join_all((0..CLIENTS).map(|_| async {
        while let Some(task) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
            let begun = Instant::now();
            owner.post(&format!("tasks/{task}/annotations"), boxes(1).into()).await;
            times.add(begun);
        }
    }))
    .await;
    let rate = open.len() as f64 / begun.elapsed().as_secs_f64();
    row(
        &format!("{CLIENTS} clients store annotations"),
        &format!("{rate:.0}/s"),
        Some(&times),
        "≥ 1,500/s, p95 ≤ 40 ms",
    );

    // As many annotated tasks leave as JSON.
    let full = new_project(&owner).await;
    let body = listed(tasks, |number| {
        json!({ "data": { "image": format!("https://x.org/{number}.jpg") },
            "annotations": [{ "result": serde_json::from_str::<Value>(&boxes(number)).unwrap()["result"] }] })
    });
    owner.post(&format!("projects/{full}/import"), body).await;
    let before = server.memory("VmRSS");
    server.reset_peak();
    let begun = Instant::now();
    let size = owner.size(&format!("projects/{full}/export?exportType=JSON")).await;
    let took = begun.elapsed().as_secs_f64();
    let grown = server.memory("VmHWM").saturating_sub(before) >> 10;
    row(&format!("JSON of {tasks} annotated tasks, {} MB", size >> 20), &format!("{took:.2} s"), None, "≤ 5 s");
    row("    memory of the server grows by", &format!("{grown} MB"), None, "≤ 64 MB");

    // From an answer to its message.
    let heard = told(&owner, &site, full, &mut db).await;
    row("webhook: answer to delivery", "", Some(&heard), "p95 ≤ 1 s");
    let _owner_id = owner_id;
}

/// Annotates in steps and waits for the message of each, whose time begins with the answer.
async fn told(owner: &Holder<'_>, site: &Site, project: i64, db: &mut PgConnection) -> Times {
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel::<i64>();
    let take = |State(sender): State<tokio::sync::mpsc::UnboundedSender<i64>>, body: Bytes| async move {
        let message: Value = serde_json::from_slice(&body).unwrap();
        sender.send(message["annotation"]["id"].as_i64().unwrap()).unwrap();
    };
    let router = Router::new().route("/", post(take)).with_state(sender);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let hook =
        json!({ "url": url, "project": project, "send_for_all_actions": false, "actions": ["ANNOTATION_CREATED"] });
    owner.post("webhooks", hook.to_string().into()).await;
    let tasks: Vec<i64> =
        sqlx::query_scalar("select task_id from task where project_id = $1 order by task_id limit $2")
            .bind(project)
            .bind(i64::try_from(TOLD).unwrap())
            .fetch_all(db)
            .await
            .unwrap();
    let (times, receiver) = (Times::default(), Arc::new(tokio::sync::Mutex::new(receiver)));
    for task in tasks {
        let answer = site.holder(owner.token.clone()).post(&format!("tasks/{task}/annotations"), boxes(3).into()).await;
        let begun = Instant::now();
        let heard = receiver.lock().await.recv().await.unwrap();
        times.add(begun);
        assert_eq!(answer["id"].as_i64().unwrap(), heard);
    }
    times
}

/// The address, and the connections to it.
struct Site {
    address: String,
    client: Client,
}

impl Site {
    fn holder(&self, token: String) -> Holder<'_> {
        Holder { site: self, token }
    }
}

/// A program with a key.
struct Holder<'a> {
    site: &'a Site,
    token: String,
}

impl Holder<'_> {
    async fn ask(&self, method: Method, path: &str, body: Option<Bytes>) -> reqwest::Response {
        let request = self.site.client.request(method, format!("{}/api/{path}", self.site.address));
        let request = request.header("authorization", format!("Token {}", self.token));
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(body),
            None => request,
        };
        let response = request.send().await.unwrap();
        if !response.status().is_success() {
            panic!("{path}: {} {}", response.status(), response.text().await.unwrap());
        }
        response
    }

    async fn post(&self, path: &str, body: Bytes) -> Value {
        let response = self.ask(Method::POST, path, Some(body)).await;
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        serde_json::from_slice(&self.ask(Method::GET, path, None).await.bytes().await.unwrap()).unwrap()
    }

    /// Reads an answer to its end without keeping it.
    async fn size(&self, path: &str) -> usize {
        let mut response = self.ask(Method::GET, path, None).await;
        let mut size = 0;
        while let Some(part) = response.chunk().await.unwrap() {
            size += part.len();
        }
        size
    }
}

/// The server, stopped when this is dropped.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(data: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let process =
            binary(data, &["serve", "--addr", &address]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while std::net::TcpStream::connect(&address).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { process, address: format!("http://{address}") }
    }

    /// Kilobytes, as Linux tells them.
    fn memory(&self, what: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with(what));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
    }

    /// The peak is counted from now on.
    fn reset_peak(&self) {
        let _refused = std::fs::write(format!("/proc/{}/clear_refs", self.process.id()), "5");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = Command::new("kill").arg(self.process.id().to_string()).status();
        let _code = self.process.wait();
    }
}

fn binary(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command.args(arguments).arg("--data").arg(data).env_remove("DATABASE_URL");
    command.env("SYNAPSE_SITE", concat!(env!("CARGO_MANIFEST_DIR"), "/../target/release/site"));
    // A limit per token and guarded addresses are not what is measured.
    command.env("SYNAPSE_API_REQUESTS_PER_MINUTE", "100000000").env("SYNAPSE_ALLOW_NETWORKS", "127.0.0.0/8");
    command
}

fn command(data: &Path, arguments: &[&str]) -> String {
    let mut command = binary(data, arguments);
    if arguments[0] == "user" {
        command.args(["--password", PASSWORD]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn database(data: &Path) -> PgConnection {
    let home = data.join("postgres");
    let pid_file = std::fs::read_to_string(home.join("cluster/postmaster.pid")).unwrap();
    let port = pid_file.lines().nth(3).unwrap().parse().unwrap();
    let password = std::fs::read_to_string(home.join("password")).unwrap();
    let options = PgConnectOptions::new_without_pgpass().username("synapse").password(password.trim()).port(port);
    PgConnection::connect_with(&options.socket(home.join("run")).database("synapse")).await.unwrap()
}

/// Annotators of the organization: their numbers and keys.
async fn people(data: &Path, db: &mut PgConnection) -> Vec<(i64, String)> {
    let mut people = Vec::new();
    for number in 0..CLIENTS {
        let email = format!("annotator{number}@x.org");
        let user_id: i64 = command(data, &["user", "create", "--email", &email]).parse().unwrap();
        sqlx::query("insert into organization_member (organization_id, user_id, role) select min(organization_id), $1, 'member' from organization")
            .bind(user_id)
            .execute(&mut *db)
            .await
            .unwrap();
        people.push((user_id, command(data, &["token", "create", "--email", &email])));
    }
    people
}

async fn new_project(owner: &Holder<'_>) -> i64 {
    let project = json!({ "title": "Bench", "label_config": CONFIG });
    owner.post("projects", project.to_string().into()).await["id"].as_i64().unwrap()
}

/// A project that these people work in.
async fn project(owner: &Holder<'_>, db: &mut PgConnection, people: &[(i64, String)]) -> i64 {
    let project = new_project(owner).await;
    let ids: Vec<i64> = people.iter().map(|person| person.0).collect();
    sqlx::query(
        "insert into project_member (project_id, user_id, member_type) select $1, id, 4 from unnest($2::bigint[]) id",
    )
    .bind(project)
    .bind(&ids)
    .execute(&mut *db)
    .await
    .unwrap();
    sqlx::query("update project set state = 'live', is_published = true, is_draft = false where project_id = $1")
        .bind(project)
        .execute(db)
        .await
        .unwrap();
    project
}

/// Gives everybody `each` of the last open tasks at once, as if they had asked for them.
async fn leases(db: &mut PgConnection, project: i64, people: &[(i64, String)], each: usize) -> Vec<Vec<i64>> {
    let mut all = Vec::new();
    for (user_id, _) in people {
        let taken: Vec<i64> = sqlx::query_scalar(
            "with taken as (
                update task set lease_count = 1 where project_id = $1 and task_id in (
                    select task_id from task where project_id = $1 and not is_labeled and lease_count = 0
                    order by task_id desc limit $3)
                returning task_id
            )
            insert into assignment (project_id, task_id, user_id, state, leased_at, heartbeat_at, expires_at)
            select $1, task_id, $2, 'lease', now(), now(), now() + interval '1 hour' from taken returning task_id",
        )
        .bind(project)
        .bind(user_id)
        .bind(i64::try_from(each).unwrap())
        .fetch_all(&mut *db)
        .await
        .unwrap();
        all.push(taken);
    }
    all
}

/// A JSON list of so many.
fn listed(count: usize, one: impl Fn(usize) -> Value) -> Bytes {
    let items: Vec<String> = (0..count).map(|number| one(number).to_string()).collect();
    format!("[{}]", items.join(",")).into()
}

/// An annotation of three boxes.
fn boxes(number: usize) -> String {
    let region = |part: usize| {
        json!({ "id": format!("r{part}"), "from_name": "box", "to_name": "image", "type": "rectanglelabels",
            "original_width": 640, "original_height": 480, "image_rotation": 0,
            "value": { "x": (number % 80) as f64 + 0.5, "y": 20.25, "width": 10.125, "height": 20, "rotation": 0,
                "rectanglelabels": [if part == 0 { "Cat" } else { "Dog" }] } })
    };
    json!({ "result": [region(0), region(1), region(2)], "lead_time": 12.5 }).to_string()
}

/// How long each took.
#[derive(Clone, Default)]
struct Times(Arc<Mutex<Vec<Duration>>>);

impl Times {
    fn add(&self, begun: Instant) {
        self.0.lock().unwrap().push(begun.elapsed());
    }

    fn clear(&self) {
        self.0.lock().unwrap().clear();
    }

    /// Milliseconds that so many of a hundred stayed under.
    fn percentile(&self, hundredth: usize) -> f64 {
        let mut times = self.0.lock().unwrap().clone();
        times.sort_unstable();
        times[(times.len() * hundredth / 100).min(times.len() - 1)].as_secs_f64() * 1000.0
    }
}

fn row(what: &str, figure: &str, times: Option<&Times>, goal: &str) {
    let told = |hundredth| times.map_or_else(String::new, |times| format!("{:.1} ms", times.percentile(hundredth)));
    println!("{what:<44}{figure:>12}{:>12}{:>12}   {goal}", told(50), told(95));
}
