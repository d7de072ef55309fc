//! Client APIs: services outside that fill fields of a project's tasks, as they are imported or when somebody asks.
//!
//! Invariants:
//! - every request goes to an address that was judged; headers lie sealed, and are read by nobody but what sends them;
//! - a call is counted before it goes out, so neither a budget nor the calls of a day are ever passed;
//! - a value that is there stays unless replacing was asked for; a run that is killed goes on where it was, and asks about
//!   nothing twice that it has written;
//! - no transaction is open while a service is waited for.

mod call;
mod fill;
mod headers;
mod job;
pub(crate) mod rehearse;
mod run_sql;
mod sql;

use std::collections::BTreeMap;

use domain::{
    Error as Problem,
    access::ProjectPermission,
    client_api::{
        ClientApi, ClientApiForm, ClientApisView, FillFailure, FillOrder, FillRun, MAX_CLIENT_APIS, Taken, Tried,
        question,
    },
    id::{ClientApiId, FillRunId, ImportId, ProjectId, TaskId},
    import::RunStatus,
    page::{Limit, Page},
    webhook::MASK,
};
use serde_json::json;

pub use job::FillTasks;

use self::{
    call::Caller,
    fill::Field,
    headers::{known_headers, open_headers, put_headers, values},
};
use crate::{
    Actor, Cx, Result, Tx,
    access::{self, ProjectAccess},
    account, audit, boxed, events,
    job::enqueue,
    provider::ml::is_same_server,
};

/// How many runs the page shows.
const HISTORY: i64 = 20;
/// How much of an answer is shown.
const MAX_SHOWN_CHARS: usize = 4_000;

/// The client APIs of a project: by field, those of one field in their order.
///
/// # Errors
/// *Not found*, *forbidden* without the right to change settings.
#[boxed]
pub async fn list(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<ClientApi>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    let apis = sql::list(&mut tx, &access, None, cx.now()).await?;
    tx.commit().await?;
    Ok(apis)
}

/// Everything the page of a project's client APIs shows.
///
/// # Errors
/// As [`list`].
#[boxed]
pub async fn page(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<ClientApisView> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    let view = ClientApisView {
        apis: sql::list(&mut tx, &access, None, cx.now()).await?,
        runs: run_sql::list(&mut tx, &access, None, None, HISTORY).await?,
        sample: sql::sample(&mut tx, &access, None).await?,
    };
    tx.commit().await?;
    Ok(view)
}

/// One client API.
///
/// # Errors
/// As [`list`]; *not found* for another project's.
#[boxed]
pub async fn get(cx: &Cx, actor: &Actor, project_id: ProjectId, id: ClientApiId) -> Result<ClientApi> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    let api = one(cx, &mut tx, &access, id).await?;
    tx.commit().await?;
    Ok(api)
}

/// Adds a client API, behind those that its field has.
///
/// # Errors
/// *Not found*, *forbidden* without the right; a value outside its limits, an address that leads where it must not, a group
/// that the field has, more than [`MAX_CLIENT_APIS`].
#[boxed]
pub async fn add(cx: &Cx, actor: &Actor, project_id: ProjectId, form: ClientApiForm) -> Result<ClientApi> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let form = form.checked()?;
    form.may_keep_headers(&[], false)?;
    call::judged(cx, &form.url).await?;
    insert(cx, &access, form).await
}

async fn insert(cx: &Cx, access: &ProjectAccess, form: ClientApiForm) -> Result<ClientApi> {
    let mut tx = access.begin(cx).await?;
    sql::lock(&mut tx, access).await?;
    if sql::count(&mut tx, access).await? >= MAX_CLIENT_APIS {
        let message = format!("A project has {MAX_CLIENT_APIS} client APIs at most. Remove one first.");
        return Err(Problem::conflict("too_many_client_apis", message).into());
    }
    let id = sql::insert(cx, &mut tx, access, &form).await?;
    put_headers(cx, &mut tx, access, id, &form.headers, &BTreeMap::new()).await?;
    record(cx, &mut tx, access, "client_api_added", json!({ "client_api_id": id, "field": form.data_key })).await?;
    let api = one(cx, &mut tx, access, id).await?;
    tx.commit().await?;
    Ok(api)
}

/// Changes a client API. In another currency, what it has cost begins anew.
///
/// # Errors
/// As [`add`]; *not found* for one that is gone; headers that would go to another server than they were typed for.
#[boxed]
pub async fn change(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    id: ClientApiId,
    form: ClientApiForm,
) -> Result<ClientApi> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let form = form.checked()?;
    call::judged(cx, &form.url).await?;
    let mut tx = access.begin(cx).await?;
    sql::lock(&mut tx, &access).await?;
    let before = one(cx, &mut tx, &access, id).await?;
    form.may_keep_headers(&before.headers, is_same_server(&before.url, &form.url))?;
    let known = known_headers(cx, &access, id, &form).await?;
    sql::update(cx, &mut tx, &access, id, &form).await?;
    put_headers(cx, &mut tx, &access, id, &form.headers, &known).await?;
    record(cx, &mut tx, &access, "client_api_changed", json!({ "client_api_id": id, "field": form.data_key })).await?;
    let api = one(cx, &mut tx, &access, id).await?;
    tx.commit().await?;
    Ok(api)
}

