//! One question to a model, with somebody waiting for the answer.

use domain::{
    Error as Problem,
    access::ProjectPermission,
    cloud,
    id::{MlBackendId, TaskId},
    import::NewPrediction,
    label_config::{LabelConfig, read},
    ml::{
        MAX_WAIT_S, Question, Suggestion, Trouble, check_question,
        protocol::{Asked, predictions},
        suggested,
    },
};
use serde_json::{Map, Value, json};

use super::{
    about,
    breaker::{may_ask, remembered},
    gone,
    sql::{self, Which},
};
use crate::{
    Actor, Cx, Error, Result,
    access::{self, ProjectAccess},
    account::{Limit, spend},
    annotation, boxed,
    provider::ml::Model,
};

/// A task that somebody works on, as a model is asked about it.
struct Open {
    project: sql::Project,
    data: Map<String, Value>,
    config: LabelConfig,
}

/// The data of a task as models are told it: what lies here, at addresses they can fetch.
pub(super) fn told(cx: &Cx, access: &ProjectAccess, task_id: TaskId, data: Map<String, Value>) -> Map<String, Value> {
    let written = Value::Object(data.clone()).to_string();
    match cloud::resolve(access.project_id(), task_id, &written, &cx.link("")) {
        Some(Value::Object(resolved)) => resolved,
        _ => data,
    }
}

impl Open {
    /// # Errors
    /// *Not found* for tasks the person does not work on.
    async fn of(cx: &Cx, access: &ProjectAccess, task_id: TaskId) -> Result<Self> {
        let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
        let mut tx = access.begin(cx).await?;
        let sees_all = access.allows(ProjectPermission::ViewData);
        if !annotation::sql::works_on(&mut tx, access, me, task_id, sees_all).await? {
            return Err(Problem::not_found("task").into());
        }
        let project = sql::project(&mut tx, access).await?;
        let found = sql::task_data(&mut tx, access, &[task_id]).await?.pop();
        tx.commit().await?;
        let (_, data) = found.ok_or_else(|| Problem::not_found("task"))?;
        let config = read(&project.label_config).unwrap_or_default().for_task(&data);
        Ok(Self { project, data: told(cx, access, task_id, data), config })
    }

    async fn ask(
        &self,
        cx: &Cx,
        access: &ProjectAccess,
        model: &Model,
        task_id: TaskId,
        context: Map<String, Value>,
    ) -> Result<NewPrediction> {
        may_ask(cx, model)?;
        if let Some(me) = access.user_id() {
            spend(cx, Limit::Model, &me.to_string()).await?;
        }
        let asked = [Asked { task_id, data: &self.data }];
        let (about, seconds) = (about(access, &self.project), model.timeout_s.min(MAX_WAIT_S));
        let answers = remembered(cx, model, model.predict(cx, &about, &asked, Some(context), seconds)).await?;
        Ok(answers.into_iter().next().unwrap_or_default())
    }
}

/// Asks the model of the project what it proposes for what somebody has drawn on a task of theirs. Nothing is stored.
///
/// # Errors
/// *Not found* for tasks the person does not work on; a question that the interface does not have; *conflict* `no_model`
/// where there is none to ask, and a [`Trouble`] with it.
#[boxed]
pub async fn ask(cx: &Cx, actor: &Actor, question: Question) -> Result<Suggestion> {
    let access = access::project(cx, actor, question.project_id, ProjectPermission::Annotate).await?;
    let task_id = question.task_id;
    let open = Open::of(cx, &access, task_id).await?;
    let Some(model) = sql::model(cx, &access, Which::Interactive).await? else {
        let message = "This project has no model to ask. Somebody who manages it can add one: Settings, Models.";
        return Err(Problem::conflict("no_model", message).into());
    };
    check_question(&open.config, &question.prompts)?;
    let context = Map::from_iter([("result".to_owned(), json!(question.prompts))]);
    let answer = open.ask(cx, &access, &model, task_id, context).await?;
    let prefix = format!("suggested-{}-", cx.new_uuid().simple());
    let result = suggested(&open.config, answer.result, &prefix).ok_or_else(|| model.trouble(Trouble::Misfit))?;
    Ok(Suggestion { result, model_version: answer.model_version.unwrap_or_default() })
}

