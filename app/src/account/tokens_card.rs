//! What programs act with in a person's name: keys and personal access tokens.

use domain::token::{Scope, TokenInfo, TokenKind};
use leptos::{html, prelude::*};

use super::api::{self, CreateToken, RevokeToken};
use crate::ui::{
    Badge, Banner, Button, Choice, ConfirmDialog, CopyLine, Dialog, DialogFoot, ErrorBanner, Form, FormActions, Icon,
    Look, RadioCards, Select, Size, SkeletonRows, SubmitButton, TextField, Time, Tone, answered, focus_when_free, lu,
    use_toasts,
};

/// The list, newest first.
#[component]
pub fn TokensCard() -> impl IntoView {
    let revoke = ServerAction::<RevokeToken>::new();
    let toasts = use_toasts();
    let made = RwSignal::new(0_u32);
    let open = RwSignal::new(false);
    let is_made = RwSignal::new(false);
    let asked = RwSignal::new(None::<TokenInfo>);
    let asks = RwSignal::new(false);
    let tokens = Resource::new(move || (revoke.version().get(), made.get()), |_| api::tokens());
    Effect::new(move |_| match revoke.value().get() {
        Some(Ok(())) => toasts.success("Token revoked"),
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    let list = answered(tokens, move |tokens| match tokens {
        Ok(tokens) => rows(tokens, asked, asks),
        Err(error) => view! { <div class="card-body"><ErrorBanner error/></div> }.into_any(),
    });
    let text = move || {
        asked.with(|token| {
            token.as_ref().map_or_else(String::new, |token| {
                format!("Programs that use “{}” are turned away from now on. This cannot be undone.", token.title)
            })
        })
    };
    view! {
        <section class="card" aria-label="Tokens">
            <Transition fallback=|| view! { <SkeletonRows rows=2/> }>{list}</Transition>
            <div class="card-foot">
                <span class="grow">"For scripts, the Label Studio SDK and other programs. " <a href="/help/api">"How to use them"</a></span>
                <Button size=Size::Small icon=lu::LuPlus on:click=move |_| {
                    is_made.set(false);
                    open.set(true);
                }>"New token"</Button>
            </div>
        </section>
        <Dialog open title=Signal::derive(move || if is_made.get() { "Your new token" } else { "New token" }.to_owned())>
            <TokenForm open made is_made/>
        </Dialog>
        <ConfirmDialog
            open=asks
            title="Revoke this token?".to_owned()
            text=Signal::derive(text)
            verb="Revoke"
            busy=revoke.pending()
            on_confirm=Callback::new(move |()| {
                if let Some(token) = asked.get_untracked() {
                    revoke.dispatch(RevokeToken { token_id: token.token_id });
                }
                asks.set(false);
            })
        />
    }
}

fn rows(tokens: Vec<TokenInfo>, asked: RwSignal<Option<TokenInfo>>, asks: RwSignal<bool>) -> AnyView {
    if tokens.is_empty() {
        return view! { <p class="card-body muted">"No program acts for you yet."</p> }.into_any();
    }
    let rows = tokens.into_iter().map(|token| row(token, asked, asks)).collect_view();
    view! { <ul class="rows" role="list">{rows}</ul> }.into_any()
}

fn row(token: TokenInfo, asked: RwSignal<Option<TokenInfo>>, asks: RwSignal<bool>) -> AnyView {
    let kind = match token.kind {
        TokenKind::Key => "Key",
        TokenKind::Personal => "Personal access token",
    };
    let used = match token.last_used_at {
        Some(at) => view! { " · last used " <Time at/> }.into_any(),
        None => view! { " · never used" }.into_any(),
    };
    let ends = match token.expires_at {
        Some(at) => view! { " · ends " <Time at/> }.into_any(),
        None => view! { " · does not end" }.into_any(),
    };
    let label = format!("Revoke {}", token.title);
    let (title, hint, scope) = (token.title.clone(), token.hint.clone(), token.scope);
    view! {
        <li>
            <span class="page-icon"><Icon icon=lu::LuKeyRound/></span>
            <div class="grow">
                <p class="row">
                    <span class="strong">{title}</span>
                    {(scope == Scope::Read).then(|| view! { <Badge tone=Tone::Neutral>"Read only"</Badge> })}
                </p>
                <p class="muted small">{kind} " " <span class="num">{format!("…{hint}")}</span> {used} {ends}</p>
            </div>
            <Button
                size=Size::Small
                attr:aria-label=label
                on:click=move |_| {
                    asked.set(Some(token.clone()));
                    asks.set(true);
                }
            >
                "Revoke"
            </Button>
        </li>
    }
    .into_any()
}

#[component]
fn TokenForm(open: RwSignal<bool>, made: RwSignal<u32>, is_made: RwSignal<bool>) -> impl IntoView {
    let action = ServerAction::<CreateToken>::new();
    let kind = RwSignal::new("key".to_owned());
    let days = RwSignal::new("90".to_owned());
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(_))) {
            made.update(|count| *count += 1);
            is_made.set(true);
        }
    });
    let created =
        Memo::new(move |_| action.value().get().and_then(Result::ok).map(|token| (token.info.kind, token.secret)));
    move || {
        match created.get() {
        Some((kind, secret)) => view! { <Made kind secret open/> }.into_any(),
        None => view! {
            <div class="dialog-body">
                <Form action label="New token">
                    <TextField name="title" label="What is it for?" placeholder="Nightly export" required=true max_length=100_u32/>
                    <RadioCards
                        name="kind"
                        label="Kind"
                        value=kind.get_untracked()
                        choices=vec![
                            Choice::new("key", "Key").icon(lu::LuKeyRound).help("Sent with every request. For scripts and curl."),
                            Choice::new("personal", "Personal access token").icon(lu::LuTicket)
                                .help("Exchanged for access that lasts minutes. For the SDK."),
                        ]
                        on_change=Callback::new(move |chosen: String| kind.set(chosen))
                    />
                    <div class="form-row">
                        <Select
                            name="scope"
                            label="May"
                            value="write".to_owned()
                            choices=vec![Choice::new("write", "Do all that I may"), Choice::new("read", "Only read")]
                        />
                        {move || {
                            let mut choices = vec![
                                Choice::new("30", "30 days"),
                                Choice::new("90", "90 days"),
                                Choice::new("365", "1 year"),
                            ];
                            if kind.get() == "key" {
                                choices.push(Choice::new("0", "No end"));
                            } else if days.get_untracked() == "0" {
                                // A personal access token has an end.
                                days.set("365".to_owned());
                            }
                            let value = days.get_untracked();
                            let on_change = Callback::new(move |chosen| days.set(chosen));
                            view! { <Select name="days" label="Ends after" value choices on_change/> }
                        }}
                    </div>
                    <FormActions end=true>
                        <Button on:click=move |_| open.set(false)>"Cancel"</Button>
                        <SubmitButton>"Make the token"</SubmitButton>
                    </FormActions>
                </Form>
            </div>
        }
        .into_any(),
    }
    }
}

#[component]
fn Made(kind: TokenKind, secret: String, open: RwSignal<bool>) -> impl IntoView {
    let (words, line) = match kind {
        TokenKind::Key => (
            "This is the key. It is shown only now: keep it where programs keep secrets.",
            "Programs send it as “Authorization: Token …”.",
        ),
        TokenKind::Personal => (
            "This is the token. It is shown only now: keep it where programs keep secrets.",
            "The SDK takes it as api_key and does the rest.",
        ),
    };
    // The button that had the focus is gone.
    let here = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(here) = here.get() {
            focus_when_free(here.into());
        }
    });
    view! {
        <div class="dialog-body stack" tabindex="-1" node_ref=here>
            <Banner tone=Tone::Success><p>{words}</p></Banner>
            <CopyLine text=secret label="the token"/>
            <p class="muted small">{line}</p>
        </div>
        <DialogFoot>
            <Button look=Look::Primary on:click=move |_| open.set(false)>"Done"</Button>
        </DialogFoot>
    }
}
