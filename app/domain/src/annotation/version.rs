//! Other versions of the answers to a task: what models proposed, what others did, what it was before.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{AnnotationId, PredictionId};

/// The most versions of a task that are listed.
pub const MAX_VERSIONS: i64 = 100;
/// The most earlier versions that are kept of an annotation; the oldest go first.
pub const MAX_EARLIER: i32 = 50;

/// Where a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionId {
    /// A model's proposal.
    Prediction(PredictionId),
    /// What a person has handed in.
    Annotation(AnnotationId),
    /// What that was before its n-th change.
    Earlier(AnnotationId, i32),
}

/// A version of the answers to a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// Where it is.
    pub id: VersionId,
    /// Whose: a person's name, or the version of a model; empty where nobody knows.
    pub by: String,
    /// Whether the person who asks made it.
    pub is_mine: bool,
    /// How sure the model is.
    pub score: Option<f64>,
    /// How many items its result has.
    pub items: i32,
    /// Left to others.
    pub was_cancelled: bool,
    /// When it was made.
    pub at: DateTime<Utc>,
}
