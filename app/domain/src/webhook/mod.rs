//! Webhooks: addresses that are told what happens in a project or in a whole organization.
//!
//! What can be told is [`Action`]; what a message looks like is [`payload`]; when one is tried again is [`retry`]. Messages of
//! one webhook go out in the order in which things happened.

mod action;
mod delivery;
mod header;
pub mod payload;
pub mod retry;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{OrgId, ProjectId, WebhookId};
use crate::{Error, Result};

pub use action::{Action, Group};
pub use delivery::{
    Attempt, Delivery, DeliveryDetail, DeliveryFilter, DeliveryState, KEEP_DAYS, MAX_ANSWER_BYTES, MAX_KEPT_BYTES,
    Replay, TIMEOUT_S, WebhookView,
};
pub use header::{Header, MASK, MAX_HEADERS, check_headers, may_keep};

/// The most webhooks of one project, and of an organization beside those of its projects.
pub const MAX_WEBHOOKS: i64 = 20;
/// The most characters of an address.
pub const MAX_URL_CHARS: usize = 2_048;
/// How long a signing key is used on after another one has taken its place.
pub const OLD_SECRET_HOURS: i64 = 24;

/// What a webhook listens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Every project of the organization one works in.
    Organization,
    /// One project.
    Project(ProjectId),
}

/// A webhook as people see it. The values of its headers and its signing keys are never among what they see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Which.
    pub webhook_id: WebhookId,
    /// Whose.
    pub org_id: OrgId,
    /// The project it listens to; none for all of the organization.
    pub project_id: Option<ProjectId>,
    /// The name of that project.
    pub project_title: Option<String>,
    /// The name of the model that it was made for: what it tells, a model learns from.
    pub model: Option<String>,
    /// Where messages go.
    pub url: String,
    /// Whether messages tell everything, or only what and which.
    pub send_payload: bool,
    /// Whether it hears everything.
    pub send_for_all_actions: bool,
    /// What it hears otherwise.
    pub actions: Vec<Action>,
    /// The names of the headers that go along.
    pub headers: Vec<String>,
    /// Whether it is sent anything.
    pub is_active: bool,
    /// Since when nothing has got through.
    pub failing_since: Option<DateTime<Utc>>,
    /// When it was switched off for that.
    pub switched_off_at: Option<DateTime<Utc>>,
    /// When something got through last.
    pub delivered_at: Option<DateTime<Utc>>,
    /// Until when an earlier signing key is used too.
    pub old_secret_until: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// How a webhook does, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Somebody switched it off.
    Off,
    /// It was switched off because nothing got through for days.
    GivenUp,
    /// The last messages did not get through.
    Failing,
    /// What was sent last got through.
    Fine,
    /// Nothing was sent yet.
    New,
}

impl Webhook {
    /// How it does.
    #[must_use]
    pub fn health(&self) -> Health {
        match self {
            Self { is_active: false, switched_off_at: Some(_), .. } => Health::GivenUp,
            Self { is_active: false, .. } => Health::Off,
            Self { failing_since: Some(_), .. } => Health::Failing,
            Self { delivered_at: Some(_), .. } => Health::Fine,
            _ => Health::New,
        }
    }

    /// The form that changes nothing about it.
    #[must_use]
    pub fn form(&self) -> WebhookForm {
        WebhookForm {
            url: self.url.clone(),
            send_payload: self.send_payload,
            send_for_all_actions: self.send_for_all_actions,
            actions: self.actions.clone(),
            headers: self.headers.iter().map(|name| Header { name: name.clone(), value: None }).collect(),
            is_active: self.is_active,
        }
    }
}

/// A webhook to be made, or as it is to be from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookForm {
    /// Where messages go.
    pub url: String,
    /// Whether messages tell everything, or only what and which.
    pub send_payload: bool,
    /// Whether it hears everything.
    pub send_for_all_actions: bool,
    /// What it hears otherwise.
    pub actions: Vec<Action>,
    /// What goes along, as for signing in over there.
    pub headers: Vec<Header>,
    /// Whether it is sent anything.
    pub is_active: bool,
}

