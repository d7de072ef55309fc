//! Models that a project can ask: how they are set up, what they are asked while people draw or for many tasks, and what
//! becomes of answers.
//!
//! A model is a server that speaks the protocol of Label Studio's ML backends ([`protocol`]). What it answers is treated
//! like an import: read with the same care, and nothing in it is believed.

pub mod compare;
pub mod patience;
pub mod protocol;
mod suggestion;
mod trouble;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{MlBackendId, ProjectId, TaskId, WebhookId};
use crate::label_config::{Control, LabelConfig};
use crate::result::ResultItem;
use crate::{Error, Kind, Result};

pub use suggestion::{fitting, suggested};
pub use trouble::Trouble;

/// The most models of one project.
pub const MAX_BACKENDS: i64 = 10;
/// The most characters of a title.
pub const MAX_TITLE_CHARS: usize = 100;
/// The most characters of an address.
pub const MAX_URL_CHARS: usize = 2_048;
/// The most characters of a user name and of a password.
pub const MAX_CREDENTIAL_CHARS: usize = 256;
/// The most characters of a description.
pub const MAX_DESCRIPTION_CHARS: usize = 1_000;
/// The most bytes of what is handed over with `setup`.
pub const MAX_EXTRA_BYTES: usize = 16 << 10;
/// The longest that a model is given for a task.
pub const MAX_TIMEOUT_S: i32 = 600;
/// The longest that people are made to wait: shorter than a request may take.
pub const MAX_WAIT_S: i32 = 50;
/// How long models are given unless somebody decides otherwise.
pub const DEFAULT_TIMEOUT_S: i32 = 20;
/// The most drawings of one question.
pub const MAX_PROMPTS: usize = 50;
/// The most bytes of the drawings of one question: a painted mask has many.
pub const MAX_PROMPT_BYTES: usize = 2 << 20;

/// How the last check of a model went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has looked yet.
    #[default]
    Unchecked,
    /// It answered.
    Up,
    /// It did not, or not as a model does.
    Down,
}

impl State {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unchecked => "unchecked",
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    /// What is stored under that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Unchecked, Self::Up, Self::Down].into_iter().find(|state| state.as_str() == name)
    }
}

/// A model as people see it. Its password is never among what they see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backend {
    /// Which.
    pub ml_backend_id: MlBackendId,
    /// Whose.
    pub project_id: ProjectId,
    /// Its name.
    pub title: String,
    /// What it is for; may be empty.
    pub description: String,
    /// Where it is.
    pub url: String,
    /// Who one is to it; `None` where it asks nobody.
    pub username: Option<String>,
    /// How long it may take.
    pub timeout_s: i32,
    /// Whether it is asked while people draw.
    pub is_interactive: bool,
    /// How the last check went.
    pub state: State,
    /// What was wrong, in a sentence; empty where nothing was.
    pub message: String,
    /// Its version in its own words; empty where it has none.
    pub model_version: String,
    /// When it was looked at last.
    pub checked_at: Option<DateTime<Utc>>,
    /// Handed over when it is asked to be ready.
    pub extra_params: Option<Value>,
    /// Until when it is left alone, having failed several times; may have passed.
    pub rests_until: Option<DateTime<Utc>>,
    /// Through which webhook it hears of the work.
    pub webhook_id: Option<WebhookId>,
    /// When it was asked to learn last.
    pub trained_at: Option<DateTime<Utc>>,
    /// How many annotations have come in since.
    pub untrained: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Backend {
    /// The form that would leave it as it is.
    #[must_use]
    pub fn form(&self) -> BackendForm {
        let basic = |username: &String| Auth::Basic { username: username.clone(), password: None };
        BackendForm {
            title: self.title.clone(),
            description: self.description.clone(),
            url: self.url.clone(),
            auth: self.username.as_ref().map_or(Auth::None, basic),
            timeout_s: self.timeout_s,
            is_interactive: self.is_interactive,
            extra_params: self.extra_params.clone(),
        }
    }
}

