//! Chats: what a task says already, who may speak, and which messages may be worded anew.

use serde_json::Value;

use crate::label_config::Control;
use crate::region::Message;

/// Who speaks in a chat, where an interface names nobody.
pub const ROLES: [&str; 5] = ["user", "assistant", "system", "tool", "developer"];
/// The longest message, in characters.
pub const MAX_MESSAGE_CHARS: usize = 100_000;

/// What a `<Chat>` allows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChatRules {
    /// In whose names messages may be written (`messageRoles`).
    pub roles: Vec<String>,
    /// Whose messages may be worded anew (`editable`); those of the task never.
    editable: Vec<String>,
    /// The most messages, those of the task included.
    pub most: Option<usize>,
}

impl ChatRules {
    /// As an interface says it.
    #[must_use]
    pub fn of(control: &Control) -> Self {
        let list = |written: &str| -> Vec<String> {
            written.split(',').map(str::trim).filter(|role| !role.is_empty()).map(str::to_owned).collect()
        };
        let all = || ROLES.map(str::to_owned).to_vec();
        let roles = control.attribute("messageRoles").map(list).filter(|roles| !roles.is_empty()).unwrap_or_else(all);
        let editable = match control.attribute("editable").map(str::trim) {
            None | Some("" | "false") => Vec::new(),
            Some("true") => vec!["*".to_owned()],
            Some(listed) => list(listed),
        };
        let most = control.attribute("maxMessages").and_then(|written| written.trim().parse().ok());
        Self { roles, editable, most }
    }

    /// Whether messages in this name may be worded anew.
    #[must_use]
    pub fn may_edit(&self, role: &str) -> bool {
        self.editable.iter().any(|editable| editable == "*" || editable == role)
    }
}

/// The messages a task brings along; entries that say nothing are left out.
#[must_use]
pub fn messages_of(value: &Value) -> Vec<Message> {
    let said = |entry: &Value| {
        let text = |keys: [&str; 2]| keys.into_iter().find_map(|key| entry.get(key)?.as_str()).unwrap_or_default();
        Message {
            role: text(["role", "author"]).to_owned(),
            content: text(["content", "text"]).to_owned(),
            created_at: entry.get("createdAt").and_then(Value::as_f64),
        }
    };
    let messages = value.as_array().into_iter().flatten().map(said);
    messages.filter(|message| !message.content.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::label_config::parse;

    fn rules(attributes: &str) -> ChatRules {
        let config = parse(&format!("<View><Chat name=\"c\" value=\"$c\" {attributes}/></View>")).config.unwrap();
        ChatRules::of(config.control("c").unwrap())
    }

    #[test]
    fn who_may_speak_and_who_may_be_corrected() {
        assert_eq!(rules("").roles, ROLES);
        assert_eq!(rules("messageRoles=' user , critic'").roles, ["user", "critic"]);
        assert_eq!(rules("maxMessages='4'").most, Some(4));
        let table = [
            ("", false, false),
            ("editable='false'", false, false),
            ("editable='true'", true, true),
            ("editable='assistant, system'", false, true),
        ];
        for (attributes, user, assistant) in table {
            let rules = rules(attributes);
            assert_eq!((rules.may_edit("user"), rules.may_edit("assistant")), (user, assistant), "{attributes}");
        }
    }

    #[test]
    fn what_a_task_says() {
        let said = messages_of(&json!([
            {"role": "user", "content": "Hi", "createdAt": 5},
            {"text": "Read this first."},
            {"role": "assistant"},
            "nothing",
        ]));
        let told: Vec<_> = said.iter().map(|message| (message.role.as_str(), message.content.as_str())).collect();
        assert_eq!(told, [("user", "Hi"), ("", "Read this first.")]);
        assert_eq!(messages_of(&json!({"role": "user"})), []);
    }
}
