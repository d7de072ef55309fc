//! `/help/{page}`.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::api;
use crate::lost::PartFailed;
use crate::shell::Page;
use crate::ui::answered;

/// One page of help.
#[component]
pub fn HelpPage() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.with(|params| params.get("page").unwrap_or_default()));
    let text = Resource::new(move || name.get(), api::help_page);
    view! {
        <Page title="Help".to_owned() width="form">
            <Transition fallback=|| ()>
                {answered(text, |text| match text {
                    Ok(html) => view! { <article class="prose" inner_html=html></article> }.into_any(),
                    Err(error) => view! { <PartFailed error/> }.into_any(),
                })}
            </Transition>
        </Page>
    }
    .into_any()
}
