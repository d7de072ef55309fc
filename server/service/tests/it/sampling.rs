//! Which task comes next where scores of a model decide.

use domain::{
    annotation::NoTask,
    id::{AnnotationId, TaskId},
};
use service::{
    Actor, annotation, assignment,
    prediction::{self, NewPrediction},
};

use crate::annotate::Work;

impl Work {
    /// Tasks handed out by uncertainty, and what `version` says of each.
    async fn uncertain(tasks: i64, overlap: i32, version: &str, scores: &[(i64, Option<f64>)]) -> Self {
        let work = Self::new(tasks, overlap).await;
        work.set("sampling = 'UNCERTAINTY'").await;
        work.predict(version, scores).await;
        work
    }

    async fn predict(&self, version: &str, scores: &[(i64, Option<f64>)]) {
        let mut new = Vec::new();
        for (inner_id, score) in scores {
            let (task_id, version) = (self.task(*inner_id).await, version.to_owned());
            new.push(NewPrediction { task_id, result: Vec::new(), score: *score, model_version: version });
        }
        prediction::add_many(&self.db.cx, &self.owner, self.project_id, new).await.unwrap();
    }

    async fn task(&self, inner_id: i64) -> TaskId {
        let statement = "select task_id from task where project_id = $1 and inner_id = $2";
        let found = sqlx::query_scalar(statement).bind(self.project_id.0).bind(inner_id);
        TaskId(found.fetch_one(self.db.pool()).await.unwrap())
    }

    /// The numbers of all tasks in the order in which the person is given them.
    async fn all(&self, who: &Actor) -> Vec<i64> {
        let mut given = Vec::new();
        while let Ok(task) = self.next(who).await.task {
            given.push(task.inner_id);
            annotation::submit(&self.db.cx, who, self.submission(task.task_id)).await.unwrap();
        }
        given
    }

    /// Tasks whose predictions count as waiting, by their numbers.
    async fn waiting(&self) -> Vec<i64> {
        let statement = "select inner_id from prediction join task using (project_id, task_id)
            where project_id = $1 and task_is_open order by inner_id";
        sqlx::query_scalar(statement).bind(self.project_id.0).fetch_all(self.db.pool()).await.unwrap()
    }
}

#[tokio::test]
async fn what_the_model_is_least_sure_of_comes_first() {
    let scores = [(1, Some(0.9)), (3, Some(0.2)), (4, None), (5, Some(0.2)), (6, Some(-1.0))];
    let work = Work::uncertain(6, 1, "v1", &scores).await;
    let ana = work.annotator("ana").await;
    assert_eq!(work.all(&ana).await, [6, 3, 5, 1, 2, 4], "tasks without a score follow in their order");
    assert_eq!(work.next(&ana).await.task, Err(NoTask::AllLabeled));
    work.check_law().await;
}

#[tokio::test]
async fn scores_of_the_version_that_counts_decide() {
    let work = Work::uncertain(3, 1, "v1", &[(1, Some(0.1)), (2, Some(0.5)), (3, Some(0.9))]).await;
    let (ana, ben) = (work.annotator("ana").await, work.annotator("ben").await);
    work.predict("v2", &[(1, Some(0.9)), (2, Some(0.5)), (3, Some(0.1))]).await;
    assert_eq!(work.next(&ana).await.task.unwrap().inner_id, 3, "the newest where none was chosen");
    work.set("model_version = 'v1'").await;
    assert_eq!(work.next(&ben).await.task.unwrap().inner_id, 1, "the chosen one, at once");
    work.set("model_version = 'v3'").await;
    let cem = work.annotator("cem").await;
    assert_eq!(work.next(&cem).await.task.unwrap().inner_id, 2, "in order where the version has said nothing");
    work.check_law().await;
}

#[tokio::test]
async fn a_task_that_is_skipped_or_done_by_the_person_is_not_given_again() {
    let work = Work::uncertain(3, 2, "v1", &[(1, Some(0.3)), (2, Some(0.2)), (3, Some(0.1))]).await;
    let (ana, ben) = (work.annotator("ana").await, work.annotator("ben").await);
    assert_eq!(work.skip_next(&ana).await, 3);
    assert_eq!(work.submit_next(&ana).await, 2);
    assert_eq!(work.next(&ana).await.task.unwrap().inner_id, 1);
    assert_eq!(work.submit_next(&ben).await, 3);
    assert_eq!(work.submit_next(&ben).await, 2, "a second one for the same task");
    work.check_law().await;
}

#[tokio::test]
async fn scores_of_tasks_that_are_done_are_not_gone_through() {
    let work = Work::uncertain(3, 1, "v1", &[(1, Some(0.1)), (2, Some(0.2)), (3, Some(0.3))]).await;
    let ana = work.annotator("ana").await;
    assert_eq!(work.submit_next(&ana).await, 1);
    assert_eq!(work.waiting().await, [2, 3]);
    work.predict("v2", &[(1, Some(0.1)), (2, Some(0.9)), (3, Some(0.3))]).await;
    assert_eq!(work.waiting().await, [2, 2, 3, 3], "a new version says of tasks that are done as well");
    assert_eq!(work.submit_next(&ana).await, 3);
    let made = work.number("select min(annotation_id) from annotation where project_id = $1").await;
    annotation::change::delete(&work.db.cx, &work.owner, AnnotationId(made)).await.unwrap();
    assert_eq!(work.waiting().await, [1, 1, 2, 2], "a task that is open again waits again");
    assert_eq!(work.submit_next(&ana).await, 1);
}

#[tokio::test]
async fn what_comes_next_by_uncertainty_is_told_before() {
    let work = Work::uncertain(3, 1, "v1", &[(3, Some(0.1)), (2, Some(0.2))]).await;
    sqlx::query("update task set data = jsonb_build_object('image', '/files/' || inner_id || '/a.png')")
        .execute(work.db.pool())
        .await
        .unwrap();
    let ana = work.annotator("ana").await;
    let upcoming = async || {
        let holds = work.next(&ana).await.task.unwrap().task_id;
        assignment::upcoming(&work.db.cx, &ana, work.project_id, holds).await.unwrap()
    };
    assert_eq!(upcoming().await, ["/files/2/a.png"]);
    work.submit_next(&ana).await;
    let none: [&str; 0] = [];
    assert_eq!(upcoming().await, none, "behind the last of them in order there is none");
}
