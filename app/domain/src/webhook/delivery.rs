//! The log of a webhook: what was sent, how often, and what the receiver said.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Action, Webhook};
use crate::id::DeliveryId;
use crate::page::Page;

/// How many days the log goes back.
pub const KEEP_DAYS: i64 = 30;
/// The most bytes that are read of an answer.
pub const MAX_ANSWER_BYTES: usize = 64 << 10;
/// The most bytes of an answer that are kept.
pub const MAX_KEPT_BYTES: usize = 8 << 10;
/// How long a receiver may take, all in all.
pub const TIMEOUT_S: u64 = 15;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It waits for its turn, or to be tried again.
    Waiting,
    /// The receiver took it.
    Delivered,
    /// It is not tried any more.
    Failed,
    /// Somebody decided to go on without it.
    Skipped,
}

impl DeliveryState {
    /// All.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Delivered, Self::Failed, Self::Skipped];

    /// As stored and in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// One message to one receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Which; later ones have larger numbers.
    pub delivery_id: DeliveryId,
    /// What it tells of; nothing for a test.
    pub action: Option<Action>,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i32,
    /// The status of the last answer.
    pub status: Option<i32>,
    /// What went wrong the last time, in a sentence; empty where nothing did.
    pub message: String,
    /// How long the last attempt took.
    pub duration_ms: Option<i32>,
    /// When it happened.
    pub created_at: DateTime<Utc>,
    /// When it is tried again, where it waits for that.
    pub next_attempt_at: Option<DateTime<Utc>>,
}

/// One attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// 1, 2, 3 …
    pub attempt: i32,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long it took.
    pub duration_ms: i32,
    /// The status of the answer.
    pub status: Option<i32>,
    /// What went wrong, in a sentence; empty where nothing did.
    pub message: String,
    /// What was sent along; secrets are masked.
    pub request_headers: Vec<(String, String)>,
    /// What came with the answer.
    pub response_headers: Vec<(String, String)>,
    /// The beginning of the answer, as text.
    pub response_body: String,
}

/// A delivery with everything that is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryDetail {
    /// The delivery.
    pub delivery: Delivery,
    /// As in the header `webhook-id`: the same however often it is sent.
    pub message_id: String,
    /// What is sent.
    pub body: String,
    /// Every attempt, the newest first.
    pub attempts: Vec<Attempt>,
}

/// Which deliveries of a webhook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryFilter {
    /// Those that stand there.
    pub state: Option<DeliveryState>,
    /// Those that tell of it.
    pub action: Option<Action>,
}

/// Which deliveries are sent once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replay {
    /// One. One that waits is tried now.
    One(DeliveryId),
    /// All from the first to the last, whatever became of them.
    Range(DeliveryId, DeliveryId),
    /// All that failed or were skipped since then.
    FailedSince(DateTime<Utc>),
}

/// Everything the page of a webhook shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookView {
    /// The webhook.
    pub webhook: Webhook,
    /// The newest deliveries.
    pub deliveries: Page<Delivery>,
}
