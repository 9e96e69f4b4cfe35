//! TLS towards the server under test, with a certificate that the test made.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::Url;

/// A connection, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Trusts one certificate.
pub(super) fn trusting(certificate: &Path) -> Arc<ClientConfig> {
    let certificate = CertificateDer::from_pem_file(certificate).expect("a PEM certificate");
    let mut roots = RootCertStore::empty();
    roots.add(certificate).expect("a valid certificate");
    let config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

/// The handshake with whoever the URL names.
pub(super) async fn over(
    config: Arc<ClientConfig>,
    url: &Url,
    stream: TcpStream,
) -> Result<Box<dyn Stream>, String> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let name = ServerName::try_from(host).map_err(|error| error.to_string())?;
    let encrypted = TlsConnector::from(config).connect(name, stream).await;
    Ok(Box::new(encrypted.map_err(|error| error.to_string())?))
}

/// Writes a self-signed certificate for this host and its key, both PEM.
pub fn make_certificate(host: &str, certificate: &Path, key: &Path) {
    let output = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ])
        .args(["-nodes", "-days", "2", "-subj", &format!("/CN={host}")])
        .args(["-addext", &format!("subjectAltName=DNS:{host}")])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(key)
        .arg("-out")
        .arg(certificate)
        .output()
        .expect("openssl is installed (scripts/test-tools.sh)");
    assert!(
        output.status.success(),
        "openssl: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
