//! Very large images, cut into tiles in one pass over their rows.
//!
//! Memory: a strip of tiles per level, together about 4 × 512 rows of the image (160 MB for one 20,000 pixels wide with
//! alpha, 120 MB without). A PNG is read row by row and needs no more. An interlaced PNG, JPEG, WebP, GIF or BMP has to be
//! decoded whole: up to [`MAX_WHOLE_BYTES`] more, one at a time, and refused beyond.
//!
//! The derived file: `SYNT`, u32 width, u32 height, u32 flags (1: cut, 2: PNG tiles), then for each tile u64 offset and u64
//! length in the order of `domain::media::tiles::Grid`, then the tiles. An image that browsers can show whole is not cut.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use domain::{
    Error as Problem, Kind,
    media::tiles::{Grid, Level, TILE, WHOLE_PIXELS},
};
use image::{
    ColorType, ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, metadata::Orientation,
};

use super::{
    derive::{self, Derived, Work, lost, problem_in},
    source::{Data, Opened, refuse},
};
use crate::{
    Cx, Result,
    storage::{MAX_IMAGE_PIXELS, MAX_IMAGE_SIDE},
};

/// Changes with the way tiles are made.
pub(super) const RECIPE: &str = "tiles1";
/// The most memory for an image that has to be decoded whole.
pub const MAX_WHOLE_BYTES: u64 = 1536 << 20;
const QUALITY: u8 = 88;
const HEAD_BYTES: u64 = 16;
const ENTRY_BYTES: u64 = 16;

/// One at a time: two of them could take all memory.
static WHOLE: Mutex<()> = Mutex::new(());

/// What is known of an image.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Pixels across, as shown.
    pub width: u32,
    /// Pixels down, as shown.
    pub height: u32,
    /// Whether it is cut into tiles; otherwise browsers show it as it is.
    pub is_tiled: bool,
    /// What tiles are: `image/jpeg`, or `image/png` where there is transparency.
    pub content_type: &'static str,
    /// Where it is kept.
    pub derived: Derived,
}

impl Picture {
    /// From full size to a single tile; nothing for an image that is not cut.
    #[must_use]
    pub fn levels(&self) -> Vec<Level> {
        if self.is_tiled { Grid { width: self.width, height: self.height }.levels() } else { Vec::new() }
    }
}

/// Measures an image, and cuts it if it is very large.
pub(super) fn cut(opened: Opened, work: &Arc<Work>) -> Result<File> {
    let Data::Local(source) = opened.data else { return Err(anyhow::anyhow!("an image that is not here").into()) };
    let mut file = source.try_clone().map_err(anyhow::Error::new)?;
    let mut head = Vec::new();
    Read::by_ref(&mut file).take(16).read_to_end(&mut head).map_err(anyhow::Error::new)?;
    file.rewind().map_err(anyhow::Error::new)?;
    let format = image::guess_format(&head).map_err(|_| not_image())?;
    let mut decoder = ImageReader::with_format(BufReader::new(file), format).into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    // Cameras write JPEG; a PNG is shown as its rows lie.
    let orientation = match format {
        ImageFormat::Png => Orientation::NoTransforms,
        _ => decoder.orientation().unwrap_or(Orientation::NoTransforms),
    };
    let color = decoder.color_type();
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_IMAGE_SIDE || height > MAX_IMAGE_SIDE || pixels > MAX_IMAGE_PIXELS {
        let message = format!(
            "This image has {width} × {height} pixels; at most {} million, and {MAX_IMAGE_SIDE} on a side, can be shown.",
            MAX_IMAGE_PIXELS / 1_000_000
        );
        return Err(Problem::new(Kind::TooLarge, "image_too_large", message).on("src").into());
    }
    let turned = turns(orientation);
    let (shown_width, shown_height) = if turned { (height, width) } else { (width, height) };
    if pixels <= WHOLE_PIXELS {
        let mut out = tempfile::tempfile().map_err(anyhow::Error::new)?;
        out.write_all(&header(shown_width, shown_height, 0)).map_err(anyhow::Error::new)?;
        return Ok(out);
    }
    let channels = if color.has_alpha() { 4 } else { 3 };
    let mut cutter = Cutter::new(Grid { width: shown_width, height: shown_height }, channels, work.clone())?;
    if format == ImageFormat::Png {
        drop(decoder);
        rows_of_png(source, &mut cutter)?;
    } else {
        let limit = if format == ImageFormat::Jpeg && is_progressive(&source)? {
            // The coefficients of all scans are kept besides: 6 bytes a pixel at worst.
            decoder.total_bytes() + pixels * 6
        } else {
            decoder.total_bytes()
        };
        rows_of_whole(limit, color, orientation, (width, height), &mut cutter, |buffer| {
            decoder.read_image(buffer).map_err(damaged)
        })?;
    }
    cutter.finish()
}

