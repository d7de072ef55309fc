//! What is known of a video, kept as: u64 bytes of JSON, the JSON padded to a multiple of 8, the times of its frames.

use std::{fs::File, io::Write, ops::Range, sync::Arc};

use domain::media::video::{Failure, Video, probe};

use super::{
    derive::{self, Derived, Work, lost, problem_in},
    source::Opened,
};
use crate::{Cx, Result};

/// The largest video whose frames are counted; only its tables are read.
pub(super) const MAX_BYTES: u64 = 64 << 30;
/// What is known of a video is never longer.
const MAX_JSON_BYTES: u64 = 64 << 10;

/// Counts the frames.
pub(super) fn timeline(opened: Opened, work: &Arc<Work>) -> Result<File> {
    let found = probe(work.watch(opened)).map_err(|failure| match failure {
        Failure::Bad(problem) => problem.into(),
        Failure::Io(error) => problem_in(error),
    })?;
    let mut json = serde_json::to_vec(&found.video).map_err(anyhow::Error::new)?;
    let length = json.len() as u64;
    json.resize(json.len().next_multiple_of(8), b' ');
    let write = || {
        let mut out = std::io::BufWriter::new(tempfile::tempfile()?);
        out.write_all(&length.to_le_bytes())?;
        out.write_all(&json)?;
        for time in &found.times_s {
            out.write_all(&time.to_le_bytes())?;
        }
        out.into_inner().map_err(std::io::IntoInnerError::into_error)
    };
    Ok(write().map_err(anyhow::Error::new)?)
}

/// Where the times of the frames lie in the derived file.
pub(super) async fn times(cx: &Cx, derived: &Derived) -> Result<Range<u64>> {
    let start = 8 + json_length(cx, derived).await?.next_multiple_of(8);
    Ok(start.min(derived.size_bytes)..derived.size_bytes)
}

/// What is known of the video.
pub(super) async fn read(cx: &Cx, derived: &Derived) -> Result<Video> {
    let length = json_length(cx, derived).await?;
    let json = derive::bytes(cx, derived, 8..8 + length).await?;
    Ok(serde_json::from_slice(&json).map_err(|_| lost())?)
}

async fn json_length(cx: &Cx, derived: &Derived) -> Result<u64> {
    let head = derive::bytes(cx, derived, 0..8).await?;
    let length = <[u8; 8]>::try_from(&*head).map_or(u64::MAX, u64::from_le_bytes);
    if length > MAX_JSON_BYTES {
        return Err(lost().into());
    }
    Ok(length)
}
