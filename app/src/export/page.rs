//! `/projects/{id}/export`.

use domain::{
    access::ProjectPermission,
    format::{ExportFormat, ExportRun, Family},
    id::{ExportId, ProjectId},
    import::RunStatus,
};
use leptos::{html, prelude::*};

use super::{
    api::{export_formats, export_views, exports, start_export},
    options::{Chosen, Options, at_its_field, has_field},
    run::RunRow,
};
use crate::{
    error::{AppError, Result},
    lost::PartFailed,
    project::{ProjectFrame, project_id_param},
    run::number,
    ui::{Button, EmptyState, ErrorBanner, LinkButton, Look, Size, SkeletonRows, answered, lu, plural},
};

/// All formats, each with the reason if it does not fit.
type Formats = Vec<(ExportFormat, Option<String>)>;

/// How many exports stand above the formats.
const SHOWN: usize = 5;

/// Where work goes out.
#[component]
pub fn ExportPage() -> impl IntoView {
    let project_id = project_id_param();
    let changed = RwSignal::new(0_u32);
    let formats = Resource::new(move || project_id.get(), export_formats);
    let views = Resource::new(move || project_id.get(), export_views);
    let runs = Resource::new(move || (project_id.get(), changed.get()), |(id, _)| exports(id));
    let chosen = Chosen::default();
    let error = RwSignal::new(None::<AppError>);
    let list = NodeRef::<html::Section>::new();
    let start = Action::new(move |format: &ExportFormat| {
        let format = *format;
        async move {
            let begun = match chosen.options() {
                Ok(options) => start_export(project_id.get_untracked(), format, options).await,
                Err(problem) => Err(problem.into()),
            };
            match begun {
                Ok(_) => {
                    error.set(None);
                    changed.update(|count| *count += 1);
                    bring_into_sight(list);
                }
                Err(problem) => error.set(Some(at_its_field(problem))),
            }
        }
    });
    // What belongs to no field stands at the top, far from the card that was pressed.
    let said = NodeRef::<html::Div>::new();
    let unplaced = Signal::derive(move || error.get().filter(|error| !has_field(error)));
    Effect::new(move |_| {
        if unplaced.with(Option::is_some)
            && let Some(said) = said.get()
        {
            request_animation_frame(move || {
                // What cannot take the focus has been brought into sight all the same.
                let _ = said.focus();
            });
        }
    });
    view! {
        <ProjectFrame project_id permission=ProjectPermission::Export title="Export">
            <div class="export">
                <div class="spread">
                    <p class="muted">"Work as files, in the formats that training code reads."</p>
                    <LinkButton href="/help/export".to_owned() size=Size::Small look=Look::Quiet icon=lu::LuBookOpen>"What they hold"</LinkButton>
                </div>
                {move || unplaced.get().map(|error| view! {
                    <div class="export-said" tabindex="-1" node_ref=said><ErrorBanner error/></div>
                })}
                <Options chosen views error/>
                <section class="export-made" node_ref=list>
                    <Transition>
                        {answered(runs, move |answer| match answer {
                            Ok(runs) => made(project_id.get_untracked(), runs, formats, changed).into_any(),
                            Err(error) => view! { <PartFailed error/> }.into_any(),
                        })}
                    </Transition>
                </section>
                <Suspense fallback=|| view! { <SkeletonRows rows=4/> }>
                    {answered(formats, move |answer| match answer {
                        Ok(formats) => families(&formats, start).into_any(),
                        Err(error) => view! { <PartFailed error/> }.into_any(),
                    })}
                </Suspense>
                <Transition>
                    {answered(runs, move |answer| {
                        answer.is_ok_and(|runs| runs.is_empty()).then(|| view! {
                            <EmptyState
                                icon=lu::LuDownload
                                title="No exports yet"
                                text="Choose a format above. The file stays here until you delete it."
                            />
                        })
                    })}
                </Transition>
            </div>
        </ProjectFrame>
    }
    .into_any()
}

