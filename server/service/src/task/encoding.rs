//! How a text is encoded, found out as browsers do.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How much of a page is searched for its own word on its encoding, as browsers do.
const PRESCAN_BYTES: usize = 1024;

/// The text in its bytes, without a byte order mark; none where they are no text. `content_type` is what their server said.
pub(super) fn decode(bytes: &[u8], content_type: Option<&str>) -> Option<String> {
    let (text, ..) = encoding_of(bytes, content_type).decode(bytes);
    // A file with zero bytes in it is a picture or a program, whatever its letters say.
    (!text.contains('\0')).then(|| text.into_owned())
}

/// Byte order mark, then what the server says, then UTF-8 if it is that, then the page's own word, then a guess.
fn encoding_of(bytes: &[u8], content_type: Option<&str>) -> &'static Encoding {
    let named = |text: &str| {
        let after = text.to_ascii_lowercase();
        let label = after.split_once("charset=")?.1.trim_start_matches(['"', '\'']).to_owned();
        let end = label.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).unwrap_or(label.len());
        Encoding::for_label(&label.as_bytes()[..end])
    };
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = content_type.and_then(named) {
        return encoding;
    }
    // UTF-16 without a mark: every other byte of Latin text is zero.
    let zeros = |from: usize| bytes.iter().skip(from).step_by(2).take(512).filter(|byte| **byte == 0).count();
    let (even, odd, looked_at) = (zeros(0), zeros(1), bytes.len().div_ceil(2).min(512));
    if odd * 10 > looked_at * 4 && even * 10 < looked_at {
        return UTF_16LE;
    }
    if even * 10 > looked_at * 4 && odd * 10 < looked_at {
        return UTF_16BE;
    }
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PRESCAN_BYTES)]);
    if head.trim_start().starts_with('<')
        && let Some(encoding) = named(&head)
    {
        return encoding;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_found_out() {
        let utf16: Vec<u8> = "Grüße aus Köln".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [&[0xff, 0xfe][..], &utf16].concat();
        let russian = encoding_rs::WINDOWS_1251.encode("Все люди рождаются свободными и равными").0;
        let japanese = encoding_rs::SHIFT_JIS.encode("すべての人間は、生れながらにして自由であり").0;
        for (bytes, content_type, expected) in [
            (&b"plain"[..], None, "UTF-8"),
            ("Grüße".as_bytes(), None, "UTF-8"),
            ("Grüße".as_bytes(), Some("text/plain; charset=\"iso-8859-1\""), "windows-1252"),
            (b"Gr\xfc\xdfe aus K\xf6ln", None, "windows-1252"),
            (&utf16, None, "UTF-16LE"),
            (&marked, None, "UTF-16LE"),
            (&russian, None, "windows-1251"),
            (&japanese, None, "Shift_JIS"),
            (b"<html><meta charset='koi8-r'>\xf7\xf3\xe5", None, "KOI8-R"),
        ] {
            assert_eq!(encoding_of(bytes, content_type).name(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_none() {
        for (bytes, expected) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], None),
            (b"abcdefgh\0", None),
            (b"\xef\xbb\xbfmarked", Some("marked")),
            (b"", Some("")),
        ] {
            assert_eq!(decode(bytes, None).as_deref(), expected, "{bytes:?}");
        }
    }
}
