//! Against streams that the reference implementations wrote: `@thi.ng/rle-pack` 3.2.12, which Label Studio's editor uses,
//! and `label-studio-converter` 0.0.59.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde::Deserialize;

use super::rle::{decode, encode, pack, unpack};
use super::{Mask, MaskBuilder};

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
    raw: Vec<Raw>,
    python: Vec<Python>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    width: u32,
    height: u32,
    /// Opacity and number of pixels.
    alpha_runs: Vec<(u8, u64)>,
    rle: String,
}

#[derive(Deserialize)]
struct Raw {
    name: String,
    elements: Option<String>,
    rle: Option<String>,
    alternating: Option<u32>,
    bytes: Option<usize>,
    fnv1a: Option<String>,
}

#[derive(Deserialize)]
struct Python {
    name: String,
    rle: String,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("testdata/rle.json")).expect("the fixture is JSON")
}

fn bytes(base64: &str) -> Vec<u8> {
    STANDARD.decode(base64).unwrap()
}

fn mask(case: &Case) -> Mask {
    let mut builder = MaskBuilder::new(case.width, case.height).unwrap();
    for (alpha, count) in &case.alpha_runs {
        builder.push(*alpha > 0, *count);
    }
    builder.finish()
}

fn runs(elements: &[u8]) -> Vec<(u8, u64)> {
    elements.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64)).collect()
}

fn unpacked(rle: &[u8]) -> Vec<u8> {
    let mut elements = Vec::new();
    unpack(rle, |_| Ok(()), |value, count| elements.extend((0..count).map(|_| u8::try_from(value).unwrap()))).unwrap();
    elements
}

#[test]
fn streams_of_the_editor_are_read_and_written_to_the_byte() {
    for case in golden().cases {
        let rle = bytes(&case.rle);
        let elements = case.width * case.height * 4;
        assert_eq!(decode(&rle, case.width, case.height).unwrap(), mask(&case), "{}", case.name);
        assert_eq!(pack(case.alpha_runs.iter().map(|(v, n)| (*v, n * 4)), elements), rle, "{}", case.name);
        if case.alpha_runs.iter().all(|(alpha, _)| matches!(alpha, 0 | 255)) {
            assert_eq!(encode(&mask(&case)), rle, "{}", case.name);
        }
    }
}

#[test]
fn streams_of_any_elements_are_read_and_written_to_the_byte() {
    for raw in golden().raw {
        let elements = match (&raw.elements, raw.alternating) {
            (Some(elements), _) => bytes(elements),
            (None, count) => (0..count.unwrap()).map(|at| u8::from(at % 2 == 1)).collect(),
        };
        let packed = pack(runs(&elements), u32::try_from(elements.len()).unwrap());
        match &raw.rle {
            Some(rle) => assert_eq!(packed, bytes(rle), "{}", raw.name),
            None => {
                let hash = packed.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                    (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
                });
                assert_eq!((packed.len(), format!("{hash:016x}")), (raw.bytes.unwrap(), raw.fnv1a.unwrap()));
            }
        }
        assert_eq!(unpacked(&packed), elements, "{}", raw.name);
    }
}

#[test]
fn streams_of_the_python_converter_are_read() {
    let golden = golden();
    for python in golden.python {
        let case = golden.cases.iter().find(|case| case.name == python.name).unwrap();
        assert_eq!(decode(&bytes(&python.rle), case.width, case.height).unwrap(), mask(case), "{}", python.name);
    }
}

