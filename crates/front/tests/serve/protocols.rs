//! HTTP/2 and TLS in front, TLS behind.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::harness::http2::{http2, nothing, runtime};
use crate::harness::raw::Raw;
use crate::harness::upstream::{App, RawApp, full};
use crate::harness::{Behind, Front, PATIENCE, reply, resident_bytes};
use bytes::Bytes;
use gatelet_front::{ServeError, ServeOptions, Server, TlsFiles};
use http::{HeaderMap, HeaderValue, Request, StatusCode, Version};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[test]
fn http2_is_served_by_prior_knowledge() {
    let app = App::describing();
    let front = Front::start(Behind::forwarding(app.url()));
    runtime().block_on(async {
        let mut sender = http2(&front).await;
        let request = Request::post("http://app.test/path?q=1")
            .header("x-own", "v")
            .body(Full::new(Bytes::from_static(b"hello")).boxed())
            .expect("a request");
        let response = sender.send_request(request).await.expect("a response");
        assert_eq!(response.version(), Version::HTTP_2);
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.headers().contains_key("x-request-id"));
        let body = response.into_body().collect().await.expect("a body");
        let seen = String::from_utf8(body.to_bytes().to_vec()).expect("ASCII");
        assert!(seen.starts_with("POST /path?q=1\n"), "{seen}");
        assert!(seen.contains("\nx-own: v\n"), "{seen}");
        assert!(seen.contains("\nbody 5\n"), "{seen}");
        assert!(
            seen.contains(&format!("\nhost: {}\n", app.address)),
            "{seen}"
        );
    });
}

