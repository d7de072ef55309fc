//! New regions: by drag, by clicks, by keyboard.

use super::*;

#[test]
fn boxes_by_drag_and_by_two_clicks() {
    TestEditor::new()
        .tool(BOX)
        .drag((10.0, 20.0), (40.0, 60.0))
        .regions_are(&["Cat box 10,20 30x40"])
        .click(200.0, 200.0)
        .state_is("Box")
        .glide(260.0, 240.0)
        .click(260.0, 250.0)
        .state_is("Idle")
        .regions_are(&["Cat box 10,20 30x40", "Cat box 200,200 60x50"])
        .selected_are(&["Cat box 200,200 60x50"]);
}

#[test]
fn a_box_stays_on_the_image_and_shift_makes_it_square() {
    TestEditor::new()
        .tool(BOX)
        .drag((550.0, 350.0), (900.0, 900.0))
        .regions_are(&["Cat box 550,350 50x50"])
        .holding(SHIFT)
        .drag((100.0, 100.0), (160.0, 110.0))
        .regions_are(&["Cat box 550,350 50x50", "Cat box 100,100 60x60"]);
}

#[test]
fn polygons_close_in_three_ways() {
    let triangle = ["Cat polygon 100,100 200,100 150,200"];
    let start = || {
        let mut editor = TestEditor::new();
        editor.tool(POLYGON).click(100.0, 100.0).click(200.0, 100.0).click(150.0, 200.0).state_is("Polygon");
        editor
    };
    start().click(103.0, 98.0).state_is("Idle").regions_are(&triangle);
    start().key(Key::Enter).state_is("Idle").regions_are(&triangle);
    TestEditor::new()
        .tool(POLYGON)
        .click(100.0, 100.0)
        .click(200.0, 100.0)
        .double_click(150.0, 200.0)
        .state_is("Idle")
        .regions_are(&triangle);
    start()
        .click(300.0, 300.0)
        .key(Key::Backspace)
        .key(Key::Enter)
        .regions_are(&triangle)
        .command(Command::Undo)
        .regions_are(&[]);
    start().key(Key::Escape).state_is("Idle").regions_are(&[]);
    TestEditor::new()
        .tool(POLYGON)
        .click(1.0, 1.0)
        .click(50.0, 50.0)
        .key(Key::Enter)
        .state_is("Polygon")
        .regions_are(&[]);
}

#[test]
fn key_points_are_set_where_the_press_ends() {
    TestEditor::new()
        .tool(POINT)
        .press(10.0, 10.0)
        .glide(12.0, 13.0)
        .release(12.0, 14.0)
        .regions_are(&["Eye point 12,14"]);
}

#[test]
fn without_a_selection_a_key_picks_the_next_label_and_its_tool() {
    TestEditor::new()
        .tool(ToolKind::Select)
        .key(Key::Char('3'))
        .click(5.0, 5.0)
        .key(Key::Escape)
        .key(Key::Char('w'))
        .drag((100.0, 100.0), (120.0, 120.0))
        .regions_are(&["Eye point 5,5", "Dog box 100,100 20x20"]);
}

#[test]
fn drawing_without_a_pointer() {
    let mut editor = TestEditor::new();
    editor.tool(BOX).key(Key::Enter).key(Key::Left);
    assert_eq!(editor.regions().len(), 1);
    editor.command(Command::TurnRight).command(Command::TurnRight);
    assert!(editor.regions()[0].ends_with("@30"), "{:?}", editor.regions());
    editor.tool(POLYGON).key(Key::Enter).tool(POINT).key(Key::Enter);
    assert_eq!(editor.regions().len(), 3);
}

#[test]
fn the_key_after_a_drawing_is_for_the_next_one() {
    let mut editor = TestEditor::new();
    editor.key(Key::Char('1')).drag((10.0, 10.0), (60.0, 60.0)).key(Key::Char('w')).drag((100.0, 10.0), (160.0, 60.0));
    editor.regions_are(&["Cat box 10,10 50x50", "Dog box 100,10 60x50"]);
    // It can be adjusted at once, and is still the one just drawn.
    editor.selected_are(&["Dog box 100,10 60x50"]).key(Key::Right).key(Key::Char('1')).selected_are(&[]);
    editor.regions_are(&["Cat box 10,10 50x50", "Dog box 101,10 60x50"]);
    // One that was picked takes the label.
    editor.tool(ToolKind::Select).click(140.0, 40.0).key(Key::Char('1'));
    editor.regions_are(&["Cat box 10,10 50x50", "Cat box 101,10 60x50"]);
}
