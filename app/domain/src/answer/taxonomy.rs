//! `<Taxonomy>`: paths in a tree, which may be very large and may come branch by branch.
//!
//! The tree is one list of nodes in the order people read them, so that what is open, what matches a search and what is in
//! sight are walks over a list.

use std::collections::HashSet;

use serde_json::Value;

use super::Answer;
use crate::label_config::{Control, Label};
use crate::result::ResultItem;

/// The most nodes of a tree.
pub const MAX_NODES: usize = 1_000_000;
/// The deepest branch.
pub const MAX_DEPTH: usize = 64;
/// What stands between the steps of a path where nobody says otherwise.
const SEPARATOR: &str = " / ";

/// The rules of a `<Taxonomy>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxonomy {
    /// Only what has nothing below it can be picked.
    pub leafs_only: bool,
    /// Picked entries are shown with the whole way to them.
    pub show_full_path: bool,
    /// What stands between the steps of a path.
    pub separator: String,
    /// The most entries.
    pub max_usages: Option<usize>,
    /// Where the tree, or its branches, come from.
    pub api_url: Option<String>,
}

impl Taxonomy {
    pub(super) fn of(control: &Control) -> Self {
        let written =
            |name: &str| control.attribute(name).map(str::to_owned).filter(|written| !written.trim().is_empty());
        Self {
            leafs_only: control.flag("leafsOnly"),
            show_full_path: control.flag("showFullPath"),
            separator: written("pathSeparator").unwrap_or_else(|| SEPARATOR.to_owned()),
            max_usages: written("maxUsages").and_then(|most| most.trim().parse().ok()).filter(|most| *most > 0),
            api_url: written("apiUrl").map(|address| address.trim().to_owned()),
        }
    }

    pub(super) fn initial(&self, control: &Control) -> Option<Answer> {
        let tree = Tree::of_labels(&control.labels);
        let picked: Vec<usize> =
            (0..tree.len()).filter(|at| tree.node(*at).is_some_and(|node| node.selected)).collect();
        let paths: Vec<_> =
            picked.into_iter().map(|at| tree.path(at)).take(self.max_usages.unwrap_or(usize::MAX)).collect();
        (!paths.is_empty()).then_some(Answer::Taxonomy(paths))
    }

    pub(super) fn problem(&self, item: &ResultItem) -> Option<String> {
        let Some(Answer::Taxonomy(paths)) = Answer::from_item(item) else { return None };
        let most = self.max_usages.filter(|most| paths.len() > *most)?;
        Some(format!("There are more entries here than the {most} allowed."))
    }

    /// Whether another entry may be picked.
    #[must_use]
    pub fn has_room(&self, answer: Option<&Answer>) -> bool {
        let count = if let Some(Answer::Taxonomy(paths)) = answer { paths.len() } else { 0 };
        self.max_usages.is_none_or(|most| count < most)
    }

    /// What picking `path` makes of the present answer: it comes or goes. With room for one, it takes the other's place.
    #[must_use]
    pub fn toggled(&self, present: Option<&Answer>, path: &[String]) -> Option<Answer> {
        let mut paths = if let Some(Answer::Taxonomy(paths)) = present { paths.clone() } else { Vec::new() };
        if let Some(at) = paths.iter().position(|known| known == path) {
            paths.remove(at);
        } else if self.max_usages == Some(1) {
            paths = vec![path.to_vec()];
        } else if self.has_room(present) {
            paths.push(path.to_vec());
        }
        (!paths.is_empty()).then_some(Answer::Taxonomy(paths))
    }
}

/// One entry of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeNode {
    /// What is shown.
    pub text: String,
    /// What is stored.
    pub stored: String,
    /// Shown beside it.
    pub hint: Option<String>,
    /// How far in it is, from 0.
    pub depth: usize,
    /// Whether anything is, or may come, below it.
    pub has_children: bool,
    /// What is below it has not been fetched yet.
    pub is_unfetched: bool,
    /// Picked at the start.
    pub selected: bool,
    parent: Option<usize>,
    /// The first node that is not below it.
    end: usize,
}

