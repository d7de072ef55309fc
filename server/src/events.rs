//! Server-sent events: how an import, an export, the sync of a storage, a run of client APIs or an action on many tasks is getting
//! on, for as long as it does.

use std::{convert::Infallible, time::Duration};

use axum::{
    Extension,
    extract::{Path, State},
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::id::{ActionRunId, CloudStorageId, ExportId, FillRunId, ImportId, ProjectId, ReimportId};
use futures::{Stream, stream};
use serde::Serialize;
use service::{
    Actor, Cx, Result, client_api, cloud, data_manager, export,
    import::{self, reimport},
};
use tokio::{sync::broadcast::error::RecvError, time::timeout};

use crate::error::Failure;

/// How often the state is asked for even when nothing was heard, in case an event was lost with the connection.
const AT_LEAST_EVERY: Duration = Duration::from_secs(10);

/// `GET /events/projects/{id}/imports/{import}`.
pub async fn import(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Path((project_id, import_id)): Path<(ProjectId, ImportId)>,
) -> Result<impl IntoResponse, Failure> {
    import::get(&cx, &actor, project_id, import_id).await?;
    let topic = import::topic(import_id);
    Ok(watch(cx, topic, move |cx| {
        let actor = actor.clone();
        async move {
            let run = import::get(&cx, &actor, project_id, import_id).await?;
            let over = run.status.is_over();
            Ok((run, over))
        }
    }))
}

/// `GET /events/projects/{id}/exports/{export}`.
pub async fn export(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Path((project_id, export_id)): Path<(ProjectId, ExportId)>,
) -> Result<impl IntoResponse, Failure> {
    export::get(&cx, &actor, project_id, export_id).await?;
    let topic = export::topic(export_id);
    Ok(watch(cx, topic, move |cx| {
        let actor = actor.clone();
        async move {
            let run = export::get(&cx, &actor, project_id, export_id).await?;
            let over = run.status.is_over();
            Ok((run, over))
        }
    }))
}

/// `GET /events/projects/{id}/reimports/{reimport}`: until nothing happens without somebody.
pub async fn reimport(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Path((project_id, reimport_id)): Path<(ProjectId, ReimportId)>,
) -> Result<impl IntoResponse, Failure> {
    reimport::get(&cx, &actor, project_id, reimport_id).await?;
    let topic = reimport::topic(reimport_id);
    Ok(watch(cx, topic, move |cx| {
        let actor = actor.clone();
        async move {
            let run = reimport::get(&cx, &actor, project_id, reimport_id).await?;
            let over = run.status.rests();
            Ok((run, over))
        }
    }))
}

/// `GET /events/projects/{id}/actions/{run}`: what is done to many tasks.
pub async fn action(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Path((project_id, run_id)): Path<(ProjectId, ActionRunId)>,
) -> Result<impl IntoResponse, Failure> {
    data_manager::action_run(&cx, &actor, project_id, run_id).await?;
    let topic = data_manager::topic(run_id);
    Ok(watch(cx, topic, move |cx| {
        let actor = actor.clone();
        async move {
            let run = data_manager::action_run(&cx, &actor, project_id, run_id).await?;
            let over = run.status.is_over();
            Ok((run, over))
        }
    }))
}

/// `GET /events/projects/{id}/storages/{storage}`: until no sync is under way.
pub async fn storage(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Path((project_id, id)): Path<(ProjectId, CloudStorageId)>,
) -> Result<impl IntoResponse, Failure> {
    cloud::get(&cx, &actor, project_id, id).await?;
    let topic = cloud::topic(id);
    Ok(watch(cx, topic, move |cx| {
        let actor = actor.clone();
        async move {
            let storage = cloud::get(&cx, &actor, project_id, id).await?;
            let over = !storage.is_syncing();
            Ok((storage, over))
        }
    }))
}

/// `GET /events/projects/{id}/client-api-runs/{run}`.
pub async fn client_api_run(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Path((project_id, run_id)): Path<(ProjectId, FillRunId)>,
) -> Result<impl IntoResponse, Failure> {
    client_api::run(&cx, &actor, project_id, run_id).await?;
    let topic = client_api::topic(run_id);
    Ok(watch(cx, topic, move |cx| {
        let actor = actor.clone();
        async move {
            let run = client_api::run(&cx, &actor, project_id, run_id).await?;
            let over = run.status.is_over();
            Ok((run, over))
        }
    }))
}

/// The state now and after every change, until it changes no more. Every state is asked for as the person who watches,
/// so losing the right to see it ends the stream.
fn watch<T, F, Fut>(cx: Cx, topic: String, ask: F) -> Sse<impl Stream<Item = Result<Event, Infallible>>>
where
    T: Serialize + Send + 'static,
    F: Fn(Cx) -> Fut + Send + 'static,
    Fut: Future<Output = Result<(T, bool)>> + Send + 'static,
{
    // Listening begins before the first question, so nothing is missed between the two.
    let heard = cx.events().subscribe();
    let states = stream::unfold(Some((heard, false)), move |state| {
        let (cx, topic) = (cx.clone(), topic.clone());
        let asked = state.map(|(mut heard, wait)| {
            let answer = ask(cx);
            async move {
                if wait {
                    let next = async {
                        loop {
                            match heard.recv().await {
                                Ok(name) if name == topic => break,
                                // Too slow to hear everything: ask for the present.
                                Err(RecvError::Lagged(_)) => break,
                                Ok(_) => {}
                                Err(RecvError::Closed) => std::future::pending().await,
                            }
                        }
                    };
                    // Silence is no reason not to ask.
                    let _silence = timeout(AT_LEAST_EVERY, next).await;
                }
                let (run, over) = answer.await.ok()?;
                let event = Event::default().json_data(run).ok()?;
                Some((Ok(event), (!over).then_some((heard, true))))
            }
        });
        async move {
            match asked {
                Some(asked) => asked.await,
                None => None,
            }
        }
    });
    Sse::new(states).keep_alive(KeepAlive::default())
}
