//! The bar above the work: the way between tasks, and to hand in.

use domain::id::{TaskId, UserId};
use domain::result::ResultItem;
use editor::command::Command;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::alive::{go_on_when_possible, look_ahead, stay_alive};
use super::keys::KeyList;
use super::sitting::{By, Sitting};
use crate::annotate::autosave::Saving;
use crate::annotate::browser;
use crate::annotate::canvas::listen_to_keys;
use crate::annotate::comments::{CommentsButton, beside as comments_beside};
use crate::annotate::compare::{Comparing, beside};
use crate::annotate::desktop::Desktop;
use crate::annotate::hand::keep_in_hand;
use crate::annotate::smart;
use crate::shell::{Command as PaletteCommand, use_commands};
use crate::ui::{Banner, Button, Dialog, Icon, IconButton, LinkButton, Look, Size, Tone, lu, use_toasts};

/// Where a browser keeps what was copied, with who did.
const COPIED: &str = "synapse.copied";

/// Keeps what was copied for other tasks; `false` where that is too much.
fn share(desk: Sitting) -> bool {
    let is_kept = browser::keep(COPIED, &(desk.user_id, desk.bench.peek(|editor| editor.copied().to_vec())));
    if !is_kept {
        browser::forget(COPIED);
    }
    is_kept
}

/// What was copied in another task, or in another tab, can be pasted here.
fn share_copies(desk: Sitting) {
    let take = move |(user_id, copied): (UserId, Vec<Vec<ResultItem>>)| {
        if user_id == desk.user_id {
            let _ = desk.bench.act(|editor| editor.set_copied(copied));
        }
    };
    if let Some(kept) = browser::kept(COPIED) {
        take(kept);
    }
    browser::on_kept_elsewhere(COPIED, take);
}

