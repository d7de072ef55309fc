//! `/org/webhooks`: what listens to the organization and to its projects.

use domain::webhook::Scope;
use leptos::either::Either;
use leptos::prelude::*;

use super::Webhooks;
use super::api::org_webhooks;
use crate::lost::Failed;
use crate::shell::{Crumb, Page, PageHead};
use crate::ui::{Skeleton, SkeletonRows, answered};

/// The page.
#[component]
pub fn OrgWebhooksPage() -> impl IntoView {
    let reload = RwSignal::new(0_u32);
    let loaded = Resource::new_blocking(move || reload.get(), |_| org_webhooks());
    // Each answer is drawn anew, never patched over the one before, whose handlers would stay behind.
    let loads = StoredValue::new(0_u32);
    view! {
        <Transition fallback=waiting>
            {answered(loaded, move |answer| {
                let page = match answer {
                    Ok(webhooks) => view! {
                        <Page title="Webhooks".to_owned() crumbs=vec![Crumb::new("Organization", "/org")]>
                            <div class="stack webhook-list">
                                <PageHead title="Webhooks".to_owned()/>
                                <Webhooks scope=Scope::Organization webhooks reload/>
                            </div>
                        </Page>
                    }
                    .into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                };
                loads.update_value(|loads| *loads = loads.wrapping_add(1));
                if loads.get_value() % 2 == 1 { Either::Left(page) } else { Either::Right(page) }
            })}
        </Transition>
    }
    .into_any()
}

fn waiting() -> AnyView {
    view! {
        <Page title="Webhooks".to_owned()>
            <Skeleton shape="title"/>
            <div class="card"><SkeletonRows/></div>
        </Page>
    }
    .into_any()
}
