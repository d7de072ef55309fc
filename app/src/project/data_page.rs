//! The project's tasks: what is labeled, how far each is and by whom. A row leads to the task, to be
//! looked at.

use domain::access::ProjectPermission;
use domain::cloud::ObjectAddress;
use domain::id::ProjectId;
use domain::page::Page as Rows;
use domain::project::ProjectDetail;
use domain::task::{Glimpse, TaskFilter, TaskRow};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use super::api;
use super::frame::ProjectPage;
use super::overview_page::waiting;
use super::tabs::project_id_param;
use crate::error::AppError;
use crate::lost::Failed;
use crate::ui::{
    Badge, EmptyState, ErrorBanner, Icon, LinkButton, LoadMore, Look, Size, Table, Tabs, Time, Tone, answered, count,
    lu, plural,
};

/// The page at `/projects/{id}/data`.
#[component]
pub fn DataPage() -> impl IntoView {
    let id = project_id_param();
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        query.with(|query| query.get("show").map(|name| TaskFilter::from_name(&name)).unwrap_or_default())
    });
    let first = Resource::new_blocking(
        move || (id.get(), filter.get()),
        |(id, filter)| async move { api::project_tasks(id, filter).await.map(|(detail, page)| (detail, filter, page)) },
    );
    view! {
        <Transition fallback=waiting>
            {answered(first, move |answer| match answer {
                Ok((detail, filter, page)) => view! { <Tasks detail filter page/> }.into_any(),
                Err(error) => view! { <Failed error/> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Tasks(detail: ProjectDetail, filter: TaskFilter, page: Rows<TaskRow>) -> impl IntoView {
    let id = detail.project_id;
    let has_tasks = detail.progress.tasks > 0;
    // Who looks through tasks need not be who brings them.
    let may_import = detail.role.allows(ProjectPermission::Import);
    let rows = RwSignal::new(page.items);
    let next = RwSignal::new(page.next);
    let total = page.total;
    let failed = RwSignal::new(None::<AppError>);
    let more = Action::new(move |(): &()| async move {
        match api::tasks(id, filter, next.get_untracked()).await {
            Ok(page) => {
                rows.update(|rows| rows.extend(page.items));
                next.set(page.next);
                failed.set(None);
            }
            Err(error) => failed.set(Some(error)),
        }
    });
    view! {
        <ProjectPage
            project=detail.head()
            title="Data"
            actions=move || may_import.then(|| view! {
                <LinkButton href=format!("/projects/{id}/import") size=Size::Small icon=lu::LuUpload>"Import"</LinkButton>
            }).into_any()
        >
            <div class="data">
                <Tabs label="Which tasks">
                    {TaskFilter::ALL.map(|choice| view! { <FilterTab id choice chosen=filter/> }).collect_view()}
                </Tabs>
                {move || failed.get().map(|error| view! { <ErrorBanner error/> })}
                <Show
                    when=move || rows.with(|rows| !rows.is_empty())
                    fallback=move || view! { <Nothing id filter has_tasks may_import/> }
                >
                    <Table
                        caption="Tasks"
                        head=|| view! {
                            <th scope="col" data-num="">"#"</th>
                            <th scope="col">"Task"</th>
                            <th scope="col">"State"</th>
                            <th scope="col" data-num="">"Comments"</th>
                            <th scope="col" data-num="">"Annotations"</th>
                            <th scope="col">"By"</th>
                            <th scope="col">"Changed"</th>
                        }.into_any()
                    >
                        <For each=move || rows.get() key=|task| task.task_id let:task>
                            <Row id task/>
                        </For>
                    </Table>
                    <LoadMore
                        shown=Signal::derive(move || rows.with(Vec::len))
                        total=Signal::stored(total)
                        more=Signal::derive(move || next.with(Option::is_some))
                        busy=more.pending()
                        on_more=Callback::new(move |()| { more.dispatch(()); })
                    />
                </Show>
            </div>
        </ProjectPage>
    }
    .into_any()
}

fn label(filter: TaskFilter) -> &'static str {
    match filter {
        TaskFilter::All => "All",
        TaskFilter::Open => "To do",
        TaskFilter::Labeled => "Labeled",
        TaskFilter::Skipped => "Skipped",
        TaskFilter::Commented => "With comments",
    }
}

#[component]
fn FilterTab(id: ProjectId, choice: TaskFilter, chosen: TaskFilter) -> impl IntoView {
    let query = if choice == TaskFilter::All { String::new() } else { format!("?show={}", choice.as_str()) };
    // Which one is current is in the query, which the router's own link does not compare.
    view! {
        <a
            class="tab"
            href=format!("/projects/{id}/data{query}")
            aria-current=(choice == chosen).then_some("page")
        >
            <span>{label(choice)}</span>
        </a>
    }
}

#[component]
fn Row(id: ProjectId, task: TaskRow) -> impl IntoView {
    let href = format!("/projects/{id}/tasks/{}", task.task_id);
    let state = match (task.is_labeled, task.lease_count > 0, task.cancelled_count > 0) {
        (true, ..) => view! { <Badge tone=Tone::Success dot=true>"Labeled"</Badge> }.into_any(),
        (false, true, _) => view! { <Badge tone=Tone::Accent dot=true>"In work"</Badge> }.into_any(),
        (false, false, true) => view! { <Badge tone=Tone::Warning dot=true>"Skipped"</Badge> }.into_any(),
        (false, false, false) => view! { <Badge>"To do"</Badge> }.into_any(),
    };
    let glimpse = match task.glimpse {
        Glimpse::Image(address) => {
            let name = address.rsplit('/').next().unwrap_or_default().to_owned();
            let address = ObjectAddress::loads(id, task.task_id, &address).unwrap_or(address);
            view! {
                <img class="data-thumb" src=address alt="" loading="lazy" decoding="async"/>
                <span class="data-text">{name}</span>
            }
            .into_any()
        }
        Glimpse::Nothing => {
            // The cell is empty, and still leads to its task.
            view! { <span class="data-text">"\u{a0}"<span class="sr-only">"Without an image"</span></span> }.into_any()
        }
        Glimpse::Text(text) => view! { <span class="data-text" dir="auto">{text}</span> }.into_any(),
    };
    view! {
            <tr>
                <td data-num="">{count(task.inner_id)}</td>
    <td><A href=href attr:class="data-glimpse">{glimpse}</A></td>
                <td>{state}</td>
                <td data-num="">{(task.open_comments != 0).then(|| comments(task.open_comments))}</td>
                <td data-num="">{format!("{} of {}", task.annotation_count, task.overlap)}</td>
                <td>{task.annotators.join(", ")}</td>
                <td><Time at=task.updated_at/></td>
            </tr>
        }
    .into_any()
}

/// How many comments wait for an answer.
fn comments(open: i64) -> AnyView {
    let words = plural(open, "open comment", "open comments");
    view! { <span class="data-comments" title=words><Icon icon=lu::LuMessageSquare/>{count(open)}</span> }.into_any()
}

#[component]
fn Nothing(id: ProjectId, filter: TaskFilter, has_tasks: bool, may_import: bool) -> impl IntoView {
    let (title, text) = match (has_tasks, filter) {
        (false, _) => ("No tasks yet", "Bring in pictures, texts or a table; each row or file becomes a task."),
        (true, TaskFilter::All | TaskFilter::Open) => {
            ("Nothing left to do", "Every task has all the annotations it needs.")
        }
        (true, TaskFilter::Labeled) => {
            ("Nothing labeled yet", "Tasks appear here as soon as they have all the annotations they need.")
        }
        (true, TaskFilter::Skipped) => ("Nothing was skipped", "Tasks that somebody passes over appear here."),
        (true, TaskFilter::Commented) => (
            "No open comments",
            "Tasks that somebody has asked or said something about appear here until it is resolved.",
        ),
    };
    view! {
        <EmptyState icon=lu::LuInbox title=title text=text>
            {(!has_tasks && may_import).then(|| view! {
                <LinkButton href=format!("/projects/{id}/import") look=Look::Primary icon=lu::LuUpload>"Import data"</LinkButton>
            })}
        </EmptyState>
    }
    .into_any()
}
