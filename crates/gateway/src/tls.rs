//! TLS on the yard's own port, under a certificate authority of the yard's own.
//!
//! Some clients speak nothing else (git-remote-codecommit); they are told to trust the authority's
//! certificate, which `codeyard ca` prints. Its key never leaves the data directory.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Names under which a yard is reached on its own machine.
const NAMES: &[&str] = &["localhost", "*.localhost", "127.0.0.1", "::1"];

/// Why there is no TLS.
#[derive(Debug)]
pub struct TlsError(String);

impl std::fmt::Display for TlsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TlsError {}

fn failed(what: &'static str) -> impl Fn(rcgen::Error) -> TlsError {
    move |error| TlsError(format!("failed to {what}: {error}"))
}

/// The yard's authority and a server certificate under it.
pub struct Certificates {
    config: Arc<ServerConfig>,
}

impl Certificates {
    /// A new authority: its certificate and its private key, both as PEM.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn new_authority() -> Result<(String, String), TlsError> {
        let key = KeyPair::generate().map_err(failed("make the authority's key"))?;
        let certificate = authority_params()
            .self_signed(&key)
            .map_err(failed("make the authority's certificate"))?;
        Ok((certificate.pem(), key.serialize_pem()))
    }

    /// A server certificate under the authority with that private key (PEM), for the usual local
    /// names and `more`.
    ///
    /// # Errors
    /// Where the key cannot be read or a name cannot stand in a certificate.
    pub fn under(authority_key: &str, more: &[String]) -> Result<Self, TlsError> {
        let authority =
            KeyPair::from_pem(authority_key).map_err(failed("read the authority's key"))?;
        let issuer = Issuer::new(authority_params(), authority);
        let mut names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
        names.extend(more.iter().filter(|name| !NAMES.contains(&name.as_str())).cloned());
        let mut params =
            CertificateParams::new(names).map_err(failed("name the server in its certificate"))?;
        params.distinguished_name.push(DnType::CommonName, "Codeyard");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().map_err(failed("make the server's key"))?;
        let certificate =
            params.signed_by(&key, &issuer).map_err(failed("make the server's certificate"))?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(vec![certificate.der().clone()], private)
            })
            .map_err(|error| TlsError(format!("failed to prepare TLS: {error}")))?;
        Ok(Self { config: Arc::new(config) })
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config.clone())
    }
}

/// The same for every start, so that the certificate that clients trust stays the issuer.
fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Codeyard local authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}
