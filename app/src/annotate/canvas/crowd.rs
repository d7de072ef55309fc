//! A painter of many regions that works beside the page, so that panning and zooming wait for nothing.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use editor::annotate::Crowd;
use editor::view::Viewport;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use web_sys::{
    CanvasRenderingContext2d as Canvas, ErrorEvent, ImageBitmap, MessageEvent, Worker, WorkerOptions, WorkerType,
};

use crate::ui::load_module;

/// The page's half and the worker's, from `app/js/crowd.js`.
const MODULE: &str = "/pkg/crowd.js";

#[wasm_bindgen]
extern "C" {
    type CrowdModule;
    #[wasm_bindgen(method, catch)]
    fn paint(this: &CrowdModule, canvas: &Canvas, crowd: &JsValue, view: &JsValue) -> Result<(), JsValue>;
}

/// Hands a crowd over and gets a picture back, one at a time. Where a browser has no workers, the page paints itself.
pub(super) struct Painter {
    worker: Option<Worker>,
    desk: Rc<Desk>,
    _hear: [Closure<dyn FnMut(JsValue)>; 2],
}

/// What has come back.
#[derive(Default)]
struct Desk {
    module: RefCell<Option<CrowdModule>>,
    picture: RefCell<Option<ImageBitmap>>,
    is_busy: Cell<bool>,
    is_alone: Cell<bool>,
}

impl Painter {
    /// `wake` is called when there is something new to show.
    pub(super) fn new(wake: Rc<dyn Fn()>) -> Self {
        let desk = Rc::new(Desk::default());
        let answered = {
            let (desk, wake) = (desk.clone(), wake.clone());
            Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
                let picture = event.unchecked_into::<MessageEvent>().data();
                *desk.picture.borrow_mut() = picture.dyn_into().ok();
                desk.is_busy.set(false);
                wake();
            })
        };
        let failed = {
            let (desk, wake) = (desk.clone(), wake.clone());
            Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
                leptos::logging::warn!("the painter has stopped: {}", event.unchecked_into::<ErrorEvent>().message());
                desk.is_busy.set(false);
                desk.is_alone.set(true);
                wake();
            })
        };
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(MODULE, &options).ok();
        match &worker {
            Some(worker) => {
                worker.set_onmessage(Some(answered.as_ref().unchecked_ref()));
                worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
            }
            None => desk.is_alone.set(true),
        }
        let waiting = desk.clone();
        spawn_local(async move {
            // Without it nothing is painted here, and the worker paints all of it.
            if let Ok(module) = load_module(MODULE).await {
                *waiting.module.borrow_mut() = Some(module.unchecked_into());
                wake();
            }
        });
        Self { worker, desk, _hear: [answered, failed] }
    }

    /// Whether a picture is on its way.
    pub(super) fn is_busy(&self) -> bool {
        self.desk.is_busy.get()
    }

    /// Whether the page has to paint itself.
    pub(super) fn is_alone(&self) -> bool {
        self.desk.is_alone.get()
    }

    /// Asks for a picture; of the crowd that it has where none is given.
    pub(super) fn ask(&self, crowd: Option<&Crowd>, view: &Viewport, ratio: f64) {
        let Some(worker) = &self.worker else { return };
        let message = js_sys::Object::new();
        set(&message, "view", &view_of(view, ratio));
        if let Some(crowd) = crowd {
            set(&message, "crowd", &crowd_of(crowd));
        }
        // Refused only for what cannot be copied.
        if worker.post_message(&message).is_ok() {
            self.desk.is_busy.set(true);
        }
    }

    /// The picture that has come.
    pub(super) fn take(&self) -> Option<ImageBitmap> {
        self.desk.picture.borrow_mut().take()
    }

    /// Paints here and now; `false` where that is not possible yet.
    pub(super) fn paint(&self, canvas: &Canvas, crowd: &Crowd, view: &Viewport, ratio: f64) -> bool {
        let module = self.desk.module.borrow();
        module.as_ref().is_some_and(|module| module.paint(canvas, &crowd_of(crowd), &view_of(view, ratio)).is_ok())
    }
}

impl Drop for Painter {
    fn drop(&mut self) {
        if let Some(worker) = &self.worker {
            worker.terminate();
        }
    }
}

fn set(object: &js_sys::Object, name: &str, value: &JsValue) {
    // Refused only by what is no object.
    let _ = js_sys::Reflect::set(object, &name.into(), value);
}

fn view_of(view: &Viewport, ratio: f64) -> JsValue {
    let plain = js_sys::Object::new();
    let matrix: js_sys::Array = view.screen_from_image_transform().as_coeffs().into_iter().map(JsValue::from).collect();
    set(&plain, "matrix", &matrix);
    for (name, value) in [("ratio", ratio), ("width", view.surface().width), ("height", view.surface().height)] {
        set(&plain, name, &value.into());
    }
    plain.into()
}

fn crowd_of(crowd: &Crowd) -> JsValue {
    let faces = crowd.faces.iter().map(|face| {
        let plain = js_sys::Object::new();
        set(&plain, "color", &JsValue::from_str(&face.style.color));
        set(&plain, "fill", &face.style.fill.into());
        set(&plain, "width", &face.style.width.into());
        set(&plain, "dashed", &face.style.dashed.into());
        set(&plain, "isPoint", &face.is_point.into());
        set(&plain, "isHollow", &face.is_hollow.into());
        plain
    });
    let plain = js_sys::Object::new();
    set(&plain, "faces", &faces.collect::<js_sys::Array>());
    set(&plain, "numbers", &js_sys::Float32Array::from(crowd.numbers.as_slice()));
    plain.into()
}
