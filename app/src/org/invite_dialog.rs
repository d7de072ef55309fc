//! Inviting: to one address by mail, or with a link for anybody.

use leptos::prelude::*;

use super::api::CreateInvite;
use super::org_page::use_org;
use crate::ui::{
    Banner, Button, Choice, CopyLine, Dialog, DialogFoot, Form, FormActions, Look, RadioCards, Select, SubmitButton,
    TextField, Tone, lu,
};

/// The dialog. The link is shown once, here.
#[component]
pub(super) fn InviteDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open title="Invite people".to_owned()>
            <InviteForm open/>
        </Dialog>
    }
}

#[component]
fn InviteForm(open: RwSignal<bool>) -> impl IntoView {
    let org = use_org();
    let action = ServerAction::<CreateInvite>::new();
    let by_mail = RwSignal::new(true);
    let email = RwSignal::new(String::new());
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(_))) {
            org.reload();
        }
    });
    let made = Memo::new(move |_| action.value().get().and_then(Result::ok));
    move || {
        match made.get() {
        Some(link) => view! { <Made link email=by_mail.get_untracked().then(|| email.get_untracked()) open/> }.into_any(),
        None => view! {
            <div class="dialog-body">
                <Form action label="Invite people">
                    <RadioCards
                        name="how"
                        label="How?"
                        value=if by_mail.get_untracked() { "mail".to_owned() } else { "link".to_owned() }
                        choices=vec![
                            Choice::new("mail", "By mail").icon(lu::LuMail).help("For one address, used once."),
                            Choice::new("link", "By link").icon(lu::LuLink).help("For whoever has it."),
                        ]
                        on_change=Callback::new(move |how: String| by_mail.set(how == "mail"))
                    />
                    <Show when=move || by_mail.get()>
                        <TextField name="email" label="E-mail" kind="email" autocomplete="off" bind=email required=true/>
                    </Show>
                    <div class="form-row">
                        <Select
                            name="role"
                            label="Role"
                            value="member".to_owned()
                            choices=vec![Choice::new("member", "Member"), Choice::new("admin", "Admin")]
                        />
                        <Select
                            name="days"
                            label="Works for"
                            value="7".to_owned()
                            choices=vec![
                                Choice::new("1", "1 day"),
                                Choice::new("7", "7 days"),
                                Choice::new("14", "14 days"),
                                Choice::new("30", "30 days"),
                            ]
                        />
                    </div>
                    <FormActions end=true>
                        <Button on:click=move |_| open.set(false)>"Cancel"</Button>
                        <SubmitButton>
                            {move || if by_mail.get() { "Send the invitation" } else { "Make the link" }}
                        </SubmitButton>
                    </FormActions>
                </Form>
            </div>
        }
        .into_any(),
    }
    }
}

#[component]
fn Made(link: String, email: Option<String>, open: RwSignal<bool>) -> impl IntoView {
    let words = match email {
        Some(email) => format!("The invitation is on its way to {email}. You can also hand over the link yourself:"),
        None => "Share this link. It is shown only now; make another one if you lose it.".to_owned(),
    };
    view! {
        <div class="dialog-body stack">
            <Banner tone=Tone::Success><p>{words}</p></Banner>
            <CopyLine text=link label="the link"/>
        </div>
        <DialogFoot>
            <Button look=Look::Primary on:click=move |_| open.set(false)>"Done"</Button>
        </DialogFoot>
    }
}
