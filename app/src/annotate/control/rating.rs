//! `<Rating>`: stars, or hearts, flames and faces.

use domain::answer::{Answer, Rating};
use leptos::prelude::*;

use super::Asked;
use crate::ui::{Icon, lu};

pub(super) fn view(asked: &Asked, rules: Rating) -> AnyView {
    let slot = asked.slot;
    let max = rules.max;
    let icon = match asked.get("icon") {
        "heart" => lu::LuHeart,
        "fire" => lu::LuFlame,
        "smile" => lu::LuSmile,
        _ => lu::LuStar,
    };
    let size = match asked.get("size") {
        size @ ("small" | "large") => size.to_owned(),
        _ => "medium".to_owned(),
    };
    let given = move || slot.with(|answer| if let Some(Answer::Rating(stars)) = answer { *stars } else { 0 });
    let stars = (1..=max)
        .map(|star| {
            // The star that is given already takes the rating back.
            let give = move |_| slot.put((untrack(given) != star).then_some(Answer::Rating(star)));
            view! {
                <button
                    class="star"
                    type="button"
                    data-on=move || (given() >= star).then_some("")
                    aria-pressed=move || if given() == star { "true" } else { "false" }
                    aria-label=format!("{star} of {max}")
                    on:click=give
                >
                    <Icon icon/>
                </button>
            }
        })
        .collect_view();
    let words = move || match given() {
        0 => String::new(),
        stars => format!("{stars} of {max}"),
    };
    view! {
        <div class="rating" role="group" aria-label=asked.control.name.clone() data-size=size>
            {stars}
            <span class="rating-words num">{words}</span>
        </div>
    }
    .into_any()
}
