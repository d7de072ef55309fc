//! Tables by address, made into the pyramid that a browser reads: `domain::media::series` does all of it.

use std::{fs::File, io::Read, sync::Arc};

use domain::media::series::{Columns, Failure, Options, Table, build};
use sha2::{Digest, Sha256};

use super::{
    derive::{Work, join, place, problem_in},
    source::{Opened, too_large},
};
use crate::Result;

/// The largest table.
pub(super) const MAX_BYTES: u64 = 4 << 30;
/// The largest JSON, whose columns are kept in memory while it is read.
const MAX_JSON_BYTES: u64 = 512 << 20;

/// Another reading of the same table is another file.
pub(super) fn recipe(options: &Options) -> String {
    let digest = hex::encode(Sha256::digest(format!("{options:?}")));
    format!("series1-{}", &digest[..16])
}

/// The pyramid of a table: streamed from CSV, read whole from JSON.
pub(super) fn pyramid(opened: Opened, options: &Options, work: &Arc<Work>) -> Result<File> {
    let size = opened.size;
    let is_json = opened.extension == "json"
        || opened.content_type.as_deref().is_some_and(|kind| kind.starts_with("application/json"));
    let mut reader = work.watch(opened);
    let seen = |_| Ok(());
    let built = if is_json {
        if size > MAX_JSON_BYTES {
            return Err(too_large(MAX_JSON_BYTES).into());
        }
        let reader = std::io::BufReader::with_capacity(1 << 18, reader.by_ref());
        let columns = Columns::read(&mut serde_json::Deserializer::from_reader(reader), options);
        columns.and_then(|mut columns| build(&mut columns, place, seen))
    } else {
        Table::open(reader, options).and_then(|mut table| build(&mut table, place, seen))
    };
    let built = built.map_err(|failure| match failure {
        Failure::Bad(problem) => problem.into(),
        Failure::Io(error) => problem_in(error),
    })?;
    Ok(join(&built.header.to_bytes(), built.levels).map_err(anyhow::Error::new)?)
}
