//! Documents: every page as a picture, a small picture, and the words that are written on it.
//!
//! The derived file: `SYNP`, u32 number of pages, then for each page f64 width and f64 height in points and three parts (u64
//! offset, u64 length): the picture, the small picture, the words as JSON; then the parts.
//!
//! A document is a program. It is first run without painting, which counts its steps and measures its images, and only then
//! painted; on a thread of its own with room for deep nesting, where a panic ends nothing but this work. A server lets
//! another process do it ([`super::pdf_apart`]), since neither memory nor time can be taken from a thread.

use std::{
    any::Any,
    fs::File,
    io::{BufWriter, Read, Seek, SeekFrom, Write},
    sync::Arc,
};

use bytes::Bytes;
use domain::{
    Error as Problem, Kind,
    media::pdf::{MOST_PAGES, PAGE_SIDE, Page, Pdf, THUMB_SIDE, Word},
};
use hayro::{
    RenderCache, RenderSettings,
    hayro_interpret::{Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page},
    hayro_syntax::{LoadPdfError, Pdf as Document, page::Page as Sheet},
    kurbo::{Affine, Rect},
    render_into,
    vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit, color::palette::css::WHITE},
};
use image::{ExtendedColorType, ImageEncoder, RgbImage, codecs::jpeg::JpegEncoder, imageops};

use super::{
    derive::{self, Derived, Work, lost, problem_in},
    pdf_words::Reader,
    source::{Opened, refuse},
};
use crate::{Cx, Result};

/// Changes with the way pages are made.
pub(super) const RECIPE: &str = "pdf1";
/// The largest document.
pub const MAX_BYTES: u64 = 200 << 20;
/// The longest side of a page, in points: what the format allows.
const MAX_POINTS: f64 = 14_400.0;
/// The most bytes of a picture or of the words of a page.
const MOST_PART_BYTES: u64 = 64 << 20;
/// The beginning of a document stands somewhere in its first bytes.
const HEAD_BYTES: usize = 1024;
/// Room for what is nested in one another.
const STACK_BYTES: usize = 64 << 20;
const QUALITY: u8 = 88;
const ENTRY_BYTES: usize = 16 + 3 * 16;

/// What is kept of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its picture, a JPEG.
    Picture,
    /// A small picture, a JPEG.
    Thumb,
    /// The words on it, as JSON.
    Words,
}

/// The pages of a document; `told` hears how many are done.
pub(super) fn pages(opened: Opened, work: &Arc<Work>, told: &mut (dyn FnMut(u64, u64) + Send)) -> Result<File> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("pdf".into()).stack_size(STACK_BYTES);
        let running = thread.spawn_scoped(scope, || make(opened, work, told)).map_err(anyhow::Error::new)?;
        running.join().unwrap_or_else(|payload| Err(reason(payload.as_ref())))
    })
}

/// Why the work ended in the middle of a page: a limit, or a document that the decoder does not bear.
fn reason(payload: &(dyn Any + Send)) -> crate::Error {
    payload.downcast_ref::<Problem>().cloned().unwrap_or_else(damaged).into()
}

fn make(mut opened: Opened, work: &Arc<Work>, told: &mut dyn FnMut(u64, u64)) -> Result<File> {
    let mut bytes = Vec::new();
    Read::by_ref(&mut opened.data).take(MAX_BYTES).read_to_end(&mut bytes).map_err(problem_in)?;
    if !bytes[..bytes.len().min(HEAD_BYTES)].windows(5).any(|five| five == b"%PDF-") {
        return Err(refuse("not_pdf", "This file is not a PDF.").into());
    }
    let document = Document::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(_) => {
            refuse("pdf_encrypted", "This PDF is protected with a password. Please save it without one.")
        }
        LoadPdfError::Invalid => damaged(),
    })?;
    let sheets = document.pages();
    if sheets.is_empty() {
        return Err(damaged().into());
    }
    if sheets.len() > MOST_PAGES {
        let message =
            format!("This PDF has {} pages; at most {MOST_PAGES} can be shown. Please split it.", sheets.len());
        return Err(Problem::new(Kind::TooLarge, "pdf_too_long", message).on("src").into());
    }
    let settings = InterpreterSettings::default();
    let (words, pictures) = (InterpreterCache::new(), RenderCache::new());
    let mut file = Pages::new(sheets.len())?;
    for (at, sheet) in sheets.iter().enumerate() {
        work.at(at as u64, sheets.len() as u64)?;
        told(at as u64, sheets.len() as u64);
        let page = measured(sheet)?;
        let words = read(sheet, page, &words, &settings, work);
        work.in_time()?;
        let picture = paint(sheet, page, &pictures, &settings)?;
        let (width, height) = page.pixels(THUMB_SIDE);
        let thumb = imageops::thumbnail(&picture, width, height);
        file.push(page, &[jpeg(&picture)?, jpeg(&thumb)?, serde_json::to_vec(&words).map_err(anyhow::Error::new)?])?;
    }
    file.finish()
}

fn measured(sheet: &Sheet<'_>) -> Result<Page> {
    let (width, height) = sheet.render_dimensions();
    let (width, height) = (f64::from(width), f64::from(height));
    let is_possible = |side: f64| side.is_finite() && side > 0.0 && side <= MAX_POINTS;
    if !(is_possible(width) && is_possible(height)) {
        return Err(damaged().into());
    }
    Ok(Page { width, height })
}

