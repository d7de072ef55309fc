//! `WebM` and Matroska: RFC 9559 over EBML (RFC 8794). Clusters are walked block by block; pictures are leapt over.

use std::io::{Read, Seek};

use super::{Failure, Found, Input, MAX_FRAMES, damaged, too_many};
use crate::media::bad;

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_A966;
const TIMESTAMP_SCALE: u32 = 0x2A_D7B1;
const TRACKS: u32 = 0x1654_AE6B;
const TRACK_ENTRY: u32 = 0xAE;
const TRACK_NUMBER: u32 = 0xD7;
const TRACK_TYPE: u32 = 0x83;
const CODEC_ID: u32 = 0x86;
const DEFAULT_DURATION: u32 = 0x23_E383;
const VIDEO: u32 = 0xE0;
const PIXEL_WIDTH: u32 = 0xB0;
const PIXEL_HEIGHT: u32 = 0xBA;
const CLUSTER: u32 = 0x1F43_B675;
const CLUSTER_TIMESTAMP: u32 = 0xE7;
const SIMPLE_BLOCK: u32 = 0xA3;
const BLOCK_GROUP: u32 = 0xA0;
const BLOCK: u32 = 0xA1;

/// Descriptions of tracks are small; what claims to be larger is none.
const MAX_TRACKS_BYTES: u64 = 16 << 20;
const NANOSECONDS: f64 = 1e9;

#[derive(Default)]
struct Track {
    number: u64,
    kind: u64,
    codec: String,
    width: u32,
    height: u32,
    default_duration_ns: u64,
}

pub(super) fn read<R: Read + Seek>(input: &mut Input<R>) -> Result<Found, Failure> {
    let mut scale_ns = 1_000_000_u64;
    let mut tracks: Vec<Track> = Vec::new();
    let mut video: Option<u64> = None;
    let mut cluster = 0_i64;
    let mut ticks: Vec<i64> = Vec::new();
    while !input.is_at_end() {
        let Some((id, size)) = element(input)? else { break };
        match id {
            // Opened, not leapt over; so also clusters of unknown length are walked.
            SEGMENT | CLUSTER | BLOCK_GROUP => continue,
            INFO => {
                let bytes = input.table(size.unwrap_or(0).min(MAX_TRACKS_BYTES))?;
                for (id, body) in children(&bytes) {
                    if id == TIMESTAMP_SCALE {
                        scale_ns = number(body).max(1);
                    }
                }
                continue;
            }
            TRACKS if tracks.is_empty() => {
                let bytes = input.table(size.unwrap_or(0).min(MAX_TRACKS_BYTES))?;
                tracks = children(&bytes).filter(|(id, _)| *id == TRACK_ENTRY).map(|(_, body)| track(body)).collect();
                video = tracks.iter().find(|track| track.kind == 1).map(|track| track.number);
                continue;
            }
            CLUSTER_TIMESTAMP => {
                let bytes = input.table(size.unwrap_or(0).min(8))?;
                cluster = i64::try_from(number(&bytes)).map_err(|_| damaged())?;
                continue;
            }
            _ => {}
        }
        let Some(size) = size else { return Err(damaged().into()) };
        let end = input.at.checked_add(size).ok_or_else(damaged)?;
        if matches!(id, SIMPLE_BLOCK | BLOCK) && size >= 4 {
            let track = vint(input, true)?;
            let offset = i16::from_be_bytes(input.exact()?);
            if track.is_some() && track == video {
                if ticks.len() == MAX_FRAMES {
                    return Err(too_many().into());
                }
                ticks.push(cluster.saturating_add(offset.into()));
            }
        }
        if end > input.size {
            // The last block breaks off; what came before it is whole.
            break;
        }
        input.seek_to(end.max(input.at))?;
    }
    let has_audio = tracks.iter().any(|track| track.kind == 2);
    let track = tracks.into_iter().find(|track| Some(track.number) == video);
    let track = track.ok_or_else(|| bad("video_without_pictures", "There is no picture in this file."))?;
    let stated = (track.default_duration_ns > 0).then(|| NANOSECONDS / track.default_duration_ns as f64);
    Ok(Found {
        container: "webm",
        codec: track.codec,
        width: track.width,
        height: track.height,
        rotation: 0,
        has_audio,
        timescale: NANOSECONDS / scale_ns as f64,
        ticks,
        last_ticks: None,
        stated_rate: stated,
    })
}

