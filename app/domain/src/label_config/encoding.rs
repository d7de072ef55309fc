//! Texts that a task carries encoded (`encoding="base64"`).

/// The text, decoded as the attribute `encoding` says: `base64` holds one byte per character (Latin-1), `base64unicode`
/// holds UTF-8. `None` when it is not what it should be.
#[must_use]
pub fn decode(encoding: &str, text: String) -> Option<String> {
    match encoding {
        "base64" => Some(bytes(&text)?.into_iter().map(char::from).collect()),
        "base64unicode" => String::from_utf8(bytes(&text)?).ok(),
        _ => Some(text),
    }
}

/// Base64 of RFC 4648, both alphabets, with or without padding; white space is skipped.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=')
        .map(|byte| {
            Some(u32::from(match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                _ => return None,
            }))
        })
        .collect::<Option<_>>()?;
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for group in digits.chunks(4) {
        if group.len() == 1 {
            return None;
        }
        let number = (0..4).fold(0, |number, at| number << 6 | group.get(at).copied().unwrap_or(0));
        let [_, a, b, c] = number.to_be_bytes();
        bytes.extend(&[a, b, c][..group.len() - 1]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn both_encodings() {
        let table = [
            ("", "plain=", Some("plain=")),
            ("none", "YQ==", Some("YQ==")),
            ("base64", "YQ==", Some("a")),
            ("base64", "YWI", Some("ab")),
            ("base64", "YWJj\nZA==", Some("abcd")),
            ("base64", "5Pb8", Some("äöü")),
            ("base64unicode", "w6TDtsO8", Some("äöü")),
            ("base64unicode", "5Pb8", None),
            ("base64", "no base64!", None),
            ("base64", "A", None),
        ];
        for (encoding, text, expected) in table {
            assert_eq!(decode(encoding, text.to_owned()).as_deref(), expected, "{encoding} {text}");
        }
    }
}
