//! As whom Postgres runs: it refuses to run as root, so a server started by root hands it to a user without rights.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::Path,
};

use anyhow::{Context, Result, bail};

/// An unprivileged user of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunAs {
    pub name: String,
    uid: u32,
    gid: u32,
}

impl RunAs {
    /// Nobody in particular unless we are root; then whoever owns `cluster`, else `postgres`, else `nobody`.
    ///
    /// # Errors
    /// When we are root and no such user exists.
    pub fn choose(cluster: &Path) -> Result<Option<Self>> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        if let Ok(owner) = fs::metadata(cluster)
            && owner.uid() != 0
        {
            return Ok(Some(Self { name: format!("number {}", owner.uid()), uid: owner.uid(), gid: owner.gid() }));
        }
        let users = fs::read_to_string("/etc/passwd").context("reading /etc/passwd to find a user for Postgres")?;
        match ["postgres", "nobody"].iter().find_map(|name| Self::named(name, &users)) {
            Some(user) => Ok(Some(user)),
            None => bail!(
                "Postgres does not run as root, and this machine has neither a user postgres nor nobody to hand it to. \
                 Start Synapse as an ordinary user."
            ),
        }
    }

    fn named(name: &str, passwd: &str) -> Option<Self> {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        let uid = fields.next()?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Self { name: name.to_owned(), uid, gid })
    }

    /// Whether this user may enter a folder, going by the permission bits from the root down.
    #[must_use]
    pub fn reaches(&self, folder: &Path) -> bool {
        let Ok(folder) = folder.canonicalize() else { return false };
        folder.ancestors().all(|part| {
            fs::metadata(part).is_ok_and(|meta| {
                let enter = if meta.uid() == self.uid {
                    0o100
                } else if meta.gid() == self.gid {
                    0o010
                } else {
                    0o001
                };
                meta.mode() & enter != 0
            })
        })
    }

    /// Gives this user a file or folder.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn own(&self, path: &Path) -> Result<()> {
        chown(path, Some(self.uid), Some(self.gid))
            .with_context(|| format!("giving {} to {}", path.display(), self.name))
    }

    /// Lets a command run as this user, in no other group.
    pub fn apply(&self, command: &mut std::process::Command) {
        command.uid(self.uid).gid(self.gid);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\npostgres:x:102:104:PostgreSQL:/var/lib/postgresql:/bin/bash\n\
                          broken:x:::\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";

    #[test]
    fn finds_users_by_their_whole_name() {
        let user = RunAs::named("postgres", PASSWD).unwrap();
        assert_eq!((user.uid, user.gid), (102, 104));
        assert_eq!(RunAs::named("post", PASSWD), None);
        assert_eq!(RunAs::named("broken", PASSWD), None);
    }

    #[test]
    fn a_closed_folder_on_the_way_is_seen() {
        let parent = tempfile::tempdir().unwrap();
        let inner = parent.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let stranger = RunAs { name: "stranger".into(), uid: 4_000_000, gid: 4_000_000 };
        fs::set_permissions(parent.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(stranger.reaches(&inner));
        fs::set_permissions(parent.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!stranger.reaches(&inner));
    }
}
