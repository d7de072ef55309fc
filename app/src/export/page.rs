//! `/projects/{id}/export`.

use domain::{
    format::{ExportFormat, ExportRun, Manifest},
    id::{ExportId, ProjectId},
    import::RunStatus,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::api::{delete_export, export_formats, exports, start_export};
use crate::{
    error::AppError,
    lost::PartFailed,
    shell::{Crumb, Page},
    ui::{
        Badge, Banner, Button, ConfirmDialog, EmptyState, ErrorBanner, IconButton, Look, ProgressBar, Size,
        SkeletonRows, Switch, Time, Tone, answered, bytes, lu, plural, use_toasts,
    },
    watch::watch,
};

/// Where work goes out.
#[component]
pub fn ExportPage() -> impl IntoView {
    let params = use_params_map();
    let project_id = Memo::new(move |_| {
        params.with(|params| params.get("id").and_then(|id| id.parse().ok()).unwrap_or(ProjectId(0)))
    });
    let crumbs = Signal::derive(move || {
        let id = project_id.get();
        vec![Crumb::new("Projects", "/projects"), Crumb::new("Project", format!("/projects/{id}"))]
    });
    let changed = RwSignal::new(0_u32);
    let formats = Resource::new(move || project_id.get(), export_formats);
    let runs = Resource::new(move || (project_id.get(), changed.get()), |(id, _)| exports(id));
    let include_unlabeled = RwSignal::new(false);
    let error = RwSignal::new(None::<AppError>);
    let start = Action::new(move |format: &ExportFormat| {
        let format = *format;
        async move {
            match start_export(project_id.get_untracked(), format, include_unlabeled.get_untracked()).await {
                Ok(_) => {
                    error.set(None);
                    changed.update(|count| *count += 1);
                }
                Err(problem) => error.set(Some(problem)),
            }
        }
    });
    view! {
        <Page title="Export" crumbs>
            <div class="export">
                {move || error.get().map(|error| view! { <ErrorBanner error/> })}
                <Switch
                    name="include_unlabeled"
                    label="Include tasks nobody has labeled"
                    help="They come along marked as not labeled, and are never taken for empty ones."
                    on_change=Callback::new(move |on| include_unlabeled.set(on))
                />
                <Suspense fallback=|| view! { <SkeletonRows rows=4/> }>
                    {answered(formats, move |answer| match answer {
                        Ok(formats) => {
                            let cards = formats.into_iter().map(|(format, reason)| card(format, reason, start));
                            view! { <ul class="export-formats" role="list">{cards.collect_view()}</ul> }.into_any()
                        }
                        Err(error) => view! { <PartFailed error/> }.into_any(),
                    })}
                </Suspense>
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
                            let rows = runs.into_iter().map(|run| view! { <RunRow project_id run changed/> });
                            view! { <ul class="export-runs" role="list">{rows.collect_view()}</ul> }.into_any()
                        }
                        Err(error) => view! { <PartFailed error/> }.into_any(),
                    })}
                </Transition>
            </div>
        </Page>
    }
    .into_any()
}

fn card(format: ExportFormat, reason: Option<String>, start: Action<ExportFormat, ()>) -> impl IntoView {
    let disabled = reason.is_some();
    let loss = format.cannot_carry();
    view! {
        <li class="export-format" data-disabled=disabled.then_some("")>
            <h3>{format.name()}</h3>
            <p>{format.contains()}</p>
            {(!loss.is_empty()).then(|| view! { <p class="export-loss">{loss}</p> })}
            {reason.map(|reason| view! { <p class="export-loss">{reason}</p> })}
            <Button
                size=Size::Small
                disabled=disabled
                busy=start.pending()
                attr:aria-label=format!("Export as {}", format.name())
                on:click=move |_| {
                    start.dispatch(format);
                }
            >
                "Export"
            </Button>
        </li>
    }
}

