//! Help inside the product: the pages of `docs/` that people read while they work.

pub mod api;
mod page;

pub use page::{HelpIndex, HelpPage};

/// Pages and what they are about, in the order in which one meets their subjects.
pub const PAGES: [(&str, &str); 11] = [
    ("import", "Importing"),
    ("data-manager", "Data Manager"),
    ("labeling", "Labeling"),
    ("media", "Media"),
    ("labels", "Library of labels"),
    ("export", "Exporting"),
    ("models", "Models"),
    ("storage", "Cloud storage"),
    ("client-apis", "Client APIs"),
    ("webhooks", "Webhooks"),
    ("api", "REST interface"),
];
