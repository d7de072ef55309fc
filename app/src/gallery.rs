//! Everything of the kit on one page, to look at. Development only.

use leptos::prelude::*;

use crate::shell::{Command, Crumb, Page, PageHead, ThemeSwitch, use_commands};
use crate::ui::*;
use domain::Error;

/// The page at `/dev/gallery`.
#[component]
pub fn GalleryPage() -> impl IntoView {
    let toasts = use_toasts();
    use_commands(Signal::stored(vec![
        Command::go("Go to", "Gallery", lu::LuSparkles, "/dev/gallery").keys("G+G"),
        Command::run("Actions", "Say hello", lu::LuMail, Callback::new(move |()| toasts.info("Hello."))),
    ]));
    view! {
        <Page
            title="Gallery".to_owned()
            crumbs=vec![Crumb::new("Development", "/dev/gallery")]
            actions=|| view! { <Button look=Look::Primary size=Size::Small icon=lu::LuPlus>"New project"</Button> }
            tabs=ViewFn::from(|| view! {
                <Tabs label="Views">
                    <Tab href="/dev/gallery" icon=lu::LuLayers>"Components"</Tab>
                    <Tab href="/dev/outbox" icon=lu::LuMail>"Outbox"</Tab>
                </Tabs>
            })
        >
            <PageHead
                title="Components".to_owned()
                text="Everything a screen is built from.".to_owned()
                actions=|| view! { <ThemeSwitch/> }
            />
            <Buttons/>
            <Inputs/>
            <Overlays/>
            <Surfaces/>
            <Feedback/>
            <Charts/>
        </Page>
    }
}

#[component]
fn Buttons() -> impl IntoView {
    let looks = [
        (Look::Primary, "Primary"),
        (Look::Plain, "Plain"),
        (Look::Quiet, "Quiet"),
        (Look::Danger, "Danger"),
        (Look::QuietDanger, "Quiet danger"),
        (Look::Link, "Link"),
    ];
    let row = move |size| {
        looks.into_iter().map(|(look, name)| view! { <Button look size icon=lu::LuPlus>{name}</Button> }).collect_view()
    };
    view! {
        <Card title="Buttons">
            <div class="stack gap-3">
                <div class="row">{row(Size::Small)}</div>
                <div class="row">{row(Size::Medium)}</div>
                <div class="row">{row(Size::Large)}</div>
                <div class="row">
                    <Button look=Look::Primary busy=true>"Saving"</Button>
                    <Button busy=true>"Saving"</Button>
                    <Button disabled=true>"Disabled"</Button>
                    <IconButton icon=lu::LuPencil label="Edit".to_owned()/>
                    <IconButton icon=lu::LuEye label="Show".to_owned() pressed=true/>
                    <IconButton icon=lu::LuTrash2 label="Delete".to_owned() look=Look::QuietDanger/>
                    <Tooltip text="Undo the last step"><IconButton icon=lu::LuUndo2 label="Undo".to_owned()/></Tooltip>
                    <CopyButton text="synapse".to_owned()/>
                    <Kbd keys="Ctrl+Shift+Z"/>
                </div>
            </div>
        </Card>
    }
    .into_any()
}

