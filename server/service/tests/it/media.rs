//! Media: real small files, hostile ones, and everybody who may not see them.

use std::{
    io::Cursor,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use domain::{
    Kind,
    access::{OrgRole, ProjectRole},
    id::{ProjectId, TaskId},
    media::{
        series::{Options, TimeFormat, pyramid},
        spectrum, wave,
    },
    project::{NewProject, ProjectMove, ProjectPatch},
};
use futures::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use service::{
    Actor, Cx, CxBuilder, Settings, assignment,
    import::{self, Source},
    job,
    media::{self, Asked, Derived, State},
    project, storage,
    testing::{TestDb, user_id},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{code, refused};

/// A project whose people may reach this machine, and into which files go.
struct Studio {
    db: TestDb,
    cx: Cx,
    owner: Actor,
    project_id: ProjectId,
}

impl Studio {
    async fn new() -> Self {
        let db = TestDb::new().await;
        let (_, owner) = db.org("acme").await;
        let config =
            "<View><Text name='t' value='$t'/><Choices name='c' toName='t'><Choice value='x'/></Choices></View>";
        let input = NewProject { title: "Sounds".into(), label_config: config.into(), ..NewProject::default() };
        let project_id = project::create(&db.cx, &owner, input).await.unwrap();
        let settings = Settings {
            allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
            site_dir: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/../../public").into()),
            ..db.cx.settings().clone()
        };
        let cx = CxBuilder::new(db.pool().clone()).clock(db.cx.clock().clone()).settings(settings).build().unwrap();
        Self { db, cx, owner, project_id }
    }

    async fn upload(&self, name: &str, bytes: impl Into<Bytes>) -> String {
        let bytes: Bytes = bytes.into();
        let body = futures::stream::iter([Ok(bytes)]).boxed();
        storage::receive(&self.cx, &self.owner, self.project_id, name, body).await.unwrap().address()
    }

    /// A task with this data.
    async fn task(&self, data: Value) -> TaskId {
        let source = Source::Text(json!([data]).to_string());
        import::start(&self.cx, &self.owner, self.project_id, source).await.unwrap();
        job::runner::run_waiting(&self.cx).await.unwrap();
        let id: i64 = sqlx::query_scalar("select max(task_id) from task where project_id = $1")
            .bind(self.project_id.0)
            .fetch_one(self.db.pool())
            .await
            .unwrap();
        TaskId(id)
    }

    async fn allow_proxy(&self) {
        let patch = ProjectPatch { allow_media_proxy: Some(true), ..ProjectPatch::default() };
        project::update(&self.cx, &self.owner, self.project_id, patch).await.unwrap();
    }

    fn asked(&self, src: &str) -> Asked {
        Asked { project_id: self.project_id, task_id: None, src: src.to_owned() }
    }

    fn of_task(&self, src: &str, task_id: TaskId) -> Asked {
        Asked { task_id: Some(task_id), ..self.asked(src) }
    }

    async fn wave(&self, src: &str) -> service::Result<Vec<u8>> {
        let asked = self.asked(src);
        let derived = ready(async || media::wave(&self.cx, &self.owner, &asked).await).await?;
        Ok(self.read(&derived).await)
    }

    async fn spectrum(&self, src: &str) -> service::Result<Vec<u8>> {
        let asked = self.asked(src);
        let derived = ready(async || media::spectrum(&self.cx, &self.owner, &asked).await).await?;
        Ok(self.read(&derived).await)
    }

    async fn read(&self, derived: &Derived) -> Vec<u8> {
        let body = media::read(&self.cx, derived, None).await.unwrap();
        body.map_ok(|chunk| chunk.to_vec()).try_concat().await.unwrap()
    }
}

/// Asks until it is made, as a page does.
async fn ready<T>(ask: impl AsyncFn() -> service::Result<State<T>>) -> service::Result<T> {
    loop {
        if let State::Ready(made) = ask().await? {
            return Ok(made);
        }
    }
}

fn tone(frames: usize, channels: usize) -> Vec<i16> {
    (0..frames * channels).map(|at| i16::try_from((at * 7919) % 60_000).unwrap_or(-1) / 2 - 7000).collect()
}

fn wav(samples: &[i16], channels: u16) -> Vec<u8> {
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
    let video = studio.upload("balls.mp4", include_bytes!("../../../../public/demo/balls.mp4").to_vec()).await;
    assert!(["audio_without_sound", "not_audio"].contains(&code(studio.wave(&video).await).as_str()));
    for (src, expected) in [
        ("/demo/none.wav", "media_status"),
        ("/demo/../../Cargo.toml", "media_status"),
        ("/%2e%2e/Cargo.toml", "media_status"),
        ("/demo%2f..%2fdemo%2fmelody.wav", "media_status"),
        ("data:audio/wav;base64,AA==", "media_inline"),
        ("s3://bucket/a.wav", "media_storage"),
        ("melody.wav", "media_address"),
        ("//example.org/a.wav", "media_address"),
        ("", "media_address"),
    ] {
        assert_eq!(code(studio.wave(src).await), expected, "{src}");
    }
}

#[tokio::test]
async fn series_become_pyramids() {
    let studio = Studio::new().await;
    let text: String = std::iter::once("t,a,b\n".to_owned())
        .chain((0..100_000).map(|row| format!("{row},{},{}\n", row % 1000, -row)))
        .collect();
    let src = studio.upload("long.csv", text).await;
    let options =
        Options { time_column: Some("t".into()), columns: vec!["b".into(), "a".into()], ..Options::default() };
    let asked = studio.asked(&src);
    let derived =
        ready(async || media::series(&studio.cx, &studio.owner, &asked, options.clone()).await).await.unwrap();
    let file = studio.read(&derived).await;
    let header = pyramid::Header::parse(&file).unwrap();
    assert_eq!(header.rows, 100_000);
    let names: Vec<_> = header.columns.iter().map(|column| (column.name.as_str(), column.min, column.max)).collect();
    assert_eq!(names, [("b", -99_999.0, 0.0), ("a", 0.0, 999.0)]);
    let rows = header.levels.last().unwrap();
    let range = header.bytes_of(rows, 77_777..77_778);
    let range = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
    assert!(pyramid::numbers(&file[range]).eq([77_777.0, -77_777.0, 777.0]));

    let days = Options {
        time_column: Some("date".into()),
        time_format: Some(TimeFormat::new("%Y-%m-%d").unwrap()),
        ..Options::default()
    };
    let asked = studio.asked("/demo/seattle-weather.csv");
    let derived = ready(async || media::series(&studio.cx, &studio.owner, &asked, days.clone()).await).await.unwrap();
    let header = pyramid::Header::parse(&studio.read(&derived).await).unwrap();
    assert_eq!((header.rows, header.columns.len(), header.time), (1461, 4, pyramid::TimeKind::Date));

    let wrong = Options { time_column: Some("zeit".into()), ..Options::default() };
    assert_eq!(code(media::series(&studio.cx, &studio.owner, &asked, wrong).await), "series_no_column");
}

#[tokio::test]
async fn very_large_images_are_cut_into_tiles() {
    let studio = Studio::new().await;
    let (width, height) = (8200_u32, 5000_u32);
    let color = |x: u32, y: u32| [(x / 64).to_le_bytes()[0], (y / 64).to_le_bytes()[0], 40];
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().unwrap();
    let mut pixels = Vec::new();
    for band in (0..height).step_by(64) {
        let row: Vec<u8> = (0..width).flat_map(|x| color(x, band)).collect();
        pixels.extend(row.repeat((height - band).min(64) as usize));
    }
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    let mut ruin = file.clone();
    let middle = ruin.len() / 2;
    ruin[middle..middle + 64].fill(0x55);
    let ruin = studio.upload("ruin.png", ruin).await;
    let src = studio.upload("large.png", file).await;

    let asked = studio.asked(&src);
    let picture = ready(async || media::picture(&studio.cx, &studio.owner, &asked).await).await.unwrap();
    assert_eq!((picture.width, picture.height, picture.is_tiled), (width, height, true));
    assert_eq!(picture.levels().len(), 6);
    for (level, column, row) in [(0, 0, 0), (0, 16, 9), (1, 3, 2), (5, 0, 0)] {
        let tile = ready(async || media::tile(&studio.cx, &studio.owner, &asked, level, column, row).await).await;
        let tile = image::load_from_memory(&tile.unwrap().1).unwrap().to_rgb8();
        let about = picture.levels()[level];
        assert_eq!(tile.width(), 512.min(about.width - column * 512));
        assert_eq!(tile.height(), 512.min(about.height - row * 512));
        // In the middle, away from the steps of the pattern as far as the level lets.
        let (x, y) = (tile.width() / 2, tile.height() / 2);
        let expected = color((column * 512 + x) << level, (row * 512 + y) << level);
        let found = tile.get_pixel(x, y).0;
        assert!(found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 4), "{level}: {found:?} {expected:?}");
    }
    let outside = media::tile(&studio.cx, &studio.owner, &asked, 0, 17, 0).await;
    assert_eq!(refused(outside), Kind::NotFound);
    let ask = async || media::picture(&studio.cx, &studio.owner, &studio.asked(&ruin)).await;
    assert_eq!(code(ready(ask).await), "image_damaged");

    // What a browser shows by itself is measured and not cut.
    let small = studio.asked("/demo/chelsea.jpg");
    let picture = ready(async || media::picture(&studio.cx, &studio.owner, &small).await).await.unwrap();
    assert!(!picture.is_tiled && picture.levels().is_empty() && picture.width > 100);
    assert_eq!(code(media::tile(&studio.cx, &studio.owner, &small, 0, 0, 0).await), "image_not_cut");
    let sound = studio.asked("/demo/melody.wav");
    let ask = async || media::picture(&studio.cx, &studio.owner, &sound).await;
    assert_eq!(code(ready(ask).await), "not_image");
}

#[tokio::test]
async fn a_bomb_of_an_image_goes_off_nowhere() {
    let studio = Studio::new().await;
    // A header that promises far more than anything may have, in a file that was not measured when it came.
    let mut file = Vec::new();
    let mut writer = png::Encoder::new(&mut file, 60_000, 60_000).write_header().unwrap();
    writer.write_chunk(png::chunk::IDAT, &[0x78, 0x9c, 3, 0, 0, 0, 0, 1]).unwrap();
    drop(writer);
    let server = Server::new("image/png", file).await;
    studio.allow_proxy().await;
    let task = studio.task(json!({ "t": server.url("/bomb.png") })).await;
    let asked = studio.of_task(&server.url("/bomb.png"), task);
    let ask = async || media::picture(&studio.cx, &studio.owner, &asked).await;
    assert_eq!(code(ready(ask).await), "image_too_large");
}

#[tokio::test]
async fn videos_are_known_frame_by_frame() {
    let studio = Studio::new().await;
    let asked = studio.asked("/demo/balls.mp4");
    let (_, video) = ready(async || media::video(&studio.cx, &studio.owner, &asked).await).await.unwrap();
    assert!(!video.is_variable && video.frame_count > 100, "{video:?}");
    let (derived, range) = ready(async || media::frames(&studio.cx, &studio.owner, &asked).await).await.unwrap();
    assert_eq!(range.end - range.start, 8 * video.frame_count);
    let file = studio.read(&derived).await;
    let times: Vec<f64> = pyramid::numbers(&file[usize::try_from(range.start).unwrap()..]).collect();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]) && times[0].abs() < 1e-9);
    // Of a film on another server only the parts with its tables are fetched.
    let film: &[u8] = include_bytes!("../../../../public/demo/balls.mp4");
    let free = u32::try_from(64 << 20).unwrap().to_be_bytes();
    let large = [film, &free, b"free", &vec![0; (64 << 20) - 8]].concat();
    let server = Server::new("video/mp4", large).await;
    studio.allow_proxy().await;
    let task = studio.task(json!({ "t": server.url("/a.mp4") })).await;
    let asked = studio.of_task(&server.url("/a.mp4"), task);
    let (_, remote) = ready(async || media::video(&studio.cx, &studio.owner, &asked).await).await.unwrap();
    assert_eq!(remote, video);
    assert_eq!((server.count(), server.sent()), (1, 1 << 20));

    let sound = studio.asked("/demo/melody.wav");
    assert_eq!(code(ready(async || media::video(&studio.cx, &studio.owner, &sound).await).await), "not_video");
}

