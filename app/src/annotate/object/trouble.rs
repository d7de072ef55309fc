//! What stands in the place of an object that cannot be shown; everything else of the task can be used.

use leptos::prelude::*;

use crate::annotate::media::Failure;
use crate::ui::{Button, Icon, Size, lu};

/// Something that may go better another time.
#[component]
pub(super) fn Trouble(
    failure: Failure,
    /// As it stands in the task.
    address: String,
    /// Tries again.
    again: Callback<()>,
) -> impl IntoView {
    // What is not named in the task does not come by asking again.
    let may_come = !address.is_empty();
    view! {
        <div class="object-trouble" role="alert" data-code=failure.code>
            <Icon icon=lu::LuFileWarning/>
            <div>
                <p>{failure.sentence}</p>
                <p class="muted small object-address">{address}</p>
            </div>
            {may_come.then(|| view! {
                <Button size=Size::Small icon=lu::LuRotateCw on:click=move |_| again.run(())>"Try again"</Button>
            })}
        </div>
    }
    .into_any()
}

/// What is in the task is none of what the interface says.
pub(super) fn unreadable(sentence: &'static str) -> AnyView {
    view! {
        <p class="object-trouble" role="alert">
            <Icon icon=lu::LuFileWarning/>
            <span>{sentence}</span>
        </p>
    }
    .into_any()
}
