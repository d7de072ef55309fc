//! A stored file as a thread reads it that may wait.

use std::io::{self, Read};

use bytes::{Buf, Bytes};
use futures::{StreamExt, stream::BoxStream};
use tokio::runtime::Handle;

use super::read_key;
use crate::{Cx, Result};

/// Opens the file under a key for a thread that may wait.
pub(crate) fn blocking(cx: &Cx, key: &str, runtime: &Handle) -> Result<impl Read + use<>> {
    let stream = runtime.block_on(read_key(cx, key, None))?;
    Ok(Blocking { stream, runtime: runtime.clone(), chunk: Bytes::new() })
}

/// A stream as a reader for a thread that may wait.
struct Blocking {
    stream: BoxStream<'static, io::Result<Bytes>>,
    runtime: Handle,
    chunk: Bytes,
}

impl Read for Blocking {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.runtime.block_on(self.stream.next()) {
                Some(chunk) => self.chunk = chunk?,
                None => return Ok(0),
            }
        }
        let count = buffer.len().min(self.chunk.len());
        self.chunk.copy_to_slice(&mut buffer[..count]);
        Ok(count)
    }
}
