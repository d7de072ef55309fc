//! A believable first day: an organization with five people, three projects on real media, partly labeled, and one task each
//! of every other medium.
//!
//! Everything goes through the use cases that people use, with a clock that walks from a week ago to now, so that every
//! list, chart and history has something true in it. Photographs are those of `public/demo` (see its credits); texts are
//! articles of the Universal Declaration of Human Rights.

mod content;
mod labels;
mod library;
mod outside;
mod talk;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Error as Problem,
    access::{OrgPermission, OrgRole, ProjectRole},
    account::{DemoPeople, DemoPerson},
    annotation::{Desk, Submission},
    id::{OrgId, ProjectId, UserId, WorkspaceId},
    project::{NewProject, ProjectMove, ProjectPatch},
    result::ResultItem,
    template,
};

use self::content::{People, Person};
use crate::{
    Actor, Clock, Cx, CxBuilder, Result, access,
    access::SignedIn,
    account::{self, Created, NewPerson},
    annotation, assignment, boxed,
    import::{self, RunImport, Source},
    job::Job,
    org,
    prediction::{self, NewPrediction},
    project,
    task::record,
};

/// The password of every demo person. It is public, which is why such a server only listens on loopback.
pub const PASSWORD: &str = "synapse-demo";

/// Makes the demo organization, if nobody has an account yet; returns whether it did.
///
/// # Errors
/// When the database cannot be reached, or a use case refuses what the demo does, which is a fault of ours.
#[boxed]
pub async fn seed(cx: &Cx) -> Result<bool> {
    if !account::nobody_yet(cx).await? {
        return Ok(false);
    }
    let now = cx.now();
    let clock = Clock::fixed(now - TimeDelta::days(21));
    let past = CxBuilder::new(cx.pool().clone())
        .store(cx.store().clone())
        .settings(cx.settings().clone())
        .clock(clock)
        .build()?;
    Story { cx: past, now }.tell().await?;
    Ok(true)
}

/// The addresses and names of the demo people, for whoever prints them.
#[must_use]
pub fn people() -> [(&'static str, &'static str); 5] {
    content::PEOPLE.map(|person| (person.email, person.role))
}

/// Who can be tried out here; nobody where there is no demo workspace.
///
/// # Errors
/// When the database cannot be reached.
#[boxed]
pub async fn guests(cx: &Cx) -> Result<Option<DemoPeople>> {
    if !account::has_demo_people(cx).await? {
        return Ok(None);
    }
    let people = content::PEOPLE.map(|person| DemoPerson {
        email: person.email.to_owned(),
        name: person.name.to_owned(),
        role: person.role.to_owned(),
    });
    Ok(Some(DemoPeople { password: PASSWORD.to_owned(), people: people.into() }))
}

struct Story {
    cx: Cx,
    now: DateTime<Utc>,
}

impl Story {
    async fn tell(&self) -> Result<()> {
        let people = self.people().await?;
        let owner = &people.owner;
        let vision = org::create_workspace(&self.cx, owner, "Vision", "teal").await?;
        let language = org::create_workspace(&self.cx, owner, "Language", "violet").await?;
        self.photos(&people, vision).await?;
        self.rights(&people, language).await?;
        self.captions(&people, vision).await?;
        let media = org::create_workspace(&self.cx, owner, "Sound, film and more", "pink").await?;
        self.media(&people, media).await?;
        Ok(())
    }

    async fn people(&self) -> Result<People> {
        let mut actors = Vec::new();
        let mut org = None;
        for person in &content::PEOPLE {
            let organization = org.is_none().then(|| content::ORGANIZATION.to_owned());
            let created = self.person(person, organization).await?;
            if let Some(org_id) = org {
                org::add_member(&self.cx, &Actor::System, org_id, created.user_id, OrgRole::Member).await?;
            }
            org = org.or(created.org_id);
            let org_id = org.ok_or_else(|| anyhow::anyhow!("the first person of the demo owns its organization"))?;
            actors.push(signed_in(person, created.user_id, org_id));
        }
        let [owner, reviewer, annotator1, annotator2, _staff] =
            <[Actor; 5]>::try_from(actors).map_err(|_| anyhow::anyhow!("the demo has five people"))?;
        Ok(People { owner, reviewer, annotators: [annotator1, annotator2] })
    }

    async fn person(&self, person: &Person, organization: Option<String>) -> Result<Created> {
        let new = NewPerson {
            email: person.email.to_owned(),
            name: person.name.to_owned(),
            password: PASSWORD.to_owned(),
            organization,
            is_staff: person.is_staff,
            is_demo: true,
            is_annotator: person.is_annotator,
        };
        account::create(&self.cx, &Actor::System, new).await
    }

