//! A head is the same in every version of HTTP.

use crate::harness::http2::{http2, nothing, runtime};
use crate::harness::raw::Raw;
use crate::harness::upstream::App;
use crate::harness::{Behind, Front, reply};
use http::Request;
use http_body_util::BodyExt as _;

#[test]
fn a_head_is_too_large_at_the_same_size_in_both_versions() {
    let front = Front::start(Behind::deciding(|_head| reply(200, "ok")));
    // Host is one of them.
    for (fields, bytes, status) in [
        (99, 10, 200),
        (100, 10, 431),
        (200, 10, 431),
        (20, 3_000, 200),
        (22, 3_000, 431),
        (40, 3_000, 431),
    ] {
        let value = "x".repeat(bytes);
        let mut head = "GET / HTTP/1.1\r\nHost: a\r\n".to_owned();
        for number in 0..fields {
            head.push_str(&format!("X-{number}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut raw = Raw::connect(front.address);
        let _ = raw.try_send(&head);
        assert_eq!(raw.response().status, status, "{fields} of {bytes}, HTTP/1");
        runtime().block_on(async {
            let mut sender = http2(&front).await;
            let mut request = Request::get("http://a/");
            for number in 0..fields {
                request = request.header(format!("x-{number}"), &value);
            }
            let request = request.body(nothing()).expect("a request");
            let response = sender.send_request(request).await.expect("a response");
            assert_eq!(response.status(), status, "{fields} of {bytes}, HTTP/2");
        });
    }
}

#[test]
fn cookies_that_come_in_crumbs_arrive_in_one_field_whoever_answers() {
    let app = App::describing();
    let mut behind = Behind::forwarding(app.url());
    behind.handle = Box::new(|request| {
        Box::pin(async move {
            let mut response = crate::harness::text("");
            for cookie in request.headers().get_all("cookie") {
                response.headers_mut().append("seen", cookie.clone());
            }
            response
        })
    });
    let front = Front::start(behind);
    runtime().block_on(async {
        let mut sender = http2(&front).await;
        let ask = |path: &str| {
            let mut request = Request::get(format!("http://a{path}"));
            for number in 0..150 {
                request = request.header("cookie", format!("c{number}=1"));
            }
            request.body(nothing()).expect("a request")
        };
        let joined: Vec<_> = (0..150).map(|number| format!("c{number}=1")).collect();
        let joined = joined.join("; ");
        let response = sender.send_request(ask("/component")).await;
        let response = response.expect("a response");
        let seen: Vec<_> = response.headers().get_all("seen").iter().collect();
        assert_eq!(seen, [joined.as_str()]);
        let response = sender.send_request(ask("/")).await.expect("a response");
        let body = response.into_body().collect().await.expect("a body");
        let text = String::from_utf8(body.to_bytes().to_vec()).expect("text");
        assert!(text.contains(&format!("\ncookie: {joined}\n")), "{text}");
        assert_eq!(text.matches("\ncookie: ").count(), 1);
    });
}
