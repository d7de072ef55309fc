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

/// A medium that came beside rows, which may name it.
pub(super) struct Brought {
    /// As rows may name it: its path within an archive, or its name.
    pub(super) path: String,
    /// The upload it came in, and its number there.
    pub(super) source: String,
    /// Which entry of an archive it was; 0 for a file of its own.
    pub(super) number: u64,
    /// Where it is kept.
    pub(super) file_id: FileId,
}

/// The media of a run, by name; and which of them a row has named.
#[derive(Default)]
pub(super) struct Uploaded {
    /// The field that names tables shown as series.
    series: Option<String>,
    by_name: HashMap<String, Vec<Brought>>,
    named: HashSet<FileId>,
}

impl Uploaded {
    pub(super) fn new(series: Option<String>) -> Self {
        Self { series, ..Self::default() }
    }

    /// Takes media that have been stored.
    pub(super) fn bring(&mut self, media: Vec<Brought>) {
        for medium in media {
            self.by_name.entry(last_part(&medium.path).to_owned()).or_default().push(medium);
        }
    }

    /// Puts addresses in the place of names. What came in the same run is meant before what came earlier, then what lies in
    /// the same folders, then what came last.
    pub(super) async fn resolve(&mut self, tx: &mut Tx, project_id: ProjectId, tasks: &mut [NewTask]) -> Result<()> {
        let mut elsewhere: HashSet<String> = HashSet::new();
        for (field, value) in tasks.iter().flat_map(|task| &task.data) {
            let is_series = self.series.as_ref() == Some(field);
            let names = texts(value).filter_map(|text| uploaded_name(text, is_series));
            elsewhere.extend(names.filter(|name| !self.by_name.contains_key(*name)).map(str::to_owned));
        }
        let known = earlier(tx, project_id, elsewhere).await?;
        for (field, value) in tasks.iter_mut().flat_map(|task| &mut task.data) {
            let is_series = self.series.as_ref() == Some(field);
            for text in texts_mut(value) {
                let Some(name) = uploaded_name(text, is_series) else { continue };
                let found = self.brought(name, text).or_else(|| known.get(name).copied());
                if let Some(file_id) = found {
                    self.named.insert(file_id);
                    *text = storage::address(file_id, name);
                }
            }
        }
        Ok(())
    }

    fn brought(&self, name: &str, path: &str) -> Option<FileId> {
        let media = self.by_name.get(name)?;
        media.iter().max_by_key(|medium| common_folders(&medium.path, path)).map(|medium| medium.file_id)
    }

    /// The media that no row has named.
    pub(super) fn unnamed(self) -> Vec<Brought> {
        let Self { by_name, named, .. } = self;
        let mut unnamed: Vec<Brought> =
            by_name.into_values().flatten().filter(|medium| !named.contains(&medium.file_id)).collect();
        unnamed.sort_by(|one, other| (&one.source, one.number).cmp(&(&other.source, other.number)));
        unnamed
    }
}

/// The files of these names that came earlier, the newest of each.
async fn earlier(tx: &mut Tx, project_id: ProjectId, names: HashSet<String>) -> Result<HashMap<String, FileId>> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let names: Vec<String> = names.into_iter().collect();
    let rows = sqlx::query!(
        r#"select file_name, max(file_upload_id) as "file_id!: FileId" from file_upload
        where project_id = $1 and file_name = any($2) group by file_name"#,
        project_id.0,
        &names
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.file_name, row.file_id)).collect())
}

/// The texts of a field: one, or each of a list.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    list.iter().filter_map(Value::as_str)
}

fn texts_mut(value: &mut Value) -> impl Iterator<Item = &mut String> {
    let list = match value {
        Value::Array(list) => list.as_mut_slice(),
        one => std::slice::from_mut(one),
    };
    list.iter_mut().filter_map(|value| match value {
        Value::String(text) => Some(text),
        _ => None,
    })
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// How many folders, from the file upwards, two paths have in common.
fn common_folders(one: &str, other: &str) -> usize {
    one.rsplit('/').zip(other.rsplit('/')).take_while(|(one, other)| one == other).count()
}

/// The name of an uploaded image a value may mean, or of a table: its last part, where it is no address of its own.
fn uploaded_name(text: &str, may_be_table: bool) -> Option<&str> {
    if text.len() > MAX_NAME_BYTES {
        return None;
    }
    let name = last_part(text);
    let is_table = || [".csv", ".tsv"].iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
    let is_known = kind::is_media_name(name) || (may_be_table && is_table());
    if !is_known {
        return None;
    }
    let is_address =
        text.contains("://") || ["data:", "/files/", "/data/local-files"].iter().any(|begins| text.starts_with(begins));
    (!is_address).then_some(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_names_of_images_are_looked_up() {
        for (text, name) in [
            ("cat.png", Some("cat.png")),
            ("images/a cat.JPG", Some("a cat.JPG")),
            ("https://e.org/cat.png", None),
            ("/files/7/cat.png", None),
            ("/data/local-files/?d=a/cat.png", None),
            ("data:image/png;base64,x.png", None),
            ("cat", None),
            (&format!("{}.png", "x".repeat(2000)), None),
        ] {
            assert_eq!(uploaded_name(text, false), name, "{text}");
        }
        assert_eq!(uploaded_name("a/b.CSV", true), Some("b.CSV"));
        assert_eq!(uploaded_name("b.csv", false), None);
        assert_eq!(texts(&json!(["a.png", 1, "b.png"])).collect::<Vec<_>>(), ["a.png", "b.png"]);
    }

    #[test]
    fn the_medium_in_the_same_folders_is_meant() {
        let mut uploaded = Uploaded::default();
        let paths = ["set/a/1.png", "set/b/1.png", "1.png", "set/a/2.png"];
        uploaded.bring(
            paths
                .into_iter()
                .zip(1..)
                .map(|(path, number)| Brought {
                    path: path.to_owned(),
                    source: "set.zip".to_owned(),
                    number,
                    file_id: FileId(number.cast_signed()),
                })
                .collect(),
        );
        for (path, file_id) in
            [("a/1.png", Some(1)), ("set/b/1.png", Some(2)), ("c/1.png", Some(3)), ("1.png", Some(3)), ("3.png", None)]
        {
            assert_eq!(uploaded.brought(last_part(path), path), file_id.map(FileId), "{path}");
        }
        uploaded.named.extend([FileId(1), FileId(3)]);
        let left: Vec<_> = uploaded.unnamed().into_iter().map(|medium| medium.path).collect();
        assert_eq!(left, ["set/b/1.png", "set/a/2.png"]);
    }
}
