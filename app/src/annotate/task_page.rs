//! A task to be looked at: what each person handed in and each model proposed, on the task itself, with nothing to change.

use domain::access::ProjectPermission;
use domain::annotation::{Version, VersionId};
use domain::id::{AnnotationId, PredictionId, ProjectId, TaskId};
use domain::label_config::{LabelConfig, read};
use domain::task::TaskView;
use editor::command::Command;
use editor::keymap::Keymap;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};

use super::api;
use super::bench::{Bench, OpenedTask};
use super::canvas::listen_to_keys;
use super::comments::{CommentsButton, Here, Talk, beside};
use super::desktop::Desktop;
use super::page::keys::KeyList;
use super::version::{about, name};
use crate::error::AppError;
use crate::lost::Failed;
use crate::shell::{Command as PaletteCommand, Crumb, Page, use_commands};
use crate::ui::{Dialog, EmptyState, Icon, IconButton, LinkButton, Tabs, answered_anew, lu};

/// `/projects/{id}/tasks/{task}`, with `?annotation=` or `?prediction=` for a certain version of the answers.
#[component]
pub fn TaskPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let place = Memo::new(move |_| {
        params.with(|params| {
            let project: ProjectId = params.get("id")?.parse().ok()?;
            let task: TaskId = params.get("task")?.parse().ok()?;
            Some((project, task))
        })
    });
    let wanted = Memo::new(move |_| {
        query.with(|query| {
            let number = |name: &str| query.get(name)?.parse::<i64>().ok();
            let annotation = number("annotation").map(|id| VersionId::Annotation(AnnotationId(id)));
            annotation.or_else(|| number("prediction").map(|id| VersionId::Prediction(PredictionId(id))))
        })
    });
    let view = Resource::new(
        move || (place.get(), wanted.get()),
        |(place, wanted)| async move {
            let (project, task) = place.ok_or_else(|| AppError::Domain(domain::Error::not_found("task")))?;
            api::view_task(project, task, wanted).await
        },
    );
    view! {
        <Transition fallback=|| ()>
            {answered_anew(view, move |view| match view {
                Ok(view) => view! { <Looked view/> }.into_any(),
                Err(error) => view! { <Failed error/> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Looked(view: TaskView) -> impl IntoView {
    let project_id = view.project.project_id;
    let home = format!("/projects/{project_id}");
    let mut crumbs = vec![Crumb::new("Projects", "/projects"), Crumb::new(view.project.title.clone(), home.clone())];
    if view.project.role.allows(ProjectPermission::ViewData) {
        crumbs.push(Crumb::new("Data", format!("{home}/data")));
    }
    let title = format!("Task {}", view.inner_id);
    let window_title = format!("{title} · {}", view.project.title);
    let body = match read(&view.label_config) {
        Some(config) => view! { <Stage view config/> }.into_any(),
        None => view! {
            <EmptyState
                icon=lu::LuFileWarning
                title="This project's labeling interface cannot be read"
                text="Somebody who manages the project can mend it in its settings."
            >
                <LinkButton href=home>"To the project"</LinkButton>
            </EmptyState>
        }
        .into_any(),
    };
    view! { <Page title window_title crumbs width="bleed">{body}</Page> }.into_any()
}

#[component]
fn Stage(view: TaskView, config: LabelConfig) -> impl IntoView {
    let TaskView {
        user_id,
        project,
        relays_media,
        task_id,
        inner_id,
        data,
        before,
        after,
        versions,
        shown,
        result,
        comments,
        keys,
        ..
    } = view;
    let project_id = project.project_id;
    let task = OpenedTask { project_id, task_id, relays_media };
    let bench = Bench::new(config, data, &result, true);
    let _ = bench.quietly(|editor| editor.set_keymap(Keymap::new(&keys)));
    let here = match shown {
        Some(VersionId::Annotation(id) | VersionId::Earlier(id, _)) => Here::Annotation(id),
        Some(VersionId::Prediction(_)) | None => Here::Nobodys,
    };
    let talk = Talk::new(bench, task, user_id, here, comments, false);
    provide_context(bench);
    provide_context(task);
    provide_context(talk);
    talk.start();
    Effect::new(move |_| {
        bench.begin(false);
        listen_to_keys(bench);
    });
    let showing_keys = RwSignal::new(false);
    Effect::new(move |_| {
        if bench.request.get().is_some_and(|request| request == Command::ShowKeys) {
            bench.request.set(None);
            showing_keys.set(true);
        }
    });
    let go = use_navigate();
    let to = Callback::new(move |task: Option<TaskId>| {
        if let Some(task) = task {
            go(&format!("/projects/{project_id}/tasks/{task}"), NavigateOptions::default());
        }
    });
    use_commands(Signal::derive(move || {
        vec![PaletteCommand::run("Task", "Comments", lu::LuMessageSquare, Callback::new(move |()| talk.toggle()))]
    }));
    let sees_all = project.role.allows(ProjectPermission::ViewData);
    let facts = shown.and_then(|id| versions.iter().find(|version| version.id == id)).map(about);
    let is_empty = versions.is_empty();
    let tabs = versions.iter().map(|version| tab(task, version, shown)).collect_view();
    view! {
        <div class="desk" data-looking="">
            <header class="desk-bar">
                <div class="desk-start">
                    {sees_all.then(|| view! {
                        <IconButton
                            icon=lu::LuChevronLeft
                            label="Previous task".to_owned()
                            disabled=before.is_none()
                            on:click=move |_| to.run(before)
                        />
                    })}
                    <span class="desk-task num">{format!("Task {inner_id}")}</span>
                    {sees_all.then(|| view! {
                        <IconButton
                            icon=lu::LuChevronRight
                            label="Next task".to_owned()
                            disabled=after.is_none()
                            on:click=move |_| to.run(after)
                        />
                    })}
                    <span class="desk-note"><Icon icon=lu::LuEye/>"Read only"</span>
                    {facts}
                </div>
                <div class="desk-end">
                    <CommentsButton talk/>
                    <IconButton icon=lu::LuKeyboard label="Keys (?)".to_owned() on:click=move |_| showing_keys.set(true)/>
                    <LinkButton href=format!("/projects/{project_id}/label?task={task_id}") icon=lu::LuPencil>"Label"</LinkButton>
                </div>
            </header>
            {if is_empty {
                view! { <p class="task-nothing" role="status">"Nobody has handed in anything yet."</p> }.into_any()
            } else {
                view! { <div class="task-versions"><Tabs label="Versions of the answers">{tabs}</Tabs></div> }.into_any()
            }}
            <div class="desk-work" data-talking=move || talk.open.get().then_some("")>
                <Desktop bench/>
                {beside(talk)}
            </div>
            <Dialog open=showing_keys title="Keys".to_owned() size="wide" dismissable=true>
                <div class="dialog-body"><KeyList bench/></div>
            </Dialog>
        </div>
    }
    .into_any()
}

/// The way to a version. Which one is current is in the query, which the router's own link does not compare.
fn tab(task: OpenedTask, version: &Version, shown: Option<VersionId>) -> AnyView {
    let (icon, query) = match version.id {
        VersionId::Prediction(id) => (lu::LuSparkles, format!("prediction={id}")),
        VersionId::Annotation(id) | VersionId::Earlier(id, _) if version.was_cancelled => {
            (lu::LuSkipForward, format!("annotation={id}"))
        }
        VersionId::Annotation(id) | VersionId::Earlier(id, _) => (lu::LuUser, format!("annotation={id}")),
    };
    let OpenedTask { project_id, task_id, .. } = task;
    view! {
        <a
            class="tab"
            href=format!("/projects/{project_id}/tasks/{task_id}?{query}")
            aria-current=(shown == Some(version.id)).then_some("page")
        >
            <Icon icon/>
            <span>{name(version)}</span>
        </a>
    }
    .into_any()
}
