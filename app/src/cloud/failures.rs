//! Objects of a storage that failed, each with its reason, page by page.

use domain::cloud::{CloudStorage, FailedObject};
use domain::id::ProjectId;
use leptos::prelude::*;

use super::api::storage_failures;
use crate::error::AppError;
use crate::run::number;
use crate::ui::{EmptyState, ErrorBanner, LoadMore, SkeletonRows, Table, Time, lu};

#[component]
pub(super) fn Failures(project_id: ProjectId, storage: CloudStorage) -> impl IntoView {
    let id = storage.cloud_storage_id;
    let total = storage.error_count;
    let shown = RwSignal::new(Vec::<FailedObject>::new());
    let more = RwSignal::new(true);
    let error = RwSignal::new(None::<AppError>);
    let load = Action::new(move |(): &()| async move {
        let after = shown.with_untracked(|shown| shown.last().map(|last| last.key.clone()).unwrap_or_default());
        match storage_failures(project_id, id, after).await {
            Ok(page) => {
                more.set(!page.is_empty());
                shown.update(|shown| shown.extend(page));
                more.update(|more| *more &= shown.with_untracked(Vec::len) < usize::try_from(total).unwrap_or(0));
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
            <th scope="col">"Object"</th>
            <th scope="col">"Reason"</th>
            <th scope="col">"Tried"</th>
        }
    };
    let rows = move || {
        let line = |failed: FailedObject| {
            view! {
                <tr>
                    <td><code class="storage-place">{failed.key}</code></td>
                    <td>{failed.error}</td>
                    <td><Time at=failed.tried_at/></td>
                </tr>
            }
        };
        shown.get().into_iter().map(line).collect_view()
    };
    let is_empty = Memo::new(move |_| shown.with(Vec::is_empty));
    view! {
        <div class="dialog-body storage-failures">
            {move || error.get().map(|error| view! { <ErrorBanner error/> })}
            <Show
                when=move || !is_empty.get()
                fallback=move || {
                    if more.get() && error.with(Option::is_none) {
                        view! { <SkeletonRows rows=3/> }.into_any()
                    } else {
                        view! { <EmptyState icon=lu::LuCircleCheck title="None" text="Every object has come through since."/> }.into_any()
                    }
                }
            >
                <Table caption="Objects that failed" head=head>{rows}</Table>
                <LoadMore
                    shown=Signal::derive(move || shown.with(Vec::len))
                    total=Signal::derive(move || Some(number(total)))
                    more
                    busy=load.pending()
                    on_more=Callback::new(move |()| { load.dispatch(()); })
                />
            </Show>
        </div>
    }
    .into_any()
}
