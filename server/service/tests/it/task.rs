//! The list of a project's tasks.

use domain::{
    Kind,
    access::{OrgRole, ProjectRole},
    page::Limit,
    project::NewProject,
    task::{Glimpse, TaskFilter},
};
use service::{
    Actor, project, task,
    testing::{TestDb, user_id},
};

use crate::{code, refused};

#[tokio::test]
async fn tasks_are_listed_page_by_page_with_a_glimpse() {
    let db = TestDb::new().await;
    let (org_id, owner) = db.org("acme").await;
    let (_, stranger) = db.org("globex").await;
    let new = NewProject {
        title: "Reviews".into(),
        label_config:
            r#"<View><Text name="t" value="$text"/><Choices name="c" toName="t"><Choice value="a"/></Choices></View>"#
                .into(),
        ..NewProject::default()
    };
    let project_id = project::create(&db.cx, &owner, new).await.unwrap();
    for number in 1..=5_i64 {
        sqlx::query("insert into task (project_id, inner_id, data, is_labeled) values ($1, $2, $3, $4)")
            .bind(project_id.0)
            .bind(number)
            .bind(serde_json::json!({ "text": format!("text {number} {}", "long ".repeat(200)), "other": 1 }))
            .bind(number == 2)
            .execute(db.pool())
            .await
            .unwrap();
    }
    sqlx::query("update project_summary set task_count = 5, labeled_task_count = 1 where project_id = $1")
        .bind(project_id.0)
        .execute(db.pool())
        .await
        .unwrap();
    let list = |actor: Actor, filter, after| {
        let cx = db.cx.clone();
        async move { task::list(&cx, &actor, project_id, filter, after, Limit::new(2)).await }
    };
    let first = list(owner.clone(), TaskFilter::All, None).await.unwrap();
    assert_eq!((first.items.len(), first.total), (2, Some(5)));
    let Glimpse::Text(text) = &first.items[0].glimpse else { panic!("a text") };
    assert!(text.starts_with("text 1") && text.len() == 240);
    let second = list(owner.clone(), TaskFilter::All, first.next).await.unwrap();
    let third = list(owner.clone(), TaskFilter::All, second.next).await.unwrap();
    assert_eq!(third.items.iter().map(|task| task.inner_id).collect::<Vec<_>>(), [5]);
    assert_eq!(third.next, None);
    let labeled = list(owner.clone(), TaskFilter::Labeled, None).await.unwrap();
    assert_eq!((labeled.items[0].inner_id, labeled.next, labeled.total), (2, None, Some(1)));
    assert_eq!(list(owner.clone(), TaskFilter::Open, None).await.unwrap().total, Some(4));
    assert!(list(owner.clone(), TaskFilter::Skipped, None).await.unwrap().items.is_empty());
    assert_eq!(code(list(owner.clone(), TaskFilter::All, Some("x".into())).await), "cursor_malformed");

    // Where a picture should be named and is not, nothing is taken for its address.
    sqlx::query("update project set label_config = replace(label_config, 'Text', 'Image') where project_id = $1")
        .bind(project_id.0)
        .execute(db.pool())
        .await
        .unwrap();
    let glimpses = [
        (r#""https://example.org/a.png""#, Glimpse::Image("https://example.org/a.png".into())),
        ("null", Glimpse::Nothing),
        (r#"{"a": 1}"#, Glimpse::Nothing),
        (r#""""#, Glimpse::Nothing),
    ];
    for (value, glimpse) in glimpses {
        sqlx::query("update task set data = jsonb_set(data, '{text}', $2::jsonb) where project_id = $1")
            .bind(project_id.0)
            .bind(serde_json::from_str::<serde_json::Value>(value).unwrap())
            .execute(db.pool())
            .await
            .unwrap();
        let page = list(owner.clone(), TaskFilter::All, None).await.unwrap();
        assert_eq!(page.items[0].glimpse, glimpse, "{value}");
    }

    let annotator = db.member(org_id, "annotator", OrgRole::Member).await;
    project::put_member(&db.cx, &owner, project_id, user_id(&annotator), ProjectRole::Annotator).await.unwrap();
    assert_eq!(refused(list(annotator, TaskFilter::All, None).await), Kind::Forbidden);
    assert_eq!(refused(list(stranger, TaskFilter::All, None).await), Kind::NotFound);
    assert_eq!(refused(list(Actor::Anonymous, TaskFilter::All, None).await), Kind::Unauthenticated);
}
