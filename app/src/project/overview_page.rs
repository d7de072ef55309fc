//! A project at a glance: how far it is, what was labeled, who works in it, and what to do next.

use domain::access::ProjectPermission;
use domain::project::{LabelCounts, ProjectDetail};
use leptos::prelude::*;

use super::tabs::{ProjectTabs, project_id_param};
use super::{api, card};
use crate::lost::Failed;
use crate::shell::{Command, Crumb, Page, use_commands};
use crate::ui::{
    BarChart, Button, Card, ColorDot, Donut, Icon, LinkButton, Look, Size, Skeleton, Slice, StatTile, Time, compact,
    count, lu, percent, use_toasts,
};

/// The most labels a chart shows; the rest is one bar.
const MOST_BARS: usize = 12;

/// The page at `/projects/{id}`.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let id = project_id_param();
    let reload = RwSignal::new(0_u32);
    let detail = Resource::new_blocking(move || (id.get(), reload.get()), |(id, _)| api::project(id));
    view! {
        <Transition fallback=waiting>
            {move || Suspend::new(async move {
                match detail.await {
                    Ok(detail) => view! { <Overview detail reload/> }.into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// Bars where the bars will be.
pub(super) fn waiting() -> AnyView {
    view! {
        <Page title="Project".to_owned() crumbs=vec![Crumb::new("Projects", "/projects")]>
            <div class="stack" role="status">
                <span class="sr-only">"Loading"</span>
                <Skeleton shape="title"/>
                <Skeleton shape="block"/>
                <Skeleton shape="block"/>
            </div>
        </Page>
    }
    .into_any()
}

#[component]
fn Overview(detail: ProjectDetail, reload: RwSignal<u32>) -> impl IntoView {
    let (id, role) = (detail.project_id, detail.role);
    let may = move |permission| role.allows(permission);
    let may_label = may(ProjectPermission::Annotate) && detail.has_controls && detail.progress.tasks > 0;
    let title = detail.title.clone();
    let head = detail.clone();
    let steps = next_steps(&detail);
    use_commands(Signal::stored(commands(&detail)));
    let instructions = detail.instruction_html.clone();
    let sees_data = may(ProjectPermission::ViewData);
    view! {
        <Page
            title=title
            crumbs=vec![Crumb::new("Projects", "/projects")]
            tabs=ViewFn::from(move || view! { <ProjectTabs project_id=id role/> })
            actions=move || may_label.then(|| view! {
                <LinkButton href=format!("/projects/{id}/label") look=Look::Primary size=Size::Small icon=lu::LuPencil>"Label"</LinkButton>
            }).into_any()
        >
            <Head detail=head reload/>
            {(!steps.is_empty()).then(|| view! {
                <Card title="Next steps">
                    <ol class="next-steps" role="list">{steps}</ol>
                </Card>
            })}
            <Numbers detail=detail.clone()/>
            {(!instructions.is_empty()).then(|| view! {
                <Card title="Instructions"><div class="prose" inner_html=instructions></div></Card>
            })}
            {sees_data.then(|| view! {
                <div class="overview-columns">
                    <Labels labels=detail.labels.clone()/>
                    <Tasks detail=detail.clone()/>
                </div>
            })}
        </Page>
    }
    .into_any()
}

/// What the palette offers about this project.
fn commands(detail: &ProjectDetail) -> Vec<Command> {
    let id = detail.project_id;
    let may = |permission| detail.role.allows(permission);
    let places = [
        (ProjectPermission::Annotate, "Label", lu::LuPencil, "label"),
        (ProjectPermission::Import, "Import data", lu::LuUpload, "import"),
        (ProjectPermission::Export, "Export", lu::LuDownload, "export"),
        (ProjectPermission::Manage, "Labeling interface", lu::LuLayoutTemplate, "settings/labeling"),
        (ProjectPermission::Manage, "People of the project", lu::LuUsers, "settings/people"),
    ];
    places
        .into_iter()
        .filter(|(permission, ..)| may(*permission))
        .map(|(_, label, icon, rest)| Command::go("This project", label, icon, format!("/projects/{id}/{rest}")))
        .collect()
}

#[component]
fn Head(detail: ProjectDetail, reload: RwSignal<u32>) -> impl IntoView {
    let toasts = use_toasts();
    let (project_id, pinned) = (detail.project_id, detail.pinned);
    let pin = ServerAction::<api::SetPinned>::new();
    Effect::new(move |_| match pin.value().get() {
        Some(Ok(())) => reload.update(|times| *times += 1),
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    view! {
        <div class="overview-head">
            <ColorDot color=detail.color.clone()/>
            <div class="grow">
                <h1>{detail.title.clone()}</h1>
                {(!detail.description.is_empty()).then(|| view! { <p class="muted">{detail.description.clone()}</p> })}
                <p class="small faint">
                    {detail.created_by.clone().map(|name| format!("Made by {name} "))}
                    <Time at=detail.created_at/>
                </p>
            </div>
            {card::state_badge(detail.state)}
            <Button
                icon=if pinned { lu::LuPinOff } else { lu::LuPin }
                size=Size::Small
                busy=pin.pending()
                on:click=move |_| {
                    pin.dispatch(api::SetPinned { project_id, pinned: !pinned });
                }
            >
                {if pinned { "Unpin" } else { "Pin" }}
            </Button>
        </div>
    }
}

#[component]
fn Numbers(detail: ProjectDetail) -> impl IntoView {
    let progress = detail.progress;
    let done = format!("{} of {} tasks", count(progress.labeled), count(progress.tasks));
    let last = detail.last_annotation_at;
    view! {
        <div class="overview-tiles">
            <StatTile label="Labeled" value=percent(progress.share()) note=done icon=lu::LuCircleCheck/>
            <StatTile label="Tasks" value=compact(progress.tasks) icon=lu::LuLayers/>
            <StatTile label="Annotations" value=compact(progress.annotations) icon=lu::LuPencil>
                {last.map(|at| view! { <span class="tile-note">"last "<Time at/></span> })}
            </StatTile>
            <StatTile label="Skipped" value=compact(progress.skipped) icon=lu::LuSkipForward/>
            <StatTile label="Predictions" value=compact(progress.predictions) icon=lu::LuSparkles/>
        </div>
    }
}

/// How often each label was used, one chart per control.
#[component]
fn Labels(labels: Vec<LabelCounts>) -> impl IntoView {
    if labels.is_empty() {
        return view! {
            <Card title="Labels">
                <p class="muted">"What people choose shows here as soon as the first task is submitted."</p>
            </Card>
        }
        .into_any();
    }
    let charts = labels
        .into_iter()
        .take(8)
        .map(|control| {
            let (shown, rest) = control.counts.split_at(control.counts.len().min(MOST_BARS));
            let mut slices: Vec<Slice> = shown.iter().map(|(label, count)| Slice::new(label.clone(), *count)).collect();
            if !rest.is_empty() {
                slices.push(Slice::new(format!("{} others", rest.len()), rest.iter().map(|(_, count)| count).sum()));
            }
            view! { <BarChart title=control.control slices/> }
        })
        .collect_view();
    view! { <Card title="Labels"><div class="stack gap-6">{charts}</div></Card> }.into_any()
}

#[component]
fn Tasks(detail: ProjectDetail) -> impl IntoView {
    let (id, progress) = (detail.project_id, detail.progress);
    let open = (progress.tasks - progress.labeled).max(0);
    let manages = detail.role.allows(ProjectPermission::Manage);
    view! {
        <div class="stack">
            {(progress.tasks > 0).then(|| view! {
                <Card title="Progress">
                    <Donut
                        title="Tasks"
                        unit="tasks"
                        slices=vec![Slice::new("Labeled", progress.labeled), Slice::new("Open", open)]
                    />
                </Card>
            })}
            <Card title="People" actions=move || manages.then(|| view! {
                <LinkButton href=format!("/projects/{id}/settings/people") size=Size::Small icon=lu::LuUsers>"Manage"</LinkButton>
            }).into_any()>
                <p class="muted">
                    {match detail.member_count {
                        0 => "Only the owners and admins of the organization, so far.".to_owned(),
                        1 => "1 person was added, besides the owners and admins of the organization.".to_owned(),
                        number => format!("{} people were added, besides the owners and admins of the organization.", count(number)),
                    }}
                </p>
            </Card>
        </div>
    }
}

/// What is still missing before work flows.
fn next_steps(detail: &ProjectDetail) -> Vec<AnyView> {
    let id = detail.project_id;
    let may = |permission| detail.role.allows(permission);
    let mut steps = Vec::new();
    let mut add = |icon, title: &str, text: &str, href: String, verb: &str| {
        let (title, text, verb) = (title.to_owned(), text.to_owned(), verb.to_owned());
        steps.push(
            view! {
                <li>
                    <span class="next-icon"><Icon icon/></span>
                    <span class="grow"><strong>{title}</strong><span class="muted">{text}</span></span>
                    <LinkButton href look=Look::Primary size=Size::Small>{verb}</LinkButton>
                </li>
            }
            .into_any(),
        );
    };
    if !detail.has_controls && may(ProjectPermission::Manage) {
        add(
            lu::LuLayoutTemplate,
            "Say what you ask",
            "There is no labeling interface yet. Start from a template.",
            format!("/projects/{id}/settings/labeling"),
            "Set up",
        );
    }
    if detail.progress.tasks == 0 && may(ProjectPermission::Import) {
        add(
            lu::LuUpload,
            "Bring data in",
            "Images, text, JSON, CSV or a zip of files.",
            format!("/projects/{id}/import"),
            "Import",
        );
    }
    if detail.progress.tasks > 0
        && detail.has_controls
        && detail.progress.annotations == 0
        && may(ProjectPermission::Annotate)
    {
        add(
            lu::LuPencil,
            "Label the first task",
            "Try it yourself before others do.",
            format!("/projects/{id}/label"),
            "Label",
        );
    }
    if detail.member_count == 0 && may(ProjectPermission::Manage) {
        add(
            lu::LuUserPlus,
            "Add people",
            "Annotators and reviewers of your organization.",
            format!("/projects/{id}/settings/people"),
            "Add",
        );
    }
    if detail.progress.tasks > 0 && detail.progress.labeled == detail.progress.tasks && may(ProjectPermission::Export) {
        add(
            lu::LuDownload,
            "Download the result",
            "Everything is labeled.",
            format!("/projects/{id}/export"),
            "Export",
        );
    }
    steps
}
