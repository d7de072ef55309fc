//! What somebody has in hand goes along from task to task: a tool for pictures, and the label it gives.

use serde::{Deserialize, Serialize};

use super::editor::{Editor, Response};
use super::kit::ObjectKind;
use super::tool::ToolKind;

/// A tool, and the control and value of the label it gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    pub(in crate::annotate) tool: ToolKind,
    pub(in crate::annotate) label: Option<(String, String)>,
}

impl Editor {
    /// What is in hand; `None` where nothing is drawn on. A label for what is read, heard or watched stays with its task.
    #[must_use]
    pub fn hand(&self) -> Option<Hand> {
        let kit = self.document.kit();
        let is_canvas = |name: &String| kit.object(name).is_some_and(ObjectKind::is_canvas);
        let draws = kit.shapes.iter().any(|shape| shape.to_names.iter().any(is_canvas));
        let label = self.label().filter(|label| label.to_names.iter().any(is_canvas));
        let label = label.map(|label| (label.control.clone(), label.value.clone()));
        (draws && !self.read_only).then_some(Hand { tool: self.tool, label })
    }

    /// Goes on with what was in hand before, as far as this interface has it.
    pub fn take_in_hand(&mut self, hand: Hand) -> Response {
        let Hand { tool, label } = hand;
        let is_offered = tool == ToolKind::Select || tool == ToolKind::Pan || self.document.kit().offers(tool);
        if self.hand().is_none() || !is_offered {
            return Response::NONE;
        }
        self.drop_gesture();
        self.tool = tool;
        let known = label.filter(|(control, value)| {
            self.document.kit().label(control, value).is_some_and(|label| !self.is_used_up(label))
        });
        if let Some(known) = known {
            self.label = Some(known);
        }
        self.ensure_label();
        Response::ALL
    }
}
