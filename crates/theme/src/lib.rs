//! What do pages look like, where the operator says so? An accent colour whose contrast
//! is checked, a logo, and a style sheet after ours. No I/O.

mod asset;
mod color;
mod logo;
mod palette;

use std::fmt::Write as _;

use gatelet_settings::{Setting, SettingError, Values};

pub use asset::Asset;
pub use color::Color;
pub use logo::Logo;
use palette::{DARK, LIGHT, Palette};

/// Longest style sheet of an operator's, in bytes.
const CSS_MAX_BYTES: usize = 32 * 1024;

/// What differs from the looks that pages have by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// A style sheet to load after ours; none where nothing differs.
    pub sheet: Option<Asset>,
    /// In place of the site's first letter.
    pub logo: Option<Logo>,
    /// What stands for the site in a browser's tab where there is no logo: its first letter
    /// on the accent colour.
    pub icon: Asset,
}

impl Theme {
    /// `accent_color`, `accent_color_dark`, `logo` and `theme_css`. What must be so:
    ///
    /// 1. Text in the accent colour, and on it, has a contrast of 4.5 to 1 to what is
    ///    behind it (WCAG 2.2, 1.4.3), in light and in dark.
    /// 2. A logo is a picture that we serve, or a path of this origin.
    /// 3. The style sheet stands alone.
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
        // After our colours it would be ignored without a word.
        if css.to_ascii_lowercase().contains("@import") {
            return Err(SettingError::new(
                Setting::ThemeCss,
                "holds @import, and a page loads nothing else: put the rules themselves there",
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
        let sheet = sheet(colors, css).map(|sheet| {
            let media_type = "text/css; charset=utf-8";
            Asset::new("/auth/theme.css", media_type, sheet.into_bytes())
        });
        let icon = icon(colors, &monogram(values.get(Setting::SiteName)));
        Ok(Self {
            sheet,
            logo,
            icon: Asset::new("/auth/icon.svg", "image/svg+xml", icon.into_bytes()),
        })
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

/// `letter` on the accent colour, as SVG.
fn icon(colors: Option<[Palette; 2]>, letter: &str) -> String {
    let accent = colors.map_or(palette::ACCENT, |[light, _]| light.accent);
    let on = accent.readable_on();
    let letter = letter.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" \
         rx=\"9\" fill=\"{accent}\"/><text x=\"16\" y=\"23\" text-anchor=\"middle\" \
         font-family=\"system-ui,sans-serif\" font-size=\"19\" font-weight=\"700\" fill=\"{on}\">{letter}</text></svg>"
    )
}

/// The first letter or digit, in upper case.
#[must_use]
pub fn monogram(name: &str) -> String {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .map_or_else(|| "·".to_owned(), |c| c.to_uppercase().collect())
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
