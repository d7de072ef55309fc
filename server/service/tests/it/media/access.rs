//! What comes from other servers, and who sees what.

use domain::{
    Kind,
    access::{OrgRole, ProjectRole},
    media::series::Options,
    project::{NewProject, ProjectMove},
};
use futures::TryStreamExt;
use serde_json::json;
use service::{
    Actor, assignment,
    media::{self, Asked},
    project,
    testing::user_id,
};

use super::{
    Server, Studio, ready,
    sounds::{tone, wav},
};
use crate::{code, refused};

#[tokio::test]
async fn other_servers_are_asked_only_for_what_a_task_names_and_the_project_allows() {
    let studio = Studio::new().await;
    let sound = wav(&tone(5000, 1), 1);
    let server = Server::new("audio/wav", sound.clone()).await;
    let url = server.url("/a.wav?x=1");
    let task = studio.task(json!({ "t": url })).await;
    let wave = async |asked: &Asked| ready(async || media::wave(&studio.cx, &studio.owner, asked).await).await;
    assert_eq!(code(wave(&studio.of_task(&url, task)).await), "media_proxy_off");
    studio.allow_proxy().await;
    let audit: i64 = sqlx::query_scalar("select count(*) from audit_event where action = 'media_proxy_changed'")
        .fetch_one(studio.db.pool())
        .await
        .unwrap();
    assert_eq!(audit, 1);
    assert_eq!(refused(wave(&studio.asked(&url)).await), Kind::NotFound);
    assert_eq!(refused(wave(&studio.of_task(&server.url("/b.wav"), task)).await), Kind::NotFound);
    assert_eq!(server.count(), 0);

    // Many ask at once; it is fetched and made once.
    let asked = studio.of_task(&url, task);
    let all = futures::future::join_all((0..8).map(|_| wave(&asked))).await;
    assert!(all.iter().all(|one| one.as_ref().unwrap() == all[0].as_ref().unwrap()));
    assert_eq!(server.count(), 1);

    let passed = media::pass(&studio.cx, &studio.owner, &asked, Some(10..20)).await.unwrap();
    assert_eq!((passed.content_type.as_str(), passed.part.clone()), ("audio/wav", Some(10..20)));
    assert_eq!(passed.size_bytes, Some(sound.len() as u64));
    let body: Vec<u8> = passed.body.map_ok(|chunk| chunk.to_vec()).try_concat().await.unwrap();
    assert_eq!(body, &sound[10..20]);
    assert!(!server.had_cookie());

    // The guard of imports guards here too.
    let private = studio.task(json!({ "t": "http://169.254.169.254/meta.wav" })).await;
    let asked = studio.of_task("http://169.254.169.254/meta.wav", private);
    assert_eq!(code(wave(&asked).await), "url_private");
    assert_eq!(code(media::pass(&studio.cx, &studio.owner, &asked, None).await.map(|_| ())), "url_private");

    for (kind, bytes, path, expected) in [
        ("audio/wav", Vec::new(), "/empty.wav", "media_empty"),
        ("audio/wav", b"nothing of the kind".to_vec(), "/text.wav", "not_audio"),
        ("404", Vec::new(), "/gone.wav", "url_status"),
    ] {
        let server = Server::new(kind, bytes).await;
        let task = studio.task(json!({ "t": server.url(path) })).await;
        assert_eq!(code(wave(&studio.of_task(&server.url(path), task)).await), expected, "{path}");
    }
    let page = Server::new("text/html", b"<script>".to_vec()).await;
    let task = studio.task(json!({ "t": page.url("/") })).await;
    let passed = media::pass(&studio.cx, &studio.owner, &studio.of_task(&page.url("/"), task), None).await;
    assert_eq!(code(passed.map(|_| ())), "media_type");
}

#[tokio::test]
async fn nobody_sees_what_is_not_theirs() {
    let studio = Studio::new().await;
    let (_, other) = studio.db.org("other").await;
    let own_org = studio.owner.user().unwrap().org_id.unwrap();
    let annotator = studio.db.member(own_org, "ann", OrgRole::Member).await;
    project::put_member(&studio.cx, &studio.owner, studio.project_id, user_id(&annotator), ProjectRole::Annotator)
        .await
        .unwrap();
    let outsider = studio.db.member(own_org, "out", OrgRole::Member).await;
    let sound = studio.upload("a.wav", wav(&tone(100, 1), 1)).await;
    let table = studio.upload("a.csv", "t,a\n1,2\n").await;
    let named = studio.task(json!({ "t": table })).await;
    let unnamed = studio.task(json!({ "t": "something else" })).await;

    let wave = async |actor: &Actor| {
        ready(async || media::wave(&studio.cx, actor, &studio.asked(&sound)).await).await.map(|_| ())
    };
    wave(&studio.owner).await.unwrap();
    wave(&annotator).await.unwrap();
    for (actor, kind) in
        [(&other, Kind::NotFound), (&outsider, Kind::NotFound), (&Actor::Anonymous, Kind::Unauthenticated)]
    {
        assert_eq!(refused(wave(actor).await), kind);
    }
    // A file of another project is no file of this one.
    let elsewhere = NewProject { title: "Elsewhere".into(), ..NewProject::default() };
    let elsewhere = project::create(&studio.cx, &studio.owner, elsewhere).await.unwrap();
    let asked = Asked { project_id: elsewhere, ..studio.asked(&sound) };
    assert_eq!(refused(media::wave(&studio.cx, &studio.owner, &asked).await), Kind::NotFound);

    let series = async |asked: Asked| {
        let read = async || media::series(&studio.cx, &annotator, &asked, Options::default()).await;
        ready(read).await.map(|_| ())
    };
    assert_eq!(refused(series(studio.asked(&table)).await), Kind::NotFound);
    assert_eq!(refused(series(studio.of_task(&table, named)).await), Kind::NotFound, "not theirs yet");
    project::change_state(&studio.cx, &studio.owner, studio.project_id, ProjectMove::GoLive).await.unwrap();
    assert!(assignment::next_task(&studio.cx, &annotator, studio.project_id).await.unwrap().task.is_ok());
    series(studio.of_task(&table, named)).await.unwrap();
    assert_eq!(refused(series(studio.of_task(&table, unnamed)).await), Kind::NotFound);
}
