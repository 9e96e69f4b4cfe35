//! Every page in every state, as people see it: in a wide window by light and by dark,
//! and 320 pixels wide; in Arabic, which runs from right to left, and in German, whose
//! words are long. axe-core finds nothing to complain of, nothing sticks out of the
//! window, and each is photographed for `make gallery`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatelet_tests::account::Account;
use gatelet_tests::authenticator::AuthenticatorApp;
use gatelet_tests::browser::{Authenticator, Person, Tab};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Setup;
use gatelet_tests::identity_provider::{IdentityProvider, PASSWORD};
use gatelet_tests::mail_server::MailServer;
use gatelet_tests::printed_mail::PrintedLetter;
use gatelet_tests::upstream::Upstream;
use gatelet_tests::workos::WorkOsApp;
use serde_json::json;

const PASSPHRASE: &str = "correct horse battery staple";
const PASSPHRASE_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$eZ8SueF3EIJEgtgpg1rLafWpNVv3dMTwc0KCOxG5CSg";

const SUBMIT: &str = "form:not([action='/auth/sign-out']) button[type=submit]";

/// How wide, by which light, and what the picture's name ends in.
type Look = (u32, &'static str, &'static str);

/// How pages are looked at.
#[derive(Clone, Copy)]
struct Gallery {
    /// The one that the site speaks.
    language: &'static str,
    looks: &'static [Look],
}

const ENGLISH: Gallery = Gallery {
    language: "en",
    looks: &[
        (1280, "light", ""),
        (1280, "dark", "-dark"),
        (320, "light", "-narrow"),
    ],
};

const ARABIC: Gallery = Gallery {
    language: "ar",
    looks: &[(1280, "light", "-ar"), (320, "dark", "-ar-narrow")],
};

const GERMAN: Gallery = Gallery {
    language: "de",
    looks: &[(320, "light", "-de-narrow")],
};

