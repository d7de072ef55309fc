//! Mails that were written while no mail server is configured. Development only.

use leptos::prelude::*;

use super::api::{self, OutboxMail};
use crate::lost::Failed;
use crate::shell::Plain;
use crate::ui::{Choice, EmptyState, LinkButton, Segments, Size, Time, answered, lu};

/// The page at `/dev/outbox`.
#[component]
pub fn OutboxPage() -> impl IntoView {
    let mails = Resource::new_blocking(|| (), |()| api::outbox());
    view! {
        <Suspense>
            {answered(mails, move |answer| match answer {
                Ok(mails) => list(mails),
                Err(error) => view! { <Failed error/> }.into_any(),
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

/// One mail: what its link leads to, and the mail as programs with and without HTML show it.
fn letter(mail: OutboxMail, open: bool) -> AnyView {
    let shown = RwSignal::new("html".to_owned());
    let as_text = move || shown.with(|shown| shown == "text");
    let views =
        vec![Choice::new("html", "As HTML").icon(lu::LuMail), Choice::new("text", "As plain text").icon(lu::LuText)];
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
    let title = format!("{}, as HTML", mail.subject);
    let page = opening_links_outside(&mail.html);
    view! {
        <details class="outbox-mail" open=open>
            <summary>
                <span class="strong">{mail.subject}</span>
                <span class="muted small">{mail.to} " · " <Time at=mail.created_at/></span>
            </summary>
            <div class="stack gap-3">
                <div class="row">{links}</div>
                <Segments label="Form of the mail" choices=views value=shown on_change=Callback::new(move |form| shown.set(form))/>
                // A mail may hold anything: it runs nothing here, and its links open in a tab of their own.
                <iframe
                    class="outbox-frame"
                    title=title
                    sandbox="allow-popups allow-popups-to-escape-sandbox"
                    srcdoc=page
                    hidden=as_text
                ></iframe>
                <pre class="outbox-text" tabindex="0" hidden=move || !as_text()>{mail.text}</pre>
            </div>
        </details>
    }
    .into_any()
}

/// The letter with every link leading out of the frame it is shown in.
fn opening_links_outside(html: &str) -> String {
    const BASE: &str = r#"<base target="_blank">"#;
    match html.find("<body") {
        Some(at) => format!("{}<head>{BASE}</head>{}", &html[..at], &html[at..]),
        None => format!("{BASE}{html}"),
    }
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

    #[test]
    fn links_lead_out_of_the_frame() {
        let page = opening_links_outside("<!doctype html><html><body class=x>Hello</body></html>");
        assert_eq!(
            page,
            r#"<!doctype html><html><head><base target="_blank"></head><body class=x>Hello</body></html>"#
        );
        assert_eq!(opening_links_outside("Hello"), r#"<base target="_blank">Hello"#);
    }
}