fn header(width: u32, height: u32, flags: u32) -> Vec<u8> {
    let numbers = [width, height, flags].map(u32::to_le_bytes);
    [&b"SYNT"[..], numbers.as_flattened()].concat()
}

/// Whether width and height change places.
fn turns(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

/// Row by row, in the memory of a row.
fn rows_of_png(mut file: File, cutter: &mut Cutter) -> Result<()> {
    file.rewind().map_err(anyhow::Error::new)?;
    let limits = png::Limits { bytes: 256 << 20 };
    let mut decoder = png::Decoder::new_with_limits(BufReader::with_capacity(1 << 18, file), limits);
    decoder.set_ignore_text_chunk(true);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(broken_png)?;
    let (color, _) = reader.output_color_type();
    let color = match color {
        png::ColorType::Grayscale => ColorType::L8,
        png::ColorType::GrayscaleAlpha => ColorType::La8,
        png::ColorType::Rgb | png::ColorType::Indexed => ColorType::Rgb8,
        png::ColorType::Rgba => ColorType::Rgba8,
    };
    cutter.set_channels(if color.has_alpha() { 4 } else { 3 });
    let info = reader.info();
    let (size, is_interlaced) = ((info.width, info.height), info.interlaced);
    if is_interlaced {
        let bytes = reader.output_buffer_size().map_or(u64::MAX, |bytes| bytes as u64);
        return rows_of_whole(bytes, color, Orientation::NoTransforms, size, cutter, |buffer| {
            reader.next_frame(buffer).map(|_| ()).map_err(broken_png)
        });
    }
    let mut row_of_tile = Vec::new();
    while let Some(row) = reader.next_row().map_err(broken_png)? {
        row_of_tile.clear();
        widen(row.data(), color, &mut row_of_tile);
        cutter.push(&row_of_tile)?;
    }
    Ok(())
}

/// The whole image in memory, if it fits; then row by row as it is shown.
fn rows_of_whole(
    bytes: u64,
    color: ColorType,
    orientation: Orientation,
    (width, height): (u32, u32),
    cutter: &mut Cutter,
    decode: impl FnOnce(&mut [u8]) -> Result<()>,
) -> Result<()> {
    if bytes > MAX_WHOLE_BYTES {
        let message = format!(
            "Preparing this image would take {} MB of memory, more than there is for one. Saved as a PNG that is not \
             interlaced, it can have any size up to {} million pixels.",
            bytes >> 20,
            MAX_IMAGE_PIXELS / 1_000_000
        );
        return Err(Problem::new(Kind::TooLarge, "image_memory", message).on("src").into());
    }
    let pixel = usize::from(color.bytes_per_pixel());
    let (width, height) = (width as usize, height as usize);
    let _alone = WHOLE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut buffer = vec![0; width * height * pixel];
    decode(&mut buffer)?;
    let (shown_width, shown_height) = if turns(orientation) { (height, width) } else { (width, height) };
    let mut row = Vec::new();
    let mut source = Vec::new();
    for y in 0..shown_height {
        source.clear();
        for x in 0..shown_width {
            let (from_x, from_y) = match orientation {
                Orientation::NoTransforms => (x, y),
                Orientation::FlipHorizontal => (width - 1 - x, y),
                Orientation::Rotate180 => (width - 1 - x, height - 1 - y),
                Orientation::FlipVertical => (x, height - 1 - y),
                Orientation::Rotate90FlipH => (y, x),
                Orientation::Rotate90 => (y, height - 1 - x),
                Orientation::Rotate270FlipH => (width - 1 - y, height - 1 - x),
                Orientation::Rotate270 => (width - 1 - y, x),
            };
            let at = (from_y * width + from_x) * pixel;
            source.extend_from_slice(&buffer[at..at + pixel]);
        }
        row.clear();
        widen(&source, color, &mut row);
        cutter.push(&row)?;
    }
    Ok(())
}

/// Pixels as tiles have them: RGB, or RGBA where there is transparency.
fn widen(row: &[u8], color: ColorType, out: &mut Vec<u8>) {
    match color {
        ColorType::L8 => out.extend(row.iter().flat_map(|gray| [*gray; 3])),
        ColorType::La8 => out.extend(row.chunks_exact(2).flat_map(|two| [two[0], two[0], two[0], two[1]])),
        ColorType::Rgb8 | ColorType::Rgba8 => out.extend_from_slice(row),
        // 16 bits in the machine's order: the high byte is what is seen.
        ColorType::L16 => out.extend(row.chunks_exact(2).flat_map(|two| [high(two); 3])),
        ColorType::La16 => out.extend(row.chunks_exact(4).flat_map(|four| {
            let gray = high(&four[..2]);
            [gray, gray, gray, high(&four[2..])]
        })),
        _ => out.extend(row.chunks_exact(2).map(high)),
    }
}

fn high(two: &[u8]) -> u8 {
    u16::from_ne_bytes([two[0], two[1]]).to_be_bytes()[0]
}

/// Whether a JPEG comes in scans: its frame header says so.
fn is_progressive(file: &File) -> Result<bool> {
    let mut file = BufReader::new(file);
    file.seek(SeekFrom::Start(2)).map_err(anyhow::Error::new)?;
    let mut four = [0; 4];
    // A file that ends before its frame header is refused when it is decoded.
    while file.read_exact(&mut four).is_ok() {
        let [0xff, marker, ..] = four else { return Ok(false) };
        match marker {
            0xc2 | 0xc6 | 0xca | 0xce => return Ok(true),
            0xc0 | 0xc1 | 0xc3 | 0xda => return Ok(false),
            _ => {}
        }
        let length = i64::from(u16::from_be_bytes([four[2], four[3]]));
        file.seek_relative(length - 2).map_err(anyhow::Error::new)?;
    }
    Ok(false)
}

/// Takes the rows of an image from top to bottom and writes the tiles of all levels.
struct Cutter {
    grid: Grid,
    channels: usize,
    levels: Vec<Strip>,
    out: BufWriter<File>,
    at: u64,
    index: Vec<(u64, u64)>,
    work: Arc<Work>,
}

/// The rows of one level that are not cut yet.
struct Strip {
    level: Level,
    /// Tiles of the levels before.
    first_tile: usize,
    rows: Vec<u8>,
    rows_seen: u32,
    /// A row that waits for the next one to become a row of the next level.
    single: Option<Vec<u8>>,
}

impl Cutter {
    fn new(grid: Grid, channels: usize, work: Arc<Work>) -> Result<Self> {
        let mut first_tile = 0;
        let levels = grid.levels().into_iter().map(|level| {
            let strip = Strip { level, first_tile, rows: Vec::new(), rows_seen: 0, single: None };
            first_tile += level.columns as usize * level.rows as usize;
            strip
        });
        let levels: Vec<Strip> = levels.collect();
        let mut out = BufWriter::with_capacity(1 << 18, tempfile::tempfile().map_err(anyhow::Error::new)?);
        let at = HEAD_BYTES + ENTRY_BYTES * first_tile as u64;
        out.seek(SeekFrom::Start(at)).map_err(anyhow::Error::new)?;
        Ok(Self { grid, channels, levels, out, at, index: vec![(0, 0); first_tile], work })
    }

    /// Before the first row.
    fn set_channels(&mut self, channels: usize) {
        self.channels = channels;
    }

    fn push(&mut self, row: &[u8]) -> Result<()> {
        let seen = u64::from(self.levels[0].rows_seen);
        self.work.at(seen, self.grid.height.into())?;
        self.take(0, row)
    }

    fn take(&mut self, at: usize, row: &[u8]) -> Result<()> {
        let channels = self.channels;
        let has_next = at + 1 < self.levels.len();
        let strip = &mut self.levels[at];
        let expected = strip.level.width as usize * channels;
        if row.len() != expected || strip.rows_seen == strip.level.height {
            return Err(anyhow::anyhow!("a row of {} bytes where {expected} belong", row.len()).into());
        }
        strip.rows.extend_from_slice(row);
        strip.rows_seen += 1;
        let is_last = strip.rows_seen == strip.level.height;
        let mut half = None;
        if has_next {
            half = match strip.single.take() {
                Some(above) => Some(halve(&above, row, channels)),
                None if is_last => Some(halve(row, row, channels)),
                None => {
                    strip.single = Some(row.to_vec());
                    None
                }
            };
        }
        if is_last || strip.rows_seen.is_multiple_of(TILE) {
            self.write_strip(at)?;
        }
        match half {
            Some(half) => self.take(at + 1, &half),
            None => Ok(()),
        }
    }

    /// Cuts the rows of a strip into tiles.
    fn write_strip(&mut self, at: usize) -> Result<()> {
        let channels = self.channels;
        let strip = &mut self.levels[at];
        let rows = std::mem::take(&mut strip.rows);
        let width = strip.level.width as usize;
        let height = rows.len() / (width * channels);
        let row = (strip.rows_seen - 1) / TILE;
        let mut tile = Vec::new();
        let mut encoded = Vec::new();
        for column in 0..strip.level.columns as usize {
            let left = column * TILE as usize;
            let across = (width - left).min(TILE as usize);
            tile.clear();
            for y in 0..height {
                let from = (y * width + left) * channels;
                tile.extend_from_slice(&rows[from..from + across * channels]);
            }
            encoded.clear();
            encode(&tile, across, height, channels, &mut encoded)?;
            self.out.write_all(&encoded).map_err(anyhow::Error::new)?;
            let index = strip.first_tile + row as usize * strip.level.columns as usize + column;
            self.index[index] = (self.at, encoded.len() as u64);
            self.at += encoded.len() as u64;
        }
        // The memory is used again for the next strip.
        strip.rows = rows;
        strip.rows.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<File> {
        if let Some(short) = self.levels.iter().find(|strip| strip.rows_seen < strip.level.height) {
            let message =
                format!("This image breaks off after {} of its {} rows.", short.rows_seen, short.level.height);
            return Err(refuse("image_damaged", message).into());
        }
        let flags = if self.channels == 4 { 3 } else { 1 };
        let mut write = || {
            self.out.seek(SeekFrom::Start(0))?;
            self.out.write_all(&header(self.grid.width, self.grid.height, flags))?;
            for (offset, length) in &self.index {
                self.out.write_all(&offset.to_le_bytes())?;
                self.out.write_all(&length.to_le_bytes())?;
            }
            self.out.flush()
        };
        write().map_err(anyhow::Error::new)?;
        let file = self.out.into_inner().map_err(std::io::IntoInnerError::into_error).map_err(anyhow::Error::new)?;
        Ok(file)
    }
}

/// Two rows become one of half the width: each pixel is the mean of four. The last pixel of an odd row counts twice.
fn halve(above: &[u8], below: &[u8], channels: usize) -> Vec<u8> {
    let pixels = above.len() / channels;
    let mut half = Vec::with_capacity(pixels.div_ceil(2) * channels);
    for left in (0..pixels).step_by(2) {
        let right = (left + 1).min(pixels - 1);
        for channel in 0..channels {
            let at = |row: &[u8], pixel: usize| u16::from(row[pixel * channels + channel]);
            let sum = at(above, left) + at(above, right) + at(below, left) + at(below, right);
            half.push(((sum + 2) / 4).to_le_bytes()[0]);
        }
    }
    half
}

fn encode(tile: &[u8], width: usize, height: usize, channels: usize, out: &mut Vec<u8>) -> Result<()> {
    use image::codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
    };
    let side = |side: usize| u32::try_from(side).unwrap_or(TILE);
    let (width, height) = (side(width), side(height));
    let encoded = if channels == 4 {
        let encoder = PngEncoder::new_with_quality(out, CompressionType::Fast, FilterType::Adaptive);
        encoder.write_image(tile, width, height, ExtendedColorType::Rgba8)
    } else {
        JpegEncoder::new_with_quality(out, QUALITY).write_image(tile, width, height, ExtendedColorType::Rgb8)
    };
    Ok(encoded.map_err(anyhow::Error::new)?)
}

/// What a derived file says of its image.
pub(super) async fn open(cx: &Cx, derived: Derived) -> Result<Picture> {
    let head = derive::bytes(cx, &derived, 0..HEAD_BYTES).await?;
    let number = |at: usize| head.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes);
    let numbers = number(4).zip(number(8)).zip(number(12)).filter(|_| head.starts_with(b"SYNT"));
    let ((width, height), flags) = numbers.ok_or_else(lost)?;
    let content_type = if flags & 2 == 0 { "image/jpeg" } else { "image/png" };
    Ok(Picture { width, height, is_tiled: flags & 1 != 0, content_type, derived })
}

