//! The numbers spaCy gives to words: those of its symbols, else `MurmurHash64A` of the spelling.

use std::{collections::HashMap, sync::LazyLock};

use super::symbols::SYMBOLS;

static NUMBERS: LazyLock<HashMap<&str, u64>> = LazyLock::new(|| SYMBOLS.into_iter().zip(1..).collect());

/// The number of a word; 0 for none.
pub(super) fn id(word: &str) -> u64 {
    if word.is_empty() {
        return 0;
    }
    NUMBERS.get(word).copied().unwrap_or_else(|| murmur(word.as_bytes(), 1))
}

fn murmur(bytes: &[u8], seed: u64) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    const R: u32 = 47;
    let mut hash = seed ^ (bytes.len() as u64).wrapping_mul(M);
    let (blocks, rest) = bytes.as_chunks::<8>();
    for block in blocks {
        let mut k = u64::from_le_bytes(*block).wrapping_mul(M);
        k ^= k >> R;
        hash = (hash ^ k.wrapping_mul(M)).wrapping_mul(M);
    }
    if !rest.is_empty() {
        let mut tail = [0; 8];
        tail[..rest.len()].copy_from_slice(rest);
        hash = (hash ^ u64::from_le_bytes(tail)).wrapping_mul(M);
    }
    hash ^= hash >> R;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> R)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_spacy() {
        // nlp.vocab.strings.add(word) in spaCy 3.8.
        for (word, number) in HASHES {
            assert_eq!(id(word), number, "{word}");
        }
    }

    const HASHES: [(&str, u64); 7] = [
        ("coffee", 3_197_928_453_018_144_401),
        ("PERSON", 380),
        ("Zürich", 9_452_955_988_637_137_518),
        ("a", 11_901_859_001_352_538_922),
        ("eight by", 15_404_263_946_044_424_935),
        ("sixteen bytes 16!", 3_110_234_878_872_693_770),
        ("_", 456),
    ];
}