impl TreeNode {
    /// Whether it is called something with these words, in lower case.
    fn holds(&self, words: &str) -> bool {
        let holds = |text: &str| text.to_lowercase().contains(words);
        holds(&self.text) || (self.stored != self.text && holds(&self.stored))
    }
}

/// A tree in reading order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    nodes: Vec<TreeNode>,
}

impl Tree {
    /// The tree as an interface writes it.
    #[must_use]
    pub fn of_labels(labels: &[Label]) -> Self {
        fn add(tree: &mut Tree, labels: &[Label], parent: Option<usize>, depth: usize) {
            for label in labels {
                let at = tree.push(TreeNode {
                    text: label.value.clone(),
                    stored: label.stored().to_owned(),
                    hint: label.hint.clone(),
                    depth,
                    has_children: !label.children.is_empty(),
                    is_unfetched: false,
                    selected: label.selected,
                    parent,
                    end: 0,
                });
                if depth < MAX_DEPTH {
                    add(tree, &label.children, Some(at), depth + 1);
                }
                tree.nodes[at].end = tree.nodes.len();
            }
        }
        let mut tree = Self::default();
        add(&mut tree, labels, None, 0);
        tree
    }

    /// The tree as data or an `apiUrl` gives it: a list, or `{"items": […]}`, of texts or of objects with `value`, `alias`,
    /// `hint`, `children` and `isLeaf: false` where children are still to be fetched.
    #[must_use]
    pub fn of_json(json: &Value) -> Self {
        let mut tree = Self::default();
        tree.add_json(json, None, 0);
        tree
    }

    fn add_json(&mut self, json: &Value, parent: Option<usize>, depth: usize) {
        let list = json.get("items").unwrap_or(json).as_array().map(Vec::as_slice).unwrap_or_default();
        for item in list {
            if self.nodes.len() >= MAX_NODES {
                return;
            }
            let get = |key: &str| item.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            let Some(text) = item.as_str().or_else(|| get("value")) else { continue };
            let children = item.get("children").and_then(Value::as_array).is_some_and(|children| !children.is_empty());
            let is_open_ended = item.get("isLeaf").and_then(Value::as_bool) == Some(false) && !children;
            let at = self.push(TreeNode {
                text: text.to_owned(),
                stored: get("alias").unwrap_or(text).to_owned(),
                hint: get("hint").map(str::to_owned),
                depth,
                has_children: children || is_open_ended,
                is_unfetched: is_open_ended,
                selected: item.get("selected").and_then(Value::as_bool) == Some(true),
                parent,
                end: 0,
            });
            if children && depth < MAX_DEPTH {
                self.add_json(&item["children"], Some(at), depth + 1);
            }
            self.nodes[at].end = self.nodes.len();
        }
    }

    fn push(&mut self, node: TreeNode) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// An entry by its place.
    #[must_use]
    pub fn node(&self, at: usize) -> Option<&TreeNode> {
        self.nodes.get(at)
    }

    /// The stored values from the outermost entry to this one.
    #[must_use]
    pub fn path(&self, at: usize) -> Vec<String> {
        self.way(at).into_iter().map(|at| self.nodes[at].stored.clone()).collect()
    }

    fn way(&self, at: usize) -> Vec<usize> {
        let mut way: Vec<usize> = std::iter::successors(Some(at), |at| self.nodes.get(*at)?.parent).collect();
        way.retain(|at| *at < self.nodes.len());
        way.reverse();
        way
    }

    /// The entry at a path of stored values.
    #[must_use]
    pub fn find(&self, path: &[String]) -> Option<usize> {
        let (mut from, mut to, mut found) = (0, self.nodes.len(), None);
        for step in path {
            let mut at = from;
            loop {
                let node = self.nodes.get(at).filter(|_| at < to)?;
                if node.stored == *step {
                    break;
                }
                at = node.end;
            }
            found = Some(at);
            (from, to) = (at + 1, self.nodes[at].end);
        }
        found
    }

    /// The texts along a path of stored values; steps that are not in the tree stand for themselves.
    #[must_use]
    pub fn texts(&self, path: &[String]) -> Vec<String> {
        (1..=path.len())
            .map(|length| {
                let found = self.find(&path[..length]).map(|at| self.nodes[at].text.clone());
                found.unwrap_or_else(|| path[length - 1].clone())
            })
            .collect()
    }

