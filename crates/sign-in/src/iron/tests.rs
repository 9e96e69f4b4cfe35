//! Seals as others make them, and what is wrong with others.

use proptest::prelude::*;

use super::*;

const PASSWORD: &str = "iron-password-of-tests-0123456789-abcdef";
/// By `sealData` of iron-session 8.0.4: `{"a":"b","ü":1}`, without an end.
const THEIRS: &str = "Fe26.2*1*a21f5ee0eac63f115051c5a7db9e9f8de13e1596a8095de0b5717ae8facee391*FNisrX1bEIei1D0KvTZLmw*WaG3_4yNFTtb6sXllE8PIzXYlboioqp3DNsnsZhm8Fo**9fbfa38b88905385819d5661b33fe77743dd9c5308083006cfbd010c27aafe18*tfIu4YG84ZmAAWemRuOr-EFMTJFkL-JwlrHkeglw_Xc~2";
/// The same of `{"a":"b"}`, for an hour.
const FOR_AN_HOUR: &str = "Fe26.2*1*21d311ccbecaccdfa7c8e66af5caaa7794d7105482dfcc5c67fe5416d249389f*XpQMvx-H_YjjgcT1bCasTA*oXRGei3oNnsMwFLc-osvOg*1795783484242*616b35f6c121da94225fe1052cd32b2109f85b38199d3f32b765bf8a2775df5a*SS89dwhxe5SZrxN5AflsSbR463aDYJ8HIdtAB3U5GdY~2";
const ENDS: u64 = 1_795_783_484;

fn password() -> Secret {
    Secret::new(PASSWORD.to_owned())
}

fn opened(seal: &str, now: u64) -> Result<String, SealError> {
    unseal(seal, &password(), now).map(|text| text.expose().to_owned())
}

#[test]
fn a_seal_of_a_real_iron_session_opens_until_its_time_is_over() {
    assert_eq!(
        opened(THEIRS, u64::MAX),
        Ok("{\"a\":\"b\",\"ü\":1}".to_owned())
    );
    let without_version = THEIRS.trim_end_matches("~2");
    assert!(opened(without_version, 0).is_ok());
    let expected = Ok("{\"a\":\"b\"}".to_owned());
    assert_eq!(opened(FOR_AN_HOUR, 0), expected);
    assert_eq!(opened(FOR_AN_HOUR, ENDS + 60), expected);
    assert_eq!(opened(FOR_AN_HOUR, ENDS + 61), Err(SealError::Expired));
}

#[test]
fn a_seal_that_is_not_whole_and_ours_opens_nothing() {
    let other = Secret::new("another-password-of-tests-0123456789-abc".to_owned());
    assert_eq!(unseal(THEIRS, &other, 0), Err(SealError::Mac));
    let mac_at = THEIRS.rfind('*').expect("parts") + 1;
    let no_parts = "Fe26.2*1*a";
    let huge = format!("{}{}", &THEIRS[..90], "A".repeat(SEAL_MAX_BYTES));
    let longer = FOR_AN_HOUR.replace("1795783484242", "1995783484242");
    for (seal, error, why) in [
        (
            &*THEIRS.replace("~2", "~1"),
            SealError::Version,
            "version 1",
        ),
        (&THEIRS.replace("~2", "~3"), SealError::Version, "version 3"),
        (
            &THEIRS.replace("~2", "~2~2"),
            SealError::Version,
            "two versions",
        ),
        (
            &THEIRS.replace("Fe26.2", "Fe26.1"),
            SealError::Version,
            "an older format",
        ),
        (
            &THEIRS.replace("Fe26.2", "Fe26.22"),
            SealError::Version,
            "a newer one",
        ),
        ("", SealError::Version, "nothing"),
        (no_parts, SealError::Malformed, "too few parts"),
        (
            &THEIRS.replace("~2", "*x~2"),
            SealError::Malformed,
            "too many",
        ),
        (&THEIRS[..mac_at], SealError::Mac, "no MAC"),
        (&THEIRS[..mac_at + 20], SealError::Mac, "half of one"),
        (&THEIRS[..mac_at + 41], SealError::Malformed, "no base64"),
        (&longer, SealError::Mac, "an end that was put off"),
        (
            &THEIRS.replace("*1*", "*2*"),
            SealError::Mac,
            "another password's number",
        ),
        (&huge, SealError::TooLong, "more than is looked at"),
    ] {
        assert_eq!(opened(seal, 0), Err(error), "{why}");
    }
    let salted = THEIRS.replacen("a21f5e", &"a".repeat(200), 1);
    assert_eq!(
        opened(&salted, 0),
        Err(SealError::Malformed),
        "a salt that is too long"
    );
}

#[test]
fn what_is_sealed_well_and_holds_no_blocks_is_malformed() {
    // As whoever has the password could write it.
    let signed = |body: &str| {
        let mut mac = mac_of(&password(), "00");
        mac.update(body.as_bytes());
        let mac = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        format!("{body}*00*{mac}~2")
    };
    for (body, why) in [
        ("Fe26.2*1*00*AAAAAAAAAAAAAAAAAAAAAA**", "nothing encrypted"),
        ("Fe26.2*1*00*AAAAAAAAAAAAAAAAAAAAAA*AAAA*", "half a block"),
        ("Fe26.2*1*00*AAAA*AAAAAAAAAAAAAAAAAAAAAA*", "half a vector"),
        (
            "Fe26.2*1*00*AAAAAAAAAAAAAAAAAAAAAA*AAAAAAAAAAAAAAAAAAAAAA*soon",
            "no time",
        ),
        (
            "Fe26.2*1*00*AAAAAAAAAAAAAAAAAAAAAA*AAAAAAAAAAAAAAAAAAAAAA*-1",
            "a time before 1970",
        ),
    ] {
        assert_eq!(opened(&signed(body), 0), Err(SealError::Malformed), "{why}");
    }
}

proptest! {
    #[test]
    fn what_was_sealed_opens_again_and_no_changed_byte_of_it_does(
        text in "\\PC{0,200}", random in any::<[[u8; 16]; 5]>(), at in any::<prop::sample::Index>()
    ) {
        let random: [u8; 80] = random.concat().try_into().expect("five of 16");
        let sealed = seal(&Secret::new(text.clone()), &password(), &random);
        prop_assert_eq!(opened(&sealed, 0), Ok(text));
        let mut changed = sealed.into_bytes();
        // Not the last character of the MAC, some bits of which stand for nothing.
        let at = at.index(changed.len() - 3);
        changed[at] ^= 1;
        let changed = String::from_utf8(changed).expect("ASCII");
        prop_assert!(opened(&changed, 0).is_err());
    }

    #[test]
    fn no_text_breaks_opening(text in "(Fe26\\.2)?[*A-Za-z0-9_~-]{0,300}") {
        let _ = opened(&text, 0);
    }
}