impl Default for WebhookForm {
    fn default() -> Self {
        Self {
            url: String::new(),
            send_payload: true,
            send_for_all_actions: true,
            actions: Vec::new(),
            headers: Vec::new(),
            is_active: true,
        }
    }
}

impl WebhookForm {
    /// The webhook as it is stored. Whether its address may be reached is for the server to say.
    ///
    /// # Errors
    /// An address that is none, no action where not all are meant, one that a project never hears of, headers beyond their
    /// limits.
    pub fn checked(mut self, scope: Scope) -> Result<Self> {
        self.url = self.url.trim().to_owned();
        if self.url.is_empty() {
            return Err(Error::invalid("url", "required", "Please enter the address that is told."));
        }
        if self.url.chars().count() > MAX_URL_CHARS {
            return Err(Error::invalid("url", "too_long", format!("At most {MAX_URL_CHARS} characters fit here.")));
        }
        self.actions.sort_unstable();
        self.actions.dedup();
        if self.actions.is_empty() && !self.send_for_all_actions {
            let message = "Choose at least one action, or send all of them.";
            return Err(Error::invalid("actions", "no_actions", message));
        }
        let foreign = self.actions.iter().find(|action| action.is_of_organization());
        if let (Scope::Project(_), Some(action)) = (scope, foreign) {
            let message = format!("“{}” is heard by webhooks of the organization alone.", action.name());
            return Err(Error::invalid("actions", "action_of_organization", message));
        }
        self.headers = header::checked(self.headers)?;
        Ok(self)
    }

    /// Whether headers that are known may go to the new address: they stay with the server they were typed for.
    ///
    /// # Errors
    /// Values have to be typed again, or for the first time.
    pub fn may_keep_headers(&self, known: &[String], is_same_server: bool) -> Result<()> {
        header::may_keep(&self.headers, known, is_same_server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(change: impl FnOnce(&mut WebhookForm)) -> WebhookForm {
        let mut form = WebhookForm { url: " https://example.org/hook ".into(), ..WebhookForm::default() };
        change(&mut form);
        form
    }

    #[test]
    fn a_webhook_is_stored_within_its_limits() {
        let project = Scope::Project(ProjectId(1));
        let kept = form(|form| {
            form.send_for_all_actions = false;
            form.actions = vec![Action::TasksDeleted, Action::TasksCreated, Action::TasksDeleted];
        });
        let kept = kept.checked(project).unwrap();
        assert_eq!(kept.url, "https://example.org/hook");
        assert_eq!(kept.actions, [Action::TasksCreated, Action::TasksDeleted]);
        let field = |form: WebhookForm| form.checked(project).unwrap_err().field.unwrap().into_owned();
        assert_eq!(field(form(|form| form.url = "  ".into())), "url");
        assert_eq!(field(form(|form| form.url = "a".repeat(2_049))), "url");
        assert_eq!(field(form(|form| form.send_for_all_actions = false)), "actions");
        let of_org = form(|form| form.actions = vec![Action::ProjectDeleted]);
        assert_eq!(field(of_org.clone()), "actions");
        assert!(of_org.checked(Scope::Organization).is_ok());
    }

    #[test]
    fn headers_stay_with_their_server() {
        let keeps = form(|form| form.headers = vec![Header { name: "X-Key".into(), value: None }]);
        let known = ["x-key".to_owned()];
        assert!(keeps.may_keep_headers(&known, true).is_ok());
        assert_eq!(keeps.may_keep_headers(&known, false).unwrap_err().code, "header_of_another_server");
        assert_eq!(keeps.may_keep_headers(&[], true).unwrap_err().code, "header_without_value");
        let typed = form(|form| form.headers = vec![Header { name: "X-Key".into(), value: Some("new".into()) }]);
        assert!(typed.may_keep_headers(&known, false).is_ok());
    }
}
