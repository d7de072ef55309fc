//! What Synapse does today, said plainly. Nothing here that is not built.

use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::components::A;

use crate::shell::Mark;
use crate::ui::{Glyph, Icon, LinkButton, Look, Size, lu};

/// The label page at work, drawn by hand; its colors are the theme's.
const PICTURE: &str = include_str!("label_page.svg");

/// One thing it does.
struct Point {
    icon: Glyph,
    title: &'static str,
    text: &'static str,
}

const POINTS: [Point; 6] = [
    Point {
        icon: lu::LuSquareDashed,
        title: "Images",
        text: "Boxes, polygons, masks, curves and key points, one key per label, zoomed to the pixel, undone one gesture at a time.",
    },
    Point {
        icon: lu::LuType,
        title: "Text in every script",
        text: "Spans that count the characters people see: Arabic, Japanese and emoji come out with the right offsets.",
    },
    Point {
        icon: lu::LuAudioLines,
        title: "Sound, video, time series",
        text: "Hours of sound and a million points open at once. Things are followed from frame to frame.",
    },
    Point {
        icon: lu::LuCodeXml,
        title: "Your own interface",
        text: "Shapes, choices, ratings, trees, rankings, free text: from a template, or as you write it. Mistakes are shown at their line.",
    },
    Point {
        icon: lu::LuUpload,
        title: "Imports that explain themselves",
        text: "JSON, CSV, images and zips. 950 of 1,000 rows are in, and the other 50 come back with their reasons.",
    },
    Point {
        icon: lu::LuShieldCheck,
        title: "Nothing lost",
        text: "Every action is kept on your machine at once and on the server within seconds. A submit is durable.",
    },
];

/// The page.
#[component]
pub fn Landing() -> impl IntoView {
    view! {
        <Title text=""/>
        <Meta name="description" content="Synapse is a workplace for training data: bring images, text, sound and video, label them in the browser, take them out as COCO, YOLO, CSV or JSON."/>
        <div class="landing">
            <header class="landing-bar">
                <span class="mark"><Mark/>"Synapse"</span>
                <nav class="row" aria-label="Sign in or up">
                    <LinkButton href="/login".to_owned() look=Look::Quiet>"Sign in"</LinkButton>
                    <LinkButton href="/signup".to_owned() look=Look::Primary>"Create an account"</LinkButton>
                </nav>
            </header>
            <main id="content" tabindex="-1">
                <section class="landing-hero">
                    <h1>"Training data, made with care."</h1>
                    <p>
                        "Bring images, text, sound or video. Label them in the browser, alone or as a team. "
                        "Take them out in the format your model reads."
                    </p>
                    <div class="row landing-calls">
                        <LinkButton href="/signup".to_owned() look=Look::Primary size=Size::Large>"Label your first image"</LinkButton>
                        <LinkButton href="/signup?as=annotator".to_owned() size=Size::Large>"Work as an annotator"</LinkButton>
                    </div>
                </section>
                <figure class="landing-picture">
                    <svg viewBox="0 0 1120 640" role="img" aria-label="The label page: a street with boxes around two cars, a cyclist and a traffic light, and the list of regions beside it." inner_html=PICTURE></svg>
                </figure>
                <Steps/>
                <section class="landing-section" aria-label="What it does">
                    <h2>"What it does today"</h2>
                    <div class="landing-points">{POINTS.iter().map(point).collect_view()}</div>
                </section>
                <Export/>
                <section class="landing-end">
                    <h2>"Ready when you are"</h2>
                    <p>"Create an account, pick a template, drop your files. The first export is minutes away."</p>
                    <LinkButton href="/signup".to_owned() look=Look::Primary size=Size::Large>"Create an account"</LinkButton>
                </section>
            </main>
            <footer class="landing-foot">
                <span class="mark"><Mark/>"Synapse"</span>
                <span class="row gap-6"><A href="/login">"Sign in"</A><A href="/signup">"Create an account"</A></span>
            </footer>
        </div>
    }
    .into_any()
}

fn point(point: &Point) -> AnyView {
    view! {
        <div class="landing-point">
            <span class="page-icon"><Icon icon=point.icon/></span>
            <h3>{point.title}</h3>
            <p>{point.text}</p>
        </div>
    }
    .into_any()
}

#[component]
fn Steps() -> impl IntoView {
    let steps = [
        ("Bring", "Drop files, paste, or give an address. Columns and types are found for you."),
        ("Label", "Pick a template and go: one key per label, drafts saved while you work."),
        ("Take out", "COCO, YOLO, CSV, TSV or JSON, with a manifest that counts what is inside."),
    ];
    let steps = steps.into_iter().map(|(title, text)| view! { <li><h2>{title}</h2><p>{text}</p></li> }).collect_view();
    view! { <ol class="landing-steps" role="list">{steps}</ol> }
}

/// A real line of an export, to the pixel.
#[component]
fn Export() -> impl IntoView {
    const LINES: &str = r#"{
  "id": 3,
  "image_id": 12,
  "category_id": 1,
  "bbox": [412, 268, 186, 94],
  "area": 17484,
  "iscrowd": 0
}"#;
    view! {
        <section class="landing-section landing-export" aria-label="Export">
            <div class="stack gap-3">
                <h2>"Out as it went in"</h2>
                <p class="muted">
                    "Results are kept in the open JSON that Label Studio reads and writes, so you can come and go. "
                    "An export says what it holds, and refuses loudly what a format cannot say."
                </p>
                <p class="row formats">
                    <code>"COCO"</code><code>"YOLO"</code><code>"JSON"</code><code>"JSON_MIN"</code><code>"CSV"</code><code>"TSV"</code>
                </p>
            </div>
            <pre class="landing-code" tabindex="0" aria-label="One annotation of a COCO export"><code>{LINES}</code></pre>
        </section>
    }
}
