//! Is a request one that can be passed on without two readings of it?

use bytes::Bytes;
use gatelet_core::head::FIELDS_MAX;
use http::header::{COOKIE, HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Version};

use super::refusal::Refusal;

/// Check the head, and make `Host` say what the target says.
///
/// hyper has refused by now what is not HTTP at all: bad characters, obsolete
/// folding, differing or unreadable lengths, transfer codings that do not end in
/// `chunked`. Where length and transfer coding both stand it reads the coding,
/// drops the length and closes afterwards (RFC 9112 §6.1); what goes upstream is
/// framed anew, so the two ends cannot disagree.
/// <https://www.rfc-editor.org/rfc/rfc9112#section-6.1>
pub(super) fn check(parts: &mut Parts) -> Result<(), Refusal> {
    // CONNECT makes a tunnel to anywhere, TRACE gives HttpOnly cookies to scripts.
    if parts.method == Method::CONNECT || parts.method == Method::TRACE {
        return Err(Refusal::MethodRefused);
    }
    let asterisk = parts.uri.path() == "*";
    if asterisk && parts.method != Method::OPTIONS {
        return Err(Refusal::TargetMalformed);
    }
    if !asterisk && !parts.uri.path().starts_with('/') {
        return Err(Refusal::TargetMalformed);
    }
    check_transfer_coding(parts)?;
    check_host(parts)
}

/// RFC 9113 §8.2.3: in HTTP/2 cookies may come in several fields; whoever reads them as
/// HTTP/1.1 has them gets one.
pub(super) fn join_cookies(headers: &mut HeaderMap) {
    let mut cookies = headers.get_all(COOKIE).iter();
    if let (Some(first), Some(_)) = (cookies.next(), cookies.next()) {
        let mut joined = first.as_bytes().to_vec();
        for crumb in headers.get_all(COOKIE).iter().skip(1) {
            joined.extend_from_slice(b"; ");
            joined.extend_from_slice(crumb.as_bytes());
        }
        // Values joined by visible characters are a value.
        if let Ok(joined) = HeaderValue::from_maybe_shared(Bytes::from(joined)) {
            headers.insert(COOKIE, joined);
        }
    }
}

/// RFC 6585 §5: a head that is too large, by the measure of HTTP/1 in every version.
pub(super) fn check_size(parts: &Parts, head_bytes: usize) -> Result<(), Refusal> {
    if parts.headers.len() > FIELDS_MAX {
        return Err(Refusal::FieldsTooLarge);
    }
    if parts.version != Version::HTTP_2 {
        return Ok(());
    }
    let target = parts.uri.path_and_query().map_or("*", |path| path.as_str());
    let request_line = parts.method.as_str().len() + target.len() + "  HTTP/1.1\r\n".len();
    let fields = parts.headers.iter();
    let fields = fields.map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    let bytes = request_line + fields.sum::<usize>() + "\r\n".len();
    if bytes > head_bytes {
        return Err(Refusal::FieldsTooLarge);
    }
    Ok(())
}

/// RFC 9112 §6.1: 501 for a coding that is not understood. `gzip, chunked`
/// would go on without its `gzip`, so it is not understood here.
fn check_transfer_coding(parts: &Parts) -> Result<(), Refusal> {
    let mut codings = parts.headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => Ok(()),
        (Some(coding), None) if coding.as_bytes().eq_ignore_ascii_case(b"chunked") => Ok(()),
        _ => Err(Refusal::TransferCodingUnknown),
    }
}

/// RFC 9112 §3.2, RFC 9113 §8.3.1: exactly one host, and one that the target
/// agrees with.
fn check_host(parts: &mut Parts) -> Result<(), Refusal> {
    let mut hosts = parts.headers.get_all(HOST).iter();
    let (host, more) = (hosts.next(), hosts.next());
    if more.is_some() {
        return Err(Refusal::HostMalformed);
    }
    let Some(authority) = parts.uri.authority() else {
        return match host {
            Some(host) if host.as_bytes().iter().all(|&byte| is_of_authority(byte)) => Ok(()),
            // HTTP/1.0 knows no Host; for whom it is, the gate will not guess.
            None if parts.version == Version::HTTP_10 => Ok(()),
            _ => Err(Refusal::HostMalformed),
        };
    };
    if authority.as_str().contains('@') {
        return Err(Refusal::HostMalformed);
    }
    let agrees = host.is_none_or(|host| {
        host.as_bytes()
            .eq_ignore_ascii_case(authority.as_str().as_bytes())
    });
    // RFC 9112 §3.2.2 has the target win over `Host`; in HTTP/2 the two must not
    // differ at all.
    if !agrees && parts.version == Version::HTTP_2 {
        return Err(Refusal::HostMalformed);
    }
    let host = HeaderValue::from_str(authority.as_str()).map_err(|_| Refusal::HostMalformed)?;
    parts.headers.insert(HOST, host);
    Ok(())
}

