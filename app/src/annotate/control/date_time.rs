//! `<DateTime>`: the browser's own fields for dates and times; a list of months and a number for what browsers lack.

use domain::answer::{Answer, DateTime, Precision};
use domain::calendar::MONTHS;
use leptos::{ev, html, prelude::*};

use super::{Asked, Slot};
use crate::ui::{Icon, lu};

pub(super) fn view(asked: &Asked, rules: DateTime) -> AnyView {
    let label = asked.control.name.clone();
    let slot = asked.slot;
    let kind = match rules.precision {
        Precision::DateTime => "datetime-local",
        Precision::Date => "date",
        Precision::Time => "time",
        Precision::YearMonth | Precision::Month | Precision::Year => return parts(slot, &label, rules),
    };
    // A browser's field takes limits of its own precision only.
    let fits = |limit: &Option<String>, end: &str| {
        let limit = limit.clone()?;
        Some(if kind == "datetime-local" && limit.len() == 10 { format!("{limit}T{end}") } else { limit })
    };
    let (min, max) = (fits(&rules.min, "00:00"), fits(&rules.max, "23:59"));
    let rules = StoredValue::new(rules);
    let field = NodeRef::<html::Input>::new();
    let put = move |event: ev::Event| {
        let written = event_target_value(&event);
        // A date in the making hands out nothing, and is no reason to forget the one before.
        let unfinished = written.is_empty() && field.get_untracked().is_some_and(|field| field.validity().bad_input());
        if !unfinished {
            slot.put(rules.with_value(|rules| rules.stored(&written)));
        }
    };
    view! {
        <div class="date-time">
            <input
                class="input date-time-input"
                type=kind
                min=min
                max=max
                aria-label=label
                node_ref=field
                prop:value=move || rules.with_value(|rules| iso(slot, rules)).unwrap_or_default()
                on:input=put
            />
            {move || as_stored(slot, rules)}
        </div>
    }
    .into_any()
}

fn iso(slot: Slot, rules: &DateTime) -> Option<String> {
    slot.with(|answer| if let Some(Answer::DateTime(stored)) = answer { rules.iso(stored) } else { None })
}

/// What is stored where the field cannot say it: in another format, or no date at all.
fn as_stored(slot: Slot, rules: StoredValue<DateTime>) -> Option<AnyView> {
    let stored =
        slot.with(|answer| if let Some(Answer::DateTime(stored)) = answer { Some(stored.clone()) } else { None })?;
    let says_more = rules.with_value(|rules| rules.iso(&stored).is_none_or(|iso| iso != stored));
    says_more.then(|| view! { <span class="muted small">"Stored as " <bdi>{stored}</bdi></span> }.into_any())
}

/// A month, a year, or both.
fn parts(slot: Slot, label: &str, rules: DateTime) -> AnyView {
    let (has_month, has_year) = match rules.precision {
        Precision::Month => (true, false),
        Precision::Year => (false, true),
        _ => (true, true),
    };
    let year_of = |limit: &Option<String>| limit.as_ref().and_then(|limit| limit.get(..4).map(str::to_owned));
    let (min, max) = (year_of(&rules.min), year_of(&rules.max));
    let rules = StoredValue::new(rules);
    let split = move || -> (String, String) {
        let iso = rules.with_value(|rules| iso(slot, rules)).unwrap_or_default();
        match (has_year, has_month) {
            (true, true) => {
                iso.split_once('-').map(|(year, month)| (year.to_owned(), month.to_owned())).unwrap_or_default()
            }
            (true, false) => (iso, String::new()),
            _ => (String::new(), iso),
        }
    };
    // Half of an answer is none: it waits here for the other half.
    let half = RwSignal::new((String::new(), String::new()));
    let shown = move || {
        let (year, month) = split();
        if year.is_empty() && month.is_empty() { half.get() } else { (year, month) }
    };
    let put = move |year: String, month: String| {
        let iso = match (has_year, has_month) {
            (true, true) => format!("{year}-{month}"),
            (true, false) => year.clone(),
            _ => month.clone(),
        };
        half.set((year, month));
        slot.put(rules.with_value(|rules| rules.stored(&iso)));
    };
    let months = MONTHS.iter().enumerate().map(|(at, name)| {
        let value = format!("{:02}", at + 1);
        let mine = value.clone();
        view! { <option value=value prop:selected=move || shown().1 == mine>{*name}</option> }
    });
    view! {
        <div class="date-time">
            {has_month.then(|| view! {
                <span class="select">
                    <select
                        class="input date-time-input"
                        aria-label=format!("{label}: month")
                        on:change=move |event| put(untrack(shown).0, event_target_value(&event))
                    >
                        <option value="" prop:selected=move || shown().1.is_empty()>"Month…"</option>
                        {months.collect_view()}
                    </select>
                    <Icon icon=lu::LuChevronDown/>
                </span>
            })}
            {has_year.then(|| view! {
                <input
                    class="input date-time-input"
                    type="number"
                    inputmode="numeric"
                    step="1"
                    min=min
                    max=max
                    placeholder="Year"
                    aria-label=format!("{label}: year")
                    prop:value=move || shown().0
                    on:change=move |event| put(event_target_value(&event), untrack(shown).1)
                />
            })}
            {move || as_stored(slot, rules)}
        </div>
    }
    .into_any()
}