/// Has a client API asked at this place among those of its field, from 1; the others keep their order.
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn put_at(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    id: ClientApiId,
    position: i32,
) -> Result<Vec<ClientApi>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    sql::lock(&mut tx, &access).await?;
    let api = one(cx, &mut tx, &access, id).await?;
    let all = sql::list(&mut tx, &access, None, cx.now()).await?;
    let mut ids: Vec<ClientApiId> = all
        .iter()
        .filter(|other| other.data_key == api.data_key && other.client_api_id != id)
        .map(|other| other.client_api_id)
        .collect();
    let place = usize::try_from(position.saturating_sub(1)).unwrap_or(0).min(ids.len());
    ids.insert(place, id);
    sql::order(&mut tx, &access, &ids).await?;
    record(cx, &mut tx, &access, "client_api_moved", json!({ "client_api_id": id, "position": place + 1 })).await?;
    let apis = sql::list(&mut tx, &access, None, cx.now()).await?;
    tx.commit().await?;
    Ok(apis)
}

/// Removes a client API; what it has filled stays. Doing it twice is the same as once.
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn remove(cx: &Cx, actor: &Actor, project_id: ProjectId, id: ClientApiId) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    if let Some((field, group)) = sql::delete(&mut tx, &access, id).await? {
        let data = json!({ "client_api_id": id, "field": field, "group": group });
        record(cx, &mut tx, &access, "client_api_removed", data).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Asks once about one task, as the form has it, and keeps nothing of the answer. With `id`, the headers of that client API
/// stand for those not typed, and the call counts as one of it. Without a task, the first one is asked about.
///
/// # Errors
/// As [`change`]; *not found* for a task of another project; a field that the task does not have; too many tests within
/// minutes, a limit that is reached. A service that fails is no error.
#[boxed]
pub async fn test(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    id: Option<ClientApiId>,
    form: ClientApiForm,
    task_id: Option<TaskId>,
) -> Result<Tried> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let form = form.checked()?;
    call::judged(cx, &form.url).await?;
    let mut tx = access.begin(cx).await?;
    let before = match id {
        Some(id) => Some(one(cx, &mut tx, &access, id).await?),
        None => None,
    };
    let sample = sql::sample(&mut tx, &access, task_id).await?;
    tx.commit().await?;
    let sample = match (sample, task_id) {
        (Some(sample), _) => sample,
        (None, Some(_)) => return Err(Problem::not_found("task").into()),
        (None, None) => {
            let message = "There is no task to try it with. Import one first.";
            return Err(Problem::conflict("no_task", message).into());
        }
    };
    let (names, is_same) = match &before {
        Some(before) => (before.headers.as_slice(), is_same_server(&before.url, &form.url)),
        None => (&[][..], false),
    };
    form.may_keep_headers(names, is_same)?;
    let known = match id {
        Some(id) => known_headers(cx, &access, id, &form).await?,
        None => BTreeMap::new(),
    };
    let headers = values(&form.headers, &known);
    let shown = headers.iter().map(|(name, _)| (name.clone(), MASK.to_owned())).collect();
    let caller = Caller::new(as_asked(before, form, cx), headers)?;
    let question = question(&caller.template, caller.api.method, &sample.data)?;
    account::spend(cx, account::Limit::ClientApi, &project_id.to_string()).await?;
    let claimed = match id {
        Some(id) => Some(sql::claim(cx, &access, id).await?.ok_or_else(|| {
            let message = "It is switched off, or has reached its budget or its calls of a day.";
            Problem::conflict("client_api_limited", message)
        })?),
        None => None,
    };
    let url = caller.address(&question)?.to_string();
    let exchange = caller.ask(cx, &question).await;
    let found = match &exchange.trouble {
        Some(trouble) => Err(trouble.clone()),
        None => caller.api.taking.take(&exchange.body).map_err(|problem| problem.message),
    };
    let found = found.and_then(|taken| match taken {
        Taken::Value(value) => Ok(value),
        Taken::File(bytes) => {
            let (content_type, _) = fill::media(&bytes).map_err(|problem| problem.message)?;
            Ok(json!(format!("a file: {content_type}, {} kB", bytes.len().div_ceil(1024))))
        }
    });
    if let Some(claimed) = claimed {
        let trouble = found.as_ref().err().map(String::as_str);
        sql::settle(cx, &access, &claimed, exchange.is_answered(), trouble).await?;
    }
    let answer = std::str::from_utf8(&exchange.body).unwrap_or_default();
    Ok(Tried {
        method: caller.api.method,
        url,
        headers: shown,
        body: question.body,
        status: exchange.status,
        content_type: exchange.content_type,
        answer: answer.chars().take(MAX_SHOWN_CHARS).collect(),
        size_bytes: exchange.body.len() as u64,
        duration_ms: exchange.duration_ms,
        trouble: found.as_ref().err().cloned(),
        value: found.ok(),
    })
}

