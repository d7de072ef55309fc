//! Bringing in what a storage has: the job lists page by page, passes over what is known, and stores what is new with the
//! writer of imports, so a sync is a run of the history of imports as well.

use std::io::Cursor;

use bytes::Bytes;
use domain::{
    Error as Problem,
    cloud::{ListedObject, StorageForm},
    id::{CloudStorageId, ImportId, ProjectId},
    import::{RowError, RunStatus, open as open_rows},
    label_config,
};
use futures::{StreamExt, TryStreamExt};
use object_store::ObjectMeta;
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::{Store, for_job, object_sql, open, run_sql, sql, topic};
use crate::{
    Cx, Error, Result, Tx,
    access::ProjectAccess,
    events,
    import::{self, Batch, MediaFields, ReadRow, Writer},
    job::Job,
};

/// The largest object that is read as tasks.
const MAX_TASKS_BYTES: u64 = 64 << 20;
/// How many of them are read at once, and how many bytes of them are held at most, but for one that is larger by itself.
const READ_AT_ONCE: usize = 8;
const GROUP_OBJECTS: usize = 100;
const GROUP_BYTES: u64 = 8 << 20;
/// How large the machine of a filter may become.
const MAX_REGEX_BYTES: usize = 1 << 20;

/// What keys must match, from where they begin; nothing for all of them.
pub(super) fn filter(regex: &str) -> Result<Option<Regex>, Problem> {
    if regex.is_empty() {
        return Ok(None);
    }
    let built = regex::RegexBuilder::new(&format!("^(?:{regex})")).size_limit(MAX_REGEX_BYTES).build();
    built.map(Some).map_err(|error| {
        let reason = match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            other => other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
        };
        Problem::invalid("regex", "regex_malformed", format!("This filter cannot be read: {reason}."))
    })
}

/// What of an object's key and size decides whether it comes at all. What has no bytes is a folder that somebody has made
/// visible, or nothing to look at.
fn is_wanted(filter: Option<&Regex>, object: &ObjectMeta) -> bool {
    object.size > 0 && filter.is_none_or(|filter| filter.is_match(object.location.as_ref()))
}

/// The first objects that would come, out of the first page.
pub(super) async fn preview(store: &Store, form: &StorageForm, most: usize) -> Result<Vec<ListedObject>> {
    let filter = filter(&form.regex)?;
    let page = store.list(form.recursive, None).try_next().await?.unwrap_or_default();
    let wanted = page.into_iter().filter(|object| is_wanted(filter.as_ref(), object)).take(most);
    let listed = wanted.map(|object| ListedObject {
        key: object.location.into(),
        size_bytes: object.size,
        modified_at: object.last_modified,
    });
    Ok(listed.collect())
}

/// Brings in what is new in a storage.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SyncSource {
    pub(crate) project_id: ProjectId,
    pub(crate) cloud_storage_id: CloudStorageId,
    pub(crate) import_id: ImportId,
}

/// Objects of a batch, to be kept in the transaction of their tasks.
#[derive(Debug)]
pub(crate) struct Listed {
    cloud_storage_id: CloudStorageId,
    /// In the order of their tasks.
    objects: Vec<object_sql::Kept>,
    step: run_sql::Step,
}

/// Keeps what has become of the objects of a batch whose tasks have these ids, in order.
pub(crate) async fn keep_listed(
    cx: &Cx,
    tx: &mut Tx,
    access: &ProjectAccess,
    listed: Listed,
    task_ids: &[i64],
) -> Result<()> {
    let Listed { cloud_storage_id, mut objects, step } = listed;
    let mut at = 0;
    for object in &mut objects {
        let count = usize::try_from(object.task_count).unwrap_or(0);
        object.task_id = task_ids.get(at).copied().filter(|_| count == 1);
        at += count;
    }
    object_sql::keep(cx, tx, access, cloud_storage_id, &objects).await?;
    run_sql::step(cx, tx, access, cloud_storage_id, &step).await?;
    events::tell(tx, &topic(cloud_storage_id)).await
}

impl Job for SyncSource {
    const NAME: &'static str = "sync_source";
    const MAX_ATTEMPTS: i32 = 5;

    /// As imports of the project: tasks are numbered in order of arrival.
    fn queue(&self) -> Option<String> {
        Some(format!("import:{}", self.project_id))
    }

    async fn run(&self, cx: &Cx) -> Result<()> {
        let Some(access) = for_job(cx, self.project_id).await? else { return Ok(()) };
        match self.work(cx, &access).await {
            Ok(Ended::Whole) => self.finish(cx, &access, RunStatus::Completed, None).await,
            Ok(Ended::Unwanted) => self.finish(cx, &access, RunStatus::Cancelled, None).await,
            Err(Error::Domain(problem)) => self.finish(cx, &access, RunStatus::Failed, Some(&problem.message)).await,
            Err(internal) => Err(internal),
        }
    }

