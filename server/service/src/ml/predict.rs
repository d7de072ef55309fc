//! What a model says about many tasks, or about one that somebody opens, to be kept.

use domain::{
    Error as Problem,
    annotation::check_size,
    id::{MlBackendId, TaskId},
    import::NewPrediction as Answer,
    label_config::{LabelConfig, read},
    ml::{
        Trouble, fitting,
        patience::{MAX_OPENING_S, seconds_for},
        protocol::Asked,
    },
};
use serde_json::{Map, Value};

use super::{
    about,
    ask::told,
    breaker::{may_ask, remembered},
    gone,
    sql::{self, Which},
};
use crate::{
    Cx, Error, Result,
    access::ProjectAccess,
    prediction::{self, NewPrediction},
    provider::ml::Model,
};

/// A task on which a model failed.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) task_id: TaskId,
    /// In a sentence.
    pub(crate) why: String,
}

/// What a model said.
#[derive(Debug, Default)]
pub(crate) struct Predicted {
    pub(crate) predictions: Vec<NewPrediction>,
    pub(crate) failed: Vec<Failed>,
}

/// A model that is asked about tasks of a project.
pub(crate) struct Predictor<'a> {
    cx: &'a Cx,
    access: &'a ProjectAccess,
    model: Model,
    project: sql::Project,
    config: LabelConfig,
}

impl<'a> Predictor<'a> {
    /// The one of that number, or the one that the project goes by.
    ///
    /// # Errors
    /// *Not found* for one that is gone; *conflict* `no_model` in a project without.
    pub(crate) async fn new(cx: &'a Cx, access: &'a ProjectAccess, ml_backend_id: Option<MlBackendId>) -> Result<Self> {
        let which = ml_backend_id.map_or(Which::Usual, Which::Numbered);
        let model = sql::model(cx, access, which).await?.ok_or_else(|| match ml_backend_id {
            Some(_) => gone(),
            None => {
                let message = "This project has no model to ask. Add one first: Settings, Models.";
                Problem::conflict("no_model", message).on("ml_backend")
            }
        })?;
        let mut tx = access.begin(cx).await?;
        let project = sql::project(&mut tx, access).await?;
        tx.commit().await?;
        let config = read(&project.label_config).unwrap_or_default();
        Ok(Self { cx, access, model, project, config })
    }

    /// What it says about these tasks. Where it fails on all of them together it is asked about each, so that one task does not
    /// cost the others their answers.
    ///
    /// # Errors
    /// A [`Trouble`] that the next question would have as well.
    pub(crate) async fn ask(&self, tasks: &[TaskId]) -> Result<Predicted> {
        may_ask(self.cx, &self.model)?;
        let mut tx = self.access.begin(self.cx).await?;
        let found = sql::task_data(&mut tx, self.access, tasks).await?;
        tx.commit().await?;
        let tasks: Vec<_> = found.into_iter().map(|(id, data)| (id, told(self.cx, self.access, id, data))).collect();
        let seconds = seconds_for(tasks.len(), self.model.timeout_s);
        let mut predicted = Predicted::default();
        match self.answers(&tasks, seconds).await {
            Ok(answers) => {
                for ((task_id, data), answer) in tasks.iter().zip(answers) {
                    self.keep(&mut predicted, *task_id, data, answer);
                }
            }
            Err(Error::Domain(problem)) if Trouble::is_of_question(&problem.code) => {
                if let [(task_id, _)] = tasks[..] {
                    predicted.failed.push(Failed { task_id, why: problem.message });
                } else {
                    self.one_by_one(&mut predicted, &tasks).await?;
                }
            }
            Err(error) => return Err(error),
        }
        Ok(predicted)
    }

    async fn one_by_one(&self, predicted: &mut Predicted, tasks: &[(TaskId, Map<String, Value>)]) -> Result<()> {
        for task in tasks {
            match self.answers(std::slice::from_ref(task), seconds_for(1, self.model.timeout_s)).await {
                Ok(answers) => {
                    for answer in answers {
                        self.keep(predicted, task.0, &task.1, answer);
                    }
                }
                Err(Error::Domain(problem)) if Trouble::is_of_question(&problem.code) => {
                    predicted.failed.push(Failed { task_id: task.0, why: problem.message });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn answers(&self, tasks: &[(TaskId, Map<String, Value>)], seconds: i32) -> Result<Vec<Answer>> {
        if tasks.is_empty() {
            return Ok(Vec::new());
        }
        let asked: Vec<Asked<'_>> = tasks.iter().map(|(id, data)| Asked { task_id: *id, data }).collect();
        let about = about(self.access, &self.project);
        remembered(self.cx, &self.model, self.model.predict(self.cx, &about, &asked, None, seconds)).await
    }

    /// An answer that fits, under the version it has.
    fn keep(&self, predicted: &mut Predicted, task_id: TaskId, data: &Map<String, Value>, answer: Answer) {
        let says_nothing = answer.result.is_empty() && answer.score.is_none() && answer.model_version.is_none();
        if says_nothing {
            return;
        }
        let config = self.config.for_task(data);
        let fits = fitting(&config, answer.result)
            .ok_or_else(|| Trouble::Misfit.sentence(&self.model.title))
            .and_then(|result| check_size(&result).map(|()| result).map_err(|problem| problem.message));
        let version = answer.model_version.filter(|version| !version.is_empty());
        match fits {
            Ok(result) => predicted.predictions.push(NewPrediction {
                task_id,
                result,
                score: answer.score.filter(|score| score.is_finite()),
                model_version: version.unwrap_or_else(|| self.usual_version()),
            }),
            Err(why) => predicted.failed.push(Failed { task_id, why }),
        }
    }

    /// What its answers are stored under that say no version.
    fn usual_version(&self) -> String {
        if self.model.version.is_empty() { self.model.title.clone() } else { self.model.version.clone() }
    }
}

/// Where a project wants it, asks its model about a task that somebody opens, before they see it. Without an answer within
/// [`MAX_OPENING_S`] the task is shown as it is: a model never stands between people and their work.
pub(crate) async fn at_opening(cx: &Cx, access: &ProjectAccess, task_id: TaskId) {
    let asked = async {
        let mut predictor = Predictor::new(cx, access, None).await?;
        predictor.model.timeout_s = predictor.model.timeout_s.min(MAX_OPENING_S);
        let predicted = predictor.ask(&[task_id]).await?;
        let mut tx = access.begin(cx).await?;
        prediction::put_in(cx, &mut tx, access, predicted.predictions).await?;
        tx.commit().await?;
        Ok::<(), Error>(())
    };
    if let Err(error) = asked.await {
        tracing::debug!(%task_id, error = %format_args!("{error:#}"), "no prediction for a task that is opened");
    }
}
