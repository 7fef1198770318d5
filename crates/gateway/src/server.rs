//! Accepts connections and runs requests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use service::{Ending, Error, Yard, common};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use wire::Protocol;

use crate::internal::Rebuild;
use crate::payload::Incoming;
use crate::respond::HttpResponse;
use crate::tls::Certificates;
use crate::{HEAD_TIMEOUT_SECS, MAX_HEAD, MAX_HEADERS, MAX_IN_FLIGHT, internal, respond, route};

/// The front door of a yard.
pub struct Gateway {
    pub(crate) yard: ArcSwap<Yard>,
    pub(crate) rebuild: Option<Rebuild>,
    in_flight: Arc<Semaphore>,
    tls: Option<TlsAcceptor>,
}

/// A door that is open; it closes with [`Serving::stop`].
pub struct Serving {
    /// Where it listens.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Serving {
    /// Takes no new connections and lets those that are open finish their request, at most for
    /// `grace`.
    pub async fn stop(self, grace: Duration) {
        let _ = self.stop.send(true);
        let abort = self.task.abort_handle();
        if tokio::time::timeout(grace, self.task).await.is_err() {
            abort.abort();
        }
    }
}

impl Gateway {
    /// A door to `yard`. Where `rebuild` is given, `POST /_codeyard/reset` replaces the yard by
    /// what it makes: for test mode only.
    pub fn new(yard: Yard, rebuild: Option<Rebuild>) -> Arc<Self> {
        Self::with_tls(yard, rebuild, None)
    }

    /// The same, and with `tls` the same port also speaks TLS: a connection's first byte tells.
    pub fn with_tls(yard: Yard, rebuild: Option<Rebuild>, tls: Option<&Certificates>) -> Arc<Self> {
        Arc::new(Self {
            yard: ArcSwap::from_pointee(yard),
            rebuild,
            in_flight: Arc::new(Semaphore::new(MAX_IN_FLIGHT)),
            tls: tls.map(Certificates::acceptor),
        })
    }

    /// The yard behind the door.
    pub fn yard(&self) -> Yard {
        Yard::clone(&self.yard.load())
    }

    /// Opens the door.
    ///
    /// # Errors
    /// Where the listener has no address.
    pub fn serve(self: &Arc<Self>, listener: TcpListener) -> std::io::Result<Serving> {
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let gateway = self.clone();
        let task = tokio::spawn(async move { accept(gateway, listener, stopped).await });
        Ok(Serving { address, stop, task })
    }

    /// Answers a request, once what the client still sends of it is read or has been too much.
    async fn handle(
        self: Arc<Self>,
        request: Incoming,
        stopped: watch::Receiver<bool>,
    ) -> HttpResponse {
        let unread = request.unread.clone();
        let mut response = self.answer(request, stopped).await;
        respond::confine(&mut response);
        unread.discard().await;
        response
    }

    /// Answers a request. This ends early where the client goes; what was begun is brought to its
    /// end in order, and keeps its place among the requests in work until then.
    async fn answer(
        self: Arc<Self>,
        request: Incoming,
        mut stopped: watch::Receiver<bool>,
    ) -> HttpResponse {
        let Ok(permit) = self.in_flight.clone().try_acquire_owned() else {
            let error = common::SLOW_DOWN.error("Too many requests at once. Please slow down.");
            return respond::error(Protocol::Json11, &error, &request.request_id, &request.path);
        };
        let yard = self.yard();
        if yard.config().test_mode && is_from_a_foreign_page(&request) {
            let error = common::ACCESS_DENIED
                .error("In test mode, requests of web pages from other machines are refused.");
            return respond::error(Protocol::Json11, &error, &request.request_id, &request.path);
        }
        if request.path.starts_with(internal::PREFIX) {
            return internal::handle(&self, &yard, request).await;
        }
        // A task of its own: it ends in order even if the client leaves, and a panic in a handler
        // costs one answer and not the connection.
        let (request_id, path) = (request.request_id.clone(), request.path.clone());
        let (attention, ending) = Ending::new();
        let mut work = tokio::spawn(async move {
            let response = route::handle(yard, request, ending).await;
            drop(permit);
            response
        });
        let done = tokio::select! {
            done = &mut work => done,
            _ = stopped.changed() => {
                drop(attention);
                work.await
            }
        };
        match done {
            Ok(response) => response,
            Err(failure) => {
                tracing::error!(%failure, %path, "a request handler panicked");
                let error = Error::internal("the request handler failed; the yard's log tells why");
                respond::error(Protocol::Json11, &error, &request_id, &path)
            }
        }
    }
}

/// Where nothing is protected, any page that a browser on this machine shows could send forms to the
/// yard, and so run programs here. Browsers tell whose page it is with every request that changes
/// something.
fn is_from_a_foreign_page(request: &Incoming) -> bool {
    let Some(origin) = request.headers.get(http::header::ORIGIN) else { return false };
    let origin = origin.to_str().ok().and_then(|origin| origin.parse::<http::Uri>().ok());
    let Some(host) = origin.as_ref().and_then(http::Uri::host) else { return true };
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    let is_local = host == "localhost" || host.ends_with(".localhost");
    !is_local && !address.is_ok_and(|address| address.is_loopback())
}

async fn accept(gateway: Arc<Gateway>, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let _ = stream.set_nodelay(true);
                connections.spawn(connection(gateway.clone(), stream, peer, stopped.clone()));
            }
            Err(error) => {
                // Out of file descriptors, mostly: wait for connections to end.
                tracing::warn!(%error, "failed to accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// The first byte of a TLS handshake; no HTTP method begins with it.
const TLS_HANDSHAKE: u8 = 0x16;

async fn connection(
    gateway: Arc<Gateway>,
    stream: tokio::net::TcpStream,
    peer: SocketAddr,
    stopped: watch::Receiver<bool>,
) {
    let patience = Duration::from_secs(HEAD_TIMEOUT_SECS);
    let mut first = [0];
    let peeked = tokio::select! {
        peeked = tokio::time::timeout(patience, stream.peek(&mut first)) => peeked,
        () = stop_asked(stopped.clone()) => return,
    };
    match (peeked, &gateway.tls) {
        (Ok(Ok(1..)), Some(tls)) if first == [TLS_HANDSHAKE] => {
            match tokio::time::timeout(patience, tls.accept(stream)).await {
                Ok(Ok(stream)) => serve(gateway.clone(), stream, peer, "https", stopped).await,
                Ok(Err(error)) => tracing::debug!(%error, %peer, "a TLS handshake failed"),
                Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
            }
        }
        (Ok(Ok(1..)), _) => serve(gateway.clone(), stream, peer, "http", stopped).await,
        _ => {}
    }
}

async fn stop_asked(mut stopped: watch::Receiver<bool>) {
    // An error means that the door is gone, which is a stop as well.
    let _ = stopped.changed().await;
}

async fn serve(
    gateway: Arc<Gateway>,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    scheme: &'static str,
    mut stopped: watch::Receiver<bool>,
) {
    let stop_told = stopped.clone();
    let service = service_fn(move |request| {
        let (gateway, stopped) = (gateway.clone(), stop_told.clone());
        async move {
            let response = match Incoming::new(request, peer, scheme) {
                Ok(request) => gateway.handle(request, stopped).await,
                Err(response) => *response,
            };
            Ok::<_, std::convert::Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(HEAD_TIMEOUT_SECS))
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}
