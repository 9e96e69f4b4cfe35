//! What does somebody get who asks at an address that is not served? 421, which
//! says where this server answers to whoever sits at this machine and to nobody else.

use std::net::IpAddr;

use bytes::Bytes;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::reply::Reply;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::connection::Connection;
use super::head::{self, Names};
use super::refusal::Asker;
use super::reply_body::Source;

/// Says more in a refusal of ours where that helps.
pub(super) fn point_home(
    connection: &Connection,
    asker: Asker,
    response: Response<Source>,
) -> Response<Source> {
    if !is_ours(&response) {
        return response;
    }
    let base_url = connection.worker.base_url.as_ref();
    match told(base_url, connection.peer.ip(), &asker) {
        Some(reply) => complete(reply, &connection.worker.names),
        None => response,
    }
}

/// An app may answer so too, and that is its own business. What is denied here says
/// that it is for nobody else.
fn is_ours(response: &Response<Source>) -> bool {
    let no_store = || {
        let control = response.headers().get(CACHE_CONTROL);
        control.is_some_and(|control| control == "no-store")
    };
    response.status() == StatusCode::MISDIRECTED_REQUEST
        && matches!(response.body(), Source::Whole(_) | Source::Component(_))
        && no_store()
}

/// A proxy on this machine asks for somebody elsewhere. So does a page of another
/// site whose name was made to lead here (DNS rebinding), in the name that it has.
fn told(base_url: Option<&BaseUrl>, peer: IpAddr, asker: &Asker) -> Option<Reply> {
    let by_own_name = || {
        let host = asker.host.as_ref()?.to_str().ok()?;
        let asked = BaseUrl::parse(&format!("http://{host}")).ok()?;
        Some(asked.is_loopback())
    };
    let here = peer.to_canonical().is_loopback() && !asker.proxied;
    base_url
        .filter(|_| here && by_own_name() == Some(true))
        .map(|base_url| Reply::elsewhere(asker.reads, base_url))
}

fn complete(reply: Reply, names: &Names) -> Response<Source> {
    let mut response = Response::new(Source::Empty);
    *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
    let headers: &mut HeaderMap = response.headers_mut();
    head::append_fields(headers, reply.fields.into_string(), names);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(reply.body.len()));
    *response.body_mut() = Source::Whole(Bytes::from(reply.body));
    response
}

#[cfg(test)]
mod tests {
    use gatelet_core::negotiate::{Reader, Reading};
    use gatelet_texts::Language;

    use super::*;

    fn asking(proxied: bool) -> Asker {
        asking_for("127.0.0.1:3000", proxied)
    }

    fn asking_for(host: &'static str, proxied: bool) -> Asker {
        Asker {
            reads: Reading {
                reader: Reader::Person,
                language: Language::English,
            },
            host: Some(HeaderValue::from_static(host)),
            proxied,
        }
    }

    #[test]
    fn a_name_that_was_made_to_lead_here_is_not_told_where_the_server_answers() {
        let base_url = BaseUrl::parse("http://localhost:3000").unwrap();
        let peer = "127.0.0.1".parse().unwrap();
        let is_told = |asker: &Asker| told(Some(&base_url), peer, asker).is_some();
        for host in [
            "127.0.0.1:3000",
            "[::1]:3000",
            "app.localhost:3000",
            "localhost",
        ] {
            assert!(is_told(&asking_for(host, false)), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:3000",
            "localhost.evil.example",
            "10.0.0.1",
            "",
            "a b",
        ] {
            assert!(!is_told(&asking_for(host, false)), "{host}");
        }
        let unnamed = Asker {
            host: None,
            ..asking(false)
        };
        assert!(!is_told(&unnamed));
    }

    #[test]
    fn nobody_beyond_this_machine_is_told_where_the_server_answers() {
        let base_url = BaseUrl::parse("http://localhost:3000").unwrap();
        for here in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            let peer = here.parse().unwrap();
            let reply = told(Some(&base_url), peer, &asking(false)).expect(here);
            let page = String::from_utf8(reply.body).unwrap();
            assert!(page.contains("http://localhost:3000"), "{here}: {page}");
            assert!(
                told(Some(&base_url), peer, &asking(true)).is_none(),
                "{here}"
            );
            assert!(told(None, peer, &asking(false)).is_none(), "{here}");
        }
        for elsewhere in [
            "192.0.2.7",
            "10.0.0.1",
            "169.254.0.1",
            "0.0.0.0",
            "128.0.0.1",
            "::",
            "::2",
            "fe80::1",
            "::ffff:192.0.2.7",
            "2001:db8::1",
        ] {
            let peer = elsewhere.parse().unwrap();
            assert!(
                told(Some(&base_url), peer, &asking(false)).is_none(),
                "{elsewhere}"
            );
        }
    }

    #[test]
    fn what_an_app_or_another_refusal_says_stays_as_it_is() {
        let answer = |status: u16, control: &'static str| {
            let mut response = Response::new(Source::Whole(Bytes::from_static(b"x")));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            let control = HeaderValue::from_static(control);
            response.headers_mut().insert(CACHE_CONTROL, control);
            is_ours(&response)
        };
        assert!(answer(421, "no-store"));
        assert!(!answer(421, "private"));
        assert!(!answer(404, "no-store"));
        assert!(!answer(200, "no-store"));
    }
}
