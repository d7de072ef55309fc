//! What a file is, from its first bytes; and how large an image is, without decoding it.

use std::io::Cursor;

use domain::{Error as Problem, Result, import};
use image::{ImageFormat, ImageReader};

use super::{MAX_IMAGE_PIXELS, MAX_IMAGE_SIDE};

/// A kind of file that is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A pixel image, by its content type.
    Image(&'static str),
    /// Sound, film or document, by its content type.
    Media(&'static str),
    /// A vector image.
    Svg,
    /// An archive.
    Zip,
    /// Tasks.
    Rows(import::Format),
}

impl FileKind {
    /// What browsers call it.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Image(content_type) | Self::Media(content_type) => content_type,
            Self::Svg => "image/svg+xml",
            Self::Zip => "application/zip",
            Self::Rows(import::Format::Json) => "application/json",
            Self::Rows(import::Format::JsonLines) => "application/x-ndjson",
            Self::Rows(import::Format::Table { delimiter: b'\t' }) => "text/tab-separated-values",
            Self::Rows(import::Format::Table { .. }) => "text/csv",
            Self::Rows(import::Format::Coco) => "application/json",
            Self::Rows(import::Format::Parquet) => "application/vnd.apache.parquet",
            // XML as text: browsers would draw it.
            Self::Rows(import::Format::Text | import::Format::Conll | import::Format::Voc) => "text/plain",
        }
    }
}

/// The kind of a file called `name` that begins with `head`.
///
/// # Errors
/// Says what the file is not.
pub fn of(name: &str, head: &[u8]) -> Result<FileKind> {
    if let Some(content_type) = image_type(head) {
        return Ok(FileKind::Image(content_type));
    }
    if is_still(head) {
        let message = format!("“{name}” is a HEIC picture, which browsers cannot show. Please save it as JPEG or PNG.");
        return Err(Problem::invalid("file", "image_heic", message));
    }
    if let Some(content_type) = media_type(head) {
        return Ok(FileKind::Media(content_type));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(FileKind::Zip);
    }
    if is_svg(head) {
        return Ok(FileKind::Svg);
    }
    if is_image_name(name) {
        let message = format!("“{name}” is named like an image, but it is none.");
        return Err(Problem::invalid("file", "not_an_image", message));
    }
    if let Some(what) = media_name(name) {
        let message = if head.is_empty() {
            format!("“{name}” is empty: it has 0 bytes.")
        } else {
            format!("“{name}” is named like {what}, but it is none.")
        };
        return Err(Problem::invalid("file", "not_media", message));
    }
    if name.to_ascii_lowercase().ends_with(".zip") {
        let message = format!("“{name}” is named like an archive, but it is none.");
        return Err(Problem::invalid("file", "not_an_archive", message));
    }
    import::detect(name, head).map(FileKind::Rows)
}

/// Whether a name promises an image.
#[must_use]
pub fn is_image_name(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    ["png", "jpg", "jpeg", "webp", "gif", "bmp", "avif", "svg"].contains(&extension.as_str())
}

fn image_type(head: &[u8]) -> Option<&'static str> {
    let at = |from: usize, expected: &[u8]| head.get(from..from + expected.len()) == Some(expected);
    if at(0, b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if at(0, b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        Some("image/gif")
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Some("image/webp")
    } else if at(4, b"ftypavif") || at(4, b"ftypavis") || (is_still(head) && names_avif(head)) {
        Some("image/avif")
    } else if at(0, b"BM") && at(6, &[0; 4]) {
        Some("image/bmp")
    } else {
        None
    }
}

/// Sounds, films and documents that browsers show.
fn media_type(head: &[u8]) -> Option<&'static str> {
    let at = |from: usize, expected: &[u8]| head.get(from..from + expected.len()) == Some(expected);
    if at(0, b"RIFF") && at(8, b"WAVE") {
        Some("audio/wav")
    } else if at(0, b"fLaC") {
        Some("audio/flac")
    } else if at(0, b"OggS") {
        // The first page names its codec.
        let page = &head[..head.len().min(512)];
        let has = |name: &[u8]| page.windows(name.len()).any(|part| part == name);
        Some(if has(b"theora") { "video/ogg" } else { "audio/ogg" })
    } else if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) {
        Some("audio/aiff")
    } else if at(0, b"ID3") || is_mp3_frame(head) {
        Some("audio/mpeg")
    } else if at(0, b"\xff\xf1") || at(0, b"\xff\xf9") {
        Some("audio/aac")
    } else if at(4, b"ftypM4A") || at(4, b"ftypM4B") {
        Some("audio/mp4")
    } else if at(4, b"ftypqt") {
        Some("video/quicktime")
    } else if at(4, b"ftyp") {
        Some("video/mp4")
    } else if at(0, b"\x1a\x45\xdf\xa3") {
        let page = &head[..head.len().min(64)];
        Some(if page.windows(4).any(|part| part == b"webm") { "video/webm" } else { "video/x-matroska" })
    } else if at(0, b"%PDF-") {
        Some("application/pdf")
    } else {
        None
    }
}

