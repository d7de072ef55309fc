//! How hard a password is to guess, shown while it is typed.

use std::time::Duration;

use domain::account::{PASSWORD_MIN_CHARS, Strength};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use super::api::password_strength;
use crate::ui::PasswordField;

/// Asked only when typing pauses.
const PAUSE: Duration = Duration::from_millis(300);

/// A new password with its strength. `known` are words an attacker would try: the name, the address.
#[component]
pub fn NewPasswordField(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] known: Signal<String>,
) -> impl IntoView {
    let strength = RwSignal::new(None::<Strength>);
    let typed = RwSignal::new(String::new());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let ask = move || {
        let password = typed.get_untracked();
        leptos::task::spawn_local(async move {
            let answer = password_strength(password.clone(), known.get_untracked()).await;
            // An answer about something else by now, or none at all, says nothing.
            if typed.try_get_untracked().as_ref() == Some(&password) {
                strength.set(answer.ok());
            }
        });
    };
    let on_change = Callback::new(move |password: String| {
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        let long_enough = password.chars().count() >= PASSWORD_MIN_CHARS;
        typed.set(password);
        if long_enough {
            waiting.set_value(set_timeout_with_handle(ask, PAUSE).ok());
        } else {
            strength.set(None);
        }
    });
    let words = move || {
        let length = typed.with(|typed| typed.chars().count());
        match strength.get() {
            None if length == 0 => {
                format!("At least {PASSWORD_MIN_CHARS} characters. A few unrelated words work well.")
            }
            None if length < PASSWORD_MIN_CHARS => match PASSWORD_MIN_CHARS - length {
                1 => "One more character.".to_owned(),
                more => format!("{more} more characters."),
            },
            None => "Looking how hard it is to guess…".to_owned(),
            Some(strength) => sentence(&strength),
        }
    };
    view! {
        <div class="strength">
            <PasswordField name label autocomplete="new-password" on_change/>
            <div class="strength-bars" data-score=move || shown(strength.get().as_ref()) aria-hidden="true">
                <span></span><span></span><span></span><span></span>
            </div>
            <p class="field-help" role="status">{words}</p>
        </div>
    }
}

/// A bar at least, once there is something to judge.
fn shown(strength: Option<&Strength>) -> String {
    strength.map_or(0, |strength| strength.score.clamp(1, 4)).to_string()
}

fn sentence(strength: &Strength) -> String {
    let verdict = match strength.score {
        0 | 1 => "Easy to guess.",
        2 => "Could be better.",
        3 => "Good.",
        _ => "Very good.",
    };
    let hint = strength.warning.as_ref().or_else(|| strength.suggestions.first()).filter(|_| strength.score < 3);
    hint.map_or_else(|| verdict.to_owned(), |hint| format!("{verdict} {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_come_with_a_hint_while_it_helps() {
        let weak = Strength { score: 1, warning: Some("This is a common word.".into()), suggestions: vec![] };
        assert_eq!(sentence(&weak), "Easy to guess. This is a common word.");
        assert_eq!(shown(Some(&weak)), "1");
        assert_eq!(sentence(&Strength { score: 4, ..weak }), "Very good.");
        assert_eq!(shown(None), "0");
    }
}