#[component]
fn Inputs() -> impl IntoView {
    let error = Error::invalid("email", "email_taken", "There is already an account with this address.");
    view! {
        <Card title="Inputs" text="Errors stand next to their cause.">
            <FormScope error=Signal::stored(Some(error.into()))>
                <div class="form">
                    <div class="form-row">
                        <TextField name="name" label="Name" placeholder="Street scenes" help="Shown to annotators."/>
                        <TextField name="email" label="E-mail" kind="email" value="ana@example.com".to_owned()/>
                        <PasswordField name="password" label="Password" autocomplete="off"/>
                    </div>
                    <div class="form-row">
                        <TextField name="search" label="Search" kind="search" icon=lu::LuSearch placeholder="Find a project"/>
                        <Select
                            name="role"
                            label="Role"
                            choices=vec![Choice::new("member", "Member"), Choice::new("admin", "Admin")]
                        />
                        <TextArea name="about" label="Instructions" bind=RwSignal::new(String::new()) optional=true placeholder="What annotators should know"/>
                    </div>
                    <RadioCards
                        name="kind"
                        label="What do you want to do?"
                        value="client".to_owned()
                        choices=vec![
                            Choice::new("client", "Get data labeled").icon(lu::LuBriefcase).help("Create projects, bring data, export results."),
                            Choice::new("annotator", "Label data").icon(lu::LuPenTool).help("Join projects and label what they hold."),
                        ]
                    />
                    <div class="row gap-6">
                        <Checkbox name="skip" label="Annotators may skip" checked=true help="They say why."/>
                        <Switch name="live" label="Live" checked=true/>
                        <Switch name="off" label="Off"/>
                    </div>
                </div>
            </FormScope>
        </Card>
    }
    .into_any()
}

#[component]
fn Overlays() -> impl IntoView {
    let (dialog, confirm) = (RwSignal::new(false), RwSignal::new(false));
    let toasts = use_toasts();
    view! {
        <Card title="Over the page">
            <div class="row">
                <Button on:click=move |_| dialog.set(true)>"Dialog"</Button>
                <Button on:click=move |_| confirm.set(true)>"Confirm"</Button>
                <Button on:click=move |_| toasts.success("Saved")>"Toast"</Button>
                <Button on:click=move |_| {
                    toasts.undo("Moved to the bin", Callback::new(move |()| toasts.info("It is back.")));
                }>"Toast with undo"</Button>
                <Menu id="gallery-menu" label="More" icon=lu::LuEllipsis look=Look::Plain>
                    <MenuLabel>"Project"</MenuLabel>
                    <MenuButton icon=lu::LuPencil>"Rename"</MenuButton>
                    <MenuButton icon=lu::LuCopy>"Duplicate"</MenuButton>
                    <MenuButton icon=lu::LuCheck checked=true>"Pinned"</MenuButton>
                    <MenuLine/>
                    <MenuButton icon=lu::LuTrash2 danger=true>"Move to the bin"</MenuButton>
                </Menu>
            </div>
            <Dialog open=dialog title="Invite people".to_owned() text="They get a link that works for seven days.".to_owned()>
                <div class="dialog-body form">
                    <TextField name="invite" label="E-mail" kind="email"/>
                </div>
                <DialogFoot>
                    <Button on:click=move |_| dialog.set(false)>"Cancel"</Button>
                    <Button look=Look::Primary>"Send the invitation"</Button>
                </DialogFoot>
            </Dialog>
            <ConfirmDialog
                open=confirm
                title="Delete 12 tasks?".to_owned()
                text="Their annotations go with them. This cannot be undone.".to_owned()
                verb="Delete"
                on_confirm=Callback::new(move |()| confirm.set(false))
            />
        </Card>
    }
    .into_any()
}

