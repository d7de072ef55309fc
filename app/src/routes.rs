//! Every address and the page behind it, on one screen.
//!
//! Pages are rendered whole before they are sent (`SsrMode::Async`), so that the first paint has its content, and a
//! missing thing answers 404. What is inside `Workspace` has the rail and somebody signed in.

use leptos::prelude::*;
use leptos_router::SsrMode::Async;
use leptos_router::components::{ParentRoute, Route, Routes};
use leptos_router::{Lazy, path};

#[cfg(debug_assertions)]
use crate::account::use_session;
use crate::account::{
    AccountPage, CheckMailPage, ForgotPage, OutboxPage, ResetPage, SignInPage, SignUpPage, SignedInPage, VerifyPage,
};
use crate::annotate::{LabelPage, TaskPage};
use crate::export::ExportPage;
use crate::help::{HelpIndex, HelpPage};
use crate::home::HomePage;
use crate::import::{ImportPage, UpdatePage};
use crate::label::LabelsPage;
use crate::later::later;
use crate::lost::{NotFound, Trouble};
use crate::org::{InvitePage, OrgPage};
use crate::project;
use crate::shell::Workspace;
use crate::webhook::{OrgWebhooksPage, WebhookPage};

// Whoever works here is signed in, and a stranger works nowhere: neither needs the pages of the other.
later! {
    outside {
        HomeRoute => view! { <HomePage/> };
        SignInRoute => view! { <SignInPage/> };
        SignedInRoute => view! { <SignedInPage/> };
        SignUpRoute => view! { <SignUpPage/> };
        CheckMailRoute => view! { <CheckMailPage/> };
        VerifyRoute => view! { <VerifyPage/> };
        ForgotRoute => view! { <ForgotPage/> };
        ResetRoute => view! { <ResetPage/> };
        InviteRoute => view! { <InvitePage/> };
        OutboxRoute => view! { <OutboxPage/> };
    }
    label {
        LabelRoute => view! { <LabelPage/> };
        TaskRoute => view! { <TaskPage/> };
    }
    browse {
        ListRoute => view! { <project::ListPage/> };
        OverviewRoute => view! { <project::OverviewPage/> };
        DataRoute => view! { <project::DataPage/> };
    }
    manage {
        CreateRoute => view! { <project::CreatePage/> };
        SettingsRoute => view! { <project::SettingsPage/> };
        ImportRoute => view! { <ImportPage/> };
        UpdateRoute => view! { <UpdatePage/> };
        ExportRoute => view! { <ExportPage/> };
        OrgRoute => view! { <OrgPage/> };
        LabelsRoute => view! { <LabelsPage/> };
        OrgWebhooksRoute => view! { <OrgWebhooksPage/> };
        WebhookRoute => view! { <WebhookPage/> };
        AccountRoute => view! { <AccountPage/> };
    }
}

/// The table.
#[component]
pub fn AppRoutes() -> impl IntoView {
    view! {
        <ErrorBoundary fallback=|errors| view! { <Trouble errors/> }>
            <Routes fallback=NotFound>
                <Route path=path!("/") view={Lazy::<HomeRoute>::new()} ssr=Async/>
                <Route path=path!("/login") view={Lazy::<SignInRoute>::new()} ssr=Async/>
                <Route path=path!("/signed-in") view={Lazy::<SignedInRoute>::new()} ssr=Async/>
                <Route path=path!("/signup") view={Lazy::<SignUpRoute>::new()} ssr=Async/>
                <Route path=path!("/check-mail") view={Lazy::<CheckMailRoute>::new()} ssr=Async/>
                <Route path=path!("/verify") view={Lazy::<VerifyRoute>::new()} ssr=Async/>
                <Route path=path!("/forgot") view={Lazy::<ForgotRoute>::new()} ssr=Async/>
                <Route path=path!("/reset") view={Lazy::<ResetRoute>::new()} ssr=Async/>
                <Route path=path!("/invite/:token") view={Lazy::<InviteRoute>::new()} ssr=Async/>
                <Route path=path!("/dev/outbox") view={Lazy::<OutboxRoute>::new()} ssr=Async/>
                <Route path=path!("/dev/gallery") view=Gallery ssr=Async/>
                <ParentRoute path=path!("") view=Workspace>
                    <Route path=path!("/account") view={Lazy::<AccountRoute>::new()} ssr=Async/>
                    <Route path=path!("/org") view={Lazy::<OrgRoute>::new()} ssr=Async/>
                    <Route path=path!("/org/labels") view={Lazy::<LabelsRoute>::new()} ssr=Async/>
                    <Route path=path!("/org/webhooks") view={Lazy::<OrgWebhooksRoute>::new()} ssr=Async/>
                    <Route path=path!("/webhooks/:id") view={Lazy::<WebhookRoute>::new()} ssr=Async/>
                    <Route path=path!("/projects/:id/import") view={Lazy::<ImportRoute>::new()} ssr=Async/>
                    <Route path=path!("/projects/:id/import/update") view={Lazy::<UpdateRoute>::new()} ssr=Async/>
                    <Route path=path!("/projects/:id/export") view={Lazy::<ExportRoute>::new()} ssr=Async/>
                    <Route path=path!("/projects/:id/label") view={Lazy::<LabelRoute>::new()} ssr=Async/>
                    <Route path=path!("/projects/:id/tasks/:task") view={Lazy::<TaskRoute>::new()} ssr=Async/>
                    <Route path=path!("/help") view=HelpIndex ssr=Async/>
                    <Route path=path!("/help/:page") view=HelpPage ssr=Async/>
                    <Route path=path!("/projects") view={Lazy::<ListRoute>::new()} ssr=Async/>
                    <Route path=path!("/projects/new") view={Lazy::<CreateRoute>::new()} ssr=Async/>
                    <Route path=path!("/projects/:id/data") view={Lazy::<DataRoute>::new()} ssr=Async/>
                    <Route path=path!("/projects/:id") view={Lazy::<OverviewRoute>::new()} ssr=Async/>
                    <Route path=path!("/projects/:id/settings") view={Lazy::<SettingsRoute>::new()} ssr=Async/>
                    <Route path=path!("/projects/:id/settings/:section") view={Lazy::<SettingsRoute>::new()} ssr=Async/>
                </ParentRoute>
            </Routes>
        </ErrorBoundary>
    }
    .into_any()
}

/// Everything of the kit on one page; only in builds for development, and where the operator wants such pages.
#[component]
fn Gallery() -> impl IntoView {
    #[cfg(debug_assertions)]
    if use_session().dev_pages() {
        return view! { <crate::gallery::GalleryPage/> }.into_any();
    }
    view! { <NotFound/> }.into_any()
}
