//! Masks as PNG pictures: black where painted, transparent elsewhere, as bitmask results keep them.
//!
//! Only what masks need, for the browser's sake: a general PNG library would be several times the size of all of
//! `result`. Pictures of every color type and depth are read as long as they are not interlaced (no canvas
//! writes those); written are four bytes per pixel as a canvas does, from runs of pixels and never from a whole picture.
//! Sources: PNG Specification (W3C), RFC 1950 (zlib), RFC 1951 (deflate).

use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZFlush, MZStatus};

use crate::region::mask::{Mask, MaskBuilder};
use crate::{Error, Result};

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
/// Bytes unpacked at a time.
const PIECE: usize = 64 * 1024;

fn broken() -> Error {
    Error::invalid("imageDataURL", "bitmask_broken", "The picture of this mask cannot be read.")
}

/// The mask of all pixels with some opacity.
///
/// # Errors
/// It is not a PNG picture, is broken or interlaced, or is not `width` × `height` pixels large.
pub(crate) fn decode(bytes: &[u8], width: u32, height: u32) -> Result<Mask> {
    let mut rest = bytes.strip_prefix(&SIGNATURE).ok_or_else(broken)?;
    let (name, head) = chunk(&mut rest)?;
    let (b"IHDR", [w0, w1, w2, w3, h0, h1, h2, h3, depth, color, 0, 0, interlace]) = (&name, head) else {
        return Err(broken());
    };
    let size = (u32::from_be_bytes([*w0, *w1, *w2, *w3]), u32::from_be_bytes([*h0, *h1, *h2, *h3]));
    if size != (width, height) {
        let message =
            format!("The picture of this mask has {} × {} pixels, but its image {width} × {height}.", size.0, size.1);
        return Err(Error::invalid("imageDataURL", "bitmask_wrong_size", message));
    }
    if *interlace != 0 {
        let message = "The picture of this mask is interlaced; masks are read from plain PNG pictures.";
        return Err(Error::invalid("imageDataURL", "bitmask_interlaced", message));
    }
    let mut rows = Rows::new(width, height, *color, *depth)?;
    let mut state = InflateState::new_boxed(DataFormat::Zlib);
    let mut piece = vec![0; PIECE];
    while !rows.is_full() {
        let (name, data) = chunk(&mut rest)?;
        match &name {
            b"tRNS" => rows.transparent = data.to_vec(),
            b"IDAT" => unpack(&mut state, data, &mut piece, &mut rows)?,
            b"IEND" => return Err(broken()),
            _ => {}
        }
    }
    Ok(rows.builder.finish())
}

/// The next chunk; its checksum is left to those who store pictures.
fn chunk<'b>(rest: &mut &'b [u8]) -> Result<([u8; 4], &'b [u8])> {
    let (length, after) = rest.split_first_chunk::<4>().ok_or_else(broken)?;
    let (name, after) = after.split_first_chunk::<4>().ok_or_else(broken)?;
    let length = u32::from_be_bytes(*length) as usize;
    let (data, after) = after.split_at_checked(length).ok_or_else(broken)?;
    *rest = after.get(4..).ok_or_else(broken)?;
    Ok((*name, data))
}

fn unpack(state: &mut InflateState, mut data: &[u8], piece: &mut [u8], rows: &mut Rows) -> Result<()> {
    while !rows.is_full() {
        let step = inflate(state, data, piece, MZFlush::None);
        data = data.get(step.bytes_consumed..).unwrap_or_default();
        rows.take(&piece[..step.bytes_written])?;
        match step.status {
            Ok(MZStatus::StreamEnd) if !rows.is_full() => return Err(broken()),
            Ok(_) if step.bytes_consumed + step.bytes_written > 0 => {}
            // All there is for now.
            Ok(_) | Err(miniz_oxide::MZError::Buf) if data.is_empty() => return Ok(()),
            _ => return Err(broken()),
        }
    }
    Ok(())
}