/// A test of each part in each way of looking at it.
macro_rules! galleries {
    ($($part:ident,)*) => {
        mod english {
            $(#[test] fn $part() { super::$part(super::ENGLISH); })*
        }
        mod arabic {
            $(#[test] fn $part() { super::$part(super::ARABIC); })*
        }
        mod german {
            $(#[test] fn $part() { super::$part(super::GERMAN); })*
        }
    };
}

galleries! {
    pages_of_signing_in,
    pages_of_the_passphrase,
    pages_of_the_gateway,
    pages_that_lead_to_where_people_sign_in,
    the_page_of_tokens_that_were_taken_back,
    pages_of_an_account,
    pages_of_letters,
    pages_of_factors,
    letters,
    the_sheet_for_developers,
}

impl Gallery {
    fn setup(self) -> Setup {
        Setup::new(Engine::Sqlite).variable("languages", self.language)
    }

    /// Looks at the page where the tab is, and photographs it as `gallery/NAME….png`.
    #[track_caller]
    fn inspect(self, tab: &Tab, name: &str) {
        let spoken = tab.evaluate("document.documentElement.lang");
        assert_eq!(spoken, self.language, "{name}");
        inspect(tab, name, self.looks);
    }
}

#[track_caller]
fn inspect(tab: &Tab, name: &str, looks: &[Look]) {
    for &(width, color_scheme, mark) in looks {
        tab.look(width, color_scheme);
        let faults = tab.accessibility_faults();
        assert!(
            faults.is_empty(),
            "{name}, {width} wide, {color_scheme}: {faults:#?}"
        );
        let wide = tab.evaluate("document.documentElement.scrollWidth");
        assert!(
            wide.as_u64().is_some_and(|wide| wide <= u64::from(width)),
            "{name} is {wide} wide in {width}"
        );
        tab.screenshot(&format!("gallery/{name}{mark}"));
    }
    tab.look(1280, "light");
}

fn type_account(tab: &Tab, account: &Account) {
    if tab.count("#name") > 0 {
        tab.fill("#name", &account.name);
    }
    tab.fill("#email", &account.email);
    tab.fill("#password", &account.password);
    tab.submit(SUBMIT);
}

fn pages_of_signing_in(gallery: Gallery) {
    let provider = IdentityProvider::start();
    let (setup, _) = gallery.setup().providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    let account = Account::new("Ada Lovelace");
    let person = Person::new();
    let tab = person.tab();
    let go = |path: &str| tab.go(&format!("{}{path}", gatelet.base_url()));

    go("/auth/sign-in");
    gallery.inspect(&tab, "sign-in");
    type_account(&tab, &account);
    gallery.inspect(&tab, "sign-in-wrong");
    go("/auth/sign-up");
    gallery.inspect(&tab, "sign-up");
    let typed = Account {
        name: String::new(),
        email: "nobody".to_owned(),
        password: "short".to_owned(),
    };
    tab.evaluate("document.querySelectorAll('form').forEach((form) => form.noValidate = true)");
    type_account(&tab, &typed);
    gallery.inspect(&tab, "sign-up-faults");
    go("/auth/none");
    gallery.inspect(&tab, "not-found");
    go("/api/v1/auth/docs");
    gallery.inspect(&tab, "api");
    go("/auth/callback/acme?code=x&state=y");
    gallery.inspect(&tab, "callback-refused");

    go("/auth/sign-up");
    type_account(&tab, &account);
    inspect(&tab, "demo", gallery.looks);
    go("/auth/account");
    gallery.inspect(&tab, "account");
    go("/auth/sign-in");
    gallery.inspect(&tab, "signed-in");
    go("/auth/sign-out");
    gallery.inspect(&tab, "sign-out");
    tab.submit("form[action='/auth/sign-out'] button[type=submit]");
    gallery.inspect(&tab, "signed-out");
}

fn the_sheet_for_developers(gallery: Gallery) {
    let gatelet = gallery.setup().start();
    let person = Person::new();
    let tab = person.tab();
    tab.go(&format!("{}/auth/docs", gatelet.base_url()));
    gallery.inspect(&tab, "docs");
}

fn pages_of_the_passphrase(gallery: Gallery) {
    let gatelet = gallery
        .setup()
        .variable("access_rules", "/* passphrase")
        .variable("passphrase_hash", PASSPHRASE_HASH)
        .start();
    let person = Person::new();
    let tab = person.tab();
    tab.go(&format!("{}/auth/passphrase", gatelet.base_url()));
    gallery.inspect(&tab, "passphrase");
    tab.fill("#passphrase", "not this one");
    tab.submit(SUBMIT);
    gallery.inspect(&tab, "passphrase-wrong");
    tab.fill("#passphrase", PASSPHRASE);
    tab.submit(SUBMIT);
    tab.go(&format!("{}/auth/passphrase", gatelet.base_url()));
    gallery.inspect(&tab, "passphrase-known");
}

fn pages_of_the_gateway(gallery: Gallery) {
    let upstream = Upstream::start();
    let gatelet = gallery.setup()
        .upstream(&upstream)
        .variable("site_name", "Acme Notes")
        .variable(
            "access_rules",
            "/org/* org acme.com; /group/* group admins; /key/* signed-in with passkey; /open/* public",
        )
        .start();
    let person = Person::new();
    let tab = person.tab();
    let go = |path: &str| tab.go(&format!("{}{path}", gatelet.base_url()));

    go("/open/a");
    tab.evaluate("document.body.innerHTML = \"<form method=post action=/orders><button type=submit>Send</button></form>\"");
    tab.submit("button[type=submit]");
    gallery.inspect(&tab, "gateway-form-too-late");
    go("/auth/sign-up");
    type_account(&tab, &Account::new("Ada Lovelace"));
    go("/org/a");
    gallery.inspect(&tab, "gateway-org");
    go("/group/a");
    gallery.inspect(&tab, "gateway-group");
    tab.go(&gatelet.base_url().replace("localhost", "127.0.0.1"));
    // Nobody knows which languages an origin speaks that is not there.
    inspect(&tab, "gateway-misdirected", gallery.looks);

    let gone = Upstream::start();
    let away = gallery
        .setup()
        .upstream(&gone)
        .variable("access_rules", "/open/* public")
        .start();
    drop(gone);
    tab.go(&format!("{}/open/a", away.base_url()));
    inspect(&tab, "gateway-unreachable", gallery.looks);
}

/// To whoever came through a provider that takes its own tokens no more.
fn the_page_of_tokens_that_were_taken_back(gallery: Gallery) {
    let (upstream, provider) = (Upstream::start(), IdentityProvider::start());
    let fields = json!({ "keep_tokens": true });
    let grants = json!({ "grant_types": ["authorization_code", "refresh_token"] });
    let (setup, _) = gallery
        .setup()
        .providers_with(&[("acme", &provider, fields, grants)]);
    let gatelet = setup
        .upstream(&upstream)
        .variable("site_name", "Acme Notes")
        .variable("forward_access_token", "acme")
        .start();
    provider.give_tokens(json!({ "accessSeconds": 1 }));
    let person = Person::new();
    let tab = person.tab();
    tab.go(&format!("{}/auth/start/acme", gatelet.base_url()));
    tab.fill("input[name=login]", "ada");
    tab.fill("input[name=password]", PASSWORD);
    tab.submit("form[action$='/login'] button");
    tab.submit("form[action$='/allow'] button");
    provider.revoke();
    std::thread::sleep(Duration::from_millis(1_100));
    tab.go(&format!("{}/a", gatelet.base_url()));
    gallery.inspect(&tab, "gateway-provider-revoked");
}

/// Where another program keeps the sessions: to whoever comes back without one, and to a
/// browser whose session is not good.
fn pages_that_lead_to_where_people_sign_in(gallery: Gallery) {
    let (upstream, workos) = (Upstream::start(), WorkOsApp::start());
    let setup = workos.behind(gallery.setup()).upstream(&upstream);
    let gatelet = setup.variable("site_name", "Acme Notes").start();
    let person = Person::new();
    let tab = person.tab();
    let go = || tab.go(&format!("{}/auth/sign-in", gatelet.base_url()));

    go();
    go();
    gallery.inspect(&tab, "elsewhere");
    tab.evaluate("document.cookie = 'wos-session=x; path=/'");
    go();
    gallery.inspect(&tab, "elsewhere-not-good");
}

fn pages_of_an_account(gallery: Gallery) {
    let provider = IdentityProvider::start();
    let (setup, _) = gallery.setup().providers(&[("acme", &provider)]);
    let gatelet = setup
        .variable("app_list", "armory, codex")
        .variable("site_name", "Acme Notes")
        .start();
    let account = Account::new("Ada Lovelace");
    let elsewhere = gatelet.visitor();
    let person = Person::new();
    let tab = person.tab();
    let go = |path: &str| tab.go(&format!("{}/auth/account{path}", gatelet.base_url()));
    let send = |form: &str| tab.submit(&format!("{form} button[type=submit]"));

    tab.go(&format!("{}/auth/sign-up", gatelet.base_url()));
    type_account(&tab, &account);
    account.sign_in(&elsewhere, "/").expect(303);
    for page in [
        "",
        "/profile",
        "/password",
        "/providers",
        "/sessions",
        "/tokens",
        "/events",
        "/export",
        "/delete",
    ] {
        go(page);
        gallery.inspect(&tab, &format!("account{}", page.replace('/', "-")));
    }
    go("/profile");
    tab.fill("#name", " ");
    send("main form");
    gallery.inspect(&tab, "account-profile-fault");
    tab.fill("#name", "Ada King");
    send("main form");
    gallery.inspect(&tab, "account-profile-saved");
    go("/password");
    tab.fill("#password", "short");
    send("main form");
    gallery.inspect(&tab, "account-password-fault");
    go("/tokens");
    send("main form");
    gallery.inspect(&tab, "account-tokens-faults");
    tab.fill("#name", "Nightly backup");
    send("main form:last-of-type");
    gallery.inspect(&tab, "account-tokens-made");
    go("/tokens");
    gallery.inspect(&tab, "account-tokens-listed");
    go("/delete");
    tab.fill("#confirmation", "yes");
    send("main form");
    gallery.inspect(&tab, "account-delete-fault");
    tab.fill("#confirmation", &account.email);
    send("main form");
    gallery.inspect(&tab, "account-leaving");
}

fn pages_of_letters(gallery: Gallery) {
    let gatelet = gallery
        .setup()
        .variable("mail_url", "log:")
        .variable("magic_link", "on")
        .start();
    let account = Account::new("Ada Lovelace");
    let person = Person::new();
    let tab = person.tab();
    let go = |path: &str| tab.go(&format!("{}{path}", gatelet.base_url()));
    let ask = |path: &str, email: &str| {
        go(path);
        tab.fill("#email", email);
        tab.submit(SUBMIT);
    };
    let link = |kind: &str| PrintedLetter::latest(&gatelet, kind, &account.email).link();

    go("/auth/sign-in");
    gallery.inspect(&tab, "sign-in-with-letters");
    go("/auth/magic-link");
    gallery.inspect(&tab, "letter-to-sign-in");
    tab.evaluate("document.querySelectorAll('form').forEach((form) => form.noValidate = true)");
    tab.fill("#email", "nobody");
    tab.submit(SUBMIT);
    gallery.inspect(&tab, "letter-to-sign-in-faults");
    ask("/auth/magic-link", &account.email);
    gallery.inspect(&tab, "letter-sent");
    tab.fill("#code", "12345");
    tab.submit(SUBMIT);
    gallery.inspect(&tab, "letter-code-wrong");
    tab.go(&link("magic-link"));
    gallery.inspect(&tab, "link-to-sign-up");
    go("/auth/magic-link?token=x");
    gallery.inspect(&tab, "link-void");

    let squatter = gatelet.visitor();
    account.sign_up(&squatter, "/").expect(303);
    tab.go(&link("verify-email"));
    gallery.inspect(&tab, "link-to-confirm-elsewhere");
    ask("/auth/magic-link", &account.email);
    tab.go(&link("magic-link"));
    gallery.inspect(&tab, "link-to-sign-in-unproved");
    ask("/auth/forgot-password", &account.email);
    gallery.inspect(&tab, "letter-sent-for-a-password");
    tab.go(&link("reset-password"));
    gallery.inspect(&tab, "link-to-a-new-password-unproved");
    tab.submit(SUBMIT);
    gallery.inspect(&tab, "link-to-a-new-password-faults");
    tab.evaluate("document.querySelector('[value=keep]').checked = true");
    tab.fill("#password", "seven green bottles hang");
    tab.submit(SUBMIT);
    go("/auth/account/email");
    gallery.inspect(&tab, "account-email");
    tab.evaluate("document.querySelectorAll('form').forEach((form) => form.noValidate = true)");
    tab.fill("#email", "nobody");
    tab.submit("form:has(#email) button");
    gallery.inspect(&tab, "account-email-faults");
    tab.fill("#email", "other@example.com");
    tab.submit("form:has(#email) button");
    tab.go(&PrintedLetter::latest(&gatelet, "change-email", "other@example.com").link());
    gallery.inspect(&tab, "link-to-another-address");
    tab.submit(SUBMIT);
    gallery.inspect(&tab, "account-email-changed");
    tab.go(&link("email-changed"));
    gallery.inspect(&tab, "link-to-take-an-address-back");
}

fn pages_of_factors(gallery: Gallery) {
    let gatelet = gallery
        .setup()
        .variable("second_factor", "required")
        .start();
    let account = Account::new("Ada Lovelace");
    let person = Person::new();
    let tab = person.tab();
    let go = |path: &str| tab.go(&format!("{}{path}", gatelet.base_url()));
    let app = || {
        let page = tab.evaluate("document.documentElement.outerHTML");
        AuthenticatorApp::of_page(page.as_str().expect("a page"))
    };

    go("/auth/sign-up");
    type_account(&tab, &account);
    gallery.inspect(&tab, "second-factor-to-set-up");
    let app = app();
    tab.fill("#code", "000000");
    tab.submit(SUBMIT);
    gallery.inspect(&tab, "second-factor-to-set-up-fault");
    app.wait_for_room();
    tab.fill("#code", &app.code(-1));
    tab.submit(SUBMIT);
    // Where a set-up that is required leads, with the way on.
    go("/auth/account/recovery-codes?return_to=/");
    tab.submit("main form button");
    gallery.inspect(&tab, "account-recovery-codes");
    go("/auth/account/authenticator");
    gallery.inspect(&tab, "account-authenticator");
    go("/auth/account/passkeys");
    gallery.inspect(&tab, "account-passkeys");
    go("/auth/account/passkeys?add=1");
    gallery.inspect(&tab, "account-passkeys-add");
    tab.authenticator(&Authenticator::device(true));
    tab.wait("form[data-passkey]:not([hidden])");
    tab.fill("#passkey-name", "Laptop");
    tab.submit("form[data-passkey] button[type=submit]");
    go("/auth/account/passkeys");
    gallery.inspect(&tab, "account-passkeys-listed");
    go("/auth/confirm?with=second-factor");
    gallery.inspect(&tab, "confirm");

    let other = Person::new();
    let tab = other.tab();
    tab.go(&format!("{}/auth/sign-in", gatelet.base_url()));
    type_account(&tab, &account);
    gallery.inspect(&tab, "second-factor");
    tab.fill("#code", "000000");
    tab.submit("form:has(#code) button[type=submit]");
    gallery.inspect(&tab, "second-factor-wrong");
}

/// What letters look like, as far as mail programs do as browsers.
fn letters(gallery: Gallery) {
    let server = MailServer::start();
    let gatelet = server
        .of(gallery.setup())
        .variable("magic_link", "on")
        .start();
    let account = Account::new("Ada Lovelace");
    let visitor = gatelet.visitor();
    let ask = |path: &str| {
        let page = visitor.visit(path).send().expect(200);
        let form = page.form(path).fill("email", &account.email);
        visitor.submit(&form, &page.url).send();
    };
    account.sign_up(&visitor, "/").expect(303);
    ask("/auth/magic-link");
    let taken = server.wait_taken(2);
    let person = Person::new();
    let tab = person.tab();
    for (letter, name) in taken.iter().zip(["mail-verify-email", "mail-magic-link"]) {
        let html = STANDARD.encode(letter.html());
        tab.go(&format!("data:text/html;charset=utf-8;base64,{html}"));
        gallery.inspect(&tab, name);
    }
}

#[test]
fn pages_in_the_colours_of_a_site_are_accessible() {
    let logo = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 96 32'><rect width='96' height='32' rx='6' fill='#7b341e'/><circle cx='16' cy='16' r='8' fill='#fff'/></svg>";
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("site_name", "Acme Pottery")
        .variable("accent_color", "a13d1f")
        .variable("logo", logo)
        .variable("theme_css", ".card { border-radius: .25rem }")
        .start();
    let person = Person::new();
    let tab = person.tab();
    let go = |path: &str| tab.go(&format!("{}{path}", gatelet.base_url()));
    go("/auth/sign-up");
    inspect(&tab, "themed-sign-up", ENGLISH.looks);
    let button = "getComputedStyle(document.querySelector('.button.primary')).backgroundColor";
    assert_eq!(tab.evaluate(button), "rgb(161, 61, 31)");
    let radius = "getComputedStyle(document.querySelector('.card')).borderTopLeftRadius";
    assert_eq!(tab.evaluate(radius), "4px");
    let width = "document.querySelector('img.logo').naturalWidth";
    assert!(tab.evaluate(width).as_u64().is_some_and(|width| width > 0));
    type_account(&tab, &Account::new("Ada Lovelace"));
    go("/auth/account");
    inspect(&tab, "themed-account", ENGLISH.looks);
    assert_eq!(tab.console(), [] as [&str; 0]);
}