    async fn give_up(&self, cx: &Cx, _error: &Error) -> Result<()> {
        let Some(access) = for_job(cx, self.project_id).await? else { return Ok(()) };
        let message = "Something went wrong on our side, several times. What was brought in before stays.";
        self.finish(cx, &access, RunStatus::Failed, Some(message)).await
    }
}

enum Ended {
    Whole,
    Unwanted,
}

/// What the work on the pages of one run has in common.
struct Reading<'a> {
    cx: &'a Cx,
    access: &'a ProjectAccess,
    calling: sql::Calling,
    store: Store,
    fields: MediaFields,
    filter: Option<Regex>,
    writer: Writer,
}

impl SyncSource {
    async fn work(&self, cx: &Cx, access: &ProjectAccess) -> Result<Ended> {
        let mut tx = access.begin(cx).await?;
        let taken = import::take(cx, &mut tx, access, self.import_id).await?;
        let is_wanted = run_sql::take(cx, &mut tx, access, self.cloud_storage_id, None).await?;
        events::tell(&mut tx, &topic(self.cloud_storage_id)).await?;
        tx.commit().await?;
        let (Some(taken), true) = (taken, is_wanted) else { return Ok(Ended::Unwanted) };
        let Some(calling) = sql::calling(cx, access, self.cloud_storage_id).await? else {
            return Ok(Ended::Unwanted);
        };
        let store = open(cx, &calling)?;
        // Where there is no order, what an interrupted run has seen is passed over one by one.
        let after = calling.run_cursor.clone().filter(|_| Store::is_ordered(calling.place.kind()));
        let mut pages = store.list(calling.recursive, after);
        let mut reading = Reading {
            cx,
            access,
            filter: filter(&calling.regex)?,
            calling,
            store,
            fields: MediaFields::of(&label_config::read(taken.label_config()).unwrap_or_default()),
            writer: Writer::new(access, self.import_id, &taken, None),
        };
        while let Some(page) = pages.try_next().await? {
            if !reading.page(page).await? {
                return Ok(Ended::Unwanted);
            }
        }
        Ok(Ended::Whole)
    }

    async fn finish(&self, cx: &Cx, access: &ProjectAccess, status: RunStatus, error: Option<&str>) -> Result<()> {
        let mut tx = access.begin(cx).await?;
        import::end(cx, &mut tx, access, self.import_id, status, error).await?;
        run_sql::finish(cx, &mut tx, access, self.cloud_storage_id, status, error).await?;
        events::tell(&mut tx, &topic(self.cloud_storage_id)).await?;
        tx.commit().await?;
        Ok(())
    }
}

impl Reading<'_> {
    /// Brings in what is new of a page; whether more is wanted.
    async fn page(&mut self, mut page: Vec<ObjectMeta>) -> Result<bool> {
        let last = page.iter().map(|object| object.location.as_ref()).max().map(str::to_owned);
        let seen = page.len();
        page.retain(|object| is_wanted(self.filter.as_ref(), object));
        let keys: Vec<String> = page.iter().map(|object| object.location.to_string()).collect();
        let mut tx = self.access.begin(self.cx).await?;
        let known: std::collections::HashSet<String> =
            object_sql::known(&mut tx, self.access, self.calling.id, &keys).await?.into_iter().collect();
        tx.commit().await?;
        page.retain(|object| !known.contains(object.location.as_ref()));
        let passed = seen - page.len();
        let groups = if self.calling.use_blob_urls { vec![page] } else { groups(page) };
        for group in groups.into_iter().filter(|group| !group.is_empty()) {
            let read = if self.calling.use_blob_urls { self.as_tasks(group) } else { self.read(group).await? };
            if !self.store_batch(read).await? {
                return Ok(false);
            }
        }
        // What was passed over counts as looked at, once everything before it is kept.
        let step = run_sql::Step { done: import::count(passed), cursor: last, ..run_sql::Step::default() };
        let mut tx = self.access.begin(self.cx).await?;
        let is_wanted = run_sql::step(self.cx, &mut tx, self.access, self.calling.id, &step).await?;
        events::tell(&mut tx, &topic(self.calling.id)).await?;
        tx.commit().await?;
        Ok(is_wanted)
    }

    /// Each object is a task that names it.
    fn as_tasks(&self, group: Vec<ObjectMeta>) -> Vec<(ObjectMeta, Vec<ReadRow>)> {
        let task = |object: &ObjectMeta| {
            let key = object.location.as_ref();
            let address = self.calling.place.address(key).to_string();
            ReadRow { source: key.to_owned(), number: 1, file_id: None, outcome: Ok(self.fields.task_at(key, address)) }
        };
        group.into_iter().map(|object| (object.clone(), vec![task(&object)])).collect()
    }

    /// Each object is a file of tasks.
    async fn read(&self, group: Vec<ObjectMeta>) -> Result<Vec<(ObjectMeta, Vec<ReadRow>)>> {
        let store = &self.store;
        let fetched: Vec<(ObjectMeta, Result<Bytes, Problem>)> = futures::stream::iter(group)
            .map(|object| async move {
                let bytes = store.read(object.location.as_ref(), MAX_TASKS_BYTES).await;
                (object, bytes)
            })
            .buffered(READ_AT_ONCE)
            .collect()
            .await;
        // Parsing takes time that others need.
        let read = tokio::task::spawn_blocking(move || {
            fetched.into_iter().map(|(object, bytes)| rows_of(object, bytes)).collect::<Vec<_>>()
        });
        Ok(read.await.map_err(anyhow::Error::new)?)
    }

    async fn store_batch(&mut self, read: Vec<(ObjectMeta, Vec<ReadRow>)>) -> Result<bool> {
        let mut objects = Vec::with_capacity(read.len());
        let mut rows = Vec::new();
        let mut step = run_sql::Step { done: import::count(read.len()), ..run_sql::Step::default() };
        for (object, own) in read {
            let made = own.iter().filter(|row| row.outcome.is_ok()).count();
            // An object that gave something is done with: coming again, it would give the same once more.
            let error = own.iter().find_map(|row| row.outcome.as_ref().err()).filter(|_| made == 0);
            step.made += import::count(made);
            step.failed += i64::from(error.is_some());
            objects.push(object_sql::Kept {
                key: object.location.to_string(),
                etag: object.e_tag,
                size: i64::try_from(object.size).ok(),
                modified: Some(object.last_modified),
                task_count: i32::try_from(made).unwrap_or(i32::MAX),
                error: error.map(|error| error.reason.replace('\0', "\u{fffd}")),
                ..object_sql::Kept::default()
            });
            rows.extend(own);
        }
        let listed = Listed { cloud_storage_id: self.calling.id, objects, step };
        self.writer.store(self.cx, Batch::of_objects(rows, listed)).await
    }
}