#[component]
fn Surfaces() -> impl IntoView {
    let at = chrono::DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default();
    let people = ["Ada Lovelace", "Grace Hopper", "Alan Turing", "Katherine Johnson"];
    let rows = people
        .into_iter()
        .enumerate()
        .map(|(at_row, name)| {
            view! {
                <tr>
                    <th scope="row"><span class="row"><Avatar name size="small"/>{name}</span></th>
                    <td>
                        {match at_row {
                            0 => view! { <Badge tone=Tone::Accent>"Owner"</Badge> }.into_any(),
                            1 => view! { <Badge tone=Tone::Success dot=true>"Active"</Badge> }.into_any(),
                            2 => view! { <Badge tone=Tone::Warning dot=true>"Invited"</Badge> }.into_any(),
                            _ => view! { <Badge tone=Tone::Danger dot=true>"Removed"</Badge> }.into_any(),
                        }}
                    </td>
                    <td data-num="">{count(1234 * (i64::try_from(at_row).unwrap_or(0) + 1))}</td>
                    <td><Time at/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="grid">
            <StatTile label="Tasks" value=count(12_480) note="9,120 labeled" icon=lu::LuLayers/>
            <StatTile label="Agreement" value=percent(0.913) note="over 1,204 overlaps"/>
            <StatTile label="Storage" value=bytes(1_610_612_736)/>
            <StatTile label="Time per task" value=duration(47)><Sparkline label="Falling" values=vec![9, 8, 8, 6, 7, 5, 4]/></StatTile>
        </div>
        <Table
            caption="People"
            head=|| view! {
                <SortableHead label="Name" href="?sort=name" sort=Sort::Ascending/>
                <th scope="col">"State"</th>
                <SortableHead label="Tasks" href="?sort=tasks" num=true/>
                <th scope="col">"Seen"</th>
            }
        >
            {rows}
        </Table>
        <CopyLine label="the link" text="https://synapse.example/invite/7Hq3vN0pXc"/>
    }
    .into_any()
}

#[component]
fn Feedback() -> impl IntoView {
    view! {
        <div class="stack gap-3">
            <Banner title="A new version is out"><p>"Reload to use it."</p></Banner>
            <Banner tone=Tone::Success><p>"950 of 1,000 rows are in."</p></Banner>
            <Banner tone=Tone::Warning actions=|| view! { <Button size=Size::Small>"See the 50"</Button> }>
                <p>"50 rows could not be read."</p>
            </Banner>
            <ErrorBanner error=Error::conflict("stale", "Somebody else changed this in the meantime.").into()/>
            <ErrorBanner error=Error::unauthenticated().into()/>
        </div>
        <Card title="Progress">
            <div class="stack gap-3">
                <Meter label="Labeled" value=0.64/>
                <Meter label="Reviewed" value=0.31 tone=Tone::Success/>
                <ProgressBar label="Reading the file" value=Signal::stored(None) words=true/>
            </div>
        </Card>
        <Card title="Waiting" flush=true><SkeletonRows rows=3/></Card>
        <Card flush=true>
            <EmptyState icon=lu::LuInbox title="No projects yet" text="A project holds the data, the labeling interface and the people.">
                <Button look=Look::Primary icon=lu::LuPlus>"Create a project"</Button>
                <Button>"See an example"</Button>
            </EmptyState>
        </Card>
    }
    .into_any()
}

#[component]
fn Charts() -> impl IntoView {
    let labels = || {
        vec![
            Slice::new("Car", 4210),
            Slice::new("Pedestrian", 2380),
            Slice::new("Bicycle", 1190),
            Slice::new("Bus", 480),
            Slice::new("Traffic sign", 240),
        ]
    };
    let days = (1..=14).map(|day| format!("{day} Nov")).collect::<Vec<_>>();
    view! {
        <div class="grid grid-wide">
            <Card><BarChart title="Labels" slices=labels()/></Card>
            <Card><Donut title="Share of labels" slices=labels() unit="regions"/></Card>
            <Card>
                <LineChart
                    title="Tasks per day"
                    axis=days
                    series=vec![
                        Series::new("Labeled", vec![12, 40, 38, 66, 80, 20, 16, 90, 120, 118, 140, 133, 60, 44]),
                        Series::new("Reviewed", vec![0, 10, 22, 40, 61, 14, 10, 60, 88, 90, 101, 96, 40, 30]),
                    ]
                />
            </Card>
            <Card>
                <StackedBarChart
                    title="By person"
                    parts=vec!["Accepted".to_owned(), "Fixed".to_owned(), "Rejected".to_owned()]
                    rows=vec![
                        Series::new("Ada", vec![120, 14, 6]),
                        Series::new("Grace", vec![96, 20, 12]),
                        Series::new("Alan", vec![44, 9, 3]),
                    ]
                />
            </Card>
        </div>
    }
    .into_any()
}
