//! Client APIs of a project on screen: which there are, what each sends, and the runs that fill tasks with their answers.

pub mod api;
mod failures;
mod fill;
mod form;
mod row;
mod run;
mod section;
mod trial;

pub(crate) use section::ClientApis;

use domain::client_api::ClientApi;

/// An amount with its currency.
fn money(api: &ClientApi) -> String {
    format!("{} {}", api.cost, api.currency)
}
