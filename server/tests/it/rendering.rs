//! A page is drawn once for each request, and asks each question once.

use std::{cell::RefCell, collections::BTreeMap, fmt::Debug, sync::Once};

use domain::{id::ProjectId, project::NewProject};
use service::{import, job, project};
use tracing::{Event, Subscriber, field::Field};
use tracing_subscriber::{
    Layer, Registry,
    filter::filter_fn,
    layer::{Context, SubscriberExt},
};

use crate::support::TestApp;

thread_local! {
    /// How often each server function was called and each view was made on this thread, as the server's trace tells.
    static COUNTS: RefCell<BTreeMap<String, usize>> = const { RefCell::new(BTreeMap::new()) };
}

fn take() -> BTreeMap<String, usize> {
    COUNTS.take()
}

struct Counting;

impl<S: Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut |field: &Field, value: &dyn Debug| {
            if ["door", "view"].contains(&field.name()) {
                COUNTS.with_borrow_mut(|counts| *counts.entry(format!("{value:?}")).or_default() += 1);
            }
        });
    }
}

/// Listens from before the first page of this program is drawn: a place in the source that is reached while nobody listens
/// may stay silent for good.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let is_counted = filter_fn(|event| ["synapse::asked", "synapse::drawn"].contains(&event.target()));
        let listening = Registry::default().with(Counting.with_filter(is_counted));
        tracing::subscriber::set_global_default(listening).expect("nobody else listens");
    });
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

    let mut wrong = Vec::new();
    // With how many questions each is drawn.
    let pages = [
        ("/dev/outbox".to_owned(), 1),
        // Devices, and tokens of programs.
        ("/account".to_owned(), 2),
        ("/org".to_owned(), 1),
        ("/projects".to_owned(), 1),
        ("/projects/new".to_owned(), 1),
        (format!("/projects/{project_id}"), 1),
        (format!("/projects/{project_id}/label"), 1),
        (format!("/projects/{project_id}/data"), 1),
        // The refused rows of the one import are a question of their own.
        (format!("/projects/{project_id}/import"), 2),
        // The project, what has been exported, which formats fit, and which views there are.
        (format!("/projects/{project_id}/export"), 4),
        (format!("/projects/{project_id}/settings"), 1),
        (format!("/projects/{project_id}/settings/people"), 1),
    ];
    for (path, questions) in pages {
        take();
        let answer = browser.get(&path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
        let counted = take();
        let asked: usize = counted.iter().filter(|(name, _)| name.contains("api.rs:")).map(|(_, times)| times).sum();
        let drawn = counted.len() - counted.keys().filter(|name| name.contains("api.rs:")).count();
        if asked != questions || drawn == 0 || counted.values().any(|times| *times != 1) {
            wrong.push(format!("{path} asked {asked} instead of {questions}: {counted:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
