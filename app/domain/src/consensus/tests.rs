//! Published figures, reproduced, and crowds whose truth is known.

use super::*;

/// The toy crowd of crowd-kit: five workers, five questions, `n` is 0 and `y` is 1.
fn toy() -> Votes {
    let rows = ["nyyyy", "yynyn", ".ynyn", "ynyyn", "nnnyn"];
    let votes = rows.iter().enumerate().flat_map(|(worker, row)| {
        let said = row.chars().enumerate().filter(|(_, letter)| *letter != '.');
        said.map(move |(item, letter)| Vote { item, worker, label: usize::from(letter == 'y') })
    });
    Votes::new(5, 5, 2, votes)
}

fn labels(belief: &Belief) -> String {
    (0..5).map(|item| if belief.best(item).unwrap().0 == 1 { 'y' } else { 'n' }).collect()
}

fn near(found: &[f64], expected: &[f64], margin: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (one, other) in found.iter().zip(expected) {
        assert!((one - other).abs() < margin, "{what}: {found:?} is not {expected:?}");
    }
}

#[test]
fn votes_are_counted_as_by_crowd_kit() {
    let counted = majority(&toy());
    assert_eq!(labels(&counted), "nynyn");
    near(counted.of(1), &[0.4, 0.6], 1e-12, "the second");
    let (belief, skills) = wawa(&toy());
    assert_eq!(labels(&belief), "nynyn");
    near(&skills, &[0.6, 0.8, 1.0, 0.4, 0.8], 1e-12, "skills");
    near(belief.of(0), &[7.0 / 13.0, 6.0 / 13.0], 1e-12, "the first");
    // A trusted worker against two of whom little is known.
    let trusted = weighted(&toy(), &[0.0, 5.0, 0.0, 1.0, 1.0]);
    near(trusted.of(0), &[1.0 / 7.0, 6.0 / 7.0], 1e-12, "by trust");
}

#[test]
fn dawid_and_skene_find_the_truth() {
    let found = dawid_skene(&toy(), Until::default());
    assert_eq!(labels(&found.belief), "yynyn");
    near(&found.shares, &[0.4, 0.6], 1e-4, "shares");
    // As crowd-kit 1.4.1 prints them: by worker, of no and of yes, who says no and who says yes.
    let expected = [
        [[0.0, 1.0], [0.3333, 0.6667]],
        [[1.0, 0.0], [0.0, 1.0]],
        [[1.0, 0.0], [0.0, 1.0]],
        [[0.5, 0.5], [0.3333, 0.6667]],
        [[1.0, 0.0], [0.6667, 0.3333]],
    ];
    for (worker, expected) in found.confusions.iter().zip(expected) {
        for (row, expected) in worker.iter().zip(expected) {
            near(row, &expected, 1e-3, "confusions");
        }
    }
    near(&found.skills, &[0.4, 1.0, 1.0, 0.6, 0.6], 1e-3, "skills");
}

#[test]
fn mace_and_glad_find_who_can_be_trusted() {
    let found = mace(&toy(), Until::default());
    assert_eq!(labels(&found.belief), "yynyn");
    assert!(found.trust[1] > 0.8 && found.trust[2] > 0.8 && found.trust[0] < 0.3, "{:?}", found.trust);
    let found = glad(&toy(), Until::default());
    assert!(
        found.abilities[2] > found.abilities[3] && found.abilities[1] > found.abilities[0],
        "{:?}",
        found.abilities
    );
}

/// Numbers that look drawn, always the same: a linear congruential generator.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// 300 items of three labels, five votes each, from ten workers of whom the last four know nothing.
fn crowd() -> (Votes, Vec<usize>) {
    let mut drawn = Drawn(7);
    let truth: Vec<usize> = (0..300).map(|_| usize::try_from(drawn.below(3)).unwrap()).collect();
    let mut votes = Vec::new();
    for (item, label) in truth.iter().enumerate() {
        let first = usize::try_from(drawn.below(10)).unwrap();
        for worker in (0..5).map(|step| (first + 3 * step) % 10) {
            let knows = worker < 6 && drawn.below(100) < 85;
            let said = if knows {
                *label
            } else if worker > 7 {
                0
            } else {
                usize::try_from(drawn.below(3)).unwrap()
            };
            votes.push(Vote { item, worker, label: said });
        }
    }
    (Votes::new(300, 10, 3, votes), truth)
}

#[test]
fn who_looks_at_workers_is_right_more_often_than_who_counts() {
    let (votes, truth) = crowd();
    let right = |belief: &Belief| {
        truth.iter().enumerate().filter(|(item, label)| belief.best(*item).unwrap().0 == **label).count()
    };
    let counted = right(&majority(&votes));
    for (name, belief) in [
        ("Wawa", wawa(&votes).0),
        ("Dawid and Skene", dawid_skene(&votes, Until::default()).belief),
        ("one coin", one_coin(&votes, Until::default()).belief),
        ("GLAD", glad(&votes, Until::default()).belief),
        ("MACE", mace(&votes, Until::default()).belief),
    ] {
        let found = right(&belief);
        assert!(found > counted, "{name}: {found} of 300, and {counted} by counting");
        for item in belief.items() {
            assert!(
                (item.iter().sum::<f64>() - 1.0).abs() < 1e-9 && item.iter().all(|share| (0.0..=1.0).contains(share))
            );
        }
    }
    let trust = mace(&votes, Until::default()).trust;
    assert!(trust[..6].iter().all(|trust| *trust > 0.6) && trust[6..].iter().all(|trust| *trust < 0.4), "{trust:?}");
}

#[test]
fn what_nobody_answered_is_open() {
    let nobody = Votes::new(2, 3, 2, [Vote { item: 0, worker: 0, label: 1 }, Vote { item: 9, worker: 0, label: 1 }]);
    assert_eq!(nobody.all().len(), 1);
    for belief in [
        majority(&nobody),
        wawa(&nobody).0,
        dawid_skene(&nobody, Until::default()).belief,
        one_coin(&nobody, Until::default()).belief,
        glad(&nobody, Until::default()).belief,
        mace(&nobody, Until::default()).belief,
    ] {
        assert_eq!(belief.best(0).unwrap().0, 1);
        assert!(belief.of(1).iter().all(|share| share.is_finite()), "{belief:?}");
    }
    let empty = Votes::new(0, 0, 0, []);
    assert_eq!(dawid_skene(&empty, Until::default()).rounds, 1);
    assert_eq!(mace(&empty, Until::default()).belief.items().count(), 0);
}