/// Rows of a picture as they come out of the stream.
struct Rows {
    builder: MaskBuilder,
    width: usize,
    left: u32,
    color: u8,
    depth: u8,
    /// Of transparent colors: the `tRNS` chunk.
    transparent: Vec<u8>,
    /// Bytes from one pixel to the next, at least 1.
    stride: usize,
    before: Vec<u8>,
    /// The filter's number, then the row.
    row: Vec<u8>,
    filled: usize,
}

impl Rows {
    fn new(width: u32, height: u32, color: u8, depth: u8) -> Result<Self> {
        let samples = match (color, depth) {
            (0, 1 | 2 | 4 | 8 | 16) | (3, 1 | 2 | 4 | 8) => 1,
            (4, 8 | 16) => 2,
            (2, 8 | 16) => 3,
            (6, 8 | 16) => 4,
            _ => return Err(broken()),
        };
        let bits = samples * usize::from(depth);
        let builder = MaskBuilder::new(width, height).ok_or_else(broken)?;
        let length = (width as usize * bits).div_ceil(8);
        Ok(Self {
            builder,
            width: width as usize,
            left: height,
            color,
            depth,
            transparent: Vec::new(),
            stride: (bits / 8).max(1),
            before: vec![0; length],
            row: vec![0; length + 1],
            filled: 0,
        })
    }

    fn is_full(&self) -> bool {
        self.left == 0
    }

    fn take(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() && !self.is_full() {
            let count = bytes.len().min(self.row.len() - self.filled);
            self.row[self.filled..self.filled + count].copy_from_slice(&bytes[..count]);
            self.filled += count;
            bytes = &bytes[count..];
            if self.filled == self.row.len() {
                self.finish_row()?;
            }
        }
        Ok(())
    }

    fn finish_row(&mut self) -> Result<()> {
        let (filter, row) = self.row.split_first_mut().ok_or_else(broken)?;
        let stride = self.stride;
        match filter {
            0 => {}
            // By far the most frequent, and free of any order: many bytes at once.
            2 => row.iter_mut().zip(&self.before).for_each(|(byte, above)| *byte = byte.wrapping_add(*above)),
            1 | 3 | 4 => {
                for at in 0..row.len() {
                    let left = if at >= stride { row[at - stride] } else { 0 };
                    let corner = if at >= stride { self.before[at - stride] } else { 0 };
                    let above = self.before[at];
                    let guess = match filter {
                        1 => left,
                        3 => left.midpoint(above),
                        _ => paeth(left, above, corner),
                    };
                    row[at] = row[at].wrapping_add(guess);
                }
            }
            _ => return Err(broken()),
        }
        self.before.copy_from_slice(row);
        let row = &self.before;
        let wide = usize::from(self.depth / 8).max(1);
        match self.color {
            4 | 6 => {
                let opacity = |pixel: &[u8]| pixel[self.stride - wide..].iter().fold(0, |any, byte| any | byte);
                self.builder.push_alpha(row.chunks_exact(self.stride).map(opacity));
            }
            _ if self.transparent.is_empty() => self.builder.push(true, self.width as u64),
            3 => {
                let opacity =
                    |at| self.transparent.get(usize::from(packed(row, self.depth, at))).copied().unwrap_or(255);
                self.builder.push_alpha((0..self.width).map(opacity));
            }
            _ if self.depth < 8 => {
                // Written as 16 bits each, whatever the depth.
                let clear = self.transparent.get(1).copied();
                let opacity = |at| if Some(packed(row, self.depth, at)) == clear { 0 } else { 255 };
                self.builder.push_alpha((0..self.width).map(opacity));
            }
            _ => {
                let clear: Vec<u8> =
                    self.transparent.chunks_exact(2).flat_map(|sample| &sample[2 - wide..]).copied().collect();
                let opacity = |pixel: &[u8]| if pixel == clear { 0 } else { 255 };
                self.builder.push_alpha(row.chunks_exact(self.stride).map(opacity));
            }
        }
        self.left -= 1;
        self.filled = 0;
        Ok(())
    }
}

