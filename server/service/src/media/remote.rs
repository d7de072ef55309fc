//! A file on another server, read in parts: of a film of many gigabytes only its tables are fetched.

use std::{
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
};

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use tokio::runtime::Handle;

use crate::{Cx, cloud, import::fetch};

/// How much is fetched at a time.
pub(super) const BLOCK_BYTES: u64 = 1 << 20;

/// Bytes as a server sends them.
type Body = BoxStream<'static, io::Result<Bytes>>;

/// Where a file is that is read in parts.
pub(super) enum Far {
    /// Behind an address of the web.
    Web(Cx, String),
    /// In a storage.
    Cloud(cloud::Object),
}

impl Far {
    /// Exactly these bytes, as they come.
    async fn part(&self, range: Range<u64>) -> io::Result<Body> {
        let (part, body) = match self {
            Self::Web(cx, url) => {
                let answer = fetch::get(cx, url, Some(range.clone())).await.map_err(io::Error::other)?;
                (answer.part, answer.body)
            }
            Self::Cloud(object) => {
                let found = object.get(Some(range.clone())).await.map_err(io::Error::other)?;
                (Some(found.range.clone()), found.into_stream().map_err(io::Error::other).boxed())
            }
        };
        if part != Some(range) {
            return Err(io::Error::other("the server sent another part than was asked for"));
        }
        Ok(body)
    }
}

/// Reads by range. Lives on a thread that may wait.
pub(super) struct Remote {
    far: Far,
    size: u64,
    at: u64,
    /// The part that was fetched last, and where it begins: stepping back within it fetches nothing.
    block: Bytes,
    block_at: u64,
    runtime: Handle,
}

impl Remote {
    /// A file of `size` that begins with `body`, of which at most [`BLOCK_BYTES`] are taken.
    pub(super) async fn new(far: Far, size: u64, body: Body) -> io::Result<Self> {
        let block = take(body, BLOCK_BYTES).await?;
        Ok(Self { far, size, at: 0, block, block_at: 0, runtime: Handle::current() })
    }

    async fn fetch(&self) -> io::Result<Bytes> {
        let end = (self.at + BLOCK_BYTES).min(self.size);
        let block = take(self.far.part(self.at..end).await?, end - self.at).await?;
        if block.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(block) }
    }

    /// What is known from here on.
    fn known(&self) -> &[u8] {
        let skipped = self.at.checked_sub(self.block_at).and_then(|skipped| usize::try_from(skipped).ok());
        skipped.and_then(|skipped| self.block.get(skipped..)).unwrap_or_default()
    }
}

/// The beginning of a body; a server that sends more than was asked for is not believed.
async fn take(mut body: Body, limit: u64) -> io::Result<Bytes> {
    let mut block = BytesMut::new();
    while (block.len() as u64) < limit
        && let Some(chunk) = body.next().await
    {
        block.extend_from_slice(&chunk?);
    }
    block.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(block.freeze())
}

impl Read for Remote {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.size || buffer.is_empty() {
            return Ok(0);
        }
        if self.known().is_empty() {
            self.block = self.runtime.block_on(self.fetch())?;
            self.block_at = self.at;
        }
        let known = self.known();
        let count = buffer.len().min(known.len());
        buffer[..count].copy_from_slice(&known[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Remote {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
        };
        self.at = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
