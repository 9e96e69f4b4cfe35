//! How do other programs write a password's hash down? Such a one is kept as it came
//! until its owner signs in, and is hashed anew then.
//!
//! | kept as | of |
//! |---|---|
//! | `$2b$…`, `$2a$`, `$2y$` | bcrypt: Auth0, and most |
//! | `$scrypt$ln=14,r=16,p=1$SALT$HASH` | scrypt; with `nfkc` before `ln`, Better Auth |
//! | `$pbkdf2-sha256$i=27500$SALT$HASH`, `sha1`, `sha512` | PBKDF2: Keycloak |
//! | `pbkdf2_sha256$600000$SALT$HASH`, `pbkdf2_sha1` | PBKDF2 as Django writes it |
//! | `scrypt$16384$SALT$8$5$HASH` | scrypt as Django writes it |
//! | `bcrypt_sha256$$2b$12$…` | bcrypt of the SHA-256 in hexadecimal: Django |
//! | `$firebase$ln=14,r=8$SALT$HASH$SEPARATOR$KEY` | Firebase's variant of scrypt |
//!
//! `SALT` and the rest are Base64 without padding, Django's salt is its text.

use aes::Aes256;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit as _, StreamCipher as _};
use gatelet_core::secret::Secret;
use gatelet_hashing::{Foreign, Prf, Work};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// bcrypt has an alphabet of its own, and leaves bits over.
const BCRYPT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::BCRYPT,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);
const BCRYPT_SALT_CHARACTERS: usize = 22;
/// Bytes that Firebase has scrypt make, of which it uses half.
const FIREBASE_BYTES: usize = 64;
const FIREBASE_KEY_BYTES: usize = 32;
/// Shortest hash that is one: what is shorter fits by chance.
const HASH_MIN_BYTES: usize = 16;

/// A hash that another program made.
pub struct ForeignHash {
    means: Foreign,
    salt: Vec<u8>,
    length: usize,
    /// What the password is read as.
    form: Form,
    fits: Fits,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As it is hashed here.
    Nfc,
    /// As Better Auth reads it.
    Nfkc,
    /// SHA-256 of it in hexadecimal, for bcrypt reads no more than 72 bytes.
    Sha256,
}

/// What an outcome is held against.
enum Fits {
    /// It is this.
    Is(Vec<u8>),
    /// The first half of it encrypts this key to that.
    Encrypts(Vec<u8>, Vec<u8>),
}

impl ForeignHash {
    /// Whether this is one, affordable or not.
    #[must_use]
    pub fn is_one(stored: &str) -> bool {
        Self::parse(stored).is_some()
    }

    /// Reads one.
    #[must_use]
    pub fn parse(stored: &str) -> Option<Self> {
        let parsed = if let Some(rest) = stored.strip_prefix("pbkdf2_") {
            django(rest)
        } else if let Some(rest) = stored.strip_prefix("scrypt$") {
            django_scrypt(rest)
        } else if let Some(rest) = stored.strip_prefix("bcrypt_sha256$") {
            Self::parse(rest).and_then(Self::of_sha256)
        } else {
            let (name, rest) = stored.strip_prefix('$')?.split_once('$')?;
            match name {
                "2a" | "2b" | "2y" => bcrypt(rest),
                "scrypt" => scrypt(rest),
                "firebase" => firebase(rest),
                "pbkdf2-sha1" => pbkdf2(Prf::Sha1, rest),
                "pbkdf2-sha256" => pbkdf2(Prf::Sha256, rest),
                "pbkdf2-sha512" => pbkdf2(Prf::Sha512, rest),
                _ => None,
            }
        };
        parsed.filter(|parsed| parsed.length >= HASH_MIN_BYTES)
    }

    /// What is to be computed; None where it costs more than there is.
    #[must_use]
    pub fn work(&self, password: &Secret) -> Option<Work> {
        let password = match self.form {
            Form::Nfc => password.clone(),
            Form::Nfkc => Secret::new(
                icu_normalizer::ComposingNormalizerBorrowed::new_nfkc()
                    .normalize(password.expose())
                    .into_owned(),
            ),
            Form::Sha256 => {
                let digest = Sha256::digest(password.expose());
                Secret::new(digest.iter().map(|byte| format!("{byte:02x}")).collect())
            }
        };
        Work::foreign(password, self.means, self.salt.clone(), self.length).ok()
    }

