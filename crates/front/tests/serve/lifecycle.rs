//! Starting, stopping, and what is told of it in between.

use std::io::Write as _;
use std::sync::mpsc;
use std::time::Duration;

use crate::harness::raw::{Raw, ask};
use crate::harness::upstream::{App, RawApp, read_head};
use crate::harness::{Behind, Front, PATIENCE, eventually, metric, reply};
use gatelet_front::{AccessLogFormat, Admin, Door, Limits, ServeError, ServeOptions, Server};

/// An app that answers when told to.
fn waiting() -> (RawApp, mpsc::Sender<()>) {
    let (go, going) = mpsc::channel::<()>();
    let going = std::sync::Mutex::new(going);
    let app = RawApp::start(move |mut stream, _number| {
        while read_head(&mut stream).is_some() {
            let told = going.lock().expect("no panic").recv_timeout(PATIENCE);
            told.expect("to be told");
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone");
        }
    });
    (app, go)
}

#[test]
fn a_stop_lets_requests_in_flight_end_and_takes_no_new_ones() {
    let (app, go) = waiting();
    let mut front = Front::start(Behind::forwarding(app.url()));
    let mut idle = Raw::connect(front.address);
    idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    go.send(()).expect("the app waits");
    assert_eq!(idle.response().status, 200);

    let mut busy = Raw::connect(front.address);
    busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    eventually("the request to be in flight", || {
        (front.metric("gatelet_requests_in_flight") > 0.0).then_some(())
    });
    let address = front.address;
    front.begin_to_stop();
    eventually("the listener to close", || {
        std::net::TcpStream::connect(address).is_err().then_some(())
    });
    assert!(idle.is_closed(), "an idle connection closes at once");
    go.send(()).expect("the app waits");
    let response = busy.response();
    assert_eq!((response.status, response.text()), (200, "done"));
    assert_eq!(response.header("connection"), Some("close"));
    assert!(busy.is_closed());
    front.stop();
}

#[test]
fn a_stop_waits_no_longer_than_it_may() {
    let (app, _go) = waiting();
    let front = Front::start_with(Behind::forwarding(app.url()), |options| {
        options.limits.drain_timeout = Duration::from_millis(200);
    });
    let mut raw = Raw::connect(front.address);
    raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    eventually("the request to be in flight", || {
        (front.metric("gatelet_requests_in_flight") > 0.0).then_some(())
    });
    front.stop();
    assert_eq!(raw.rest(), "");
}

/// Everything is well there, whatever is asked.
fn delaying(delay: Duration) -> Front {
    Front::start_with(Behind::deciding(|_head| reply(200, "ok")), |options| {
        options.shutdown_delay = delay;
    })
}

