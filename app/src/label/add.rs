//! Labels of a project, for the library.

use std::collections::BTreeSet;

use domain::id::ProjectId;
use domain::label::Offer;
use leptos::prelude::*;

use super::api::{AddLabels as Add, offered_labels};
use crate::error::AppError;
use crate::ui::{
    Banner, Button, Checkbox, Choice, ErrorBanner, FormActions, Look, Select, SkeletonRows, Tone, plural, use_toasts,
};

#[component]
pub(super) fn AddLabels(
    sources: Vec<(ProjectId, String)>,
    open: RwSignal<bool>,
    on_added: Callback<()>,
) -> impl IntoView {
    let toasts = use_toasts();
    let project = RwSignal::new(sources.first().map(|(project_id, _)| *project_id));
    let chosen = RwSignal::new(BTreeSet::<usize>::new());
    let offers = RwSignal::new(None::<Result<Vec<Offer>, AppError>>);
    Effect::new(move |_| {
        let Some(project_id) = project.get() else { return };
        offers.set(None);
        leptos::task::spawn_local(async move {
            let answer = offered_labels(project_id).await;
            if project.try_get_untracked().flatten() != Some(project_id) {
                return;
            }
            let fresh = answer.iter().flatten().enumerate().filter(|(_, offer)| !offer.is_known);
            chosen.set(fresh.map(|(place, _)| place).collect());
            offers.set(Some(answer));
        });
    });
    let add = ServerAction::<Add>::new();
    Effect::new(move |_| {
        if let Some(Ok(added)) = add.value().get() {
            open.set(false);
            toasts.success(format!(
                "{} in the library",
                plural(i64::try_from(added).unwrap_or(i64::MAX), "label", "labels")
            ));
            on_added.run(());
        }
    });
    let choices: Vec<Choice> =
        sources.into_iter().map(|(project_id, title)| Choice::new(project_id.to_string(), title)).collect();
    let first = choices.first().map(|choice| choice.value.clone()).unwrap_or_default();
    let send = move |_| {
        let (Some(project_id), Some(Ok(offers))) = (project.get_untracked(), offers.get_untracked()) else { return };
        let chosen = chosen.get_untracked();
        let wanted = offers.into_iter().enumerate().filter(|(place, _)| chosen.contains(place));
        let labels = wanted.map(|(_, offer)| offer).collect();
        add.dispatch(Add { project_id, labels });
    };
    view! {
        <div class="dialog-body stack">
            <Select
                name="project"
                label="Project"
                choices
                value=first
                on_change=Callback::new(move |id: String| project.set(id.parse().ok()))
            />
            {move || match offers.get() {
                None => view! { <SkeletonRows rows=3/> }.into_any(),
                Some(Err(error)) => view! { <ErrorBanner error/> }.into_any(),
                Some(Ok(offers)) if offers.is_empty() => view! {
                    <Banner tone=Tone::Neutral>"The labeling interface of this project offers no labels."</Banner>
                }.into_any(),
                Some(Ok(offers)) => groups(&offers, chosen),
            }}
            {move || add.value().get().and_then(Result::err).map(|error| view! { <ErrorBanner error/> })}
            <FormActions end=true>
                <Button on:click=move |_| open.set(false)>"Cancel"</Button>
                <Button
                    look=Look::Primary
                    busy=add.pending()
                    disabled=Signal::derive(move || chosen.with(BTreeSet::is_empty) || offers.with(Option::is_none))
                    on:click=send
                >
                    {move || chosen.with(|chosen| match chosen.len() {
                        0 => "Add".to_owned(),
                        some => format!("Add {}", plural(i64::try_from(some).unwrap_or(i64::MAX), "label", "labels")),
                    })}
                </Button>
            </FormActions>
        </div>
    }
    .into_any()
}

/// What is offered, control by control.
fn groups(offers: &[Offer], chosen: RwSignal<BTreeSet<usize>>) -> AnyView {
    let mut groups: Vec<(String, Vec<AnyView>)> = Vec::new();
    for (place, offer) in offers.iter().enumerate() {
        if groups.last().is_none_or(|(name, _)| *name != offer.from_name) {
            groups.push((offer.from_name.clone(), Vec::new()));
        }
        let choice = if offer.is_known {
            view! { <li class="muted label-known">{offer.value.join(" › ")}<span class="small">"in the library"</span></li> }
                .into_any()
        } else {
            view! {
                <li>
                    <Checkbox
                        name="label"
                        id=format!("offer-{place}")
                        label=offer.value.join(" › ")
                        checked=true
                        on_change=Callback::new(move |on: bool| chosen.update(|chosen| {
                            if on { chosen.insert(place); } else { chosen.remove(&place); }
                        }))
                    />
                </li>
            }
            .into_any()
        };
        if let Some((_, choices)) = groups.last_mut() {
            choices.push(choice);
        }
    }
    let groups: Vec<_> = groups
        .into_iter()
        .map(|(name, choices)| {
            let label = name.clone();
            view! {
                <section class="label-offer" aria-label=label>
                    <h3><code>{name}</code></h3>
                    <ul role="list">{choices}</ul>
                </section>
            }
        })
        .collect();
    view! { <div class="label-offers">{groups}</div> }.into_any()
}
