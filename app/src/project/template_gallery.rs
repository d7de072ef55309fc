//! The shelves of labeling interfaces to start from.

use domain::project::TemplateCard;
use leptos::prelude::*;

use crate::ui::{Glyph, Icon, lu};

/// Every template as a button, shelf by shelf; `chosen` marks one.
#[component]
pub(super) fn TemplateGallery(
    templates: Vec<TemplateCard>,
    #[prop(into)] chosen: Signal<Option<String>>,
    on_choose: Callback<TemplateCard>,
) -> impl IntoView {
    let mut shelves: Vec<(String, Vec<TemplateCard>)> = Vec::new();
    for template in templates {
        match shelves.last_mut() {
            Some((group, shelf)) if *group == template.group => shelf.push(template),
            _ => shelves.push((template.group.clone(), vec![template])),
        }
    }
    let shelves = shelves
        .into_iter()
        .map(|(group, shelf)| {
            let cards = shelf
                .into_iter()
                .map(|template| {
                    let id = template.id.clone();
                    let icon = outline(&template.id);
                    let (title, description) = (template.title.clone(), template.description.clone());
                    view! {
                        <li>
                            <button
                                class="template-card"
                                type="button"
                                aria-pressed=move || if chosen.with(|chosen| chosen.as_ref() == Some(&id)) { "true" } else { "false" }
                                on:click=move |_| on_choose.run(template.clone())
                            >
                                <span class="template-icon"><Icon icon/></span>
                                <span class="template-words">
                                    <span class="template-title">{title}</span>
                                    <span class="template-text">{description}</span>
                                </span>
                            </button>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <section class="shelf">
                    <h3>{group}</h3>
                    <ul class="grid shelf-grid" role="list">{cards}</ul>
                </section>
            }
        })
        .collect_view();
    view! { <div class="shelves">{shelves}</div> }.into_any()
}

fn outline(id: &str) -> Glyph {
    match id {
        "image-boxes" => lu::LuSquareDashed,
        "image-polygons" => lu::LuPentagon,
        "image-keypoints" => lu::LuCrosshair,
        "image-classification" => lu::LuImages,
        "image-captioning" => lu::LuCaptions,
        "image-ocr" => lu::LuScanText,
        "pdf-ocr" => lu::LuFileText,
        "text-classification" => lu::LuTags,
        "text-entities" => lu::LuHighlighter,
        "text-sentiment" => lu::LuSmile,
        "text-pairwise" | "llm-ranking" => lu::LuArrowDownWideNarrow,
        "text-dialogue" => lu::LuMessagesSquare,
        "audio-transcription" | "audio-classification" => lu::LuAudioLines,
        "video-boxes" => lu::LuVideo,
        "time-series" => lu::LuChartLine,
        "taxonomy" => lu::LuListTree,
        "table-check" => lu::LuTable2,
        "llm-rating" => lu::LuStar,
        "llm-chat" => lu::LuMessageCircle,
        _ => lu::LuLayoutTemplate,
    }
}