/// Sample `at` of a row with up to 8 bits each, the highest bits first.
fn packed(row: &[u8], depth: u8, at: usize) -> u8 {
    let per_byte = usize::from(8 / depth);
    let from_right = (per_byte - 1 - at % per_byte) * usize::from(depth);
    let all = u8::MAX >> (8 - depth);
    (row[at / per_byte] >> from_right) & all
}

/// Whichever of the three is nearest to left + above − corner.
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(above), i16::from(corner));
    let to = |candidate: i16| (a + b - c - candidate).abs();
    if to(a) <= to(b) && to(a) <= to(c) {
        left
    } else if to(b) <= to(c) {
        above
    } else {
        corner
    }
}

/// The picture of a mask, four bytes per pixel as a browser's canvas writes it.
pub(crate) fn encode(mask: &Mask) -> Vec<u8> {
    let mut stream = Deflate::new();
    let mut rows = vec![Vec::new(); mask.height() as usize];
    mask.spans(|y, x0, x1| rows[y as usize].push((x0, x1)));
    let mut before: &[(u32, u32)] = &[];
    for row in &rows {
        // Every row as its difference from the one above (filter 2): nearly always nothing.
        stream.byte(2);
        let is_in = |spans: &[(u32, u32)], x: u32| {
            let next = spans.partition_point(|span| span.1 <= x);
            spans.get(next).is_some_and(|span| span.0 <= x)
        };
        let mut edges: Vec<u32> = before.iter().chain(row).flat_map(|(x0, x1)| [*x0, *x1]).collect();
        edges.extend([0, mask.width()]);
        edges.sort_unstable();
        edges.dedup();
        for pair in edges.windows(2) {
            let difference = match (is_in(before, pair[0]), is_in(row, pair[0])) {
                (false, true) => 255,
                (true, false) => 1,
                _ => 0,
            };
            stream.pixels(difference, u64::from(pair[1] - pair[0]));
        }
        before = row;
    }
    let mut head = Vec::new();
    head.extend(mask.width().to_be_bytes());
    head.extend(mask.height().to_be_bytes());
    head.extend([8, 6, 0, 0, 0]);
    let mut png = SIGNATURE.to_vec();
    put_chunk(&mut png, *b"IHDR", &head);
    put_chunk(&mut png, *b"IDAT", &stream.finish());
    put_chunk(&mut png, *b"IEND", &[]);
    png
}

/// A picture of 8-bit gray from its rows, each behind the number of its filter, as a zlib stream.
pub(crate) fn gray(width: u32, height: u32, stream: &[u8]) -> Vec<u8> {
    let mut head = Vec::new();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    head.extend([8, 0, 0, 0, 0]);
    let mut png = SIGNATURE.to_vec();
    put_chunk(&mut png, *b"IHDR", &head);
    put_chunk(&mut png, *b"IDAT", stream);
    put_chunk(&mut png, *b"IEND", &[]);
    png
}

fn put_chunk(png: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    png.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    let start = png.len();
    png.extend(name);
    png.extend(data);
    let crc = crc32(&png[start..]);
    png.extend(crc.to_be_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    let table: [u32; 256] = std::array::from_fn(|at| {
        let start = u32::try_from(at).unwrap_or_default();
        (0..8).fold(start, |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 })
    });
    !bytes.iter().fold(u32::MAX, |crc, byte| table[((crc ^ u32::from(*byte)) & 0xff) as usize] ^ (crc >> 8))
}

/// A zlib stream of one block with the fixed codes, whose only repetitions reach back one pixel (four bytes).
struct Deflate {
    bytes: Vec<u8>,
    rest: u64,
    count: u32,
    /// The last four bytes, the newest last.
    last: [u8; 4],
    /// Bytes equal to those four before them that wait to be written.
    run: u64,
    adler: (u64, u64),
}

/// Adler-32 counts modulo this prime.
const ADLER: u64 = 65_521;
/// The longest repetition.
const LONGEST: u64 = 258;

