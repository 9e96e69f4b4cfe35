//! Every way in which an ID token can be wrong, beside those of `conformance`.

use super::*;
use crate::claim_path::ClaimPath;
use crate::provider_groups::GroupRules;
use crate::tests::test_provider::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn code(result: Result<VerifiedIdToken, Refusal>) -> Option<RefusalCode> {
    result.err().map(|refusal| refusal.code)
}

fn judge(claims: &Value) -> Option<RefusalCode> {
    let signer = Signer::es256("k1");
    code(verify(&signer.sign(claims), &key_set(&[&signer])))
}

#[test]
fn a_proof_is_as_old_as_the_provider_says_or_older_than_any() {
    let mut demands = Demands::default();
    for (said, says, anew, expected) in [
        (Some(json!(NOW - 9000)), false, false, Some(NOW - 9000)),
        (Some(json!(NOW - 9000)), true, false, Some(NOW - 9000)),
        // It could say, and does not.
        (None, true, false, Some(0)),
        (Some(json!("now")), false, false, Some(0)),
        (Some(json!(-5)), false, false, Some(0)),
        // It never says, and is believed.
        (None, false, false, None),
        // It has been asked since the attempt began, and may be behind by its clock.
        (Some(json!(NOW - 350)), true, true, Some(NOW - 300)),
        (Some(json!(NOW - 10)), true, true, Some(NOW - 10)),
        (None, false, true, None),
    ] {
        demands.anew = anew;
        let (oidc, access_token) = (oidc(), Secret::new(ACCESS_TOKEN.to_owned()));
        let expecting = Expected {
            oidc: &oidc,
            demands: &demands,
            says_auth_time: says,
            issuer: &oidc.issuer,
            client_id: CLIENT,
            algorithms: &SigningAlgorithm::ALL,
            nonce: NONCE,
            access_token: &access_token,
            asked_at: NOW - 300,
            now: NOW,
        };
        let asked = expecting.asked_at_by(said.as_ref());
        assert_eq!(asked, expected, "{said:?} {says} {anew}");
    }
}

#[test]
fn several_audiences_need_the_authorized_party() {
    for (aud, azp, expected) in [
        (json!(CLIENT), Value::Null, None),
        (json!([CLIENT]), Value::Null, None),
        (json!([CLIENT]), json!(CLIENT), None),
        (json!([CLIENT, "project-7"]), json!(CLIENT), None),
        (
            json!([CLIENT, "project-7"]),
            Value::Null,
            Some(RefusalCode::IdTokenAuthorizedParty),
        ),
        (
            json!([CLIENT, "client-2"]),
            json!("client-2"),
            Some(RefusalCode::IdTokenAuthorizedParty),
        ),
        (
            json!(CLIENT),
            json!("client-2"),
            Some(RefusalCode::IdTokenAuthorizedParty),
        ),
        (
            json!(CLIENT),
            json!(""),
            Some(RefusalCode::IdTokenAuthorizedParty),
        ),
        (
            json!("client-2"),
            json!(CLIENT),
            Some(RefusalCode::IdTokenAudience),
        ),
    ] {
        let mut claims = claims_with("aud", aud.clone());
        if !azp.is_null() {
            claims["azp"] = azp.clone();
        }
        assert_eq!(judge(&claims), expected, "aud {aud}, azp {azp}");
    }
}

#[test]
fn sixteen_audiences_are_read_and_no_more() {
    for (count, expected) in [(16, None), (17, Some(RefusalCode::IdTokenAudience))] {
        let mut audiences = vec![CLIENT.to_owned()];
        audiences.extend((1..count).map(|n| format!("project-{n}")));
        let mut claims = claims_with("aud", json!(audiences));
        claims["azp"] = json!(CLIENT);
        assert_eq!(judge(&claims), expected, "{count}");
    }
}

