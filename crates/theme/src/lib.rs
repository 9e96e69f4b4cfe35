//! What do pages look like, where the operator says so? An accent colour whose contrast
//! is checked, a logo, and a style sheet after ours. No I/O.

mod color;
mod logo;
mod palette;

use std::fmt::Write as _;

use gatelet_settings::{Setting, SettingError, Values};

pub use color::Color;
pub use logo::Logo;
use palette::{DARK, LIGHT, Palette};

/// Longest style sheet of an operator's, in bytes.
const CSS_MAX_BYTES: usize = 32 * 1024;

/// What differs from the looks that pages have by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    colors: Option<[Palette; 2]>,
    sheet: Option<String>,
    /// In place of the site's first letter.
    pub logo: Option<Logo>,
}

impl Theme {
    /// `accent_color`, `accent_color_dark`, `logo` and `theme_css`. What must be so:
    ///
    /// 1. Text in the accent colour, and on it, has a contrast of 4.5 to 1 to what is
    ///    behind it (WCAG 2.2, 1.4.3), in light and in dark.
    /// 2. A logo is a picture that the page holds, or a path of this origin.
    pub fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        let accent = color(values, Setting::AccentColor)?;
        let dark = color(values, Setting::AccentColorDark)?;
        let css = values.get(Setting::ThemeCss);
        if css.len() > CSS_MAX_BYTES {
            return Err(SettingError::new(
                Setting::ThemeCss,
                format_args!("is longer than {CSS_MAX_BYTES} bytes"),
            ));
        }
        let logo = Logo::parse(values.get(Setting::Logo))
            .map_err(|problem| SettingError::new(Setting::Logo, problem))?;
        let colors = match (accent, dark) {
            (None, None) => None,
            (None, Some(_)) => {
                return Err(SettingError::new(
                    Setting::AccentColorDark,
                    "is set and accent_color is not: set that one first",
                ));
            }
            (Some(accent), dark) => {
                let light = Palette::of(accent, &LIGHT)
                    .map_err(|faint| faint.refused(Setting::AccentColor))?;
                let dark = match dark {
                    Some(dark) => Palette::of(dark, &DARK)
                        .map_err(|faint| faint.refused(Setting::AccentColorDark))?,
                    None => Palette::nearest(accent, &DARK),
                };
                Some([light, dark])
            }
        };
        Ok(Self {
            sheet: sheet(colors, css),
            colors,
            logo,
        })
    }

    /// A style sheet to load after ours; none where nothing differs.
    #[must_use]
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// The picture that stands for the site in a browser's tab, where it is not the logo:
    /// `letter` on the accent colour, as SVG.
    #[must_use]
    pub fn icon(&self, letter: &str) -> String {
        let accent = self
            .colors
            .map_or(palette::ACCENT, |[light, _]| light.accent);
        let on = accent.readable_on();
        let letter = letter.replace('&', "&amp;").replace('<', "&lt;");
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" \
             rx=\"9\" fill=\"{accent}\"/><text x=\"16\" y=\"23\" text-anchor=\"middle\" \
             font-family=\"system-ui,sans-serif\" font-size=\"19\" font-weight=\"700\" fill=\"{on}\">{letter}</text></svg>"
        )
    }
}

fn sheet(colors: Option<[Palette; 2]>, css: &str) -> Option<String> {
    let mut sheet = String::new();
    if let Some([light, dark]) = colors {
        // Writing into memory does not fail.
        let _ = writeln!(sheet, ":root {{ {light} }}");
        let _ = writeln!(
            sheet,
            "@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}"
        );
    }
    sheet.push_str(css);
    (!sheet.trim().is_empty()).then_some(sheet)
}

/// FNV-1a, 64 bits, for addresses of what browsers keep for ever: tells versions apart,
/// keeps no secret.
#[must_use]
pub const fn content_mark(bytes: &[u8]) -> u64 {
    let mut mark = 0xcbf2_9ce4_8422_2325_u64;
    let mut index = 0;
    while index < bytes.len() {
        mark = (mark ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    mark
}

fn color(values: &Values<'_>, setting: Setting) -> Result<Option<Color>, SettingError> {
    match values.get(setting) {
        "" => Ok(None),
        text => Color::parse(text).map(Some).ok_or_else(|| {
            SettingError::new(
                setting,
                "is no colour: write it as #rrggbb, such as #1a5fb4",
            )
        }),
    }
}

#[cfg(test)]
mod tests;
