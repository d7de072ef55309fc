//! `/projects/{id}/export`.

use domain::{
    access::ProjectPermission,
    format::{ExportFormat, ExportRun, Family},
    id::ExportId,
    import::RunStatus,
};
use leptos::{html, prelude::*};

use super::{
    api::{export_formats, export_views, exports, start_export},
    options::{Chosen, Options},
    run::RunRow,
};
use crate::{
    error::AppError,
    lost::PartFailed,
    project::{ProjectFrame, project_id_param},
    ui::{Button, EmptyState, ErrorBanner, Look, Size, SkeletonRows, answered, lu},
};

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
                Err(problem) => error.set(Some(problem)),
            }
        }
    });
    view! {
        <ProjectFrame project_id permission=ProjectPermission::Export title="Export">
            <div class="export">
                {move || error.get().map(|error| view! { <ErrorBanner error/> })}
                <Options chosen views/>
                <Suspense fallback=|| view! { <SkeletonRows rows=4/> }>
                    {answered(formats, move |answer| match answer {
                        Ok(formats) => families(&formats, start).into_any(),
                        Err(error) => view! { <PartFailed error/> }.into_any(),
                    })}
                </Suspense>
                <section class="export-made" node_ref=list>
                <h2 class="export-heading">"Your exports"</h2>
                <Transition fallback=|| view! { <SkeletonRows rows=3/> }>
                    {answered(runs, move |answer| match answer {
                        Ok(runs) if runs.is_empty() => view! {
                            <EmptyState
                                icon=lu::LuDownload
                                title="No exports yet"
                                text="Choose a format above. The file stays here until you delete it."
                            />
                        }
                        .into_any(),
                        Ok(runs) => {
                            let project_id = project_id.get_untracked();
                            let fitting: Vec<ExportFormat> = formats
                                .get()
                                .and_then(Result::ok)
                                .unwrap_or_default()
                                .into_iter()
                                .filter_map(|(format, reason)| reason.is_none().then_some(format))
                                .collect();
                            let snapshots = snapshots(&runs);
                            let rows = runs.into_iter().map(|run| {
                                let others = snapshots.iter().filter(|(id, _)| *id != run.export_id).cloned().collect();
                                view! { <RunRow project_id run others formats=fitting.clone() changed/> }
                            });
                            view! { <ul class="export-runs" role="list">{rows.collect_view()}</ul> }.into_any()
                        }
                        Err(error) => view! { <PartFailed error/> }.into_any(),
                    })}
                </Transition>
                </section>
            </div>
        </ProjectFrame>
    }
    .into_any()
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

/// What has been begun is shown, where the formats above fill the screen.
fn bring_into_sight(list: NodeRef<html::Section>) {
    let Some(list) = list.get_untracked() else { return };
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    if list.get_bounding_client_rect().top() > height * 0.75 {
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