/// The bar of a task, and the desk below it.
#[component]
pub(super) fn Work(
    desk: Sitting,
    /// HTML; empty where there are none.
    instructions: String,
    /// Whether they open by themselves the first time.
    show_first: bool,
) -> impl IntoView {
    let bench = desk.bench;
    let toasts = use_toasts();
    let navigate = use_navigate();
    provide_context(bench);
    let (talk, task) = (desk.talk, desk.talk.task);
    provide_context(task);
    provide_context(talk);
    talk.start();
    let comparing = RwSignal::new(false);
    // There is room for one of them beside the work.
    Effect::new(move |_| {
        if comparing.get() {
            talk.open.set(false);
        }
    });
    Effect::new(move |_| {
        if talk.open.get() {
            comparing.set(false);
        }
    });
    let can_compare = desk.versions.with_value(|versions| !versions.is_empty());
    let project_id = desk.project_id;
    let query = use_query_map();
    let to_task = Callback::new(move |task: Option<TaskId>| {
        let here = query.with_untracked(|query| query.get("task").and_then(|id| id.parse::<TaskId>().ok()));
        if here == task {
            desk.version.update(|version| *version = version.wrapping_add(1));
            return;
        }
        let address = match task {
            Some(task) => format!("/projects/{project_id}/label?task={task}"),
            None => format!("/projects/{project_id}/label"),
        };
        navigate(&address, NavigateOptions::default());
    });
    let onwards = Callback::new(move |()| {
        // A change of earlier work stays where it is; new work goes on.
        to_task.run(desk.annotation_id.map(|_| desk.task_id));
    });
    let showing_instructions = RwSignal::new(false);
    let showing_keys = RwSignal::new(false);
    let has_instructions = !instructions.trim().is_empty();
    Effect::new(move |_| {
        desk.opened_ms.set_value(browser::now_ms());
        desk.autosave.start(desk.is_new);
        listen_to_keys(bench);
        share_copies(desk);
        if show_first && has_instructions {
            let seen = format!("synapse.instructed.{project_id}");
            if browser::kept::<bool>(&seen).is_none() {
                showing_instructions.set(true);
                browser::keep(&seen, &true);
            }
        }
    });
    Effect::new(move |_| {
        bench.changes.track();
        desk.key.set_value(None);
    });
    Effect::new(move |_| {
        let Some(request) = bench.request.get() else { return };
        bench.request.set(None);
        match request {
            Command::Submit => desk.hand_in(false, By::Keys, toasts, onwards),
            Command::Skip if desk.may_skip => desk.hand_in(true, By::Keys, toasts, onwards),
            Command::ShowKeys => showing_keys.set(true),
            Command::Smart => toasts.info(smart::NO_MODEL),
            // What is too much for the browser can be pasted in this task alone, and nothing older elsewhere.
            Command::Copy if !share(desk) => {
                toasts.info("This is too much to be pasted in another task; in this one it can be.");
            }
            _ => {}
        }
    });
    go_on_when_possible(desk, toasts, onwards);
    smart::assist(bench, task);
    keep_in_hand(bench, task.project_id);
    use_commands(Signal::derive(move || {
        let run = |is_skip| Callback::new(move |()| desk.hand_in(is_skip, By::Keys, toasts, onwards));
        let mut commands = vec![PaletteCommand::run("Label", "Submit", lu::LuCheck, run(false)).keys("Ctrl+Enter")];
        if desk.may_skip {
            commands.push(PaletteCommand::run("Label", "Skip this task", lu::LuSkipForward, run(true)));
        }
        if can_compare {
            let compare = Callback::new(move |()| comparing.set(true));
            commands.push(PaletteCommand::run("Label", "Compare with another version", lu::LuColumns2, compare));
        }
        let talk_on = Callback::new(move |()| talk.toggle());
        commands.push(PaletteCommand::run("Label", "Comments", lu::LuMessageSquare, talk_on));
        if has_instructions {
            let show = Callback::new(move |()| showing_instructions.set(true));
            commands.push(PaletteCommand::run("Label", "Instructions", lu::LuBookOpen, show));
        }
        commands
    }));
    if desk.leased {
        stay_alive(desk, toasts);
        Effect::new(move |_| look_ahead(desk));
    }
    let (before, after) = desk.neighbours();
    let is_new = desk.annotation_id.is_none() && !desk.was_skipped;
    let instructions = StoredValue::new(instructions);
    view! {
        <div class="desk" data-shut=move || desk.autosave.is_shut().then_some("")>
            <header class="desk-bar" inert=move || desk.autosave.is_shut()>
                <div class="desk-start">
                    <IconButton
                        icon=lu::LuChevronLeft
                        label="Previous task".to_owned()
                        disabled=before.is_none()
                        on:click=move |_| to_task.run(before)
                    />
                    <span class="desk-task num">{format!("Task {}", desk.inner_id)}</span>
                    <IconButton
                        icon=lu::LuChevronRight
                        label="Next task".to_owned()
                        disabled=is_new
                        on:click=move |_| to_task.run(after)
                    />
                    <SavingState saving=desk.autosave.saving/>
                    {desk.proposed_by.get_value().map(|model| view! {
                        <span class="desk-note"><Icon icon=lu::LuSparkles/>
                            {if model.is_empty() { "Proposed by a model".to_owned() } else { format!("Proposed by {model}") }}
                        </span>
                    })}
                    {desk.was_skipped.then(|| view! { <span class="desk-note"><Icon icon=lu::LuSkipForward/>"You skipped this task"</span> })}
                    {desk.annotation_id.is_some().then(|| view! { <span class="desk-note"><Icon icon=lu::LuCircleCheck/>"You handed this in"</span> })}
                </div>
                <div class="desk-end">
                    {can_compare.then(|| view! {
                        <IconButton
                            icon=lu::LuColumns2
                            label="Compare".to_owned()
                            attr:aria-pressed=move || comparing.get().to_string()
                            on:click=move |_| comparing.update(|comparing| *comparing = !*comparing)
                        />
                    })}
                    <CommentsButton talk/>
                    {has_instructions.then(|| view! {
                        <Button look=Look::Quiet icon=lu::LuBookOpen on:click=move |_| showing_instructions.set(true)>
                            <span class="desk-word">"Instructions"</span>
                        </Button>
                    })}
                    <IconButton icon=lu::LuKeyboard label="Keys (?)".to_owned() on:click=move |_| showing_keys.set(true)/>
                    {desk.may_skip.then(|| view! {
                        <Button disabled=desk.busy on:click=move |_| desk.hand_in(true, By::Click, toasts, onwards)>"Skip"</Button>
                    })}
                    <Button
                        look=Look::Primary
                        icon=lu::LuCheck
                        busy=desk.busy
                        attr:aria-keyshortcuts="Control+Enter"
                        on:click=move |_| desk.hand_in(false, By::Click, toasts, onwards)
                    >
                        {if desk.annotation_id.is_some() { "Update" } else { "Submit" }}
                    </Button>
                </div>
            </header>
            <Notice desk again=Callback::new(move |()| to_task.run(Some(desk.task_id)))/>
            <div
                class="desk-work"
                data-comparing=move || comparing.get().then_some("")
                data-talking=move || talk.open.get().then_some("")
                inert=move || desk.autosave.is_shut()
            >
                <Desktop bench/>
                {comments_beside(talk)}
                {move || comparing.get().then(|| {
                    beside(Comparing { bench, task, versions: desk.versions, open: comparing })
                })}
            </div>
            <Dialog open=showing_instructions title="Instructions".to_owned() size="wide" dismissable=true>
                <div class="dialog-body prose" inner_html=instructions.get_value()></div>
            </Dialog>
            <Dialog open=showing_keys title="Keys".to_owned() size="wide" dismissable=true>
                <div class="dialog-body">
                    <KeyList bench/>
                    <p class="desk-help">
                        <a href="/help/labeling" target="_blank">"How this page works, and what is kept when"</a>
                    </p>
                </div>
            </Dialog>
        </div>
    }
    .into_any()
}

