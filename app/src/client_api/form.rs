//! A client API to be added, or to be changed: with what would be sent, and a way to try it.

use domain::client_api::{
    ClientApi, ClientApiForm, MAX_FIELD_CHARS, MAX_GROUP_CHARS, MAX_PATH_CHARS, MAX_TIMEOUT_S, MAX_URL_CHARS, Method,
    SampleTask, Taking,
};
use domain::id::ProjectId;
use leptos::{html, prelude::*};

use super::api::{PutClientApi, TryClientApi};
use super::trial::{Preview, Trial};
use crate::headers::{Headers, known, typed};
use crate::ui::{
    Button, Checkbox, Choice, FormActions, FormScope, Look, Select, TextArea, TextField, focus_first_error, length, lu,
    number_in,
};

/// What answers are.
fn kinds() -> Vec<Choice> {
    vec![
        Choice::new("json", "A place in a JSON answer"),
        Choice::new("text", "The whole answer, as text"),
        Choice::new("file", "The whole answer, as a file: sound, picture, film, PDF"),
        Choice::new("encoded", "A file in Base64 at a place in a JSON answer"),
    ]
}

/// The form in its dialog.
#[component]
pub(super) fn ClientApiDialog(
    project_id: ProjectId,
    /// The one to be changed.
    api: Option<ClientApi>,
    sample: Option<SampleTask>,
    open: RwSignal<bool>,
    put: ServerAction<PutClientApi>,
) -> impl IntoView {
    // What was asked for before is not this form's.
    put.value().set(None);
    let trying = ServerAction::<TryClientApi>::new();
    let id = api.as_ref().map(|api| api.client_api_id);
    let before = api.map(|api| api.form()).unwrap_or_default();
    let text = |text: &str| RwSignal::new(text.to_owned());
    let (data_key, group, url) = (text(&before.data_key), text(&before.group), text(&before.url));
    let (payload, path) = (text(&before.payload), text(before.taking.path()));
    let method = RwSignal::new(before.method);
    let kind = RwSignal::new(before.taking.name().to_owned());
    let headers = known(&before.headers);
    let cost = text(&before.cost_per_call.to_string());
    let currency = text(&before.currency);
    let budget = RwSignal::new(before.budget.map(|budget| budget.to_string()).unwrap_or_default());
    let per_day = RwSignal::new(before.calls_per_day.map(|calls| calls.to_string()).unwrap_or_default());
    let timeout = text(&before.timeout_s.to_string());
    let at_import = RwSignal::new(before.at_import);
    let is_enabled = before.is_enabled;
    let form = move || ClientApiForm {
        data_key: data_key.get(),
        group: group.get(),
        url: url.get(),
        method: method.get(),
        headers: typed(headers),
        payload: payload.get(),
        taking: Taking::of(&kind.get(), &path.get()).unwrap_or_default(),
        timeout_s: number_in(&timeout.get(), 0),
        cost_per_call: number_in(&cost.get(), rust_decimal::Decimal::NEGATIVE_ONE),
        currency: currency.get(),
        budget: Some(budget.get())
            .filter(|typed| !typed.trim().is_empty())
            .map(|typed| number_in(&typed, rust_decimal::Decimal::NEGATIVE_ONE)),
        calls_per_day: Some(per_day.get()).filter(|typed| !typed.trim().is_empty()).map(|typed| number_in(&typed, 0)),
        at_import: at_import.get(),
        is_enabled,
    };
    let preview = Signal::derive(form);
    let has_sample = sample.is_some();
    let pending = Signal::derive(move || put.pending().get() || trying.pending().get());
    // Whichever of the two was asked last has the word.
    let was_try = RwSignal::new(false);
    let error = Signal::derive(move || match was_try.get() {
        true => trying.value().get().and_then(Result::err),
        false => put.value().get().and_then(Result::err),
    });
    let outcome = move || trying.value().get().filter(|_| was_try.get() && !pending.get());
    let node = NodeRef::<html::Form>::new();
    focus_first_error(node, error);
    let methods = Method::ALL.map(|method| Choice::new(method.as_str(), method.as_str())).to_vec();
    let has_place = Memo::new(move |_| kind.with(|kind| kind == "json" || kind == "encoded"));
    let verb = if id.is_some() { "Save" } else { "Add the client API" };
    view! {
        <div class="dialog-body">
            <FormScope error pending>
                <form
                    class="form"
                    aria-label="Client API"
                    node_ref=node
                    novalidate=true
                    on:submit=move |event| {
                        event.prevent_default();
                        was_try.set(false);
                        put.dispatch(PutClientApi { project_id, client_api_id: id, form: preview.get_untracked() });
                    }
                >
                    <div class="storage-pair">
                        <TextField
                            name="data_key"
                            label="Field it fills"
                            bind=data_key
                            required=true
                            placeholder="translation"
                            max_length=length(MAX_FIELD_CHARS)
                            help="Of each task's data. The labeling interface names it as $translation."
                        />
                        <TextField
                            name="group"
                            label="Group"
                            bind=group
                            required=true
                            max_length=length(MAX_GROUP_CHARS)
                            help="Groups of a field are asked in order: when one fails, the next stands in."
                        />
                    </div>
                    <div class="client-api-address">
                        <Select
                            name="method"
                            label="Method"
                            value=before.method.as_str().to_owned()
                            choices=methods
                            on_change=Callback::new(move |name: String| method.set(Method::from_name(&name).unwrap_or_default()))
                        />
                        <TextField
                            name="url"
                            label="Address"
                            kind="url"
                            bind=url
                            required=true
                            max_length=length(MAX_URL_CHARS)
                            placeholder="https://api.example.com/v2/translate"
                        />
                    </div>
                    <Headers headers/>
                    <div class="client-api-payload">
                        <TextArea
                            name="payload"
                            label="What is sent"
                            bind=payload
                            optional=true
                            rows=6
                            placeholder="{\"text\": \"$text\", \"target_lang\": \"ES\"}"
                            help="JSON. $text or ${any name} stand for a field of the task, $$ for a dollar sign."
                        />
                    </div>
                    <Preview form=preview sample/>
                    <div class="storage-pair">
                        <Select
                            name="taking"
                            label="What becomes the value"
                            value=kind.get_untracked()
                            choices=kinds()
                            on_change=Callback::new(move |name: String| kind.set(name))
                        />
                        <Show when=move || has_place.get()>
                            <TextField
                                name="path"
                                label="Place in the answer"
                                bind=path
                                optional=true
                                max_length=length(MAX_PATH_CHARS)
                                placeholder="translations[0].text"
                                help="All of it without one."
                            />
                        </Show>
                    </div>
                    <Checkbox
                        name="at_import"
                        label="Fill tasks as they are imported"
                        checked=before.at_import
                        on_change=Callback::new(move |on| at_import.set(on))
                    />
                    <details class="client-api-limits">
                        <summary>"Costs and limits"</summary>
                        <div class="form">
                            <div class="storage-pair">
                                <TextField name="cost_per_call" label="Cost of a call" bind=cost/>
                                <TextField name="currency" label="Currency" bind=currency max_length=3_u32/>
                            </div>
                            <div class="storage-pair">
                                <TextField name="budget" label="It may cost in all" bind=budget optional=true/>
                                <TextField
                                    name="calls_per_day"
                                    label="Calls a day"
                                    kind="number"
                                    min="1".to_owned()
                                    bind=per_day
                                    optional=true
                                />
                            </div>
                            <TextField
                                name="timeout_s"
                                label="Seconds an answer is waited for"
                                kind="number"
                                min="1".to_owned()
                                max=MAX_TIMEOUT_S.to_string()
                                bind=timeout
                            />
                        </div>
                    </details>
                    {move || outcome().map(|outcome| view! { <Trial outcome/> })}
                    <FormActions end=true>
                        <Button
                            icon=lu::LuFlaskConical
                            busy=trying.pending()
                            disabled=Signal::stored(!has_sample)
                            on:click=move |_| {
                                was_try.set(true);
                                let form = preview.get_untracked();
                                trying.dispatch(TryClientApi { project_id, client_api_id: id, form, task_id: None });
                            }
                        >
                            "Try it"
                        </Button>
                        <Button on:click=move |_| open.set(false)>"Cancel"</Button>
                        <Button look=Look::Primary kind="submit" busy=put.pending()>{verb}</Button>
                    </FormActions>
                </form>
            </FormScope>
        </div>
    }
    .into_any()
}
