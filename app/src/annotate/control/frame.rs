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
                <span class="answer-called">{called(&name)}</span>
                {required.then(|| view! { <span class="answer-required">"required"</span> })}
                {count.filter(|_| !per_region).map(|count| {
                    view! { <span class="answer-required">{move || picture(count)}</span> }
                })}
                {per_region.then(|| view! { <span class="answer-required">"about the selected region"</span> })}
            </legend>
            {inner}
            {move || problem.get().map(|sentence| view! { <p class="answer-problem" role="alert">{sentence}</p> })}
        </fieldset>
    }
    .into_any()
}

/// A control's name as a caption: names are written for programs, with a line or a dash where people see a space.
fn called(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.trim().chars();
    letters.next().map_or_else(|| name.to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_like_captions() {
        for (name, caption) in
            [("topic", "Topic"), ("image_quality", "Image quality"), ("ärger-grad", "Ärger grad"), ("_", "_")]
        {
            assert_eq!(called(name), caption);
        }
    }
}
