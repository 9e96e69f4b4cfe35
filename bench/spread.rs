//! How far do the rounds lie apart? A figure is the median of them, with the least and
//! the most beside it.

/// What some rounds gave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) least: f64,
    pub(crate) median: f64,
    pub(crate) most: f64,
}

impl Spread {
    /// Of at least one round.
    pub(crate) fn of(rounds: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = rounds.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (Some(&least), Some(&most)) = (values.first(), values.last()) else {
            panic!("a measurement has a round");
        };
        Self {
            least,
            median: values[values.len() / 2],
            most,
        }
    }

    /// `median (least–most)`, to so many decimals.
    pub(crate) fn shown(self, decimals: usize) -> String {
        let number = |value| number(value, decimals);
        format!(
            "{} ({}–{})",
            number(self.median),
            number(self.least),
            number(self.most)
        )
    }
}

/// With a comma between thousands.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, format!(".{fraction}")),
        None => (text.as_str(), String::new()),
    };
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let nothing = text.chars().all(|one| matches!(one, '0' | '.'));
    let sign = if value < 0.0 && !nothing { "−" } else { "" };
    format!("{sign}{grouped}{fraction}")
}
