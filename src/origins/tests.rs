use super::*;
use crate::fixture::{NOW, settings};

fn resolves(base_url: &str, authority: &str) -> Result<(), Code> {
    let settings = settings(&[("base_url", base_url), ("insecure_http", "allow")]);
    let found = settings.origins.resolve(authority, NOW);
    found.map(drop).map_err(|none| none.code)
}

#[test]
fn the_base_urls_host_is_the_only_one() {
    let default = "https://app.example.com";
    let other_port = "http://localhost:3000";
    let v6 = "http://[2001:db8::1]:3000";
    for (base_url, authority, expected) in [
        (default, "app.example.com", Ok(())),
        (default, "APP.example.com", Ok(())),
        (default, "app.example.com.", Ok(())),
        (default, "app.example.com:443", Ok(())),
        (default, "app.example.com.:443", Ok(())),
        (default, "app.example.com:", Ok(())),
        (default, "app.example.com:80", Err(Code::OriginUnknown)),
        (default, "example.com", Err(Code::OriginUnknown)),
        (default, "evil.app.example.com", Err(Code::OriginUnknown)),
        (
            default,
            "app.example.com.evil.example",
            Err(Code::OriginUnknown),
        ),
        (default, "evilapp.example.com", Err(Code::OriginUnknown)),
        (default, "", Err(Code::OriginUnknown)),
        (default, "app.example.com..", Err(Code::RequestMalformed)),
        (
            default,
            "app.example.com, evil.example",
            Err(Code::RequestMalformed),
        ),
        (
            default,
            "app.example.com@evil.example",
            Err(Code::RequestMalformed),
        ),
        (default, "app.example.com:443x", Err(Code::RequestMalformed)),
        (
            default,
            "app.example.com:0443443",
            Err(Code::RequestMalformed),
        ),
        (default, "app.example.com/", Err(Code::RequestMalformed)),
        (default, "app.example.com\0", Err(Code::RequestMalformed)),
        (default, " app.example.com", Err(Code::RequestMalformed)),
        (default, "аpp.example.com", Err(Code::RequestMalformed)),
        (other_port, "localhost:3000", Ok(())),
        (other_port, "localhost", Err(Code::OriginUnknown)),
        (other_port, "127.0.0.1:3000", Err(Code::OriginUnknown)),
        (v6, "[2001:db8::1]:3000", Ok(())),
        (v6, "[2001:DB8:0:0::1]:3000", Ok(())),
        (v6, "[2001:db8::2]:3000", Err(Code::OriginUnknown)),
        (v6, "2001:db8::1:3000", Err(Code::RequestMalformed)),
        (v6, "[2001:db8::1", Err(Code::RequestMalformed)),
    ] {
        assert_eq!(
            resolves(base_url, authority),
            expected,
            "{authority} at {base_url}"
        );
    }
}

