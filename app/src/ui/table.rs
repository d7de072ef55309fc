//! Tables and the end of a list.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{Button, Icon, count, lu};

/// A table in a frame that scrolls. `head` is the row of `<th>`; children are the rows.
#[component]
pub fn Table(
    /// Read out before the table.
    #[prop(into)]
    caption: String,
    #[prop(into)] head: ViewFn,
    children: Children,
) -> impl IntoView {
    let name = caption.clone();
    view! {
        <div class="table-frame" tabindex="0" role="region" aria-label=name>
            <table class="table">
                <caption class="sr-only">{caption}</caption>
                <thead>
                    <tr>{head.run()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

/// How a column is sorted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// By something else.
    #[default]
    No,
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// A column head that sorts: a link, so that the order has an address.
#[component]
pub fn SortableHead(
    #[prop(into)] label: String,
    /// The address of the other order.
    #[prop(into)]
    href: String,
    #[prop(optional)] sort: Sort,
    #[prop(optional)] num: bool,
) -> impl IntoView {
    let (aria, icon) = match sort {
        Sort::No => ("none", lu::LuArrowUp),
        Sort::Ascending => ("ascending", lu::LuArrowUp),
        Sort::Descending => ("descending", lu::LuArrowDown),
    };
    view! {
        <th scope="col" aria-sort=aria data-num=num.then_some("")>
            <A href=href attr:class="sort" scroll=false>
                {label}
                <Icon icon/>
            </A>
        </th>
    }
}

/// The end of a page of a list: how much is shown, and a button for more.
#[component]
pub fn LoadMore(
    #[prop(into)] shown: Signal<usize>,
    #[prop(into)] total: Signal<Option<i64>>,
    #[prop(into)] more: Signal<bool>,
    #[prop(optional, into)] busy: Signal<bool>,
    on_more: Callback<()>,
) -> impl IntoView {
    let words = move || {
        let shown = i64::try_from(shown.get()).unwrap_or(i64::MAX);
        match total.get() {
            Some(total) => format!("{} of {}", count(shown), count(total)),
            None => format!("{} shown", count(shown)),
        }
    };
    view! {
        <div class="load-more">
            <span class="num" role="status">{words}</span>
            <Show when=move || more.get()>
                <Button busy on:click=move |_| on_more.run(())>"Load more"</Button>
            </Show>
        </div>
    }
}
