//! `/org/webhooks`: what listens to the organization and to its projects.

use domain::webhook::Scope;
use leptos::prelude::*;

use super::Webhooks;
use super::api::org_webhooks;
use crate::lost::Failed;
use crate::shell::{Crumb, Page, PageHead};
use crate::ui::{Skeleton, SkeletonRows, answered_anew};

/// The page.
#[component]
pub fn OrgWebhooksPage() -> impl IntoView {
    let reload = RwSignal::new(0_u32);
    let loaded = Resource::new_blocking(move || reload.get(), |_| org_webhooks());
    view! {
        <Transition fallback=waiting>
            {answered_anew(loaded, move |answer| match answer {
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
