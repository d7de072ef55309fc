//! Mails that were written while no mail server is configured. Development only.

use leptos::prelude::*;

use super::api::{self, OutboxMail};
use crate::lost::Failed;
use crate::shell::Plain;
use crate::ui::{EmptyState, LinkButton, Size, Time, lu};

/// The page at `/dev/outbox`.
#[component]
pub fn OutboxPage() -> impl IntoView {
    let mails = Resource::new_blocking(|| (), |()| api::outbox());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match mails.await {
                    Ok(mails) => list(mails),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn list(mails: Vec<OutboxMail>) -> AnyView {
    let body = if mails.is_empty() {
        view! { <EmptyState icon=lu::LuInbox title="No mail yet" text="Sign up or invite somebody, and the mail appears here."/> }
            .into_any()
    } else {
        mails.into_iter().enumerate().map(|(at, mail)| letter(mail, at == 0)).collect_view().into_any()
    };
    view! {
        <Plain title="Outbox" text="In development no mail leaves this machine. The newest is first.">
            <div class="outbox">{body}</div>
        </Plain>
    }
    .into_any()
}

fn letter(mail: OutboxMail, open: bool) -> AnyView {
    let links = links(&mail.text)
        .into_iter()
        .map(|link| {
            let words = link.clone();
            view! {
                <LinkButton href=link size=Size::Small icon=lu::LuExternalLink attr:rel="external">"Open the link"</LinkButton>
                <span class="mono small outbox-link">{words}</span>
            }
        })
        .collect_view();
    view! {
        <details class="outbox-mail" open=open>
            <summary>
                <span class="strong">{mail.subject}</span>
                <span class="muted small">{mail.to} " · " <Time at=mail.created_at/></span>
            </summary>
            <div class="stack gap-3">
                <div class="row">{links}</div>
                <pre class="outbox-text">{mail.text}</pre>
            </div>
        </details>
    }
    .into_any()
}

/// The addresses in a plain text.
fn links(text: &str) -> Vec<String> {
    text.split_whitespace()
        .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_a_letter() {
        let text = "Hello Ana,\n\nConfirm:\nhttp://localhost:3000/verify?token=abc\n\nSynapse\n";
        assert_eq!(links(text), ["http://localhost:3000/verify?token=abc"]);
    }
}
