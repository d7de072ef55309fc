//! Dialogs on the native element: focus is kept inside and returned, Escape closes.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::{Button, IconButton, Look, Size, lu};

/// A modal dialog. Its content exists only while it is open, so it starts afresh each time.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    /// A sentence under the title.
    #[prop(optional, into)]
    text: MaybeProp<String>,
    /// `narrow`, `wide` or `full`.
    #[prop(default = "narrow")]
    size: &'static str,
    /// A click outside closes it. Not for forms, whose content would be lost.
    #[prop(optional)]
    dismissable: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            show(open, dialog);
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let on_click = move |event: ev::MouseEvent| {
        let Some(dialog) = node.get_untracked() else { return };
        let outside = is_on_backdrop(&event, &dialog);
        if dismissable && outside {
            open.set(false);
        }
    };
    view! {
        <dialog
            class="dialog"
            data-size=size
            aria-label=move || title.get()
            node_ref=node
            on:close=move |_| open.set(false)
            on:click=on_click
        >
            {move || {
                let children = children.clone();
                open.get().then(|| view! {
                    <div class="dialog-head">
                        <div>
                            <h2 class="dialog-title">{move || title.get()}</h2>
                            {move || text.get().map(|text| view! { <p class="dialog-text">{text}</p> })}
                        </div>
                        <IconButton icon=lu::LuX label="Close".to_owned() size=Size::Small on:click=move |_| open.set(false)/>
                    </div>
                    {children()}
                })
            }}
        </dialog>
    }
    .into_any()
}

/// Shows a dialog; one that is not in the page yet, because the page is still being built, as soon as it is.
fn show(open: RwSignal<bool>, dialog: web_sys::HtmlDialogElement) {
    if dialog.is_connected() {
        // Refused only when it is shown already.
        let _ = dialog.show_modal();
        focus_first_field(&dialog);
    } else if open.try_get_untracked() == Some(true) {
        request_animation_frame(move || show(open, dialog));
    }
}

/// A form begins at its first field, not at the button that closes it.
fn focus_first_field(dialog: &web_sys::HtmlDialogElement) {
    const FIELDS: &str = ".dialog-body :is(input:not([type=hidden], [type=radio], [type=checkbox]), textarea, select)";
    if matches!(dialog.query_selector("[autofocus]"), Ok(Some(_))) {
        return;
    }
    if let Ok(Some(field)) = dialog.query_selector(FIELDS)
        && let Some(field) = field.dyn_ref::<web_sys::HtmlElement>()
    {
        // What cannot take the focus leaves it where the browser has put it.
        let _ = field.focus();
    }
}

/// The line of buttons at a dialog's foot.
#[component]
pub fn DialogFoot(children: Children) -> impl IntoView {
    view! { <div class="dialog-foot">{children()}</div> }
}

/// Asks once before something that cannot be undone.
#[component]
pub fn ConfirmDialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    /// What will happen.
    #[prop(into)]
    text: Signal<String>,
    /// The verb on the button: "Delete", "Sign out".
    #[prop(into)]
    verb: String,
    #[prop(default = true)] danger: bool,
    #[prop(optional, into)] busy: Signal<bool>,
    on_confirm: Callback<()>,
) -> impl IntoView {
    let verb = StoredValue::new(verb);
    view! {
        <Dialog open title dismissable=true>
            <div class="dialog-body">
                <p>{move || text.get()}</p>
            </div>
            <DialogFoot>
                // What destroys is not what an Enter too many does.
                <Button attr:autofocus=danger.then_some("") on:click=move |_| open.set(false)>"Cancel"</Button>
                <Button
                    look=if danger { Look::Danger } else { Look::Primary }
                    busy
                    on:click=move |_| on_confirm.run(())
                    attr:autofocus=(!danger).then_some("")
                >
                    {verb.get_value()}
                </Button>
            </DialogFoot>
        </Dialog>
    }
}

/// Whether a click was on the dialog itself, which is its backdrop, and not on what it holds.
pub(crate) fn is_on_backdrop(event: &ev::MouseEvent, dialog: &web_sys::HtmlDialogElement) -> bool {
    let ground: &web_sys::EventTarget = dialog;
    event.target().is_some_and(|target| target == *ground)
}
