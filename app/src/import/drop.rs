//! A place for files: dropped or chosen, sent one after another with their progress.

use domain::id::{FileId, ProjectId};
use leptos::{ev, html, prelude::*};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, File, FileList};

use super::upload::send;
use crate::ui::{Icon, ProgressBar, bytes, lu};

/// A file on its way to the server.
#[derive(Clone)]
struct Sending {
    name: String,
    size: u64,
    done: RwSignal<f64>,
    error: RwSignal<Option<String>>,
}

/// A file that misses its place would be opened by the browser instead of this page.
pub(super) fn keep_drops_out() {
    let over = window_event_listener(ev::dragover, |event| event.prevent_default());
    let drop = window_event_listener(ev::drop, |event| event.prevent_default());
    on_cleanup(move || {
        over.remove();
        drop.remove();
    });
}

/// Files by drop or dialog: sent one after another, then handed over together.
#[component]
pub(super) fn DropZone(
    project_id: Memo<ProjectId>,
    /// What the file dialog offers.
    accept: &'static str,
    /// What is asked for, and what it may be.
    title: &'static str,
    hint: &'static str,
    /// Takes the files that were received, at least one.
    on_sent: Callback<Vec<FileId>>,
) -> impl IntoView {
    let is_over = RwSignal::new(false);
    let sending = RwSignal::new(Vec::<Sending>::new());
    let busy = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let take = move |list: Option<FileList>| {
        let files: Vec<File> =
            list.map(|list| (0..list.length()).filter_map(|index| list.get(index)).collect()).unwrap_or_default();
        if files.is_empty() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            send_all(project_id.get_untracked(), files, sending, on_sent).await;
            busy.set(false);
        });
    };
    let on_drop = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(false);
        take(event.data_transfer().and_then(|data| data.files()));
    };
    let on_change = move |_: ev::Event| {
        if let Some(input) = input.get_untracked() {
            take(input.files());
            // The same file may be chosen again after it was mended.
            input.set_value("");
        }
    };
    view! {
        <label
            class="import-drop"
            data-over=move || is_over.get().then_some("")
            data-busy=move || busy.get().then_some("")
            on:dragover=move |event| {
                event.prevent_default();
                is_over.set(true);
            }
            on:dragleave=move |_| is_over.set(false)
            on:drop=on_drop
        >
            <input
                class="sr-only"
                type="file"
                multiple
                accept=accept
                node_ref=input
                disabled=move || busy.get()
                on:change=on_change
            />
            <Icon icon=lu::LuUpload/>
            <strong>{title}</strong>
            <span>{hint}</span>
        </label>
        <ul class="import-sending" role="list" aria-label="Files being sent">
            <For each=move || sending.get() key=|file| file.name.clone() let:file>
                <li>
                    <span class="import-file-name">{file.name.clone()}</span>
                    <span class="import-file-size">{bytes(file.size)}</span>
                    {move || match file.error.get() {
                        Some(reason) => view! { <span class="import-file-error" role="alert">{reason}</span> }.into_any(),
                        None => {
                            let done = file.done;
                            let label = format!("Sending {}", file.name);
                            view! { <ProgressBar label value=Signal::derive(move || Some(done.get()))/> }.into_any()
                        }
                    }}
                </li>
            </For>
        </ul>
    }
}

/// Sends every file; what was refused stays on the list with its reason, the rest is handed over.
async fn send_all(
    project_id: ProjectId,
    files: Vec<File>,
    sending: RwSignal<Vec<Sending>>,
    on_sent: Callback<Vec<FileId>>,
) {
    let mut received: Vec<FileId> = Vec::new();
    sending.set(Vec::new());
    for file in files {
        // Sizes are whole numbers that a float holds exactly.
        let size = format!("{:.0}", file.size()).parse().unwrap_or(0);
        let line = Sending { name: file.name(), size, done: RwSignal::new(0.0), error: RwSignal::new(None) };
        sending.update(|list| list.push(line.clone()));
        match send(project_id, &file, line.done).await {
            Ok(file_id) => {
                received.push(file_id);
                sending.update(|list| list.retain(|other| other.done != line.done));
            }
            Err(error) => line.error.set(Some(error.sentence())),
        }
    }
    if !received.is_empty() {
        on_sent.run(received);
    }
}
