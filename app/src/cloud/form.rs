//! A storage to be added, or to be changed.

use domain::cloud::{
    CloudStorage, Direction, ListedObject, MAX_DESCRIPTION_CHARS, MAX_REGEX_CHARS, MAX_TITLE_CHARS, MAX_TTL_MINUTES,
    StorageForm, StorageKind,
};
use domain::id::ProjectId;
use leptos::{html, prelude::*};

use super::api::{CheckStorage, PutStorage};
use super::places::{Typed, Where, Who};
use crate::ui::{
    Banner, Button, Checkbox, Choice, FormActions, FormScope, Look, RadioCards, Select, TextArea, TextField, Tone,
    focus_first_error, length, lu, number_in,
};

/// The storage answers: with these objects first, where tasks come from it.
fn answered(direction: Direction, objects: &[ListedObject]) -> AnyView {
    if direction == Direction::Import && objects.is_empty() {
        let text = "The storage answers, but among what it lists first there is no object that would come.";
        return view! { <Banner tone=Tone::Warning><p>{text}</p></Banner> }.into_any();
    }
    let words = if objects.is_empty() { "The storage answers." } else { "The storage answers. This comes first:" };
    let keys: Vec<String> = objects.iter().map(|object| object.key.clone()).collect();
    view! {
        <Banner tone=Tone::Success>
            <p>{words}</p>
            <ul class="storage-preview" role="list">
                {keys.into_iter().map(|key| view! { <li><code>{key}</code></li> }).collect_view()}
            </ul>
        </Banner>
    }
    .into_any()
}

