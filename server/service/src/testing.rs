//! A database per test: a clone of a migrated template, a clock that stands still, and builders that read as sentences.
//!
//! The server is the one of `TEST_DATABASE_URL` (`script/test-db` starts one). The template is made once per schema: its
//! name carries a hash of the migrations, so a changed migration makes a new one.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    access::OrgRole,
    id::{OrgId, UserId},
};
use sha2::{Digest, Sha256};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::str::FromStr;

use crate::{
    Actor, Clock, Cx, CxBuilder, Settings,
    access::SignedIn,
    account::{self, Client, NewPerson},
    org,
};

/// A database of its own, dropped at the end.
pub struct TestDb {
    /// The context over it.
    pub cx: Cx,
    name: String,
    url: String,
    _files: tempfile::TempDir,
}

/// The password of every test person.
pub const PASSWORD: &str = "plain-otter-battery-7";

/// When every test begins.
#[must_use]
pub fn start_of_time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a date in 2026")
}

fn server_url() -> String {
    std::env::var("TEST_DATABASE_URL").expect(
        "TEST_DATABASE_URL is not set. Run the tests through script/test, or start a server with script/test-db and export the address it prints",
    )
}

fn url_of(server: &str, database: &str) -> String {
    let mut url = url::Url::parse(server).expect("TEST_DATABASE_URL is an address");
    url.set_path(database);
    url.into()
}

async fn template(server: &str) -> String {
    let mut hash = Sha256::new();
    for migration in crate::cx::MIGRATOR.iter() {
        hash.update(&migration.checksum);
    }
    let name = format!("synapse_template_{}", &hex::encode(hash.finalize())[..16]);
    let mut conn = PgConnection::connect(server).await.expect("the test server answers");
    // One process makes the template, the others wait.
    sqlx::query("select pg_advisory_lock(7245)").execute(&mut conn).await.expect("lock");
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1 and datistemplate)")
            .bind(&name)
            .fetch_one(&mut conn)
            .await
            .expect("catalog");
    if !exists {
        for statement in [format!("drop database if exists {name} with (force)"), format!("create database {name}")] {
            sqlx::query(AssertSqlSafe(statement)).execute(&mut conn).await.expect("make the template");
        }
        let pool =
            PgPoolOptions::new().max_connections(2).connect(&url_of(server, &name)).await.expect("open the template");
        crate::migrate(&pool).await.expect("migrate the template");
        pool.close().await;
        sqlx::query("update pg_database set datistemplate = true where datname = $1")
            .bind(&name)
            .execute(&mut conn)
            .await
            .expect("seal the template");
    }
    sqlx::query("select pg_advisory_unlock(7245)").execute(&mut conn).await.expect("unlock");
    name
}

impl TestDb {
    /// A fresh, migrated, empty database.
    ///
    /// # Panics
    /// When the test server cannot be reached.
    pub async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    /// The same over a context that differs, as in what it may reach.
    ///
    /// # Panics
    /// When the test server cannot be reached.
    pub async fn with(change: impl FnOnce(CxBuilder) -> CxBuilder) -> Self {
        let server = server_url();
        let template = template(&server).await;
        let name = format!("synapse_test_{}", uuid::Uuid::now_v7().simple());
        let mut conn = PgConnection::connect(&server).await.expect("the test server answers");
        sqlx::query(AssertSqlSafe(format!("create database {name} template {template}")))
            .execute(&mut conn)
            .await
            .expect("clone the template");
        let url = url_of(&server, &name);
        // As the server has it.
        let options = PgConnectOptions::from_str(&url).expect("an address").options([("jit", "off")]);
        let pool = PgPoolOptions::new().max_connections(10).connect_with(options).await.expect("open the clone");
        let files = tempfile::tempdir().expect("a folder for files");
        let settings = Settings { data_dir: files.path().to_owned(), ..Settings::default() };
        let builder = CxBuilder::new(pool).clock(Clock::fixed(start_of_time())).settings(settings);
        let cx = change(builder).build().expect("a context over a temporary folder");
        Self { cx, name, url, _files: files }
    }

    /// Its address, for programs of their own.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its pool, for looking behind the use cases.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        self.cx.pool()
    }

    /// Lets time pass.
    pub fn wait(&self, by: TimeDelta) {
        self.cx.clock().advance(by);
    }

    /// A confirmed person called `name`, at `<name>@example.com`, signed in, in no organization.
    ///
    /// # Panics
    /// When the name is taken.
    pub async fn person(&self, name: &str) -> Actor {
        let email = format!("{name}@example.com");
        let person = NewPerson {
            email: email.clone(),
            name: name.to_owned(),
            password: PASSWORD.to_owned(),
            organization: None,
            is_staff: false,
            is_demo: false,
            is_annotator: false,
        };
        account::create(&self.cx, &Actor::System, person).await.expect("a new person");
        self.signed_in(&email).await
    }

    /// That person as seen by a request: with a session and the organization they work in.
    ///
    /// # Panics
    /// When the person cannot sign in.
    pub async fn signed_in(&self, email: &str) -> Actor {
        let client = Client { ip: "127.0.0.1".into(), user_agent: "test".into() };
        let session = account::sign_in(&self.cx, &client, email, PASSWORD.to_owned()).await.expect("signs in");
        account::actor_from_session(&self.cx, &session.token, &client).await.expect("has a session")
    }

    /// An organization called `name`, owned by a new person `<name>-owner`.
    ///
    /// # Panics
    /// When the name is taken.
    pub async fn org(&self, name: &str) -> (OrgId, Actor) {
        let owner = self.person(&format!("{name}-owner")).await;
        let org_id = org::create(&self.cx, &owner, name).await.expect("a new organization");
        (org_id, self.again(&owner).await)
    }

    /// A new person with a role in the organization.
    ///
    /// # Panics
    /// When the name is taken.
    pub async fn member(&self, org_id: OrgId, name: &str, role: OrgRole) -> Actor {
        let person = self.person(name).await;
        let user_id = person.user_id().expect("a person");
        org::add_member(&self.cx, &Actor::System, org_id, user_id, role).await.expect("joins");
        self.again(&person).await
    }

    /// The same person after something about them has changed.
    ///
    /// # Panics
    /// When given nobody.
    pub async fn again(&self, actor: &Actor) -> Actor {
        let email = actor.user().expect("a person").email.clone();
        self.signed_in(&email).await
    }
}

/// The person behind an actor.
///
/// # Panics
/// When given nobody.
#[must_use]
pub fn user_id(actor: &Actor) -> UserId {
    match actor {
        Actor::User(SignedIn { user_id, .. }) => *user_id,
        Actor::Anonymous | Actor::System => panic!("not a person"),
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let (name, pool, server) = (self.name.clone(), self.cx.pool().clone(), server_url());
        let _dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(async move {
                    drop(pool);
                    if let Ok(mut conn) = PgConnection::connect(&server).await {
                        // What is left behind goes with the cluster, which is thrown away.
                        let _left = sqlx::query(AssertSqlSafe(format!("drop database if exists {name} with (force)")))
                            .execute(&mut conn)
                            .await;
                    }
                });
            }
        })
        .join();
    }
}