#[test]
fn expired_and_premature_tokens_are_refused() {
    for (name, value, expected) in [
        ("exp", json!(NOW - 59), None),
        ("exp", json!(NOW - 60), Some(RefusalCode::IdTokenExpired)),
        ("exp", json!(0), Some(RefusalCode::IdTokenExpired)),
        ("exp", json!(-1), Some(RefusalCode::IdTokenExpired)),
        ("exp", Value::Null, Some(RefusalCode::IdTokenExpired)),
        ("exp", json!(i64::MAX), Some(RefusalCode::IdTokenMalformed)),
        ("exp", json!(u64::MAX), Some(RefusalCode::IdTokenMalformed)),
        ("exp", json!("soon"), Some(RefusalCode::IdTokenMalformed)),
        ("nbf", json!(NOW + 60), None),
        ("nbf", json!(NOW + 61), Some(RefusalCode::IdTokenNotBefore)),
        ("iat", json!(NOW - 24 * 3600), None),
        (
            "iat",
            json!(NOW - 24 * 3600 - 1),
            Some(RefusalCode::IdTokenIssuedAt),
        ),
        ("iat", json!(NOW + 61), Some(RefusalCode::IdTokenIssuedAt)),
        ("iat", json!(-1), Some(RefusalCode::IdTokenIssuedAt)),
    ] {
        assert_eq!(
            judge(&claims_with(name, value.clone())),
            expected,
            "{name} {value}"
        );
    }
}

#[test]
fn another_access_tokens_hash_is_refused() {
    let half = |bytes: &[u8]| encode(&bytes[..bytes.len() / 2]);
    let (sha256, sha512) = (
        half(&Sha256::digest(ACCESS_TOKEN)),
        half(&Sha512::digest(ACCESS_TOKEN)),
    );
    let other = half(&Sha256::digest("another"));
    for (signer, hash, expected) in [
        (Signer::rs256("k"), &sha256, None),
        (Signer::es256("k"), &sha256, None),
        (Signer::eddsa("k"), &sha512, None),
        (
            Signer::eddsa("k"),
            &sha256,
            Some(RefusalCode::IdTokenAccessTokenHash),
        ),
        (
            Signer::rs256("k"),
            &other,
            Some(RefusalCode::IdTokenAccessTokenHash),
        ),
        (
            Signer::rs256("k"),
            &String::new(),
            Some(RefusalCode::IdTokenAccessTokenHash),
        ),
        (
            Signer::rs256("k"),
            &sha256[..21].to_owned(),
            Some(RefusalCode::IdTokenAccessTokenHash),
        ),
    ] {
        let token = signer.sign(&claims_with("at_hash", json!(hash)));
        assert_eq!(
            code(verify(&token, &key_set(&[&signer]))),
            expected,
            "{} {hash}",
            signer.algorithm()
        );
    }
}

#[test]
fn the_header_chooses_nothing() {
    let (rsa, ec) = (Signer::rs256("k1"), Signer::es256("k1"));
    let keys = key_set(&[&rsa, &ec]);
    for (case, header, expected) in [
        (
            "as it should be",
            json!({"alg": "ES256", "kid": "k1"}),
            None,
        ),
        (
            "lower-case type",
            json!({"alg": "ES256", "kid": "k1", "typ": "jwt"}),
            None,
        ),
        (
            "an address of keys is ignored",
            json!({"alg": "ES256", "kid": "k1", "jku": "https://evil.example/jwks", "x5u": "https://evil.example"}),
            None,
        ),
        (
            "a key is ignored",
            json!({"alg": "ES256", "kid": "k1", "jwk": Signer::eddsa("e").jwk()}),
            None,
        ),
        (
            "another algorithm than its key's",
            json!({"alg": "RS256", "kid": "k1"}),
            Some(RefusalCode::IdTokenSignature),
        ),
        (
            "an algorithm without a key",
            json!({"alg": "EdDSA", "kid": "k1"}),
            Some(RefusalCode::IdTokenKeyUnknown),
        ),
        (
            "an algorithm nobody configured",
            json!({"alg": "ES512", "kid": "k1"}),
            Some(RefusalCode::IdTokenAlgorithm),
        ),
        (
            "lower-case algorithm",
            json!({"alg": "es256", "kid": "k1"}),
            Some(RefusalCode::IdTokenAlgorithm),
        ),
        (
            "no algorithm",
            json!({"kid": "k1"}),
            Some(RefusalCode::IdTokenMalformed),
        ),
        (
            "unknown identifier",
            json!({"alg": "ES256", "kid": "k9"}),
            Some(RefusalCode::IdTokenKeyUnknown),
        ),
        (
            "a path for an identifier",
            json!({"alg": "ES256", "kid": "../../dev/null"}),
            Some(RefusalCode::IdTokenKeyUnknown),
        ),
        (
            "critical extension",
            json!({"alg": "ES256", "kid": "k1", "crit": ["exp"]}),
            Some(RefusalCode::IdTokenMalformed),
        ),
        (
            "empty critical",
            json!({"alg": "ES256", "kid": "k1", "crit": []}),
            Some(RefusalCode::IdTokenMalformed),
        ),
        (
            "unencoded payload",
            json!({"alg": "ES256", "kid": "k1", "b64": false}),
            Some(RefusalCode::IdTokenMalformed),
        ),
        (
            "an access token",
            json!({"alg": "ES256", "kid": "k1", "typ": "at+jwt"}),
            Some(RefusalCode::IdTokenMalformed),
        ),
        (
            "a logout token",
            json!({"alg": "ES256", "kid": "k1", "typ": "logout+jwt"}),
            Some(RefusalCode::IdTokenMalformed),
        ),
    ] {
        assert_eq!(
            code(verify(&ec.sign_under(&header, &claims()), &keys)),
            expected,
            "{case}"
        );
    }
    // Published, but not configured.
    let token = ec.sign(&claims());
    assert_eq!(
        code(verify_with(&token, &keys, &[SigningAlgorithm::Rs256])),
        Some(RefusalCode::IdTokenAlgorithm)
    );
    assert_eq!(
        code(verify_with(&token, &keys, &[])),
        Some(RefusalCode::IdTokenAlgorithm)
    );
}