    /// Boxes on photographs; two people label each, so that they can be compared.
    async fn photos(&self, people: &People, workspace: WorkspaceId) -> Result<()> {
        let new = NewProject {
            title: "Everyday things".into(),
            description: "Tight boxes around every person, animal, vehicle and thing we know how to name.".into(),
            color: "teal".into(),
            workspace_id: Some(workspace),
            label_config: content::PHOTOS_CONFIG.into(),
        };
        let patch = ProjectPatch {
            maximum_annotations: Some(2),
            expert_instruction: Some(content::PHOTOS_INSTRUCTION.into()),
            show_instruction: Some(true),
            ..ProjectPatch::default()
        };
        let photos = content::photos()?;
        let tasks = photos.iter().map(content::Photo::task).collect::<Vec<_>>();
        let project_id = self.project(people, new, patch, "photos.json", &tasks).await?;
        for (round, (annotator, share)) in people.annotators.iter().zip([7, 5]).enumerate() {
            for turn in 0..share {
                self.work(annotator, project_id, (turn, 12), |desk| labels::boxes(&photos, &desk, round)).await?;
            }
        }
        talk::about_photos(&self.cx, people, project_id).await
    }

    /// Spans in eight languages.
    async fn rights(&self, people: &People, workspace: WorkspaceId) -> Result<()> {
        let new = NewProject {
            title: "Human rights in eight languages".into(),
            description:
                "Who bears a right, which right it is, and what is forbidden: one reading guide for eight languages."
                    .into(),
            color: "violet".into(),
            workspace_id: Some(workspace),
            label_config: content::RIGHTS_CONFIG.into(),
        };
        let patch =
            ProjectPatch { expert_instruction: Some(content::RIGHTS_INSTRUCTION.into()), ..ProjectPatch::default() };
        let texts = content::rights()?;
        let project_id = self.project(people, new, patch, "udhr.json", &texts).await?;
        outside::translation(&self.cx, people, project_id, &texts).await?;
        library::fill(&self.cx, people, project_id).await?;
        let phrases = content::phrases()?;
        let mut listener = None;
        for turn in 0..46 {
            // The index came when most was done.
            if turn == 32 {
                listener = Some(outside::listener(&self.cx, people, project_id).await?);
            }
            let annotator = &people.annotators[usize::from(turn % 3 == 2)];
            self.work(annotator, project_id, (turn, 4), |desk| labels::spans(&phrases, &desk)).await?;
            if let Some(webhook_id) = listener {
                outside::heard(&self.cx, webhook_id, turn).await?;
            }
        }
        if let Some(webhook_id) = listener {
            outside::silence(&self.cx, people, webhook_id).await?;
        }
        Ok(())
    }

    /// A caption, a scene and a rating for each photograph: finished work.
    async fn captions(&self, people: &People, workspace: WorkspaceId) -> Result<()> {
        let new = NewProject {
            title: "Photo captions".into(),
            description: "One honest sentence for each picture, where it was taken, and how good it is.".into(),
            color: "amber".into(),
            workspace_id: Some(workspace),
            label_config: content::CAPTIONS_CONFIG.into(),
        };
        let photos = content::photos()?;
        let tasks = photos.iter().map(content::Photo::task).collect::<Vec<_>>();
        let project_id = self.project(people, new, ProjectPatch::default(), "captions.json", &tasks).await?;
        for turn in 0..i32::try_from(photos.len()).unwrap_or(i32::MAX) {
            let annotator = &people.annotators[usize::from(turn % 2 == 0)];
            self.work(annotator, project_id, (turn, 8), |desk| labels::caption(&photos, &desk)).await?;
        }
        self.guesses(people, project_id, &photos).await
    }

    /// What two versions of a model would have said about the captions, so that there is something to compare.
    async fn guesses(&self, people: &People, project_id: ProjectId, photos: &[content::Photo]) -> Result<()> {
        let (cx, limit) = (&self.cx, record::MAX_PAGE);
        let (_, tasks) =
            record::records(cx, &people.owner, project_id, false, 0, limit, record::With::default()).await?;
        for version in ["scenes-1", "scenes-2"] {
            let mut new = Vec::new();
            for (number, task) in tasks.iter().enumerate() {
                let Some(photo) = photos.iter().find(|photo| task.data.get().contains(&photo.address())) else {
                    continue;
                };
                let (result, score) = labels::guess(photo, number, version == "scenes-2")?;
                new.push(NewPrediction {
                    task_id: task.task_id,
                    result,
                    score: Some(score),
                    model_version: version.to_owned(),
                });
            }
            prediction::add_many(cx, &people.owner, project_id, new).await?;
            self.pass(Duration::from_secs(3 * 3600));
        }
        Ok(())
    }