/// The exports so far: the newest, and those before them behind a line, so that the formats stay near. Nothing where there
/// are none.
fn made(
    project_id: ProjectId,
    runs: Vec<ExportRun>,
    formats: Resource<Result<Formats>>,
    changed: RwSignal<u32>,
) -> Option<impl IntoView> {
    if runs.is_empty() {
        return None;
    }
    // Asked for only where somebody converts one: the formats may come after the exports.
    let fitting = Signal::derive(move || {
        let formats = formats.get().and_then(Result::ok).unwrap_or_default();
        formats.into_iter().filter_map(|(format, reason)| reason.is_none().then_some(format)).collect::<Vec<_>>()
    });
    let snapshots = snapshots(&runs);
    let mut rows = runs.into_iter().map(|run| {
        let others = snapshots.iter().filter(|(id, _)| *id != run.export_id).cloned().collect();
        let source = run.source.map(|source| {
            let known = snapshots.iter().find(|(id, _)| *id == source);
            known.map_or_else(|| "from an earlier snapshot".to_owned(), |(_, name)| format!("from snapshot {name}"))
        });
        view! { <RunRow project_id run source others formats=fitting changed/> }
    });
    let newest = rows.by_ref().take(SHOWN).collect_view();
    let earlier: Vec<_> = rows.collect();
    let earlier = (!earlier.is_empty()).then(|| {
        view! {
            <details class="disclosure">
                <summary>{plural(number(earlier.len() as u64), "earlier export", "earlier exports")}</summary>
                <ul class="export-runs" role="list">{earlier}</ul>
            </details>
        }
    });
    Some(view! {
        <h2 class="export-heading">"Your exports"</h2>
        <ul class="export-runs" role="list">{newest}</ul>
        {earlier}
    })
}

/// The exports that hold everything, by name.
fn snapshots(runs: &[ExportRun]) -> Vec<(ExportId, String)> {
    let ready = runs.iter().filter(|run| run.format.is_snapshot() && run.status == RunStatus::Completed);
    ready
        .map(|run| {
            let name = if run.options.title.is_empty() { run.format.name() } else { run.options.title.as_str() };
            (run.export_id, format!("{name}, {}", run.created_at.format("%Y-%m-%d %H:%M UTC")))
        })
        .collect()
}

/// The formats under what they are about; those that do not fit lie behind the others.
fn families(formats: &[(ExportFormat, Option<String>)], start: Action<ExportFormat, ()>) -> impl IntoView + use<> {
    let shown = |format: &ExportFormat| !format.has_images();
    let family = |family: Family| {
        let cards: Vec<_> = formats
            .iter()
            .filter(|(format, reason)| format.family() == family && reason.is_none() && shown(format))
            .map(|(format, _)| card(*format, None, start))
            .collect();
        (!cards.is_empty()).then(|| {
            view! {
                <section class="export-family">
                    <h2 class="export-heading">{family.name()}</h2>
                    <ul class="export-formats" role="list">{cards}</ul>
                </section>
            }
        })
    };
    let families = [Family::Records, Family::Image, Family::Text, Family::Sound].map(family).into_iter().collect_view();
    let unfit: Vec<_> = formats
        .iter()
        .filter(|(format, reason)| reason.is_some() && shown(format))
        .map(|(format, reason)| card(*format, reason.clone(), start))
        .collect();
    let unfit = (!unfit.is_empty()).then(|| {
        view! {
            <details class="disclosure">
                <summary>"Formats that do not fit this project"</summary>
                <ul class="export-formats" role="list">{unfit}</ul>
            </details>
        }
    });
    view! { {families} {unfit} }
}

/// What has been begun is shown, where the formats fill the screen.
fn bring_into_sight(list: NodeRef<html::Section>) {
    let Some(list) = list.get_untracked() else { return };
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    let top = list.get_bounding_client_rect().top();
    if top < 0.0 || top > height * 0.75 {
        list.scroll_into_view();
    }
}

fn card(format: ExportFormat, reason: Option<String>, start: Action<ExportFormat, ()>) -> impl IntoView {
    let disabled = reason.is_some();
    let loss = format.cannot_carry();
    let button = move |format: ExportFormat, look: Look, words: &'static str| {
        view! {
            <Button
                size=Size::Small
                look=look
                disabled=disabled
                busy=start.pending()
                attr:aria-label=format!("Export as {}", format.name())
                on:click=move |_| {
                    start.dispatch(format);
                }
            >
                {words}
            </Button>
        }
    };
    view! {
        <li class="export-format" data-disabled=disabled.then_some("")>
            <h3>{format.name()}</h3>
            <p>{format.contains()}</p>
            {(!loss.is_empty()).then(|| view! { <p class="export-loss">{loss}</p> })}
            {reason.map(|reason| view! { <p class="export-loss">{reason}</p> })}
            <div class="export-format-ways">
                {button(format, Look::Plain, "Export")}
                {format.with_images().map(|format| button(format, Look::Quiet, "With images"))}
            </div>
        </li>
    }
}
