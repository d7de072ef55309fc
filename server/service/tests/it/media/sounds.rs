//! Waveforms and spectra.

use std::io::Cursor;

use domain::media::{spectrum, wave};

use super::Studio;
use crate::code;

pub(super) fn tone(frames: usize, channels: usize) -> Vec<i16> {
    (0..frames * channels).map(|at| i16::try_from((at * 7919) % 60_000).unwrap_or(-1) / 2 - 7000).collect()
}

pub(super) fn wav(samples: &[i16], channels: u16) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let length = u32::try_from(data.len()).unwrap();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    file.extend(channels.to_le_bytes());
    file.extend(8000_u32.to_le_bytes());
    file.extend((8000 * 2 * u32::from(channels)).to_le_bytes());
    file.extend((2 * channels).to_le_bytes());
    file.extend(b"\x10\0data");
    file.extend(length.to_le_bytes());
    file.extend(data);
    file
}

/// A second of silence, then seconds of a tone in the first channel alone, an eighth as loud as can be (−18 dB).
fn beep(hz: f64, seconds: u32, channels: usize) -> Vec<i16> {
    let sample = |at: u32| {
        let phase = std::f64::consts::TAU * hz * f64::from(at) / 8000.0;
        // Between −4096 and 4096.
        #[allow(clippy::cast_possible_truncation)]
        let sample = if at < 8000 { 0 } else { (phase.sin() * 4096.0) as i16 };
        sample
    };
    (0..8000 * (seconds + 1)).flat_map(|at| (0..channels).map(move |c| if c == 0 { sample(at) } else { 0 })).collect()
}

/// A FLAC file of one channel whose frames are stored as they are.
fn flac(samples: &[i16]) -> Vec<u8> {
    const BLOCK: usize = 4096;
    fn crc(bytes: &[u8], width: u32, polynomial: u32) -> u32 {
        bytes.iter().fold(0, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte) << (width - 8), |crc, _| {
                let next = crc << 1;
                if crc >> (width - 1) & 1 == 1 { (next ^ polynomial) & ((1 << width) - 1) } else { next }
            })
        })
    }
    let mut file = b"fLaC\x80\0\0\x22".to_vec();
    file.extend([16, 0, 16, 0, 0, 0, 0, 0, 0, 0]);
    // 20 bits of sample rate, 3 of channels - 1, 5 of bits - 1, 36 of length.
    let about = 8000_u64 << 44 | 15 << 36 | samples.len() as u64;
    file.extend(about.to_be_bytes());
    file.extend([0; 16]);
    for (number, block) in samples.chunks(BLOCK).enumerate() {
        let mut frame = vec![0xff, 0xf8, 0x74, 0x08, u8::try_from(number).unwrap()];
        frame.extend(u16::try_from(block.len() - 1).unwrap().to_be_bytes());
        frame.push(u8::try_from(crc(&frame, 8, 0x07)).unwrap());
        frame.push(0x02);
        frame.extend(block.iter().flat_map(|sample| sample.to_be_bytes()));
        let check = u16::try_from(crc(&frame, 16, 0x8005)).unwrap();
        frame.extend(check.to_be_bytes());
        file.extend(frame);
    }
    file
}

fn finest(file: &[u8]) -> (wave::Header, Vec<(i16, i16)>) {
    let header = wave::Header::parse(file).unwrap();
    let level = *header.levels.last().unwrap();
    let range = header.bytes_of(&level, 0..header.frames);
    let range = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
    let peaks = wave::peaks(&file[range]).collect();
    (header, peaks)
}

#[tokio::test]
async fn a_tone_lights_its_frequency_and_silence_nothing() {
    let studio = Studio::new().await;
    for (name, channels) in [("mono.wav", 1_u16), ("stereo.wav", 2)] {
        let sound = beep(1000.0, 10, usize::from(channels));
        let src = studio.upload(name, wav(&sound, channels)).await;
        let file = studio.spectrum(&src).await.unwrap();
        let header = spectrum::Header::parse(&file).unwrap();
        assert_eq!((header.channels, header.sample_rate, header.frames), (channels, 8000, 88_000), "{name}");
        let bins = usize::from(header.bins);
        let lit = usize::from(spectrum::bin_of(1000.0, header.highest_hz()));
        for level in &header.levels {
            assert_eq!(level.buckets, 88_000_u64.div_ceil(level.frames_per_bucket));
            let columns = |frames: std::ops::Range<u64>| {
                let range = header.bytes_of(level, frames);
                &file[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()]
            };
            // Windows that reach over the beginning of the tone hear some of it.
            let silence = columns(0..7_000);
            assert!(!silence.is_empty() && silence.iter().all(|level| *level == 0), "{name}");
            let tone = columns(9_000..87_000);
            for column in tone.chunks(bins * usize::from(channels)).skip(1) {
                let (first, others) = column.split_at(bins);
                let loudest = (0..bins).max_by_key(|bin| first[*bin]).unwrap();
                assert_eq!(loudest, lit, "{name}");
                // −18 dB of 100.
                assert!((205..=215).contains(&first[lit]), "{name}: {}", first[lit]);
                assert!(others.iter().all(|level| *level == 0), "{name}");
            }
        }
    }
    // The whole of a real recording comes with the first bytes, and a part is a part.
    let melody = studio.spectrum("/demo/melody.wav").await.unwrap();
    let header = spectrum::Header::parse(&melody).unwrap();
    assert_eq!((header.channels, header.sample_rate, header.frames), (1, 16_000, 128_000));
    let coarse = header.levels[0];
    assert!(coarse.offset + coarse.buckets * header.column_bytes() <= spectrum::HEAD_BYTES);
}

