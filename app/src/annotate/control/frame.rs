//! What stands around every answer: its name, whether it must be given, and what is wrong with it.

use editor::annotate::About;
use leptos::prelude::*;

use super::Asked;
use crate::annotate::bench::Bench;

pub(super) fn view(bench: Bench, asked: &Asked, inner: AnyView) -> AnyView {
    let name = asked.control.name.clone();
    let (required, per_region) = (asked.control.flag("required"), asked.question.per_region);
    let count = asked.question.per_item.as_ref().map(|(_, items)| items.len());
    let problem = Memo::new({
        let name = name.clone();
        // What kept the work from being submitted comes first; limits are told as soon as they are broken.
        move |_| bench.problem(&name).or_else(|| bench.read(|editor| editor.answer_problem(&name)))
    });
    let can_answer = {
        let name = name.clone();
        move || bench.read(|editor| !editor.is_read_only() && editor.about(&name).is_some())
    };
    let is_chat = bench.config.with_value(|config| {
        let mut objects = config.objects.iter().filter(|object| asked.control.to_names.contains(&object.name));
        objects.any(|object| object.tag == "Chat")
    });
    let about = if is_chat { "about the selected message" } else { "about the selected region" };
    let control = name.clone();
    // Which picture the answer is about.
    let picture = {
        let name = name.clone();
        move |count: usize| {
            let at = bench.read(|editor| if let Some(About::Item(at)) = editor.about(&name) { at + 1 } else { 1 });
            format!("about picture {at} of {count}")
        }
    };
    view! {
        <fieldset
            class="answer"
            data-control=control
            data-invalid=move || problem.get().map(|_| "")
            disabled=move || !can_answer()
        >
            <legend class="answer-name">
                <span class="answer-called">{asked.control.caption()}</span>
                {required.then(|| view! { <span class="answer-required">"required"</span> })}
                {count.filter(|_| !per_region).map(|count| {
                    view! { <span class="answer-required">{move || picture(count)}</span> }
                })}
                {per_region.then(|| view! { <span class="answer-required">{about}</span> })}
            </legend>
            {inner}
            {move || problem.get().map(|sentence| view! { <p class="answer-problem" role="alert">{sentence}</p> })}
        </fieldset>
    }
    .into_any()
}