#[test]
fn what_is_no_jwt_is_refused() {
    let signer = Signer::es256("k1");
    let (keys, good) = (key_set(&[&signer]), signer.sign(&claims()));
    let good = good.expose();
    for (case, token) in [
        ("nothing", String::new()),
        ("dots", "..".into()),
        (
            "two parts",
            good.rsplit_once('.').expect("three parts").0.to_owned(),
        ),
        ("four parts", format!("{good}.x")),
        ("five parts, as encrypted ones have", format!("{good}.x.y")),
        ("padding", good.replace('.', "=.")),
        ("white space", format!(" {good}")),
        ("not base64url", format!("+{good}")),
        (
            "oversized",
            format!("{good}{}", "A".repeat(ID_TOKEN_MAX_BYTES)),
        ),
    ] {
        assert_eq!(
            code(verify(&Secret::new(token), &keys)),
            Some(RefusalCode::IdTokenMalformed),
            "{case}"
        );
    }
    let signer_of_list = signer.sign(&json!(["not", "claims"]));
    assert_eq!(
        code(verify(&signer_of_list, &keys)),
        Some(RefusalCode::IdTokenMalformed),
        "a list"
    );
    let twice = format!(r#"{{"sub":"a",{}"#, &claims().to_string()[1..]);
    let message = format!(
        "{}.{}",
        encode(r#"{"alg":"ES256","kid":"k1"}"#),
        encode(twice)
    );
    assert!(
        verify(&Secret::new(format!("{message}.AAAA")), &keys).is_err(),
        "a claim twice"
    );
}

/// Or the second of them would be signed in as the first.
#[test]
fn a_subject_that_is_everybodys_is_nobodys() {
    let signer = Signer::es256("k1");
    for (subject, expected) in [
        (
            "Not supported currently. Use oid claim.",
            Some(RefusalCode::IdTokenSubject),
        ),
        ("Not supported currently", Some(RefusalCode::IdTokenSubject)),
        ("not-supported", None),
    ] {
        let token = signer.sign(&claims_with("sub", subject.into()));
        let verified = verify(&token, &key_set(&[&signer]));
        assert_eq!(code(verified), expected, "{subject}");
    }
}

#[test]
fn only_true_is_verified() {
    let signer = Signer::es256("k1");
    let provider = ProviderId::parse("acme").expect("an id");
    for (value, expected) in [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!("TRUE"), false),
        (json!(1), false),
        (json!([true]), false),
        (Value::Null, false),
    ] {
        let token = verify(
            &signer.sign(&claims_with("email_verified", value.clone())),
            &key_set(&[&signer]),
        )
        .expect("a verified token");
        assert_eq!(
            token.identity(&provider).email_verified(),
            expected,
            "{value}"
        );
    }
    for email in [
        json!("a@b"),
        json!("a@example.com,b@example.com"),
        json!(["a@example.com"]),
        Value::Null,
    ] {
        let token = verify(
            &signer.sign(&claims_with("email", email.clone())),
            &key_set(&[&signer]),
        )
        .expect("a verified token");
        let identity = token.identity(&provider);
        assert!(
            identity.email().is_none() && !identity.email_verified(),
            "{email}"
        );
    }
}

#[test]
fn a_token_is_read_up_to_its_longest() {
    const LONGEST: usize = 16 * 1024;
    let signer = Signer::es256("k01");
    let keys = key_set(&[&signer]);
    let padded = |pad: usize| signer.sign(&claims_with("padding", json!("x".repeat(pad))));
    let least = padded(0).expose().len();
    // Four characters for each three bytes.
    let near = (LONGEST - least) / 4 * 3;
    let of_length = |bytes: usize| {
        let mut tokens = (near - 4..near + 8).map(padded);
        tokens.find(|token| token.expose().len() == bytes)
    };
    let longest = of_length(LONGEST).expect("a token of that length");
    assert_eq!(code(verify(&longest, &keys)), None);
    let beyond = (1..4).find_map(|more| of_length(LONGEST + more));
    assert_eq!(
        code(verify(&beyond.expect("a longer token"), &keys)),
        Some(RefusalCode::IdTokenMalformed)
    );
}

#[test]
fn who_could_not_be_asked_for_the_address_is_refused_for_that() {
    let signer = Signer::es256("k1");
    let token = verify(
        &signer.sign(&claims_with("email", Value::Null)),
        &key_set(&[&signer]),
    )
    .expect("a verified token");
    let rules = oidc().claims;
    assert!(token.is_incomplete(&rules));
    let acme = ProviderId::parse("acme").expect("an id");
    for (token, unknown, refusal) in [
        (token.clone(), false, RefusalCode::EmailMissing),
        (
            token
                .unanswered(&rules, RefusalCode::ProviderUnreachable.into())
                .expect("known without"),
            true,
            RefusalCode::ProviderUnreachable,
        ),
    ] {
        let identity = token.identity(&acme);
        assert_eq!(identity.email_is_unknown(), unknown);
        assert_eq!(identity.email_refusal().code, refusal);
    }
}

#[test]
fn groups_are_the_tokens_or_else_userinfos_and_asked_for_in_any_case() {
    let signer = Signer::es256("k1");
    let keys = key_set(&[&signer]);
    let mut oidc = oidc();
    oidc.claims.groups = Some(GroupRules {
        claim: ClaimPath::parse("realm_access.roles").expect("a path"),
        prefix: "acme:".to_owned(),
        map: Default::default(),
    });
    let acme = ProviderId::parse("acme").expect("an id");
    let roles = |roles: Value| json!({ "roles": roles });
    for (said, by_userinfo, is_asked, expected) in [
        (Some(json!(["a"])), Some(json!(["b"])), false, "acme:a"),
        (Some(json!([])), Some(json!(["b"])), false, ""),
        (Some(json!(7)), Some(json!(["b"])), false, ""),
        (None, Some(json!(["b"])), true, "acme:b"),
        (Some(Value::Null), Some(json!(["b"])), true, "acme:b"),
        (None, None, true, ""),
    ] {
        let mut claims = claims();
        if let Some(said) = &said {
            claims["realm_access"] = roles(said.clone());
        }
        let verify = || verify_at(&oidc, &signer.sign(&claims), &keys, &SigningAlgorithm::ALL);
        let token = verify().expect("a verified token");
        assert_eq!(token.is_incomplete(&oidc.claims), is_asked, "{said:?}");
        // Of whom the groups are unknown, nothing is known that suffices.
        let unreachable = || RefusalCode::ProviderUnreachable.into();
        let unanswered = token.clone().unanswered(&oidc.claims, unreachable());
        assert_eq!(unanswered.is_err(), is_asked, "{said:?}");

        let mut answer = json!({ "sub": token.subject() });
        if let Some(said) = &by_userinfo {
            answer["realm_access"] = roles(said.clone());
        }
        let answer = answer.to_string();
        let body = answer.as_bytes();
        let completed =
            crate::userinfo::complete(token, &oidc.claims, 200, "application/json", body);
        let identity = completed.expect("an answer").identity(&acme);
        assert_eq!(
            identity.groups().joined(),
            expected,
            "{said:?} {by_userinfo:?}"
        );
    }
}

#[test]
fn an_address_is_never_verified_by_another_source() {
    let signer = Signer::es256("k1");
    // The token names an address without verifying it; UserInfo verifies another.
    let mut claims = claims_with("email_verified", false.into());
    claims["name"] = Value::Null;
    let token = verify(&signer.sign(&claims), &key_set(&[&signer])).expect("a verified token");
    let body = json!({"sub": "248289761001", "email": "other@example.com", "email_verified": true, "name": "Jane"});
    let token = crate::userinfo::complete(
        token,
        &oidc().claims,
        200,
        "application/json",
        body.to_string().as_bytes(),
    )
    .expect("claims");
    let identity = token.identity(&ProviderId::parse("acme").expect("an id"));
    assert_eq!(
        identity.email().map(crate::email::Email::as_str),
        Some("jane@example.com")
    );
    assert!(!identity.email_verified());
    assert_eq!(
        identity.display_name(),
        "Jane",
        "a missing name is filled in"
    );
}

#[test]
fn what_a_token_does_not_say_of_its_address_userinfo_says() {
    let signer = Signer::es256("k1");
    let acme = ProviderId::parse("acme").expect("an id");
    let silent = || {
        let mut claims = claims();
        claims
            .as_object_mut()
            .expect("claims")
            .remove("email_verified");
        verify(&signer.sign(&claims), &key_set(&[&signer])).expect("a verified token")
    };
    let rules = oidc().claims;
    assert!(silent().is_incomplete(&rules));
    for (said, expected) in [
        (
            json!({"email": "jane@example.com", "email_verified": true}),
            true,
        ),
        (
            json!({"email": "Jane@Example.COM", "email_verified": "true"}),
            true,
        ),
        (
            json!({"email": "jane@example.com", "email_verified": false}),
            false,
        ),
        (json!({"email": "jane@example.com"}), false),
        (
            json!({"email": "other@example.com", "email_verified": true}),
            false,
        ),
        (json!({"email": "nobody", "email_verified": true}), false),
        (json!({"email_verified": true}), false),
    ] {
        let mut answer = said.clone();
        answer["sub"] = silent().subject().into();
        let body = answer.to_string();
        let token =
            crate::userinfo::complete(silent(), &rules, 200, "application/json", body.as_bytes());
        let identity = token.expect("theirs").identity(&acme);
        assert_eq!(identity.email_verified(), expected, "{said}");
        let email = identity.email().map(crate::email::Email::as_str);
        assert_eq!(email, Some("jane@example.com"), "{said}");
    }
    let trusting = ClaimRules {
        trust_email: true,
        ..rules.clone()
    };
    let mut oidc = oidc();
    oidc.claims = trusting;
    let claims = json!({"email": "jane@example.com"});
    let profile = oidc.claims.profile(claims.as_object().expect("an object"));
    assert_eq!(profile.email_verified, Some(true), "the operator's word");
    // Where nobody answers, that takes nothing back of what was said before.
    let unanswered = silent().unanswered(&rules, RefusalCode::ProviderUnreachable.into());
    let identity = unanswered.expect("known without").identity(&acme);
    assert!(!identity.email_verified() && identity.email_is_unknown());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_answered(text in "[A-Za-z0-9_.=-]{0,200}") {
        let signer = Signer::es256("k1");
        prop_assert!(verify(&Secret::new(text), &key_set(&[&signer])).is_err());
    }

    #[test]
    fn any_header_and_claims_are_answered(header in ".{0,60}", claims in ".{0,60}") {
        let signer = Signer::es256("k1");
        let token = format!("{}.{}.AAAA", encode(header), encode(claims));
        prop_assert!(verify(&Secret::new(token), &key_set(&[&signer])).is_err());
    }

    #[test]
    fn no_altered_byte_of_a_token_passes(position in 0_usize..1000, byte in "[A-Za-z0-9_-]") {
        let signer = Signer::es256("k1");
        let good = signer.sign(&claims());
        let mut bytes = good.expose().as_bytes().to_vec();
        let position = position % bytes.len();
        prop_assume!(bytes[position] != byte.as_bytes()[0]);
        bytes[position] = byte.as_bytes()[0];
        let token = Secret::new(String::from_utf8(bytes).expect("ASCII"));
        prop_assert!(verify(&token, &key_set(&[&signer])).is_err());
    }
}

/// RFC 7515 appendices A.2 and A.3: somebody else's tokens, under published keys.
/// They are authentic, so what is wrong with them is what they say.
#[test]
fn the_examples_of_rfc_7515_are_authentic() {
    let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let keys = r#"{"keys":[
        {"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"},
        {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
    let keys = KeySet::judge(200, keys.as_bytes()).expect("a key set");
    for (header, signature) in [
        (
            "eyJhbGciOiJSUzI1NiJ9",
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
        ),
        (
            "eyJhbGciOiJFUzI1NiJ9",
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        ),
    ] {
        let token = |claims: &str| Secret::new(format!("{header}.{claims}.{signature}"));
        assert_eq!(
            code(verify(&token(claims), &keys)),
            Some(RefusalCode::IdTokenIssuer),
            "{header}"
        );
        let other = claims.replacen("eyJpc3MiOiJqb2Ui", "eyJpc3MiOiJqb2Ei", 1);
        assert_eq!(
            code(verify(&token(&other), &keys)),
            Some(RefusalCode::IdTokenSignature),
            "{header}, altered"
        );
    }
}

#[test]
fn every_algorithm_verifies_its_own_keys_tokens_and_no_others() {
    let signers: Vec<(SigningAlgorithm, Signer)> = SigningAlgorithm::ALL
        .into_iter()
        .map(|algorithm| (algorithm, Signer::of(algorithm, "k")))
        .collect();
    for (algorithm, signer) in &signers {
        let keys = key_set(&[signer]);
        let token = signer.sign(&claims());
        assert_eq!(
            code(verify_with(&token, &keys, &[*algorithm])),
            None,
            "{algorithm:?}"
        );
        for other in SigningAlgorithm::ALL
            .into_iter()
            .filter(|other| other != algorithm)
        {
            let refused = verify_with(&token, &keys, &[other]);
            assert_eq!(
                code(refused),
                Some(RefusalCode::IdTokenAlgorithm),
                "{algorithm:?} {other:?}"
            );
            // A key that says which one it is for is for no other, of the same type or not.
            let header = json!({"alg": other.as_str(), "kid": "k"});
            let forged = signer.sign_under(&header, &claims());
            assert!(
                verify(&forged, &keys).is_err(),
                "{algorithm:?} as {other:?}"
            );
        }
    }
    // Nor does an RSA key that says nothing take one scheme for another.
    let signer = Signer::of(SigningAlgorithm::Rs256, "k");
    let mut jwk = signer.jwk();
    jwk.as_object_mut().expect("an object").remove("alg");
    let keys = KeySet::judge(200, json!({"keys": [jwk]}).to_string().as_bytes()).expect("keys");
    for other in ["PS256", "RS384", "RS512"] {
        let forged = signer.sign_under(&json!({"alg": other, "kid": "k"}), &claims());
        assert_eq!(
            code(verify(&forged, &keys)),
            Some(RefusalCode::IdTokenSignature),
            "{other}"
        );
    }
}

#[test]
fn access_token_hashes_are_of_the_algorithms_own_length() {
    for algorithm in SigningAlgorithm::ALL {
        let signer = Signer::of(algorithm, "k");
        let digest = match algorithm.as_str() {
            "RS256" | "PS256" | "ES256" => Sha256::digest(ACCESS_TOKEN)[..16].to_vec(),
            "RS384" | "PS384" | "ES384" => Sha384::digest(ACCESS_TOKEN)[..24].to_vec(),
            _ => Sha512::digest(ACCESS_TOKEN)[..32].to_vec(),
        };
        let claims = claims_with("at_hash", encode(digest).into());
        let judged = verify(&signer.sign(&claims), &key_set(&[&signer]));
        assert_eq!(code(judged), None, "{algorithm:?}");
    }
}

#[test]
fn a_missing_nonce_passes_where_that_is_switched_so_and_a_wrong_one_never() {
    let signer = Signer::es256("k1");
    let lax = OpenIdConnect {
        nonce: NonceRule::UncheckedWhereMissing,
        ..oidc()
    };
    for (nonce, by_rule, by_switch) in [
        (json!(NONCE), None, None),
        (Value::Null, Some(RefusalCode::IdTokenNonce), None),
        (
            json!("other"),
            Some(RefusalCode::IdTokenNonce),
            Some(RefusalCode::IdTokenNonce),
        ),
        (
            json!(""),
            Some(RefusalCode::IdTokenNonce),
            Some(RefusalCode::IdTokenNonce),
        ),
    ] {
        let token = signer.sign(&claims_with("nonce", nonce.clone()));
        let keys = key_set(&[&signer]);
        assert_eq!(code(verify(&token, &keys)), by_rule, "{nonce}");
        let judged = verify_at(&lax, &token, &keys, &SigningAlgorithm::ALL);
        assert_eq!(code(judged), by_switch, "{nonce}");
    }
}

#[test]
fn an_issuer_of_tenants_is_that_of_the_tokens_own_tenant() {
    let template = "https://login.example/{tenantid}/v2.0";
    let (one, two) = ("8a1f-1", "8a1f-2");
    let of = |tenants: &[&str]| OpenIdConnect {
        tenants: tenants.iter().map(|tenant| (*tenant).to_owned()).collect(),
        ..OpenIdConnect::at(Issuer::parse(template).expect("an issuer"))
    };
    let signer = Signer::es256("k1");
    let judge = |oidc: &OpenIdConnect, iss: &str, tid: Value| {
        let mut claims = claims_with("iss", iss.into());
        claims["tid"] = tid;
        verify_at(
            oidc,
            &signer.sign(&claims),
            &key_set(&[&signer]),
            &SigningAlgorithm::ALL,
        )
    };
    let issuer = |tenant: &str| template.replace("{tenantid}", tenant);
    for (case, tenants, iss, tid, expected) in [
        ("any", &[][..], issuer(one), json!(one), None),
        ("listed", &[one], issuer(one), json!(one), None),
        (
            "in another case",
            &["8A1F-1"],
            issuer(one),
            json!(one),
            None,
        ),
        (
            "not listed",
            &[one],
            issuer(two),
            json!(two),
            Some(RefusalCode::IdTokenTenant),
        ),
        (
            "another's",
            &[],
            issuer(one),
            json!(two),
            Some(RefusalCode::IdTokenIssuer),
        ),
        (
            "none",
            &[],
            issuer(one),
            Value::Null,
            Some(RefusalCode::IdTokenIssuer),
        ),
        (
            "a number",
            &[],
            issuer("5"),
            json!(5),
            Some(RefusalCode::IdTokenIssuer),
        ),
        (
            "the template",
            &[],
            template.to_owned(),
            json!("{tenantid}"),
            Some(RefusalCode::IdTokenIssuer),
        ),
        (
            "a path",
            &[],
            issuer("a/b"),
            json!("a/b"),
            Some(RefusalCode::IdTokenIssuer),
        ),
        (
            "empty",
            &[],
            issuer(""),
            json!(""),
            Some(RefusalCode::IdTokenIssuer),
        ),
        (
            "elsewhere",
            &[],
            "https://evil.example/8a1f-1/v2.0".into(),
            json!(one),
            Some(RefusalCode::IdTokenIssuer),
        ),
    ] {
        assert_eq!(code(judge(&of(tenants), &iss, tid)), expected, "{case}");
    }
    // Accounts of two tenants are two, whatever their subjects.
    let provider = ProviderId::parse("entra").expect("an id");
    let [a, b] = [one, two].map(|tenant| {
        let token = judge(&of(&[]), &issuer(tenant), json!(tenant)).expect("verified");
        token.identity(&provider).issuer().map(str::to_owned)
    });
    assert!(a.is_some() && b.is_some() && a != b, "{a:?} {b:?}");
}