#[test]
fn pictures_of_every_kind_are_read() {
    use png::{BitDepth, ColorType, Filter};
    let (width, height) = (13_u32, 5_u32);
    let samples = |color: ColorType| match color {
        ColorType::GrayscaleAlpha => 2,
        ColorType::Rgb => 3,
        ColorType::Rgba => 4,
        _ => 1,
    };
    let table = [
        (ColorType::Rgba, BitDepth::Eight),
        (ColorType::Rgba, BitDepth::Sixteen),
        (ColorType::GrayscaleAlpha, BitDepth::Eight),
        (ColorType::GrayscaleAlpha, BitDepth::Sixteen),
        (ColorType::Rgb, BitDepth::Eight),
        (ColorType::Rgb, BitDepth::Sixteen),
        (ColorType::Grayscale, BitDepth::One),
        (ColorType::Grayscale, BitDepth::Four),
        (ColorType::Grayscale, BitDepth::Eight),
        (ColorType::Grayscale, BitDepth::Sixteen),
        (ColorType::Indexed, BitDepth::One),
        (ColorType::Indexed, BitDepth::Two),
        (ColorType::Indexed, BitDepth::Eight),
    ];
    let filters = [Filter::NoFilter, Filter::Sub, Filter::Up, Filter::Avg, Filter::Paeth, Filter::Adaptive];
    for ((color, depth), filter) in table.into_iter().flat_map(|kind| filters.map(|filter| (kind, filter))) {
        for has_clear_color in [false, true] {
            let bits = samples(color) * depth as usize;
            let row = (width as usize * bits).div_ceil(8);
            let data: Vec<u8> = (0..row * height as usize).map(|at| [0, 0, 255, 1, 0, 7][at * 7 / 5 % 6]).collect();
            let mut bytes = Vec::new();
            let mut encoder = png::Encoder::new(&mut bytes, width, height);
            encoder.set_color(color);
            encoder.set_depth(depth);
            encoder.set_filter(filter);
            if color == ColorType::Indexed {
                encoder.set_palette(vec![0; 3 << (depth as u8)]);
            }
            if has_clear_color {
                match color {
                    ColorType::Indexed => encoder.set_trns(vec![0, 9]),
                    ColorType::Grayscale => encoder.set_trns(vec![0, 0]),
                    ColorType::Rgb => encoder.set_trns(vec![0; 6]),
                    _ => {}
                }
            }
            encoder.write_header().unwrap().write_image_data(&data).unwrap();
            let mut decoder = png::Decoder::new(std::io::Cursor::new(&bytes));
            decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
            let mut reader = decoder.read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut pixels).unwrap();
            let wide = if info.bit_depth == BitDepth::Sixteen { 2 } else { 1 };
            let stride = samples(info.color_type) * wide;
            let mut wanted = MaskBuilder::new(width, height).unwrap();
            wanted.push_alpha(
                pixels.chunks_exact(stride).map(|pixel| pixel[stride - wide..].iter().fold(0, |a, b| a | b)),
            );
            let read = super::png::decode(&bytes, width, height).unwrap();
            assert_eq!(read, wanted.finish(), "{color:?} {depth:?} {filter:?} {has_clear_color}");
            assert_eq!(super::png::decode(&bytes, width, 6).unwrap_err().code, "bitmask_wrong_size");
            for length in [8, 20, 40, bytes.len() - 20] {
                assert!(super::png::decode(&bytes[..length], width, height).is_err());
            }
        }
    }
}

#[test]
fn wrong_sizes_and_broken_streams_are_errors() {
    let rle = encode(&Mask::new(100, 50).unwrap());
    let code = |bytes: &[u8], width, height| decode(bytes, width, height).unwrap_err().code;
    assert_eq!(code(&rle, 50, 50), "rle_wrong_size");
    assert_eq!(code(&rle, 0, 50), "rle_wrong_size");
    assert_eq!(code(&rle, u32::MAX, u32::MAX), "rle_wrong_size");
    assert_eq!(code(&[], 1, 1), "rle_cut_off");
    for length in 0..rle.len() - 1 {
        assert_eq!(code(&rle[..length], 100, 50), "rle_cut_off", "{length}");
    }
    // A head that promises four billion elements costs nothing.
    assert_eq!(code(&[255; 9], 4, 4), "rle_wrong_size");
}

proptest! {
    #[test]
    fn any_elements_come_back(elements in proptest::collection::vec(prop_oneof![3 => Just(0_u8), 2 => Just(255), 1 => any::<u8>()], 1..3000)) {
        let packed = pack(runs(&elements), u32::try_from(elements.len()).unwrap());
        prop_assert_eq!(unpacked(&packed), elements);
    }

    #[test]
    fn any_mask_comes_back(width in 1..200_u32, height in 1..90_u32, lengths in proptest::collection::vec(1..500_u64, 0..60)) {
        let mut builder = MaskBuilder::new(width, height).unwrap();
        for (at, length) in lengths.iter().enumerate() {
            builder.push(at % 2 == 1, *length);
        }
        let mask = builder.finish();
        let rle = encode(&mask);
        prop_assert_eq!(&decode(&rle, width, height).unwrap(), &mask);
        prop_assert_eq!(&super::png::decode(&super::png::encode(&mask), width, height).unwrap(), &mask);
        // The reference implementation sees the same picture, byte for byte of its pixels.
        let png = super::png::encode(&mask);
        let mut reader = png::Decoder::new(std::io::Cursor::new(&png)).read_info().unwrap();
        let mut rgba = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgba).unwrap();
        prop_assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Rgba, png::BitDepth::Eight));
        prop_assert_eq!(&Mask::from_rgba(width, height, &rgba).unwrap(), &mask);
        prop_assert!(rgba.chunks_exact(4).all(|pixel| pixel[..3] == [0, 0, 0] && matches!(pixel[3], 0 | 255)));
        let kept = serde_json::to_string(&mask).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Mask>(&kept).unwrap(), &mask);
    }

    #[test]
    fn hostile_streams_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), width in 0..40_u32, height in 0..40_u32) {
        let _any = decode(&bytes, width, height);
        let _any = super::png::decode(&bytes, width, height);
        let mut honest = (width * height * 4).to_be_bytes().to_vec();
        honest.extend(&bytes);
        let _any = decode(&honest, width, height);
    }
}
