//! The projects one can see. Search, order and view live in the address.

use std::time::Duration;

use domain::access::OrgPermission;
use domain::id::ProjectId;
use domain::page::Page as Rows;
use domain::project::{ProjectCard, ProjectPatch, ProjectQuery, ProjectSort, ProjectState};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::api::{self, DeleteProject, DuplicateProject, MoveProject, RestoreProject, SetPinned, UpdateProject};
use super::card::{Actions, Binned, Card, Row};
use super::rename::{RenameDialog, Renaming};
use crate::account::use_me;
use crate::error::AppError;
use crate::lost::Failed;
use crate::org::NoOrg;
use crate::shell::{Command, Page, use_commands};
use crate::ui::{
    Banner, Choice, EmptyState, Glyph, Icon, LinkButton, LoadMore, Look, Segments, Select, Size, Skeleton, Table, Tabs,
    TextField, Tone, answered, lu, use_toasts,
};

/// How long to wait for the next letter before searching.
const PAUSE: Duration = Duration::from_millis(250);

/// What the address says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Asked {
    query: ProjectQuery,
    as_table: bool,
}

impl Asked {
    /// Whether less than everything is asked for.
    fn is_narrowed(&self) -> bool {
        self.query.state.is_some() || !self.query.search.trim().is_empty()
    }

    fn address(&self) -> String {
        let mut parts = Vec::new();
        if self.query.bin {
            parts.push("bin=1".to_owned());
        }
        if !self.query.search.trim().is_empty() {
            parts.push(format!("q={}", js_sys::encode_uri_component(&self.query.search)));
        }
        if self.query.sort != ProjectSort::default() {
            parts.push(format!("sort={}", self.query.sort.as_str()));
        }
        if let Some(state) = self.query.state {
            parts.push(format!("state={}", state.as_str()));
        }
        if self.as_table {
            parts.push("view=table".to_owned());
        }
        if parts.is_empty() { "/projects".to_owned() } else { format!("/projects?{}", parts.join("&")) }
    }
}

/// The page at `/projects`.
#[component]
pub fn ListPage() -> impl IntoView {
    if use_me().with_untracked(|me| me.org.is_none()) {
        return view! { <NoOrg title="Projects"/> }.into_any();
    }
    let params = use_query_map();
    let asked = Memo::new(move |_| {
        params.with(|params| {
            let get = |name: &str| params.get(name).unwrap_or_default();
            Asked {
                query: ProjectQuery {
                    search: get("q"),
                    sort: ProjectSort::from_name(&get("sort")).unwrap_or_default(),
                    state: ProjectState::from_name(&get("state")),
                    bin: !get("bin").is_empty(),
                    ..ProjectQuery::default()
                },
                as_table: get("view") == "table",
            }
        })
    });
    let reload = RwSignal::new(0_u32);
    let query = Memo::new(move |_| asked.with(|asked| asked.query.clone()));
    let first = Resource::new_blocking(move || (query.get(), reload.get()), |(query, _)| api::list_projects(query));
    let renaming = Renaming::new();
    let actions = actions(reload, renaming);
    let may_create = may_create();
    let mut commands = vec![
        Command::go("Projects", "Projects in the bin", lu::LuTrash2, "/projects?bin=1").words("deleted restore trash"),
    ];
    if may_create {
        commands.insert(
            0,
            Command::go("Projects", "New project", lu::LuPlus, "/projects/new").words("create add template"),
        );
    }
    use_commands(Signal::stored(commands));
    // An organization without projects needs no search.
    let is_empty = RwSignal::new(false);
    view! {
        <Page
            title="Projects".to_owned()
            actions=move || may_create.then(|| view! {
                <LinkButton href="/projects/new".to_owned() look=Look::Primary size=Size::Small icon=lu::LuPlus>"New project"</LinkButton>
            }).into_any()
            tabs=ViewFn::from(move || view! {
                <Tabs label="Projects">
                    <Place href="/projects" icon=lu::LuFolderKanban here=Signal::derive(move || !asked.with(|asked| asked.query.bin))>
                        "Projects"
                    </Place>
                    <Place href="/projects?bin=1" icon=lu::LuTrash2 here=Signal::derive(move || asked.with(|asked| asked.query.bin))>
                        "Bin"
                    </Place>
                </Tabs>
            })
        >
            <Show when=move || !asked.with(|asked| asked.query.bin) && !is_empty.get()>
                <Toolbar asked/>
            </Show>
            <Transition fallback=waiting>
                {answered(first, move |answer| match answer {
                    Ok(rows) => {
                        let nothing = rows.items.is_empty() && !asked.with_untracked(Asked::is_narrowed);
                        // Only once alive, so that both sides draw the same at first.
                        Effect::new(move |_| is_empty.set(nothing));
                        view! { <List rows asked actions/> }.into_any()
                    }
                    Err(error) => view! { <Failed error/> }.into_any(),
                })}
            </Transition>
            <RenameDialog renaming on_done=Callback::new(move |()| reload.update(|times| *times += 1))/>
        </Page>
    }
    .into_any()
}

