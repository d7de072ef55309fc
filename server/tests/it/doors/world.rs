//! Two organizations, everybody who may knock, and something behind every door.

use chrono::TimeDelta;
use domain::{
    access::{OrgRole, ProjectRole},
    format::{ExportFormat, ExportOptions},
    id::{
        DeliveryId, ExportId, FileId, ImportId, InviteId, LabelId, OrgId, ProjectId, ReimportId, SessionId, TaskId,
        TokenId, UserId, WebhookId, WorkspaceId,
    },
    import::reimport::{Key, Rules},
    label::NewLabel,
    org::NewInvite,
    project::{NewProject, ProjectMove, ProjectPatch},
    token::{NewToken, Scope, TokenKind},
    webhook::{self as hook, WebhookForm},
};
use service::{Actor, account, export, import, job, label, org, project, storage, testing::user_id, webhook};

use crate::support::{Browser, TestApp};

/// In the name of everything that belongs to our organization.
pub const OURS: &str = "Secret";
/// In the name of everything that belongs to the project.
pub const OF_OUR_PROJECT: &str = "Secret cats";

/// Whoever knocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Nobody has signed in.
    Stranger,
    /// The owner, with a session that has ended by itself.
    Expired,
    /// The owner of another organization.
    Rival,
    /// Our owner.
    Owner,
    /// A member of ours, in no project.
    Member,
    /// A member of ours who labels in the project.
    Annotator,
    /// Somebody without an organization, whom an invitation waits for.
    Guest,
}

const EVERYBODY: [Who; 7] =
    [Who::Stranger, Who::Expired, Who::Rival, Who::Owner, Who::Member, Who::Annotator, Who::Guest];

pub struct World {
    pub app: TestApp,
    sessions: Vec<(Who, Option<String>)>,
    pub org_id: OrgId,
    pub project_id: ProjectId,
    /// In no project.
    pub colleague: UserId,
    /// Another session of the owner.
    pub other_session: SessionId,
    pub workspace_id: WorkspaceId,
    /// Of the library.
    pub label_id: LabelId,
    pub invite_id: InviteId,
    /// Of the guest's invitation.
    pub invite_token: String,
    pub tasks: Vec<TaskId>,
    /// Not imported yet.
    pub file_id: FileId,
    /// The addresses of a sound, a film and an image.
    pub media: [String; 4],
    /// Finished, with a refused row.
    pub import_id: ImportId,
    /// Not begun.
    pub waiting_import_id: ImportId,
    /// Looked at; it would change nothing.
    pub reimport_id: ReimportId,
    /// Finished.
    pub export_id: ExportId,
    /// Of the owner.
    pub token_id: TokenId,
    /// Of the project.
    pub webhook_id: WebhookId,
    /// Of that webhook; nothing of it was sent.
    pub delivery_id: DeliveryId,
}