/// Who one is to a model.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// It asks nobody.
    None,
    /// A user name and a password.
    Basic {
        /// The name.
        username: String,
        /// The password; `None` for the one that is known already.
        password: Option<String>,
    },
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Basic { username, .. } => write!(f, "Basic({username:?})"),
        }
    }
}

/// A model to be added, or as it is to be from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendForm {
    /// Its name.
    pub title: String,
    /// What it is for; may be empty.
    pub description: String,
    /// Where it is.
    pub url: String,
    /// Who one is to it.
    pub auth: Auth,
    /// How long it may take.
    pub timeout_s: i32,
    /// Whether it is asked while people draw; no other one is then.
    pub is_interactive: bool,
    /// Handed over when it is asked to be ready.
    pub extra_params: Option<Value>,
}

impl BackendForm {
    /// The model as it is stored.
    ///
    /// # Errors
    /// A title, a description, an address, a user name, a password, a time or parameters beyond their limits.
    pub fn checked(mut self) -> Result<Self> {
        self.title = line("title", &self.title, MAX_TITLE_CHARS)?;
        self.description = self.description.trim().to_owned();
        if self.description.chars().count() > MAX_DESCRIPTION_CHARS {
            let message = format!("At most {MAX_DESCRIPTION_CHARS} characters fit here.");
            return Err(Error::invalid("description", "too_long", message));
        }
        if self.description.contains('\0') {
            let message = "This contains characters that cannot be stored.";
            return Err(Error::invalid("description", "unprintable", message));
        }
        self.extra_params = self.extra_params.filter(|value| !value.is_null());
        let written = self.extra_params.as_ref().map_or(String::new(), Value::to_string);
        if written.len() > MAX_EXTRA_BYTES || written.contains("\\u0000") {
            let message = format!("Parameters have {} kB at most, and no NUL characters.", MAX_EXTRA_BYTES >> 10);
            return Err(Error::invalid("extra_params", "extra_params_unfit", message));
        }
        self.url = line("url", &self.url, MAX_URL_CHARS)?;
        if let Auth::Basic { username, password } = &mut self.auth {
            *username = line("username", username, MAX_CREDENTIAL_CHARS)?;
            if username.contains(':') {
                let message = "A user name has no colon: what follows it would count as the password.";
                return Err(Error::invalid("username", "username_colon", message));
            }
            let is_proper =
                |text: &String| text.chars().count() <= MAX_CREDENTIAL_CHARS && !text.chars().any(char::is_control);
            if password.as_ref().is_some_and(|password| password.is_empty() || !is_proper(password)) {
                let message = format!("A password has 1 to {MAX_CREDENTIAL_CHARS} characters that can be typed.");
                return Err(Error::invalid("password", "password_malformed", message));
            }
        }
        if !(1..=MAX_TIMEOUT_S).contains(&self.timeout_s) {
            let message = format!("A model is given 1 to {MAX_TIMEOUT_S} seconds.");
            return Err(Error::invalid("timeout_s", "timeout_out_of_limits", message));
        }
        Ok(self)
    }

    /// Whether the password that is known may go to the new address: it stays with the server it was typed for.
    ///
    /// # Errors
    /// The password has to be typed again, or for the first time.
    pub fn may_keep_password(&self, has_password: bool, is_same_server: bool) -> Result<()> {
        let Auth::Basic { password: None, .. } = &self.auth else { return Ok(()) };
        match (has_password, is_same_server) {
            (true, true) => Ok(()),
            (true, false) => Err(Error::invalid(
                "password",
                "password_of_another_server",
                "The address leads to another server: please type the password for it.",
            )),
            (false, _) => Err(Error::invalid("password", "password_missing", "Please type the password.")),
        }
    }
}

