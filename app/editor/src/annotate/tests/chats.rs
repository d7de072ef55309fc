//! Chats: writing, wording anew, picking.

use domain::label_config::{LabelConfig, parse};

use super::*;

fn config(attributes: &str) -> LabelConfig {
    let xml = format!(
        r#"<View><Chat name="chat" value="$chat" {attributes}/>
        <View visibleWhen="region-selected" whenRole="assistant"><Rating name="good" toName="chat" perRegion="true"/></View></View>"#
    );
    parse(&xml).config.unwrap()
}

fn said(id: &str, role: &str, content: &str, at: Option<i64>, origin: &str) -> Value {
    json!({"id": id, "from_name": "chat", "to_name": "chat", "type": "chatmessage", "origin": origin,
        "value": {"chatmessage": {"role": role, "content": content, "createdAt": at}}})
}

fn told(editor: &Editor) -> Vec<String> {
    editor.messages("chat").iter().map(|(_, message)| format!("{}: {}", message.role, message.content)).collect()
}

#[test]
fn messages_are_said_in_order_and_undone_one_by_one() {
    let mut editor = TestEditor::with(&config("messageRoles='user,assistant' maxMessages='3'"), json!([]));
    let given = json!([{"role": "user", "content": "Hi"}]);
    let edit = &mut editor.editor;
    for (role, content, at) in [("user", " One ", 50.0), ("assistant", "Two", 20.0)] {
        assert!(edit.may_say("chat", Some(&given)));
        assert!(edit.say("chat", role, content, at).changed);
    }
    assert!(!edit.may_say("chat", Some(&given)), "the task's message counts");
    assert_eq!(told(edit), ["user: One", "assistant: Two"]);
    let times: Vec<_> = edit.messages("chat").iter().map(|(_, message)| message.created_at).collect();
    assert_eq!(times, [Some(50.0), Some(51.0)], "a clock that went back changes no order");
    for (object, role, content) in [("chat", "system", "x"), ("chat", "user", "  "), ("else", "user", "x")] {
        assert!(!edit.say(object, role, content, 99.0).changed, "{object} {role} {content:?}");
    }
    editor.command(Command::Undo);
    assert_eq!(told(&editor.editor), ["user: One"]);
    let results = editor.editor.results();
    assert_eq!(results[0].0["value"], json!({"chatmessage": {"role": "user", "content": "One", "createdAt": 50}}));
    assert_eq!(results[0].item_type(), "chatmessage");
}

#[test]
fn who_may_word_what_anew() {
    let start = json!([
        said("p", "user", "Proposed", Some(1), "prediction"),
        said("a", "assistant", "Answered", Some(2), "prediction"),
        said("m", "user", "Written", Some(3), "manual"),
    ]);
    let table = [
        ("", [false, false, true]),
        ("editable='true'", [true, true, true]),
        ("editable='assistant'", [false, true, true]),
    ];
    for (attributes, expected) in table {
        let mut editor = TestEditor::with(&config(attributes), start.clone());
        let keys: Vec<RegionKey> = editor.editor.messages("chat").iter().map(|(key, _)| *key).collect();
        let may: Vec<bool> = keys.iter().map(|key| editor.editor.may_reword(*key)).collect();
        assert_eq!(may, expected, "{attributes}");
        for key in keys {
            let may = editor.editor.may_reword(key);
            assert_eq!(editor.editor.reword(key, "Other").changed, may);
        }
        assert_eq!(
            told(&editor.editor).iter().filter(|line| line.ends_with("Other")).count(),
            may.iter().filter(|may| **may).count()
        );
    }
}

#[test]
fn untouched_it_is_stored_as_it_came_and_ordered_by_time() {
    let start = json!([
        said("b", "assistant", "Later", Some(20), "manual"),
        said("a", "user", "Earlier", Some(10), "manual"),
        {"type": "chatmessage", "value": {"role": "user", "content": "Without a name"}, "to_name": "chat", "from_name": "chat"},
    ]);
    let editor = TestEditor::with(&config(""), start.clone());
    assert_eq!(editor.editor.results(), items(start));
    // One without a time follows the one before it.
    assert_eq!(told(&editor.editor), ["user: Earlier", "user: Without a name", "assistant: Later"]);
}

#[test]
fn questions_are_about_the_message_that_is_picked_and_who_said_it() {
    let start =
        json!([said("u", "user", "Why?", Some(1), "manual"), said("a", "assistant", "Because.", Some(2), "manual")]);
    let config = config("");
    let mut editor = TestEditor::with(&config, start);
    let condition =
        [("visibleWhen".to_owned(), "region-selected".to_owned()), ("whenRole".to_owned(), "assistant".to_owned())];
    let keys: Vec<RegionKey> = editor.editor.messages("chat").iter().map(|(key, _)| *key).collect();
    let mut shows = |key: Option<RegionKey>| {
        let _ = editor.editor.select(key.into_iter().collect());
        editor.editor.shows(&condition)
    };
    assert_eq!([shows(None), shows(Some(keys[0])), shows(Some(keys[1]))], [false, false, true]);
    let _ = editor.editor.answer("good", Some(Answer::Rating(4)));
    let results = editor.editor.results();
    let rating = results.iter().find(|item| item.item_type() == "rating").unwrap();
    assert_eq!((rating.id(), &rating.0["value"]["rating"]), ("a", &json!(4)));
    assert_eq!(editor.editor.title(keys[1]), "Assistant");
}
