//! Rows may name uploaded images, and tables that are shown as series: such a value becomes the file's address.

use std::collections::{HashMap, HashSet};

use domain::{
    id::{FileId, ProjectId},
    import::NewTask,
};
use serde_json::Value;

use crate::{
    Result, Tx,
    storage::{self, kind},
};

/// The longest value that can be a name.
const MAX_NAME_BYTES: usize = 1024;

/// Puts addresses in the place of names; where a name was uploaded twice, the newer file is meant.
/// `series` is the field that names tables.
pub(super) async fn resolve(
    tx: &mut Tx,
    project_id: ProjectId,
    tasks: &mut [NewTask],
    series: Option<&str>,
) -> Result<()> {
    let mut names: HashSet<&str> = HashSet::new();
    for (field, value) in tasks.iter().flat_map(|task| &task.data) {
        names.extend(uploaded_name(value, series == Some(field)));
    }
    if names.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let rows = sqlx::query!(
        r#"select file_name, max(file_upload_id) as "file_id!: FileId" from file_upload
        where project_id = $1 and file_name = any($2) group by file_name"#,
        project_id.0,
        &names
    )
    .fetch_all(&mut **tx)
    .await?;
    let known: HashMap<String, FileId> = rows.into_iter().map(|row| (row.file_name, row.file_id)).collect();
    for (field, value) in tasks.iter_mut().flat_map(|task| &mut task.data) {
        let found = uploaded_name(value, series == Some(field))
            .and_then(|name| Some(storage::address(*known.get(name)?, name)));
        if let Some(address) = found {
            *value = Value::from(address);
        }
    }
    Ok(())
}

/// The name of an uploaded image a value may mean, or of a table: its last part, where it is no address of its own.
fn uploaded_name(value: &Value, may_be_table: bool) -> Option<&str> {
    let text = value.as_str().filter(|text| text.len() <= MAX_NAME_BYTES)?;
    let name = text.rsplit('/').next().unwrap_or(text);
    let is_table = || [".csv", ".tsv"].iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
    let is_known = kind::is_media_name(name) || (may_be_table && is_table());
    if !is_known {
        return None;
    }
    let is_address = text.contains("://") || text.starts_with("data:") || text.starts_with("/files/");
    (!is_address).then_some(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_names_of_images_are_looked_up() {
        for (value, name) in [
            (json!("cat.png"), Some("cat.png")),
            (json!("images/a cat.JPG"), Some("a cat.JPG")),
            (json!("https://e.org/cat.png"), None),
            (json!("/files/7/cat.png"), None),
            (json!("data:image/png;base64,x.png"), None),
            (json!("cat"), None),
            (json!(["cat.png"]), None),
            (json!(format!("{}.png", "x".repeat(2000))), None),
        ] {
            assert_eq!(uploaded_name(&value, false), name, "{value}");
        }
        assert_eq!(uploaded_name(&json!("a/b.CSV"), true), Some("b.CSV"));
        assert_eq!(uploaded_name(&json!("b.csv"), false), None);
    }
}
