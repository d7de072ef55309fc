//! What a run could not fill, task by task, page by page.

use domain::client_api::{FillFailure, FillRun};
use domain::id::ProjectId;
use leptos::prelude::*;
use leptos_router::components::A;

use super::api::fill_failures;
use crate::error::AppError;
use crate::ui::{ErrorBanner, LoadMore, SkeletonRows, Table};

#[component]
pub(super) fn Failures(project_id: ProjectId, run: FillRun) -> impl IntoView {
    let (run_id, total) = (run.run_id, run.failed);
    let shown = RwSignal::new(Vec::<FillFailure>::new());
    let next = RwSignal::new(None::<String>);
    let error = RwSignal::new(None::<AppError>);
    let load = Action::new(move |(): &()| async move {
        match fill_failures(project_id, run_id, next.get_untracked()).await {
            Ok(page) => {
                shown.update(|shown| shown.extend(page.items));
                next.set(page.next);
                error.set(None);
            }
            Err(problem) => error.set(Some(problem)),
        }
    });
    Effect::new(move |_| {
        load.dispatch(());
    });
    let head = || {
        view! {
            <th scope="col">"Task"</th>
            <th scope="col">"Field"</th>
            <th scope="col">"Reason"</th>
        }
    };
    let rows = move || {
        let line = |failure: FillFailure| {
            let task = failure.task_id;
            view! {
                <tr>
                    <td><A href=format!("/projects/{project_id}/label?task={task}")>{format!("ID {task}")}</A></td>
                    <td><code>{failure.data_key}</code></td>
                    <td class="client-api-reason">{failure.reason}</td>
                </tr>
            }
        };
        shown.get().into_iter().map(line).collect_view()
    };
    let is_empty = Memo::new(move |_| shown.with(Vec::is_empty));
    view! {
        <div class="dialog-body client-api-failures">
            {move || error.get().map(|error| view! { <ErrorBanner error/> })}
            <Show
                when=move || !is_empty.get()
                fallback=move || error.with(Option::is_none).then(|| view! { <SkeletonRows rows=3/> })
            >
                <Table caption="What could not be filled" head=head>{rows}</Table>
                <LoadMore
                    shown=Signal::derive(move || shown.with(Vec::len))
                    total=Signal::stored(Some(total))
                    more=Signal::derive(move || next.with(Option::is_some))
                    busy=load.pending()
                    on_more=Callback::new(move |()| { load.dispatch(()); })
                />
            </Show>
        </div>
    }
    .into_any()
}