/// Asks a model about a task that somebody works on, with what was done so far, as programs do. Nothing is stored.
///
/// # Errors
/// *Not found* for models of other projects and tasks the person does not work on; a [`Trouble`] with the model.
#[boxed]
pub async fn annotate(
    cx: &Cx,
    actor: &Actor,
    ml_backend_id: MlBackendId,
    task_id: TaskId,
    context: Map<String, Value>,
) -> Result<NewPrediction> {
    let access = access::ml_backend(cx, actor, ml_backend_id, ProjectPermission::Annotate).await?;
    let open = Open::of(cx, &access, task_id).await?;
    let model = sql::model(cx, &access, Which::Numbered(ml_backend_id)).await?.ok_or_else(gone)?;
    let mut answer = open.ask(cx, &access, &model, task_id, context).await?;
    answer.model_version = answer.model_version.or(Some(model.version));
    Ok(answer)
}

/// The versions that a model can answer with, in its own words.
///
/// # Errors
/// *Not found*, *forbidden* without the right to change settings; a [`Trouble`] with the model.
#[boxed]
pub async fn versions(cx: &Cx, actor: &Actor, ml_backend_id: MlBackendId) -> Result<Vec<String>> {
    let access = access::ml_backend(cx, actor, ml_backend_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    let project = sql::project(&mut tx, &access).await?;
    tx.commit().await?;
    let model = sql::model(cx, &access, Which::Numbered(ml_backend_id)).await?.ok_or_else(gone)?;
    model.versions(cx, &about(&access, &project)).await
}

/// A question to a model and its answer, word for word.
#[derive(Debug, Clone)]
pub struct Tested {
    /// About which task.
    pub task_id: TaskId,
    /// Where it was asked.
    pub url: String,
    /// What it was asked.
    pub request: Value,
    /// What it answered.
    pub response: Value,
    /// What is wrong with that, in a sentence.
    pub trouble: Option<String>,
}

/// Asks a model about some task, and shows both. Nothing is stored.
///
/// # Errors
/// *Not found*, *forbidden* without the right to change settings; *conflict* `no_tasks` in an empty project. A model that
/// fails is no error.
#[boxed]
pub async fn test(cx: &Cx, actor: &Actor, ml_backend_id: MlBackendId) -> Result<Tested> {
    let access = access::ml_backend(cx, actor, ml_backend_id, ProjectPermission::Manage).await?;
    let model = sql::model(cx, &access, Which::Numbered(ml_backend_id)).await?.ok_or_else(gone)?;
    let mut tx = access.begin(cx).await?;
    let project = sql::project(&mut tx, &access).await?;
    let chance = u64::from_le_bytes(cx.random_bytes());
    let some = sql::some_task(&mut tx, &access, chance).await?;
    tx.commit().await?;
    let Some((task_id, data)) = some else {
        return Err(Problem::conflict("no_tasks", "There is no task in this project to ask about.").into());
    };
    if let Some(me) = access.user_id() {
        spend(cx, Limit::Model, &me.to_string()).await?;
    }
    let data = told(cx, &access, task_id, data);
    let request = about(&access, &project).predict(&[Asked { task_id, data: &data }], None);
    let said = model.say(cx, &request, model.timeout_s.min(MAX_WAIT_S)).await;
    let (response, trouble) = match said {
        Ok(response) if predictions(response.clone(), 1).is_some() => (response, None),
        Ok(response) => (response, Some(Trouble::Nonsense.sentence(&model.title))),
        Err(Error::Domain(problem)) => (Value::Null, Some(problem.message)),
        Err(error) => return Err(error),
    };
    Ok(Tested { task_id, url: model.address_of("predict"), request, response, trouble })
}