/// The words, and the proof that the page can be painted within limits.
fn read<'a>(
    sheet: &'a Sheet<'a>,
    page: Page,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    work: &Arc<Work>,
) -> Vec<Word> {
    let area = Rect::new(0.0, 0.0, page.width, page.height);
    let transform = sheet.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, area, cache, sheet.xref(), settings.clone());
    let mut reader = Reader::new(page, work.clone());
    interpret_page(sheet, &mut context, &mut reader);
    reader.finish()
}

fn paint<'a>(
    sheet: &'a Sheet<'a>,
    page: Page,
    cache: &RenderCache<'a>,
    settings: &InterpreterSettings,
) -> Result<RgbImage> {
    let (width, height) = page.pixels(PAGE_SIDE);
    let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
    let mut context = RenderContext::new(side(width), side(height));
    let scale = Affine::scale_non_uniform(f64::from(width) / page.width, f64::from(height) / page.height);
    let transform = scale * sheet.initial_transform(true).to_kurbo();
    render_into(sheet, cache, settings, &RenderSettings::default(), &mut context, transform);
    context.flush();
    let mut pixmap = Pixmap::new(side(width), side(height));
    let white = RasterizerSettings { target_init: TargetInit::Clear(WHITE), ..RasterizerSettings::default() };
    context.render_with(&mut pixmap, &mut Resources::default(), white);
    let rgb = pixmap.data_as_u8_slice().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Ok(RgbImage::from_raw(width, height, rgb).ok_or_else(|| anyhow::anyhow!("a page of another size"))?)
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, QUALITY)
        .write_image(picture.as_raw(), picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .map_err(anyhow::Error::new)?;
    Ok(out)
}

pub(super) fn damaged() -> Problem {
    refuse("pdf_damaged", "This PDF is damaged: its pages cannot be read.")
}

/// The derived file while it is written.
struct Pages {
    out: BufWriter<File>,
    at: u64,
    index: Vec<u8>,
}

impl Pages {
    fn new(count: usize) -> Result<Self> {
        let mut out = BufWriter::with_capacity(1 << 18, tempfile::tempfile().map_err(anyhow::Error::new)?);
        let at = 8 + (count * ENTRY_BYTES) as u64;
        out.seek(SeekFrom::Start(at)).map_err(anyhow::Error::new)?;
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        Ok(Self { out, at, index: [&b"SYNP"[..], &count.to_le_bytes()].concat() })
    }

    fn push(&mut self, page: Page, parts: &[Vec<u8>; 3]) -> Result<()> {
        self.index.extend([page.width, page.height].map(f64::to_le_bytes).as_flattened());
        for part in parts {
            let length = part.len() as u64;
            self.index.extend([self.at, length].map(u64::to_le_bytes).as_flattened());
            self.out.write_all(part).map_err(anyhow::Error::new)?;
            self.at += length;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<File> {
        self.out.rewind().map_err(anyhow::Error::new)?;
        self.out.write_all(&self.index).map_err(anyhow::Error::new)?;
        Ok(self.out.into_inner().map_err(std::io::IntoInnerError::into_error).map_err(anyhow::Error::new)?)
    }
}

/// What a derived file says of its document.
pub(super) async fn open(cx: &Cx, derived: &Derived) -> Result<Pdf> {
    let head = derive::bytes(cx, derived, 0..8).await?;
    let count = number(&head, 4, u32::from_le_bytes).filter(|_| head.starts_with(b"SYNP")).ok_or_else(lost)?;
    let index = derive::bytes(cx, derived, 8..8 + u64::from(count) * ENTRY_BYTES as u64).await?;
    let page = |entry: &[u8]| {
        Some(Page { width: number(entry, 0, f64::from_le_bytes)?, height: number(entry, 8, f64::from_le_bytes)? })
    };
    let pages = index.chunks_exact(ENTRY_BYTES).map(page).collect::<Option<_>>().ok_or_else(lost)?;
    Ok(Pdf { pages })
}

/// A part of a page, which is counted from 1; `None` where there is no such page.
pub(super) async fn part(cx: &Cx, derived: &Derived, page: usize, part: Part) -> Result<Option<Bytes>> {
    let head = derive::bytes(cx, derived, 0..8).await?;
    let count = number(&head, 4, u32::from_le_bytes).map_or(0, |count| count as usize);
    let Some(index) = page.checked_sub(1).filter(|index| *index < count) else { return Ok(None) };
    let at = 8 + (index * ENTRY_BYTES) as u64;
    let entry = derive::bytes(cx, derived, at..at + ENTRY_BYTES as u64).await?;
    let at = 16 + 16 * part as usize;
    let place = number(&entry, at, u64::from_le_bytes).zip(number(&entry, at + 8, u64::from_le_bytes));
    let (offset, length) = place.filter(|(_, length)| *length <= MOST_PART_BYTES).ok_or_else(lost)?;
    let end = offset.checked_add(length).filter(|end| *end <= derived.size_bytes).ok_or_else(lost)?;
    Ok(Some(derive::bytes(cx, derived, offset..end).await?))
}

fn number<T, const N: usize>(bytes: &[u8], at: usize, read: impl Fn([u8; N]) -> T) -> Option<T> {
    bytes.get(at..at + N)?.try_into().ok().map(read)
}
