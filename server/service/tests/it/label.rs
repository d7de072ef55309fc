//! The library of labels: who may change it, what is linked, and what a renaming rewrites.

use domain::{
    Kind,
    access::OrgRole,
    id::LabelId,
    label::{LabelPatch, NewLabel},
};
use serde_json::{Value, json};
use service::{
    job,
    label::{self, Rename},
};

use crate::{code, import::Desk, refused};

fn new(desk: &Desk, title: &str) -> NewLabel {
    let (project_id, from_name) = (desk.project_id, "box".to_owned());
    NewLabel { project_id, from_name, value: vec!["Cat".into()], title: title.into(), description: None }
}

#[tokio::test]
async fn a_label_is_in_the_library_once_and_in_a_project_once() {
    let desk = Desk::new().await;
    let (cx, owner) = (&desk.db.cx, &desk.owner);
    let ids = label::create(cx, owner, vec![new(&desk, "Cat"), new(&desk, "Tom")]).await.unwrap();
    let other = NewLabel { value: vec!["Lion".into()], ..new(&desk, "Cat") };
    assert_eq!(code(label::create(cx, owner, vec![new(&desk, "Dog"), other]).await), "label_title_taken");
    let again = label::create(cx, owner, vec![new(&desk, "Cat")]).await.unwrap();
    assert_eq!(again, [ids[0]], "the same label is the same");
    let (count, labels) = label::list(cx, owner, 0, 10).await.unwrap();
    assert_eq!((count, labels[0].title.as_str()), (2, "Cat"), "all of them, or none");
    assert_eq!(labels[0].links.len(), 1);
    let taken = LabelPatch { title: Some("Tom".into()), ..LabelPatch::default() };
    assert_eq!(code(label::update(cx, owner, ids[0], taken).await), "label_title_taken");
    let twice = label::add_link(cx, owner, desk.project_id, ids[0], "box").await;
    assert_eq!(code(twice), "label_linked_already");
    let (link_id, _) = labels[0].links[0];
    label::update_link(cx, owner, link_id, "other").await.unwrap();
    assert_eq!(label::link(cx, owner, link_id).await.unwrap().from_name, "other");
    label::remove_link(cx, owner, link_id).await.unwrap();
    assert_eq!(code(label::link(cx, owner, link_id).await), "not_found");
    assert_eq!(label::links(cx, owner, Some(desk.project_id), 0, 10).await.unwrap().0, 1);
    label::delete(cx, owner, ids[1]).await.unwrap();
    assert_eq!(label::links(cx, owner, None, 0, 10).await.unwrap().0, 0, "links go with their label");
    assert_eq!(code(label::add_link(cx, owner, desk.project_id, LabelId(999_999), "box").await), "label_unknown");
}

#[tokio::test]
async fn a_library_is_searched_and_filled_from_labeling_interfaces() {
    let desk = Desk::new().await;
    let (cx, owner) = (&desk.db.cx, &desk.owner);
    let library = async |who: &service::Actor, search: &str, limit| {
        label::library(cx, who, search.to_owned(), limit).await.unwrap()
    };
    assert!(library(owner, "", 10).await.is_empty);
    let offered = label::offered(cx, owner, desk.project_id).await.unwrap();
    assert!(!offered.is_empty() && offered.iter().all(|offer| !offer.is_known), "{offered:?}");
    let new = offered.clone().into_iter().map(|offer| offer.into_new(desk.project_id)).collect();
    let ids = label::create(cx, owner, new).await.unwrap();
    assert!(label::offered(cx, owner, desk.project_id).await.unwrap().iter().all(|offer| offer.is_known));
    let described = LabelPatch { description: Some("50 % of it".into()), ..LabelPatch::default() };
    label::update(cx, owner, *ids.last().unwrap(), described).await.unwrap();
    let all = library(owner, "", 1).await;
    assert_eq!((all.labels.len(), all.total, all.is_empty), (1, i64::try_from(ids.len()).unwrap(), false));
    assert_eq!(all.projects.len(), 1);
    assert_eq!((all.sources.len(), all.may_change), (1, true));
    let found = library(owner, "50 %", 10).await;
    assert_eq!((found.total, found.labels[0].label_id), (1, *ids.last().unwrap()));
    let nothing = library(owner, "_", 10).await;
    assert_eq!((nothing.total, nothing.is_empty), (0, false), "signs of patterns are signs");
    // Who labels sees the names, and neither where they are used nor a way to change them.
    let org_id = label::get(cx, owner, ids[0]).await.unwrap().organization_id;
    let member = desk.db.member(org_id, "Mia", OrgRole::Member).await;
    let seen = library(&member, "", 10).await;
    assert_eq!((seen.projects.len(), seen.sources.len(), seen.may_change), (0, 0, false));
    assert_eq!(refused(label::offered(cx, &member, desk.project_id).await), Kind::NotFound);
}