/// The bytes of one tile.
pub(super) async fn read(cx: &Cx, picture: &Picture, index: usize) -> Result<Bytes> {
    let at = HEAD_BYTES + ENTRY_BYTES * index as u64;
    let entry = derive::bytes(cx, &picture.derived, at..at + ENTRY_BYTES).await?;
    let number = |at: usize| entry.get(at..at + 8).and_then(|eight| eight.try_into().ok()).map(u64::from_le_bytes);
    let (offset, length) = number(0).zip(number(8)).ok_or_else(lost)?;
    let end = offset.checked_add(length).filter(|end| *end <= picture.derived.size_bytes).ok_or_else(lost)?;
    derive::bytes(cx, &picture.derived, offset..end).await
}

fn not_image() -> Problem {
    refuse("not_image", "This file is not an image that can be read here: PNG, JPEG, WebP, GIF, BMP.")
}

fn damaged(error: image::ImageError) -> crate::Error {
    match error {
        image::ImageError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => problem_in(error),
        error => {
            tracing::debug!(%error, "an image could not be decoded");
            refuse("image_damaged", "This image is damaged: its pixels cannot be read.").into()
        }
    }
}

fn broken_png(error: png::DecodingError) -> crate::Error {
    match error {
        png::DecodingError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => problem_in(error),
        error => {
            tracing::debug!(%error, "a PNG could not be decoded");
            refuse("image_damaged", "This image is damaged: its pixels cannot be read.").into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, RgbaImage};

    #[test]
    fn photographs_are_turned_as_browsers_turn_them() {
        let image =
            RgbaImage::from_fn(3, 2, |x, y| image::Rgba([x.to_le_bytes()[0] * 80, y.to_le_bytes()[0] * 80, 7, 255]));
        for exif in 1..=8 {
            let orientation = Orientation::from_exif(exif).unwrap();
            let mut expected = DynamicImage::ImageRgba8(image.clone());
            expected.apply_orientation(orientation);
            let grid = Grid { width: expected.width(), height: expected.height() };
            let mut cutter = Cutter::new(grid, 4, Arc::new(Work::new())).unwrap();
            let decode = |buffer: &mut [u8]| {
                buffer.copy_from_slice(image.as_raw());
                Ok(())
            };
            rows_of_whole(24, ColorType::Rgba8, orientation, (3, 2), &mut cutter, decode).unwrap();
            let mut file = cutter.finish().unwrap();
            let mut bytes = Vec::new();
            file.rewind().unwrap();
            file.read_to_end(&mut bytes).unwrap();
            let tile = image::load_from_memory(&bytes[32..]).unwrap();
            assert_eq!(tile.to_rgba8(), expected.to_rgba8(), "{orientation:?}");
        }
    }

    #[test]
    fn halving_takes_the_mean_of_four() {
        assert_eq!(halve(&[0, 4, 8], &[4, 8, 8], 1), [4, 8]);
        assert_eq!(halve(&[255; 6], &[255; 6], 3), [255; 3]);
    }

    #[test]
    fn what_would_take_all_memory_is_refused_before_it_does() {
        let grid = Grid { width: 30_000, height: 30_000 };
        let mut cutter = Cutter::new(grid, 3, Arc::new(Work::new())).unwrap();
        let decode = |_: &mut [u8]| panic!("decoded");
        let bytes = 30_000 * 30_000 * 3;
        let refused =
            rows_of_whole(bytes, ColorType::Rgb8, Orientation::NoTransforms, (30_000, 30_000), &mut cutter, decode);
        assert_eq!(refused.unwrap_err().domain().unwrap().code, "image_memory");
    }

    #[test]
    fn sixteen_bits_become_eight() {
        let mut out = Vec::new();
        widen(&[0xab_cd_u16.to_ne_bytes(), 0x12_34_u16.to_ne_bytes()].concat(), ColorType::La16, &mut out);
        assert_eq!(out, [0xab, 0xab, 0xab, 0x12]);
    }
}
