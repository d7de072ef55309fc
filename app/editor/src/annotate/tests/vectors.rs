//! Vectors, and boxes of three points.

use super::*;

const VECTOR: ToolKind = ToolKind::Draw(ShapeKind::Vector);

fn drawing() -> TestEditor {
    let mut editor = TestEditor::new();
    editor.tool(VECTOR);
    editor
}

fn line() -> TestEditor {
    let mut editor = drawing();
    editor.click(100.0, 100.0).click(200.0, 100.0).click(200.0, 200.0).key(Key::Enter);
    editor
}

#[test]
fn vectors_end_open_or_closed() {
    line().state_is("Idle").regions_are(&["Road vector 1<-:100,100 2<1:200,100 3<2:200,200"]);
    drawing()
        .click(100.0, 100.0)
        .click(200.0, 100.0)
        .double_click(200.0, 200.0)
        .state_is("Idle")
        .regions_are(&["Road vector 1<-:100,100 2<1:200,100 3<2:200,200"]);
    drawing()
        .click(100.0, 100.0)
        .click(200.0, 100.0)
        .click(200.0, 200.0)
        .click(101.0, 99.0)
        .state_is("Idle")
        .regions_are(&["Road vector closed 1<-:100,100 2<1:200,100 3<2:200,200"])
        .command(Command::Undo)
        .regions_are(&[]);
    // One point is no line; Escape leaves nothing.
    drawing().click(100.0, 100.0).key(Key::Enter).state_is("Vector").key(Key::Escape).state_is("Idle").regions_are(&[]);
}

#[test]
fn a_vector_with_all_its_points_ends_by_itself() {
    let mut editor = drawing();
    for n in 0..6 {
        editor.click(100.0 + 20.0 * f64::from(n), 100.0);
    }
    editor.state_is("Idle");
    assert_eq!(editor.regions().len(), 1);
}

#[test]
fn points_are_taken_back_and_skeletons_branch() {
    drawing()
        .click(100.0, 100.0)
        .click(150.0, 100.0)
        .click(300.0, 300.0)
        .key(Key::Backspace)
        .click(200.0, 50.0)
        // Back to the fork.
        .click(150.0, 100.0)
        .click(200.0, 150.0)
        .key(Key::Enter)
        .regions_are(&["Road vector 1<-:100,100 2<1:150,100 3<2:200,50 4<2:200,150"]);
    let mut editor = drawing();
    editor.click(100.0, 100.0).click(150.0, 100.0).command(Command::Undo).command(Command::Undo).state_is("Idle");
}

#[test]
fn a_drag_while_setting_a_point_bends_the_line() {
    let mut editor = drawing();
    editor.click(100.0, 200.0).drag((200.0, 200.0), (240.0, 200.0)).click(300.0, 250.0).key(Key::Enter);
    editor.regions_are(&["Road vector 1<-:100,200 2~<1:200,200 3<2:300,250"]);
    let vertex = |editor: &TestEditor| match &editor.editor.document().marks().next().unwrap().1.region.shape {
        Shape::Vector(vector) => vector.vertices[1].clone(),
        other => panic!("{other:?}"),
    };
    let at = domain::region::ImagePoint::new;
    assert_eq!(vertex(&editor).handle_in, Some(at(160.0, 200.0)));
    assert_eq!(vertex(&editor).handle_out, Some(at(240.0, 200.0)));
    // The other handle stays opposite, with Alt it stays where it is.
    editor.tool(ToolKind::Select).drag((240.0, 200.0), (240.0, 220.0));
    assert_eq!(vertex(&editor).handle_in, Some(at(160.0, 180.0)));
    editor.holding(ALT).drag((160.0, 180.0), (160.0, 200.0)).holding(NONE);
    assert_eq!(
        (vertex(&editor).handle_in, vertex(&editor).handle_out),
        (Some(at(160.0, 200.0)), Some(at(240.0, 220.0)))
    );
    // The point takes its handles along; Shift and a click makes it sharp.
    editor.drag((200.0, 200.0), (210.0, 200.0));
    assert_eq!(vertex(&editor).handle_out, Some(at(250.0, 220.0)));
    editor.holding(SHIFT).click(210.0, 200.0).holding(NONE);
    editor.regions_are(&["Road vector 1<-:100,200 2<1:210,200 3<2:300,250"]);
    editor.holding(SHIFT).click(210.0, 200.0).holding(NONE);
    editor.regions_are(&["Road vector 1<-:100,200 2~<1:210,200 3<2:300,250"]);
}

