//! Signing up: as somebody who needs data labeled, or as somebody who labels it; or by an invitation.

use leptos::prelude::*;
use leptos_router::components::{A, Redirect};
use leptos_router::hooks::use_query_map;

use super::api::SignUp;
use super::strength::NewPasswordField;
use super::{HOME, leave_for, query_value, use_session};
use crate::org::invite_of;
use crate::shell::Plain;
use crate::ui::{Choice, Form, FormActions, RadioCards, Size, SubmitButton, TextField, lu};

/// The page at `/signup`. `invite` carries the token of an invitation, `next` the page that asked for a sign-in.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let query = use_query_map();
    let get = move |name: &str| query.with_untracked(|query| query.get(name)).unwrap_or_default();
    let next = get("next");
    let invite = match get("invite") {
        token if token.is_empty() => invite_of(&next).unwrap_or_default().to_owned(),
        token => token,
    };
    let invited = !invite.is_empty();
    let session = use_session();
    let action = ServerAction::<SignUp>::new();
    leave_for(move || action.value().get());
    let already = session.me().map(|_| view! { <Redirect path=HOME/> });
    let (name, email) = (RwSignal::new(String::new()), RwSignal::new(get("email")));
    let role = RwSignal::new(if get("as") == "annotator" { "annotator" } else { "client" }.to_owned());
    let known = Signal::derive(move || format!("{} {}", name.get(), email.get()));
    let text = if invited { "An account, and you are in." } else { "For a team, or for yourself." };
    let sign_in = if next.is_empty() { "/login".to_owned() } else { format!("/login?next={}", query_value(&next)) };
    view! {
        {already}
        <Plain
            title="Create an account"
            text=text.to_owned()
            foot=move || view! { <p>"You have one? " <A href=sign_in.clone()>"Sign in"</A></p> }
        >
            <Form action label="Create an account">
                <input type="hidden" name="invite" value=invite/>
                {if invited {
                    view! { <input type="hidden" name="sign_up_as" value="client"/> }.into_any()
                } else {
                    view! {
                        <RadioCards
                            name="sign_up_as"
                            label="What brings you here?"
                            value=role.get_untracked()
                            choices=vec![
                                Choice::new("client", "Get data labeled").icon(lu::LuBriefcase).help("Create projects and invite people."),
                                Choice::new("annotator", "Label data").icon(lu::LuPenTool).help("Work in the projects of others."),
                            ]
                            on_change=Callback::new(move |value| role.set(value))
                        />
                    }
                    .into_any()
                }}
                <TextField name="name" label="Your name" autocomplete="name" bind=name required=true max_length=120_u32/>
                <TextField name="email" label="E-mail" kind="email" autocomplete="username" bind=email required=true/>
                <NewPasswordField name="password" label="Password" known/>
                <Show when=move || !invited && role.with(|role| role == "client")>
                    <TextField
                        name="organization"
                        label="Organization"
                        autocomplete="organization"
                        optional=true
                        max_length=100_u32
                        help="Where your projects and people will be. You can rename it later."
                    />
                </Show>
                <FormActions>
                    <SubmitButton wide=true size=Size::Large>"Create the account"</SubmitButton>
                </FormActions>
                <p class="small muted">
                    "We send one mail to confirm the address. The people in your organization see your name and your address."
                </p>
            </Form>
        </Plain>
    }
    .into_any()
}