/// Whether the person may make projects in the organization they work in.
pub(super) fn may_create() -> bool {
    use_me().with_untracked(|me| me.org.as_ref().is_some_and(|org| org.role.allows(OrgPermission::CreateProject)))
}

/// A tab whose address differs from the other's only after the question mark.
#[component]
fn Place(href: &'static str, icon: Glyph, here: Signal<bool>, children: Children) -> impl IntoView {
    view! {
        // The router would mark both as the present page.
        <a class="tab" href=href aria-current=move || here.get().then_some("page")>
            <Icon icon/>
            <span>{children()}</span>
        </a>
    }
}

/// What the rows can do; each answer asks for the list again.
fn actions(reload: RwSignal<u32>, renaming: Renaming) -> Actions {
    let toasts = use_toasts();
    let pin = ServerAction::<SetPinned>::new();
    let delete = ServerAction::<DeleteProject>::new();
    let restore = ServerAction::<RestoreProject>::new();
    let paint = ServerAction::<UpdateProject>::new();
    let duplicate = ServerAction::<DuplicateProject>::new();
    let step = ServerAction::<MoveProject>::new();
    let deleted = RwSignal::new(None::<(ProjectId, String)>);
    let after = move |answer: Option<Result<(), AppError>>| match answer {
        Some(Ok(())) => {
            reload.update(|times| *times += 1);
            true
        }
        Some(Err(error)) => {
            toasts.error(&error);
            false
        }
        None => false,
    };
    Effect::new(move |_| after(pin.value().get()));
    Effect::new(move |_| after(paint.value().get()));
    Effect::new(move |_| {
        let answer = step.value().get();
        let state = answer.as_ref().and_then(|answer| answer.as_ref().ok()).copied();
        if after(answer.map(|answer| answer.map(drop)))
            && let Some(state) = state
        {
            toasts.success(format!("The project is now: {}", state.title().to_lowercase()));
        }
    });
    Effect::new(move |_| {
        if after(duplicate.value().get().map(|answer| answer.map(drop))) {
            toasts.success("A copy without data is in the list, not live yet");
        }
    });
    Effect::new(move |_| {
        if after(restore.value().get()) {
            toasts.success("Back among the projects");
        }
    });
    Effect::new(move |_| {
        if after(delete.value().get())
            && let Some((project_id, title)) = deleted.get_untracked()
        {
            let undo = Callback::new(move |()| {
                restore.dispatch(RestoreProject { project_id });
            });
            toasts.undo(format!("{title} is in the bin for 30 days"), undo);
        }
    });
    Actions {
        paint: Callback::new(move |(project_id, color)| {
            let patch = ProjectPatch { color: Some(color), ..ProjectPatch::default() };
            paint.dispatch(UpdateProject { project_id, patch });
        }),
        rename: Callback::new(move |(project_id, title)| renaming.ask(project_id, title)),
        duplicate: Callback::new(move |project_id| {
            duplicate.dispatch(DuplicateProject { project_id });
        }),
        step: Callback::new(move |(project_id, to)| {
            step.dispatch(MoveProject { project_id, step: to });
        }),
        pin: Callback::new(move |(project_id, pinned)| {
            pin.dispatch(SetPinned { project_id, pinned });
        }),
        delete: Callback::new(move |(project_id, title)| {
            deleted.set(Some((project_id, title)));
            delete.dispatch(DeleteProject { project_id });
        }),
        restore: Callback::new(move |project_id| {
            restore.dispatch(RestoreProject { project_id });
        }),
    }
}

