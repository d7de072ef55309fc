//! What views remember.

use domain::{
    Kind,
    access::{OrgRole, ProjectRole},
    data_manager::{Filter, NewView, Pick, View, ViewPatch},
    id::ViewId,
};
use serde_json::{Value, json};
use service::{
    Actor,
    data_manager::{self, Asked, Slice},
    project,
    testing::user_id,
};

use super::{full, on};
use crate::{code, refused};

fn view(data: Value) -> NewView {
    NewView { data: data.as_object().unwrap().clone(), is_private: false }
}

#[tokio::test]
async fn views_are_kept_shared_ordered_and_cleared() {
    let desk = full().await;
    let (cx, owner, project_id) = (&desk.db.cx, &desk.owner, desk.project_id);
    let org_id = owner.user().unwrap().org_id.unwrap();
    let reviewer = desk.db.member(org_id, "reviewer", OrgRole::Member).await;
    project::put_member(cx, owner, project_id, user_id(&reviewer), ProjectRole::Reviewer).await.unwrap();
    let annotator = desk.db.member(org_id, "annotator", OrgRole::Member).await;
    project::put_member(cx, owner, project_id, user_id(&annotator), ProjectRole::Annotator).await.unwrap();
    let (_, stranger) = desk.db.org("globex").await;

    let sent = json!({"title": "Small", "filters": {"conjunction": "and", "items": [on("inner_id", "Number", "less", json!(4))]},
        "ordering": ["-tasks:id"], "theirs": {"kept": true}});
    let first = data_manager::create_view(cx, owner, project_id, view(sent.clone())).await.unwrap();
    assert_eq!(Value::Object(first.data.json().clone()), sent);
    let own = NewView { is_private: true, ..view(json!({"title": "Mine"})) };
    let own = data_manager::create_view(cx, &reviewer, project_id, own).await.unwrap();
    assert_eq!((first.order, own.order, own.user_id), (0, 1, Some(user_id(&reviewer))));

    let list = async |actor: &Actor, project| -> Vec<ViewId> {
        let views: Vec<View> = data_manager::views(cx, actor, project).await.unwrap();
        views.iter().map(|view| view.view_id).collect()
    };
    assert_eq!(list(owner, Some(project_id)).await, [first.view_id]);
    assert_eq!(list(&reviewer, Some(project_id)).await, [first.view_id, own.view_id]);
    assert_eq!(list(&reviewer, None).await, [first.view_id, own.view_id]);
    assert!(list(&annotator, None).await.is_empty());
    assert!(list(&stranger, None).await.is_empty());
    assert_eq!(refused(data_manager::views(cx, &annotator, Some(project_id)).await), Kind::Forbidden);
    assert_eq!(refused(data_manager::views(cx, &stranger, Some(project_id)).await), Kind::NotFound);
    assert_eq!(refused(data_manager::view(cx, owner, own.view_id).await), Kind::NotFound);
    assert_eq!(refused(data_manager::view(cx, &stranger, first.view_id).await), Kind::NotFound);
    assert_eq!(refused(data_manager::view(cx, &annotator, first.view_id).await), Kind::Forbidden);
    assert_eq!(refused(data_manager::view(cx, &Actor::Anonymous, first.view_id).await), Kind::Unauthenticated);

    // Through a view: its filter and order; what is asked beside it holds as well.
    let asked = Asked { view_id: Some(first.view_id), ..Asked::default() };
    let (access, pick) = data_manager::ask(cx, &reviewer, asked.clone()).await.unwrap();
    let slice = Slice { offset: 0, limit: 10 };
    let picked = data_manager::pick(cx, &access, &pick, slice).await.unwrap();
    assert_eq!(desk.inner(&picked.task_ids).await, [3, 2, 1]);
    let filter =
        Filter::parse(&json!({"conjunction": "or", "items": [on("inner_id", "Number", "greater", json!(1))]})).unwrap();
    let narrower = Asked { pick: Pick { filter, ..Pick::default() }, ..asked.clone() };
    let (access, pick) = data_manager::ask(cx, &reviewer, narrower).await.unwrap();
    let picked = data_manager::pick(cx, &access, &pick, slice).await.unwrap();
    assert_eq!(desk.inner(&picked.task_ids).await, [3, 2]);
    assert_eq!(refused(data_manager::ask(cx, &annotator, asked.clone()).await), Kind::Forbidden);
    assert_eq!(refused(data_manager::ask(cx, &stranger, asked).await), Kind::NotFound);

    let patch = |data: Value| ViewPatch { data: Some(data.as_object().unwrap().clone()), ..ViewPatch::default() };
    let renamed = data_manager::update_view(cx, owner, first.view_id, patch(json!({"title": "Tiny"}))).await.unwrap();
    assert_eq!((renamed.data.title(), renamed.data.filter().unwrap().items.len()), ("Tiny", 1));
    let refusal = data_manager::update_view(cx, &reviewer, first.view_id, patch(json!({"title": "No"}))).await;
    assert_eq!(refused(refusal), Kind::Forbidden);
    assert_eq!(refused(data_manager::delete_view(cx, &reviewer, first.view_id).await), Kind::Forbidden);
    let malformed =
        data_manager::update_view(cx, owner, first.view_id, patch(json!({"ordering": ["tasks:zzz"]}))).await;
    assert_eq!(code(malformed), "unknown_column");

    let shared = ViewPatch { is_private: Some(false), order: Some(9), ..ViewPatch::default() };
    data_manager::update_view(cx, &reviewer, own.view_id, shared).await.unwrap();
    assert_eq!(list(owner, Some(project_id)).await, [first.view_id, own.view_id]);
    data_manager::order_views(cx, &reviewer, project_id, vec![own.view_id, first.view_id, ViewId(999)]).await.unwrap();
    assert_eq!(list(owner, Some(project_id)).await, [own.view_id, first.view_id]);

    data_manager::delete_view(cx, owner, own.view_id).await.unwrap();
    assert_eq!(refused(data_manager::delete_view(cx, owner, own.view_id).await), Kind::NotFound);
    assert_eq!(refused(data_manager::reset_views(cx, &reviewer, project_id).await), Kind::Forbidden);
    data_manager::reset_views(cx, owner, project_id).await.unwrap();
    assert!(list(owner, Some(project_id)).await.is_empty());
}