#[tokio::test]
async fn other_servers_are_asked_only_for_what_a_task_names_and_the_project_allows() {
    let studio = Studio::new().await;
    let sound = wav(&tone(5000, 1), 1);
    let server = Server::new("audio/wav", sound.clone()).await;
    let url = server.url("/a.wav?x=1");
    let task = studio.task(json!({ "t": url })).await;
    let wave = async |asked: &Asked| ready(async || media::wave(&studio.cx, &studio.owner, asked).await).await;
    assert_eq!(code(wave(&studio.of_task(&url, task)).await), "media_proxy_off");
    studio.allow_proxy().await;
    let audit: i64 = sqlx::query_scalar("select count(*) from audit_event where action = 'media_proxy_changed'")
        .fetch_one(studio.db.pool())
        .await
        .unwrap();
    assert_eq!(audit, 1);
    assert_eq!(refused(wave(&studio.asked(&url)).await), Kind::NotFound);
    assert_eq!(refused(wave(&studio.of_task(&server.url("/b.wav"), task)).await), Kind::NotFound);
    assert_eq!(server.count(), 0);

    // Many ask at once; it is fetched and made once.
    let asked = studio.of_task(&url, task);
    let all = futures::future::join_all((0..8).map(|_| wave(&asked))).await;
    assert!(all.iter().all(|one| one.as_ref().unwrap() == all[0].as_ref().unwrap()));
    assert_eq!(server.count(), 1);

    let passed = media::pass(&studio.cx, &studio.owner, &asked, Some(10..20)).await.unwrap();
    assert_eq!((passed.content_type.as_str(), passed.part.clone()), ("audio/wav", Some(10..20)));
    assert_eq!(passed.size_bytes, Some(sound.len() as u64));
    let body: Vec<u8> = passed.body.map_ok(|chunk| chunk.to_vec()).try_concat().await.unwrap();
    assert_eq!(body, &sound[10..20]);
    assert!(!server.had_cookie());

    // The guard of imports guards here too.
    let private = studio.task(json!({ "t": "http://169.254.169.254/meta.wav" })).await;
    let asked = studio.of_task("http://169.254.169.254/meta.wav", private);
    assert_eq!(code(wave(&asked).await), "url_private");
    assert_eq!(code(media::pass(&studio.cx, &studio.owner, &asked, None).await.map(|_| ())), "url_private");

    for (kind, bytes, path, expected) in [
        ("audio/wav", Vec::new(), "/empty.wav", "media_empty"),
        ("audio/wav", b"nothing of the kind".to_vec(), "/text.wav", "not_audio"),
        ("404", Vec::new(), "/gone.wav", "url_status"),
    ] {
        let server = Server::new(kind, bytes).await;
        let task = studio.task(json!({ "t": server.url(path) })).await;
        assert_eq!(code(wave(&studio.of_task(&server.url(path), task)).await), expected, "{path}");
    }
    let page = Server::new("text/html", b"<script>".to_vec()).await;
    let task = studio.task(json!({ "t": page.url("/") })).await;
    let passed = media::pass(&studio.cx, &studio.owner, &studio.of_task(&page.url("/"), task), None).await;
    assert_eq!(code(passed.map(|_| ())), "media_type");
}