#[component]
fn Toolbar(asked: Memo<Asked>) -> impl IntoView {
    let search = RwSignal::new(asked.with_untracked(|asked| asked.query.search.clone()));
    let go = go_to();
    let change = move |change: &dyn Fn(&mut Asked)| {
        let mut next = asked.get_untracked();
        change(&mut next);
        go.run(next);
    };
    // The search follows the typing after a short pause.
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<()>| {
        let text = search.get();
        if before.is_none() || asked.with_untracked(|asked| asked.query.search == text) {
            return;
        }
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        let search_now = move || change(&|asked| asked.query.search.clone_from(&text));
        waiting.set_value(set_timeout_with_handle(search_now, PAUSE).ok());
    });
    // What the address says, the box says: also after a link to all projects.
    Effect::new(move |before: Option<String>| {
        let asked = asked.with(|asked| asked.query.search.clone());
        if before.is_some_and(|before| before != asked) && search.with_untracked(|search| search.trim() != asked.trim())
        {
            search.set(asked.clone());
        }
        asked
    });
    let states: Vec<Choice> = std::iter::once(Choice::new("", "All states"))
        .chain(ProjectState::ALL.iter().map(|state| Choice::new(state.as_str(), state.title())))
        .collect();
    let state = Signal::derive(move || {
        asked.with(|asked| asked.query.state.map_or_else(String::new, |state| state.as_str().to_owned()))
    });
    let sort = Signal::derive(move || asked.with(|asked| asked.query.sort.as_str().to_owned()));
    let sorts = vec![
        Choice::new(ProjectSort::Newest.as_str(), "Newest first"),
        Choice::new(ProjectSort::Activity.as_str(), "Last labeled first"),
        Choice::new(ProjectSort::Title.as_str(), "By title"),
    ];
    let views =
        vec![Choice::new("cards", "Cards").icon(lu::LuLayoutGrid), Choice::new("table", "Table").icon(lu::LuTable2)];
    view! {
        <div class="list-bar" role="search">
            <div class="list-search">
                <TextField name="q" label="Search projects" bare=true kind="search" placeholder="Search projects" icon=lu::LuSearch bind=search/>
            </div>
            <Select
                name="state"
                label="State"
                bare=true
                choices=states
                value=state.get_untracked()
                follow=state
                on_change=Callback::new(move |state: String| change(&|asked| asked.query.state = ProjectState::from_name(&state)))
            />
            <Select
                name="sort"
                label="Order"
                bare=true
                choices=sorts
                value=sort.get_untracked()
                follow=sort
                on_change=Callback::new(move |sort: String| {
                    change(&|asked| asked.query.sort = ProjectSort::from_name(&sort).unwrap_or_default());
                })
            />
            <Segments
                label="View"
                choices=views
                value=Signal::derive(move || if asked.with(|asked| asked.as_table) { "table" } else { "cards" }.to_owned())
                on_change=Callback::new(move |view: String| change(&|asked| asked.as_table = view == "table"))
            />
        </div>
    }
    .into_any()
}

