use super::*;

fn theme(values: &[(&str, &str)]) -> Result<Theme, String> {
    let values = Values::of_variables(values.iter().copied());
    Theme::from_values(&values).map_err(|error| error.to_string())
}

fn text(asset: &Asset) -> String {
    String::from_utf8(asset.content.to_vec()).expect("text")
}

fn accent(light: &str, dark: &str) -> Result<Theme, String> {
    theme(&[("accent_color", light), ("accent_color_dark", dark)])
}

#[test]
fn contrast_is_what_wcag_says() {
    let color = |text| Color::parse(text).expect("a colour");
    for (one, other, ratio) in [
        ("#000000", "#ffffff", 21.0),
        ("#fff", "#ffffff", 1.0),
        // Of the techniques' examples and well-known tools.
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#0000ff", "#ffffff", 8.59),
    ] {
        let found = color(one).contrast(color(other));
        assert!((found - ratio).abs() < 0.01, "{one} {other}: {found}");
        assert!((color(other).contrast(color(one)) - ratio).abs() < 0.01);
    }
}

#[test]
fn our_own_colours_are_those_of_the_style_sheet_and_can_be_read() {
    let sheet = include_str!("../../web/templates/style.css");
    let (light, dark) = sheet.split_once("@media").expect("both");
    for (part, scheme) in [(light, &LIGHT), (dark, &DARK)] {
        let says = |name: &str, color: Color| {
            let long = format!("{name}: {color};");
            let short = long.replace("#ffffff", "#fff");
            assert!(part.contains(&long) || part.contains(&short), "{long}");
        };
        says("--ink", scheme.ink);
        says("--ground", scheme.ground);
        says("--card", scheme.card);
    }
    assert!(light.contains(&format!("--accent: {};", palette::ACCENT)));
    assert!(Palette::of(palette::ACCENT, &LIGHT).is_ok());
}

#[test]
fn an_accent_that_cannot_be_read_is_refused_with_one_that_can() {
    for (light, dark) in [("#ffcc00", ""), ("#1a5fb4", "#1a5fb4"), ("#fff", "")] {
        let problem = accent(light, dark).expect_err("hard to read");
        assert!(problem.contains("hard to read"), "{problem}");
        let would_do = problem.split("(WCAG 2.2). ").nth(1).expect("a colour");
        let would_do = would_do.split(' ').next().expect("a word");
        let mended = match dark {
            "" => accent(would_do, ""),
            _ => accent(light, would_do),
        };
        assert!(mended.is_ok(), "{would_do}: {mended:?}");
    }
    for wrong in ["red", "#12345", "#1a5fb4;}", "##1a5fb4", "#ggg", "#+12345"] {
        let problem = accent(wrong, "").expect_err("no colour");
        assert!(problem.contains("#rrggbb"), "{problem}");
    }
    let alone = accent("", "#91a7ff").expect_err("dark alone");
    assert!(alone.contains("accent_color"), "{alone}");
}

#[test]
fn every_accent_has_a_readable_neighbour_in_light_and_dark() {
    for red in (0..=255).step_by(51) {
        for green in (0..=255).step_by(51) {
            for blue in (0..=255).step_by(51) {
                let color = Color([red, green, blue]);
                for scheme in [&LIGHT, &DARK] {
                    let near = Palette::nearest(color, scheme);
                    assert!(Palette::of(near.accent, scheme).is_ok(), "{color}");
                }
            }
        }
    }
}

#[test]
fn a_sheet_says_colours_for_light_and_dark_and_then_what_the_operator_does() {
    assert_eq!(theme(&[]).expect("a theme").sheet, None);
    let theme = theme(&[
        ("accent_color", "1A5FB4"),
        ("theme_css", ".card { border-radius: 0 }"),
    ]);
    let theme = theme.expect("a theme");
    let sheet = text(&theme.sheet.expect("a sheet"));
    assert!(sheet.starts_with(":root { --accent: #1a5fb4;"), "{sheet}");
    assert!(sheet.contains("@media (prefers-color-scheme: dark) { :root { --accent: #"));
    assert!(sheet.ends_with(".card { border-radius: 0 }"), "{sheet}");
}

#[test]
fn a_logo_is_a_picture_or_a_path_of_this_origin() {
    fn logo(text: &str) -> Result<Option<Logo>, String> {
        theme(&[("logo", text)]).map(|theme| theme.logo)
    }
    assert_eq!(logo(""), Ok(None));
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    let before = "\u{feff}<?xml version=\"1.0\"?>\n<!-- Made by a program -->\n<!DOCTYPE svg>\n";
    for svg in [svg, &format!("{before}{svg}")] {
        let Ok(Some(Logo::Picture(picture))) = logo(svg) else {
            panic!("no picture: {svg}");
        };
        assert_eq!(picture.media_type, "image/svg+xml");
        assert_eq!(text(&picture), svg);
    }
    let path = Logo::Path("/static/logo.svg?v=2".to_owned());
    assert_eq!(logo(" /static/logo.svg?v=2 "), Ok(Some(path)));
    assert!(logo("data:image/png;base64,iVBORw0KGgo=").is_ok());
    let large = format!("<svg>{}</svg>", " ".repeat(48 * 1024));
    for wrong in [
        "https://evil.example/logo.svg",
        "//evil.example/logo.svg",
        "/logo.svg\" onerror=\"x",
        "javascript:alert(1)",
        "data:text/html;base64,PGI+",
        "data:image/png,x",
        "data:image/png;base64,???",
        "data:image/png;base64,",
        "<!-- no picture -->",
        "<?xml",
        "<html><svg></svg></html>",
        &large,
    ] {
        assert!(logo(wrong).is_err(), "{}", &wrong[..wrong.len().min(40)]);
    }
}

#[test]
fn an_icon_is_a_letter_and_never_markup() {
    for (name, letter) in [("<i>", "I"), ("&amp", "A"), ("<>", "·"), ("ß", "SS")] {
        let theme = theme(&[("accent_color", "#1a5fb4"), ("site_name", name)]);
        let icon = text(&theme.expect("a theme").icon);
        assert!(icon.contains("fill=\"#1a5fb4\""), "{icon}");
        assert!(icon.contains(&format!(">{letter}</text>")), "{icon}");
    }
    assert!(icon(None, "<").contains(">&lt;</text>"));
}

#[test]
fn a_style_sheet_that_would_load_another_is_refused() {
    let refused = theme(&[("theme_css", "@IMPORT url(/x.css);")]).expect_err("an import");
    assert!(refused.contains("@import"), "{refused}");
}

#[test]
fn an_asset_is_kept_under_the_mark_of_its_own_content_alone() {
    const ONE: Asset = Asset::fixed("/auth/a.css", "text/css", "a {}");
    let other = Asset::new("/auth/a.css", "text/css", b"b {}".to_vec());
    let version = |asset: &Asset| asset.href().split("?v=").nth(1).map(str::to_owned);
    assert_eq!(ONE, Asset::new("/auth/a.css", "text/css", b"a {}".to_vec()));
    assert!(ONE.is_version(version(&ONE).as_deref()));
    for asked in [version(&other), None, Some(String::new())] {
        assert!(!ONE.is_version(asked.as_deref()), "{asked:?}");
    }
}