/// The id and the size of the next element; no size where it is unknown, nothing at the end of the file.
fn element<R: Read + Seek>(input: &mut Input<R>) -> Result<Option<(u32, Option<u64>)>, Failure> {
    let Some(id) = vint(input, false)? else { return Err(damaged().into()) };
    if input.is_at_end() {
        return Ok(None);
    }
    let size = vint(input, true)?;
    Ok(Some((u32::try_from(id).map_err(|_| damaged())?, size)))
}

/// A number of variable length, without its length marker if `bare`; `None` when all its bits are set (unknown).
fn vint<R: Read + Seek>(input: &mut Input<R>, bare: bool) -> Result<Option<u64>, Failure> {
    let [first] = input.exact()?;
    let more = first.leading_zeros();
    if more > 7 {
        return Err(damaged().into());
    }
    let marker = 0x80_u8 >> more;
    let mut value = u64::from(if bare { first & !marker } else { first });
    let mut unknown = first | marker.wrapping_sub(1) == first;
    for _ in 0..more {
        let [byte] = input.exact()?;
        value = value << 8 | u64::from(byte);
        unknown &= byte == 0xff;
    }
    Ok((!(bare && unknown)).then_some(value))
}

/// The elements in `bytes`, until they end or stop making sense.
fn children(bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    fn take(rest: &mut &[u8], bare: bool) -> Option<u64> {
        let first = *rest.first()?;
        let length = first.leading_zeros() as usize + 1;
        let (head, after) = rest.split_at_checked(length).filter(|_| length <= 8)?;
        *rest = after;
        let marker = 0x80_u8.checked_shr(u32::try_from(length).ok()? - 1)?;
        let start = u64::from(if bare { first & !marker } else { first });
        Some(head[1..].iter().fold(start, |value, byte| value << 8 | u64::from(*byte)))
    }
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let id = u32::try_from(take(&mut rest, false)?).ok()?;
        let size = usize::try_from(take(&mut rest, true)?).ok()?;
        let (body, after) = rest.split_at_checked(size)?;
        rest = after;
        Some((id, body))
    })
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn track(bytes: &[u8]) -> Track {
    let mut track = Track::default();
    for (id, body) in children(bytes) {
        match id {
            TRACK_NUMBER => track.number = number(body),
            TRACK_TYPE => track.kind = number(body),
            CODEC_ID => track.codec = String::from_utf8_lossy(body).trim_end_matches('\0').to_owned(),
            DEFAULT_DURATION => track.default_duration_ns = number(body),
            VIDEO => {
                for (id, body) in children(body) {
                    let side = u32::try_from(number(body)).unwrap_or(0);
                    match id {
                        PIXEL_WIDTH => track.width = side,
                        PIXEL_HEIGHT => track.height = side,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    track
}

#[cfg(test)]
mod tests {
    use super::super::{probe, tests::code};
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn element(id: u32, body: &[u8]) -> Vec<u8> {
        let id = id.to_be_bytes();
        let mut bytes: Vec<u8> = id.into_iter().skip_while(|byte| *byte == 0).collect();
        bytes.push(0x01);
        bytes.extend(&u64::try_from(body.len()).unwrap().to_be_bytes()[1..]);
        bytes.extend(body);
        bytes
    }

    fn block(track: u8, offset: i16) -> Vec<u8> {
        element(SIMPLE_BLOCK, &[&[0x80 | track][..], &offset.to_be_bytes(), &[0x80, 1, 2, 3]].concat())
    }

    fn file(default_ns: u32, clusters: &[u8]) -> Vec<u8> {
        let video = [element(PIXEL_WIDTH, &[2, 128]), element(PIXEL_HEIGHT, &[1, 224])].concat();
        let mut entry = [
            element(TRACK_NUMBER, &[1]),
            element(TRACK_TYPE, &[1]),
            element(CODEC_ID, b"V_VP9"),
            element(VIDEO, &video),
        ]
        .concat();
        if default_ns > 0 {
            entry.extend(element(DEFAULT_DURATION, &default_ns.to_be_bytes()));
        }
        let sound = [element(TRACK_NUMBER, &[2]), element(TRACK_TYPE, &[2])].concat();
        let tracks = [element(TRACK_ENTRY, &entry), element(TRACK_ENTRY, &sound)].concat();
        let segment = [
            element(INFO, &element(TIMESTAMP_SCALE, &1_000_000_u32.to_be_bytes())),
            element(TRACKS, &tracks),
            clusters.to_vec(),
        ]
        .concat();
        [element(0x1A45_DFA3, b""), element(SEGMENT, &segment)].concat()
    }

    fn cluster(start: u16, blocks: &[Vec<u8>]) -> Vec<u8> {
        element(CLUSTER, &[element(CLUSTER_TIMESTAMP, &start.to_be_bytes()), blocks.concat()].concat())
    }

    fn even() -> Vec<u8> {
        // 30 per second, rounded to milliseconds; sound in between.
        let first = cluster(0, &[block(1, 0), block(2, 5), block(1, 33), block(1, 67)]);
        let group = element(BLOCK_GROUP, &element(BLOCK, &[0x81, 0, 33, 0, 1]));
        [first, cluster(100, &[block(1, 0), group])].concat()
    }

    #[test]
    fn blocks_tell_when_pictures_are_shown() {
        let found = probe(Cursor::new(file(33_333_333, &even()))).unwrap();
        assert_eq!(found.times_s, [0.0, 0.033, 0.067, 0.1, 0.133]);
        assert!(!found.video.is_variable && found.video.has_audio);
        assert!((found.video.frame_rate - 30.0).abs() < 1e-4, "{:?}", found.video);
        assert_eq!((found.video.width, found.video.height, found.video.codec.as_str()), (640, 480, "V_VP9"));
        let uneven = cluster(0, &[block(1, 0), block(1, 33), block(1, 300)]);
        assert!(probe(Cursor::new(file(0, &uneven))).unwrap().video.is_variable);
    }

    #[test]
    fn clusters_of_unknown_length_are_walked() {
        let mut bytes = file(0, &[]);
        // A live stream: segment and cluster never say how long they are.
        let at = bytes.windows(4).position(|four| four == SEGMENT.to_be_bytes()).unwrap() + 4;
        bytes[at..at + 8].copy_from_slice(&[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        bytes.extend(CLUSTER.to_be_bytes());
        bytes.push(0xff);
        bytes.extend(element(CLUSTER_TIMESTAMP, &[0]));
        bytes.extend([block(1, 0), block(1, 40), block(1, 80)].concat());
        assert_eq!(probe(Cursor::new(bytes)).unwrap().times_s, [0.0, 0.04, 0.08]);
    }

    #[test]
    fn sound_alone_is_no_video() {
        assert_eq!(code(probe(Cursor::new(file(0, &[])))), "video_without_pictures");
    }

    proptest! {
        #[test]
        fn ruins_end_in_words(cut in 0..400_usize, at in 0..400_usize, byte in any::<u8>()) {
            let mut bytes = file(0, &even());
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = probe(Cursor::new(&bytes));
            let _ = probe(Cursor::new(&bytes[..cut.min(bytes.len())]));
        }
    }
}
