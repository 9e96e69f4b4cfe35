//! Whose sessions are good where? Two audiences are equal exactly where the place and
//! the declared domain are, and neither is a preview.

use super::*;

/// As the settings have it: none where nobody says, and where it is said to be none.
type Said = Option<&'static str>;

/// One record of a model: whose child it is, by position, and what it says.
#[derive(Clone, Debug)]
struct Drawn {
    parent: Option<usize>,
    is_preview: bool,
    schema: &'static str,
    cookie_domain: Said,
}

fn said() -> impl Strategy<Value = Said> {
    proptest::sample::select(vec![
        None,
        None,
        Some(""),
        Some("example.com"),
        Some(".Team.example.com"),
    ])
}

fn drawn(at: usize) -> impl Strategy<Value = Drawn> {
    let parent =
        proptest::option::of(0..at.max(1)).prop_map(move |parent| parent.filter(|_| at > 0));
    let schema = proptest::sample::select(vec!["", "", "a", "b"]);
    (parent, proptest::bool::weighted(0.3), schema, said()).prop_map(
        |(parent, is_preview, schema, cookie_domain)| Drawn {
            parent,
            is_preview,
            schema,
            cookie_domain,
        },
    )
}

/// The declared domain of one, told from the rule and not from the layers: the
/// nearest word of those whose users are in the same place.
fn declared(all: &[Drawn], at: usize, main: Said) -> Option<String> {
    let mut chain = vec![&all[at]];
    while let Some(parent) = chain.last().and_then(|one| one.parent) {
        chain.push(&all[parent]);
    }
    if chain.iter().any(|one| one.is_preview) {
        return None;
    }
    let same_place = chain.iter().filter(|one| one.schema == all[at].schema);
    let said = same_place.map(|one| one.cookie_domain);
    let main = (all[at].schema.is_empty()).then_some(main);
    let word = said.chain(main).flatten().next()?;
    let domain = word.trim_start_matches('.').to_ascii_lowercase();
    (!domain.is_empty()).then_some(domain)
}

fn url(at: usize) -> String {
    format!("https://o{at}.team.example.com")
}

proptest! {
    #[test]
    fn audiences_are_equal_exactly_where_place_and_declared_domain_are_and_neither_is_a_preview(
        all in (drawn(0), drawn(1), drawn(2), drawn(3), drawn(4)),
        main in said(),
    ) {
        let all = [all.0, all.1, all.2, all.3, all.4];
        let records = all.iter().enumerate().map(|(at, one)| {
            let mut record = elsewhere(one.schema, record(&format!("o{at}"), &url(at)));
            record.is_preview = one.is_preview;
            if let Some(domain) = one.cookie_domain {
                record = with(record, "cookie_domain", domain);
            }
            match one.parent {
                Some(parent) => below(&format!("o{parent}"), record),
                None => record,
            }
        });
        let base = [
            ("base_url", "https://main.team.example.com"),
            ("cookie_domain", main.unwrap_or_default()),
        ];
        let settings = gate(&base, records.collect());
        let main_domain = main.map(|word| word.trim_start_matches('.').to_ascii_lowercase());
        let main_domain = main_domain.filter(|word| !word.is_empty());
        let mut known = vec![(settings.origins.main().audience().to_owned(), "", main_domain)];
        for (at, one) in all.iter().enumerate() {
            // One below too many parents is served to nobody.
            let Ok(origin) = settings.origins.resolve(&url(at)["https://".len()..], NOW) else {
                continue;
            };
            let domain = declared(&all, at, main);
            prop_assert_eq!(origin.cookies().domain(), domain.as_deref());
            prop_assert!(origin.audience().len() <= crate::claims::AUDIENCE_MAX_BYTES);
            known.push((origin.audience().to_owned(), one.schema, domain));
        }
        for (at, one) in known.iter().enumerate() {
            for other in &known[at + 1..] {
                let shared = one.2.is_some() && (one.1, &one.2) == (other.1, &other.2);
                prop_assert_eq!(one.0 == other.0, shared, "{:?} {:?}", one, other);
            }
        }
    }
}

#[test]
fn a_preview_has_no_session_in_common_with_production_whoever_s_users_it_has() {
    let preview = |name: &str| OriginRecord {
        is_preview: true,
        ..record(name, &format!("https://{name}.example.com"))
    };
    let base = [("base_url", MAIN_URL), ("cookie_domain", "example.com")];
    let settings = gate(
        &base,
        vec![
            preview("shared"),
            with(preview("bold"), "cookie_domain", "example.com"),
            below("shared", record("below", "https://below.example.com")),
        ],
    );
    for host in ["shared", "bold", "below"] {
        let origin = settings
            .origins
            .resolve(&format!("{host}.example.com"), NOW);
        let origin = origin.expect(host);
        assert_eq!(origin.audience(), format!("https://{host}.example.com"));
        assert_eq!(origin.cookies().domain(), None, "{host}");
    }
}

/// It has always been there, so nothing else tells its copies from those of the place
/// before.
#[test]
fn a_written_origin_that_moves_to_another_place_believes_no_copy_of_the_one_before() {
    let at = |schema| {
        gate(
            &[],
            vec![elsewhere(
                schema,
                record("docs", "https://docs.example.com"),
            )],
        )
    };
    let audience = |schema| {
        let settings = at(schema);
        let docs = settings
            .origins
            .resolve("docs.example.com", NOW)
            .expect("docs");
        docs.audience().to_owned()
    };
    assert_eq!(audience(""), "https://docs.example.com", "as ever");
    assert_ne!(audience("a"), audience("b"));
    assert_ne!(audience("a"), audience(""));
}

#[test]
fn a_place_is_told_apart_by_all_but_its_passwords() {
    let mark = |url: &str| {
        let url = crate::secret::Secret::new(url.to_owned());
        let schema = "a".to_owned();
        Place { url, schema }.mark()
    };
    let same = mark("postgres://u:hunter2@h/d?sslmode=require&password=x");
    for url in [
        "postgres://u:other@h/d?sslmode=require&password=x",
        "postgres://u@h/d?sslmode=require&sslpassword=y",
    ] {
        assert_eq!(mark(url), same, "{url}");
    }
    for url in [
        "",
        "sqlite:other",
        "postgres://v:hunter2@h/d?sslmode=require",
        "postgres://u:hunter2@i/d?sslmode=require",
        "postgres://u:hunter2@h/e?sslmode=require",
        "postgres://u:hunter2@h/d?sslmode=require&options=-csearch_path=b",
    ] {
        assert_ne!(mark(url), same, "{url}");
    }
}
