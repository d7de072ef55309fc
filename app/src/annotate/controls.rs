//! Questions beside the regions: choices, ratings, numbers, written text.

use domain::label_config::Element;
use editor::annotate::{Answer, Question, QuestionKind, attribute, flag};
use leptos::{ev, prelude::*};

use super::bench::{Bench, use_bench};
use crate::ui::{Button, Icon, IconButton, Look, Size, lu};

/// The question asked by an element of the interface.
#[component]
pub(super) fn Asked(element: Element) -> impl IntoView {
    let bench = use_bench();
    let name = attribute(&element.attributes, "name").unwrap_or_default().to_owned();
    let question = bench.peek(|editor| editor.document().kit().question(&name).cloned());
    let Some(question) = question else {
        return view! { <super::present::NotYet tag=element.tag.clone() name/> }.into_any();
    };
    let required = flag(&element.attributes, "required");
    let inner = match question.kind {
        QuestionKind::Choices { multiple, .. } => choices(bench, question, &element, multiple),
        QuestionKind::Rating { max } => rating(bench, &question, max),
        QuestionKind::Number { min, max, step } => number(bench, &question, [min, max, step], &element),
        QuestionKind::TextArea { max_submissions } => texts(bench, &question, max_submissions, &element),
    };
    let problem = {
        let name = name.clone();
        move || bench.problem(&name).map(|sentence| view! { <p class="answer-problem" role="alert">{sentence}</p> })
    };
    let invalid = {
        let name = name.clone();
        move || bench.problem(&name).map(|_| "")
    };
    view! {
        <fieldset
            class="answer"
            data-control=name.clone()
            data-invalid=invalid
            disabled=move || bench.read(editor::annotate::Editor::is_read_only)
        >
            <legend class="answer-name">
                {name.clone()}
                {required.then(|| view! { <span class="answer-required">"required"</span> })}
            </legend>
            {inner}
            {problem}
        </fieldset>
    }
    .into_any()
}

fn choices(bench: Bench, question: Question, element: &Element, multiple: bool) -> AnyView {
    let layout = match attribute(&element.attributes, "layout") {
        Some("select") if !multiple => return select(bench, question),
        Some("inline") => "inline",
        _ if flag(&element.attributes, "showInline") => "inline",
        _ => "vertical",
    };
    let name = question.name.clone();
    let entries = question.choices.clone();
    let question = StoredValue::new(question);
    let rows = entries
        .into_iter()
        .map(|entry| {
            let depth = format!("--depth: {}", entry.path.len() - 1);
            let path = StoredValue::new(entry.path.clone());
            let checked = move || {
                bench.read(|editor| {
                    question
                        .with_value(|q| path.with_value(|path| q.is_chosen(editor.document().answer(&q.name), path)))
                })
            };
            let pick = move || {
                question.with_value(|q| {
                    path.with_value(|path| {
                        let _ = bench.act(|editor| editor.choose(&q.name, path));
                    });
                });
            };
            view! {
                <label class="choice" style=depth data-group=entry.is_group.then_some("")>
                    <input
                        type=if multiple { "checkbox" } else { "radio" }
                        name=format!("answer-{name}")
                        prop:checked=checked
                        aria-keyshortcuts=entry.key.map(|key| key.to_string())
                        on:change=move |_| pick()
                        on:click=move |event: ev::MouseEvent| {
                            // A radio button that is on can be turned off again.
                            if !multiple && untrack(checked) && event.detail() > 0 {
                                pick();
                            }
                        }
                    />
                    <span>{entry.text}</span>
                    {entry.key.map(|key| view! { <kbd class="label-key" aria-hidden="true">{key.to_string()}</kbd> })}
                </label>
            }
        })
        .collect_view();
    view! { <div class="choices" data-layout=layout>{rows}</div> }.into_any()
}

fn select(bench: Bench, question: Question) -> AnyView {
    let entries = question.choices.clone();
    let name = question.name.clone();
    let question = StoredValue::new(question);
    let options = entries
        .iter()
        .enumerate()
        .map(|(at, entry)| {
            let path = entry.path.clone();
            let chosen = move || {
                bench.read(|editor| question.with_value(|q| q.is_chosen(editor.document().answer(&q.name), &path)))
            };
            let indent = "\u{2003}".repeat(entry.path.len() - 1);
            view! { <option value=at.to_string() selected=chosen>{format!("{indent}{}", entry.text)}</option> }
        })
        .collect_view();
    let entries = StoredValue::new(entries);
    let pick = move |event: ev::Event| {
        let picked = event_target_value(&event).parse::<usize>().ok();
        let answer = entries.with_value(|entries| {
            let path = &entries.get(picked?)?.path;
            question.with_value(|q| q.toggled(None, path))
        });
        let name = question.with_value(|q| q.name.clone());
        let _ = bench.act(|editor| editor.answer(&name, answer));
    };
    view! {
        <select class="input answer-select" aria-label=name on:change=pick>
            <option value="">"Choose…"</option>
            {options}
        </select>
    }
    .into_any()
}

