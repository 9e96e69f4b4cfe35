//! What do pages look like, where the operator says so?

use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::response::Response;

const SVG: &str =
    "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script><rect width='1'/></svg>";

/// What the sign-in page links to with this path.
#[track_caller]
fn linked(gatelet: &Gatelet, path: &str) -> Option<Response> {
    let visitor = gatelet.visitor();
    let page = visitor.visit("/auth/sign-in").send().expect(200);
    let begin = format!("\"{path}?v=");
    let text = page.text();
    let href = text.split(&begin).nth(1)?.split('"').next()?;
    let file = visitor.get(&format!("{path}?v={href}")).send().expect(200);
    // A name that changes with the content may be kept.
    assert!(file.header("cache-control").contains("immutable"));
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    let policy = file.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"));
    let is_picture = file.header("content-type").starts_with("image/");
    assert_eq!(policy.contains("sandbox"), is_picture, "{policy}");
    // Under the name of another content, as a page of another version asks, by nobody.
    for other in ["", "?v=", "?v=0123456789abcdef", &format!("?v={href}0")] {
        let file = visitor.get(&format!("{path}{other}")).send().expect(200);
        assert_eq!(file.header("cache-control"), "no-cache", "{other}");
    }
    Some(file)
}

#[test]
fn a_site_without_a_theme_has_an_icon_and_nothing_else() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    assert!(linked(&gatelet, "/auth/style.css").is_some());
    assert!(linked(&gatelet, "/auth/theme.css").is_none());
    assert!(linked(&gatelet, "/auth/logo").is_none());
    let icon = linked(&gatelet, "/auth/icon.svg").expect("an icon");
    assert_eq!(icon.header("content-type"), "image/svg+xml");
    assert!(icon.text().contains(">G</text>"), "{}", icon.text());
    for path in ["/auth/theme.css", "/auth/logo"] {
        gatelet.visitor().get(path).send().expect(404);
    }
}

#[test]
fn a_theme_reaches_every_page() {
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("site_name", "Acme")
        .variable("accent_color", "1a5fb4")
        .variable("logo", SVG)
        .variable(
            "theme_css",
            ".card { border-radius: 0 } .brand { gap: 1rem }",
        )
        .start();
    let sheet = linked(&gatelet, "/auth/theme.css").expect("a sheet");
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    assert!(sheet.text().contains("--accent: #1a5fb4;"));
    assert!(sheet.text().contains("prefers-color-scheme: dark"));
    assert!(
        sheet
            .text()
            .ends_with(".card { border-radius: 0 } .brand { gap: 1rem }")
    );
    let logo = linked(&gatelet, "/auth/logo").expect("a logo");
    assert_eq!(logo.header("content-type"), "image/svg+xml");
    assert_eq!(logo.text(), SVG);
    // Also those about what went wrong.
    let page = gatelet.visitor().visit("/auth/none").send().expect(404);
    for part in ["/auth/theme.css?v=", "/auth/logo?v="] {
        assert!(page.text().contains(part), "{}", page.text());
    }
}

#[test]
fn a_logo_of_the_apps_is_named_by_its_path() {
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("logo", "/static/logo.svg?v=2&x='")
        .start();
    let page = gatelet.visitor().visit("/auth/sign-in").send().expect(200);
    let image = "<img class=\"logo\" src=\"/static/logo.svg?v=2&#38;x=&#39;\" alt=\"\">";
    assert!(page.text().contains(image), "{}", page.text());
}

#[test]
fn what_cannot_be_read_or_would_be_loaded_from_elsewhere_is_refused_at_the_start() {
    for (name, value, said) in [
        ("accent_color", "ffcc00", "4.5"),
        ("accent_color", "red", "#rrggbb"),
        ("accent_color_dark", "91a7ff", "accent_color is not"),
        ("logo", "https://evil.example/x.png", "neither"),
        ("logo", "data:text/html;base64,PGI+", "is no SVG"),
        ("theme_css", "@import 'x.css'", "@import"),
    ] {
        let refused = Setup::new(Engine::Sqlite).variable(name, value).refuse();
        assert!(
            refused.contains(name) && refused.contains(said),
            "{refused}"
        );
    }
}
