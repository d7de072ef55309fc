//! Cards, badges, avatars, tiles.

use leptos::prelude::*;

use super::{Glyph, Icon, Tone};

/// A group of things that belong together.
#[component]
pub fn Card(
    #[prop(optional, into)] title: Option<String>,
    /// A sentence under the title.
    #[prop(optional, into)]
    text: Option<String>,
    /// Buttons beside the title.
    #[prop(optional, into)]
    actions: ViewFn,
    /// Without the inner margin, for lists and tables.
    #[prop(optional)]
    flush: bool,
    /// For what destroys.
    #[prop(optional)]
    danger: bool,
    children: Children,
) -> impl IntoView {
    let head = title.map(|title| {
        view! {
            <div class="card-head">
                <div>
                    <h2 class="card-title">{title}</h2>
                    {text.map(|text| view! { <p class="card-text">{text}</p> })}
                </div>
                <div class="row">{actions.run()}</div>
            </div>
        }
    });
    view! {
        <section class="card" data-danger=danger.then_some("")>
            {head}
            <div class=if flush { "card-flush" } else { "card-body" }>{children()}</div>
        </section>
    }
}

/// A short word about a state.
#[component]
pub fn Badge(
    #[prop(optional)] tone: Tone,
    /// With a dot in the state's color.
    #[prop(optional)]
    dot: bool,
    #[prop(optional, into)] icon: Option<Glyph>,
    children: Children,
) -> impl IntoView {
    view! {
        <span class="badge" data-tone=tone.as_str() data-dot=dot.then_some("")>
            {icon.map(|icon| view! { <Icon icon/> })}
            {children()}
        </span>
    }
}

/// A person or a group by their initials, in a color of their own.
#[component]
pub fn Avatar(
    #[prop(into)] name: String,
    /// For groups.
    #[prop(optional)]
    square: bool,
    #[prop(optional, into)] size: Option<&'static str>,
) -> impl IntoView {
    view! {
        <span
            class="avatar"
            data-hue=hue(&name).to_string()
            data-square=square.then_some("")
            data-size=size
            aria-hidden="true"
        >
            {initials(&name)}
        </span>
    }
}

fn initials(name: &str) -> String {
    let mut words = name.split(|c: char| c.is_whitespace() || c == '@' || c == '.').filter(|word| !word.is_empty());
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next()).filter(|_| !name.contains('@'));
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// One of eight, the same for the same name everywhere.
fn hue(name: &str) -> u32 {
    name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % 8
}

/// A key to press: `Ctrl+K` shows two.
#[component]
pub fn Kbd(#[prop(into)] keys: String) -> impl IntoView {
    let keys = keys.split('+').map(|key| view! { <kbd class="kbd">{key.to_owned()}</kbd> }).collect_view();
    view! { <span class="keys">{keys}</span> }
}

/// A number people look at.
#[component]
pub fn StatTile(
    #[prop(into)] label: String,
    #[prop(into)] value: Signal<String>,
    /// What it is out of, or how it changed.
    #[prop(optional, into)]
    note: MaybeProp<String>,
    #[prop(optional, into)] icon: Option<Glyph>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="tile">
            <span class="tile-label">{icon.map(|icon| view! { <Icon icon/> })}{label}</span>
            <span class="tile-value">{move || value.get()}</span>
            {move || note.get().map(|note| view! { <span class="tile-note">{note}</span> })}
            {children.map(|children| children())}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_of_people_and_addresses() {
        for (name, expected) in [
            ("Ada Lovelace", "AL"),
            ("ada", "A"),
            ("Jean Luc Marie Picard", "JP"),
            ("ada@example.org", "A"),
            ("", ""),
            ("  ", ""),
            ("ß", "SS"),
            ("山田 太郎", "山太"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
