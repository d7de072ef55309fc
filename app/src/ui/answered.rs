//! From an answer to what is shown.

use leptos::either::Either;
use leptos::prelude::*;

/// The view of what a resource answers, for the inside of a `Suspense` or `Transition`.
///
/// In the browser it is made again whenever there is another answer. On the server, where there is only one, it is made
/// once: a plain function there would run each time the tree is searched for open questions, and make the view, with
/// all it asks for, anew.
#[track_caller]
pub fn answered<T, V>(answer: Resource<T>, show: impl Fn(T) -> V + Clone + Send + 'static) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    #[cfg(feature = "ssr")]
    let place = std::panic::Location::caller();
    let drawn = move || {
        let show = show.clone();
        Suspend::new(async move {
            let answer = answer.await;
            #[cfg(feature = "ssr")]
            tracing::trace!(target: "synapse::drawn", view = %format_args!("{}:{}", place.file(), place.line()), "drawn");
            show(answer).into_any()
        })
    };
    #[cfg(feature = "ssr")]
    return drawn();
    #[cfg(not(feature = "ssr"))]
    drawn
}

/// The same, drawn anew for each answer and never patched over the one before, whose handlers would stay behind: that is
/// what changing sides does.
#[track_caller]
pub fn answered_anew<T, V>(answer: Resource<T>, show: impl Fn(T) -> V + Clone + Send + 'static) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let is_left = StoredValue::new(false);
    answered(answer, move |answer| {
        let page = show(answer).into_any();
        is_left.update_value(|is_left| *is_left = !*is_left);
        if is_left.get_value() { Either::Left(page) } else { Either::Right(page) }
    })
}
