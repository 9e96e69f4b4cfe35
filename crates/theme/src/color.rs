//! One colour: parsed, mixed, and held against another.

use std::fmt;

/// Red, green and blue of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color(pub(crate) [u8; 3]);

pub(crate) const WHITE: Color = Color([255; 3]);
/// Of letters on light accents: as on dark pages.
pub(crate) const NIGHT: Color = Color([0x10, 0x16, 0x2b]);

impl Color {
    /// `#rrggbb` or `#rgb`, in any case of letters; the `#` may be left out, for it begins a
    /// comment in many files of settings.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.strip_prefix('#').unwrap_or(text);
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = match digits.len() {
            6 => number.to_be_bytes(),
            // Each digit stands for two.
            3 => [0, number >> 8, (number >> 4) & 15, number & 15].map(|digit| digit as u8 * 17),
            _ => return None,
        };
        Some(Self([red, green, blue]))
    }

    /// This much of another in it, in hundredths.
    pub(crate) fn mixed(self, other: Self, hundredths: u16) -> Self {
        let mut mixed = self.0;
        for (own, other) in mixed.iter_mut().zip(other.0) {
            let sum = u16::from(*own) * (100 - hundredths) + u16::from(other) * hundredths;
            *own = u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }

    /// WCAG 2.2, "relative luminance".
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let channel = f64::from(channel) / 255.0;
            match channel <= 0.04045 {
                true => channel / 12.92,
                false => ((channel + 0.055) / 1.055).powf(2.4),
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// WCAG 2.2, "contrast ratio": from 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// What letters on it are: white, or nearly black.
    pub(crate) fn readable_on(self) -> Self {
        match self.contrast(WHITE) >= self.contrast(NIGHT) {
            true => WHITE,
            false => NIGHT,
        }
    }
}

impl fmt::Display for Color {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(out, "#{red:02x}{green:02x}{blue:02x}")
    }
}