#[tokio::test]
async fn a_library_belongs_to_its_organization() {
    let desk = Desk::new().await;
    let (cx, owner) = (&desk.db.cx, &desk.owner);
    let id = label::create(cx, owner, vec![new(&desk, "Cat")]).await.unwrap()[0];
    let link = label::get(cx, owner, id).await.unwrap().links[0].0;
    let (_, stranger) = desk.db.org("other").await;
    assert_eq!(refused(label::get(cx, &stranger, id).await), Kind::NotFound);
    assert_eq!(refused(label::update(cx, &stranger, id, LabelPatch::default()).await), Kind::NotFound);
    assert_eq!(refused(label::delete(cx, &stranger, id).await), Kind::NotFound);
    assert_eq!(refused(label::link(cx, &stranger, link).await), Kind::NotFound);
    assert_eq!(refused(label::create(cx, &stranger, vec![new(&desk, "x")]).await), Kind::NotFound);
    assert_eq!(label::list(cx, &stranger, 0, 10).await.unwrap().0, 0);
    let org_id = label::get(cx, owner, id).await.unwrap().organization_id;
    let member = desk.db.member(org_id, "Mia", OrgRole::Member).await;
    let seen = label::get(cx, &member, id).await.unwrap();
    assert_eq!((seen.title.as_str(), seen.links.len()), ("Cat", 0), "where it is used is told to those who see that");
    assert_eq!(refused(label::delete(cx, &member, id).await), Kind::Forbidden);
    assert_eq!(label::links(cx, &member, None, 0, 10).await.unwrap().0, 0);
}

#[tokio::test]
async fn a_renaming_rewrites_every_result_of_the_control() {
    let desk = Desk::new().await;
    let item = |label: &str, control: &str| {
        json!({ "id": label, "from_name": control, "to_name": "img", "type": "rectanglelabels",
            "value": { "x": 1, "y": 1, "width": 2, "height": 2, "rectanglelabels": [label] } })
    };
    let tasks = json!([
        { "data": { "picture": "a.png" }, "annotations": [{ "result": [item("Cat", "box"), item("Cat", "box")] }] },
        { "data": { "picture": "b.png" }, "annotations": [{ "result": [item("Cat", "other")] }, { "result": [item("Dog", "box")] }] },
    ]);
    desk.file("tasks.json", tasks.to_string()).await;
    let (cx, owner, project_id) = (&desk.db.cx, &desk.owner, desk.project_id);
    let asked = |from_name: Option<&str>, from: &str, to: &str| Rename {
        project_id,
        from_name: from_name.map(str::to_owned),
        from: vec![from.into()],
        to: vec![to.into()],
    };
    let renamed = label::rename(cx, owner, asked(Some("box"), "Cat", "Tom")).await.unwrap();
    job::runner::run_waiting(cx).await.unwrap();
    assert_eq!((renamed.annotations, renamed.runs.len()), (1, 1));
    assert_eq!(labels(&desk).await, json!([["Tom", "Tom"], ["Cat"], ["Dog"]]));
    let renamed = label::rename(cx, owner, asked(None, "Cat", "Tom")).await.unwrap();
    assert_eq!((renamed.annotations, renamed.runs.len()), (1, 1), "every control that has given it");
    assert_eq!(labels(&desk).await, json!([["Tom", "Tom"], ["Tom"], ["Dog"]]));
    let nothing = label::rename(cx, owner, asked(None, "Cat", "Tom")).await.unwrap();
    assert_eq!((nothing.annotations, nothing.runs.len()), (0, 0));
    let deep = Rename { from: vec!["a".into(), "b".into()], ..asked(None, "x", "y") };
    assert_eq!(code(label::rename(cx, owner, deep).await), "label_malformed");
    let (_, stranger) = desk.db.org("other").await;
    assert_eq!(refused(label::rename(cx, &stranger, asked(None, "Tom", "x")).await), Kind::NotFound);
}

async fn labels(desk: &Desk) -> Value {
    sqlx::query_scalar(
        "select jsonb_agg((select jsonb_agg(item -> 'value' -> 'rectanglelabels' -> 0) from jsonb_array_elements(result) item)
            order by annotation_id) from annotation where project_id = $1",
    )
    .bind(desk.project_id.0)
    .fetch_one(desk.db.pool())
    .await
    .unwrap()
}
