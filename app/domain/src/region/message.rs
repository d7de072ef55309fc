//! Messages of a chat.

use serde::{Deserialize, Serialize};

/// What somebody says in a chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks: `user`, `assistant`, `system`, `tool`, `developer`.
    pub role: String,
    /// What is said.
    pub content: String,
    /// When, in milliseconds since 1970, where known.
    pub created_at: Option<f64>,
}
