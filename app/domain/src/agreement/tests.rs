//! Published figures, reproduced.

use super::*;

/// Items as words of one digit per rater, `.` where one said nothing.
fn ratings(text: &str) -> Ratings {
    let digit = |letter: char| letter.to_digit(10).and_then(|digit| usize::try_from(digit).ok());
    let items: Vec<Vec<Option<usize>>> =
        text.split_whitespace().map(|item| item.chars().map(digit).collect()).collect();
    let raters = items.first().map_or(0, Vec::len);
    let categories = items.iter().flatten().flatten().max().map_or(0, |most| most + 1);
    Ratings::new(raters, categories, items)
}

/// Of a table of two raters: how often the first gave the row and the second the column.
fn table<const N: usize>(counts: [[usize; N]; N]) -> Ratings {
    let cell = |(row, column): (usize, usize)| std::iter::repeat_n([Some(row), Some(column)], counts[row][column]);
    Ratings::new(2, N, (0..N * N).map(|at| (at / N, at % N)).flat_map(cell))
}

fn near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() < 1e-6, "{what}: {found} is not {expected}");
}

const FOUR_RATERS: &str = "00.0 1121 2222 2222 1111 0123 3333 0010 1111 .444 ..00 ..2.";
const FIVE_OBSERVERS: &str =
    "112.2 1101. 2333. .00.0 000.0 000.0 102.1 1.20. 222.2 2111. .100. 0000. 1222. 33223 111.1";
const TWO_GROUPS: &str = "00.0 1121 2222 2222 1111 0123 3333 0010 1111 .444 ..00 ..2. 1121 1021";
const GENDER: &str = "0002 0012 0012 0022 0100 1000 1111 1211 2222 0002 0012 0012 0022 0100 1000";
const BEN_GERRY: &str = "01 00 11 11 31 22 22 22 44 3. 33 03";

/// A coefficient and its standard error, by irrCAC 0.4.4.
type Told = (f64, f64);

#[test]
fn coefficients_are_those_of_irrcac() {
    use Weights::{Identity, Linear, Ordinal, Quadratic};
    // Brennan and Prediger, Conger, Fleiss, Gwet.
    let cases: [(&str, Weights, [Told; 4]); 11] = [
        (
            FOUR_RATERS,
            Identity,
            [(0.7727273, 0.1447166), (0.7628174, 0.1491682), (0.7611693, 0.1530192), (0.7754441, 0.14295)],
        ),
        (
            FOUR_RATERS,
            Linear,
            [(0.8484848, 0.1233561), (0.8137763, 0.1450854), (0.8179448, 0.1485044), (0.8587391, 0.117329)],
        ),
        (
            FOUR_RATERS,
            Quadratic,
            [(0.9015152, 0.1108944), (0.8577107, 0.1436707), (0.8649351, 0.1460336), (0.9140007, 0.1039622)],
        ),
        (
            FOUR_RATERS,
            Ordinal,
            [(0.8863636, 0.1139059), (0.8436595, 0.1441), (0.8502062, 0.1470357), (0.8989398, 0.1069035)],
        ),
        (
            FIVE_OBSERVERS,
            Identity,
            [(0.4874074, 0.1208916), (0.4692743, 0.1166635), (0.4576217, 0.1204501), (0.4966221, 0.1219734)],
        ),
        (
            FIVE_OBSERVERS,
            Linear,
            [(0.6657778, 0.0856766), (0.6240524, 0.1058701), (0.61185, 0.1097387), (0.6896394, 0.0876908)],
        ),
        (
            FIVE_OBSERVERS,
            Quadratic,
            [(0.8062222, 0.0585954), (0.7617881, 0.0925048), (0.7507191, 0.0973207), (0.8304336, 0.0582464)],
        ),
        (
            FIVE_OBSERVERS,
            Ordinal,
            [(0.7594074, 0.0672131), (0.713119, 0.0984891), (0.7012211, 0.1029694), (0.7853418, 0.0681876)],
        ),
        (
            TWO_GROUPS,
            Identity,
            [(0.6794872, 0.1362375), (0.658589, 0.1459975), (0.6572453, 0.1499186), (0.6846038, 0.1335332)],
        ),
        (
            GENDER,
            Identity,
            [(0.1833333, 0.1019648), (0.1657208, 0.121206), (0.1288889, 0.1405013), (0.2080808, 0.0906968)],
        ),
        (
            BEN_GERRY,
            Identity,
            [(0.6590909, 0.1852719), (0.6571429, 0.1794304), (0.6493506, 0.1912955), (0.661442, 0.1839622)],
        ),
    ];
    for (text, weights, told) in cases {
        let ratings = ratings(text);
        let found = [brennan_prediger, conger, fleiss, gwet].map(|coefficient| coefficient(&ratings, weights).unwrap());
        for (found, (value, error)) in found.iter().zip(told) {
            near(found.value, value, text);
            near(found.standard_error.unwrap(), error, text);
        }
    }
    let gwet = gwet(&ratings(FIVE_OBSERVERS), Identity).unwrap();
    near(gwet.low, 0.2350152, "the low end");
    near(gwet.high, 0.7582289, "the high end");
    near(percent(&ratings(FOUR_RATERS), Identity).unwrap().value, 0.8181818, "percent");
}

