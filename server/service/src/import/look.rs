//! Looking at files that wait: what they would bring, without making tasks of it.

use domain::{
    Error as Problem,
    access::ProjectPermission,
    id::{FileId, ProjectId},
    import::{self, ColumnSummary},
};
use tokio::runtime::Handle;

use crate::{
    Actor, Cx, Result, access, boxed,
    storage::{self, StoredFile},
};

/// What files would bring.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    /// Tasks: rows that can be read, and media. Archives are not opened.
    pub tasks: u64,
    /// The fields of their data.
    pub columns: Vec<String>,
}

/// Reads files as an import would, and keeps nothing of them.
///
/// # Errors
/// *Not found* for files of another project; a file that cannot be read.
#[boxed]
pub async fn look(cx: &Cx, actor: &Actor, project_id: ProjectId, files: &[FileId]) -> Result<Looked> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    let mut found = Vec::with_capacity(files.len());
    for file_id in files {
        let file = storage::of_project(cx, &access, *file_id).await?;
        found.push(file.ok_or_else(|| Problem::not_found("file"))?);
    }
    let (cx, runtime) = (cx.clone(), Handle::current());
    // Reading is work for a processor, and there may be much of it.
    let looking = tokio::task::spawn_blocking(move || {
        let mut looked = Looked::default();
        let mut columns = ColumnSummary::default();
        for file in &found {
            looked.tasks += look_at(&cx, &runtime, file, &mut columns)?;
        }
        looked.columns = columns.columns.into_keys().collect();
        Ok::<_, crate::Error>(looked)
    });
    looking.await.map_err(anyhow::Error::new)?
}

fn look_at(cx: &Cx, runtime: &Handle, file: &StoredFile, columns: &mut ColumnSummary) -> Result<u64> {
    if file.is_media() {
        return Ok(1);
    }
    if file.is_archive() {
        return Ok(0);
    }
    let reader = storage::blocking(cx, &file.storage_key, runtime)?;
    let mut tasks = 0;
    for row in import::open(&file.name, reader).map_err(anyhow::Error::new)?? {
        if let Ok(task) = row.map_err(anyhow::Error::new)?.outcome {
            tasks += 1;
            columns.add(&task.data);
        }
    }
    Ok(tasks)
}