/// Objects that are read together.
fn groups(page: Vec<ObjectMeta>) -> Vec<Vec<ObjectMeta>> {
    let mut groups: Vec<Vec<ObjectMeta>> = Vec::new();
    let mut bytes = 0;
    for object in page {
        bytes += object.size;
        match groups.last_mut() {
            Some(group) if group.len() < GROUP_OBJECTS && bytes <= GROUP_BYTES => group.push(object),
            _ => {
                bytes = object.size;
                groups.push(vec![object]);
            }
        }
    }
    groups
}

/// The tasks of a file, or why there are none.
fn rows_of(object: ObjectMeta, bytes: Result<Bytes, Problem>) -> (ObjectMeta, Vec<ReadRow>) {
    let source = object.location.to_string();
    let refused = |reason: String| {
        let outcome = Err(RowError { reason, original: String::new() });
        vec![ReadRow { source: source.clone(), number: 0, file_id: None, outcome }]
    };
    let read = bytes.and_then(|bytes| open_rows(&source, Cursor::new(bytes)).map_err(|error| broken(&error))?);
    let rows = match read {
        Ok(rows) => rows,
        Err(problem) => return (object, refused(problem.message)),
    };
    let mut taken = Vec::new();
    for row in rows {
        match row {
            Ok(row) => {
                taken.push(ReadRow { source: source.clone(), number: row.number, file_id: None, outcome: row.outcome });
            }
            Err(error) => return (object, refused(broken(&error).message)),
        }
    }
    if taken.is_empty() {
        taken = refused("There are no tasks in this file.".to_owned());
    }
    (object, taken)
}

fn broken(error: &std::io::Error) -> Problem {
    Problem::invalid("file", "object_unreadable", format!("This file cannot be read: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_begins_where_the_key_begins() {
        let matches = |regex: &str, key: &str| filter(regex).unwrap().is_none_or(|filter| filter.is_match(key));
        assert!(matches("", "anything"));
        assert!(matches(r".*\.(png|jpe?g)$", "set/a.jpeg"));
        assert!(!matches(r".*\.(png|jpe?g)$", "set/a.txt"));
        assert!(matches("set|other", "set/a"));
        assert!(!matches("a", "set/a"));
        for regex in ["(", "a{1000}{1000}{1000}", "[z-a]"] {
            assert_eq!(filter(regex).unwrap_err().field.as_deref(), Some("regex"), "{regex}");
        }
    }

    #[test]
    fn files_of_tasks_are_read_in_groups_that_fit() {
        let object = |size| ObjectMeta {
            location: "a.json".into(),
            last_modified: chrono::DateTime::UNIX_EPOCH,
            size,
            e_tag: None,
            version: None,
        };
        let sizes =
            |page: Vec<u64>| groups(page.into_iter().map(object).collect()).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(vec![1; 250]), [100, 100, 50]);
        assert_eq!(sizes(vec![GROUP_BYTES, 1, GROUP_BYTES - 1, 1]), [1, 2, 1]);
        assert_eq!(sizes(vec![]), [0; 0]);
    }
}