fn rating(bench: Bench, question: &Question, max: u32) -> AnyView {
    let name = StoredValue::new(question.name.clone());
    let given = move || {
        bench.read(|editor| match name.with_value(|name| editor.document().answer(name).cloned()) {
            Some(Answer::Rating(stars)) => stars,
            _ => 0,
        })
    };
    let stars = (1..=max)
        .map(|star| {
            let give = move |_| {
                let answer = (untrack(given) != star).then_some(Answer::Rating(star));
                name.with_value(|name| {
                    let _ = bench.act(|editor| editor.answer(name, answer));
                });
            };
            view! {
                <button
                    class="star"
                    type="button"
                    data-on=move || (given() >= star).then_some("")
                    aria-pressed=move || if given() == star { "true" } else { "false" }
                    aria-label=format!("{star} of {max}")
                    on:click=give
                >
                    <Icon icon=lu::LuStar/>
                </button>
            }
        })
        .collect_view();
    view! {
        <div class="rating" role="group">
            {stars}
            <span class="muted small num">{move || match given() { 0 => String::new(), stars => format!("{stars} of {max}") }}</span>
        </div>
    }
    .into_any()
}

fn number(bench: Bench, question: &Question, limits: [Option<f64>; 3], element: &Element) -> AnyView {
    let name = StoredValue::new(question.name.clone());
    let [min, max, step] = limits.map(|limit| limit.map(|limit| limit.to_string()));
    let value = move || {
        bench.read(|editor| match name.with_value(|name| editor.document().answer(name).cloned()) {
            Some(Answer::Number(number)) => number.to_string(),
            _ => String::new(),
        })
    };
    let put = move |event: ev::Event| {
        let written = event_target_value(&event);
        let answer = written.parse::<f64>().ok().map(Answer::Number);
        if answer.is_some() || written.is_empty() {
            name.with_value(|name| {
                let _ = bench.act(|editor| editor.answer(name, answer));
            });
        }
    };
    let slider = flag(&element.attributes, "slider") && min.is_some() && max.is_some();
    let label = question.name.clone();
    view! {
        <div class="row">
            {slider.then(|| view! {
                <input
                    type="range"
                    class="number-slider"
                    min=min.clone() max=max.clone() step=step.clone()
                    aria-label=format!("{label}, as a slider")
                    prop:value=value
                    on:input=put
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
                on:input=put
            />
        </div>
    }
    .into_any()
}

fn texts(bench: Bench, question: &Question, most: Option<usize>, element: &Element) -> AnyView {
    let name = StoredValue::new(question.name.clone());
    let placeholder = attribute(&element.attributes, "placeholder").unwrap_or_default().to_owned();
    let rows =
        attribute(&element.attributes, "rows").and_then(|rows| rows.parse::<u32>().ok()).unwrap_or(2).clamp(1, 30);
    let written = move || {
        bench.read(|editor| match name.with_value(|name| editor.document().answer(name).cloned()) {
            Some(Answer::Texts(texts)) => texts,
            _ => Vec::new(),
        })
    };
    let put = move |texts: Vec<String>| {
        let texts: Vec<String> = if texts.iter().all(String::is_empty) && texts.len() < 2 { Vec::new() } else { texts };
        let answer = (!texts.is_empty()).then_some(Answer::Texts(texts));
        name.with_value(|name| {
            let _ = bench.act(|editor| editor.answer(name, answer));
        });
    };
    // Fields are told apart by their place alone, so that typing never loses the focus.
    let count = Memo::new(move |_| written().len().max(1));
    let label = question.name.clone();
    view! {
        <div class="texts">
            <For each=move || 0..count.get() key=|at| *at let:at>
                <div class="text-line">
                    <textarea
                        class="input text-field"
                        rows=rows
                        dir="auto"
                        placeholder=placeholder.clone()
                        aria-label=if at == 0 { label.clone() } else { format!("{label} {}", at + 1) }
                        prop:value=move || written().get(at).cloned().unwrap_or_default()
                        on:input=move |event| {
                            let mut texts = untrack(written);
                            texts.resize(texts.len().max(at + 1), String::new());
                            texts[at] = event_target_value(&event);
                            put(texts);
                        }
                    ></textarea>
                    <Show when=move || { count.get() > 1 }>
                        <IconButton
                            icon=lu::LuX
                            label="Remove this text".to_owned()
                            size=Size::Small
                            on:click=move |_| {
                                let mut texts = untrack(written);
                                if at < texts.len() {
                                    texts.remove(at);
                                    put(texts);
                                }
                            }
                        />
                    </Show>
                </div>
            </For>
            <Show when=move || most.is_none_or(|most| count.get() < most) && written().last().is_some_and(|last| !last.trim().is_empty())>
                <Button
                    look=Look::Quiet
                    size=Size::Small
                    icon=lu::LuPlus
                    on:click=move |_| {
                        let mut texts = untrack(written);
                        texts.push(String::new());
                        put(texts);
                    }
                >
                    "Add another"
                </Button>
            </Show>
        </div>
    }
    .into_any()
}
