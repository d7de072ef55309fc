//! A page is drawn once for each request, and asks each question once.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex},
};

use domain::{id::ProjectId, project::NewProject};
use service::{import, job, project};
use tracing::{Event, Subscriber, field::Field, subscriber::set_default};
use tracing_subscriber::{Layer, Registry, layer::Context, layer::SubscriberExt};

use crate::support::TestApp;

/// How often each server function was called and each view was made, as the server's trace tells.
#[derive(Clone, Default)]
struct Counts(Arc<Mutex<BTreeMap<String, usize>>>);

impl Counts {
    fn take(&self) -> BTreeMap<String, usize> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl<S: Subscriber> Layer<S> for Counts {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let target = event.metadata().target();
        if ["synapse::asked", "synapse::drawn"].contains(&target) {
            event.record(&mut |field: &Field, value: &dyn Debug| {
                if ["door", "view"].contains(&field.name()) {
                    *self.0.lock().unwrap().entry(format!("{value:?}")).or_default() += 1;
                }
            });
        }
    }
}

#[tokio::test]
async fn a_page_is_drawn_once_and_asks_once() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("acme").await;
    let cx = &app.db.cx;
    let config = r#"<View><Text name="text" value="$text"/><Choices name="kind" toName="text"><Choice value="A"/></Choices></View>"#;
    let new = NewProject { title: "Cats".into(), label_config: config.into(), ..NewProject::default() };
    let project_id: ProjectId = project::create(cx, &owner, new).await.unwrap();
    let rows = import::Source::Text(r#"[{"text":"one"},{"text":"two"},5]"#.into());
    import::start(cx, &owner, project_id, rows).await.unwrap();
    job::runner::run_waiting(cx).await.unwrap();
    let browser = app.browser_of(&owner).await;

    // A place in the source that another test reaches first, while this one alone listens, would stay silent: `tracing` asks
    // the thread at hand. So each is reached once before.
    browser.get("/org").await;
    let counts = Counts::default();
    let _listening = set_default(Registry::default().with(counts.clone()));
    let mut wrong = Vec::new();
    // With how many questions each is drawn.
    let pages = [
        ("/dev/outbox".to_owned(), 1),
        ("/account".to_owned(), 1),
        ("/org".to_owned(), 1),
        ("/projects".to_owned(), 1),
        ("/projects/new".to_owned(), 1),
        (format!("/projects/{project_id}"), 1),
        (format!("/projects/{project_id}/label"), 1),
        (format!("/projects/{project_id}/data"), 1),
        // The refused rows of the one import are a question of their own.
        (format!("/projects/{project_id}/import"), 2),
        // The project, what has been exported, and which formats fit.
        (format!("/projects/{project_id}/export"), 3),
        (format!("/projects/{project_id}/settings"), 1),
        (format!("/projects/{project_id}/settings/people"), 1),
    ];
    for (path, questions) in pages {
        counts.take();
        let answer = browser.get(&path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
        let counted = counts.take();
        let asked: usize = counted.iter().filter(|(name, _)| name.contains("api.rs:")).map(|(_, times)| times).sum();
        let drawn = counted.len() - counted.keys().filter(|name| name.contains("api.rs:")).count();
        if asked != questions || drawn == 0 || counted.values().any(|times| *times != 1) {
            wrong.push(format!("{path} asked {asked} instead of {questions}: {counted:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