    /// Whether this is what the password comes to.
    #[must_use]
    pub fn is_outcome(&self, outcome: &[u8]) -> bool {
        match &self.fits {
            Fits::Is(hash) => outcome.ct_eq(hash).into(),
            Fits::Encrypts(key, hash) => {
                let Some(half) = outcome.get(..FIREBASE_KEY_BYTES) else {
                    return false;
                };
                let Ok(mut cipher) = Ctr128BE::<Aes256>::new_from_slices(half, &[0; 16]) else {
                    return false;
                };
                let mut encrypted = key.clone();
                cipher.apply_keystream(&mut encrypted);
                encrypted.ct_eq(hash).into()
            }
        }
    }

    /// The same bcrypt, of the password's SHA-256.
    fn of_sha256(self) -> Option<Self> {
        let is_bcrypt = matches!(self.means, Foreign::Bcrypt { .. }) && self.form == Form::Nfc;
        let form = Form::Sha256;
        is_bcrypt.then_some(Self { form, ..self })
    }

    fn is(means: Foreign, salt: Vec<u8>, hash: Vec<u8>) -> Self {
        Self {
            means,
            salt,
            length: hash.len(),
            form: Form::Nfc,
            fits: Fits::Is(hash),
        }
    }
}

/// `10$` and 53 characters.
fn bcrypt(rest: &str) -> Option<ForeignHash> {
    let (cost, rest) = rest.split_once('$')?;
    let cost = number(cost)?;
    let (salt, hash) = rest.split_at_checked(BCRYPT_SALT_CHARACTERS)?;
    let salt = BCRYPT_BASE64.decode(salt).ok()?;
    let hash = BCRYPT_BASE64.decode(hash).ok()?;
    Some(ForeignHash::is(Foreign::Bcrypt { cost }, salt, hash))
}

/// `nfkc,ln=14,r=16,p=1$SALT$HASH`
fn scrypt(rest: &str) -> Option<ForeignHash> {
    let [parameters, salt, hash] = parts(rest)?;
    let (form, parameters) = match parameters.strip_prefix("nfkc,") {
        Some(parameters) => (Form::Nfkc, parameters),
        None => (Form::Nfc, parameters),
    };
    let [log_n, r, p] = numbers(parameters, ["ln", "r", "p"])?;
    let means = Foreign::Scrypt { log_n, r, p };
    let hash = ForeignHash::is(means, decoded(salt)?, decoded(hash)?);
    Some(ForeignHash { form, ..hash })
}

/// `i=27500$SALT$HASH`
fn pbkdf2(prf: Prf, rest: &str) -> Option<ForeignHash> {
    let [parameters, salt, hash] = parts(rest)?;
    let [rounds] = numbers(parameters, ["i"])?;
    let means = Foreign::Pbkdf2 { prf, rounds };
    Some(ForeignHash::is(means, decoded(salt)?, decoded(hash)?))
}

/// `sha256$600000$SALT$HASH`
fn django(rest: &str) -> Option<ForeignHash> {
    let [prf, rounds, salt, hash] = parts(rest)?;
    let prf = match prf {
        "sha1" => Prf::Sha1,
        "sha256" => Prf::Sha256,
        _ => return None,
    };
    let rounds = number(rounds)?;
    let hash = BASE64_STANDARD.decode(hash).ok()?;
    let salt = salt.as_bytes().to_vec();
    Some(ForeignHash::is(Foreign::Pbkdf2 { prf, rounds }, salt, hash))
}

/// `16384$SALT$8$5$HASH`
fn django_scrypt(rest: &str) -> Option<ForeignHash> {
    let [n, salt, r, p, hash] = parts(rest)?;
    let n = number(n).filter(|n| n.is_power_of_two())?;
    let means = Foreign::Scrypt {
        log_n: n.trailing_zeros(),
        r: number(r)?,
        p: number(p)?,
    };
    let hash = BASE64_STANDARD.decode(hash).ok()?;
    Some(ForeignHash::is(means, salt.as_bytes().to_vec(), hash))
}

/// `ln=14,r=8$SALT$HASH$SEPARATOR$KEY`:
/// <https://github.com/firebase/scrypt>
fn firebase(rest: &str) -> Option<ForeignHash> {
    let [parameters, salt, hash, separator, key] = parts(rest)?;
    let [log_n, r] = numbers(parameters, ["ln", "r"])?;
    let (hash, key) = (decoded(hash)?, decoded(key)?);
    let mut salt = decoded(salt)?;
    salt.extend(decoded(separator)?);
    let is_whole = hash.len() == key.len() && hash.len() >= HASH_MIN_BYTES;
    is_whole.then_some(ForeignHash {
        means: Foreign::Scrypt { log_n, r, p: 1 },
        salt,
        length: FIREBASE_BYTES,
        form: Form::Nfc,
        fits: Fits::Encrypts(key, hash),
    })
}

/// So many, between dollars.
fn parts<const PARTS: usize>(text: &str) -> Option<[&str; PARTS]> {
    let parts: Vec<&str> = text.split('$').collect();
    parts.try_into().ok()
}