#[tokio::test]
async fn nobody_sees_what_is_not_theirs() {
    let studio = Studio::new().await;
    let (_, other) = studio.db.org("other").await;
    let own_org = studio.owner.user().unwrap().org_id.unwrap();
    let annotator = studio.db.member(own_org, "ann", OrgRole::Member).await;
    project::put_member(&studio.cx, &studio.owner, studio.project_id, user_id(&annotator), ProjectRole::Annotator)
        .await
        .unwrap();
    let outsider = studio.db.member(own_org, "out", OrgRole::Member).await;
    let sound = studio.upload("a.wav", wav(&tone(100, 1), 1)).await;
    let table = studio.upload("a.csv", "t,a\n1,2\n").await;
    let named = studio.task(json!({ "t": table })).await;
    let unnamed = studio.task(json!({ "t": "something else" })).await;

    let wave = async |actor: &Actor| {
        ready(async || media::wave(&studio.cx, actor, &studio.asked(&sound)).await).await.map(|_| ())
    };
    wave(&studio.owner).await.unwrap();
    wave(&annotator).await.unwrap();
    for (actor, kind) in
        [(&other, Kind::NotFound), (&outsider, Kind::NotFound), (&Actor::Anonymous, Kind::Unauthenticated)]
    {
        assert_eq!(refused(wave(actor).await), kind);
    }
    // A file of another project is no file of this one.
    let elsewhere = NewProject { title: "Elsewhere".into(), ..NewProject::default() };
    let elsewhere = project::create(&studio.cx, &studio.owner, elsewhere).await.unwrap();
    let asked = Asked { project_id: elsewhere, ..studio.asked(&sound) };
    assert_eq!(refused(media::wave(&studio.cx, &studio.owner, &asked).await), Kind::NotFound);

    let series = async |asked: Asked| {
        let read = async || media::series(&studio.cx, &annotator, &asked, Options::default()).await;
        ready(read).await.map(|_| ())
    };
    assert_eq!(refused(series(studio.asked(&table)).await), Kind::NotFound);
    assert_eq!(refused(series(studio.of_task(&table, named)).await), Kind::NotFound, "not theirs yet");
    project::change_state(&studio.cx, &studio.owner, studio.project_id, ProjectMove::GoLive).await.unwrap();
    assert!(assignment::next_task(&studio.cx, &annotator, studio.project_id).await.unwrap().task.is_ok());
    series(studio.of_task(&table, named)).await.unwrap();
    assert_eq!(refused(series(studio.of_task(&table, unnamed)).await), Kind::NotFound);
}

