//! Pages whose code arrives when somebody goes there, and parts of them whose code arrives when they are shown.
//!
//! In the optimised build `script/build-web` cuts the browser's half along these pages: the first page loads its own piece
//! and what all share, nothing else. In a build for development it stays one file and the same functions are called
//! directly. The server draws every page itself, and tells the browser with the page which pieces it will want.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::wasm_split::SplitLoaderError;
use leptos_router::hooks::use_url;
use leptos_router::location::Url;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::ui::{Skeleton, use_toasts};

/// Declares pieces and the routes in them, as in `later! { label { LabelRoute => view! { <LabelPage/> }; } }` and then
/// `<Route view={Lazy::<LabelRoute>::new()}/>`. Few pieces: what several of them use becomes files of its own, one for
/// every set of pieces that share something.
macro_rules! later {
    ($($piece:ident { $($route:ident => $page:expr;)+ })+) => {$(
        mod $piece {
            use super::*;
            use ::leptos::wasm_split::SplitLoaderError;

            #[derive(Clone, Copy)]
            #[allow(clippy::enum_variant_names, reason = "they are called like the routes they stand for")]
            enum Page {
                $($route),+
            }

            #[cfg(all(target_family = "wasm", not(debug_assertions)))]
            #[::leptos::wasm_split::wasm_split($piece, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
            fn draw(page: Page) -> Result<AnyView, SplitLoaderError> {
                Ok(match page {
                    $(Page::$route => $page.into_any(),)+
                })
            }

            #[cfg(not(all(target_family = "wasm", not(debug_assertions))))]
            fn draw(page: Page) -> impl Future<Output = Result<AnyView, SplitLoaderError>> {
                ::std::future::ready(Ok(match page {
                    $(Page::$route => $page.into_any(),)+
                }))
            }

            #[cfg(not(all(target_family = "wasm", not(debug_assertions))))]
            fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
                ::std::future::ready(Ok(()))
            }

            $(
                #[doc = concat!("A route whose code is in the piece `", stringify!($piece), "`.")]
                pub(super) struct $route;

                impl ::leptos_router::LazyRoute for $route {
                    fn data() -> Self {
                        Self
                    }

                    async fn preload() {
                        $crate::later::arrive(load).await;
                    }

                    async fn view(_route: Self) -> AnyView {
                        $crate::later::announce(stringify!($piece));
                        match draw(Page::$route).await {
                            Ok(view) => view,
                            // `preload` does not end before the code is there.
                            Err(_missing) => ::std::future::pending().await,
                        }
                    }
                }
            )+
        }
        use $piece::{$($route),+};
    )+};
}
pub(crate) use later;

/// Declares a function whose code comes in a piece of its own, for what a page has only now and then.
///
/// `late! { lines: fn draw(line: Line, shown: Shown) { … } }` is a view: the server draws the place alone, so only what is
/// painted by scripts anyway, or is a control among others, comes late. `late! { rare: fn laid_out(text: String) ->
/// String { … } }` is a value, known to the server at once and to the browser when the piece is here. Arguments are cloned.
macro_rules! late {
    ($piece:ident: fn $name:ident($($arg:ident: $type:ty),+) $body:block) => {
        $crate::later::late! { @in $piece $name($($arg: $type),+) -> AnyView as $crate::later::shown_later => AnyView $body }
    };
    ($piece:ident: fn $name:ident($($arg:ident: $type:ty),+) -> $out:ty $body:block) => {
        $crate::later::late! {
            @in $piece $name($($arg: $type),+) -> $out as $crate::later::known_later => ReadSignal<Option<$out>> $body
        }
    };
    (@in $piece:ident $name:ident($($arg:ident: $type:ty),+) -> $out:ty as $with:path => $given:ty $body:block) => {
        mod $piece {
            use super::*;
            use ::leptos::wasm_split::SplitLoaderError;

            #[cfg(all(target_family = "wasm", not(debug_assertions)))]
            #[::leptos::wasm_split::wasm_split($piece, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
            fn draw($($arg: $type),+) -> Result<$out, SplitLoaderError> {
                Ok($body)
            }

            #[cfg(not(all(target_family = "wasm", not(debug_assertions))))]
            fn draw($($arg: $type),+) -> impl Future<Output = Result<$out, SplitLoaderError>> {
                ::std::future::ready(Ok($body))
            }

            #[cfg(not(all(target_family = "wasm", not(debug_assertions))))]
            fn load() -> impl Future<Output = Result<(), SplitLoaderError>> {
                ::std::future::ready(Ok(()))
            }

            pub(super) fn $name($($arg: $type),+) -> $given {
                $with(stringify!($piece), load, move || draw($($arg.clone()),+))
            }
        }
        use $piece::$name;
    };
}
pub(crate) use late;