/// `ln=14,r=16` by these names, in this order.
fn numbers<const NUMBERS: usize>(text: &str, names: [&str; NUMBERS]) -> Option<[u32; NUMBERS]> {
    let mut written = text.split(',');
    let mut numbers = [0; NUMBERS];
    for (place, name) in numbers.iter_mut().zip(names) {
        let (found, value) = written.next()?.split_once('=')?;
        *place = number(value).filter(|_| found == name)?;
    }
    written.next().is_none().then_some(numbers)
}

/// Digits and nothing else.
fn number(text: &str) -> Option<u32> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_digits)
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD_NO_PAD.decode(text).ok()
}

/// Base64 as hashes are written here.
#[must_use]
pub fn encoded(bytes: &[u8]) -> String {
    BASE64_STANDARD_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_right(stored: &str, typed: &str) -> bool {
        let hash = ForeignHash::parse(stored).unwrap_or_else(|| panic!("no hash: {stored}"));
        let work = hash
            .work(&Secret::new(typed.to_owned()))
            .expect("affordable");
        hash.is_outcome(&work.compute().expect("memory"))
    }

    /// Each as the program of its name made it or publishes it: bcrypt's of the OpenBSD
    /// test suite, Django's of its own tests, Firebase's of its repository.
    const KNOWN: [(&str, &str); 7] = [
        (
            "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "U*U",
        ),
        (
            "$2a$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
            "abc123xyz",
        ),
        (
            "pbkdf2_sha256$1000000$seasalt$r1uLUxoxpP2Ued/qxvmje7UH9PUJBkRrvf9gGPL7Cps=",
            "l\u{e8}tmein",
        ),
        (
            "scrypt$16384$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==",
            "l\u{e8}tmein",
        ),
        (
            "bcrypt_sha256$$2b$04$CCCCCCCCCCCCCCCCCCCCC.3TTwpC5Bwj7ds9p/UadWA7yfctaiUsS",
            "l\u{e8}tmein",
        ),
        (
            "$firebase$ln=14,r=8$42xEC+ixf3L2lw$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ$Bw$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA",
            "user1password",
        ),
        (
            "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw",
            "pleaseletmein",
        ),
    ];

    #[test]
    fn a_password_fits_the_hash_that_its_program_made_and_no_other_does() {
        for (stored, password) in KNOWN {
            assert!(is_right(stored, password), "{stored}");
            assert!(!is_right(stored, &format!("{password}x")), "{stored}");
        }
    }

    #[test]
    fn what_is_cut_short_or_written_otherwise_is_no_hash() {
        for (stored, _) in KNOWN {
            for other in [
                &stored[..stored.len() / 2],
                &stored[1..],
                &format!("{stored}$"),
                &stored.replace("ln=", "n="),
                &stored.replace("ln=14", "ln=+14"),
                &stored.replace("$05$", "$+5$"),
                &stored.replace("sha256", "md5"),
                &stored.replace("scrypt$16384$", "scrypt$16383$"),
            ] {
                assert!(other == stored || !ForeignHash::is_one(other), "{other}");
            }
        }
        for stored in [
            "",
            "$",
            "$2b$",
            "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$scrypt$ln=14,r=8,p=1$$",
            "$scrypt$ln=14,r=8,p=1$AAAA$AAAA",
            "$firebase$ln=14,r=8$AAAA$AAAA$AAAA$AAAA",
            "pbkdf2_sha256$1$$",
            "scrypt$0$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/s=",
            "bcrypt_sha256$pbkdf2_sha256$1000000$seasalt$r1uLUxoxpP2Ued/qxvmje7UH9PUJBkRrvf9gGPL7Cps=",
            "bcrypt_sha256$bcrypt_sha256$$2b$04$CCCCCCCCCCCCCCCCCCCCC.3TTwpC5Bwj7ds9p/UadWA7yfctaiUsS",
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA",
        ] {
            assert!(!ForeignHash::is_one(stored), "{stored:?}");
        }
    }

    #[test]
    fn what_costs_more_than_there_is_is_not_computed() {
        let stored = "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
        let hash = ForeignHash::parse(stored).expect("a hash");
        assert!(hash.work(&Secret::new("U*U".to_owned())).is_none());
    }

    #[test]
    fn better_auth_reads_a_password_in_another_form() {
        let stored =
            "$scrypt$nfkc,ln=14,r=16,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let hash = ForeignHash::parse(stored).expect("a hash");
        let work = hash
            .work(&Secret::new("\u{fb01}sh".to_owned()))
            .expect("affordable");
        assert_eq!(work.password().expose(), "fish");
    }
}
