//! The doors of the label page. Whoever is in the project may label, so the right is lacking outside it.

use app::annotate::api::{
    AskModel, ChangeComment, Comments, Heartbeat, OpenDesk, ReadVersion, SaveDraft, SaveKeys, Skip, Submit, Text, Tree,
    Upcoming, ViewTask, WriteComment,
};
use app::help;
use domain::{
    annotation::{DraftToSave, Submission, VersionId},
    comment::{About, Change, NewComment},
    hotkeys::OwnKeys,
    id::{AnnotationId, CommentId, TaskId},
    ml::Question,
    result::ResultItem,
};
use serde_json::json;
use uuid::Uuid;

use super::{Door, OWN, Who, World, door, public};

pub(super) fn doors(world: &World) -> Vec<Door> {
    let project_id = world.project_id;
    let outside = Some((Who::Member, "not_found"));
    // Tasks are handed out in their order: the first is worked on and handed in, the second skipped.
    let (first, second) = (world.tasks[0], world.tasks[1]);
    let no_version = VersionId::Earlier(AnnotationId(0), 1);
    let comment = NewComment {
        project_id,
        task_id: first,
        about: About::Task,
        pin: None,
        text: "Secret cats?".to_owned(),
        key: Uuid::now_v7(),
    };
    let no_change = ChangeComment { project_id, task_id: first, comment_id: CommentId(0), change: Change::Resolve };
    let question = Question { project_id, task_id: first, prompts: result() };
    let next = || OpenDesk { project_id, task_id: None };
    vec![
        door(&next(), "not_found", outside, Who::Annotator),
        door(&OpenDesk { project_id, task_id: Some(first) }, "not_found", outside, Who::Annotator),
        door(&Heartbeat { project_id, task_id: first }, "not_found", outside, Who::Annotator),
        door(&Upcoming { project_id, task_id: first }, "not_found", outside, Who::Annotator),
        door(&SaveKeys { keys: OwnKeys::default() }, OWN, None, Who::Guest),
        // Past the permission, there is no such version.
        door(&ReadVersion { project_id, task_id: first, id: no_version }, "not_found", outside, Who::Annotator)
            .but_refused("not_found"),
        door(&ViewTask { project_id, task_id: first, shown: None }, "not_found", outside, Who::Annotator),
        door(&Comments { project_id, task_id: first }, "not_found", outside, Who::Annotator),
        door(&WriteComment { comment }, "not_found", outside, Who::Annotator),
        // Past the permission, there is no such comment.
        door(&no_change, "not_found", outside, Who::Annotator).but_refused("not_found"),
        // Past the permission, the world's project has no model.
        door(&AskModel { question }, "not_found", outside, Who::Annotator).but_refused("no_model"),
        door(&SaveDraft { draft: draft(world, first) }, "not_found", outside, Who::Annotator),
        door(&Submit { submission: submission(world, first) }, "not_found", outside, Who::Annotator),
        door(&next(), "not_found", outside, Who::Annotator),
        // The world's tasks hold their texts themselves: past the permission, there is no address to read.
        door(&Text { project_id, task_id: first, object: "text".to_owned() }, "not_found", outside, Who::Annotator)
            .but_refused("not_found"),
        // Its interface has no tree: past the permission, there is nothing to ask another server for.
        door(
            &Tree { project_id, task_id: first, control: "kind".to_owned(), path: Vec::new() },
            "not_found",
            outside,
            Who::Annotator,
        )
        .but_refused("not_found"),
        public(
            &help::api::HelpPage { name: "labeling".to_owned() },
            "ok",
            "help is the documentation, which everybody may read",
        ),
        door(&Skip { submission: submission(world, second) }, "not_found", outside, Who::Annotator),
    ]
}

fn result() -> Vec<ResultItem> {
    let choice = json!([{
        "id": "a1", "from_name": "kind", "to_name": "text", "type": "choices", "value": { "choices": ["Good"] }
    }]);
    serde_json::from_value(choice).unwrap()
}

fn draft(world: &World, task_id: TaskId) -> DraftToSave {
    DraftToSave {
        project_id: world.project_id,
        task_id,
        annotation_id: None,
        revision: 1,
        sitting: 1,
        since: 0,
        is_chosen: false,
        result: result(),
        lead_time_ms: 5,
    }
}

fn submission(world: &World, task_id: TaskId) -> Submission {
    Submission {
        project_id: world.project_id,
        task_id,
        annotation_id: None,
        key: Uuid::now_v7(),
        result: result(),
        lead_time_ms: 5,
        prediction_id: None,
    }
}