    /// The entries to list when these are open: the cost is what is listed, not what is there.
    #[must_use]
    pub fn open(&self, opened: &HashSet<usize>) -> Vec<usize> {
        let mut listed = Vec::new();
        let mut at = 0;
        while let Some(node) = self.nodes.get(at) {
            listed.push(at);
            at = if opened.contains(&at) { at + 1 } else { node.end.max(at + 1) };
        }
        listed
    }

    /// The entries whose text or stored value holds `words` in any case, with the way to each; what is below a match is
    /// not listed unless it matches too.
    #[must_use]
    pub fn search(&self, words: &str) -> Vec<usize> {
        let words = words.trim().to_lowercase();
        let mut wanted = vec![false; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate() {
            if node.holds(&words) {
                let mut step = Some(at);
                while let Some(at) = step.filter(|at| !wanted[*at]) {
                    wanted[at] = true;
                    step = self.nodes[at].parent;
                }
            }
        }
        wanted.into_iter().enumerate().filter(|(_, wanted)| *wanted).map(|(at, _)| at).collect()
    }

    /// Whether an entry is called something with these words, rather than only being on the way to one that is.
    #[must_use]
    pub fn is_match(&self, at: usize, words: &str) -> bool {
        let words = words.trim().to_lowercase();
        !words.is_empty() && self.nodes.get(at).is_some_and(|node| node.holds(&words))
    }

    /// Puts what was fetched below an entry. Places of later entries move; the places that were open before are given back
    /// as they are now.
    #[must_use]
    pub fn grown(&self, below: usize, fetched: &Value, opened: &HashSet<usize>) -> (Self, HashSet<usize>) {
        let Some(node) = self.nodes.get(below) else { return (self.clone(), opened.clone()) };
        let branch = Self::of_json(fetched);
        let (at, by, depth) = (node.end, branch.len(), node.depth + 1);
        let moved = |place: usize| if place >= at { place + by } else { place };
        let mut nodes: Vec<TreeNode> = Vec::with_capacity(self.nodes.len() + by);
        nodes.extend(self.nodes[..at].iter().cloned().enumerate().map(|(place, mut known)| {
            // Whatever ends here and holds the entry ends later now.
            if known.end > at || (known.end == at && place <= below) {
                known.end += by;
            }
            known
        }));
        nodes.extend(branch.nodes.into_iter().map(|mut new| {
            new.depth += depth;
            new.parent = Some(new.parent.map_or(below, |parent| parent + at));
            new.end += at;
            new
        }));
        nodes.extend(self.nodes[at..].iter().cloned().map(|mut known| {
            known.parent = known.parent.map(moved);
            known.end += by;
            known
        }));
        nodes[below].is_unfetched = false;
        nodes[below].has_children = by > 0;
        (Self { nodes }, opened.iter().map(|place| moved(*place)).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tree() -> Tree {
        Tree::of_json(&json!([
            {"value": "Home", "children": [{"value": "Kitchen", "children": ["Pans", "Pots"]}, "Lamps"]},
            {"value": "Outdoors", "alias": "out", "isLeaf": false},
            "Office"
        ]))
    }

    fn texts(tree: &Tree, places: &[usize]) -> Vec<String> {
        places.iter().map(|at| tree.node(*at).unwrap().text.clone()).collect()
    }

    fn path(steps: &[&str]) -> Vec<String> {
        steps.iter().map(|step| (*step).to_owned()).collect()
    }

    #[test]
    fn what_is_open_is_listed() {
        let tree = tree();
        assert_eq!(texts(&tree, &tree.open(&HashSet::new())), ["Home", "Outdoors", "Office"]);
        assert_eq!(texts(&tree, &tree.open(&HashSet::from([0]))), ["Home", "Kitchen", "Lamps", "Outdoors", "Office"]);
        // What is open inside something closed is not listed.
        assert_eq!(texts(&tree, &tree.open(&HashSet::from([1]))), ["Home", "Outdoors", "Office"]);
    }

    #[test]
    fn searching_lists_the_way_to_each_match() {
        let tree = tree();
        assert_eq!(texts(&tree, &tree.search("po")), ["Home", "Kitchen", "Pots"]);
        assert_eq!(texts(&tree, &tree.search(" OUT ")), ["Outdoors"]);
        assert_eq!(texts(&tree, &tree.search("kit")), ["Home", "Kitchen"]);
        let matches =
            |words: &str| tree.search(words).into_iter().filter(|at| tree.is_match(*at, words)).collect::<Vec<_>>();
        assert_eq!(texts(&tree, &matches("kit")), ["Kitchen"]);
        assert!(!tree.is_match(0, " "));
        assert!(tree.search("nothing").is_empty());
    }

    #[test]
    fn paths_lead_there_and_back() {
        let tree = tree();
        for at in 0..tree.len() {
            assert_eq!(tree.find(&tree.path(at)), Some(at));
        }
        assert_eq!(tree.path(3), path(&["Home", "Kitchen", "Pots"]));
        assert_eq!(tree.find(&path(&["Home", "Pots"])), None);
        assert_eq!(tree.find(&path(&["out"])), Some(5));
        assert_eq!(tree.texts(&path(&["out", "new"])), ["Outdoors", "new"]);
    }

    #[test]
    fn branches_come_when_they_are_opened() {
        let tree = tree();
        assert!(tree.node(5).unwrap().is_unfetched);
        let (tree, opened) = tree.grown(
            5,
            &json!({"items": ["Tents", {"value": "Bikes", "children": ["Red"]}]}),
            &HashSet::from([0, 5]),
        );
        assert_eq!(opened, HashSet::from([0, 5]));
        assert_eq!(
            texts(&tree, &tree.open(&opened)),
            ["Home", "Kitchen", "Lamps", "Outdoors", "Tents", "Bikes", "Office"]
        );
        assert_eq!(tree.path(8), path(&["out", "Bikes", "Red"]));
        // A branch in the middle of another one: all that holds it grows with it.
        let (tree, _) = tree.grown(3, &json!(["Small"]), &HashSet::new());
        assert_eq!(tree.path(4), path(&["Home", "Kitchen", "Pots", "Small"]));
        for at in 0..tree.len() {
            assert_eq!(tree.find(&tree.path(at)), Some(at), "{:?}", tree.path(at));
        }
        assert_eq!(texts(&tree, &tree.open(&HashSet::new())), ["Home", "Outdoors", "Office"]);
    }

    #[test]
    fn entries_come_and_go_within_their_number() {
        let rules = |most| Taxonomy {
            leafs_only: false,
            show_full_path: false,
            separator: String::new(),
            max_usages: most,
            api_url: None,
        };
        let (a, b) = (path(&["A"]), path(&["A", "B"]));
        let one = rules(None).toggled(None, &a);
        assert_eq!(rules(None).toggled(one.as_ref(), &b), Some(Answer::Taxonomy(vec![a.clone(), b.clone()])));
        assert_eq!(rules(None).toggled(one.as_ref(), &a), None);
        assert_eq!(rules(Some(1)).toggled(one.as_ref(), &b), Some(Answer::Taxonomy(vec![b.clone()])));
        let two = rules(None).toggled(one.as_ref(), &b);
        assert_eq!(rules(Some(2)).toggled(two.as_ref(), &path(&["C"])), two);
        assert!(!rules(Some(2)).has_room(two.as_ref()));
    }

    #[test]
    fn a_hundred_thousand_entries_are_searched_at_once() {
        let list: Vec<Value> = (0..100)
            .map(|a| json!({"value": format!("Group {a}"), "children": (0..1000).map(|b| format!("Entry {a}-{b}")).collect::<Vec<_>>()}))
            .collect();
        let tree = Tree::of_json(&Value::Array(list));
        assert_eq!(tree.len(), 100_100);
        assert_eq!(texts(&tree, &tree.search("entry 42-999")), ["Group 42", "Entry 42-999"]);
        assert_eq!(tree.open(&HashSet::from([0])).len(), 1_100);
    }
}
