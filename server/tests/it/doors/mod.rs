//! Every door of the server, and who is turned away at it: people who are not signed in or no longer, people of another
//! organization, and people of this one without the right.
//!
//! A server function, route or page that is not in a table here fails the tests: add it to the table of its area.

mod account;
mod annotate;
mod api;
mod client_api;
mod cloud;
mod export;
mod import;
mod label;
mod ml;
mod org;
mod pages;
mod project;
mod routes;
mod webhook;
mod world;

use std::collections::BTreeSet;

use axum::body::Body;
use http::{Request, header};
use leptos::server_fn::{ServerFn, axum::server_fn_paths};
use serde::Serialize;

use self::world::{OF_OUR_PROJECT, OURS, Who, World};
use crate::support::{Answer, Call};

/// The answer about nobody but the person who asks: `ok`, without a word about our organization.
const OWN: &str = "own";

/// A door with its question, and what each kind of person is answered.
struct Door {
    call: Call,
    expected: Expected,
}

enum Expected {
    /// Open to everybody, for a reason; a stranger is answered this.
    Public { answer: &'static str, reason: &'static str },
    /// For people who are signed in.
    SignedIn {
        /// The owner of another organization.
        rival: &'static str,
        /// A colleague without the right; none where every member has it.
        lacking: Option<(Who, &'static str)>,
        /// Somebody who has it.
        right: (Who, &'static str),
    },
}

/// Open to everybody: what a stranger is answered, and why it may be.
fn public<F: ServerFn + Serialize>(input: &F, answer: &'static str, reason: &'static str) -> Door {
    Door { call: Call::of(input), expected: Expected::Public { answer, reason } }
}

/// For people who are signed in: what the owner of another organization, a colleague without the right, and somebody with
/// it are answered to the same question. In this order: it is a good question only if the last one is answered `ok`.
fn door<F: ServerFn + Serialize>(
    input: &F,
    rival: &'static str,
    lacking: Option<(Who, &'static str)>,
    right: Who,
) -> Door {
    Door { call: Call::of(input), expected: Expected::SignedIn { rival, lacking, right: (right, "ok") } }
}

impl Door {
    /// Where even the right person is refused in a test, because the answer lies outside: past the permission, by this code.
    fn but_refused(mut self, code: &'static str) -> Self {
        if let Expected::SignedIn { right, .. } = &mut self.expected {
            right.1 = code;
        }
        self
    }
}

/// The tables, in an order in which one question does not spoil the next: what deletes comes late, what ends sessions last.
fn doors(world: &World) -> Vec<Door> {
    let areas: [fn(&World) -> Vec<Door>; 11] = [
        annotate::doors,
        import::doors,
        export::doors,
        ml::doors,
        webhook::doors,
        cloud::doors,
        client_api::doors,
        label::doors,
        org::doors,
        project::doors,
        account::doors,
    ];
    areas.into_iter().flat_map(|area| area(world)).collect()
}

#[tokio::test]
async fn every_server_function_turns_away_whom_it_should() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    let mut check = |who: Who, door: &Door, expected: &str, answer: &Answer| {
        if let Err(why) = judge(who, expected, answer) {
            wrong.push(format!("{} asked by {who:?}: expected {expected}, {why}", door.call.path));
        }
    };
    for door in doors(&world) {
        let ask = async |who: Who| world.browser(who).send(door.call.request()).await;
        match door.expected {
            Expected::Public { answer, reason } => {
                assert!(!reason.is_empty(), "{}", door.call.path);
                check(Who::Stranger, &door, answer, &ask(Who::Stranger).await);
            }
            Expected::SignedIn { rival, lacking, right } => {
                check(Who::Stranger, &door, "unauthenticated", &ask(Who::Stranger).await);
                check(Who::Expired, &door, "unauthenticated", &ask(Who::Expired).await);
                check(Who::Rival, &door, rival, &ask(Who::Rival).await);
                if let Some((who, expected)) = lacking {
                    check(who, &door, expected, &ask(who).await);
                }
                check(right.0, &door, right.1, &ask(right.0).await);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_server_function_is_in_a_table() {
    let world = World::new().await;
    let known: BTreeSet<&str> = doors(&world).iter().map(|door| door.call.path).collect();
    let registered: BTreeSet<&str> = server_fn_paths().map(|(path, _)| path).collect();
    assert!(registered.len() > 50, "the functions are registered");
    let missing: Vec<_> = registered.difference(&known).collect();
    assert!(missing.is_empty(), "who may use these? Add them to server/tests/it/doors: {missing:?}");
    // The address is `/fn/` and where the function stands: readable, never twice the same, and never in the way of the API.
    for path in registered {
        let area = path.strip_prefix("/fn/app/").unwrap_or_else(|| panic!("{path} does not begin with /fn/app/"));
        assert!(area.split('/').all(|part| !part.is_empty()), "{path}: no `endpoint` of its own, please");
    }
}

#[tokio::test]
async fn a_question_that_cannot_be_read_is_the_askers_fault() {
    let world = World::new().await;
    for door in doors(&world) {
        // Those without a question cannot be asked wrongly.
        if matches!(door.call.body.as_str(), "" | "{}") {
            continue;
        }
        for body in ["%", "nonsense=1", "{", "[]", ""] {
            let call = Call { body: body.to_owned(), ..door.call.clone() };
            let answer = world.browser(Who::Stranger).send(call.request()).await;
            assert!(answer.status.as_u16() < 500, "{} given {body:?}: {} {}", call.path, answer.status, answer.text());
            if !answer.status.is_success() {
                answer.problem();
            }
        }
    }
}

/// Whether an answer is the expected one, and otherwise what is wrong with it.
fn judge(who: Who, expected: &str, answer: &Answer) -> Result<(), String> {
    let text = answer.text();
    if expected == OWN {
        let secret = if who == Who::Rival { OURS } else { OF_OUR_PROJECT };
        return match (answer.status.is_success(), text.contains(secret)) {
            (true, false) => Ok(()),
            (true, true) => Err(format!("and was told something of ours: {text}")),
            (false, _) => Err(format!("was answered {}: {text}", answer.status)),
        };
    }
    let code = answer.code_or_ok();
    if code != expected {
        return Err(format!("was answered {code}: {text}"));
    }
    if code != "ok" && text.contains(OURS) {
        return Err(format!("but the refusal tells something of ours: {text}"));
    }
    Ok(())
}

/// A page or a file, asked for as a browser's address bar does.
fn visit(path: &str) -> Request<Body> {
    Request::get(path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap()
}
