//! Documents: their pages, the words on them, and those that are none.

use domain::{
    media::pdf::{MOST_PAGES, PAGE_SIDE, THUMB_SIDE, Word, text_in},
    project::NewProject,
    region::UnitRect,
};
use futures::StreamExt;
use service::{
    Actor, Cx, CxBuilder, Settings,
    media::{self, Asked, Part, State},
    project, storage,
    testing::TestDb,
};

use crate::code;

const INVOICE: &[u8] = include_bytes!("../../../../public/demo/invoice.pdf");

struct Desk {
    db: TestDb,
    cx: Cx,
    owner: Actor,
    project_id: domain::id::ProjectId,
}

impl Desk {
    async fn new() -> Self {
        let db = TestDb::new().await;
        let (_, owner) = db.org("acme").await;
        let input = NewProject { title: "Papers".into(), ..NewProject::default() };
        let project_id = project::create(&db.cx, &owner, input).await.unwrap();
        let settings = Settings {
            site_dir: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/../../public").into()),
            ..db.cx.settings().clone()
        };
        let cx = CxBuilder::new(db.pool().clone()).clock(db.cx.clock().clone()).settings(settings).build().unwrap();
        Self { db, cx, owner, project_id }
    }

    async fn upload(&self, bytes: Vec<u8>) -> Asked {
        let body = futures::stream::iter([Ok(bytes.into())]).boxed();
        let file = storage::receive(&self.cx, &self.owner, self.project_id, "paper.pdf", body).await.unwrap();
        self.asked(&file.address())
    }

    fn asked(&self, src: &str) -> Asked {
        Asked { project_id: self.project_id, task_id: None, src: src.to_owned() }
    }

    async fn sizes(&self, asked: &Asked) -> service::Result<Vec<(f64, f64)>> {
        loop {
            if let State::Ready((_, pdf)) = media::pdf(&self.cx, &self.owner, asked).await? {
                return Ok(pdf.pages.iter().map(|page| (page.width, page.height)).collect());
            }
        }
    }

    async fn page(&self, asked: &Asked, page: usize, part: Part) -> service::Result<Vec<u8>> {
        loop {
            if let State::Ready((_, bytes)) = media::page(&self.cx, &self.owner, asked, page, part).await? {
                return Ok(bytes.to_vec());
            }
        }
    }

    async fn words(&self, asked: &Asked, page: usize) -> Vec<Word> {
        serde_json::from_slice(&self.page(asked, page, Part::Words).await.unwrap()).unwrap()
    }
}

