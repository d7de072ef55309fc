//! `<Number>`: a field, and a slider where both ends are known.

use domain::answer::{Answer, Number};
use leptos::{ev, html, prelude::*};

use super::Asked;

pub(super) fn view(asked: &Asked, rules: Number) -> AnyView {
    let slot = asked.slot;
    let [min, max, step] = [rules.min, rules.max, rules.step].map(|limit| limit.map(|limit| limit.to_string()));
    let value = move || {
        slot.with(|answer| if let Some(Answer::Number(number)) = answer { number.to_string() } else { String::new() })
    };
    let field = NodeRef::<html::Input>::new();
    let put = move |event: ev::Event| {
        let written = event_target_value(&event);
        let answer = written.parse::<f64>().ok().map(Answer::Number);
        // "1e" is a number in the making: the field says it is bad and hands out nothing.
        let unfinished = written.is_empty() && field.get_untracked().is_some_and(|field| field.validity().bad_input());
        if !unfinished && (answer.is_some() || written.is_empty()) {
            slot.put(answer);
        }
    };
    let slide = move |event: ev::Event| slot.put(event_target_value(&event).parse::<f64>().ok().map(Answer::Number));
    let slider = asked.control.flag("slider") && min.is_some() && max.is_some();
    let label = asked.control.name.clone();
    view! {
        <div class="number">
            {slider.then(|| view! {
                <input
                    type="range"
                    class="number-slider"
                    min=min.clone() max=max.clone() step=step.clone()
                    aria-label=format!("{label}, as a slider")
                    prop:value=value
                    on:input=slide
                />
            })}
            <input
                class="input number-input"
                type="number"
                inputmode="decimal"
                min=min max=max
                step=step.unwrap_or_else(|| "any".to_owned())
                aria-label=label.clone()
                prop:value=value
                node_ref=field
                on:input=put
            />
        </div>
    }
    .into_any()
}
