//! A file on another server, read in parts: of a film of many gigabytes only its tables are fetched.

use std::io::{self, Read, Seek, SeekFrom};

use bytes::{Buf, Bytes, BytesMut};
use futures::StreamExt;
use tokio::runtime::Handle;

use crate::{Cx, import::fetch};

/// How much is fetched at a time.
pub(super) const BLOCK_BYTES: u64 = 1 << 20;

/// Reads by range. Lives on a thread that may wait.
pub(super) struct Remote {
    cx: Cx,
    url: String,
    size: u64,
    at: u64,
    /// What is known from `at` on.
    block: Bytes,
    runtime: Handle,
}

impl Remote {
    /// A file of `size`, nothing of which is known yet.
    pub(super) fn new(cx: Cx, url: String, size: u64) -> Self {
        Self { cx, url, size, at: 0, block: Bytes::new(), runtime: Handle::current() }
    }

    async fn fetch(&self) -> io::Result<Bytes> {
        let end = (self.at + BLOCK_BYTES).min(self.size);
        let mut answer = fetch::get(&self.cx, &self.url, Some(self.at..end)).await.map_err(io::Error::other)?;
        if answer.part != Some(self.at..end) {
            return Err(io::Error::other("the server sent another part than was asked for"));
        }
        let mut block = BytesMut::new();
        while let Some(chunk) = answer.body.next().await {
            block.extend_from_slice(&chunk?);
            if block.len() as u64 >= end - self.at {
                break;
            }
        }
        if block.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(block.freeze()) }
    }
}

impl Read for Remote {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.size || buffer.is_empty() {
            return Ok(0);
        }
        if self.block.is_empty() {
            self.block = self.runtime.block_on(self.fetch())?;
        }
        let count = buffer.len().min(self.block.len());
        self.block.copy_to_slice(&mut buffer[..count]);
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
        let target = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let ahead = target.checked_sub(self.at).and_then(|ahead| usize::try_from(ahead).ok());
        match ahead.filter(|ahead| *ahead <= self.block.len()) {
            Some(ahead) => self.block.advance(ahead),
            None => self.block.clear(),
        }
        self.at = target;
        Ok(target)
    }
}
