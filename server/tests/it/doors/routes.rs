//! The routes that are neither pages nor server functions: files in and out, and events.

use std::collections::BTreeSet;

use axum::body::Body;
use http::{Method, Request, header};

use super::{Who, World, world::OURS};
use crate::support::Answer;

/// Every route of `router.rs`, as it is written there.
const OPEN: [(&str, &str); 5] = [
    ("/health", "says that the process lives, and its version"),
    ("/ready", "says whether the database answers"),
    ("/docs/api", "says of the REST interface what its document says"),
    ("/docs/api/page.css", "how that page looks"),
    ("/docs/api/page.js", "how that page is searched"),
];

struct Route {
    pattern: &'static str,
    method: Method,
    address: String,
    /// The status a colleague without the right is answered.
    lacking: (Who, u16),
    right: Who,
    /// The status of an answer, or of a refusal for another reason than who asks.
    answered: u16,
}

fn routes(world: &World) -> Vec<Route> {
    let get = |pattern, address: String, lacking, right| Route {
        pattern,
        method: Method::GET,
        address,
        lacking,
        right,
        answered: 200,
    };
    let (project, import, export) = (world.project_id, world.import_id, world.export_id);
    let annotator = (Who::Annotator, 403);
    let mut routes = vec![
        Route {
            pattern: "/projects/{project}/upload",
            method: Method::POST,
            address: format!("/projects/{project}/upload"),
            lacking: annotator,
            right: Who::Owner,
            answered: 200,
        },
        get(
            "/projects/{project}/imports/{import}/{file}",
            format!("/projects/{project}/imports/{import}/failures.csv"),
            annotator,
            Who::Owner,
        ),
        get(
            "/projects/{project}/imports/{import}/{file}",
            format!("/projects/{project}/imports/{import}/failures.ndjson"),
            annotator,
            Who::Owner,
        ),
        get(
            "/projects/{project}/exports/{export}/download",
            format!("/projects/{project}/exports/{export}/download"),
            annotator,
            Who::Owner,
        ),
        get(
            "/projects/{project}/exports/{export}/manifest.json",
            format!("/projects/{project}/exports/{export}/manifest.json"),
            annotator,
            Who::Owner,
        ),
        // A file of tasks is all data of the project.
        get("/files/{file}/{name}", format!("/files/{}/x.json", world.file_id), annotator, Who::Owner),
        get(
            "/data/upload/{project}/{file}",
            format!("/data/upload/{project}/{}-x.json", world.file_id),
            annotator,
            Who::Owner,
        ),
        get(
            "/events/projects/{project}/reimports/{reimport}",
            format!("/events/projects/{project}/reimports/{}", world.reimport_id),
            annotator,
            Who::Owner,
        ),
        get(
            "/events/projects/{project}/imports/{import}",
            format!("/events/projects/{project}/imports/{import}"),
            annotator,
            Who::Owner,
        ),
        get(
            "/events/projects/{project}/exports/{export}",
            format!("/events/projects/{project}/exports/{export}"),
            annotator,
            Who::Owner,
        ),
        // There is no such run.
        Route {
            answered: 404,
            ..get(
                "/events/projects/{project}/actions/{run}",
                format!("/events/projects/{project}/actions/0"),
                annotator,
                Who::Owner,
            )
        },
        // There is no such storage.
        Route {
            answered: 404,
            ..get(
                "/events/projects/{project}/storages/{storage}",
                format!("/events/projects/{project}/storages/0"),
                annotator,
                Who::Owner,
            )
        },
        // There is no such run.
        Route {
            answered: 404,
            ..get(
                "/events/projects/{project}/client-api-runs/{run}",
                format!("/events/projects/{project}/client-api-runs/0"),
                annotator,
                Who::Owner,
            )
        },
    ];
    // No task names this object, which is told to nobody but those in the project.
    let task = world.tasks[0];
    let patterns =
        ["/tasks/{task}/presign", "/tasks/{task}/presign/", "/tasks/{task}/resolve", "/tasks/{task}/resolve/"];
    routes.extend(patterns.map(|pattern| Route {
        answered: 404,
        ..get(
            pattern,
            format!("{}?fileuri=czM6Ly9jYXRzL2EucG5n", pattern.replace("{task}", &task.to_string())),
            (Who::Annotator, 404),
            Who::Owner,
        )
    }));
    // No project has a folder with this file.
    routes.extend(["/data/local-files", "/data/local-files/"].map(|pattern| Route {
        answered: 404,
        ..get(pattern, format!("{pattern}?d=set/a.png"), (Who::Annotator, 404), Who::Owner)
    }));
    // Media are for everybody in the project; a file of tasks is all its data, and nobody else learns that it is there.
    let colleague = (Who::Member, 404);
    let data = format!("/files/{}/x.json", world.file_id);
    let [sound, film, paper, image] = &world.media;
    let media = [
        ("/projects/{project}/media/wave", "wave", sound, colleague, 200),
        ("/projects/{project}/media/spectrum", "spectrum", sound, colleague, 200),
        ("/projects/{project}/media/series", "series", &data, (Who::Annotator, 404), 422),
        ("/projects/{project}/media/image", "image", image, colleague, 200),
        // It is small: there are no tiles.
        ("/projects/{project}/media/tile/{level}/{column}/{row}", "tile/0/0/0", image, colleague, 422),
        ("/projects/{project}/media/video", "video", film, colleague, 200),
        ("/projects/{project}/media/frames", "frames", film, colleague, 200),
        ("/projects/{project}/media/pdf", "pdf", paper, colleague, 200),
        ("/projects/{project}/media/page/{number}", "page/1", paper, colleague, 200),
        ("/projects/{project}/media/page/{number}/thumb", "page/2/thumb", paper, colleague, 200),
        ("/projects/{project}/media/page/{number}/words", "page/2/words", paper, colleague, 200),
        ("/projects/{project}/media/file", "file", sound, colleague, 200),
        ("/projects/{project}/media/file", "file", &data, (Who::Annotator, 404), 200),
    ];
    routes.extend(media.map(|(pattern, what, src, lacking, answered)| Route {
        answered,
        ..get(pattern, format!("/projects/{project}/media/{what}?src={src}"), lacking, Who::Owner)
    }));
    routes
}

