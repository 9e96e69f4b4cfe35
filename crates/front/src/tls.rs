//! With which certificate are visitors met, and which of upstreams' are
//! believed?

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::options::TlsFiles;

/// Why TLS cannot be served. Says which file is at fault.
#[derive(Debug)]
pub enum TlsError {
    /// The file cannot be read or holds no such PEM section.
    Unreadable(PathBuf, rustls::pki_types::pem::Error),
    /// The file holds no certificate.
    NoCertificate(PathBuf),
    /// Certificate and key do not go together, or are of no known kind.
    Unusable(rustls::Error),
}

impl std::fmt::Display for TlsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable(path, error) => write!(f, "{}: {error}", path.display()),
            Self::NoCertificate(path) => {
                write!(f, "{} holds no certificate", path.display())
            }
            Self::Unusable(error) => {
                write!(f, "the certificate and its key cannot be used: {error}")
            }
        }
    }
}

impl std::error::Error for TlsError {}

/// Meet visitors with this certificate, HTTP/2 preferred, and with the next one once it lies
/// there.
pub(super) fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, TlsError> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Unusable)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Renewed::new(files)?));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The pair that was read last and could be used. A certificate is renewed every few weeks, and
/// a proxy that has to be started anew for it shuts everybody out when that is forgotten.
#[derive(Debug)]
struct Renewed {
    files: TlsFiles,
    served: Mutex<Served>,
}

#[derive(Debug)]
struct Served {
    pair: Arc<CertifiedKey>,
    /// As the files were when they were read last, whether or not that was any use.
    stamps: [Stamp; 2],
    looked: Instant,
}

/// When a file was written, and how long it is: another is another file. None where it is
/// not there.
type Stamp = Option<(SystemTime, u64)>;

fn stamp(path: &Path) -> Stamp {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

impl Renewed {
    fn new(files: &TlsFiles) -> Result<Self, TlsError> {
        let stamps = stamps(files);
        Ok(Self {
            files: files.clone(),
            served: Mutex::new(Served {
                pair: Arc::new(pair(files)?),
                stamps,
                looked: Instant::now(),
            }),
        })
    }

    /// The pair as it is now. Files that are half replaced, or no use, leave it as it was,
    /// until they change once more.
    fn current(&self) -> Arc<CertifiedKey> {
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        if served.looked.elapsed() >= self.files.look_every {
            served.looked = Instant::now();
            let stamps = stamps(&self.files);
            if stamps != served.stamps {
                served.stamps = stamps;
                match pair(&self.files) {
                    Ok(pair) => {
                        tracing::info!("the certificate was renewed");
                        served.pair = Arc::new(pair);
                    }
                    Err(error) => {
                        tracing::error!(%error, "the new certificate is no use: the old one stays");
                    }
                }
            }
        }
        Arc::clone(&served.pair)
    }
}

impl ResolvesServerCert for Renewed {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

fn stamps(files: &TlsFiles) -> [Stamp; 2] {
    [&files.certificate, &files.key].map(|path| stamp(path))
}

fn pair(files: &TlsFiles) -> Result<CertifiedKey, TlsError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| TlsError::Unreadable(path, error)
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(unreadable(&files.certificate))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate(files.certificate.clone()));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(unreadable(&files.key))?;
    CertifiedKey::from_der(chain, key, &provider()).map_err(TlsError::Unusable)
}

/// How apps are spoken to that are served by HTTPS. The system's certificate authorities
/// are read when the first is: that takes milliseconds and megabytes, and most apps are not.
#[derive(Default)]
pub(super) struct UpstreamTls(Mutex<Option<TlsConnector>>);

impl UpstreamTls {
    pub(super) fn connector(&self) -> TlsConnector {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connector) = &*known {
            return connector.clone();
        }
        let roots = authorities();
        let found = !roots.is_empty();
        let connector = TlsConnector::from(upstream_config(roots));
        // Where none can be read now, they may be for the next.
        *known = found.then(|| connector.clone());
        connector
    }
}

/// Those that this system believes, `SSL_CERT_FILE` included.
fn authorities() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in native.errors {
        tracing::warn!(%error, "a system certificate cannot be read");
    }
    roots.add_parsable_certificates(native.certs);
    roots
}

/// Believe these, and speak HTTP/1.1.
fn upstream_config(roots: RootCertStore) -> Arc<ClientConfig> {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites for the default versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

impl From<TlsError> for io::Error {
    fn from(error: TlsError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}
