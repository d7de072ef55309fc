//! A file on another server, read in parts: of a film of many gigabytes only its tables are fetched.

use std::io::{self, Read, Seek, SeekFrom};

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, stream::BoxStream};
use tokio::runtime::Handle;

use crate::{Cx, import::fetch};

/// How much is fetched at a time.
pub(super) const BLOCK_BYTES: u64 = 1 << 20;

/// Bytes as a server sends them.
type Body = BoxStream<'static, io::Result<Bytes>>;

/// Reads by range. Lives on a thread that may wait.
pub(super) struct Remote {
    cx: Cx,
    url: String,
    size: u64,
    at: u64,
    /// The part that was fetched last, and where it begins: stepping back within it fetches nothing.
    block: Bytes,
    block_at: u64,
    runtime: Handle,
}

impl Remote {
    /// A file of `size` that begins with `body`, of which at most [`BLOCK_BYTES`] are taken.
    pub(super) async fn new(cx: Cx, url: String, size: u64, body: Body) -> io::Result<Self> {
        let block = take(body, BLOCK_BYTES).await?;
        Ok(Self { cx, url, size, at: 0, block, block_at: 0, runtime: Handle::current() })
    }

    async fn fetch(&self) -> io::Result<Bytes> {
        let end = (self.at + BLOCK_BYTES).min(self.size);
        let answer = fetch::get(&self.cx, &self.url, Some(self.at..end)).await.map_err(io::Error::other)?;
        if answer.part != Some(self.at..end) {
            return Err(io::Error::other("the server sent another part than was asked for"));
        }
        let block = take(answer.body, end - self.at).await?;
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