#[test]
fn http2_streams_go_side_by_side() {
    let app = App::start(|request| {
        Box::pin(async move {
            if request.uri().path() == "/slow" {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            http::Response::new(full(request.uri().path().to_owned()))
        })
    });
    let front = Front::start(Behind::forwarding(app.url()));
    runtime().block_on(async {
        let mut sender = http2(&front).await;
        let get = |path: &str| {
            Request::get(format!("http://a{path}"))
                .body(nothing())
                .expect("a request")
        };
        let slow = sender.send_request(get("/slow"));
        let mut fast = Vec::new();
        for number in 0..20 {
            fast.push(sender.send_request(get(&format!("/{number}"))));
        }
        let mut slow = std::pin::pin!(slow);
        for answer in fast {
            tokio::select! {
                biased;
                _ = &mut slow => panic!("the slow one came first"),
                answer = answer => assert_eq!(answer.expect("a response").status(), 200),
            }
        }
        assert_eq!(slow.await.expect("a response").status(), 200);
    });
}

#[test]
fn http2_trailers_and_head_responses_are_right() {
    let app = App::start(|request| {
        Box::pin(async move {
            if request.method() == http::Method::HEAD {
                let mut response = http::Response::new(full(""));
                response
                    .headers_mut()
                    .insert("content-length", HeaderValue::from_static("12"));
                return response;
            }
            let mut trailers = HeaderMap::new();
            trailers.insert("checksum", HeaderValue::from_static("abc"));
            let frames = futures::stream::iter([
                Ok(http_body::Frame::data(Bytes::from_static(b"data"))),
                Ok(http_body::Frame::trailers(trailers)),
            ]);
            let mut response = http::Response::new(BodyExt::boxed(StreamBody::new(frames)));
            response
                .headers_mut()
                .insert("trailer", HeaderValue::from_static("checksum"));
            response
        })
    });
    let front = Front::start(Behind::forwarding(app.url()));
    runtime().block_on(async {
        let mut sender = http2(&front).await;
        let request = Request::get("http://a/")
            .header("te", "trailers")
            .body(nothing())
            .expect("a request");
        let response = sender.send_request(request).await.expect("a response");
        let body = response.into_body().collect().await.expect("a body");
        assert_eq!(body.trailers().expect("trailers")["checksum"], "abc");
        assert_eq!(body.to_bytes(), "data");
        let request = Request::head("http://a/").body(nothing());
        let response = sender
            .send_request(request.expect("a request"))
            .await
            .expect("a response");
        assert_eq!(response.headers()["content-length"], "12");
        let body = response.into_body().collect().await.expect("no body");
        assert!(body.to_bytes().is_empty());
    });
    // The same when it is the gate that answers.
    let front = Front::start(Behind::deciding(|_head| reply(401, "no")));
    runtime().block_on(async {
        let mut sender = http2(&front).await;
        let request = Request::head("http://a/").body(nothing());
        let response = sender
            .send_request(request.expect("a request"))
            .await
            .expect("a response");
        assert_eq!(response.headers()["content-length"], "2");
        let body = response.into_body().collect().await.expect("no body");
        assert!(body.to_bytes().is_empty());
    });
}

#[test]
fn http2_breaks_off_visibly_when_the_upstream_does() {
    let app = RawApp::start(|mut stream, _number| {
        use std::io::Write as _;
        let _ = crate::harness::upstream::read_head(&mut stream);
        let _ =
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n");
    });
    let front = Front::start(Behind::forwarding(app.url()));
    runtime().block_on(async {
        let mut sender = http2(&front).await;
        let request = Request::get("http://a/").body(nothing());
        let response = sender
            .send_request(request.expect("a request"))
            .await
            .expect("a response head");
        assert!(response.into_body().collect().await.is_err());
    });
}

#[test]
fn a_large_http2_download_leaves_memory_flat() {
    const LARGE: usize = 256 * 1024 * 1024;
    let app = RawApp::start(|mut stream, _number| {
        use std::io::Write as _;
        let _ = crate::harness::upstream::read_head(&mut stream);
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {LARGE}\r\n\r\n");
        let _ = stream.write_all(head.as_bytes());
        let piece = vec![b'x'; 1024 * 1024];
        while stream.write_all(&piece).is_ok() {}
    });
    let front = Front::start(Behind::forwarding(app.url()));
    runtime().block_on(async {
        let mut sender = http2(&front).await;
        let request = Request::get("http://a/").body(nothing());
        let response = sender.send_request(request.expect("a request"));
        let mut body = response.await.expect("a response").into_body();
        let before = resident_bytes();
        let (mut received, mut most) = (0, 0);
        while let Some(frame) = body.frame().await {
            received += frame.expect("all of it").data_ref().map_or(0, Bytes::len);
            most = most.max(resident_bytes());
        }
        assert_eq!(received, LARGE);
        let grown = most.saturating_sub(before);
        assert!(
            grown < 96 * 1024 * 1024,
            "memory grew by {} MiB",
            grown >> 20
        );
    });
}

/// A certificate for `localhost`, made now.
struct Identity {
    _folder: tempfile::TempDir,
    files: TlsFiles,
    roots: rustls::RootCertStore,
}

impl Identity {
    fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])
            .expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| -> PathBuf { folder.path().join(name) };
        let files = TlsFiles::new(path("cert.pem"), path("key.pem"));
        std::fs::write(&files.certificate, made.cert.pem()).expect("written");
        std::fs::write(&files.key, made.signing_key.serialize_pem()).expect("written");
        let mut roots = rustls::RootCertStore::empty();
        roots.add(made.cert.der().clone()).expect("a root");
        Self {
            _folder: folder,
            files,
            roots,
        }
    }

    async fn connect(
        &self,
        front: &Front,
        protocol: &str,
    ) -> tokio_rustls::client::TlsStream<TcpStream> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(self.roots.clone())
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let stream = TcpStream::connect(front.address).await.expect("a listener");
        let name = ServerName::try_from("localhost").expect("a name");
        tokio_rustls::TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
            .expect("TLS")
    }
}

