//! Whether an image file is all there, told while it passes by: its parts are counted, nothing is decoded.
//!
//! Half a photograph begins like a whole one and has its size, and browsers show it as far as it goes: people would
//! label what is not there. What comes after the image's own end (the film of a moving photograph, a comment of a
//! program) is of no interest.

/// Follows a file from its first byte to its last, in pieces of any size.
pub struct Whole {
    walk: Walk,
    /// Bytes of a part that need not be looked at.
    skip: u64,
    /// The beginning of a part, until there is enough of it to know the part.
    held: Vec<u8>,
    ended: bool,
}

/// Where in the file the walk is, by its format.
enum Walk {
    /// Markers and their segments (ITU-T T.81, B.1); within a scan, whatever is no marker is data.
    Jpeg { in_scan: bool },
    /// Chunks up to `IEND` (PNG, third edition, 5.3).
    Png,
    /// Blocks up to the trailer; some hold sub-blocks (`GIF89a`, 15 to 27).
    Gif(GifPart),
    /// Boxes up to the end of the file (ISO/IEC 14496-12, 4.2).
    Boxes,
    /// The beginning promises a length.
    Promise,
    /// The length is known: whatever follows belongs to nobody.
    Promised,
    /// A format not known here; believed.
    Unknown,
}

enum GifPart {
    Screen,
    Block,
    Extension,
    Picture,
    SubBlocks,
}

/// What the beginning of a part says.
enum Step {
    /// There must be more of it.
    More,
    /// So many bytes until the next part.
    Skip(u64),
    /// The image ends here.
    End,
}

impl Whole {
    /// For a file of this content type.
    #[must_use]
    pub fn new(content_type: &str) -> Self {
        let (walk, skip) = match content_type {
            "image/jpeg" => (Walk::Jpeg { in_scan: false }, 0),
            "image/png" => (Walk::Png, 8),
            "image/gif" => (Walk::Gif(GifPart::Screen), 0),
            "image/avif" => (Walk::Boxes, 0),
            "image/webp" | "image/bmp" => (Walk::Promise, 0),
            _ => (Walk::Unknown, 0),
        };
        Self { walk, skip, held: Vec::new(), ended: false }
    }

    /// The next bytes of the file.
    pub fn pass(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.ended {
            if self.skip > 0 {
                let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
                self.skip -= skipped as u64;
                bytes = &bytes[skipped..];
                continue;
            }
            if self.held.is_empty()
                && let Walk::Jpeg { in_scan: true } = self.walk
            {
                // Nearly all of a photograph is this.
                let Some(at) = bytes.iter().position(|byte| *byte == 0xff) else { return };
                bytes = &bytes[at..];
            }
            let (byte, rest) = (bytes[0], &bytes[1..]);
            bytes = rest;
            if byte == 0xff && self.held == [0xff] && matches!(self.walk, Walk::Jpeg { .. }) {
                // Such bytes may fill the place before a marker; the last of them is its beginning.
                continue;
            }
            self.held.push(byte);
            match self.walk.step(&self.held) {
                Step::More => {}
                Step::Skip(count) => {
                    self.skip = count;
                    self.held.clear();
                }
                Step::End => self.ended = true,
            }
        }
    }

    /// Whether what has passed is a whole image.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let ends_between_parts = self.skip == 0 && self.held.is_empty();
        match self.walk {
            Walk::Jpeg { .. } | Walk::Png | Walk::Gif(_) => self.ended,
            // Nothing says that another box must follow.
            Walk::Boxes => self.ended || ends_between_parts,
            Walk::Promise => false,
            Walk::Promised => self.skip == 0,
            Walk::Unknown => true,
        }
    }
}

impl Walk {
    fn step(&mut self, held: &[u8]) -> Step {
        match self {
            Self::Jpeg { in_scan } => jpeg(held, in_scan),
            Self::Png => png(held),
            Self::Gif(part) => gif(held, part),
            Self::Boxes => next_box(held),
            Self::Promise => match promise(held) {
                Some(length) => {
                    *self = Self::Promised;
                    Step::Skip(length.saturating_sub(held.len() as u64))
                }
                None => Step::More,
            },
            Self::Promised | Self::Unknown => Step::End,
        }
    }
}

fn jpeg(held: &[u8], in_scan: &mut bool) -> Step {
    match *held {
        [0xff] | [0xff, _, _] => Step::More,
        [0xff, 0xd9] => Step::End,
        // A byte of data, a restart within it, and the beginning of the image stand alone.
        [0xff, 0x00 | 0x01 | 0xd0..=0xd8] => Step::Skip(0),
        [0xff, _] => Step::More,
        [0xff, marker, high, low] => {
            *in_scan = marker == 0xda;
            Step::Skip(u64::from(u16::from_be_bytes([high, low]).saturating_sub(2)))
        }
        // Not a marker, where one should be: readers look for the next one.
        _ => Step::Skip(0),
    }
}

fn png(held: &[u8]) -> Step {
    match *held {
        [_, _, _, _, b'I', b'E', b'N', b'D'] => Step::End,
        // After the content, its checksum.
        [a, b, c, d, _, _, _, _] => Step::Skip(u64::from(u32::from_be_bytes([a, b, c, d])) + 4),
        _ => Step::More,
    }
}

