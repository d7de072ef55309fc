//! Folders of the server: only below the one that the operator allows, and never out of it by a link.

use std::path::{Path, PathBuf};

use domain::{Error as Problem, Kind};

use crate::Cx;

/// The folder that the operator allows, as it really is.
pub(super) fn root(cx: &Cx) -> Result<PathBuf, Problem> {
    let message = "This server allows no folders. Its operator can: the setting is called local_files.";
    let refuse = || Problem::invalid("prefix", "local_files_off", message);
    let folder = cx.settings().local_files.as_ref().ok_or_else(refuse)?;
    folder.canonicalize().map_err(|error| {
        tracing::warn!(folder = %folder.display(), %error, "the folder of local files cannot be opened");
        refuse()
    })
}

/// A folder as people type it: below the root, or as an absolute path into it.
pub(super) fn below(cx: &Cx, typed: &str) -> String {
    let typed = typed.trim();
    let roots = [cx.settings().local_files.clone(), root(cx).ok()];
    let rest = roots.into_iter().flatten().find_map(|root| {
        let rest = Path::new("/").join(typed.trim_start_matches('/'));
        rest.strip_prefix(&root).ok().map(|rest| rest.to_string_lossy().into_owned())
    });
    rest.unwrap_or_else(|| typed.to_owned()).trim_matches('/').to_owned()
}

/// Refuses what does not lie in `folder` of the root once every link is followed. Of something that is not there yet the
/// nearest folder that is counts.
pub(super) fn check(root: &Path, folder: &str, key: &str) -> Result<(), Problem> {
    let missing = || Problem::new(Kind::NotFound, "storage_no_object", "There is no such file.").on("src");
    let top = root.join(folder).canonicalize().map_err(|_| missing())?;
    let mut path = root.join(key);
    if !path.starts_with(root) || path.components().any(|part| matches!(part, std::path::Component::ParentDir)) {
        return Err(missing());
    }
    let real = loop {
        match path.canonicalize() {
            Ok(real) => break real,
            // A link to nowhere is nothing that may be written through.
            Err(_) if path.is_symlink() => return Err(missing()),
            Err(_) => path = path.parent().ok_or_else(missing)?.to_owned(),
        }
    };
    if top.starts_with(root) && real.starts_with(&top) { Ok(()) } else { Err(missing()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_out_of_the_folder() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret.txt"), "no").unwrap();
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("set/deep")).unwrap();
        std::fs::create_dir_all(root.join("other")).unwrap();
        std::fs::write(root.join("set/a.txt"), "yes").unwrap();
        std::fs::write(root.join("other/b.txt"), "no").unwrap();
        let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, root.join("set").join(name)).unwrap();
        link(&outside.path().join("secret.txt"), "link.txt");
        link(outside.path(), "folder");
        link(&root.join("other/b.txt"), "beside.txt");
        link(Path::new("/nowhere/at/all"), "dangling");
        link(&root.join("set/a.txt"), "again.txt");
        for key in ["set/a.txt", "set/deep/new/x.json", "set/again.txt", "set/new.json"] {
            assert!(check(&root, "set", key).is_ok(), "{key}");
        }
        let refused = [
            "set/link.txt",
            "set/folder/secret.txt",
            "set/folder/new.json",
            "set/beside.txt",
            "other/b.txt",
            "other/new.json",
            "new/x.json",
            "set/dangling",
            "set/../other/b.txt",
            "../secret.txt",
            "/etc/passwd",
        ];
        for key in refused {
            assert!(check(&root, "set", key).is_err(), "{key}");
        }
        assert!(check(&root, "set/folder", "set/folder/secret.txt").is_err(), "a folder that is a link out");
    }
}
