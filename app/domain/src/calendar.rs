//! Words of the calendar, in English like the rest of the interface.

/// The months in order.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The first three letters of a month, from 0 for January; nothing for what is no month.
#[must_use]
pub fn short_month(month0: u32) -> &'static str {
    let name = usize::try_from(month0).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    name.get(..3).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_in_short() {
        assert_eq!((short_month(0), short_month(8), short_month(11)), ("Jan", "Sep", "Dec"));
        assert_eq!(short_month(12), "");
    }
}