    /// A task of each other medium, to try out.
    async fn media(&self, people: &People, workspace: WorkspaceId) -> Result<()> {
        for (id, title, description, color) in content::MEDIA {
            let template = template::find(id).ok_or_else(|| anyhow::anyhow!("there is no template {id}"))?;
            let new = NewProject {
                title: title.into(),
                description: description.into(),
                color: color.into(),
                workspace_id: Some(workspace),
                label_config: template.xml.into(),
            };
            let sample = serde_json::from_str(template.sample).map_err(anyhow::Error::new)?;
            self.project(people, new, ProjectPatch::default(), id, &[sample]).await?;
        }
        Ok(())
    }

    /// A project with its people and its data.
    async fn project(
        &self,
        people: &People,
        new: NewProject,
        patch: ProjectPatch,
        file: &str,
        tasks: &[serde_json::Value],
    ) -> Result<ProjectId> {
        let cx = &self.cx;
        let access = access::current_org(cx, &people.owner, OrgPermission::CreateProject).await?;
        let project_id = project::create_in(cx, &access, new).await?;
        project::update(cx, &people.owner, project_id, patch).await?;
        project::put_member(cx, &people.owner, project_id, user_id(&people.reviewer)?, ProjectRole::Reviewer).await?;
        for annotator in &people.annotators {
            project::put_member(cx, &people.owner, project_id, user_id(annotator)?, ProjectRole::Annotator).await?;
        }
        self.pass(Duration::from_secs(20 * 60));
        let text = serde_json::to_string(tasks).map_err(anyhow::Error::new)?;
        let import_id = import::start(cx, &people.owner, project_id, Source::Text(text)).await?;
        RunImport { project_id, import_id }.run(cx).await?;
        let run = import::get(cx, &people.owner, project_id, import_id).await?;
        if run.failed > 0 || run.tasks == 0 {
            return Err(anyhow::anyhow!("the demo data {file} does not import: {run:?}").into());
        }
        self.pass(Duration::from_secs(20 * 60));
        project::change_state(cx, &people.owner, project_id, ProjectMove::GoLive).await?;
        self.pass(Duration::from_secs(20 * 60));
        Ok(project_id)
    }

    /// Takes the next task, thinks, and hands it in; then `pace` hours, or a multiple, may go by until the next turn.
    async fn work(
        &self,
        annotator: &Actor,
        project_id: ProjectId,
        (turn, pace): (i32, u64),
        answer: impl Fn(Desk) -> Result<Vec<ResultItem>>,
    ) -> Result<()> {
        let cx = &self.cx;
        let desk = assignment::next_task(cx, annotator, project_id).await?;
        let task_id = match &desk.task {
            Ok(task) => task.task_id,
            Err(reason) => return Err(anyhow::anyhow!("the demo runs out of tasks: {reason:?}").into()),
        };
        let result = answer(desk)?;
        let seconds = 14 + u64::try_from(result.len()).unwrap_or(0) * 4 + u64::from(turn.unsigned_abs() % 7);
        self.pass(Duration::from_secs(seconds));
        let submission = Submission {
            project_id,
            task_id,
            annotation_id: None,
            key: cx.new_uuid(),
            result,
            lead_time_ms: i64::try_from(seconds * 1000).unwrap_or(i64::MAX),
            prediction_id: None,
        };
        annotation::submit(cx, annotator, submission).await?;
        // Some tasks follow at once, and now and then days lie between them.
        let pauses = [0, 1, 0, 3, 0, 2, 0, 1, 4][usize::try_from(turn.unsigned_abs()).unwrap_or(0) % 9];
        self.pass(Duration::from_secs(pauses * pace * 3600 + 20));
        Ok(())
    }

    /// Lets time go by, but never past now.
    fn pass(&self, time: Duration) {
        let left = self.now - self.cx.now();
        let step = TimeDelta::from_std(time).unwrap_or_default();
        self.cx.clock().advance(step.min(left / 8).max(TimeDelta::zero()));
    }
}

fn signed_in(person: &Person, user_id: UserId, org_id: OrgId) -> Actor {
    Actor::User(SignedIn {
        user_id,
        session_id: None,
        org_id: Some(org_id),
        name: person.name.to_owned(),
        email: person.email.to_owned(),
        is_staff: person.is_staff,
    })
}

fn user_id(actor: &Actor) -> Result<UserId> {
    Ok(actor.user_id().ok_or_else(Problem::unauthenticated)?)
}
