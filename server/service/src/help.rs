//! Help inside the product: pages of `docs/`, built into the program so that they are always those of this version.

use std::sync::LazyLock;

use domain::Error as Problem;

use crate::Result;
use crate::project::markdown;

/// Pages by name.
static PAGES: LazyLock<[(&str, String); 11]> = LazyLock::new(|| {
    [
        ("api", leaving(&markdown::to_html(include_str!("../../../docs/api.md")))),
        ("client-apis", markdown::to_html(include_str!("../../../docs/client-apis.md"))),
        ("data-manager", markdown::to_html(include_str!("../../../docs/data-manager.md"))),
        ("export", markdown::to_html(include_str!("../../../docs/export.md"))),
        ("import", markdown::to_html(include_str!("../../../docs/import.md"))),
        ("labels", markdown::to_html(include_str!("../../../docs/labels.md"))),
        ("labeling", markdown::to_html(include_str!("../../../docs/labeling.md"))),
        ("media", markdown::to_html(include_str!("../../../docs/media.md"))),
        ("models", markdown::to_html(include_str!("../../../docs/models.md"))),
        ("webhooks", markdown::to_html(include_str!("../../../docs/webhooks.md"))),
        ("storage", markdown::to_html(include_str!("../../../docs/storage.md"))),
    ]
});

/// With links to what is no page of the application followed by the browser itself.
fn leaving(html: &str) -> String {
    let mut html = html.to_owned();
    for place in ["/api/", "/docs/"] {
        html = html.replace(&format!("<a href=\"{place}"), &format!("<a target=\"_self\" href=\"{place}"));
    }
    html
}

/// A page as safe HTML.
///
/// # Errors
/// *Not found* for a name that no page has.
pub fn page(name: &str) -> Result<String> {
    let found = PAGES.iter().find(|(known, _)| *known == name);
    Ok(found.ok_or_else(|| Problem::not_found("page"))?.1.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_a_heading_and_only_inner_links_that_lead_somewhere() {
        for (name, html) in PAGES.iter() {
            assert!(html.starts_with("<h1>"), "{name}");
            for link in html.split("href=\"").skip(1) {
                let href = link.split('"').next().unwrap();
                assert!(href.starts_with('/') || href.starts_with("https://"), "{name}: {href}");
            }
        }
        assert!(page("nothing").is_err());
        assert!(page("api").unwrap().contains("<a target=\"_self\" href=\"/docs/api\""));
    }
}
