//! Connections to a yard, plain or over TLS.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How long a connection may take to come up, its TLS handshake included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What a client is told that has an `https` URL and no certificate to trust.
pub const NO_TRUST: &str =
    "https needs the certificate to trust, which `codeyard ca` prints on the yard's machine";

/// The certificates that a client believes.
#[derive(Clone)]
pub struct Trust(Arc<ClientConfig>);

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trust")
    }
}

impl Trust {
    /// Believes what is signed by the certificates of a PEM text, and nothing else: for a yard,
    /// what `codeyard ca` prints.
    ///
    /// # Errors
    /// A sentence for the operator, where there is no certificate in it or one that is none.
    pub fn pem(text: &str) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(text.as_bytes()) {
            certificate
                .map_err(|error| error.to_string())
                .and_then(|it| roots.add(it).map_err(|error| error.to_string()))
                .map_err(|error| format!("a certificate cannot be read: {error}"))?;
        }
        if roots.is_empty() {
            return Err("there is no certificate in it".to_owned());
        }
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map(|builder| builder.with_root_certificates(roots).with_no_client_auth())
            .map(|config| Self(Arc::new(config)))
            .map_err(|error| format!("TLS cannot be prepared: {error}"))
    }
}

/// Where a server is: `http://HOST[:PORT]` or `https://HOST[:PORT]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    is_tls: bool,
    authority: String,
}

impl Address {
    /// Takes a URL apart: its server and its path, which is empty or begins with `/`.
    ///
    /// # Errors
    /// A sentence for the operator, where the URL is of another kind or has no plain host.
    pub fn of(url: &str) -> Result<(Self, String), String> {
        let (is_tls, rest) = match (url.strip_prefix("http://"), url.strip_prefix("https://")) {
            (Some(rest), _) => (false, rest),
            (_, Some(rest)) => (true, rest),
            _ => return Err(format!("{url:?} begins with neither http:// nor https://")),
        };
        let at = rest.find('/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at(at);
        let is_plain = |byte| b"-._:[]".contains(&byte) || byte.is_ascii_alphanumeric();
        if authority.is_empty() || !authority.bytes().all(is_plain) {
            return Err(format!("{url:?} has no plain host"));
        }
        Ok((Self { is_tls, authority: authority.to_owned() }, path.to_owned()))
    }

    /// Whether it is `https`, for which [`Address::connect`] needs to know whom to trust.
    pub fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// Host and port as the URL has them; what the `Host` header says.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Host without brackets, and port.
    fn parts(&self) -> (&str, u16) {
        let usual = if self.is_tls { 443 } else { 80 };
        let (host, port) = match self.authority.rsplit_once(':') {
            // The last colon of an IPv6 address alone stands within its brackets.
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().unwrap_or(usual)),
            _ => (self.authority.as_str(), usual),
        };
        (host.trim_start_matches('[').trim_end_matches(']'), port)
    }

    /// Connects, within [`CONNECT_TIMEOUT`].
    ///
    /// # Errors
    /// A sentence that tells what failed. `https` needs a `trust`: there is no other the yard's
    /// own authority could be known by.
    pub async fn connect(&self, trust: Option<&Trust>) -> Result<Stream, String> {
        tokio::time::timeout(CONNECT_TIMEOUT, self.open(trust))
            .await
            .unwrap_or_else(|_| Err("no connection in time".to_owned()))
    }

    async fn open(&self, trust: Option<&Trust>) -> Result<Stream, String> {
        let (host, port) = self.parts();
        let text = |error: std::io::Error| error.to_string();
        let trust = match (self.is_tls, trust) {
            (false, _) => None,
            (true, Some(trust)) => Some(trust),
            (true, None) => return Err(NO_TRUST.to_owned()),
        };
        let stream = TcpStream::connect((host, port)).await.map_err(text)?;
        // Small requests must not wait for the answer to earlier packets.
        stream.set_nodelay(true).map_err(text)?;
        let Some(trust) = trust else { return Ok(Box::new(stream)) };
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| format!("{host:?} is no name that a certificate can have"))?;
        let stream =
            TlsConnector::from(trust.0.clone()).connect(name, stream).await.map_err(text)?;
        Ok(Box::new(stream))
    }
}

/// An open connection.
pub type Stream = Box<dyn Connection>;

/// What a connection can do.
pub trait Connection: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Connection for T {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (url, host, port, path) in [
            ("http://h:1/", "h", 1, "/"),
            ("http://h", "h", 80, ""),
            ("https://h/x/", "h", 443, "/x/"),
            ("https://[::1]:4566", "::1", 4566, ""),
            ("https://[::1]", "::1", 443, ""),
        ] {
            let (address, rest) = Address::of(url).unwrap();
            assert_eq!((address.parts(), rest.as_str()), ((host, port), path), "{url}");
        }
        for url in ["ftp://h", "h:1", "http://", "http:///x", "http://u@h", "https://h?x"] {
            assert!(Address::of(url).is_err(), "{url}");
        }
    }

    #[test]
    fn what_is_no_certificate_is_not_believed() {
        let garbled = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for text in ["", "x", garbled] {
            assert!(Trust::pem(text).is_err(), "{text:?}");
        }
    }

    #[tokio::test]
    async fn https_without_trust_is_refused_before_anything_is_sent() {
        let (address, _) = Address::of("https://127.0.0.1:9").unwrap();
        let Err(why) = address.connect(None).await else { panic!("it connected") };
        assert!(why.contains("codeyard ca"), "{why}");
    }
}
