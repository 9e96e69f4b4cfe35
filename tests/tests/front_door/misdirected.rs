//! Somebody who sits at this machine and asks at another address than the base URL
//! is told where the server answers; whoever comes through a proxy is not.

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Door;
use gatelet_tests::gatelet::Gatelet;
use gatelet_tests::through_both_doors;
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;

through_both_doors! {
    another_address_of_this_machine_says_where_the_server_answers,
    whoever_comes_through_a_proxy_is_not_told_where_the_server_answers,
    an_app_may_say_that_it_is_not_meant,
}

/// Of the app, and of sign-in.
const PATHS: [&str; 3] = ["/", "/auth/sign-in", "/auth/session"];

/// A visitor at the number of the address, where the base URL has its name.
fn at_the_number(gatelet: &Gatelet) -> Visitor {
    Visitor::new(&format!("http://{}", gatelet.address()))
}

fn another_address_of_this_machine_says_where_the_server_answers(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Gatelet::in_front_of(&upstream, door);
    let base_url = gatelet.base_url();
    let visitor = at_the_number(&gatelet);
    for path in PATHS {
        let page = visitor.visit(path).send().expect(421);
        let link = format!("<a href=\"{base_url}\">{base_url}</a>");
        assert!(page.text().contains(&link), "{}", page.description());
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert!(page.header("content-type").starts_with("text/html"));

        let answer = visitor.get(path).send();
        let answer = answer.expect_denial(421, "origin.unknown");
        assert_eq!(answer.json()["baseUrl"], base_url, "{path}");
    }
    assert!(upstream.seen().is_empty(), "{:?}", upstream.seen());
}

fn whoever_comes_through_a_proxy_is_not_told_where_the_server_answers(door: Door) {
    let gatelet = Gatelet::in_front_of(&Upstream::start(), door);
    let visitor = at_the_number(&gatelet);
    for path in PATHS {
        for field in ["forwarded", "via", "x-forwarded-for", "x-real-ip"] {
            let page = visitor.visit(path).header(field, "192.0.2.7").send();
            let page = page.expect(421);
            assert!(
                !page.text().contains(gatelet.base_url()),
                "{field}: {}",
                page.description()
            );
        }
    }
}

fn an_app_may_say_that_it_is_not_meant(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Gatelet::in_front_of(&upstream, door);
    let (visitor, _) = signed_in(&gatelet);
    let answer = visitor.visit("/status/421").send().expect(421);
    assert_eq!(answer.header("x-test-upstream"), "1", "it is the app's own");
    assert_eq!(answer.text(), "", "and so is what it says");
}
