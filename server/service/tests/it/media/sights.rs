//! Series, very large pictures, films.

use domain::{
    Kind,
    media::series::{Options, TimeFormat, pyramid},
};
use serde_json::json;
use service::media;

use super::{Server, Studio, ready};
use crate::{code, refused};

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
    let film: &[u8] = include_bytes!("../../../../../public/demo/balls.mp4");
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