/// A picture in the container of films, as telephones take them.
fn is_still(head: &[u8]) -> bool {
    if head.get(4..8) != Some(b"ftyp") {
        return false;
    }
    let brand = head.get(8..12).unwrap_or_default();
    [b"heic", b"heix", b"heif", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"]
        .iter()
        .any(|still| brand == *still)
}

/// Whether an AVIF picture calls itself so only among the kinds it is compatible with.
fn names_avif(head: &[u8]) -> bool {
    head[..head.len().min(64)].windows(4).any(|brand| brand == b"avif")
}

/// The header of an MPEG frame of layer III, followed by another one just as long.
fn is_mp3_frame(head: &[u8]) -> bool {
    let length = |at: usize| {
        let four = head.get(at..at + 4)?;
        let (version, layer) = (four[1] >> 3 & 3, four[1] >> 1 & 3);
        if four[0] != 0xff || four[1] & 0xe0 != 0xe0 || layer != 1 || version == 1 {
            return None;
        }
        let is_first = version == 3;
        let rates: [usize; 16] = if is_first {
            [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0]
        } else {
            [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0]
        };
        let rate = rates[usize::from(four[2] >> 4)] * 1000;
        let hertz = [44_100, 48_000, 32_000, 0][usize::from(four[2] >> 2 & 3)] >> (3 - version.max(2)).min(1);
        let hertz = if version == 0 { hertz / 2 } else { hertz };
        let padding = usize::from(four[2] >> 1 & 1);
        (rate > 0 && hertz > 0).then(|| if is_first { 144 } else { 72 } * rate / hertz + padding)
    };
    length(0).is_some_and(|first| length(first).is_some() || first >= head.len())
}

/// Whether a name promises something to look at or listen to.
#[must_use]
pub fn is_media_name(name: &str) -> bool {
    is_image_name(name) || media_name(name).is_some()
}

/// What a name promises, in words.
fn media_name(name: &str) -> Option<&'static str> {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    match extension.as_str() {
        "wav" | "mp3" | "ogg" | "oga" | "flac" | "m4a" | "aac" | "aif" | "aiff" | "opus" => Some("a sound"),
        "mp4" | "m4v" | "mov" | "webm" | "mkv" | "ogv" | "avi" => Some("a video"),
        "pdf" => Some("a PDF"),
        _ => None,
    }
}

fn is_svg(head: &[u8]) -> bool {
    let beginning = String::from_utf8_lossy(&head[..head.len().min(4096)]);
    let text = beginning.trim_start_matches('\u{feff}').trim_start();
    text.starts_with("<svg") || (text.starts_with("<?xml") || text.starts_with("<!")) && text.contains("<svg")
}

/// Pixels across and down; `None` for what is no pixel image.
///
/// # Errors
/// An image whose size cannot be read, or is too large to be worked with.
pub fn dimensions(kind: FileKind, head: &[u8]) -> Result<Option<(u32, u32)>> {
    let FileKind::Image(content_type) = kind else { return Ok(None) };
    let format = match content_type {
        "image/png" => Some(ImageFormat::Png),
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/gif" => Some(ImageFormat::Gif),
        "image/webp" => Some(ImageFormat::WebP),
        "image/bmp" => Some(ImageFormat::Bmp),
        _ => None,
    };
    let size = match format {
        Some(format) => ImageReader::with_format(Cursor::new(head), format).into_dimensions().ok(),
        None => avif_dimensions(head),
    };
    let (width, height) = size.filter(|(width, height)| *width > 0 && *height > 0).ok_or_else(|| {
        Problem::invalid(
            "file",
            "not_an_image",
            "This begins like an image, but it is damaged: its size cannot be read.",
        )
    })?;
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_IMAGE_SIDE || height > MAX_IMAGE_SIDE || pixels > MAX_IMAGE_PIXELS {
        let message = format!(
            "This image claims {width} × {height} pixels; at most {} million, and {MAX_IMAGE_SIDE} on a side, can be shown.",
            MAX_IMAGE_PIXELS / 1_000_000
        );
        return Err(Problem::invalid("file", "image_too_large", message));
    }
    Ok(Some((width, height)))
}