/// Goes to the list that was asked for, in place of the present one.
fn go_to() -> Callback<Asked> {
    let navigate = use_navigate();
    Callback::new(move |asked: Asked| {
        navigate(&asked.address(), NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    })
}

/// The first page and every further one that was asked for.
#[component]
fn List(rows: Rows<ProjectCard>, asked: Memo<Asked>, actions: Actions) -> impl IntoView {
    let items = RwSignal::new(rows.items);
    let next = RwSignal::new(rows.next);
    let more = Action::new(move |after: &String| {
        let query = ProjectQuery { after: Some(after.clone()), ..asked.with_untracked(|asked| asked.query.clone()) };
        async move { api::list_projects(query).await }
    });
    let may_create = may_create();
    let toasts = use_toasts();
    Effect::new(move |_| match more.value().get() {
        Some(Ok(rows)) => {
            items.update(|items| items.extend(rows.items));
            next.set(rows.next);
        }
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    view! {
        {move || {
            let items = items.get();
            let asked = asked.get();
            if items.is_empty() {
                return nothing(&asked, may_create);
            }
            if asked.query.bin {
                let rows = items.into_iter().map(|project| view! { <Binned project actions/> }).collect_view();
                return view! {
                    <Banner tone=Tone::Neutral>
                        <p>"Projects stay here for 30 days. Nothing in them is lost until then."</p>
                    </Banner>
                    <section class="card" aria-label="Bin"><ul class="rows" role="list">{rows}</ul></section>
                }
                .into_any();
            }
            if asked.as_table {
                let rows = items.into_iter().map(|project| view! { <Row project actions/> }).collect_view();
                return view! { <Table caption="Projects" head=table_head>{rows}</Table> }.into_any();
            }
            let cards = items.into_iter().map(|project| view! { <Card project actions/> }).collect_view();
            view! { <div class="grid project-grid">{cards}</div> }.into_any()
        }}
        <Show when=move || next.with(Option::is_some)>
            <LoadMore
                shown=Signal::derive(move || items.with(Vec::len))
                total=None
                more=true
                busy=more.pending()
                on_more=Callback::new(move |()| {
                    if let Some(after) = next.get_untracked() {
                        more.dispatch(after);
                    }
                })
            />
        </Show>
    }
    .into_any()
}

fn table_head() -> AnyView {
    view! {
        <th scope="col">"Project"</th>
        <th scope="col">"State"</th>
        <th scope="col">"Data"</th>
        <th scope="col">"Workspace"</th>
        <th scope="col">"Progress"</th>
        <th scope="col" data-num="">"Labeled"</th>
        <th scope="col">"Activity"</th>
        <th scope="col"><span class="sr-only">"Actions"</span></th>
    }
    .into_any()
}

fn nothing(asked: &Asked, may_create: bool) -> AnyView {
    if asked.query.bin {
        return view! {
            <EmptyState icon=lu::LuTrash2 title="The bin is empty" text="Projects you delete wait here for 30 days."/>
        }
        .into_any();
    }
    if asked.is_narrowed() {
        let of_state = asked.query.state.map(|state| format!("“{}”", state.title()));
        let text = match (asked.query.search.trim(), of_state) {
            ("", Some(state)) => format!("No project is {state}."),
            (search, None) => format!("No title or description contains “{search}”."),
            (search, Some(state)) => {
                format!("No title or description of a project that is {state} contains “{search}”.")
            }
        };
        return view! {
            <EmptyState icon=lu::LuSearch title="Nothing found" text>
                <LinkButton href="/projects".to_owned()>"Show all projects"</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    if !may_create {
        let text = "Projects appear here as soon as an owner or admin of the organization adds you to them.";
        return view! { <EmptyState icon=lu::LuFolderKanban title="No projects yet" text/> }.into_any();
    }
    view! {
        <EmptyState
            icon=lu::LuFolderKanban
            title="No projects yet"
            text="A project holds data, the questions you ask about it, and the answers. Start from a template: it takes a minute."
        >
            <LinkButton href="/projects/new".to_owned() look=Look::Primary icon=lu::LuPlus>"New project"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

fn waiting() -> AnyView {
    let cards = (0..6)
        .map(|_| {
            view! {
                <div class="card project-card">
                    <Skeleton shape="title"/>
                    <Skeleton/>
                    <Skeleton shape="block"/>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="grid project-grid" role="status">
            <span class="sr-only">"Loading"</span>
            {cards}
        </div>
    }
    .into_any()
}
