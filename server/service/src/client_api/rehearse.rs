//! Client APIs of the demo: fields are filled as if the services had answered. Nothing leaves the machine.

use std::sync::atomic::AtomicUsize;

use domain::{
    access::ProjectPermission,
    client_api::{ClientApiForm, FillOrder},
    id::{ClientApiId, ProjectId},
    import::RunStatus,
};
use serde_json::{Map, Value};

use super::{insert, job::Filling, run_sql as runs, sql};
use crate::{Actor, Cx, Result, access};

/// What a service says to a question.
pub(crate) enum Answer {
    Value(Value),
    /// Why there is none.
    Trouble(&'static str),
}

/// A client API whose address nobody judges, since nothing is sent there.
pub(crate) async fn add(cx: &Cx, actor: &Actor, project_id: ProjectId, form: ClientApiForm) -> Result<ClientApiId> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    Ok(insert(cx, &access, form.checked()?).await?.client_api_id)
}

/// A run over all tasks that is over. `answers` knows what is asked about each, one after the other, and what is said to it.
pub(crate) async fn fill(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    field: &str,
    answers: impl Fn(&Map<String, Value>) -> Vec<(ClientApiId, Answer)>,
) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let order = FillOrder { fields: vec![field.to_owned()], ..FillOrder::default() };
    let mut tx = access.begin(cx).await?;
    let run_id = runs::insert(&mut tx, &access, &order, None, cx.now()).await?;
    let Some(run) = runs::take(&mut tx, &access, run_id).await? else { return Ok(()) };
    let tasks = runs::next(&mut tx, &access, &run, i64::MAX).await?;
    tx.commit().await?;
    let in_a_row = AtomicUsize::new(0);
    let filling = Filling { cx, access: &access, run_id, overwrite: false, fields: &[], in_a_row: &in_a_row };
    for task in &tasks {
        let mut outcome = Err(String::new());
        for (client_api_id, answer) in answers(&task.data) {
            let Some(claimed) = sql::claim(cx, &access, client_api_id).await? else { continue };
            let (said, trouble) = match answer {
                Answer::Value(value) => (Ok(value), None),
                Answer::Trouble(why) => (Err(why.to_owned()), Some(why)),
            };
            sql::settle(cx, &access, &claimed, said.is_ok(), trouble).await?;
            outcome = said;
        }
        filling.write(task.task_id, field, outcome).await?;
    }
    let mut tx = access.begin(cx).await?;
    if let Some(last) = tasks.last() {
        let count = i64::try_from(tasks.len()).unwrap_or(i64::MAX);
        runs::step(&mut tx, &access, run_id, last.task_id, count, 0).await?;
    }
    runs::finish(&mut tx, &access, run_id, RunStatus::Completed, None, cx.now()).await?;
    tx.commit().await?;
    Ok(())
}
