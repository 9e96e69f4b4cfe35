//! The colours that follow from an accent, in light and in dark, and whether they can be
//! read.

use std::fmt;

use gatelet_settings::{Setting, SettingError};

use crate::color::{Color, WHITE};

/// What text needs (WCAG 2.2, 1.4.3).
const CONTRAST_MIN: f64 = 4.5;

/// The accent of pages whose operator sets none.
pub(crate) const ACCENT: Color = Color([0x3b, 0x5b, 0xdb]);

/// What pages are made of beside the accent: as in the style sheet.
pub(crate) struct Scheme {
    pub(crate) ink: Color,
    pub(crate) ground: Color,
    pub(crate) card: Color,
    /// How much of the accent is in the wash behind notices, in hundredths.
    wash: u16,
    /// Towards which an accent becomes better to read.
    away: Color,
}

pub(crate) const LIGHT: Scheme = Scheme {
    ink: Color([0x1c, 0x20, 0x24]),
    ground: Color([0xf5, 0xf6, 0xf8]),
    card: WHITE,
    wash: 8,
    away: Color([0; 3]),
};

pub(crate) const DARK: Scheme = Scheme {
    ink: Color([0xec, 0xee, 0xf1]),
    ground: Color([0x10, 0x13, 0x17]),
    card: Color([0x18, 0x1c, 0x21]),
    wash: 12,
    away: WHITE,
};

/// What follows from an accent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Palette {
    pub(crate) accent: Color,
    strong: Color,
    on: Color,
    wash: Color,
}

/// Why an accent is refused.
pub(crate) struct Faint {
    contrast: f64,
    /// The nearest one that is not.
    nearest: Color,
}

impl Palette {
    /// The error is for an accent that cannot be read.
    pub(crate) fn of(accent: Color, scheme: &Scheme) -> Result<Self, Faint> {
        let palette = Self::unchecked(accent, scheme);
        let contrast = palette.contrast(scheme);
        match contrast >= CONTRAST_MIN {
            true => Ok(palette),
            false => Err(Faint {
                contrast,
                nearest: Self::nearest(accent, scheme).accent,
            }),
        }
    }

    /// Of the accent, or of the nearest one that can be read.
    pub(crate) fn nearest(accent: Color, scheme: &Scheme) -> Self {
        let mut steps = (0..=100)
            .map(|hundredths| Self::unchecked(accent.mixed(scheme.away, hundredths), scheme));
        // Black on white, or white on black, at the end.
        let found = steps.find(|palette| palette.contrast(scheme) >= CONTRAST_MIN);
        found.unwrap_or_else(|| Self::unchecked(scheme.away, scheme))
    }

    fn unchecked(accent: Color, scheme: &Scheme) -> Self {
        Self {
            accent,
            strong: accent.mixed(scheme.ink, 18),
            on: accent.readable_on(),
            wash: scheme.card.mixed(accent, scheme.wash),
        }
    }

    /// The least of all that stands on anything.
    fn contrast(&self, scheme: &Scheme) -> f64 {
        let Self {
            accent,
            strong,
            on,
            wash,
        } = *self;
        [
            accent.contrast(scheme.ground),
            accent.contrast(scheme.card),
            accent.contrast(wash),
            strong.contrast(scheme.card),
            on.contrast(accent),
            on.contrast(strong),
            scheme.ink.contrast(wash),
        ]
        .into_iter()
        .fold(f64::MAX, f64::min)
    }
}

impl fmt::Display for Palette {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            accent,
            strong,
            on,
            wash,
        } = self;
        write!(
            out,
            "--accent: {accent}; --accent-strong: {strong}; --on-accent: {on}; --wash: {wash};"
        )
    }
}

impl Faint {
    pub(crate) fn refused(self, setting: Setting) -> SettingError {
        let Self { contrast, nearest } = self;
        SettingError::new(
            setting,
            format_args!(
                "is hard to read: its contrast is {:.1} to 1, and text needs 4.5 (WCAG 2.2). {nearest} would do",
                (contrast * 10.0).floor() / 10.0
            ),
        )
    }
}