/// One line of text that is there and not too long.
fn line(field: &'static str, text: &str, most: usize) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(field, "required", "Please fill this in."));
    }
    if text.chars().count() > most {
        return Err(Error::invalid(field, "too_long", format!("At most {most} characters fit here.")));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(field, "unprintable", "This contains characters that cannot be shown."));
    }
    Ok(text.to_owned())
}

/// What somebody asks a model with what they have drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// In which project.
    pub project_id: ProjectId,
    /// About which task.
    pub task_id: TaskId,
    /// What was drawn for it, as results are stored.
    pub prompts: Vec<ResultItem>,
}

/// What a model proposes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// As results are stored.
    pub result: Vec<ResultItem>,
    /// Its version in its own words.
    pub model_version: String,
}

/// Whether what is drawn with a control can be a question to a model, and whether it is nothing else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Smart {
    /// It draws regions.
    #[default]
    No,
    /// People decide (`smart`).
    Offered,
    /// Always (`smartOnly`).
    Always,
}

impl Smart {
    /// What the interface says about a control.
    #[must_use]
    pub fn of(control: &Control) -> Self {
        match (control.flag("smartOnly"), control.flag("smart")) {
            (true, _) => Self::Always,
            (false, true) => Self::Offered,
            (false, false) => Self::No,
        }
    }
}

