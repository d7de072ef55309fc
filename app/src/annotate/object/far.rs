//! Texts behind addresses: fetched once the page is alive, by the server unless they are files of this site.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Shown;
use super::trouble::Trouble;
use crate::annotate::bench::OpenedTask;
use crate::annotate::media::Failure;
use crate::annotate::{api, browser};
use crate::ui::SkeletonRows;

/// How an object shows the text behind its address, or why it cannot.
type Show = Arc<dyn Fn(String) -> Result<AnyView, String> + Send + Sync>;

/// The text behind the address of an object, once it is there.
pub(super) fn view(shown: &Shown, show: impl Fn(String) -> Result<AnyView, String> + Send + Sync + 'static) -> AnyView {
    let (object, address) = (shown.name.clone(), shown.text().trim().to_owned());
    view! { <Far object address show=Arc::new(show)/> }.into_any()
}

#[component]
fn Far(
    /// The object's name.
    object: String,
    address: String,
    show: Show,
) -> impl IntoView {
    let task = use_context::<OpenedTask>();
    let text = RwSignal::new(None::<Result<String, String>>);
    let (object, place) = (StoredValue::new(object), StoredValue::new(address));
    let load = move || {
        text.set(None);
        let (object, address) = (object.get_value(), place.get_value());
        spawn_local(async move {
            let answer = fetch(task, object, &address).await;
            // The page may have gone on to another task.
            let _ = text.try_set(Some(answer));
        });
    };
    Effect::new(move |_| load());
    move || match text.get() {
        None => view! { <div class="text-surface" aria-busy="true"><SkeletonRows rows=6/></div> }.into_any(),
        Some(answer) => answer.and_then(|text| show(text)).unwrap_or_else(|sentence| {
            let failure = Failure::new("", sentence);
            view! { <Trouble failure address=place.get_value() again=Callback::new(move |()| load())/> }.into_any()
        }),
    }
}

async fn fetch(task: Option<OpenedTask>, object: String, address: &str) -> Result<String, String> {
    let is_here = address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/files/");
    match task {
        _ if address.is_empty() => Err("This task has no text here.".to_owned()),
        Some(task) if !is_here => {
            api::text(task.project_id, task.task_id, object).await.map_err(|error| error.sentence())
        }
        None if !is_here => Err("The text behind this address is fetched when a task is opened.".to_owned()),
        _ => browser::fetch_text(address).await,
    }
}