#[test]
fn before_a_stop_everybody_is_served_and_the_server_is_not_well() {
    let mut front = delaying(PATIENCE);
    let mut kept = Raw::connect(front.address);
    let first = kept.get("/health/live");
    assert_eq!((first.status, first.header("connection")), (200, None));
    front.begin_to_stop();
    eventually("the server to be unwell", || {
        (Raw::connect(front.address).get("/health/live").status == 503).then_some(())
    });
    for (request, status) in [
        ("GET /health/ready?x", 503),
        ("HEAD /health/ready", 503),
        ("GET /health/live", 503),
        ("POST /health/ready", 200),
        ("GET /health/ready/", 200),
        ("GET /", 200),
    ] {
        let (method, _) = request.split_once(' ').expect("a method");
        let mut new = Raw::connect(front.address);
        new.send(format!("{request} HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!(new.response_to(method).status, status, "{request}");
        assert!(new.is_closed(), "{request}");
    }
    eventually("the line of the log", || {
        front.log.text().contains("server.leaving").then_some(())
    });
    // What is kept is served once more and then closed, so that no drain cuts it.
    let last = kept.get("/");
    assert_eq!(
        (last.status, last.header("connection")),
        (200, Some("close"))
    );
    assert!(kept.is_closed());
    // It would be waited for.
    std::mem::forget(front);
}

#[test]
fn a_stop_drains_once_the_delay_is_over() {
    let front = delaying(Duration::from_millis(200));
    let address = front.address;
    let began = std::time::Instant::now();
    front.stop();
    assert!(began.elapsed() >= Duration::from_millis(200));
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn a_stop_says_goaway_and_lets_streams_end() {
    use http_body_util::{BodyExt as _, Empty};
    let (app, go) = waiting();
    let mut front = Front::start(Behind::forwarding(app.url()));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(front.address)
            .await
            .expect("a listener");
        let (mut sender, connection) = hyper::client::conn::http2::handshake(
            hyper_util::rt::TokioExecutor::new(),
            hyper_util::rt::TokioIo::new(stream),
        )
        .await
        .expect("HTTP/2");
        let connection = tokio::spawn(connection);
        let request = http::Request::get("http://a/")
            .body(Empty::<bytes::Bytes>::new())
            .expect("a request");
        let answer = tokio::spawn(sender.send_request(request));
        while front.metric("gatelet_requests_in_flight") == 0.0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        front.begin_to_stop();
        tokio::time::sleep(Duration::from_millis(200)).await;
        go.send(()).expect("the app waits");
        let response = answer.await.expect("no panic").expect("a response");
        let body = response.into_body().collect().await.expect("a body");
        assert_eq!(body.to_bytes(), "done");
        // After GOAWAY the connection ends by itself, in order.
        connection.await.expect("no panic").expect("an orderly end");
    });
    front.stop();
}

#[test]
fn a_taken_address_is_said_so_and_not_shared() {
    let front = Front::start(Behind::deciding(|_head| reply(200, "ok")));
    let options = ServeOptions {
        listen: vec![front.address],
        ..ServeOptions::default()
    };
    let behind = Behind::deciding(|_head| reply(200, "ok"));
    let error = Server::bind(options, std::sync::Arc::new(behind)).expect_err("taken");
    assert!(matches!(error, ServeError::Listen(address, _) if address == front.address));
    assert!(
        error
            .to_string()
            .contains("something else listens there already")
    );
}

#[test]
fn a_line_a_request_without_query_cookie_or_secret() {
    let app = App::describing();
    let front = Front::start(Behind::forwarding(app.url()));
    let mut raw = Raw::connect(front.address);
    raw.send(
        "GET /path/%22quoted%22?token=sesame HTTP/1.1\r\nHost: a\r\nCookie: gatelet=sesame\r\nAuthorization: Bearer sesame\r\nReferer: http://a/?sesame\r\n\r\n",
    );
    let response = raw.response();
    let id = response.header("x-request-id").expect("an id").to_owned();
    assert!(response.text().contains(&format!("x-request-id: {id}\n")));
    raw.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(raw.response().status, 404);
    let lines = front.log.lines(2);
    let line = &lines[0];
    assert_eq!(line["request_id"], id.as_str());
    assert_eq!(line["method"], "GET");
    assert_eq!(line["path"], "/path/%22quoted%22");
    assert_eq!(line["status"], 200);
    assert_eq!(line["component"], "gateway");
    assert_eq!(line["verdict"], "forward");
    assert_eq!(line["bytes"], response.body.len());
    assert!(line["duration_ms"].as_f64() >= line["upstream_ms"].as_f64());
    assert_eq!(lines[1]["code"], "route.unknown");
    assert_eq!(lines[1]["verdict"], "refused");
    assert!(!front.log.text().contains("sesame"));
}

#[test]
fn the_log_can_be_text_or_off() {
    let behind = || Behind::deciding(|_head| reply(200, "ok"));
    let front = Front::start_with(behind(), |options| {
        options.access_log = AccessLogFormat::Text;
    });
    assert_eq!(Raw::connect(front.address).get("/x").status, 200);
    let log = front.log.clone();
    front.stop();
    let text = log.text();
    assert!(text.contains(" GET /x 200 "), "{text}");
    assert_eq!(text.lines().count(), 1);

    let front = Front::start_with(behind(), |options| {
        options.access_log = AccessLogFormat::Off;
    });
    assert_eq!(Raw::connect(front.address).get("/x").status, 200);
    let log = front.log.clone();
    front.stop();
    assert_eq!(log.text(), "");
}

#[test]
fn a_visitors_request_id_counts_only_from_a_trusted_peer() {
    let app = App::describing();
    let ask_with_id = |front: &Front, id: &str| {
        let mut raw = Raw::connect(front.address);
        raw.send(format!(
            "GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: {id}\r\nConnection: close\r\n\r\n"
        ));
        let response = raw.response();
        let given = response.header("x-request-id").expect("an id").to_owned();
        let seen = response.text().to_owned();
        assert_eq!(seen.matches("x-request-id: ").count(), 1, "{seen}");
        assert!(seen.contains(&format!("x-request-id: {given}\n")), "{seen}");
        given
    };
    let front = Front::start(Behind::forwarding(app.url()));
    assert_ne!(ask_with_id(&front, "mine"), "mine");
    let trusting = Front::start_with(Behind::forwarding(app.url()), |options| {
        options.request_id_from = vec!["127.0.0.0/8".parse().expect("a network")];
    });
    assert_eq!(ask_with_id(&trusting, "mine"), "mine");
    assert_ne!(ask_with_id(&trusting, "in\"jected"), "in\"jected");
}

#[test]
fn metrics_and_health_have_a_listener_of_their_own() {
    let app = App::describing();
    let front = Front::start(Behind::forwarding(app.url()));
    let mut raw = Raw::connect(front.address);
    for _request in 0..3 {
        assert_eq!(raw.get("/").status, 200);
    }
    assert_eq!(raw.get("/nowhere").status, 404);
    let local = "127.0.0.1:0".parse().expect("an address");
    let admin = Admin::bind(local, front.metrics.clone()).expect("a free port");
    let address = admin.address().expect("an address");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.spawn(admin.run());
    eventually("the counts to settle", || {
        (front.metric("gatelet_requests_total") == 4.0).then_some(())
    });
    let get = |path: &str| {
        ask(
            address,
            format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
        )
    };
    let scraped = get("/metrics");
    assert!(
        scraped.contains(
            "gatelet_requests_total{component=\"gateway\",verdict=\"forward\",status=\"2xx\"} 3"
        ),
        "{scraped}"
    );
    assert!(
        scraped.contains(
            "gatelet_requests_total{component=\"none\",verdict=\"refused\",status=\"4xx\"} 1"
        ),
        "{scraped}"
    );
    assert_eq!(metric(&scraped, "gatelet_request_seconds_count"), 4.0);
    assert_eq!(metric(&scraped, "gatelet_upstream_connections_total"), 1.0);
    assert_eq!(metric(&scraped, "gatelet_open_connections"), 1.0);
    assert!(scraped.contains("le=\"+Inf\""), "{scraped}");
    assert!(scraped.ends_with("# EOF\n"), "{scraped}");
    assert!(get("/health").contains("200 OK"));
    assert!(get("/else").contains("404 Not Found"));
    assert_eq!(raw.get("/metrics").status, 200, "the app's own, in front");
}

#[test]
fn the_handler_door_gives_the_gateway_whole_requests() {
    let front = Front::start_with(Behind::deciding(|_head| reply(401, "no")), |options| {
        options.door = Door::Handler;
    });
    assert_eq!(
        Raw::connect(front.address).get("/").text(),
        "from a component"
    );
}

#[test]
fn the_bare_forward_judges_nothing() {
    let app = App::describing();
    let url = app.url();
    let front = Front::start_with(Behind::deciding(|_head| reply(401, "no")), |options| {
        options.door = Door::UnprotectedBareForward(url);
    });
    assert_eq!(Raw::connect(front.address).get("/").status, 200);
}

#[test]
fn several_workers_share_the_connections() {
    let behind = Behind::deciding(|_head| {
        let name = std::thread::current().name().unwrap_or_default().to_owned();
        reply(200, if name == "serve-0" { "zero" } else { "one" })
    });
    let front = Front::start_with(behind, |options| options.worker_threads = 2);
    let mut visitors: Vec<Raw> = (0..8).map(|_| Raw::connect(front.address)).collect();
    let by_zero = visitors
        .iter_mut()
        .map(|raw| raw.get("/").text().to_owned())
        .filter(|worker| worker == "zero")
        .count();
    assert_eq!(by_zero, 4);
}

#[test]
fn every_limit_has_a_default_that_limits() {
    let Limits {
        connections,
        connections_of_a_peer,
        head_bytes,
        buffer_bytes,
        head_timeout,
        idle_timeout,
        stall_timeout,
        least_bytes_per_second,
        http2_streams,
        connect_timeout,
        response_timeout,
        body_timeout,
        tunnel_idle_timeout,
        pool_idle_connections,
        pool_idle_timeout,
        continue_timeout,
        drain_timeout,
    } = Limits::default();
    assert!(connections > 0 && head_bytes >= 8192 && buffer_bytes >= head_bytes);
    assert!(connections_of_a_peer > 0 && connections_of_a_peer < connections);
    assert!(least_bytes_per_second > 0);
    assert!(http2_streams > 0 && pool_idle_connections > 0);
    for limit in [
        head_timeout,
        idle_timeout,
        stall_timeout,
        connect_timeout,
        response_timeout,
        body_timeout,
        tunnel_idle_timeout,
        pool_idle_timeout,
        continue_timeout,
        drain_timeout,
    ] {
        assert!(limit > Duration::ZERO && limit <= Duration::from_secs(3600));
    }
}

#[test]
fn a_line_says_who_asked_whom_and_for_which_origin() {
    let app = App::describing();
    let url = app.url();
    let behind = || {
        let url = url.clone();
        Behind::deciding(move |_head| {
            gatelet_core::Verdict::Forward(gatelet_core::Edits {
                upstream: url.clone(),
                set: gatelet_core::head::Lines::of_block("x-forwarded-user:2f1c\n"),
                ..gatelet_core::Edits::default()
            })
        })
    };
    let asked = "GET / HTTP/1.1\r\nHost: shop.test\r\nX-Forwarded-For: 203.0.113.7, 198.51.100.9\r\nX-Forwarded-Host: blog.test\r\n\r\n";
    let line = |front: &Front| {
        let mut raw = Raw::connect(front.address);
        raw.send(asked);
        assert_eq!(raw.response().status, 200);
        let line = front.log.lines(1)[0].clone();
        let field = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
        ["host", "origin", "client", "user"].map(field)
    };
    let front = Front::start(behind());
    assert_eq!(line(&front), ["shop.test", "shop", "127.0.0.1", "2f1c"]);
    let front = Front::start_with(behind(), |options| {
        options.trusted_proxies =
            gatelet_core::forwarded::TrustedProxies::parse("127.0.0.1").expect("an address");
    });
    assert_eq!(line(&front), ["blog.test", "blog", "198.51.100.9", "2f1c"]);
}

#[test]
fn an_answer_without_a_body_is_not_cut_off() {
    let mut behind = Behind::deciding(|_head| reply(200, "ok"));
    behind.handle = Box::new(|request| {
        Box::pin(async move {
            let status = request.uri().path().trim_start_matches("/component/");
            // A body that never says that it has ended.
            let endless = http_body_util::StreamBody::new(futures::stream::pending());
            let mut response = http::Response::new(http_body_util::BodyExt::boxed_unsync(endless));
            *response.status_mut() = status.parse().expect("a status");
            response
        })
    });
    let front = Front::start(behind);
    for (number, (method, status)) in [("GET", 204), ("POST", 204), ("GET", 304), ("HEAD", 200)]
        .into_iter()
        .enumerate()
    {
        let mut raw = Raw::connect(front.address);
        raw.send(format!(
            "{method} /component/{status} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
        ));
        assert_eq!(raw.response_to(method).status, status);
        let line = &front.log.lines(number + 1)[number];
        assert!(line["cut_off"].is_null(), "{method} {status}: {line}");
    }
}