/// Another server: answers every path with the same bytes, and parts of them.
pub(crate) struct Server {
    port: u16,
    asked: Arc<AtomicUsize>,
    cookies: Arc<AtomicUsize>,
    sent: Arc<AtomicUsize>,
}

impl Server {
    /// `content_type` may be a status instead.
    pub(crate) async fn new(content_type: &'static str, bytes: Vec<u8>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, cookies) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let sent = Arc::new(AtomicUsize::new(0));
        let server = Self { port, asked: asked.clone(), cookies: cookies.clone(), sent: sent.clone() };
        let bytes = Arc::new(bytes);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (bytes, asked, cookies, sent) = (bytes.clone(), asked.clone(), cookies.clone(), sent.clone());
                tokio::spawn(async move {
                    let mut request = Vec::new();
                    while !request.ends_with(b"\r\n\r\n") {
                        if socket.read_buf(&mut request).await.unwrap_or(0) == 0 {
                            return;
                        }
                    }
                    asked.fetch_add(1, Ordering::SeqCst);
                    let request = String::from_utf8_lossy(&request).to_ascii_lowercase();
                    cookies.fetch_add(usize::from(request.contains("cookie:")), Ordering::SeqCst);
                    let part = request.split_once("range: bytes=").and_then(|(_, rest)| {
                        let (first, last) = rest.split_once("\r\n")?.0.split_once('-')?;
                        Some((first.parse::<usize>().ok()?, last.parse::<usize>().ok()?.min(bytes.len() - 1)))
                    });
                    let (status, extra, body) = match part {
                        _ if content_type == "404" => ("404 Not Found", String::new(), &bytes[..0]),
                        Some((first, last)) => {
                            let range = format!("Content-Range: bytes {first}-{last}/{}\r\n", bytes.len());
                            ("206 Partial Content", range, &bytes[first..=last])
                        }
                        None => ("200 OK", String::new(), &bytes[..]),
                    };
                    let head = format!(
                        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n{extra}Connection: close\r\n\r\n",
                        body.len()
                    );
                    sent.fetch_add(body.len(), Ordering::SeqCst);
                    let _gone = socket.write_all(&[head.as_bytes(), body].concat()).await;
                });
            }
        });
        server
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn count(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    fn had_cookie(&self) -> bool {
        self.cookies.load(Ordering::SeqCst) > 0
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
