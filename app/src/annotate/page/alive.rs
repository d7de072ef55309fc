//! The wire to the server while somebody works: the lease is kept, and what waited is sent after signing in.

use std::time::Duration;

use domain::cloud::ObjectAddress;
use leptos::task::spawn_local;
use leptos::{ev, prelude::*};
use web_sys::HtmlImageElement;

use super::sitting::Sitting;
use crate::account::SIGNED_IN;
use crate::annotate::api;
use crate::annotate::autosave::send_waiting;
use crate::annotate::safe::safe_address;
use crate::ui::Toasts;

/// How long somebody has been at a task before what comes next is fetched: this one comes first.
const AHEAD_AFTER: Duration = Duration::from_secs(2);

/// What lies in a storage is loaded through this server, as part of its task.
#[expect(clippy::ptr_arg, reason = "a filter of texts")]
fn is_loaded_as_it_stands(address: &String) -> bool {
    !address.is_empty() && !ObjectAddress::is_one(address)
}

/// Fetches the pictures of what probably comes next, so that they are there when it comes.
pub(super) fn look_ahead(desk: Sitting) {
    let fetched = StoredValue::new_local(Vec::<HtmlImageElement>::new());
    set_timeout(
        move || {
            // The page may have gone on to another task.
            if desk.busy.try_get_untracked().is_none() {
                return;
            }
            spawn_local(async move {
                // What does not come ahead comes when it is shown.
                let Ok(addresses) = api::upcoming(desk.project_id, desk.task_id).await else { return };
                for address in addresses.iter().map(|address| safe_address(address)).filter(is_loaded_as_it_stands) {
                    let Ok(image) = HtmlImageElement::new() else { continue };
                    image.set_src(&address);
                    let _ = fetched.try_update_value(|fetched| fetched.push(image));
                }
            });
        },
        AHEAD_AFTER,
    );
}

/// How often an open page says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(60);

/// Signed in again in another tab, back in this one, or back online: what waited is handed in, drafts are saved, and the
/// work goes on.
pub(super) fn go_on_when_possible(desk: Sitting, toasts: Toasts, onwards: Callback<()>) {
    let go_on = move || {
        desk.autosave.retry();
        if desk.signed_out.try_get_untracked() == Some(true) {
            send_waiting(desk.user_id, move |sent, refused| {
                if desk.signed_out.try_set(false).is_some() {
                    return;
                }
                refused.iter().for_each(|error| toasts.error(error));
                if sent > 0 {
                    desk.autosave.finish();
                    toasts.success("Your work has been handed in.");
                    onwards.run(());
                }
            });
        }
    };
    Effect::new(move |_| {
        let back = window_event_listener(ev::focus, move |_| go_on());
        let online = window_event_listener(ev::online, move |_| go_on());
        let signed_in = window_event_listener(ev::storage, move |event| {
            if event.key().as_deref() == Some(SIGNED_IN) {
                go_on();
            }
        });
        on_cleanup(move || {
            back.remove();
            online.remove();
            signed_in.remove();
        });
    });
}

/// Keeps the lease while the page is open.
pub(super) fn stay_alive(desk: Sitting, toasts: Toasts) {
    let lost = StoredValue::new(false);
    let beat = move || {
        if lost.try_get_value() != Some(false) {
            return;
        }
        spawn_local(async move {
            // Without an answer the lease lives on for a while; the next beat tells.
            if let Ok(false) = api::heartbeat(desk.project_id, desk.task_id).await
                && lost.try_get_value() == Some(false)
            {
                lost.set_value(true);
                toasts.info("Your time for this task has run out. Submit soon, before somebody else takes it.");
            }
        });
    };
    Effect::new(move |_| {
        beat();
        if let Ok(handle) = set_interval_with_handle(beat, HEARTBEAT) {
            on_cleanup(move || handle.clear());
        }
    });
}
