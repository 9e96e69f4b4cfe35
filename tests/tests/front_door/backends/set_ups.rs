//! Other set-ups of the same Better Auth.

use gatelet_tests::better_auth::{BetterAuthApp, SECRET};
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::Setup;
use gatelet_tests::postgres::Database;
use gatelet_tests::{repository, through_both_doors};
use serde_json::json;

use super::{is_nobody, started, told};

through_both_doors! {
    cookies_with_another_prefix_and_for_https_are_found_whatever_copy_stands_beside_them,
}

fn cookies_with_another_prefix_and_for_https_are_found_whatever_copy_stands_beside_them(
    door: Door,
) {
    let more = json!({ "cookiePrefix": "acme", "secure": true, "cookieCache": true });
    let set = |setup: Setup| {
        setup
            .door(door)
            .variable("better_auth_cookie_prefix", "acme")
    };
    let (gatelet, app) = started(set, &more);
    let ann = app.sign_up("Ann");
    let visitor = gatelet.visitor();
    ann.sign_in(&visitor);
    let (token, data) = ("__Secure-acme.session_token", "__Secure-acme.session_data");
    assert!(visitor.cookie(token).is_some() && visitor.cookie(data).is_some());
    assert_eq!(told(&visitor)["x-forwarded-user"], ann.id);
    // Its copy in a cookie says for five minutes what was; the table says what is.
    gatelet.database().execute("DELETE FROM \"session\"");
    is_nobody(&visitor, "session.expired");
    visitor.change_jar(|jar| jar.forget_one(token));
    is_nobody(&visitor, "session.none");
}

/// Runs the commands of a block of the README, but the last, which serves.
pub(super) fn run_commands(block: &str, setup: &Setup, upstream: &str) {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("the README");
    let begin = format!("<!-- runs: {block} -->\n```sh\n");
    let (_, block) = readme.split_once(&begin).expect("the block");
    let (block, _) = block.split_once("```").expect("its end");
    let (commands, last) = block.trim_end().rsplit_once('\n').expect("several lines");
    assert_eq!(last, "gatelet up --init");
    let commands = commands.replace("http://localhost:3001", upstream);
    for command in commands.lines() {
        let done = setup.shell(command);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{command}: {said}");
    }
}

#[test]
fn the_commands_of_the_readme_put_gatelet_in_front_of_a_better_auth() {
    let theirs = Database::fresh();
    let setup = Setup::new(Engine::Sqlite);
    let app = BetterAuthApp::start(&setup, &theirs, &json!({}));
    let setup = setup
        .environment("BETTER_AUTH_SECRET", SECRET)
        .environment("DATABASE_URL", &theirs.url);
    run_commands("better_auth", &setup, app.url());
    let gatelet = setup.start();
    let visitor = gatelet.visitor();
    let page = visitor.visit("/a").send();
    let page = page.expect_redirect("/auth/sign-in?return_to=%2Fa");
    let page = visitor.visit(page.header("location")).send();
    page.expect_redirect("/login?next=%2Fa");
    visitor.visit("/login").send().expect(200);
    let ann = app.sign_up("Ann");
    ann.sign_in(&visitor);
    assert_eq!(told(&visitor)["x-forwarded-user"], ann.id);
}
