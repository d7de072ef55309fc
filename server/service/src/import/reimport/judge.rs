//! Which task each row means and what it changes: the same for the look and for applying.

use std::collections::{HashMap, HashSet};

use domain::{
    id::TaskId,
    import::{
        NewTask,
        reimport::{Change, Key, Outcome, Row, Rules, key_text},
    },
};
use futures::TryStreamExt;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::{read::ReadRow, sql};
use crate::{Result, Tx, access::ProjectAccess, import::uploaded::Uploaded};

/// A key, at a length that a million of them fit into memory.
type Short = [u8; 16];

fn short(key: &str) -> Short {
    let digest = Sha256::digest(key.as_bytes());
    let mut short = Short::default();
    short.copy_from_slice(&digest[..16]);
    short
}

/// The tasks with some key.
#[derive(Clone, Copy)]
enum Keyed {
    One(TaskId),
    Many,
}

/// What became of a row.
pub(super) enum Verdict {
    /// It means no task.
    New(NewTask),
    /// It changes a task.
    Changed(TaskId, Box<Change>),
    /// Its task says all of it already.
    Unchanged,
    /// It cannot be applied.
    Conflict(String),
}

impl Verdict {
    /// What people are told of; rows that change nothing are only counted.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::New(_) => Some(Outcome::New),
            Self::Changed(..) => Some(Outcome::Changed),
            Self::Conflict(_) => Some(Outcome::Conflict),
            Self::Unchanged => None,
        }
    }
}

/// A row that was judged.
pub(super) struct Judged {
    pub(super) row: ReadRow,
    pub(super) key: String,
    pub(super) verdict: Verdict,
}

/// Judges the rows of one run.
pub(super) struct Judge {
    rules: Rules,
    uploaded: Uploaded,
    /// Of the field that tells tasks apart, for all tasks of the project.
    known: HashMap<Short, Keyed>,
    /// Rows that had a key, by it: a task is changed by one row.
    seen: HashMap<Short, i64>,
}

impl Judge {
    /// Looks which task has which key.
    pub(super) async fn new(
        conn: &mut PgConnection,
        access: &ProjectAccess,
        rules: Rules,
        series: Option<String>,
    ) -> Result<Self> {
        let mut known = HashMap::new();
        if let Key::Field(field) = &rules.key {
            let mut keys = sql::keys(conn, access, field);
            while let Some((task_id, value)) = keys.try_next().await? {
                let Some(key) = key_text(&value) else { continue };
                known.entry(short(&key)).and_modify(|found| *found = Keyed::Many).or_insert(Keyed::One(task_id));
            }
        }
        Ok(Self { rules, uploaded: Uploaded::new(series), known, seen: HashMap::new() })
    }

    /// Remembers rows that an earlier worker has applied, so that no later one means the same task.
    pub(super) fn pass(&mut self, rows: Vec<ReadRow>) {
        for row in rows {
            if let Ok(Ok(said)) = row.task.map(|task| self.rules.row(task)) {
                self.seen.insert(short(&said.key), row.position);
            }
        }
    }

    /// A task that was made for a row has its key from then on.
    pub(super) fn made(&mut self, key: &str, task_id: TaskId) {
        self.known.insert(short(key), Keyed::One(task_id));
    }

    /// Judges a batch. Where something is about to be changed, the tasks stay locked until the end of the transaction.
    pub(super) async fn judge(
        &mut self,
        tx: &mut Tx,
        access: &ProjectAccess,
        rows: Vec<ReadRow>,
        locks: bool,
    ) -> Result<Vec<Judged>> {
        let mut said = Vec::with_capacity(rows.len());
        for mut row in rows {
            let task = std::mem::replace(&mut row.task, Ok(NewTask::default()));
            let outcome = task.and_then(|task| self.rules.row(task)).and_then(|found| self.mean(&row, found));
            said.push((row, outcome));
        }
        let mut tasks: Vec<NewTask> = Vec::with_capacity(said.len());
        for (_, outcome) in &mut said {
            if let Ok((row, _)) = outcome {
                tasks.push(std::mem::take(&mut row.task));
            }
        }
        self.uploaded.resolve(tx, access.project_id(), &mut tasks).await?;
        let mut tasks = tasks.into_iter();
        for (_, outcome) in &mut said {
            if let Ok((row, _)) = outcome {
                row.task = tasks.next().unwrap_or_default();
            }
        }
        let meant = said.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()?.1);
        let ids: HashSet<i64> = meant.map(|id| id.0).collect();
        let mut ids: Vec<i64> = ids.into_iter().collect();
        ids.sort_unstable();
        let proposed: Vec<i64> = said
            .iter()
            .filter_map(|(_, outcome)| outcome.as_ref().ok().filter(|(row, _)| !row.task.predictions.is_empty())?.1)
            .map(|id| id.0)
            .collect();
        let present = sql::present(tx, access, &ids, &proposed, locks).await?;
        let judged = said.into_iter().map(|(row, outcome)| {
            let (key, verdict) = match outcome {
                Err(reason) => (String::new(), Verdict::Conflict(reason)),
                Ok((Row { key, task }, None)) => (key, Verdict::New(task)),
                Ok((said, Some(task_id))) => {
                    let verdict = match present.get(&task_id.0) {
                        None => Verdict::Conflict(format!("There is no task with the ID {task_id} in this project.")),
                        Some(present) => match said.change(present, self.rules.proposals) {
                            Some(change) => Verdict::Changed(task_id, Box::new(change)),
                            None => Verdict::Unchanged,
                        },
                    };
                    (said.key, verdict)
                }
            };
            Judged { row, key, verdict }
        });
        Ok(judged.collect())
    }

    /// The task a row means; none where there is none with its key.
    fn mean(&mut self, row: &ReadRow, said: Row) -> Result<(Row, Option<TaskId>), String> {
        let digest = short(&said.key);
        if let Some(first) = self.seen.get(&digest) {
            return Err(format!("An earlier row means the same task: row {first} of all that were read."));
        }
        self.seen.insert(digest, row.position);
        let task_id = match &self.rules.key {
            Key::TaskId => said.key.parse().ok(),
            Key::Field(field) => match self.known.get(&digest) {
                None => None,
                Some(Keyed::One(task_id)) => Some(*task_id),
                Some(Keyed::Many) => {
                    return Err(format!("Several tasks have “{}” in “{field}”.", said.key));
                }
            },
        };
        Ok((said, task_id))
    }
}

/// How many tasks each field changes in.
pub(super) fn count_fields(counts: &mut HashMap<String, i64>, judged: &[Judged]) {
    for one in judged {
        if let Verdict::Changed(_, change) = &one.verdict {
            for field in &change.fields {
                *counts.entry(field.field.clone()).or_default() += 1;
            }
        }
    }
}

/// As the database keeps it.
pub(super) fn as_json(change: &Change) -> Value {
    serde_json::to_value(&change.fields).unwrap_or_default()
}
