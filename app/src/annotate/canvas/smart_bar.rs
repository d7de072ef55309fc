//! What a model was asked with a drawing, what it proposes, and what becomes of both.

use editor::annotate::{Advice, Editor};
use editor::command::Command;
use leptos::prelude::*;

use crate::annotate::bench::{Bench, use_bench};
use crate::ui::{Button, Icon, Kbd, Look, Size, lu, plural};

/// The bar of the surface that people work on, while what they draw there is a question.
#[component]
pub(in crate::annotate) fn SmartBar(
    /// The object of the surface.
    name: String,
) -> impl IntoView {
    let bench = use_bench();
    let advice = Memo::new(move |_| bench.read(Editor::advice));
    let is_shown = Memo::new(move |_| {
        bench.read(|editor| editor.active() == name && (editor.is_smart() || editor.advice() != Advice::None))
    });
    move || {
        is_shown.get().then(|| {
            let model = bench.peek(|editor| editor.model().unwrap_or_default().to_owned());
            view! {
                <div class="smartbar" role="group" aria-label="Smart">
                    // Spoken as it changes, so it stays while it does.
                    <span class="smartbar-words" role="status">{move || words(&advice.get(), &model)}</span>
                    {move || choices(&advice.get(), bench)}
                </div>
            }
        })
    }
}

fn words(advice: &Advice, model: &str) -> AnyView {
    let icon = match advice {
        Advice::Waiting => view! { <span class="spinner" aria-hidden="true"></span> }.into_any(),
        Advice::Failed(_) => view! { <Icon icon=lu::LuTriangleAlert/> }.into_any(),
        _ => view! { <Icon icon=lu::LuSparkles/> }.into_any(),
    };
    let one_by_one = matches!(advice, Advice::Suggested { regions: 2.., .. });
    let text = match advice {
        Advice::None => format!("Draw, and “{model}” proposes"),
        Advice::Waiting => format!("Asking “{model}”…"),
        Advice::Failed(why) => why.clone(),
        Advice::Nothing => format!("“{model}” found nothing new here"),
        Advice::Suggested { regions, answers } => proposed(*regions, *answers),
    };
    let hint =
        one_by_one.then(|| view! { <span class="muted with-keys">"Delete drops the one under the pointer"</span> });
    view! { {icon} <span>{text}</span> {hint} }.into_any()
}

/// How much is suggested, in words.
fn proposed(regions: usize, answers: usize) -> String {
    let count = |count: usize, one, many| {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        (count > 0).then(|| plural(count, one, many))
    };
    let parts = [count(regions, "region", "regions"), count(answers, "answer", "answers")];
    format!("{} suggested", parts.into_iter().flatten().collect::<Vec<_>>().join(" and "))
}

fn choices(advice: &Advice, bench: Bench) -> AnyView {
    let button = |text: &'static str, look, act: fn(&mut Editor) -> editor::annotate::Response| {
        view! {
            <Button size=Size::Small look on:click=move |_| { let _ = bench.act(act); }>{text}</Button>
        }
        .into_any()
    };
    let keep = || button("Keep what I drew", Look::Plain, Editor::keep_prompts);
    let discard = || {
        view! {
            <Button size=Size::Small look=Look::Quiet on:click=move |_| { let _ = bench.act(Editor::discard); }>
                "Discard"
                <Kbd keys="Esc"/>
            </Button>
        }
        .into_any()
    };
    let not = || view! { <Not bench/> };
    match advice {
        Advice::None => view! { <Alone bench/> }.into_any(),
        Advice::Waiting => view! { {not()} {discard()} }.into_any(),
        Advice::Failed(_) => {
            let again = button("Try again", Look::Plain, Editor::ask_again);
            view! { {again} {keep()} {discard()} }.into_any()
        }
        Advice::Nothing => view! { {not()} {keep()} {discard()} }.into_any(),
        Advice::Suggested { .. } => view! {
            <Button
                size=Size::Small
                look=Look::Primary
                on:click=move |_| { let _ = bench.act(|editor| editor.run(Command::Accept)); }
            >
                "Accept"
                <Kbd keys="Enter"/>
            </Button>
            {not()}
            {discard()}
        }
        .into_any(),
    }
}

/// Whether the next drawings say “not this”.
#[component]
fn Not(bench: Bench) -> impl IntoView {
    let says_not = move || bench.read(Editor::says_not);
    view! {
        <Button
            size=Size::Small
            look=Look::Quiet
            attr:aria-pressed=move || says_not().to_string()
            attr:title="What you draw next is not meant (hold Alt for a single drawing)"
            on:click=move |_| { let _ = bench.act(|editor| { let not = editor.says_not(); editor.say_not(!not) }); }
        >
            "Not this"
        </Button>
    }
}

/// Whether what is suggested is accepted at once.
#[component]
fn Alone(bench: Bench) -> impl IntoView {
    let is_alone = move || bench.read(|editor| editor.assistance().1);
    let put = move |event: leptos::ev::Event| {
        let accepts_alone = event_target_checked(&event);
        let _ = bench.act(|editor| editor.set_assistance(editor.assistance().0, accepts_alone));
    };
    view! {
        <label class="smartbar-alone">
            <input class="check-box" type="checkbox" prop:checked=is_alone on:change=put/>
            <span>"Accept suggestions at once"</span>
        </label>
    }
}