/// What people should know about where their work is. Lies over the head of the page, so that nothing moves under the
/// pointer.
#[component]
fn Notice(
    desk: Sitting,
    /// Opens the task once more.
    again: Callback<()>,
) -> impl IntoView {
    let saving = desk.autosave.saving;
    let (waits, apart) = (desk.signed_out, desk.kept_nowhere);
    // What has been read does not stay for hours; the bar goes on saying it.
    let read = RwSignal::new(None::<Unsaved>);
    let close = move |notice: Unsaved| {
        view! { <IconButton icon=lu::LuX label="Close".to_owned() size=Size::Small on:click=move |_| read.set(Some(notice))/> }
    };
    // Who hands in again is told again.
    Effect::new(move |_| {
        waits.track();
        read.set(None);
    });
    let sign_in = move || {
        view! {
            <LinkButton href="/login?next=/signed-in".to_owned() size=Size::Small attr:target="_blank" attr:rel="opener">
                "Sign in again"
            </LinkButton>
            {close(Unsaved::SignedOut)}
        }
    };
    let retry = move || {
        view! {
            <Button size=Size::Small on:click=move |_| desk.autosave.retry()>"Try now"</Button>
            {close(Unsaved::Unreachable)}
        }
    };
    let kind = Memo::new(move |_| match saving.get() {
        _ if waits.get() => Some((
            Unsaved::SignedOut,
            if apart.get() {
                "Your work could not be kept in this browser. Leave this page open, sign in again in a new tab, and submit once more."
            } else {
                "Your work is kept in this browser. Sign in again in a new tab, and it is handed in as soon as you have."
            },
        )),
        Saving::SignedOut => {
            Some((Unsaved::SignedOut, "Your work is kept in this browser. Sign in again in a new tab, and go on here."))
        }
        Saving::Here => Some((
            Unsaved::Unreachable,
            "Your work is kept in this browser, and is saved as soon as the server answers. You can work on.",
        )),
        Saving::Nowhere => Some((
            Unsaved::Unreachable,
            "This browser keeps nothing either: leave this page open until the work is saved.",
        )),
        Saving::Refused => Some((
            Unsaved::Refused,
            "The task, or its project, is gone or no longer yours. Your work is kept in this browser for now.",
        )),
        Saving::TooLarge => Some((
            Unsaved::TooLarge,
            "One annotation holds 100,000 regions and 32 MB at most. Your work is kept in this browser: delete something, and it is saved again.",
        )),
        Saving::Elsewhere => Some((
            Unsaved::Elsewhere,
            "Somewhere else, you worked on this task since this page has last saved it. Nothing is lost: decide with which of the two you go on.",
        )),
        Saving::OtherTab => {
            Some((Unsaved::OtherTab, "You have opened this task in another tab, with everything you did here."))
        }
        Saving::Untouched | Saving::OnItsWay | Saving::Saved => None,
    });
    let reopen = move || desk.version.update(|version| *version = version.wrapping_add(1));
    let choose = move || {
        view! {
            <span class="row">
                <Button size=Size::Small on:click=move |_| desk.autosave.choose_this()>"Keep this version"</Button>
                <Button size=Size::Small on:click=move |_| desk.autosave.choose_other(reopen)>"Use the other"</Button>
            </span>
        }
    };
    let come_back =
        move || view! { <Button size=Size::Small on:click=move |_| again.run(())>"Work here instead"</Button> };
    let unread = move || {
        let now = kind.get();
        if now.is_none() {
            read.set(None);
        }
        now.filter(|(notice, _)| read.get() != Some(*notice))
    };
    view! {
        <div class="desk-notice">
            {move || unread().map(|(notice, sentence)| match notice {
                Unsaved::SignedOut => view! {
                    <Banner tone=Tone::Warning title="Your session has ended" actions=sign_in><p>{sentence}</p></Banner>
                }.into_any(),
                Unsaved::Unreachable => view! {
                    <Banner tone=Tone::Warning title="The server cannot be reached" actions=retry><p>{sentence}</p></Banner>
                }.into_any(),
                Unsaved::Elsewhere => view! {
                    <Banner tone=Tone::Warning title="There are two versions of your work" actions=choose><p>{sentence}</p></Banner>
                }.into_any(),
                Unsaved::OtherTab => view! {
                    <Banner tone=Tone::Accent title="You went on in another tab" actions=come_back><p>{sentence}</p></Banner>
                }.into_any(),
                Unsaved::Refused => view! {
                    <Banner tone=Tone::Warning title="This work cannot be saved any more"><p>{sentence}</p></Banner>
                }.into_any(),
                Unsaved::TooLarge => view! {
                    <Banner tone=Tone::Warning title="This is too much for one annotation"><p>{sentence}</p></Banner>
                }.into_any(),
            })}
        </div>
    }
}

/// Why work is not saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unsaved {
    SignedOut,
    Unreachable,
    Refused,
    TooLarge,
    Elsewhere,
    OtherTab,
}

#[component]
fn SavingState(saving: RwSignal<Saving>) -> impl IntoView {
    let words = move || match saving.get() {
        Saving::Untouched => ("", lu::LuCloud),
        Saving::OnItsWay => ("Saving…", lu::LuCloudUpload),
        Saving::Saved => ("Draft saved", lu::LuCloud),
        Saving::Here => ("Kept in this browser", lu::LuCloudOff),
        Saving::SignedOut => ("Signed out; kept here", lu::LuCloudOff),
        Saving::Elsewhere => ("Two versions; kept here", lu::LuCloudOff),
        Saving::OtherTab => ("Open in another tab", lu::LuCloudOff),
        Saving::Nowhere | Saving::Refused | Saving::TooLarge => ("Not saved", lu::LuTriangleAlert),
    };
    view! {
        <span class="desk-note" role="status" data-saving=move || format!("{:?}", saving.get())>
            {move || {
                let (text, icon) = words();
                (!text.is_empty()).then(|| view! { <Icon icon/>{text} })
            }}
        </span>
    }
}
