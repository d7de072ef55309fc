//! `/help/{page}`.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::api;
use crate::lost::Failed;
use crate::shell::Page;
use crate::ui::answered;

/// One page of help.
#[component]
pub fn HelpPage() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.with(|params| params.get("page").unwrap_or_default()));
    let text = Resource::new(move || name.get(), api::help_page);
    view! {
        <Transition fallback=|| ()>
            {answered(text, |text| match text {
                Ok(html) => view! {
                    <Page title="Help".to_owned() width="form">
                        <article class="prose" inner_html=html></article>
                    </Page>
                }
                .into_any(),
                Err(error) => view! { <Failed error/> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}