/// Refuses a question that the interface does not have.
///
/// # Errors
/// Nothing drawn, too much, or drawn with a control that asks no model.
pub fn check_question(config: &LabelConfig, prompts: &[ResultItem]) -> Result<()> {
    let refuse = |code, message: &str| Err(Error::invalid("prompts", code, message));
    if prompts.is_empty() {
        return refuse("nothing_drawn", "Draw something first: it is what the model is asked with.");
    }
    let is_small = prompts.len() <= MAX_PROMPTS
        && serde_json::to_vec(prompts).is_ok_and(|written| written.len() <= MAX_PROMPT_BYTES);
    if !is_small {
        let message =
            format!("At most {MAX_PROMPTS} drawings make a question. Accept or discard what is suggested first.");
        return Err(Error::new(Kind::TooLarge, "too_much_drawn", message).on("prompts"));
    }
    let asks = |item: &&ResultItem| {
        let control = config.control(item.from_name());
        control.is_some_and(|it| Smart::of(it) != Smart::No && it.to_names.iter().any(|name| name == item.to_name()))
    };
    let drawn: HashSet<&str> = prompts.iter().filter(asks).map(ResultItem::id).collect();
    // Labels of a drawing may be an item of their own.
    let is_about_one = |item: &ResultItem| {
        !item.id().is_empty() && drawn.contains(item.id()) && config.control(item.from_name()).is_some()
    };
    if !prompts.iter().all(|item| asks(&item) || is_about_one(item)) {
        return refuse("not_smart", "This was drawn with a tool that asks no model.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::label_config::read;

    fn form() -> BackendForm {
        BackendForm {
            title: " SAM ".into(),
            description: " Segments ".into(),
            url: "http://models.example.org/sam ".into(),
            auth: Auth::None,
            timeout_s: 20,
            is_interactive: true,
            extra_params: None,
        }
    }

    fn basic(username: &str, password: Option<&str>) -> Auth {
        Auth::Basic { username: username.to_owned(), password: password.map(str::to_owned) }
    }

    #[test]
    fn a_model_is_stored_within_its_limits() {
        let kept = form().checked().unwrap();
        assert_eq!((kept.title.as_str(), kept.url.as_str()), ("SAM", "http://models.example.org/sam"));
        let with = |change: fn(&mut BackendForm)| {
            let mut form = form();
            change(&mut form);
            form.checked().unwrap_err()
        };
        let cases = [
            (with(|form| form.title = "  ".into()), "title"),
            (with(|form| form.title = "a".repeat(101)), "title"),
            (with(|form| form.title = "a\u{0}".into()), "title"),
            (with(|form| form.description = "a".repeat(1_001)), "description"),
            (with(|form| form.extra_params = Some("a".repeat(MAX_EXTRA_BYTES).into())), "extra_params"),
            (with(|form| form.extra_params = Some("a\u{0}".into())), "extra_params"),
            (with(|form| form.url = String::new()), "url"),
            (with(|form| form.timeout_s = 0), "timeout_s"),
            (with(|form| form.timeout_s = MAX_TIMEOUT_S + 1), "timeout_s"),
            (with(|form| form.auth = basic("", Some("x"))), "username"),
            (with(|form| form.auth = basic("a:b", Some("x"))), "username"),
            (with(|form| form.auth = basic("me", Some(""))), "password"),
            (with(|form| form.auth = basic("me", Some("a\nb"))), "password"),
        ];
        for (error, field) in cases {
            assert_eq!(error.field.as_deref(), Some(field), "{error}");
        }
        let kept = BackendForm { auth: basic("me", Some(" pass word ")), ..form() }.checked().unwrap();
        assert_eq!(kept.auth, basic("me", Some(" pass word ")), "a password is as it was typed");
        assert!(!format!("{kept:?}").contains("pass word"), "and never printed");
    }

    #[test]
    fn a_password_stays_with_its_server() {
        let keeps = BackendForm { auth: basic("me", None), ..form() };
        assert!(keeps.may_keep_password(true, true).is_ok());
        assert_eq!(keeps.may_keep_password(true, false).unwrap_err().code, "password_of_another_server");
        assert_eq!(keeps.may_keep_password(false, true).unwrap_err().code, "password_missing");
        assert!(BackendForm { auth: basic("me", Some("new")), ..form() }.may_keep_password(false, false).is_ok());
        assert!(form().may_keep_password(false, false).is_ok());
    }

    #[test]
    fn only_smart_controls_ask() {
        let config = read(
            r#"<View><Image name="img" value="$i"/><Image name="other" value="$o"/>
            <KeyPointLabels name="point" toName="img" smart="true"><Label value="A"/></KeyPointLabels>
            <RectangleLabels name="only" toName="img" smartOnly="true"><Label value="A"/></RectangleLabels>
            <PolygonLabels name="plain" toName="img" smart="false"><Label value="A"/></PolygonLabels></View>"#,
        )
        .unwrap();
        let smart = |name| Smart::of(config.control(name).unwrap());
        assert_eq!([smart("point"), smart("only"), smart("plain")], [Smart::Offered, Smart::Always, Smart::No]);
        let asked = |items: Value| {
            let items = ResultItem::list_from_json(items).unwrap();
            check_question(&config, &items).map_err(|error| error.code.into_owned())
        };
        let point = |from: &str, to: &str| json!({"from_name": from, "to_name": to, "type": "keypointlabels"});
        let refused = |code: &str| Err(code.to_owned());
        assert_eq!(asked(json!([point("point", "img"), point("only", "img")])), Ok(()));
        assert_eq!(asked(json!([])), refused("nothing_drawn"));
        assert_eq!(asked(json!([point("plain", "img")])), refused("not_smart"));
        assert_eq!(asked(json!([point("point", "other")])), refused("not_smart"));
        assert_eq!(asked(json!([point("nobody", "img")])), refused("not_smart"));
        let named = |from: &str| json!({"id": "p", "from_name": from, "to_name": "img", "type": "labels"});
        assert_eq!(asked(json!([named("point"), named("plain")])), Ok(()), "the label of a drawing");
        assert_eq!(asked(json!([named("plain")])), refused("not_smart"));
        assert_eq!(asked(json!([named("point"), named("nobody")])), refused("not_smart"));
        assert_eq!(asked(json!(vec![point("point", "img"); MAX_PROMPTS + 1])), refused("too_much_drawn"));
        let long = json!([{"from_name": "point", "to_name": "img", "value": "a".repeat(MAX_PROMPT_BYTES)}]);
        assert_eq!(asked(long), refused("too_much_drawn"));
    }
}