impl World {
    pub async fn new() -> Self {
        let app = TestApp::new().await;
        let db = &app.db;
        let cx = &db.cx;
        let (org_id, owner) = db.org(OURS).await;
        let expired = app.session_of(&owner).await;
        db.wait(TimeDelta::days(400));
        let owner = db.again(&owner).await;
        let (_, rival) = db.org("Rival").await;
        let member = db.member(org_id, "Secret-member", OrgRole::Member).await;
        let annotator = db.member(org_id, "Secret-annotator", OrgRole::Member).await;
        let colleague = user_id(&db.member(org_id, "Secret-colleague", OrgRole::Member).await);
        let guest = db.person("guest").await;

        let workspace_id = org::create_workspace(cx, &owner, "Secret folder", "blue").await.unwrap();
        let email = guest.user().unwrap().email.clone();
        let invite = NewInvite { role: OrgRole::Member, email, days: 7 };
        let invite_token = org::invite(cx, &owner, invite).await.unwrap().rsplit('/').next().unwrap().to_owned();
        let invite = NewInvite { role: OrgRole::Member, email: "secret@example.com".into(), days: 7 };
        org::invite(cx, &owner, invite).await.unwrap();
        let invites = org::current(cx, &owner).await.unwrap().invites;
        let invite_id = invites.iter().find(|i| i.email.as_deref() == Some("secret@example.com")).unwrap().invite_id;

        let project_id = Self::project(cx, &owner).await;
        project::put_member(cx, &owner, project_id, user_id(&annotator), ProjectRole::Annotator).await.unwrap();
        let text = |text: &str| import::Source::Text(text.to_owned());
        let rows = r#"[{"text":"Secret cats 1"},{"text":"Secret cats 2"},{"text":"Secret cats 3"},5]"#;
        let import_id = import::start(cx, &owner, project_id, text(rows)).await.unwrap();
        let bytes = futures::stream::iter([Ok(bytes::Bytes::from_static(br#"[{"text":"Secret cats 1"}]"#))]);
        let update = storage::receive(cx, &owner, project_id, "Secret update.json", Box::pin(bytes)).await.unwrap();
        let rules = Rules { key: Key::Field("text".into()), ..Rules::default() };
        let files = vec![update.file_id];
        let reimport_id = import::reimport::start(cx, &owner, project_id, files, rules).await.unwrap();
        let options = ExportOptions { include_unlabeled: true, ..Default::default() };
        let export_id = export::start(cx, &owner, project_id, ExportFormat::Json, options).await.unwrap();
        job::runner::run_waiting(cx).await.unwrap();
        project::change_state(cx, &owner, project_id, ProjectMove::GoLive).await.unwrap();
        let waiting_import_id = import::start(cx, &owner, project_id, text(rows)).await.unwrap();
        let bytes = futures::stream::iter([Ok(bytes::Bytes::from_static(br#"[{"text":"Secret cats 9"}]"#))]);
        let file = storage::receive(cx, &owner, project_id, "Secret cats.json", Box::pin(bytes)).await.unwrap();
        let mut media = Vec::new();
        for (name, bytes) in [
            ("a.wav", &include_bytes!("../../../../public/demo/melody.wav")[..]),
            ("a.mp4", &include_bytes!("../../../../public/demo/balls.mp4")[..]),
            ("a.pdf", &include_bytes!("../../../../public/demo/invoice.pdf")[..]),
            ("a.png", &include_bytes!("../../../service/tests/it/pixel.png")[..]),
        ] {
            let body = Box::pin(futures::stream::iter([Ok(bytes::Bytes::from_static(bytes))]));
            media.push(storage::receive(cx, &owner, project_id, name, body).await.unwrap().address());
        }
        let media = media.try_into().unwrap();
        let tasks: Vec<i64> = sqlx::query_scalar("select task_id from task where project_id = $1 order by task_id")
            .bind(project_id.0)
            .fetch_all(db.pool())
            .await
            .unwrap();

        let form = WebhookForm { url: "http://1.1.1.1/secret".into(), ..WebhookForm::default() };
        let secret = NewLabel {
            project_id,
            from_name: "kind".into(),
            value: vec!["Good".into()],
            title: "Secret good".into(),
            description: None,
        };
        let label_id = label::create(cx, &owner, vec![secret]).await.unwrap()[0];
        let webhook_id = webhook::add(cx, &owner, hook::Scope::Project(project_id), form).await.unwrap().webhook_id;
        project::update(cx, &owner, project_id, ProjectPatch::default()).await.unwrap();
        let delivery_id: i64 =
            sqlx::query_scalar("select webhook_delivery_id from webhook_delivery where webhook_id = $1")
                .bind(webhook_id.0)
                .fetch_one(db.pool())
                .await
                .unwrap();
        let delivery_id = DeliveryId(delivery_id);

        let people = [
            (Who::Rival, &rival),
            (Who::Owner, &owner),
            (Who::Member, &member),
            (Who::Annotator, &annotator),
            (Who::Guest, &guest),
        ];
        let mut sessions = vec![(Who::Stranger, None), (Who::Expired, Some(expired))];
        for (who, person) in people {
            sessions.push((who, Some(app.session_of(person).await)));
        }
        let token = NewToken { title: "Secret".into(), kind: TokenKind::Key, scope: Scope::Write, days: None };
        let token_id = account::create_token(cx, &owner, token).await.unwrap().info.token_id;
        let other_session = owner.user().unwrap().session_id.unwrap();
        let tasks = tasks.into_iter().map(TaskId).collect();
        let (file_id, app) = (file.file_id, app);
        Self {
            app,
            sessions,
            org_id,
            project_id,
            colleague,
            other_session,
            workspace_id,
            label_id,
            invite_id,
            invite_token,
            tasks,
            file_id,
            media,
            import_id,
            waiting_import_id,
            reimport_id,
            export_id,
            token_id,
            webhook_id,
            delivery_id,
        }
    }

    async fn project(cx: &service::Cx, owner: &Actor) -> ProjectId {
        let new = NewProject { title: OF_OUR_PROJECT.into(), label_config: CONFIG.into(), ..NewProject::default() };
        project::create(cx, owner, new).await.unwrap()
    }

    pub fn browser(&self, who: Who) -> Browser<'_> {
        assert!(EVERYBODY.contains(&who));
        let session = self.sessions.iter().find(|(other, _)| *other == who).unwrap().1.clone();
        self.app.browser_with(session)
    }
}

/// The labeling interface of the project.
pub const CONFIG: &str = r#"<View><Text name="text" value="$text"/>
    <Choices name="kind" toName="text"><Choice value="Good"/><Choice value="Bad"/></Choices></View>"#;
