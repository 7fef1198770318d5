//! HTTPS to the providers' APIs: one request a connection, everything bounded.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{
    CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore, SignatureScheme,
};

/// How long one request may take in all.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Longest answer, in bytes.
const MAX_ANSWER: usize = 8 << 20;
/// Where systems keep the certificates that they trust.
const BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// An answer, whatever its status.
pub struct Answer {
    /// HTTP's.
    pub status: u16,
    /// At most 8 MiB.
    pub body: Bytes,
}

/// One request.
pub struct Request<'a> {
    /// HTTP's.
    pub method: &'a str,
    /// The whole URL.
    pub url: &'a str,
    /// Beside those that every request has.
    pub headers: Vec<(&'static str, String)>,
    /// As JSON.
    pub body: Option<Vec<u8>>,
    /// Any certificate will do.
    pub insecure: bool,
}

/// Sends it. Redirects are answers: a credential goes nowhere that the user did not name.
///
/// # Errors
/// A sentence, where no answer came.
pub async fn send(request: Request<'_>) -> Result<Answer, String> {
    send_trusting(request, None).await
}

/// The same to a host that may have a certificate by one of these authorities, in PEM, too.
///
/// # Errors
/// A sentence, where no answer came.
pub async fn send_trusting(
    request: Request<'_>,
    authorities: Option<&str>,
) -> Result<Answer, String> {
    let url = request.url.to_owned();
    match tokio::time::timeout(TIMEOUT, exchange(request, authorities)).await {
        Ok(done) => done.map_err(|why| format!("failed to reach {url}: {why}")),
        Err(_) => Err(format!("failed to reach {url}: no answer within {} s", TIMEOUT.as_secs())),
    }
}

async fn exchange(request: Request<'_>, authorities: Option<&str>) -> Result<Answer, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let uri: http::Uri = request.url.parse().map_err(|error| text(&error))?;
    let (Some(host), Some(authority)) = (uri.host(), uri.authority()) else {
        return Err("it has no host".into());
    };
    let is_tls = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let mut message = http::Request::builder()
        .method(request.method)
        .uri(target)
        .header("host", authority.as_str())
        .header("user-agent", "Codeyard");
    for (name, value) in request.headers {
        message = message.header(name, value);
    }
    if request.body.is_some() {
        message = message.header("content-type", "application/json");
    }
    let body = Full::new(Bytes::from(request.body.unwrap_or_default()));
    let message = message.body(body).map_err(|error| text(&error))?;
    let stream = connect(host, port, is_tls, request.insecure, authorities).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| text(&error))?;
    let driver = tokio::spawn(connection);
    let answer = async {
        let (parts, body) = sender.send_request(message).await.map_err(|e| text(&e))?.into_parts();
        let body =
            Limited::new(body, MAX_ANSWER).collect().await.map_err(|error| match error
                .is::<LengthLimitError>(
            ) {
                true => format!("its answer is longer than {} MiB", MAX_ANSWER >> 20),
                false => text(&error),
            })?;
        Ok(Answer { status: parts.status.as_u16(), body: body.to_bytes() })
    };
    let answer = answer.await;
    driver.abort();
    answer
}

/// Plain or over TLS.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

async fn connect(
    host: &str,
    port: u16,
    is_tls: bool,
    insecure: bool,
    authorities: Option<&str>,
) -> Result<Box<dyn Stream>, String> {
    let host = host.trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, port)).await.map_err(|error| error.to_string())?;
    if !is_tls {
        return Ok(Box::new(stream));
    }
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| format!("{host:?} is no name that a certificate can have"))?;
    let config = match authorities {
        _ if insecure => believing_all()?,
        Some(authorities) => believing(authorities)?,
        None => believing_the_systems()?,
    };
    let stream = TlsConnector::from(config).connect(name, stream).await;
    Ok(Box::new(stream.map_err(|error| error.to_string())?))
}

fn believing_the_systems() -> Result<Arc<ClientConfig>, String> {
    static CONFIG: OnceLock<Result<Arc<ClientConfig>, String>> = OnceLock::new();
    CONFIG.get_or_init(system_config).clone()
}

fn system_config() -> Result<Arc<ClientConfig>, String> {
    Ok(Arc::new(builder()?.with_root_certificates(system_roots()?).with_no_client_auth()))
}

/// The system's authorities and these.
fn believing(authorities: &str) -> Result<Arc<ClientConfig>, String> {
    // A machine that trusts nobody trusts these all the same.
    let mut roots = system_roots().unwrap_or_else(|_| RootCertStore::empty());
    let given = CertificateDer::pem_slice_iter(authorities.as_bytes());
    let (added, _) = roots.add_parsable_certificates(given.flatten());
    match added {
        0 => Err("the certificate to trust is none in PEM".into()),
        _ => Ok(Arc::new(builder()?.with_root_certificates(roots).with_no_client_auth())),
    }
}

fn system_roots() -> Result<RootCertStore, String> {
    let named = std::env::var("SSL_CERT_FILE").ok();
    let mut places = named.as_deref().into_iter().chain(BUNDLES);
    let bundle = places
        .find_map(|place| std::fs::read(place).ok())
        .ok_or("this machine has no certificates to trust: install ca-certificates, or name a bundle in SSL_CERT_FILE")?;
    let mut roots = RootCertStore::empty();
    // A bundle may hold certificates that are out of fashion; the others count.
    roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&bundle).flatten());
    Ok(roots)
}

fn believing_all() -> Result<Arc<ClientConfig>, String> {
    let verifier = Arc::new(Anybody(ring::default_provider()));
    let config = builder()?.dangerous().with_custom_certificate_verifier(verifier);
    Ok(Arc::new(config.with_no_client_auth()))
}

type Builder =
    tokio_rustls::rustls::ConfigBuilder<ClientConfig, tokio_rustls::rustls::WantsVerifier>;

fn builder() -> Result<Builder, String> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be prepared: {error}"))
}

/// What `insecureSsl` asks for: a certificate of anybody's.
#[derive(Debug)]
struct Anybody(CryptoProvider);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// `SCHEME://HOST[:PORT]` of a URL.
pub fn origin_of(url: &str) -> Option<&str> {
    let start = url.find("://")? + 3;
    let end = url.get(start..)?.find('/').map_or(url.len(), |at| start + at);
    url.get(..end)
}
