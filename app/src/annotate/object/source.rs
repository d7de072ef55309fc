//! Where a picture comes from: its address; this server, where the other one refuses and the project allows it; tiles,
//! where it is too large for a browser.

use domain::media::tiles::{Grid, WHOLE_PIXELS};
use domain::region::ImageSize;
use leptos::task::spawn_local;
use leptos::{html, prelude::*};
use serde::Deserialize;
use web_sys::HtmlImageElement;

use crate::annotate::bench::OpenedTask;
use crate::annotate::{browser, media, media::Way};

/// How far a picture is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum State {
    /// On its way.
    Coming,
    /// The server cuts it; the share that is done.
    Cutting(f64),
    /// All of it is there, in one piece.
    Whole,
    /// It comes in tiles.
    Cut(Grid),
    /// It cannot be shown; why, once that is known.
    Failed(Option<String>),
}

/// A picture's way to the page. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Source {
    /// Nothing is loaded while it comes in tiles.
    way: Way,
    /// The page loads it as it is, however large: the server cannot cut it.
    as_it_is: StoredValue<bool>,
    colors: StoredValue<Colors>,
    pub(super) state: RwSignal<State>,
}

/// Whether another server tells the colors of its pictures (CORS).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colors {
    /// It has not been asked.
    Unasked,
    /// It has been asked, and the picture is on its way or here.
    Asked,
    /// It does not even give the picture when it is asked for them.
    Refused,
}

/// What the server knows of a picture.
#[derive(Deserialize)]
struct About {
    width: u32,
    height: u32,
    tiled: bool,
}

impl Source {
    /// `task` is none where nothing can be asked of the server: in a preview, and for what the server has made itself.
    pub(super) fn new(task: Option<OpenedTask>, address: String) -> Self {
        Self {
            way: Way::new(task, address),
            as_it_is: StoredValue::new(false),
            colors: StoredValue::new(Colors::Unasked),
            state: RwSignal::new(State::Coming),
        }
    }

    /// Looks how large a picture is as soon as the browser knows, long before all of it has arrived.
    pub(super) fn watch(self, image: NodeRef<html::Img>) {
        request_animation_frame(move || {
            // The page may have gone on to another task.
            let Some(element) = image.try_get_untracked().flatten() else { return };
            let comes = self.state.try_get_untracked() == Some(State::Coming);
            if comes && !self.cut_if_too_large(&element) && !element.complete() {
                self.watch(image);
            }
        });
    }

    /// The picture has arrived: how large it is, unless it cannot be shown, or only in tiles.
    pub(super) fn arrived(self, node: NodeRef<html::Img>) -> Option<ImageSize> {
        let image = &node.get_untracked()?;
        if self.cut_if_too_large(image) {
            return None;
        }
        let (width, height) = (f64::from(image.natural_width()), f64::from(image.natural_height()));
        // A drawing without a size of its own is as large as it is shown.
        let size = ImageSize::new(width, height)
            .or_else(|| ImageSize::new(f64::from(image.client_width()), f64::from(image.client_height())))
            .filter(|_| image.complete());
        match size {
            Some(_) => self.state.set(State::Whole),
            None => self.broke(node),
        }
        size
    }

    /// A picture too large for browsers is loaded no further: the server cuts it.
    pub(super) fn cut_if_too_large(self, image: &HtmlImageElement) -> bool {
        let pixels = u64::from(image.natural_width()) * u64::from(image.natural_height());
        let Some(task) = self.way.task.filter(|_| pixels > WHOLE_PIXELS && !self.as_it_is.get_value()) else {
            return false;
        };
        let (address, first) = (self.way.written.get_value(), self.way.first.get_value());
        if media::is_elsewhere(&address) && !task.relays_media {
            return false;
        }
        self.way.loads.set(String::new());
        self.state.set(State::Cutting(0.0));
        spawn_local(async move {
            match self.ask(task, &address).await {
                // The page has gone on to another task.
                _ if self.state.try_get_untracked().is_none() => {}
                Ok(About { width, height, tiled: true }) => self.state.set(State::Cut(Grid { width, height })),
                Err(failure) if failure.code != "not_image" => self.state.set(State::Failed(Some(failure.sentence))),
                // A drawing, which is made of no pixels before it is shown.
                Ok(_) | Err(_) => {
                    self.as_it_is.set_value(true);
                    self.state.set(State::Coming);
                    self.way.loads.set(first);
                }
            }
        });
        true
    }

