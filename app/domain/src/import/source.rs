//! A buffered reader that knows the line and the byte it stands at, and can take a few bytes back.

use std::io::{self, Read};

const CHUNK_BYTES: usize = 64 * 1024;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Bytes of the file from where the reader stands.
pub(super) struct Source<R> {
    inner: R,
    buffer: Vec<u8>,
    /// Where reads land, before they join the buffer.
    landing: Vec<u8>,
    start: usize,
    offset: u64,
    line: u64,
    line_offset: u64,
    ended: bool,
}

impl<R: Read> Source<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            buffer: Vec::with_capacity(CHUNK_BYTES),
            landing: vec![0; CHUNK_BYTES],
            start: 0,
            offset: 0,
            line: 1,
            line_offset: 0,
            ended: false,
        }
    }

    /// Up to `length` bytes from here, without moving.
    pub(super) fn beginning(&mut self, length: usize) -> io::Result<&[u8]> {
        while !self.ended && self.buffer.len() - self.start < length {
            self.fill()?;
        }
        let end = self.buffer.len().min(self.start + length);
        Ok(&self.buffer[self.start..end])
    }

    /// Some bytes from here, empty at the end; never many at once, so that giving up on a row costs little.
    pub(super) fn chunk(&mut self) -> io::Result<&[u8]> {
        if self.start == self.buffer.len() {
            self.buffer.clear();
            self.start = 0;
            if !self.ended {
                self.fill()?;
            }
        }
        let end = self.buffer.len().min(self.start + CHUNK_BYTES);
        Ok(&self.buffer[self.start..end])
    }

    /// Moves over the first `count` bytes of the last chunk.
    pub(super) fn consume(&mut self, count: usize) {
        let passed = &self.buffer[self.start..self.start + count];
        let mut lines = 0;
        for byte in passed {
            lines += u64::from(*byte == b'\n');
        }
        if lines > 0 {
            let after = passed.iter().rev().take_while(|byte| **byte != b'\n').count();
            self.line += lines;
            self.line_offset = self.offset + (count - after) as u64;
        }
        self.start += count;
        self.offset += count as u64;
    }

    /// Takes back `bytes`, the last ones that were consumed, so that they are read again from `line` and `column`.
    pub(super) fn take_back(&mut self, bytes: &[u8], line: u64, column: u64) {
        self.buffer.splice(..self.start, bytes.iter().copied());
        self.start = 0;
        self.offset -= bytes.len() as u64;
        self.line = line;
        self.line_offset = self.offset + 1 - column;
    }

    pub(super) fn skip_bom(&mut self) -> io::Result<()> {
        if self.beginning(BOM.len())?.starts_with(BOM) {
            self.consume(BOM.len());
            self.line_offset = self.offset;
        }
        Ok(())
    }

    /// The line reached, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The byte of the line reached, from 1.
    pub(super) fn column(&self) -> u64 {
        self.offset - self.line_offset + 1
    }

    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    fn fill(&mut self) -> io::Result<()> {
        // What lies behind goes before more comes, so that looking ahead never makes the buffer grow with the file.
        if self.start >= CHUNK_BYTES {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let read = loop {
            match self.inner.read(&mut self.landing) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.buffer.extend_from_slice(&self.landing[..read]);
        self.ended = read == 0;
        Ok(())
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let chunk = self.chunk()?;
        let count = chunk.len().min(buffer.len());
        buffer[..count].copy_from_slice(&chunk[..count]);
        self.consume(count);
        Ok(count)
    }
}
