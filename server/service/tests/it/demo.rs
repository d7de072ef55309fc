//! The demo workspace: made once, through the use cases, and true.

use domain::page::Limit;
use domain::project::ProjectQuery;
use service::{
    account::{self, Client},
    demo, project,
    testing::TestDb,
};

#[tokio::test]
async fn the_demo_is_made_once_and_everybody_can_sign_in() {
    let db = TestDb::new().await;
    assert_eq!(demo::guests(&db.cx).await.unwrap(), None, "a server without a demo shows no way in");
    assert!(demo::seed(&db.cx).await.unwrap());
    assert!(!demo::seed(&db.cx).await.unwrap(), "a second start changes nothing");
    assert!(account::has_demo_people(&db.cx).await.unwrap());
    let guests = demo::guests(&db.cx).await.unwrap().unwrap();
    assert_eq!(guests.people.len(), 5);
    for guest in guests.people {
        account::sign_in(&db.cx, &Client::default(), &guest.email, guests.password.clone()).await.unwrap();
    }
    let session =
        account::sign_in(&db.cx, &Client::default(), "owner@demo.test", demo::PASSWORD.to_owned()).await.unwrap();
    let owner = account::actor_from_session(&db.cx, &session.token, &Client::default()).await.unwrap();
    let projects = project::list(&db.cx, &owner, ProjectQuery::default(), Limit::default()).await.unwrap();
    assert_eq!(projects.items.len(), 3 + 6);
    let (tasks, labeled): (i64, i64) =
        sqlx::query_as("select sum(task_count)::bigint, sum(labeled_task_count)::bigint from project_count")
            .fetch_one(db.pool())
            .await
            .unwrap();
    assert_eq!(tasks, 9 + 96 + 9 + 6);
    assert!(labeled > 0 && labeled < tasks, "partly labeled: {labeled} of {tasks}");
    let (threads, settled, pinned): (i64, i64, i64) =
        sqlx::query_as("select count(*), count(resolved_at), count(region_key) from comment where parent_id is null")
            .fetch_one(db.pool())
            .await
            .unwrap();
    assert_eq!((threads, settled, pinned), (3, 1, 2));
    let pins: i64 = sqlx::query_scalar(
        "select count(*) from comment c join annotation a on a.task_id = c.task_id and a.completed_by = c.work_of
            join region r on r.annotation_id = a.annotation_id and r.region_key = c.region_key",
    )
    .fetch_one(db.pool())
    .await
    .unwrap();
    assert_eq!(pins, 2, "comments are about regions that are there");
    let versions: Vec<(String, i64)> =
        sqlx::query_as("select model_version, count(*) from prediction group by 1 order by 1")
            .fetch_all(db.pool())
            .await
            .unwrap();
    assert_eq!(
        versions,
        [("scenes-1".to_owned(), 9), ("scenes-2".to_owned(), 9)],
        "two versions of a model to compare"
    );
    let from_the_future: i64 = sqlx::query_scalar("select count(*) from annotation where created_at > $1")
        .bind(db.cx.now())
        .fetch_one(db.pool())
        .await
        .unwrap();
    assert_eq!(from_the_future, 0);
    let (sent, failed, waiting): (i64, i64, i64) = sqlx::query_as(
        "select count(*) filter (where d.state = 'delivered'), count(*) filter (where d.attempts > 1),
            count(*) filter (where d.state = 'waiting') from webhook_delivery d",
    )
    .fetch_one(db.pool())
    .await
    .unwrap();
    assert!(sent > 10 && failed > 0 && waiting == 0, "a log to look at, and nothing left to send");
    let on: bool = sqlx::query_scalar("select bool_or(is_active) from webhook").fetch_one(db.pool()).await.unwrap();
    assert!(!on, "the demo calls nobody");
    let apis: i64 = sqlx::query_scalar("select count(*) from project_client_api where calls > 0 and not at_import")
        .fetch_one(db.pool())
        .await
        .unwrap();
    assert_eq!(apis, 2);
    let (status, filled, failed): (String, i64, i64) =
        sqlx::query_as("select status, filled, failed from client_api_run").fetch_one(db.pool()).await.unwrap();
    assert_eq!((status.as_str(), filled + failed), ("completed", 96));
    assert!(failed > 0, "there are failures to look at");
    let counted: bool = sqlx::query_scalar(
        "select bool_and(s.annotation_count = (select count(*) from annotation a where a.project_id = s.project_id)
            and s.labeled_task_count = (select count(*) from task t where t.project_id = s.project_id and t.is_labeled))
        from project_count s",
    )
    .fetch_one(db.pool())
    .await
    .unwrap();
    assert!(counted, "the summary counts what is there");
}