/// One export: its progress, then its file.
#[component]
fn RunRow(project_id: ProjectId, run: ExportRun, changed: RwSignal<u32>) -> impl IntoView {
    let export_id = run.export_id;
    let name = run.format.name();
    let run = RwSignal::new(run);
    watch(format!("/events/projects/{project_id}/exports/{export_id}"), run, |run| run.status.is_over());
    let is_asking = RwSignal::new(false);
    let toasts = use_toasts();
    let delete = Action::new(move |id: &ExportId| {
        let id = *id;
        async move {
            match delete_export(project_id, id).await {
                Ok(()) => changed.update(|count| *count += 1),
                Err(error) => toasts.error(&error),
            }
            is_asking.set(false);
        }
    });
    let share = Signal::derive(move || {
        run.with(|run| {
            let total = run.total.filter(|total| *total > 0)?;
            let permille = u32::try_from(run.done.min(total).saturating_mul(1000) / total).ok()?;
            Some(f64::from(permille) / 1000.0)
        })
    });
    view! {
        <li class="export-run">
            <div class="export-run-words">
                <h3>{name}</h3>
                {move || run.with(|run| badge(run.status))}
                <span class="export-run-when">
                    {move || run.with(|run| view! { <Time at=run.created_at/> })}
                    {move || run.with(|run| run.size_bytes.map(|size| format!(" · {}", bytes(size))))}
                </span>
                {move || run.with(|run| run.manifest.as_ref().map(account))}
                {move || run.with(|run| run.error.clone().map(|error| view! { <Banner tone=Tone::Danger>{error}</Banner> }))}
                <Show when=move || run.with(|run| !run.status.is_over())>
                    <ProgressBar label=format!("Writing {name}") value=share/>
                </Show>
            </div>
            <div class="export-run-actions">
                <Show when=move || run.with(|run| run.status == RunStatus::Completed)>
                    <a
                        class="button"
                        data-look="primary"
                        data-size="small"
                        href=format!("/projects/{project_id}/exports/{export_id}/download")
                        download=""
                        rel="external"
                    >
                        "Download"
                    </a>
                </Show>
                <IconButton
                    icon=lu::LuTrash2
                    label=format!("Delete this {name} export")
                    look=Look::Quiet
                    on:click=move |_| is_asking.set(true)
                />
            </div>
            <ConfirmDialog
                open=is_asking
                title="Delete this export?"
                text="The file is gone afterwards. The work itself stays, and can be exported again."
                verb="Delete"
                busy=delete.pending()
                on_confirm=Callback::new(move |()| {
                    delete.dispatch(export_id);
                })
            />
        </li>
    }
}

fn badge(status: RunStatus) -> impl IntoView {
    let (tone, word) = match status {
        RunStatus::Created => (Tone::Neutral, "Waiting"),
        RunStatus::InProgress => (Tone::Accent, "Writing"),
        RunStatus::Completed => (Tone::Success, "Ready"),
        RunStatus::Failed => (Tone::Danger, "Failed"),
        RunStatus::Cancelled => (Tone::Neutral, "Cancelled"),
    };
    view! { <Badge tone dot=true>{word}</Badge> }
}

/// What is in the file, and what stayed behind.
fn account(manifest: &Manifest) -> impl IntoView + use<> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let mut words = format!(
        "{}, {}",
        plural(number(manifest.tasks_written), "task", "tasks"),
        plural(number(manifest.annotations), "annotation", "annotations")
    );
    if manifest.reviewed_empty > 0 {
        words.push_str(&format!(", {} reviewed and empty", manifest.reviewed_empty));
    }
    let losses: Vec<_> =
        manifest.losses.iter().map(|loss| view! { <li>{format!("{}× {}", loss.count, loss.message)}</li> }).collect();
    let summary = plural(number(manifest.losses.len() as u64), "note", "notes");
    view! {
        <p class="export-run-account">{words}</p>
        {(!losses.is_empty()).then(|| view! {
            <details class="export-losses">
                <summary>{format!("{summary} on what was changed or left out")}</summary>
                <ul>{losses}</ul>
            </details>
        })}
    }
}
