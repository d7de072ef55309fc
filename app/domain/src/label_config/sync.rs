//! Objects that move together: what plays or runs along time and says so with `sync`.

use std::collections::{BTreeSet, HashMap};

use super::problem::Problems;
use super::xml::{Document, RawElement, shorten};
use super::{LabelConfig, Object, tag};

/// The tags of what plays or runs along time.
const TIMED: [&str; 4] = ["Audio", "Video", "Paragraphs", "TimeSeries"];

impl LabelConfig {
    /// The objects that move together, group by group, each of at least two. Two are in one group when their `sync` says the
    /// same, or that of one is the name of the other.
    #[must_use]
    pub fn sync_groups(&self) -> Vec<Vec<&Object>> {
        let mut groups: Vec<(BTreeSet<&str>, Vec<&Object>)> = Vec::new();
        for object in self.objects.iter().filter(|object| TIMED.contains(&object.tag.as_str())) {
            // No two objects have the same name, so names only meet what somebody's `sync` says.
            let mut keys = BTreeSet::from([object.name.as_str()]);
            keys.extend(object.attribute("sync").map(str::trim).filter(|sync| !sync.is_empty()));
            let mut members = Vec::new();
            // One object may bring together those who had nothing in common before.
            groups.retain_mut(|(known, others)| {
                let is_apart = known.is_disjoint(&keys);
                if !is_apart {
                    keys.append(known);
                    members.append(others);
                }
                is_apart
            });
            members.push(object);
            groups.push((keys, members));
        }
        groups.into_iter().map(|(_, members)| members).filter(|members| members.len() > 1).collect()
    }
}

/// Reports every `sync` that nobody else has and that is nobody's name: that object moves alone.
pub(super) fn check(document: &Document<'_>, problems: &mut Problems) {
    let timed = || {
        let is_timed = |element: &&RawElement<'_>| tag::find(element.tag).is_some_and(|tag| TIMED.contains(&tag.name));
        document.elements.iter().filter(is_timed)
    };
    let words = |element: &RawElement<'_>| -> BTreeSet<String> {
        let written = ["name", "sync"].into_iter().filter_map(|name| element.value(name));
        written.map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
    };
    let mut known: HashMap<String, usize> = HashMap::new();
    for word in timed().flat_map(words) {
        *known.entry(word).or_default() += 1;
    }
    for element in timed() {
        let Some(sync) = element.attribute("sync").filter(|sync| !sync.value.trim().is_empty()) else { continue };
        if words(element).iter().all(|word| known[word] < 2) {
            let message = format!("Nothing else moves together with “{}”.", shorten(sync.value.trim()));
            let hint = "Write the same sync in another object that plays or runs along time, or the name of one.";
            problems.warn(sync.value_span.clone(), "sync_alone", message).hint(hint);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{parse, read};
    use super::*;

    fn groups(config: &LabelConfig) -> Vec<Vec<&str>> {
        config.sync_groups().into_iter().map(|group| group.into_iter().map(|o| o.name.as_str()).collect()).collect()
    }

    #[test]
    fn who_moves_with_whom() {
        let audio = |name: &str, sync: &str| format!("<Audio name='{name}' value='$a' {sync}/>");
        for (inside, expected) in [
            // The same word.
            (audio("a", "sync='g'") + &audio("b", "sync=' g '") + &audio("c", "sync='h'"), vec![vec!["a", "b"]]),
            // The name of the other, which need not know of it; both ways; and through a third.
            (audio("a", "sync='b'") + &audio("b", ""), vec![vec!["a", "b"]]),
            (audio("a", "sync='b'") + &audio("b", "sync='a'"), vec![vec!["a", "b"]]),
            (audio("a", "sync='g'") + &audio("b", "sync='c'") + &audio("c", "sync='g'"), vec![vec!["a", "b", "c"]]),
            (audio("a", "sync='c'") + &audio("b", "sync='c'"), vec![vec!["a", "b"]]),
            // Every kind of what runs along time, and nothing else.
            (
                "<Video name='v' value='$v' sync='g'/><TimeSeries name='t' value='$t' SYNC='g'/>\
                 <Paragraphs name='p' value='$p' sync='g'/><Image name='i' value='$i' sync='g'/>"
                    .to_owned(),
                vec![vec!["v", "t", "p"]],
            ),
            // Two groups.
            (
                audio("a", "sync='g'") + &audio("b", "sync='h'") + &audio("c", "sync='h'") + &audio("d", "sync='g'"),
                vec![vec!["b", "c"], vec!["a", "d"]],
            ),
            // Alone.
            (audio("a", "sync='g'") + &audio("b", ""), vec![]),
            (audio("a", "sync=''") + &audio("b", "sync=' '"), vec![]),
            (audio("a", "sync='a'"), vec![]),
        ] {
            let config = read(&format!("<View>{inside}</View>")).unwrap();
            assert_eq!(groups(&config), expected, "{inside}");
        }
    }

    #[test]
    fn what_is_repeated_moves_with_its_own() {
        let xml = "<View><Repeater on='$calls'><Audio name='call_{{idx}}' value='$calls[{{idx}}].a' sync='talk_{{idx}}'/>\
            <Paragraphs name='talk_{{idx}}' value='$calls[{{idx}}].t'/></Repeater></View>";
        let data = json!({"calls": [{"a": "/1.wav", "t": []}, {"a": "/2.wav", "t": []}]});
        let config = read(xml).unwrap().for_task(data.as_object().unwrap());
        assert_eq!(groups(&config), [["call_0", "talk_0"], ["call_1", "talk_1"]]);
    }

    #[test]
    fn a_sync_with_nobody_is_told() {
        for (inside, expected) in [
            ("<Audio name='a' value='$a' sync='g'/>", 1),
            ("<Audio name='a' value='$a' sync='a'/>", 1),
            ("<Audio name='a' value='$a' sync='i'/><Image name='i' value='$i'/>", 1),
            ("<Audio name='a' value='$a' sync='g'/><Video name='v' value='$v' sync='h'/>", 2),
            ("<Audio name='a' value='$a' sync='g'/><Video name='v' value='$v' sync='g'/>", 0),
            ("<Audio name='a' value='$a' sync='v'/><Video name='v' value='$v'/>", 0),
            // It is named by another one, whatever it says itself.
            ("<Audio name='a' value='$a' sync='v'/><Video name='v' value='$v' sync='x'/>", 0),
            ("<Audio name='a' value='$a' sync=''/>", 0),
        ] {
            let problems = parse(&format!("<View>{inside}</View>")).problems;
            assert_eq!(problems.iter().filter(|problem| problem.code == "sync_alone").count(), expected, "{inside}");
        }
    }
}