#[test]
fn points_are_moved_made_and_removed() {
    let mut editor = line();
    editor.tool(ToolKind::Select).drag((200.0, 100.0), (220.0, 90.0));
    editor.regions_are(&["Road vector 1<-:100,100 2<1:220,90 3<2:200,200"]);
    editor.drag((160.0, 95.0), (160.0, 50.0));
    editor.regions_are(&["Road vector 1<-:100,100 4<1:160,50 2<4:220,90 3<2:200,200"]);
    editor.key(Key::Delete).regions_are(&["Road vector 1<-:100,100 2<1:220,90 3<2:200,200"]);
    editor.holding(ALT).click(220.0, 90.0).regions_are(&["Road vector 1<-:100,100 3<1:200,200"]);
    // Two points are the least.
    editor.click(200.0, 200.0).holding(NONE).regions_are(&["Road vector 1<-:100,100 3<1:200,200"]);
    editor.command(Command::Undo).command(Command::Undo).command(Command::Undo).command(Command::Undo);
    editor.regions_are(&["Road vector 1<-:100,100 2<1:200,100 3<2:200,200"]);
    // A line is picked near it, not beside it; it moves as a whole and stays on the image.
    editor.key(Key::Escape).click(150.0, 130.0).selected_are(&[]).drag((130.0, 101.0), (900.0, 101.0));
    editor.regions_are(&["Road vector 1<-:500,100 2<1:600,100 3<2:600,200"]);
}

#[test]
fn vectors_are_stored_as_label_studio_has_them() {
    let mut editor = line();
    let results = editor.editor.results();
    let item = results[0].value().unwrap();
    assert_eq!(results[0].item_type(), "vectorlabels");
    assert_eq!(item["closed"], json!(false));
    assert_eq!(item["vectorlabels"], json!(["Road"]));
    let vertices = item["vertices"].as_array().unwrap();
    assert_eq!(vertices.len(), 3);
    assert_eq!(
        (&vertices[1]["id"], &vertices[1]["prevPointId"], &vertices[1]["isBezier"]),
        (&json!("2"), &json!("1"), &json!(false))
    );
    assert!((vertices[1]["y"].as_f64().unwrap() - 25.0).abs() < 1e-9);
    assert_eq!(vertices[0]["prevPointId"], json!(null));
    editor.command(Command::Undo);
}

#[test]
fn a_box_of_three_points() {
    let table = [
        ([(100.0, 100.0), (200.0, 100.0), (150.0, 140.0)], "Cat box 100,100 100x40"),
        ([(100.0, 100.0), (200.0, 100.0), (150.0, 60.0)], "Cat box 200,100 100x40 @180"),
        ([(100.0, 100.0), (100.0, 200.0), (60.0, 150.0)], "Cat box 100,100 100x40 @90"),
        ([(100.0, 300.0), (200.0, 200.0), (200.0, 300.0)], "Cat box 100,300 141.4x70.7 @315"),
    ];
    for (points, expected) in table {
        let mut editor = TestEditor::new();
        editor.tool(ToolKind::Turned);
        for (n, (x, y)) in points.iter().enumerate() {
            editor.glide(*x, *y).click(*x, *y);
            assert_eq!(editor.regions().len(), usize::from(n == 2), "{points:?} after {n}");
        }
        editor.state_is("Idle").regions_are(&[expected]);
    }
    // The side by a drag; a third point outside gives the largest box that is on the image.
    TestEditor::new()
        .tool(ToolKind::Turned)
        .drag((100.0, 300.0), (200.0, 300.0))
        .state_is("Depth")
        .glide(150.0, 900.0)
        .click(150.0, 900.0)
        .regions_are(&["Cat box 100,300 100x100"]);
    TestEditor::new().tool(ToolKind::Turned).click(100.0, 100.0).key(Key::Escape).state_is("Idle").regions_are(&[]);
}