#[tokio::test]
async fn sounds_become_waveforms() {
    let studio = Studio::new().await;
    let stereo = tone(20_000, 2);
    let src = studio.upload("a.wav", wav(&stereo, 2)).await;
    let (header, peaks) = finest(&studio.wave(&src).await.unwrap());
    assert_eq!((header.channels, header.sample_rate, header.frames), (2, 8000, 20_000));
    let expected: Vec<(i16, i16)> = stereo
        .chunks(32)
        .flat_map(|bucket| {
            [0, 1].map(|channel| {
                let of = bucket.iter().skip(channel).step_by(2);
                (*of.clone().min().unwrap(), *of.max().unwrap())
            })
        })
        .collect();
    assert_eq!(peaks, expected);

    let mono = tone(10_000, 1);
    let src = studio.upload("a.flac", flac(&mono)).await;
    let (header, peaks) = finest(&studio.wave(&src).await.unwrap());
    assert_eq!((header.channels, header.sample_rate, header.frames), (1, 8000, 10_000));
    let extremes = |bucket: &[i16]| (*bucket.iter().min().unwrap(), *bucket.iter().max().unwrap());
    assert_eq!(peaks, mono.chunks(16).map(extremes).collect::<Vec<_>>());

    // Frames of MPEG-1 layer III, 128 kbit/s at 44.1 kHz, in which everything is zero: silence.
    let frame = [&b"\xff\xfb\x90\x64"[..], &[0; 413]].concat();
    let src = studio.upload("a.mp3", frame.repeat(100)).await;
    let (header, peaks) = finest(&studio.wave(&src).await.unwrap());
    assert_eq!((header.channels, header.sample_rate), (2, 44_100));
    assert!((99 * 1152..=100 * 1152).contains(&header.frames), "{header:?}");
    assert!(peaks.iter().all(|peak| *peak == (0, 0)));

    // A sample that the application itself serves.
    let melody = studio.wave("/demo/melody.wav").await.unwrap();
    let melody = wave::Header::parse(&melody).unwrap();
    assert!((melody.duration_s() - 8.0).abs() < 0.1, "{melody:?}");
}

#[tokio::test]
async fn what_is_no_sound_is_told_in_a_sentence() {
    let studio = Studio::new().await;
    let whole = wav(&tone(20_000, 1), 1);
    // The header promises more than there is: what is there is shown.
    let src = studio.upload("cut.wav", whole[..20_044].to_vec()).await;
    let (header, _) = finest(&studio.wave(&src).await.unwrap());
    assert_eq!(header.frames, 10_000);
    for (name, bytes, expected) in [
        ("head.wav", whole[..30].to_vec(), "not_audio"),
        ("noise.wav", [&b"RIFF\x10\0\0\0WAVE"[..], &[0xa5; 4000]].concat(), "not_audio"),
        ("noise.flac", [&b"fLaC\x80\0\0\x22"[..], &[0xa5; 4000]].concat(), "not_audio"),
        ("noise.ogg", [&b"OggS\0\x02"[..], &[0xa5; 4000]].concat(), "not_audio"),
        ("noise.m4a", [&b"\0\0\0\x20ftypM4A "[..], &[0xa5; 4000]].concat(), "not_audio"),
        ("table.csv", b"a,b\n1,2\n".to_vec(), "not_audio"),
    ] {
        let src = studio.upload(name, bytes).await;
        assert_eq!(code(studio.wave(&src).await), expected, "{name}");
        // Remembered, and the same; and so is the spectrum of it.
        assert_eq!(code(studio.wave(&src).await), expected, "{name}");
        assert_eq!(code(studio.spectrum(&src).await), expected, "{name}");
    }
    let video = studio.upload("balls.mp4", include_bytes!("../../../../../public/demo/balls.mp4").to_vec()).await;
    assert!(["audio_without_sound", "not_audio"].contains(&code(studio.wave(&video).await).as_str()));
    for (src, expected) in [
        ("/demo/none.wav", "media_status"),
        ("/demo/../../Cargo.toml", "media_status"),
        ("/%2e%2e/Cargo.toml", "media_status"),
        ("/demo%2f..%2fdemo%2fmelody.wav", "media_status"),
        ("data:audio/wav;base64,AA==", "media_inline"),
        ("s3://bucket/a.wav", "not_found"),
        ("melody.wav", "media_address"),
        ("//example.org/a.wav", "media_address"),
        ("", "media_address"),
    ] {
        assert_eq!(code(studio.wave(src).await), expected, "{src}");
    }
}

#[test]
fn the_flac_of_these_tests_is_one() {
    // So that a failure above is the decoder's, not the test's: the magic, one block of metadata, the first frame's sync.
    let file = flac(&tone(10, 1));
    let mut reader = Cursor::new(&file);
    let mut head = [0; 8];
    std::io::Read::read_exact(&mut reader, &mut head).unwrap();
    assert_eq!(&head, b"fLaC\x80\0\0\x22");
    assert_eq!(&file[42..44], &[0xff, 0xf8]);
}