/// Begins to fill fields of tasks; its job starts as soon as this is committed.
///
/// # Errors
/// *Not found*, *forbidden* without the right; *conflict* while a run that somebody began is not over, and where no client API
/// fills these fields.
#[boxed]
pub async fn fill(cx: &Cx, actor: &Actor, project_id: ProjectId, order: FillOrder) -> Result<FillRun> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let order = order.checked()?;
    let mut tx = access.begin(cx).await?;
    sql::lock(&mut tx, &access).await?;
    let apis = sql::list(&mut tx, &access, None, cx.now()).await?;
    let is_filled = |field: &str| apis.iter().any(|api| api.is_enabled && api.data_key == field);
    if let Some(field) = order.fields.iter().find(|field| !is_filled(field)) {
        let message = format!("No client API that is on fills “{field}”.");
        return Err(Problem::conflict("no_client_api", message).on("fields").into());
    }
    if !apis.iter().any(|api| api.is_enabled) {
        return Err(Problem::conflict("no_client_api", "This project has no client API that is on.").into());
    }
    if run_sql::is_under_way(&mut tx, &access).await? {
        let message = "Tasks of this project are being filled. Wait for that, or cancel it.";
        return Err(Problem::conflict("fill_under_way", message).into());
    }
    let run_id = run_sql::insert(&mut tx, &access, &order, None, cx.now()).await?;
    enqueue(&mut tx, &FillTasks { project_id, run_id }).await?;
    let data = json!({ "client_api_run_id": run_id, "fields": order.fields, "overwrite": order.overwrite });
    record(cx, &mut tx, &access, "client_api_run_started", data).await?;
    let run = one_run(&mut tx, &access, run_id).await?;
    tx.commit().await?;
    Ok(run)
}

/// Begins to fill the tasks of an import that has ended, where the project wants that.
pub(crate) async fn after_import(cx: &Cx, tx: &mut Tx, access: &ProjectAccess, import_id: ImportId) -> Result<()> {
    let fields = sql::at_import(tx, access, import_id).await?;
    if fields.is_empty() {
        return Ok(());
    }
    let order = FillOrder { fields, ..FillOrder::default() };
    let run_id = run_sql::insert(tx, access, &order, Some(import_id), cx.now()).await?;
    enqueue(tx, &FillTasks { project_id: access.project_id(), run_id }).await
}

/// The runs of a project, the newest first.
///
/// # Errors
/// *Not found*, *forbidden* without the right; a cursor that is none.
#[boxed]
pub async fn runs(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    after: Option<String>,
    limit: Limit,
) -> Result<Page<FillRun>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let before: Option<FillRunId> = after.map(|after| after.parse().map_err(|_| no_page())).transpose()?;
    let mut tx = access.begin(cx).await?;
    let mut items = run_sql::list(&mut tx, &access, None, before, limit.rows() + 1).await?;
    tx.commit().await?;
    let has_more = cut(&mut items, limit);
    let next = items.last().filter(|_| has_more).map(|last| last.run_id.to_string());
    Ok(Page { items, next, total: None })
}

/// How a run is.
///
/// # Errors
/// *Not found* for another project's; *forbidden* without the right.
#[boxed]
pub async fn run(cx: &Cx, actor: &Actor, project_id: ProjectId, run_id: FillRunId) -> Result<FillRun> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    let run = one_run(&mut tx, &access, run_id).await?;
    tx.commit().await?;
    Ok(run)
}

/// Stops a run; what it has filled stays.
///
/// # Errors
/// *Not found*, *forbidden* without the right; *conflict* when it is over.
#[boxed]
pub async fn cancel(cx: &Cx, actor: &Actor, project_id: ProjectId, run_id: FillRunId) -> Result<FillRun> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    one_run(&mut tx, &access, run_id).await?;
    if !run_sql::finish(&mut tx, &access, run_id, RunStatus::Cancelled, None, cx.now()).await? {
        return Err(Problem::conflict("fill_over", "This run is over already.").into());
    }
    events::tell(&mut tx, &topic(run_id)).await?;
    let run = one_run(&mut tx, &access, run_id).await?;
    tx.commit().await?;
    Ok(run)
}

