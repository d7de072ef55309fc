//! What somebody wrote and left unsaved is kept in their browser, and is there again when they come back.

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::annotate::browser::{forget, keep, kept};
use crate::ui::use_toasts;

/// Keeps under `key` what `source` has beyond what is `stored`, and brings it back when the page is opened again.
pub(super) fn keep_unsaved<T>(key: String, source: RwSignal<T>, stored: RwSignal<T>)
where
    T: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let toasts = use_toasts();
    Effect::new(move |is_begun: Option<()>| {
        if is_begun.is_none()
            && let Some(unsaved) = kept::<T>(&key).filter(|unsaved| stored.with_untracked(|stored| unsaved != stored))
        {
            source.set(unsaved);
            let back = Callback::new(move |()| source.set(stored.get_untracked()));
            toasts.undo("What you had not saved is here again", back);
        }
        let is_saved = source.with(|source| stored.with(|stored| source == stored));
        if is_saved {
            forget(&key);
        } else {
            // A browser that keeps nothing loses it, as it loses everything else.
            let _kept = source.with(|source| keep(&key, source));
        }
    });
}