#[test]
fn alpha_is_that_of_irrcac() {
    for (text, value, error) in [
        (FOUR_RATERS, 0.743_421_1, None),
        (FIVE_OBSERVERS, 0.480_530_2, None),
        (TWO_GROUPS, 0.631_805_7, None),
        // Where every item has as many ratings. Otherwise irrCAC takes the figure for small samples in the place of the other
        // within its error, which changes the fourth digit.
        (GENDER, 0.143_407_4, Some(0.140_501_3)),
        (BEN_GERRY, 0.664_893_6, Some(0.180_071_4)),
    ] {
        let found = krippendorff(&ratings(text), Metric::Nominal).unwrap();
        near(found.value, value, text);
        if let Some(error) = error {
            near(found.standard_error.unwrap(), error, text);
        }
    }
}

#[test]
fn alpha_is_that_of_krippendorff() {
    // Three raters of fifteen items, as in the package `krippendorff`; values from 1 to 4.
    let rows = [".....34121133.3", "1.213343.......", "..21344.21133.4"];
    let rows: Vec<Vec<char>> = rows.iter().map(|row| row.chars().collect()).collect();
    let items: Vec<String> = (0..15).map(|item| rows.iter().map(|row| row[item]).collect()).collect();
    let fifteen = ratings(&items.join(" "));
    let values = [0.0, 1.0, 2.0, 3.0, 4.0];
    for (metric, value) in [
        (Metric::Nominal, 0.691_358_025),
        (Metric::Ordinal, 0.806_721_420),
        (Metric::Interval(&values), 0.810_844_893),
        (Metric::Ratio(&values), 0.808_943_671),
    ] {
        near(krippendorff(&fifteen, metric).unwrap().value, value, "fifteen items");
    }
    // Four raters of twelve items.
    let twelve = ratings("11.1 2232 3333 3333 2222 1234 4444 1121 2222 .555 ..11 ..3.");
    let values = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
    for (metric, value) in [
        (Metric::Nominal, 0.743_421_053),
        (Metric::Ordinal, 0.815_387_504),
        (Metric::Interval(&values), 0.849_107_143),
        (Metric::Ratio(&values), 0.797_402_775),
    ] {
        near(krippendorff(&twelve, metric).unwrap().value, value, "twelve items");
    }
    // On a circle of four places the first and the last are neighbors: sin² of an eighth of the way round, ½.
    let near_by = krippendorff(&ratings("03 12 01 23"), Metric::Circular).unwrap().value;
    let far = krippendorff(&ratings("02 13 02 13"), Metric::Circular).unwrap().value;
    assert!(near_by > far, "{near_by} {far}");
    // The same step weighs more near an end.
    let bipolar = |text: &str| {
        let ends = (0.0, 10.0);
        let values = [1.0, 2.0, 5.0, 6.0];
        krippendorff(&ratings(text), Metric::Bipolar { values: &values, ends }).unwrap().value
    };
    assert!(bipolar("22 00 33 11 23") > bipolar("22 00 33 11 01"));
}

#[test]
fn kappa_is_that_of_published_tables() {
    let abstractors = table([[13, 0, 0], [0, 20, 7], [0, 4, 56]]);
    near(cohen(&abstractors, Weights::Identity).unwrap().value, 0.796_409, "Cohen");
    assert_eq!(format!("{:.5}", scott(&abstractors, Weights::Identity).unwrap().value), "0.79624");
    let diagnoses = table([[40, 4, 4, 17], [6, 25, 2, 13], [4, 1, 21, 12], [15, 5, 9, 45]]);
    assert_eq!(format!("{:.4}", cohen(&diagnoses, Weights::Identity).unwrap().value), "0.4315");
    assert_eq!(format!("{:.5}", scott(&diagnoses, Weights::Identity).unwrap().value), "0.43034");
    // Of the manuals of statsmodels and SAS: two physicians, four degrees.
    let skin = table([[11, 4, 0, 0], [3, 12, 2, 0], [4, 5, 5, 0], [0, 0, 1, 0]]);
    assert!(cohen(&skin, Weights::Linear).unwrap().value > cohen(&skin, Weights::Identity).unwrap().value);
}

#[test]
fn what_says_nothing_has_no_figure() {
    let empty = ratings("");
    let alone = ratings("0. .1 1.");
    let alike = ratings("00 00");
    for weights in [Weights::Identity, Weights::Quadratic] {
        for coefficient in [brennan_prediger, conger, fleiss, gwet, cohen, scott] {
            for nothing in [&empty, &alone, &alike] {
                assert_eq!(coefficient(nothing, weights), None);
            }
        }
    }
    assert_eq!(percent(&alike, Weights::Identity).unwrap().value, 1.0);
    assert_eq!(krippendorff(&alike, Metric::Nominal), None);
    assert_eq!(krippendorff(&alone, Metric::Nominal), None);
    // One item tells a figure, and not how sure it is.
    let one = percent(&ratings("01"), Weights::Identity).unwrap();
    assert_eq!((one.value, one.standard_error, one.low, one.high), (0.0, None, 0.0, 0.0));
    assert_eq!(scott(&ratings("001"), Weights::Identity), None, "three raters are not two");
}
