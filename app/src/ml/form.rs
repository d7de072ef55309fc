//! A model to be added, or to be changed.

use domain::id::ProjectId;
use domain::ml::{
    Auth, Backend, BackendForm, DEFAULT_TIMEOUT_S, MAX_CREDENTIAL_CHARS, MAX_DESCRIPTION_CHARS, MAX_TIMEOUT_S,
    MAX_TITLE_CHARS, MAX_URL_CHARS, State,
};
use leptos::{html, prelude::*};

use super::api::PutModel;
use crate::ui::{
    Banner, Button, Checkbox, Choice, FormActions, FormScope, Look, PasswordField, Select, TextField, Tone,
    focus_first_error, length, number_in,
};

/// The form in its dialog. What was stored is said, with what the model answered to it.
#[component]
pub(super) fn ModelForm(
    project_id: ProjectId,
    /// The one to be changed.
    model: Option<Backend>,
    /// Whether a model of the project is asked while people draw: a new one does not take its place unasked.
    one_is_asked: bool,
    open: RwSignal<bool>,
    /// Goes on when the dialog is closed meanwhile.
    put: ServerAction<PutModel>,
) -> impl IntoView {
    // What was asked for before is not this form's.
    put.value().set(None);
    let ml_backend_id = RwSignal::new(model.as_ref().map(|model| model.ml_backend_id));
    // Stored, and not working: why, as the model or the way to it says.
    let trouble = RwSignal::new(None::<String>);
    let username = model.as_ref().and_then(|model| model.username.clone());
    let has_password = username.is_some();
    let title = RwSignal::new(model.as_ref().map(|model| model.title.clone()).unwrap_or_default());
    let description = RwSignal::new(model.as_ref().map(|model| model.description.clone()).unwrap_or_default());
    let extra_params = model.as_ref().and_then(|model| model.extra_params.clone());
    let url = RwSignal::new(model.as_ref().map(|model| model.url.clone()).unwrap_or_default());
    let seconds = model.as_ref().map_or(DEFAULT_TIMEOUT_S, |model| model.timeout_s);
    let seconds = RwSignal::new(seconds.to_string());
    let is_basic = RwSignal::new(has_password);
    let username = RwSignal::new(username.unwrap_or_default());
    let password = RwSignal::new(String::new());
    let was_interactive = model.as_ref().map_or(!one_is_asked, |model| model.is_interactive);
    let is_interactive = RwSignal::new(was_interactive);
    Effect::new(move |_| {
        let Some(Ok(model)) = put.value().get() else { return };
        if model.state == State::Up {
            open.set(false);
        } else {
            ml_backend_id.set(Some(model.ml_backend_id));
            trouble.set(Some(model.message));
        }
    });
    let send = move || {
        trouble.set(None);
        let password = Some(password.get_untracked()).filter(|password| !password.is_empty());
        let auth = match is_basic.get_untracked() {
            true => Auth::Basic { username: username.get_untracked(), password },
            false => Auth::None,
        };
        let form = BackendForm {
            title: title.get_untracked(),
            description: description.get_untracked(),
            url: url.get_untracked(),
            auth,
            timeout_s: number_in(&seconds.get_untracked(), 0),
            is_interactive: is_interactive.get_untracked(),
            // Programs set them.
            extra_params: extra_params.clone(),
        };
        put.dispatch(PutModel { project_id, ml_backend_id: ml_backend_id.get_untracked(), form });
    };
    let error = Signal::derive(move || put.value().get().and_then(Result::err));
    let form = NodeRef::<html::Form>::new();
    focus_first_error(form, error);
    let password_help = if has_password {
        "Leave it empty to keep the one that is stored. It is never shown again."
    } else {
        "It is sent to this server alone, and never shown again."
    };
    view! {
        <div class="dialog-body">
            <FormScope error pending=put.pending()>
                <form
                    class="form"
                    aria-label="Model"
                    node_ref=form
                    novalidate=true
                    on:submit=move |event| {
                        event.prevent_default();
                        send();
                    }
                >
                    {move || trouble.get().map(|why| view! {
                        <Banner tone=Tone::Warning title="Saved, but it does not work yet"><p>{why}</p></Banner>
                    })}
                    <TextField
                        name="title"
                        label="Name"
                        bind=title
                        required=true
                        max_length=length(MAX_TITLE_CHARS)
                        help="As people see it while they label."
                    />
                    <TextField
                        name="description"
                        label="Description"
                        optional=true
                        bind=description
                        max_length=length(MAX_DESCRIPTION_CHARS)
                    />
                    <TextField
                        name="url"
                        label="Address"
                        kind="url"
                        bind=url
                        required=true
                        max_length=length(MAX_URL_CHARS)
                        placeholder="https://models.example.com/segment"
                        help="Of a server that speaks the protocol of Label Studio's ML backends."
                    />
                    <Select
                        name="auth"
                        label="Sign-in"
                        value=if has_password { "basic".to_owned() } else { "none".to_owned() }
                        choices=vec![Choice::new("none", "None"), Choice::new("basic", "User name and password")]
                        on_change=Callback::new(move |how: String| is_basic.set(how == "basic"))
                    />
                    <Show when=move || is_basic.get()>
                        <TextField
                            name="username"
                            label="User name"
                            bind=username
                            autocomplete="off"
                            max_length=length(MAX_CREDENTIAL_CHARS)
                        />
                        <PasswordField
                            name="password"
                            label="Password"
                            autocomplete="new-password"
                            help=password_help
                            on_change=Callback::new(move |typed| password.set(typed))
                        />
                    </Show>
                    <TextField
                        name="timeout_s"
                        label="Seconds for a task"
                        help="While somebody draws it is given 50 at most."
                        kind="number"
                        min="1".to_owned()
                        max=MAX_TIMEOUT_S.to_string()
                        bind=seconds
                    />
                    <Checkbox
                        name="is_interactive"
                        label="Asked while people draw"
                        help="By what is drawn with smart tools. A project has one such model: another one hands over."
                        checked=was_interactive
                        on_change=Callback::new(move |on| is_interactive.set(on))
                    />
                    <FormActions end=true>
                        <Button on:click=move |_| open.set(false)>
                            {move || if trouble.get().is_some() || put.pending().get() { "Close" } else { "Cancel" }}
                        </Button>
                        <Button look=Look::Primary kind="submit" busy=put.pending()>
                            {move || if ml_backend_id.get().is_some() { "Save and check" } else { "Add and check" }}
                        </Button>
                    </FormActions>
                </form>
            </FormScope>
        </div>
    }
    .into_any()
}