/// A document whose pages are programs; `more` are objects besides, from number 10 on, and `trailer` what else its end says.
fn document(pages: &[&str], page: &str, more: &[&str], trailer: &str) -> Vec<u8> {
    let mut objects = vec![(1, "<</Type/Catalog/Pages 2 0 R>>".to_owned())];
    let kids: Vec<String> = (0..pages.len()).map(|at| format!("{} 0 R", 100 + at * 2)).collect();
    objects.push((2, format!("<</Type/Pages/Count {}/Kids[{}]>>", pages.len(), kids.join(" "))));
    objects.push((3, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned()));
    objects.extend(more.iter().enumerate().map(|(at, object)| (10 + at, (*object).to_owned())));
    for (at, program) in pages.iter().enumerate() {
        let number = 100 + at * 2;
        objects.push((number, format!("<</Type/Page/Parent 2 0 R/Contents {} 0 R{page}>>", number + 1)));
        objects.push((number + 1, format!("<</Length {}>>stream\n{program}\nendstream", program.len())));
    }
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = String::new();
    for (number, object) in objects {
        table += &format!("{number} 1\n{:010} 00000 n \n", file.len());
        file += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let start = file.len();
    file += &format!("xref\n{table}trailer\n<</Root 1 0 R/Size 1000{trailer}>>\nstartxref\n{start}\n%%EOF\n");
    file.into_bytes()
}

const A4: &str = "/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>>>";

fn texts(words: &[Word]) -> Vec<&str> {
    words.iter().map(|word| word.text.as_str()).collect()
}

#[tokio::test]
async fn a_document_is_its_pages_with_their_words() {
    let desk = Desk::new().await;
    for asked in [desk.upload(INVOICE.to_vec()).await, desk.asked("/demo/invoice.pdf")] {
        assert_eq!(desk.sizes(&asked).await.unwrap(), [(595.0, 842.0); 2]);
        let page = image::load_from_memory(&desk.page(&asked, 1, Part::Picture).await.unwrap()).unwrap().to_rgb8();
        assert_eq!((page.width(), page.height()), (1413, PAGE_SIDE));
        let [paper, band] = [page.get_pixel(20, 1900).0, page.get_pixel(900, 20).0];
        assert!(paper.iter().all(|light| *light > 250) && band[0] < 90 && band[1] > band[0], "{paper:?} {band:?}");
        let thumb = image::load_from_memory(&desk.page(&asked, 2, Part::Thumb).await.unwrap()).unwrap();
        assert_eq!((thumb.width(), thumb.height()), (141, THUMB_SIDE));
        let words = desk.words(&asked, 1).await;
        let total = UnitRect { x: 0.6, y: 0.52, width: 0.35, height: 0.05, rotation: 0.0 };
        let size = domain::media::pdf::Page { width: 595.0, height: 842.0 }.size();
        assert_eq!(text_in(&words, &total, size).as_deref(), Some("Total 184.50"), "{words:?}");
        assert!(texts(&desk.words(&asked, 2).await).starts_with(&["Delivery", "note", "For", "invoice", "2041-07"]));
        for missing in [0, 3] {
            assert_eq!(code(desk.page(&asked, missing, Part::Words).await), "not_found");
        }
    }
}

#[tokio::test]
async fn words_are_where_they_are_seen() {
    let desk = Desk::new().await;
    // Letters one by one, a pair pulled together, a word that cannot be seen, one written upwards, one filled and drawn round.
    let program = "BT /F 20 Tf 60 700 Td (H) Tj (i) Tj ( there) Tj ET BT /F 20 Tf 60 600 Td [(A) 80 (V) -900 (x)] TJ ET \
        BT 3 Tr /F 20 Tf 300 700 Td (unseen) Tj ET BT 0 Tr /F 20 Tf 0 1 -1 0 500 200 Tm (Up) Tj ET \
        BT 2 Tr /F 20 Tf 60 400 Td (Twice) Tj ET BT 0 Tr /F 20 Tf 900 400 Td (Outside) Tj ET";
    let turned = format!("{A4}/Rotate 90");
    let upright = desk.upload(document(&[program], A4, &[], "")).await;
    let words = desk.words(&upright, 1).await;
    assert_eq!(texts(&words), ["Hi", "there", "AV", "x", "unseen", "Up", "Twice"]);
    let hi = &words[0];
    assert!((hi.x - 0.1).abs() < 0.01 && (hi.y - 0.105).abs() < 0.02 && hi.height < 0.03, "{hi:?}");
    let up = &words[5];
    assert!(up.height > up.width * 0.7 && (up.x - 0.807).abs() < 0.03, "{up:?}");
    let lying = desk.upload(document(&[program], &turned, &[], "")).await;
    assert_eq!(desk.sizes(&lying).await.unwrap(), [(800.0, 600.0)]);
    let hi = &desk.words(&lying, 1).await[0];
    assert!(hi.x > 0.8 && hi.y < 0.2 && hi.height > 0.02, "{hi:?}");
}

#[tokio::test]
async fn what_is_no_document_is_told_in_a_sentence() {
    let desk = Desk::new().await;
    let many = vec!["BT ET"; MOST_PAGES + 1];
    let locked = "/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4\
        /O<0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef>\
        /U<0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef>>>";
    let huge = "<</Type/XObject/Subtype/Image/Width 20000/Height 20000/ColorSpace/DeviceGray/BitsPerComponent 8/Length 0>>stream\n\nendstream";
    let image = "/MediaBox[0 0 600 800]/Resources<</XObject<</I 10 0 R>>>>";
    // A form that paints the next one ten times, and so on: ten billion paths.
    let forms: Vec<String> = (0..10)
        .map(|at| {
            let program = if at == 9 { "0 0 1 1 re f ".repeat(10) } else { "/N Do ".repeat(10) };
            format!(
                "<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</N {} 0 R>>>>/Length {}>>stream\n{program}\nendstream",
                11 + at,
                program.len()
            )
        })
        .collect();
    let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
    let itself = "<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</I 10 0 R>>>>/Length 5>>stream\n/I Do\nendstream";
    for (bytes, expected) in [
        (b"PK\x03\x04 not at all".to_vec(), "not_pdf"),
        (b"%PDF-1.7\nnothing else".to_vec(), "pdf_damaged"),
        (document(&[], A4, &[], ""), "pdf_damaged"),
        (document(&["BT ET"], "/MediaBox[0 0 1e30 800]", &[], ""), "pdf_damaged"),
        (document(&["BT ET"], A4, &[], locked), "pdf_encrypted"),
        (document(&many, A4, &[], ""), "pdf_too_long"),
        (document(&["/I Do"], image, &[huge], ""), "pdf_image_too_large"),
        (document(&["/I Do"], image, &forms, ""), "pdf_complex"),
    ] {
        let asked = desk.upload(bytes).await;
        assert_eq!(code(desk.sizes(&asked).await), expected);
    }
    // What ends early or turns in circles is shown as far as it goes.
    let circle = desk
        .upload(document(
            &["/I Do BT /F 20 Tf 60 700 Td (Still) Tj ET"],
            "/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>/XObject<</I 10 0 R>>>>",
            &[itself],
            "",
        ))
        .await;
    assert_eq!(texts(&desk.words(&circle, 1).await), ["Still"]);
    let cut = desk.upload(INVOICE[..900].to_vec()).await;
    assert_eq!(desk.sizes(&cut).await.unwrap().len(), 2);
    let (_, stranger) = desk.db.org("rival").await;
    let asked = desk.upload(INVOICE.to_vec()).await;
    assert_eq!(code(media::pdf(&desk.cx, &stranger, &asked).await), "not_found");
}