/// The form in its dialog. Nothing is stored before the storage has answered.
#[component]
pub(super) fn StorageDialog(
    project_id: ProjectId,
    /// The one to be changed.
    storage: Option<CloudStorage>,
    /// Of a new one.
    direction: Direction,
    allows_folders: bool,
    open: RwSignal<bool>,
    put: ServerAction<PutStorage>,
) -> impl IntoView {
    // What was asked for before is not this form's.
    put.value().set(None);
    let check = ServerAction::<CheckStorage>::new();
    let id = storage.as_ref().map(|storage| storage.cloud_storage_id);
    let direction = storage.as_ref().map_or(direction, |storage| storage.direction);
    let usual = StorageForm::default();
    let hint = storage.as_ref().map(|storage| storage.credentials_hint.clone()).unwrap_or_default();
    let typed = Typed::of(storage.as_ref());
    let text = |of: fn(&CloudStorage) -> &str| {
        RwSignal::new(storage.as_ref().map(|storage| of(storage).to_owned()).unwrap_or_default())
    };
    let flag = |of: fn(&CloudStorage) -> bool, usual: bool| RwSignal::new(storage.as_ref().map_or(usual, of));
    let (title, description, regex) = (text(|it| &it.title), text(|it| &it.description), text(|it| &it.regex));
    let recursive = flag(|it| it.recursive, usual.recursive);
    let use_blob_urls = flag(|it| it.use_blob_urls, usual.use_blob_urls);
    let presign = flag(|it| it.presign, usual.presign);
    let can_delete = flag(|it| it.can_delete_objects, usual.can_delete_objects);
    let minutes = storage.as_ref().map_or(usual.presign_ttl_min, |storage| storage.presign_ttl_min);
    let minutes = RwSignal::new(minutes.to_string());
    let form = move || StorageForm {
        direction,
        title: title.get_untracked(),
        description: description.get_untracked(),
        place: typed.place(),
        prefix: typed.prefix.get_untracked(),
        credentials: typed.credentials(),
        regex: regex.get_untracked(),
        recursive: recursive.get_untracked(),
        use_blob_urls: use_blob_urls.get_untracked(),
        presign: presign.get_untracked(),
        presign_ttl_min: number_in(&minutes.get_untracked(), 0),
        can_delete_objects: can_delete.get_untracked(),
    };
    let pending = Signal::derive(move || put.pending().get() || check.pending().get());
    // Whichever of the two was asked last has the word.
    let was_check = RwSignal::new(false);
    let error = Signal::derive(move || match was_check.get() {
        true => check.value().get().and_then(Result::err),
        false => put.value().get().and_then(Result::err),
    });
    let answer = move || check.value().get().and_then(Result::ok).filter(|_| was_check.get() && !pending.get());
    let node = NodeRef::<html::Form>::new();
    focus_first_error(node, error);
    let kinds = StorageKind::ALL
        .into_iter()
        .filter(|kind| {
            let is_own = storage.as_ref().is_some_and(|storage| storage.place.kind() == *kind);
            *kind != StorageKind::Local || allows_folders || is_own
        })
        .map(|kind| Choice::new(kind.as_str(), kind.title()))
        .collect::<Vec<_>>();
    let on_kind = Callback::new(move |name: String| {
        if let Some(kind) = StorageKind::from_name(&name) {
            typed.kind.set(kind);
        }
    });
    let is_local = move || typed.kind.get() == StorageKind::Local;
    let source = move || {
        view! {
            <RadioCards
                name="use_blob_urls"
                label="What becomes a task"
                value=if use_blob_urls.get_untracked() { "objects" } else { "files" }.to_owned()
                choices=vec![
                    Choice::new("objects", "Each object").icon(lu::LuImage).help("Pictures, sounds, films, documents: one task shows one object."),
                    Choice::new("files", "What files say").icon(lu::LuFileJson).help("JSON, NDJSON or CSV: a file brings one task or many."),
                ]
                on_change=Callback::new(move |which: String| use_blob_urls.set(which == "objects"))
            />
            <TextField
                name="regex"
                label="Only keys that match"
                bind=regex
                optional=true
                max_length=length(MAX_REGEX_CHARS)
                placeholder=".*\\.(png|jpe?g)$"
                help="A regular expression, from where the key begins."
            />
            <Checkbox
                name="recursive"
                label="Look into folders within"
                checked=recursive.get_untracked()
                on_change=Callback::new(move |on| recursive.set(on))
            />
            <div class="form" hidden=is_local>
                <Checkbox
                    name="presign"
                    label="Browsers load objects from the storage itself"
                    help="By an address that is signed for a while. Otherwise they come through this server."
                    checked=presign.get_untracked()
                    on_change=Callback::new(move |on| presign.set(on))
                />
                <Show when=move || presign.get()>
                    <TextField
                        name="presign_ttl_min"
                        label="Minutes a signed address is good for"
                        kind="number"
                        min="1".to_owned()
                        max=MAX_TTL_MINUTES.to_string()
                        bind=minutes
                    />
                </Show>
            </div>
        }
    };
    let target = move || {
        view! {
            <Checkbox
                name="can_delete_objects"
                label="Delete the objects of deleted annotations"
                checked=can_delete.get_untracked()
                on_change=Callback::new(move |on| can_delete.set(on))
            />
        }
    };
    view! {
        <div class="dialog-body">
            <FormScope error pending>
                <form
                    class="form"
                    aria-label="Storage"
                    node_ref=node
                    novalidate=true
                    on:submit=move |event| {
                        event.prevent_default();
                        was_check.set(false);
                        put.dispatch(PutStorage { project_id, cloud_storage_id: id, form: form() });
                    }
                >
                    <Select
                        name="kind"
                        label="Kind"
                        value=typed.kind.get_untracked().as_str().to_owned()
                        choices=kinds
                        on_change=on_kind
                    />
                    <Where typed/>
                    <Who typed hint/>
                    {if direction == Direction::Import { source().into_any() } else { target().into_any() }}
                    <TextField
                        name="title"
                        label="Name"
                        bind=title
                        optional=true
                        max_length=length(MAX_TITLE_CHARS)
                        help="Without one it is called after its bucket or folder."
                    />
                    <TextArea
                        name="description"
                        label="Description"
                        bind=description
                        optional=true
                        rows=2
                        max_length=length(MAX_DESCRIPTION_CHARS)
                    />
                    {move || answer().map(|objects| answered(direction, &objects))}
                    <FormActions end=true>
                        <Button
                            busy=check.pending()
                            on:click=move |_| {
                                was_check.set(true);
                                check.dispatch(CheckStorage { project_id, cloud_storage_id: id, form: form() });
                            }
                        >
                            "Check connection"
                        </Button>
                        <Button on:click=move |_| open.set(false)>"Cancel"</Button>
                        <Button look=Look::Primary kind="submit" busy=put.pending()>
                            {if id.is_some() { "Save" } else { "Add" }}
                        </Button>
                    </FormActions>
                </form>
            </FormScope>
        </div>
    }
    .into_any()
}