impl Route {
    fn request(&self) -> Request<Body> {
        let request = Request::builder().method(self.method.clone()).uri(&self.address);
        if self.method == Method::GET {
            return request.body(Body::empty()).unwrap();
        }
        let body = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"tasks.txt\"\r\n\r\none line\r\n--edge--\r\n";
        request
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .unwrap()
    }
}

#[tokio::test]
async fn every_route_turns_away_whom_it_should() {
    let world = World::new().await;
    for route in routes(&world) {
        let address = &route.address;
        let ask = async |who: Who| world.browser(who).send(route.request()).await;
        let refused = |who: Who, status: u16, answer: &Answer| {
            assert_eq!(answer.status.as_u16(), status, "{address} asked by {who:?}: {}", answer.text());
            let problem = answer.problem();
            assert!(!answer.text().contains(OURS), "{address} tells {who:?} something of ours: {problem:?}");
        };
        refused(Who::Stranger, 401, &ask(Who::Stranger).await);
        refused(Who::Expired, 401, &ask(Who::Expired).await);
        refused(Who::Rival, 404, &ask(Who::Rival).await);
        let (who, status) = route.lacking;
        refused(who, status, &ask(who).await);
        let mut answer = ask(route.right).await;
        // Being made: it is asked for again.
        while answer.status.as_u16() == 202 {
            answer = ask(route.right).await;
        }
        assert_eq!(answer.status.as_u16(), route.answered, "{address} asked by {:?}: {}", route.right, answer.text());
    }
}

#[tokio::test]
async fn every_route_is_in_the_table() {
    let source = include_str!("../../../src/router.rs");
    let written: BTreeSet<&str> = source
        .split(".route(")
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .collect();
    assert_eq!(written.len(), source.matches(".route(").count(), "every address is written as a plain text");
    let world = World::new().await;
    let open = OPEN.iter().map(|(pattern, reason)| {
        assert!(!reason.is_empty());
        *pattern
    });
    let known: BTreeSet<&str> = routes(&world).iter().map(|route| route.pattern).chain(open).collect();
    assert_eq!(written, known, "who may use these? Keep the table and the router alike");
}
