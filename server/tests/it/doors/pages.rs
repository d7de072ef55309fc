//! The pages: who sees them, and who is sent to sign in or told that there is nothing.

use std::collections::BTreeSet;

use app::App;
use leptos_axum::generate_route_list;

use super::{
    Who, World, visit,
    world::{OF_OUR_PROJECT, OURS},
};

/// What kind of page it is.
#[derive(Clone, Copy, PartialEq)]
enum Page {
    /// For everybody, for this reason.
    Open(&'static str),
    /// In the frame of the product, about whoever looks at it.
    Own,
    /// The same, for those who may make projects.
    OfMakers,
    /// Of a project: with the status for a colleague who only labels.
    OfProject(u16),
}

/// Every page, by its pattern in `app/src/routes.rs`.
const PAGES: [(&str, Page); 29] = [
    ("/", Page::Open("what the product is")),
    ("/login", Page::Open("the way in")),
    ("/signed-in", Page::Open("says that this tab can be closed")),
    ("/signup", Page::Open("the way in")),
    ("/check-mail", Page::Open("the way in")),
    ("/verify", Page::Open("the mailed token is the proof")),
    ("/forgot", Page::Open("the way in")),
    ("/reset", Page::Open("the mailed token is the proof")),
    ("/invite/{token}", Page::Open("the token is the proof")),
    ("/dev/outbox", Page::Open("on development servers; see the test of the development pages")),
    ("/dev/gallery", Page::Open("on development servers; see the test of the development pages")),
    ("/account", Page::Own),
    ("/org", Page::Own),
    ("/org/labels", Page::Own),
    ("/org/webhooks", Page::OfMakers),
    ("/help", Page::Own),
    ("/help/{page}", Page::Own),
    ("/projects", Page::Own),
    ("/projects/new", Page::OfMakers),
    ("/projects/{id}", Page::OfProject(200)),
    ("/projects/{id}/label", Page::OfProject(200)),
    ("/projects/{id}/data", Page::OfProject(403)),
    // A task that the annotator was not given.
    ("/projects/{id}/tasks/{task}", Page::OfProject(404)),
    ("/projects/{id}/import", Page::OfProject(403)),
    ("/projects/{id}/import/update", Page::OfProject(403)),
    ("/projects/{id}/export", Page::OfProject(403)),
    // Of the project.
    ("/webhooks/{id}", Page::OfProject(403)),
    ("/projects/{id}/settings", Page::OfProject(403)),
    ("/projects/{id}/settings/{section}", Page::OfProject(403)),
];

#[tokio::test]
async fn every_page_turns_away_whom_it_should() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    for (pattern, page) in PAGES {
        let pattern_of = pattern.replace("/webhooks/{id}", &format!("/webhooks/{}", world.webhook_id));
        let address = pattern_of
            .replace("{id}", &world.project_id.to_string())
            .replace("{task}", &world.tasks[2].to_string())
            .replace("{token}", &world.invite_token)
            .replace("{section}", "people")
            .replace("{page}", "labeling");
        let mut look = async |who: Who, expected: u16, secret: &str| {
            let answer = world.browser(who).send(visit(&address)).await;
            let status = answer.status.as_u16();
            if status != expected {
                wrong.push(format!("{pattern} visited by {who:?}: {status} instead of {expected}"));
            }
            if !secret.is_empty() && answer.text().contains(secret) {
                wrong.push(format!("{pattern} visited by {who:?}: shows {secret:?}"));
            }
            answer.header("location").to_owned()
        };
        match page {
            Page::Open(reason) => {
                assert!(!reason.is_empty());
                look(Who::Stranger, 200, "").await;
            }
            Page::Own | Page::OfMakers | Page::OfProject(_) => {
                for nobody in [Who::Stranger, Who::Expired] {
                    let location = look(nobody, 302, OURS).await;
                    assert!(location.starts_with("/login?next="), "{pattern}: {location}");
                }
                let (rival, member, labels) = match page {
                    Page::OfProject(labels) => (404, 404, labels),
                    Page::OfMakers => (200, 403, 403),
                    _ => (200, 200, 200),
                };
                look(Who::Rival, rival, OURS).await;
                look(Who::Member, member, OF_OUR_PROJECT).await;
                let hidden = if labels == 200 { "" } else { OF_OUR_PROJECT };
                look(Who::Annotator, labels, hidden).await;
                look(Who::Owner, 200, "").await;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_is_in_the_table() {
    let routes = generate_route_list(App);
    let written: BTreeSet<&str> = routes.iter().map(leptos_axum::AxumRouteListing::path).collect();
    let known: BTreeSet<&str> = PAGES.iter().map(|(pattern, _)| *pattern).collect();
    assert_eq!(written, known, "who may see these? Keep the table and app/src/routes.rs alike");
}
