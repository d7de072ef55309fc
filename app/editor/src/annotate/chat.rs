//! Chats: messages are written, worded anew and picked like regions; those of the task are only read.

use domain::chat::{ChatRules, MAX_MESSAGE_CHARS, messages_of};
use domain::region::{Message, Shape};
use domain::result::Region;
use serde_json::Value;

use super::document::{Mark, RegionKey};
use super::edit::Edit;
use super::editor::{Editor, Response};

impl Editor {
    /// What a chat allows; `None` for what is no chat.
    #[must_use]
    pub fn chat_rules(&self, object: &str) -> Option<ChatRules> {
        self.config.control(object).filter(|control| control.tag == "Chat").map(ChatRules::of)
    }

    /// The messages written in a chat, in the order they were said.
    #[must_use]
    pub fn messages(&self, object: &str) -> Vec<(RegionKey, &Message)> {
        let said = self.document.marks().filter_map(|(key, mark)| match &mark.region.shape {
            Shape::Message(message) if mark.region.to_name == object => Some((key, message)),
            _ => None,
        });
        let mut said: Vec<_> = said.collect();
        // Those without a time stay where they were written.
        let mut latest = f64::NEG_INFINITY;
        let mut at = std::collections::BTreeMap::new();
        for (key, message) in &said {
            latest = message.created_at.unwrap_or(latest);
            at.insert(*key, latest);
        }
        said.sort_by(|(a, _), (b, _)| at[a].total_cmp(&at[b]).then(a.cmp(b)));
        said
    }

    /// Whether another message may be written in a chat, whose task says `given`.
    #[must_use]
    pub fn may_say(&self, object: &str, given: Option<&Value>) -> bool {
        let Some(rules) = self.chat_rules(object).filter(|_| !self.read_only) else { return false };
        let said = given.map_or(0, |given| messages_of(given).len()) + self.messages(object).len();
        rules.most.is_none_or(|most| said < most)
    }

    /// Writes a message at the end of a chat, as a step of its own. `at_ms` counts from 1970.
    pub fn say(&mut self, object: &str, role: &str, content: &str, at_ms: f64) -> Response {
        let content: String = content.trim().chars().take(MAX_MESSAGE_CHARS).collect();
        let is_allowed = self.chat_rules(object).is_some_and(|rules| rules.roles.iter().any(|known| known == role));
        if self.read_only || !is_allowed || content.is_empty() || !at_ms.is_finite() {
            return Response::NONE;
        }
        // Clocks go back, conversations do not.
        let latest = self.messages(object).last().and_then(|(_, message)| message.created_at);
        let created_at = Some(latest.map_or(at_ms, |latest| at_ms.max(latest + 1.0)));
        let message = Message { role: role.to_owned(), content, created_at };
        let region = Region {
            id: self.fresh_id(),
            from_name: object.to_owned(),
            to_name: object.to_owned(),
            item_type: "chatmessage".to_owned(),
            shape: Shape::Message(message),
            labels: Vec::new(),
            size: None,
            source: None,
        };
        let response = self.insert_all(vec![Mark::new(region, None)]);
        self.set_selection([].into());
        response
    }

    /// Whether a message may be worded anew.
    #[must_use]
    pub fn may_reword(&self, key: RegionKey) -> bool {
        let Some(mark) = self.document.mark(key).filter(|mark| mark.is_editable() && !self.read_only) else {
            return false;
        };
        match (&mark.region.shape, self.chat_rules(&mark.region.to_name)) {
            // What people wrote is theirs to correct.
            (Shape::Message(message), Some(rules)) => {
                let origin = mark.region.source.as_ref().and_then(|item| item.origin());
                !origin.is_some_and(|origin| origin.starts_with("prediction")) || rules.may_edit(&message.role)
            }
            _ => false,
        }
    }

    /// Words a message anew, as a step of its own. An empty text changes nothing.
    pub fn reword(&mut self, key: RegionKey, content: &str) -> Response {
        let content: String = content.trim().chars().take(MAX_MESSAGE_CHARS).collect();
        let said = self.document.mark(key).map(|mark| &mark.region.shape);
        let Some(Shape::Message(message)) = said.filter(|_| !content.is_empty() && self.may_reword(key)) else {
            return Response::NONE;
        };
        let shape = Shape::Message(Message { content, ..message.clone() });
        self.apply_all(vec![Edit::Reshape(key, shape)])
    }
}