    /// A picture without colors that could be read: it is loaded in a way that may tell them, if there is one.
    pub(super) fn ask_for_colors(self, image: &HtmlImageElement) {
        let (address, first) = (self.way.written.get_value(), self.way.first.get_value());
        // A storage may have sent the browser on to another server.
        let may_refuse = media::is_elsewhere(&address) || first != address;
        let is_there = self.way.loads.with_untracked(|loads| *loads == first && may_refuse);
        if is_there && self.colors.get_value() == Colors::Unasked {
            self.colors.set_value(Colors::Asked);
            image.set_cross_origin(Some("anonymous"));
            image.set_src(&first);
        } else {
            let _may_come = self.way.relay();
        }
    }

    /// The browser could not load or show it.
    pub(super) fn broke(self, image: NodeRef<html::Img>) {
        let (address, first) = (self.way.written.get_value(), self.way.first.get_value());
        let was_asked = self.colors.get_value() == Colors::Asked;
        if was_asked && let Some(image) = image.get_untracked() {
            self.colors.set_value(Colors::Refused);
            image.set_cross_origin(None);
            if !self.way.relay() {
                image.set_src(&first);
            }
            return;
        }
        if self.way.relay() {
            return;
        }
        self.state.set(State::Failed(None));
        spawn_local(async move {
            let state = match self.way.task {
                Some(task) => self.why(task, &address, &first).await,
                None => State::Failed(Some(browser::why_no_picture(&address).await)),
            };
            // The page may have gone on to another task.
            let _ = self.state.try_set(state);
        });
    }

    /// Once more from the beginning.
    pub(super) fn again(self, image: NodeRef<html::Img>) {
        let first = self.way.first.get_value();
        self.state.set(State::Coming);
        if self.way.loads.with_untracked(|loads| *loads != first) {
            self.way.loads.set(first);
        } else if let Some(image) = image.get_untracked() {
            image.set_src(&first);
        }
        self.watch(image);
    }

    /// What the page loads of it; nothing while it comes in tiles.
    pub(super) fn loads(self) -> RwSignal<String> {
        self.way.loads
    }

    /// Where a tile is.
    pub(super) fn tile(self, level: usize, column: u32, row: u32) -> String {
        let Some(task) = self.way.task else { return String::new() };
        self.way
            .written
            .with_value(|address| media::derived(task, &format!("tile/{level}/{column}/{row}"), address, &[]))
    }

    async fn ask(self, task: OpenedTask, address: &str) -> Result<About, media::Failure> {
        let making = |share| match self.state.try_get_untracked() {
            Some(State::Cutting(_)) => self.state.try_set(State::Cutting(share)).is_none(),
            still => still.is_some(),
        };
        let bytes = media::fetch(&media::derived(task, "image", address, &[]), None, making).await?;
        serde_json::from_slice(&bytes)
            .map_err(|_| media::Failure::new("image_damaged", "What is known of this picture cannot be read."))
    }

    /// What the server says to a picture that the browser cannot show.
    async fn why(self, task: OpenedTask, address: &str, first: &str) -> State {
        let told = match self.ask(task, address).await {
            Ok(About { width, height, tiled: true }) => return State::Cut(Grid { width, height }),
            Ok(_) => None,
            Err(failure) => Some(failure),
        };
        let sentence = match told {
            Some(failure) if failure.code == "media_proxy_off" => {
                let seen = browser::why_no_picture(address).await;
                format!(
                    "{seen} An admin of the project can allow that it is loaded through this server: Settings, General, Media."
                )
            }
            Some(failure) if speaks_of_the_picture(&failure.code) => failure.sentence,
            _ => browser::why_no_picture(first).await,
        };
        State::Failed(Some(sentence))
    }
}

/// Whether a refusal says what is wrong with the picture, not with the question.
fn speaks_of_the_picture(code: &str) -> bool {
    let asks = ["media_inline", "media_address"];
    ["not_image", "image_", "media_", "url_", "storage_", "local_"].iter().any(|begins| code.starts_with(begins))
        && !asks.contains(&code)
}
