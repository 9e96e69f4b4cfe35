//! Is a connection to Postgres encrypted, and who must stand at its other end? As
//! libpq means `sslmode` and `sslrootcert`:
//! <https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION>

mod verifier;

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::SslMode;

use verifier::{AnyName, Pinned, danger};

/// libpq's `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encryption {
    Disable,
    /// Only where the server insists.
    Allow,
    /// Where the server can.
    Prefer,
    /// Whoever is at the other end.
    Require,
    /// The certificate is one of an authority that is trusted.
    VerifyCa,
    /// And it is for this host.
    VerifyFull,
}

/// Whose certificates are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Whom this machine trusts.
    System,
    /// A PEM file.
    File(PathBuf),
    /// A guest's PEM.
    Pem(String),
}

impl Encryption {
    pub(super) fn named(mode: &str) -> Option<Self> {
        Some(match mode {
            "disable" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => return None,
        })
    }

    /// What is tried, one after the other, until one is taken.
    pub(super) fn attempts(self) -> &'static [SslMode] {
        match self {
            Self::Disable => &[SslMode::Disable],
            Self::Allow => &[SslMode::Disable, SslMode::Require],
            Self::Prefer => &[SslMode::Prefer, SslMode::Disable],
            Self::Require | Self::VerifyCa | Self::VerifyFull => &[SslMode::Require],
        }
    }
}

/// Largest file of authorities that is read; a whole system's has some 200 KiB.
const AUTHORITIES_MAX_BYTES: u64 = 1024 * 1024;

impl Trust {
    /// The authorities, or why there are none: one line without the file's name.
    pub(super) fn read(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        let of_pem = |pem: &[u8]| {
            let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
            match read {
                Ok(certificates) if !certificates.is_empty() => Ok(certificates),
                _ => Err("holds no certificate in PEM".to_owned()),
            }
        };
        match self {
            Self::System => Ok(rustls_native_certs::load_native_certs().certs),
            Self::Pem(pem) => of_pem(pem.as_bytes()),
            Self::File(path) => {
                // A device or a pipe would never end.
                let unread = |error| format!("cannot be read: {error}");
                let file = std::fs::metadata(path).map_err(unread)?;
                if !file.is_file() || file.len() > AUTHORITIES_MAX_BYTES {
                    return Err("is no file of certificates".to_owned());
                }
                of_pem(&std::fs::read(path).map_err(unread)?)
            }
        }
    }
}

/// How TLS is spoken.
///
/// # Errors
/// One line about the certificate authority.
pub(super) fn client_config(encryption: Encryption, trust: &Trust) -> Result<ClientConfig, String> {
    let builder = ClientConfig::builder();
    let verifies_name = match encryption {
        Encryption::Disable | Encryption::Allow | Encryption::Prefer | Encryption::Require => {
            let algorithms = builder.crypto_provider().signature_verification_algorithms;
            let anybody = danger::Anybody(algorithms.supported_schemes());
            return Ok(builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(anybody))
                .with_no_client_auth());
        }
        Encryption::VerifyCa => false,
        Encryption::VerifyFull => true,
    };
    let trusted = trust.read()?;
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(trusted.iter().cloned());
    if added == 0 {
        return Err("holds no certificate that can be trusted".to_owned());
    }
    let verifier = WebPkiServerVerifier::builder(Arc::new(roots))
        .build()
        .map_err(|error| error.to_string())?;
    let pinned = match trust {
        Trust::System => Vec::new(),
        Trust::File(_) | Trust::Pem(_) => trusted,
    };
    let pinned = Arc::new(Pinned::new(verifier, pinned));
    let builder = builder.dangerous();
    Ok(match verifies_name {
        true => builder.with_custom_certificate_verifier(pinned),
        false => builder.with_custom_certificate_verifier(Arc::new(AnyName(pinned))),
    }
    .with_no_client_auth())
}