/// The largest size named in the file's properties (`ispe`): thumbnails and tiles have entries of their own.
fn avif_dimensions(head: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?));
    let entries = head.windows(4).enumerate().filter(|(_, name)| *name == b"ispe");
    entries
        .filter_map(|(at, _)| Some((number(at + 8)?, number(at + 12)?)))
        .max_by_key(|(width, height)| u64::from(*width) * u64::from(*height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0]);
        let crc = crc(&bytes[12..]);
        bytes.extend(crc.to_be_bytes());
        bytes.extend(b"\0\0\0\x01IDAT\0\0\0\0\0");
        bytes
    }

    fn crc(bytes: &[u8]) -> u32 {
        let step = |crc: u32, byte: &u8| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
        };
        !bytes.iter().fold(!0, step)
    }

    #[test]
    fn files_are_known_by_their_bytes() {
        let cases: [(&str, &[u8], &str); 21] = [
            ("a.txt", b"\x89PNG\r\n\x1a\n", "image/png"),
            ("a", b"\xff\xd8\xff\xe0", "image/jpeg"),
            ("a", b"GIF89a", "image/gif"),
            ("a", b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
            ("a", b"\0\0\0\x20ftypavif", "image/avif"),
            ("a", b"\0\0\0\x20ftypmif1\0\0\0\0mif1avif", "image/avif"),
            ("a", b"BM\0\0\0\0\0\0\0\0", "image/bmp"),
            ("a", b"<?xml version=\"1.0\"?><!-- x --><svg>", "image/svg+xml"),
            ("a", b"PK\x03\x04", "application/zip"),
            ("a.json", b"[]", "application/json"),
            ("a", b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
            ("a", b"fLaC\0", "audio/flac"),
            ("a", b"OggS\0\x02........\x01vorbis", "audio/ogg"),
            ("a", b"ID3\x04", "audio/mpeg"),
            ("a", b"\xff\xfb\x90\x64", "audio/mpeg"),
            ("a", b"\0\0\0\x20ftypM4A ", "audio/mp4"),
            ("a", b"\0\0\0\x20ftypisom", "video/mp4"),
            ("a", b"\0\0\0\x14ftypqt  ", "video/quicktime"),
            ("a", b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm"),
            ("a", b"%PDF-1.7", "application/pdf"),
            ("a.mp3.csv", b"a,b\n1,2", "text/csv"),
        ];
        for (name, head, expected) in cases {
            assert_eq!(of(name, head).unwrap().content_type(), expected);
        }
        assert_eq!(of("cat.png", b"MZ\x90").unwrap_err().code, "not_an_image");
        assert_eq!(of("cat.wav", b"").unwrap_err().message, "“cat.wav” is empty: it has 0 bytes.");
        assert_eq!(of("cat.mp4", b"hello").unwrap_err().code, "not_media");
        assert_eq!(of("cat.zip", b"hello").unwrap_err().code, "not_an_archive");
        assert_eq!(of("cat.exe", b"MZ\x90\0\0").unwrap_err().code, "import_not_text");
    }

    #[test]
    fn bombs_and_ruins_are_refused_unopened() {
        let kind = FileKind::Image("image/png");
        assert_eq!(dimensions(kind, &png(640, 480)).unwrap(), Some((640, 480)));
        assert_eq!(dimensions(kind, &png(60_000, 60_000)).unwrap_err().code, "image_too_large");
        assert_eq!(dimensions(kind, &png(39_000, 39_000)).unwrap_err().code, "image_too_large");
        assert_eq!(dimensions(kind, b"\x89PNG\r\n\x1a\nruin").unwrap_err().code, "not_an_image");
        let mut avif = b"\0\0\0\x20ftypavif....ispe\0\0\0\0\0\0\0\x10\0\0\0\x10....ispe\0\0\0\0".to_vec();
        avif.extend([0, 0, 4, 0, 0, 0, 3, 0]);
        assert_eq!(dimensions(FileKind::Image("image/avif"), &avif).unwrap(), Some((1024, 768)));
    }
}
