//! A zlib stream that is written piece by piece.

use std::io;

use miniz_oxide::{
    DataFormat, MZError, MZFlush, MZStatus,
    deflate::{core::CompressorOxide, stream::deflate},
};

/// A zlib stream; its pieces go wherever the caller says.
pub(super) struct Packer {
    compressor: Box<CompressorOxide>,
    room: Vec<u8>,
}

impl Packer {
    pub(super) fn new() -> Self {
        let mut compressor = Box::<CompressorOxide>::default();
        compressor.set_format_and_level(DataFormat::Zlib, 6);
        Self { compressor, room: vec![0; 32 * 1024] }
    }

    /// Takes more bytes.
    pub(super) fn push(&mut self, bytes: &[u8], out: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        self.step(bytes, MZFlush::None, out)
    }

    /// Writes what is left.
    pub(super) fn finish(mut self, out: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        self.step(&[], MZFlush::Finish, out)
    }

    fn step(
        &mut self,
        mut bytes: &[u8],
        flush: MZFlush,
        mut out: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        loop {
            if bytes.is_empty() && flush == MZFlush::None {
                return Ok(());
            }
            let step = deflate(&mut self.compressor, bytes, &mut self.room, flush);
            bytes = &bytes[step.bytes_consumed..];
            out(&self.room[..step.bytes_written])?;
            match step.status {
                Ok(MZStatus::StreamEnd) => return Ok(()),
                Ok(_) | Err(MZError::Buf) => {}
                Err(error) => return Err(io::Error::other(format!("{error:?}"))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_come_back_as_one(pieces in prop::collection::vec(prop::collection::vec(0_u8..4, 0..5_000), 0..40)) {
            let (mut packer, mut packed) = (Packer::new(), Vec::new());
            for piece in &pieces {
                packer.push(piece, |bytes| { packed.extend_from_slice(bytes); Ok(()) }).unwrap();
            }
            packer.finish(|bytes| { packed.extend_from_slice(bytes); Ok(()) }).unwrap();
            prop_assert_eq!(miniz_oxide::inflate::decompress_to_vec_zlib(&packed).unwrap(), pieces.concat());
        }
    }
}