/// What a run could not fill, by task.
///
/// # Errors
/// As [`run`]; a cursor that is none.
#[boxed]
pub async fn failures(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    run_id: FillRunId,
    after: Option<String>,
    limit: Limit,
) -> Result<Page<FillFailure>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let after = after.unwrap_or_else(|| "0:".to_owned());
    let (task, field) = after.split_once(':').ok_or_else(no_page)?;
    let task: i64 = task.parse().map_err(|_| no_page())?;
    let mut tx = access.begin(cx).await?;
    one_run(&mut tx, &access, run_id).await?;
    let mut items = run_sql::failures(&mut tx, &access, run_id, (task, field), limit.rows() + 1).await?;
    tx.commit().await?;
    let has_more = cut(&mut items, limit);
    let next = items.last().filter(|_| has_more).map(|last| format!("{}:{}", last.task_id, last.data_key));
    Ok(Page { items, next, total: None })
}

/// The name under which changes of a run are told.
#[must_use]
pub fn topic(run_id: FillRunId) -> String {
    format!("client_api_run:{run_id}")
}

fn no_page() -> Problem {
    Problem::invalid("after", "cursor_malformed", "This page of the list does not exist.")
}

/// Takes what is behind a page off it; whether there was any.
fn cut<T>(items: &mut Vec<T>, limit: Limit) -> bool {
    let most = usize::try_from(limit.rows()).unwrap_or(usize::MAX);
    let has_more = items.len() > most;
    items.truncate(most);
    has_more
}

async fn one(cx: &Cx, tx: &mut Tx, access: &ProjectAccess, id: ClientApiId) -> Result<ClientApi> {
    let found = sql::list(tx, access, Some(id), cx.now()).await?.pop();
    Ok(found.ok_or_else(|| Problem::not_found("client API"))?)
}

async fn one_run(tx: &mut Tx, access: &ProjectAccess, run_id: FillRunId) -> Result<FillRun> {
    let found = run_sql::list(tx, access, Some(run_id), None, 1).await?.pop();
    Ok(found.ok_or_else(|| Problem::not_found("run"))?)
}

/// A client API as a form would make it.
fn as_asked(before: Option<ClientApi>, form: ClientApiForm, cx: &Cx) -> ClientApi {
    ClientApi {
        client_api_id: before.map_or(ClientApiId(0), |before| before.client_api_id),
        data_key: form.data_key,
        group: form.group,
        position: 1,
        url: form.url,
        method: form.method,
        headers: form.headers.into_iter().map(|header| header.name).collect(),
        payload: form.payload,
        taking: form.taking,
        timeout_s: form.timeout_s,
        cost_per_call: form.cost_per_call,
        currency: form.currency,
        budget: form.budget,
        calls_per_day: form.calls_per_day,
        at_import: form.at_import,
        is_enabled: form.is_enabled,
        calls: 0,
        failures: 0,
        cost: rust_decimal::Decimal::ZERO,
        calls_today: 0,
        called_at: None,
        trouble: None,
        created_at: cx.now(),
        updated_at: cx.now(),
    }
}

/// The fields of a run with what fills them, in the order of the list. Whoever cannot be asked any more is passed over.
async fn callers(cx: &Cx, access: &ProjectAccess, fields: &[String], at_import: bool) -> Result<Vec<Field>> {
    let mut tx = access.begin(cx).await?;
    let apis = sql::list(&mut tx, access, None, cx.now()).await?;
    tx.commit().await?;
    let sealed = sql::headers(cx, access).await?;
    let is_meant = |api: &ClientApi| {
        api.is_enabled && (api.at_import || !at_import) && (fields.is_empty() || fields.contains(&api.data_key))
    };
    let mut found: Vec<Field> = Vec::new();
    for api in apis.into_iter().filter(is_meant) {
        let (id, data_key) = (api.client_api_id, api.data_key.clone());
        let headers = open_headers(cx, id, sealed.get(&id).map(Vec::as_slice));
        let caller = headers.and_then(|headers| Ok(Caller::new(api, headers)?));
        match caller {
            Ok(caller) => match found.iter_mut().find(|field| field.data_key == data_key) {
                Some(field) => field.callers.push(caller),
                None => found.push(Field { data_key, callers: vec![caller] }),
            },
            Err(error) => {
                tracing::error!(client_api_id = %id, error = %format_args!("{error:#}"), "a client API cannot be read");
            }
        }
    }
    Ok(found)
}

async fn record(
    cx: &Cx,
    tx: &mut Tx,
    access: &ProjectAccess,
    action: &'static str,
    data: serde_json::Value,
) -> Result<()> {
    let event = audit::Event {
        org_id: Some(access.org_id()),
        actor_id: access.user_id(),
        action,
        subject: "project",
        subject_id: Some(access.project_id().0),
        data,
    };
    audit::record(cx, tx, event).await
}
