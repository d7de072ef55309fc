//! The list of regions: in order, looked through, and label by label.

use super::*;
use crate::annotate::{Entry, Wanted};

fn box_of(id: &str, label: &str) -> Value {
    let mut item = boxed(id, 10.0, 10.0, 20.0, 20.0, 0.0);
    item["value"]["rectanglelabels"] = json!([label]);
    item
}

fn lines(editor: &TestEditor, words: &str, by_label: bool) -> Vec<String> {
    let wanted = Wanted { words: words.to_owned(), by_label };
    let line = |entry: Entry| match entry {
        Entry::Head { title, count } => format!("{title} ({count})"),
        Entry::Region { number, .. } => number.to_string(),
    };
    editor.editor.listing(&wanted).into_iter().map(line).collect()
}

#[test]
fn regions_are_listed_found_and_put_together() {
    let results = json!([box_of("a", "Dog"), box_of("b", "Cat"), box_of("c", "Dog"), box_of("d", "Cat")]);
    let mut editor = TestEditor::with(&config::boxes_and_choices(), results);
    assert_eq!(lines(&editor, "", false), ["1", "2", "3", "4"]);
    assert_eq!(lines(&editor, " dO ", false), ["1", "3"]);
    assert_eq!(lines(&editor, "horse", true), Vec::<String>::new());
    assert_eq!(lines(&editor, "", true), ["Dog (2)", "1", "3", "Cat (2)", "2", "4"]);
    // A number stays that of the region, whatever is left out.
    assert_eq!(lines(&editor, "cat", true), ["Cat (2)", "2", "4"]);
    let keys: Vec<RegionKey> = editor.editor.listing(&Wanted::default()).iter().filter_map(Entry::key).collect();
    let _ = editor.editor.set_remark(keys[3], "Half hidden");
    assert_eq!(lines(&editor, "half", false), ["4"]);
    let _ = editor.editor.remove(keys[0]);
    assert_eq!(lines(&editor, "", true), ["Cat (2)", "1", "3", "Dog (1)", "2"]);
}
