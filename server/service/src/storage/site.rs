//! Files that the application itself serves to everybody: the demo's pictures, sounds and films.

use std::{
    fs::File,
    io::Read,
    path::{Component, Path, PathBuf},
};

use percent_encoding::percent_decode_str;
use url::Url;

use super::{HEAD_BYTES, kind};
use crate::{Cx, Result};

/// The file behind a path of this site; nothing beside its folder.
pub(crate) fn site_file(cx: &Cx, address: &str) -> Option<PathBuf> {
    if !address.starts_with('/') || address.starts_with("//") {
        return None;
    }
    let folder = cx.settings().site_dir.as_ref()?;
    let url = Url::parse("http://host/").ok()?.join(address).ok()?;
    let mut path = folder.clone();
    for part in url.path_segments()? {
        let name = percent_decode_str(part).decode_utf8().ok()?;
        let mut parts = Path::new(&*name).components();
        match (parts.next(), parts.next()) {
            (Some(Component::Normal(part)), None) => path.push(part),
            _ => return None,
        }
    }
    path.is_file().then_some(path)
}

/// Pixels across and down of an image of this site; none for any other file.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn site_image(path: &Path) -> Result<Option<(u32, u32)>> {
    let file = File::open(path).map_err(anyhow::Error::new)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(image_size(&name, file).map_err(anyhow::Error::new)?)
}

/// Pixels across and down of an image, from its beginning; none for anything else.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn image_size(name: &str, from: impl Read) -> std::io::Result<Option<(u32, u32)>> {
    let mut head = Vec::new();
    from.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(kind::of(name, &head).and_then(|kind| kind::dimensions(kind, &head)).unwrap_or(None))
}