#[test]
fn tls_is_served_in_both_versions_of_http_and_the_gate_knows() {
    let identity = Identity::new();
    let files = identity.files.clone();
    let behind = Behind::deciding(|head| {
        assert!(head.tls);
        assert_eq!((head.authority, head.peer), ("localhost", "127.0.0.1"));
        reply(200, "secret")
    });
    let front = Front::start_with(behind, |options| options.tls = Some(files));
    runtime().block_on(async {
        let stream = identity.connect(&front, "h2").await;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                .await
                .expect("HTTP/2");
        tokio::spawn(connection);
        let request = Request::get("https://localhost/").body(nothing());
        let response = sender.send_request(request.expect("a request"));
        assert_eq!(response.await.expect("a response").status(), 200);

        let stream = identity.connect(&front, "http/1.1").await;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .expect("HTTP/1.1");
        tokio::spawn(connection);
        let request = Request::get("/")
            .header("host", "localhost")
            .body(nothing());
        let response = sender
            .send_request(request.expect("a request"))
            .await
            .expect("a response");
        let body = response.into_body().collect().await.expect("a body");
        assert_eq!(body.to_bytes(), "secret");
    });
    // What is not TLS is not answered as if it were.
    let answer = crate::harness::raw::ask(front.address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(!answer.contains("HTTP/"), "{answer}");
    assert_eq!(front.metric("gatelet_requests_total"), 2.0);
}

#[test]
fn time_in_which_nobody_came_is_not_counted_against_who_comes_then() {
    const IDLE: Duration = Duration::from_secs(2);
    let identity = Identity::new();
    let files = identity.files.clone();
    let front = Front::start_with(Behind::deciding(|_head| reply(200, "ok")), |options| {
        options.tls = Some(files);
        options.limits.idle_timeout = IDLE;
    });
    // By now the threads that serve have nothing to do, and rest.
    std::thread::sleep(2 * IDLE);
    runtime().block_on(async {
        let mut stream = identity.connect(&front, "http/1.1").await;
        tokio::time::sleep(IDLE / 2).await;
        let request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        stream.write_all(request).await.expect("it is open");
        let mut status = [0; 15];
        stream.read_exact(&mut status).await.expect("an answer");
        assert_eq!(&status, b"HTTP/1.1 200 OK");
        // What comes after a rest has its limits all the same.
        let mut rest = Vec::new();
        let end = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest));
        let _closed = end.await.expect("it is closed once it is idle");
    });
}

#[test]
fn a_visitor_who_never_finishes_the_handshake_is_cut_off() {
    let identity = Identity::new();
    let files = identity.files.clone();
    let front = Front::start_with(Behind::deciding(|_head| reply(200, "ok")), |options| {
        options.tls = Some(files);
        options.limits.head_timeout = Duration::from_millis(200);
    });
    assert!(Raw::connect(front.address).is_closed());
}

#[test]
fn an_upstream_with_an_unknown_certificate_is_not_spoken_to() {
    let identity = Identity::new();
    let files = identity.files.clone();
    let behind = Front::start_with(Behind::deciding(|_head| reply(200, "ok")), |options| {
        options.tls = Some(files);
    });
    let url = format!("https://localhost:{}", behind.address.port());
    let front = Front::start(Behind::forwarding(url));
    let response = Raw::connect(front.address).get("/");
    assert_eq!(response.status, 502);
    assert!(response.text().contains("upstream.unreachable"));
    assert_eq!(behind.metric("gatelet_requests_total"), 0.0);
}

/// As whoever renews certificates leaves them: one file after the other, and the program runs
/// on.
#[test]
fn a_certificate_that_was_renewed_is_served_and_a_bad_one_is_not() {
    let (mut first, second) = (Identity::new(), Identity::new());
    first.roots.roots.extend(second.roots.roots.clone());
    let mut files = first.files.clone();
    files.look_every = Duration::ZERO;
    let behind = Behind::deciding(|_head| reply(200, "ok"));
    let front = Front::start_with(behind, |options| options.tls = Some(files.clone()));
    let shown = || {
        runtime().block_on(async {
            let stream = first.connect(&front, "h2").await;
            let (_, connection) = stream.get_ref();
            let chain = connection.peer_certificates().expect("a certificate");
            chain[0].as_ref().to_vec()
        })
    };
    let of = |identity: &Identity| {
        let pem = std::fs::read(&identity.files.certificate).expect("there");
        let der = CertificateDer::from_pem_slice(&pem).expect("a certificate");
        der.as_ref().to_vec()
    };
    let (old, new) = (of(&first), of(&second));
    assert_eq!(shown(), old);
    // Half of it: certificate and key do not go together.
    std::fs::copy(&second.files.certificate, &files.certificate).expect("copied");
    assert_eq!(shown(), old);
    std::fs::copy(&second.files.key, &files.key).expect("copied");
    assert_eq!(shown(), new);
    for broken in ["", "no certificate"] {
        std::fs::write(&files.certificate, broken).expect("written");
        assert_eq!(shown(), new);
    }
    std::fs::remove_file(&files.certificate).expect("removed");
    assert_eq!(shown(), new);
}