impl Deflate {
    fn new() -> Self {
        // Head: deflate with a window of 32 KiB. No byte of the picture is 3, so nothing repeats at the start.
        let mut stream = Self { bytes: vec![0x78, 0x01], rest: 0, count: 0, last: [3; 4], run: 0, adler: (1, 0) };
        stream.bits(0b011, 3);
        stream
    }

    fn byte(&mut self, byte: u8) {
        self.adler.0 = (self.adler.0 + u64::from(byte)) % ADLER;
        self.adler.1 = (self.adler.1 + self.adler.0) % ADLER;
        self.pack(byte);
    }

    /// `count` pixels that are 0, 0, 0 and `opacity`.
    fn pixels(&mut self, opacity: u8, mut count: u64) {
        while count > 0 {
            // So few at a time that the sums stay far below 64 bits.
            let some = count.min(1 << 16);
            let (a, v) = (self.adler.0, u64::from(opacity));
            // Each pixel adds its opacity to the first sum and four times the first sum to the second.
            self.adler.1 = (self.adler.1 + 4 * (some * a + v * (some * (some - 1) / 2)) + some * v) % ADLER;
            self.adler.0 = (a + some * v) % ADLER;
            for byte in [0, 0, 0, opacity] {
                self.pack(byte);
            }
            self.run += (some - 1) * 4;
            count -= some;
        }
    }

    fn pack(&mut self, byte: u8) {
        if self.last[0] == byte {
            self.run += 1;
        } else {
            self.flush();
            self.literal(byte.into());
        }
        self.last = [self.last[1], self.last[2], self.last[3], byte];
    }

    /// Writes what waits: as repetitions, or, where it is too short for one, as it is.
    fn flush(&mut self) {
        while self.run >= 3 {
            // Never leave one or two behind that would have to be written out.
            let length = match self.run {
                run if run <= LONGEST => run,
                run if run - LONGEST < 3 => LONGEST - 3,
                _ => LONGEST,
            };
            self.repeat(u32::try_from(length).unwrap_or_default());
            self.run -= length;
        }
        let waiting = usize::try_from(std::mem::take(&mut self.run)).unwrap_or_default();
        for at in self.last.len() - waiting..self.last.len() {
            self.literal(self.last[at].into());
        }
    }

    /// A repetition of what stands four bytes before.
    fn repeat(&mut self, length: u32) {
        let (symbol, extra, bits) = match length {
            LONGEST_CODE => (285, 0, 0),
            3..=10 => (254 + length, 0, 0),
            _ => {
                // Four symbols for every number of extra bits, each as wide as that many bits tell apart.
                let bits = (length - 3).ilog2() - 2;
                let base = (4 << bits) + 3;
                (261 + bits * 4 + ((length - base) >> bits), (length - base) & ((1 << bits) - 1), bits)
            }
        };
        self.literal(symbol);
        self.bits(extra, bits);
        // Distance 4 is symbol 3, five bits, highest first.
        self.bits(0b11000, 5);
    }

    /// A byte or another symbol in the fixed code, highest bit first.
    fn literal(&mut self, symbol: u32) {
        let (code, width) = match symbol {
            0..=143 => (0x30 + symbol, 8),
            144..=255 => (0x190 + symbol - 144, 9),
            256..=279 => (symbol - 256, 7),
            _ => (0xc0 + symbol - 280, 8),
        };
        self.bits(code.reverse_bits() >> (32 - width), width);
    }

    fn bits(&mut self, bits: u32, width: u32) {
        self.rest |= u64::from(bits) << self.count;
        self.count += width;
        while self.count >= 8 {
            self.bytes.push((self.rest & 0xff) as u8);
            self.rest >>= 8;
            self.count -= 8;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.flush();
        self.literal(256);
        self.bits(0, 7);
        let (a, b) = self.adler;
        self.bytes.extend(u32::try_from((b << 16) | a).unwrap_or_default().to_be_bytes());
        self.bytes
    }
}

/// [`LONGEST`] has a symbol of its own.
const LONGEST_CODE: u32 = 258;
