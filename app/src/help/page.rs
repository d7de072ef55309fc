//! `/help` and `/help/{page}`.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;

use super::{PAGES, api};
use crate::lost::Failed;
use crate::shell::{Crumb, Page, PageHead};
use crate::ui::answered;

/// What there is to read.
#[component]
pub fn HelpIndex() -> impl IntoView {
    view! {
        <Page title="Help".to_owned() width="form">
            <PageHead title="Help".to_owned()/>
            <nav class="help-pages" aria-label="Help"><ul role="list">{links()}</ul></nav>
        </Page>
    }
    .into_any()
}

/// One page of help, beside the others.
#[component]
pub fn HelpPage() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.with(|params| params.get("page").unwrap_or_default()));
    let text = Resource::new(
        move || name.get(),
        |name| async move { api::help_page(name.clone()).await.map(|html| (name, html)) },
    );
    view! {
        <Transition fallback=|| ()>
            {answered(text, |text| match text {
                Ok((name, html)) => {
                    let title = PAGES.iter().find(|(known, _)| *known == name).map_or("Help", |(_, title)| title);
                    view! {
                        <Page title=title.to_owned() window_title=format!("{title} · Help") crumbs=vec![Crumb::new("Help", "/help")]>
                            <div class="help">
                                <nav class="help-pages" aria-label="Help"><ul role="list">{links()}</ul></nav>
                                <article class="prose" inner_html=html></article>
                            </div>
                        </Page>
                    }
                    .into_any()
                }
                Err(error) => view! { <Failed error/> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

fn links() -> AnyView {
    let link = |(name, title)| {
        view! { <li><A href=format!("/help/{name}") attr:class="settings-link">{title}</A></li> }
    };
    PAGES.into_iter().map(link).collect_view().into_any()
}