/// The place of a view, and the view as soon as its piece is here.
pub(crate) fn shown_later<L, D>(
    piece: &'static str,
    load: impl Fn() -> L + Copy + 'static,
    draw: impl Fn() -> D + Send + 'static,
) -> AnyView
where
    L: Future<Output = Result<(), SplitLoaderError>> + 'static,
    D: Future<Output = Result<AnyView, SplitLoaderError>>,
{
    let is_here = arriving(piece, load);
    let view = move || {
        let here = is_here.get().then(|| at_once(draw())).flatten().and_then(Result::ok);
        here.unwrap_or_else(|| view! { <div class="late"><Skeleton shape="block"/></div> }.into_any())
    };
    view.into_any()
}

/// A value as soon as its piece is here; on the server that is at once.
pub(crate) fn known_later<L, D, T>(
    piece: &'static str,
    load: impl Fn() -> L + Copy + 'static,
    work_out: impl Fn() -> D + 'static,
) -> ReadSignal<Option<T>>
where
    T: Send + Sync + 'static,
    L: Future<Output = Result<(), SplitLoaderError>> + 'static,
    D: Future<Output = Result<T, SplitLoaderError>>,
{
    let known = move || at_once(work_out()).and_then(Result::ok);
    let (value, set_value) = signal(if cfg!(feature = "ssr") { known() } else { None });
    let is_here = arriving(piece, load);
    Effect::new(move |_| {
        if is_here.get() {
            set_value.set(known());
        }
    });
    value
}

/// Has a piece come; whether it is here.
fn arriving<L>(piece: &'static str, load: impl Fn() -> L + Copy + 'static) -> RwSignal<bool>
where
    L: Future<Output = Result<(), SplitLoaderError>> + 'static,
{
    announce(piece);
    let is_here = RwSignal::new(false);
    Effect::new(move |_| {
        // With the owner, for the messages of what does not arrive.
        leptos::task::spawn_local(ScopedFuture::new(async move {
            arrive(load).await;
            // The page may have been left meanwhile.
            let _left = is_here.try_set(true);
        }));
    });
    is_here
}

/// What a future has without waiting.
fn at_once<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// Ends when the piece is here. Without a connection it says so and waits for one. Where the server has another version by
/// now, whose pieces have other names, the browser goes to the page by itself.
pub(crate) async fn arrive<F>(load: impl Fn() -> F)
where
    F: Future<Output = Result<(), SplitLoaderError>>,
{
    let (toasts, url) = (use_toasts(), use_url());
    loop {
        show_arriving(true);
        let loaded = load().await;
        show_arriving(false);
        if loaded.is_ok() {
            return;
        }
        if window().navigator().on_line() {
            url.with_untracked(leave_for);
            return std::future::pending().await;
        }
        toasts.info("There is no connection. The page opens as soon as it is back.");
        connection().await;
    }
}

/// A line over the page, drawn by `style/shell/frame.css`, when it takes long enough to wonder.
fn show_arriving(is_arriving: bool) {
    #[cfg(not(feature = "ssr"))]
    if let Some(html) = document().document_element() {
        // The name is a valid one, so it cannot be refused.
        let _set: Result<bool, JsValue> = html.toggle_attribute_with_force("data-arriving", is_arriving);
    }
    #[cfg(feature = "ssr")]
    let _drawn_at_once = is_arriving;
}

/// Asks the server for the page. Not where the page itself came without its piece: it stays as the server drew it, since
/// asking again for ever would not help.
fn leave_for(url: &Url) {
    let here = window().location();
    let target = format!("{}{}", url.path(), query(url.search()));
    let at = here.pathname().ok().zip(here.search().ok()).map(|(path, search)| path + &search);
    if at.as_ref() != Some(&target) {
        // A browser that refuses shows the page it has.
        let _refused: Result<(), JsValue> = here.assign(&(target + url.hash()));
    }
}

fn query(search: &str) -> String {
    if search.is_empty() || search.starts_with('?') { search.to_owned() } else { format!("?{search}") }
}

/// Ends when the browser says that it is connected again.
async fn connection() {
    let online = js_sys::Promise::new(&mut |resolve, _reject| {
        // A second event resolves what is resolved, which does nothing.
        let _refused: Result<(), JsValue> = window().add_event_listener_with_callback("online", &resolve);
    });
    let _never_rejected = JsFuture::from(online).await;
}

/// Tells the browser which files this page will ask for, so that they travel beside it.
#[cfg(feature = "ssr")]
pub(crate) fn announce(piece: &str) {
    use axum::http::{HeaderValue, header::LINK};

    let (Some(pieces), Some(response)) =
        (use_context::<crate::ssr::Pieces>(), use_context::<leptos_axum::ResponseOptions>())
    else {
        return;
    };
    for file in pieces.files(piece) {
        let link = format!("</pkg/{file}>; rel=preload; as=fetch; type=\"application/wasm\"; crossorigin");
        if let Ok(link) = HeaderValue::from_str(&link) {
            response.append_header(LINK, link);
        }
    }
}

/// In the browser the page is already here.
#[cfg(not(feature = "ssr"))]
pub(crate) fn announce(_piece: &str) {}