fn gif(held: &[u8], part: &mut GifPart) -> Step {
    // A table of colors: 3 bytes for each of 2^(n + 1).
    let colors = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let (needs, next) = match part {
        GifPart::Screen => (13, GifPart::Block),
        GifPart::Block => match held[0] {
            0x3b => return Step::End,
            0x21 => (1, GifPart::Extension),
            0x2c => (1, GifPart::Picture),
            // Between blocks some programs leave zeros.
            _ => (1, GifPart::Block),
        },
        GifPart::Extension => (1, GifPart::SubBlocks),
        GifPart::Picture => (9, GifPart::SubBlocks),
        GifPart::SubBlocks => (1, if held[0] == 0 { GifPart::Block } else { GifPart::SubBlocks }),
    };
    if held.len() < needs {
        return Step::More;
    }
    let skip = match part {
        GifPart::Screen => colors(held[10]),
        // The table, and the size of codes.
        GifPart::Picture => colors(held[8]) + 1,
        GifPart::SubBlocks => u64::from(held[0]),
        GifPart::Block | GifPart::Extension => 0,
    };
    *part = next;
    Step::Skip(skip)
}

fn next_box(held: &[u8]) -> Step {
    let (head, long) = match held.len() {
        8 => (8, false),
        16 => (16, true),
        _ => return Step::More,
    };
    let short = u32::from_be_bytes([held[0], held[1], held[2], held[3]]);
    let size = match short {
        0 => return Step::End,
        1 if !long => return Step::More,
        1 => held[8..].iter().fold(0, |size, byte| size << 8 | u64::from(*byte)),
        size => u64::from(size),
    };
    Step::Skip(size.saturating_sub(head))
}

/// How long the file is at least, once enough of its beginning is known.
fn promise(held: &[u8]) -> Option<u64> {
    let number =
        |at: usize| held.get(at..at + 4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
    if held.starts_with(b"RI") {
        return Some(u64::from(number(4)?) + 8);
    }
    // A BMP: the header of the file, and that of its picture as far as the compression.
    let (compression, bits) = (number(30)?, u64::from(number(28)? & 0xffff));
    let (width, height) = (u64::from(number(18)?), u64::from(number(22)?.cast_signed().unsigned_abs()));
    let is_plain = number(14)? >= 40 && matches!(compression, 0 | 3);
    // Rows of pixels are filled up to four bytes; what is compressed tells no length that can be relied upon.
    let pixels =
        if is_plain { width.saturating_mul(bits).div_ceil(32).saturating_mul(4).saturating_mul(height) } else { 0 };
    Some(u64::from(number(10)?).saturating_add(pixels))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat};
    use proptest::prelude::*;

    use super::*;

    /// A picture with all kinds of bytes in it, as a file.
    fn file(format: ImageFormat, side: u32, seed: u32) -> Vec<u8> {
        let picture = DynamicImage::ImageRgb8(image::RgbImage::from_fn(side, side, |x, y| {
            image::Rgb(
                (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503).wrapping_add(seed)).to_le_bytes()[..3]
                    .try_into()
                    .unwrap(),
            )
        }));
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn is_whole(content_type: &str, bytes: &[u8], piece: usize) -> bool {
        let mut whole = Whole::new(content_type);
        bytes.chunks(piece).for_each(|piece| whole.pass(piece));
        whole.is_whole()
    }

    const FORMATS: [(ImageFormat, &str); 5] = [
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::Png, "image/png"),
        (ImageFormat::Gif, "image/gif"),
        (ImageFormat::WebP, "image/webp"),
        (ImageFormat::Bmp, "image/bmp"),
    ];

    proptest! {
        #[test]
        fn a_whole_file_is_whole_and_a_part_of_it_is_not(
            (format, content_type) in prop::sample::select(FORMATS.to_vec()),
            side in 1..40_u32,
            seed: u32,
            cut: prop::sample::Index,
            piece in 1..600_usize,
        ) {
            let bytes = file(format, side, seed);
            prop_assert!(is_whole(content_type, &bytes, piece));
            // At least the mark of the end is missing; of PNG's it need not be the checksum.
            let end = cut.index(bytes.len() - 12);
            prop_assert!(!is_whole(content_type, &bytes[..end], piece), "{end} of {}", bytes.len());
            let followed = [&bytes[..], b"\0\0\0\x18ftypmp42 a film of the same moment"].concat();
            prop_assert!(is_whole(content_type, &followed, piece));
        }
    }

    #[test]
    fn boxes_end_where_they_say() {
        let whole = b"\0\0\0\x10ftypavif\0\0\0\0\0\0\0\x01mdat\0\0\0\0\0\0\0\x14abcd";
        assert!(is_whole("image/avif", whole, 3));
        for end in [15, 20, 30, whole.len() - 1] {
            assert!(!is_whole("image/avif", &whole[..end], 3), "{end}");
        }
        assert!(is_whole("image/avif", b"\0\0\0\0mdat to the end of the file", 3));
    }

    #[test]
    fn a_preview_within_is_not_the_image() {
        let preview = file(ImageFormat::Jpeg, 8, 1);
        let image = file(ImageFormat::Jpeg, 30, 2);
        let length = u16::try_from(preview.len() + 2).unwrap().to_be_bytes();
        let with_preview = [b"\xff\xd8\xff\xff\xe1", &length[..], &preview, &image[2..]].concat();
        assert!(is_whole("image/jpeg", &with_preview, 7));
        assert!(!is_whole("image/jpeg", &with_preview[..with_preview.len() - 40], 7));
    }
}