#[test]
fn a_bad_certificate_pair_stops_the_start_and_names_the_file() {
    let identity = Identity::new();
    let other = Identity::new();
    let start = |certificate: &PathBuf, key: &PathBuf| {
        let options = ServeOptions {
            listen: vec!["127.0.0.1:0".parse().expect("an address")],
            tls: Some(TlsFiles::new(certificate.clone(), key.clone())),
            ..ServeOptions::default()
        };
        let behind = Behind::deciding(|_head| reply(200, "ok"));
        Server::bind(options, Arc::new(behind)).expect_err("no start")
    };
    let TlsFiles {
        certificate, key, ..
    } = &identity.files;
    let missing = PathBuf::from("/nonexistent/cert.pem");
    let error = start(&missing, key);
    assert!(matches!(error, ServeError::Tls(_)));
    assert!(error.to_string().contains("/nonexistent/cert.pem"));
    let swapped = start(key, key).to_string();
    assert!(swapped.contains("holds no certificate"), "{swapped}");
    let mismatched = start(certificate, &other.files.key).to_string();
    assert!(mismatched.contains("cannot be used"), "{mismatched}");
}

#[test]
fn http2_on_a_slow_preface_is_still_http2() {
    let front = Front::start(Behind::deciding(|_head| reply(200, "ok")));
    let mut raw = Raw::connect(front.address);
    raw.send("PRI * HT");
    std::thread::sleep(Duration::from_millis(50));
    raw.send("TP/2.0\r\n\r\nSM\r\n\r\n");
    // An empty SETTINGS frame; the answer is one too.
    raw.send([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    let header = raw.bytes(9);
    assert_eq!(header[3], 4, "a SETTINGS frame: {header:?}");
}

#[test]
fn http2_hosts_that_disagree_are_refused() {
    let front = Front::start(Behind::deciding(|_head| reply(200, "ok")));
    runtime().block_on(async {
        let mut sender = http2(&front).await;
        for (host, status) in [("a.test", 200), ("b.test", 400)] {
            let request = Request::get("http://a.test/")
                .header("host", host)
                .body(nothing());
            let response = sender
                .send_request(request.expect("a request"))
                .await
                .expect("a response");
            assert_eq!(response.status(), status, "{host}");
        }
    });
}

#[test]
fn an_http2_visitor_who_resets_a_stream_cancels_the_upstream_request() {
    let (gone, noticed) = std::sync::mpsc::channel();
    let gone = std::sync::Mutex::new(gone);
    let app = RawApp::start(move |mut stream, _number| {
        use std::io::Read as _;
        let _ = crate::harness::upstream::read_head(&mut stream);
        let ended = matches!(stream.read(&mut [0; 1]), Ok(0) | Err(_));
        let _ = gone.lock().expect("no panic").send(ended);
    });
    let front = Front::start(Behind::forwarding(app.url()));
    runtime().block_on(async {
        let mut sender = http2(&front).await;
        let request = Request::get("http://a/").body(nothing());
        let answer = sender.send_request(request.expect("a request"));
        let waited = tokio::time::timeout(Duration::from_millis(300), answer).await;
        assert!(waited.is_err(), "nobody answers");
        tokio::task::spawn_blocking(move || {
            assert!(noticed.recv_timeout(PATIENCE).expect("the app is told"));
        })
        .await
        .expect("the app is told");
    });
}
