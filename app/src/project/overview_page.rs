//! A project at a glance: where it stands, how far it is, who did what and when, and what to do next.

use domain::access::ProjectPermission;
use domain::project::{LabelCounts, PersonWork, ProjectDetail, ProjectMove, ProjectOverview, ProjectState, WorkDay};
use leptos::prelude::*;

use super::api;
use super::events::Events;
use super::frame::ProjectPage;
use super::state::{Moves, StateControl, lacks};
use super::tabs::project_id_param;
use crate::lost::Failed;
use crate::shell::{Crumb, Page};
use crate::ui::{
    BarChart, Button, Card, ColorDot, Donut, EmptyState, Icon, LineChart, LinkButton, Look, Series, Size, Skeleton,
    Slice, StackedBarChart, StatTile, Table, Time, answered_anew, compact, count, duration, lu, percent, plural,
    use_toasts,
};

/// The most labels a chart shows; the rest is one bar.
const MOST_BARS: usize = 12;
/// The most people a chart shows; the table has them all.
const MOST_PEOPLE: usize = 10;

/// The page at `/projects/{id}`.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let id = project_id_param();
    let reload = RwSignal::new(0_u32);
    let loaded = Resource::new_blocking(move || (id.get(), reload.get()), |(id, _)| api::load_overview(id));
    // Of the page, not of what it shows: it is still there once that is drawn anew.
    let on_done = Callback::new(move |()| reload.update(|times| *times += 1));
    view! {
        <Transition fallback=waiting>
            {answered_anew(loaded, move |answer| match answer {
                Ok(overview) => view! { <Overview overview reload on_done/> }.into_any(),
                Err(error) => view! { <Failed error/> }.into_any(),
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
fn Overview(overview: ProjectOverview, reload: RwSignal<u32>, on_done: Callback<()>) -> impl IntoView {
    let ProjectOverview { detail, days, people, events } = overview;
    let (id, role) = (detail.project_id, detail.role);
    let may = move |permission| role.allows(permission);
    let may_label = may(ProjectPermission::Annotate)
        && detail.has_controls
        && detail.progress.tasks > 0
        && detail.state.hands_out(role).is_ok();
    // Before that, going live is what matters.
    let label_look = if detail.state == ProjectState::Live { Look::Primary } else { Look::Plain };
    let project = detail.head();
    let moves = Moves::new(id, detail.progress, &lacks(&detail), on_done);
    let steps = next_steps(&detail, moves);
    let instructions = detail.instruction_html.clone();
    let sees_data = may(ProjectPermission::ViewData);
    let is_empty = detail.progress.tasks == 0;
    let content = if is_empty {
        empty(&detail)
    } else {
        view! {
            <Numbers detail=detail.clone()/>
            <div class="overview-columns">
                <Throughput days sees_data/>
                {if sees_data {
                    view! { <ProgressCard detail=detail.clone()/> }.into_any()
                } else {
                    own_numbers(people.first())
                }}
            </div>
            {sees_data.then(|| view! {
                <div class="overview-columns">
                    <Labels labels=detail.labels.clone()/>
                    <Annotators people=people.clone() detail=detail.clone()/>
                </div>
            })}
        }
        .into_any()
    };
    view! {
        <ProjectPage
            project
            actions=move || may_label.then(|| view! {
                <LinkButton href=format!("/projects/{id}/label") look=label_look size=Size::Small icon=lu::LuPencil>"Label"</LinkButton>
            }).into_any()
        >
            <Head detail=detail.clone() moves reload/>
            {(!steps.is_empty()).then(|| view! {
                <Card title="Next steps">
                    <ol class="next-steps" role="list">{steps}</ol>
                </Card>
            })}
            {content}
            {(!instructions.is_empty()).then(|| view! {
                <Card title="Instructions"><div class="prose" inner_html=instructions></div></Card>
            })}
            {sees_data.then(|| view! { <Events project_id=id events/> })}
        </ProjectPage>
    }
    .into_any()
}

/// Nothing to count yet: the way to the first task, for those who can bring it.
fn empty(detail: &ProjectDetail) -> AnyView {
    let id = detail.project_id;
    if !detail.role.allows(ProjectPermission::Import) {
        return view! {
            <EmptyState icon=lu::LuInbox title="Nothing to label yet" text="Tasks appear here once somebody who manages the project has brought data in."/>
        }
        .into_any();
    }
    view! {
        <EmptyState
            icon=lu::LuUpload
            title="Bring the first data in"
            text="Images, text, JSON, CSV or a zip of files, by dropping, pasting or address. Progress, labels and people show here as soon as there is work."
        >
            <LinkButton href=format!("/projects/{id}/import") look=Look::Primary icon=lu::LuUpload>"Import data"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

#[component]
fn Head(detail: ProjectDetail, moves: Moves, reload: RwSignal<u32>) -> impl IntoView {
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
            <StateControl detail moves/>
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

/// What was handed in and skipped on each of the last days.
#[component]
fn Throughput(days: Vec<WorkDay>, sees_data: bool) -> impl IntoView {
    let submitted: Vec<i64> = days.iter().map(|day| day.submitted).collect();
    let skipped: Vec<i64> = days.iter().map(|day| day.skipped).collect();
    let (sum, left): (i64, i64) = (submitted.iter().sum(), skipped.iter().sum());
    let whose = if sees_data { "Work" } else { "Your work" };
    let title = format!("{whose} per day, last {} days", days.len());
    let text = if sum + left == 0 {
        "Nobody has handed anything in during this time.".to_owned()
    } else {
        format!("{} handed in, {} skipped. Days are those of UTC.", count(sum), count(left))
    };
    let axis: Vec<String> = days.iter().map(|day| day.day.format("%b %-d").to_string()).collect();
    view! {
        <Card title="Throughput" text>
            <LineChart title axis series=vec![Series::new("Submitted", submitted), Series::new("Skipped", skipped)]/>
        </Card>
    }
    .into_any()
}

#[component]
fn ProgressCard(detail: ProjectDetail) -> impl IntoView {
    let progress = detail.progress;
    let open = (progress.tasks - progress.labeled).max(0);
    view! {
        <Card title="Progress">
            <Donut
                title="Tasks"
                unit="tasks"
                slices=vec![Slice::new("Labeled", progress.labeled), Slice::new("Open", open).rest()]
            />
        </Card>
    }
    .into_any()
}

/// Who did how much, and how long a task takes them.
#[component]
fn Annotators(people: Vec<PersonWork>, detail: ProjectDetail) -> impl IntoView {
    let id = detail.project_id;
    let manages = detail.role.allows(ProjectPermission::Manage);
    let actions = move || {
        manages
            .then(|| view! {
                <LinkButton href=format!("/projects/{id}/settings/people") size=Size::Small icon=lu::LuUsers>"Manage"</LinkButton>
            })
            .into_any()
    };
    let members = match detail.member_count {
        0 => "Only the owners and admins of the organization are in this project.".to_owned(),
        number => format!(
            "{} added, besides the owners and admins of the organization.",
            plural(number, "person was", "people were")
        ),
    };
    if people.is_empty() {
        return view! {
            <Card title="People" text=members actions>
                <p class="muted">"Who labels how much shows here as soon as the first task is submitted."</p>
            </Card>
        }
        .into_any();
    }
    let bars: Vec<Series> = people
        .iter()
        .take(MOST_PEOPLE)
        .map(|person| Series::new(person.name.clone(), vec![person.submitted, person.skipped]))
        .collect();
    let rows = people
        .into_iter()
        .map(|person| {
            let pace = person.seconds_per_task().map_or_else(|| "–".to_owned(), duration);
            view! {
                <tr>
                    <th scope="row">{person.name}</th>
                    <td data-num="">{count(person.submitted)}</td>
                    <td data-num="">{count(person.skipped)}</td>
                    <td data-num="" class="nowrap">{pace}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card title="People" text=members actions>
            <StackedBarChart title="Tasks per person" parts=vec!["Submitted".to_owned(), "Skipped".to_owned()] rows=bars/>
            <details class="disclosure">
                <summary>"Pace of each person"</summary>
                <Table caption="Pace of each person" head=pace_head>{rows}</Table>
            </details>
        </Card>
    }
    .into_any()
}

fn pace_head() -> AnyView {
    view! {
        <th scope="col">"Person"</th>
        <th scope="col" data-num="">"Submitted"</th>
        <th scope="col" data-num="">"Skipped"</th>
        <th scope="col" data-num="">"Time per task"</th>
    }
    .into_any()
}

/// What somebody who labels sees of themselves.
fn own_numbers(person: Option<&PersonWork>) -> AnyView {
    let pace = person.and_then(PersonWork::seconds_per_task).map_or_else(|| "–".to_owned(), duration);
    let (submitted, skipped) = person.map_or((0, 0), |person| (person.submitted, person.skipped));
    view! {
        <Card title="You">
            <dl class="own-numbers">
                <div><dt><Icon icon=lu::LuCircleCheck/>"Submitted"</dt><dd>{count(submitted)}</dd></div>
                <div><dt><Icon icon=lu::LuSkipForward/>"Skipped"</dt><dd>{count(skipped)}</dd></div>
                <div><dt><Icon icon=lu::LuClock/>"Time per task"</dt><dd>{pace}</dd></div>
            </dl>
        </Card>
    }
    .into_any()
}

/// What is still missing before work flows.
fn next_steps(detail: &ProjectDetail, moves: Moves) -> Vec<AnyView> {
    let id = detail.project_id;
    let may = |permission| detail.role.allows(permission);
    let progress = detail.progress;
    let manages = may(ProjectPermission::Manage);
    let is_pending = matches!(detail.state, ProjectState::Pending | ProjectState::BuildingWorkflow);
    let all_labeled = progress.tasks > 0 && progress.labeled == progress.tasks;
    let go = |rest: &str, verb: &str| {
        let (href, verb) = (format!("/projects/{id}/{rest}"), verb.to_owned());
        view! { <LinkButton href size=Size::Small>{verb}</LinkButton> }.into_any()
    };
    let mut steps = Vec::new();
    if !detail.has_controls && manages {
        let text = "There is no labeling interface yet. Start from a template.";
        steps.push(step(lu::LuLayoutTemplate, "Say what you ask", text, go("settings/labeling", "Set up")));
    }
    if detail.member_count == 0 && progress.tasks > 0 && manages {
        let text = "Annotators and reviewers of your organization.";
        steps.push(step(lu::LuUserPlus, "Add people", text, go("settings/people", "Add")));
    }
    if is_pending && progress.tasks > 0 && detail.has_controls && manages {
        if progress.annotations == 0 {
            let text = "Only you who manage the project can label before it is live.";
            steps.push(step(lu::LuPencil, "Try it yourself", text, go("label", "Label")));
        }
        let button = view! {
            <Button size=Size::Small on:click=move |_| moves.start.run(ProjectMove::GoLive)>"Go live"</Button>
        };
        steps.push(step(lu::LuPlay, "Go live", "Tasks are handed out from then on.", button.into_any()));
    }
    if all_labeled && detail.state == ProjectState::Live && manages {
        let text = "Everything is labeled. Completed projects hand out nothing more.";
        let button = view! {
            <Button size=Size::Small on:click=move |_| moves.start.run(ProjectMove::Complete)>"Complete"</Button>
        };
        steps.push(step(lu::LuCircleCheck, "Mark the project as completed", text, button.into_any()));
    }
    if all_labeled && may(ProjectPermission::Export) {
        steps.push(step(lu::LuDownload, "Download the result", "Everything is labeled.", go("export", "Export")));
    }
    steps
}

fn step(icon: crate::ui::Glyph, title: &'static str, text: &'static str, action: AnyView) -> AnyView {
    view! {
        <li>
            <span class="next-icon"><Icon icon/></span>
            <span class="grow"><strong>{title}</strong><span class="muted">{text}</span></span>
            {action}
        </li>
    }
    .into_any()
}