/// RFC 3986 §3.2.2 and §3.2.3, without user information. A host with a `/` or `?`
/// would become path and query where somebody makes a URL of it.
fn is_of_authority(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:[]".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn checked(request: http::request::Builder) -> Result<Option<String>, Refusal> {
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        check(&mut parts).map(|()| {
            let host = parts.headers.get(HOST);
            host.map(|host| host.to_str().expect("ASCII").to_owned())
        })
    }

    #[test]
    fn a_request_for_no_or_two_hosts_is_refused() {
        let one = Request::get("/").header("host", "a.test");
        assert_eq!(checked(one), Ok(Some("a.test".to_owned())));
        let none = Request::get("/");
        assert_eq!(checked(none), Err(Refusal::HostMalformed));
        let two = Request::get("/").header("host", "a").header("host", "a");
        assert_eq!(checked(two), Err(Refusal::HostMalformed));
        let user = Request::get("/").header("host", "a@b");
        assert_eq!(checked(user), Err(Refusal::HostMalformed));
        for host in [
            "a/", "a/b", "a?b=", "a#b", "a\\b", "a b", "a\"", "a<b>", "a\u{e9}",
        ] {
            let host = HeaderValue::from_bytes(host.as_bytes()).expect("a field value");
            let more = Request::get("/").header("host", host.clone());
            assert_eq!(checked(more), Err(Refusal::HostMalformed), "{host:?}");
        }
        for host in ["", "a", "A.test:80", "[::1]:3000", "a_b.test.", "a%2eb"] {
            let plain = Request::get("/").header("host", host);
            assert_eq!(checked(plain), Ok(Some(host.to_owned())), "{host}");
        }
        let old = Request::get("/").version(Version::HTTP_10);
        assert_eq!(checked(old), Ok(None));
    }

    #[test]
    fn the_target_names_the_host_where_both_do() {
        let absolute = Request::get("http://a.test/x").header("host", "b.test");
        assert_eq!(checked(absolute), Ok(Some("a.test".to_owned())));
        let differing = Request::get("http://a.test/x")
            .version(Version::HTTP_2)
            .header("host", "b.test");
        assert_eq!(checked(differing), Err(Refusal::HostMalformed));
        let user = Request::get("http://u@a.test/x");
        assert_eq!(checked(user), Err(Refusal::HostMalformed));
    }

    #[test]
    fn transfer_codings_other_than_chunked_are_refused() {
        for (coding, result) in [
            ("chunked", Ok(Some("a".to_owned()))),
            ("Chunked", Ok(Some("a".to_owned()))),
            ("gzip, chunked", Err(Refusal::TransferCodingUnknown)),
            ("chunked, chunked", Err(Refusal::TransferCodingUnknown)),
            ("identity", Err(Refusal::TransferCodingUnknown)),
        ] {
            let request = Request::post("/")
                .header("host", "a")
                .header("transfer-encoding", coding);
            assert_eq!(checked(request), result, "{coding}");
        }
    }

    #[test]
    fn tunnels_traces_and_stray_asterisks_are_refused() {
        for (method, target, refusal) in [
            (Method::CONNECT, "a.test:443", Refusal::MethodRefused),
            (Method::TRACE, "/", Refusal::MethodRefused),
            (Method::GET, "*", Refusal::TargetMalformed),
        ] {
            let request = Request::builder()
                .method(method)
                .uri(target)
                .header("host", "a.test");
            assert_eq!(checked(request), Err(refusal), "{target}");
        }
        let options = Request::options("*").header("host", "a");
        assert!(checked(options).is_ok());
    }
}
