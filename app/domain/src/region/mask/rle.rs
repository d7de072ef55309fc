//! The run-length code of brush results: the bit stream of `rle-pack`, byte for byte as Label Studio's editor writes it.
//!
//! A head says how many elements there are (32 bits), how wide each is (5 bits, less one) and how wide four kinds of
//! counts are (4 bits each, less one). Then come chunks: a bit that tells a repeated element from a list of single ones,
//! two bits that name the kind of count, the count less one, and the element or elements. The last byte is filled up with
//! zeros. A mask has four equal elements for each pixel (RGBA); only the fourth, the opacity, means something.

use crate::region::mask::{Mask, MaskBuilder};
use crate::{Error, Result};

/// How wide Label Studio's counts are.
const COUNT_BITS: [u32; 4] = [3, 4, 8, 16];
/// The longest run, and the longest list, of one chunk.
const LONGEST: u64 = 1 << 16;

/// Packs runs of equal 8-bit elements; neighbours of the same value must come as one run.
pub(crate) fn pack(runs: impl IntoIterator<Item = (u8, u64)>, elements: u32) -> Vec<u8> {
    let mut packer = Packer { bits: BitWriter::default(), singles: Vec::new() };
    packer.bits.write(elements, 32);
    packer.bits.write(8 - 1, 5);
    for bits in COUNT_BITS {
        packer.bits.write(bits - 1, 4);
    }
    let mut last = None;
    for run in runs.into_iter().filter(|(_, count)| *count > 0) {
        if let Some((value, count)) = last.replace(run) {
            packer.run(value, count, false);
        }
    }
    if let Some((value, count)) = last {
        packer.run(value, count, true);
    }
    packer.flush();
    packer.bits.finish()
}

/// The mask as Label Studio's editor would store it: every painted pixel opaque.
pub(crate) fn encode(mask: &Mask) -> Vec<u8> {
    let elements = u64::from(mask.width()) * u64::from(mask.height()) * 4;
    let runs = mask.runs().into_iter().zip([0, u8::MAX].into_iter().cycle());
    // Masks of more elements than 32 bits can count are never made.
    pack(runs.map(|(count, value)| (value, count * 4)), u32::try_from(elements).unwrap_or(u32::MAX))
}

/// The mask of all pixels with some opacity.
///
/// # Errors
/// The stream is broken off, or is not that of an image of this size.
pub(crate) fn decode(bytes: &[u8], width: u32, height: u32) -> Result<Mask> {
    let wanted = (u64::from(width) * u64::from(height)).saturating_mul(4);
    let wrong_size = |elements: u32| {
        let message =
            format!("This mask holds {} pixels, but its image has {width} × {height}.", u64::from(elements) / 4);
        Error::invalid("rle", "rle_wrong_size", message)
    };
    let mut builder = MaskBuilder::new(width, height).ok_or_else(|| wrong_size(0))?;
    let mut at: u64 = 0;
    unpack(
        bytes,
        |elements| if u64::from(elements) == wanted { Ok(()) } else { Err(wrong_size(elements)) },
        |value, count| {
            // The opacity of a pixel is the last of its four elements.
            let end = at + count;
            builder.push(value > 0, end / 4 - at / 4);
            at = end;
        },
    )?;
    Ok(builder.finish())
}

/// Unpacks a stream: `check` sees how many elements it announces, then `see` gets them all as runs.
pub(crate) fn unpack(bytes: &[u8], check: impl FnOnce(u32) -> Result<()>, mut see: impl FnMut(u32, u64)) -> Result<()> {
    let mut bits = BitReader::new(bytes);
    let elements = bits.read(32)?;
    let width = bits.read(5)? + 1;
    let mut counts = [0; 4];
    for count in &mut counts {
        *count = bits.read(4)? + 1;
    }
    check(elements)?;
    let mut left = u64::from(elements);
    while left > 0 {
        let is_run = bits.read(1)? == 1;
        let kind = bits.read(2)? as usize;
        let count = (u64::from(bits.read(counts[kind])?) + 1).min(left);
        left -= count;
        if is_run {
            see(bits.read(width)?, count);
            continue;
        }
        for _ in 0..count {
            see(bits.read(width)?, 1);
        }
    }
    Ok(())
}

struct Packer {
    bits: BitWriter,
    /// Elements that differ from their neighbours and wait for a list.
    singles: Vec<u8>,
}

impl Packer {
    fn run(&mut self, value: u8, mut count: u64, is_last: bool) {
        if count > 1 {
            self.flush();
        }
        while count > LONGEST {
            self.chunk(true, LONGEST);
            self.bits.write(value.into(), 8);
            count -= LONGEST;
        }
        if count > 1 || (is_last && self.singles.is_empty()) {
            self.chunk(true, count);
            self.bits.write(value.into(), 8);
            return;
        }
        self.singles.push(value);
        if self.singles.len() as u64 == LONGEST {
            self.flush();
        }
    }

    /// Writes the waiting elements as a list.
    fn flush(&mut self) {
        if self.singles.is_empty() {
            return;
        }
        self.chunk(false, self.singles.len() as u64);
        for value in std::mem::take(&mut self.singles) {
            self.bits.write(value.into(), 8);
        }
    }

    fn chunk(&mut self, is_run: bool, count: u64) {
        let less_one = u32::try_from(count - 1).unwrap_or(u32::MAX);
        let kind = COUNT_BITS.iter().position(|bits| less_one < 1 << bits).unwrap_or(COUNT_BITS.len() - 1);
        self.bits.write(is_run.into(), 1);
        self.bits.write(u32::try_from(kind).unwrap_or(3), 2);
        self.bits.write(less_one, COUNT_BITS[kind]);
    }
}

/// Writes numbers of any width, the highest bit first.
#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that do not fill a byte yet, the newest lowest.
    rest: u64,
    count: u32,
}

impl BitWriter {
    fn write(&mut self, number: u32, width: u32) {
        self.rest = (self.rest << width) | u64::from(number);
        self.count += width;
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push(((self.rest >> self.count) & 0xff) as u8);
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(((self.rest << (8 - self.count)) & 0xff) as u8);
        }
        self.bytes
    }
}

/// Reads numbers of any width up to 32 bits, the highest bit first.
struct BitReader<'b> {
    bytes: &'b [u8],
    /// Bits taken from `bytes` and not read yet, the next one highest among `count`.
    rest: u64,
    count: u32,
}

impl<'b> BitReader<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, rest: 0, count: 0 }
    }

    fn read(&mut self, width: u32) -> Result<u32> {
        while self.count < width {
            let Some((next, after)) = self.bytes.split_first() else {
                return Err(Error::invalid("rle", "rle_cut_off", "This mask is broken off in the middle."));
            };
            self.rest = (self.rest << 8) | u64::from(*next);
            self.count += 8;
            self.bytes = after;
        }
        self.count -= width;
        let number = (self.rest >> self.count) & ((1 << width) - 1);
        // At most 32 bits wide.
        Ok(u32::try_from(number).unwrap_or(u32::MAX))
    }
}
