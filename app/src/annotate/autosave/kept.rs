//! What this browser keeps of the work on a task, in `IndexedDB`: the results it began with, then a row for each change.
//!
//! A row is handed to the database at once and never changed, so that its cost is that of the change and not of the work.
//! A mark in the local storage says for which tasks there are rows: any other task opens without asking.

use std::cell::RefCell;
use std::rc::Rc;

use domain::result::ResultItem;
use editor::annotate::Record;
use idb::{
    Database, DatabaseEvent as _, Error, Factory, KeyRange, ObjectStoreParams, Request, Transaction, TransactionMode,
};
use js_sys::{Array, Promise};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::annotate::browser;

const DATABASE: &str = "synapse";
const STORE: &str = "work";
/// Of the marks in the local storage.
const MARK: &str = "synapse.work.";
/// Work that nobody came back to is forgotten after so many milliseconds: sixty days.
const KEPT_MS: f64 = 60.0 * 24.0 * 3600.0 * 1000.0;

/// What the work began with, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Base {
    /// Of the page that keeps it.
    pub(super) sitting: i64,
    pub(super) results: Vec<ResultItem>,
}

/// A change as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) revision: i64,
    /// The revision that the server has.
    pub(super) saved: i64,
    pub(super) lead_time_ms: i64,
    pub(super) records: Vec<Record>,
}

/// The work on one task as it is kept.
pub(super) struct Kept {
    pub(super) base: Base,
    /// What happened since; never empty.
    pub(super) rows: Vec<Row>,
}

thread_local! {
    static OPEN: RefCell<Option<Rc<Database>>> = const { RefCell::new(None) };
}

/// Opens the database, so that the first change need not wait. Returns whether this browser has one.
pub(super) async fn open() -> bool {
    if OPEN.with_borrow(Option::is_some) {
        return true;
    }
    let Ok(mut request) = Factory::new().and_then(|factory| factory.open(DATABASE, Some(1))) else { return false };
    request.on_upgrade_needed(|event| {
        // Without the store every later call fails, and is told of then.
        let _ = event.database().and_then(|database| database.create_object_store(STORE, ObjectStoreParams::new()));
    });
    if !is_answered(&mut request).await {
        return false;
    }
    let Ok(mut database) = request.database() else { return false };
    database.on_version_change(|event| {
        // Another tab has a newer version of this site, which must not wait for this one.
        OPEN.set(None);
        if let Ok(database) = event.database() {
            database.close();
        }
    });
    OPEN.set(Some(Rc::new(database)));
    true
}

/// Whether something of this task may be kept here.
pub(super) fn is_there(key: &str) -> bool {
    browser::kept::<f64>(&format!("{MARK}{key}")).is_some()
}

/// What is kept of a task.
pub(super) async fn read(key: &str) -> Option<Kept> {
    if !open().await {
        return None;
    }
    let texts: Vec<String> = {
        let database = database()?;
        let transaction = database.transaction(&[STORE], TransactionMode::ReadOnly).ok()?;
        let store = transaction.object_store(STORE).ok()?;
        let mut rows = store.get_all(Some(range(key).ok()?.into()), None).ok()?;
        if !is_answered(&mut rows).await {
            return None;
        }
        Array::from(&rows.result().ok()?).iter().filter_map(|row| row.as_string()).collect()
    };
    let (base, rows) = texts.split_first()?;
    let base = serde_json::from_str(base).ok()?;
    // What follows a row that cannot be read could not be made again either.
    let rows: Vec<Row> = rows.iter().map_while(|row| serde_json::from_str(row).ok()).collect();
    (!rows.is_empty()).then_some(Kept { base, rows })
}

/// Keeps what work began with, in place of all that was kept of the task, or rows from number `first` on. The future says
/// whether it is kept; `None` where the database is not open.
pub(super) fn write(key: &str, first: u32, rows: &[String]) -> Option<impl Future<Output = bool> + use<>> {
    let database = database()?;
    if first == 0 {
        browser::keep(&format!("{MARK}{key}"), &js_sys::Date::now());
    }
    let put = || -> Result<_, Error> {
        let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite)?;
        let store = transaction.object_store(STORE)?;
        if first == 0 {
            store.delete(range(key)?)?;
        }
        for (at, row) in (first..).zip(rows) {
            store.put(&JsValue::from_str(row), Some(&JsValue::from_str(&name(key, at))))?;
        }
        transaction.commit()
    };
    let written = put();
    Some(async move {
        match written {
            Ok(transaction) => is_committed(transaction).await,
            Err(_) => false,
        }
    })
}

/// Forgets a task, and whatever is too old.
pub(super) async fn forget(key: &str) {
    let now = js_sys::Date::now();
    let is_old = |mark: &String| browser::kept::<f64>(mark).is_none_or(|at| now - at > KEPT_MS);
    let old = browser::kept_keys(MARK).into_iter().filter(is_old);
    let keys: Vec<String> = old.filter_map(|mark| mark.strip_prefix(MARK).map(str::to_owned)).collect();
    // This one at once: the task may be opened again in a moment.
    for key in std::iter::once(key).chain(keys.iter().map(String::as_str)) {
        browser::forget(&format!("{MARK}{key}"));
        let Some(database) = database() else { continue };
        let delete = || -> Result<_, Error> {
            let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite)?;
            transaction.object_store(STORE)?.delete(range(key)?)?;
            transaction.commit()
        };
        if let Ok(transaction) = delete() {
            // Rows without a mark are never read, and deleted with the next work on the task.
            is_committed(transaction).await;
        }
    }
}

/// Whether a request is answered, rather than refused.
async fn is_answered<R: Request>(request: &mut R) -> bool {
    let done = first_of(|yes, no| {
        request.on_success(move |_| yes());
        request.on_error(move |_| no());
    });
    done.await.is_ok_and(|answer| answer.is_truthy())
}

/// Whether what a transaction did is written.
async fn is_committed(mut transaction: Transaction) -> bool {
    let done = first_of(|yes, no| {
        transaction.on_complete(move |_| yes());
        transaction.on_abort(move |_| no());
    });
    done.await.is_ok_and(|answer| answer.is_truthy())
}

/// Which of two things happens: true for the first.
fn first_of(listen: impl FnOnce(Box<dyn FnOnce()>, Box<dyn FnOnce()>)) -> JsFuture {
    let mut listen = Some(listen);
    let promise = Promise::new(&mut |resolve, _| {
        let say = |answer: bool| -> Box<dyn FnOnce()> {
            let resolve = resolve.clone();
            // The browser's own function, which refuses nothing.
            Box::new(move || drop(resolve.call1(&JsValue::NULL, &JsValue::from_bool(answer))))
        };
        if let Some(listen) = listen.take() {
            listen(say(true), say(false));
        }
    });
    JsFuture::from(promise)
}

fn database() -> Option<Rc<Database>> {
    OPEN.with_borrow(Clone::clone)
}

/// Rows of a task stand in the order of their numbers.
fn name(key: &str, at: u32) -> String {
    format!("{key}/{at:010}")
}

fn range(key: &str) -> Result<KeyRange, Error> {
    let (lower, upper) = (JsValue::from_str(&name(key, 0)), JsValue::from_str(&name(key, u32::MAX)));
    KeyRange::bound(&lower, &upper, Some(false), Some(false))
}
