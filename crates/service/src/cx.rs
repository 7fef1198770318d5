//! The context in which a handler runs.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use shape::Call;
use store::{ReadTx, Store, WriteTx};
use types::{Account, Arn, Region, Scope, SharedClock, Timestamp};
use wire::Error;

use crate::{Caller, Ending, Right, Session, SessionRequest, Yard};

/// The address by which a client reached the yard; URLs in answers are built from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `http`, `https` or `ssh`.
    pub scheme: &'static str,
    /// Host with port, as the client wrote it.
    pub host: String,
}

impl Endpoint {
    /// `http://127.0.0.1:4566`
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.host)
    }
}

/// Where a call came from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The address by which the client reached the yard.
    pub endpoint: Endpoint,
    /// Peer's address.
    pub source_ip: IpAddr,
    /// What the client calls itself; a service's principal for calls within the yard.
    pub user_agent: String,
    /// The id that the answer carries.
    pub request_id: String,
    /// How many calls within the yard led here.
    pub depth: u8,
    /// HTTP trailers of a streamed payload; filled when the payload has ended.
    pub trailers: Trailers,
    /// When the client has gone.
    pub ending: Ending,
}

/// HTTP trailers (names in lower case), known once a streamed payload has ended.
#[derive(Clone, Debug, Default)]
pub struct Trailers(Arc<Mutex<Vec<(String, String)>>>);

impl Trailers {
    /// The trailer of that name, if the payload has ended and had it.
    pub fn get(&self, name: &str) -> Option<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// Keeps what followed the payload.
    pub fn fill(&self, trailers: Vec<(String, String)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = trailers;
    }
}

/// A handler's context: who calls, where, and the yard's rooms. Cheap to clone.
#[derive(Clone)]
pub struct Cx(Arc<Inner>);

struct Inner {
    yard: Yard,
    caller: Caller,
    region: Region,
    origin: Origin,
    /// The service whose handler runs in this context, once one does.
    serving: OnceLock<&'static str>,
    touched: Mutex<Vec<String>>,
}

impl Cx {
    /// A context for one call.
    pub fn new(yard: Yard, caller: Caller, region: Region, origin: Origin) -> Self {
        let (serving, touched) = (OnceLock::new(), Mutex::default());
        Self(Arc::new(Inner { yard, caller, region, origin, serving, touched }))
    }

    /// A context for work that no client asked for, as this caller.
    pub fn background(yard: &Yard, caller: Caller, region: Region, service: &str) -> Self {
        let origin = Origin {
            endpoint: yard.endpoint(),
            source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            user_agent: service.to_owned(),
            request_id: types::uuid(),
            depth: 1,
            trailers: Trailers::default(),
            ending: Ending::default(),
        };
        Self::new(yard.clone(), caller, region, origin)
    }

    /// The yard.
    pub fn yard(&self) -> &Yard {
        &self.0.yard
    }

    /// Who calls.
    pub fn caller(&self) -> &Caller {
        &self.0.caller
    }

    /// The caller's account.
    pub fn account(&self) -> &Account {
        &self.0.caller.account
    }

    /// Where it is called.
    pub fn region(&self) -> &Region {
        &self.0.region
    }

    /// Account and region.
    pub fn scope(&self) -> Scope {
        Scope::new(self.account().clone(), self.region().clone())
    }

    /// Where the call came from.
    pub fn origin(&self) -> &Origin {
        &self.0.origin
    }

    /// The address by which the client reached the yard, for URLs in answers.
    pub fn endpoint(&self) -> &Endpoint {
        &self.0.origin.endpoint
    }

    /// The id that the answer carries.
    pub fn request_id(&self) -> &str {
        &self.0.origin.request_id
    }

    /// Returns when nobody waits for this call's answer any more: the client has gone, or the yard
    /// stops. A handler that waits for something to happen waits for this as well.
    pub async fn abandoned(&self) {
        tokio::select! {
            () = self.0.origin.ending.comes() => {}
            () = self.0.yard.stopping() => {}
        }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.0.yard.clock().now()
    }

    /// The clock.
    pub fn clock(&self) -> &SharedClock {
        self.0.yard.clock()
    }

    /// The store.
    pub fn store(&self) -> &Store {
        self.0.yard.store()
    }

    /// The blob store.
    pub fn blobs(&self) -> &blobs::Blobs {
        self.0.yard.blobs()
    }

    /// Reads one snapshot; see [`Yard::read`].
    pub fn read<T>(&self, f: impl FnOnce(&ReadTx<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.0.yard.read(f)
    }

    /// Runs one transaction; see [`Yard::write`].
    pub fn write<T: Send + 'static>(
        &self,
        f: impl Fn(&mut WriteTx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> impl Future<Output = Result<T, Error>> + Send + 'static {
        self.0.yard.write(f)
    }

    /// An ARN of this account and region.
    pub fn arn(&self, service: &str, resource: impl Into<String>) -> String {
        Arn::new(service, self.region().as_str(), self.account().as_str(), resource).to_string()
    }

    /// Notes an ARN that the call concerned beyond those it was authorized on, for the audit trail.
    pub fn touch(&self, arn: impl Into<String>) {
        self.0.touched.lock().unwrap_or_else(PoisonError::into_inner).push(arn.into());
    }

    pub(crate) fn touched(&self) -> Vec<String> {
        self.0.touched.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Checks a right that only loaded state tells, such as a push to one branch.
    ///
    /// # Errors
    /// The service's access-denied error with AWS's wording and an encoded message.
    pub fn authorize(&self, service: &str, right: &Right) -> Result<(), Error> {
        crate::authorize::authorize(self, service, right)
    }

    /// The rights that a call of an operation would take, with the conditions and policies of the
    /// resources that its input names. For who tells of resources without reading them.
    ///
    /// # Errors
    /// If there is no such operation, or what it would say of the input: that a resource is gone.
    pub fn rights_of(
        &self,
        service: &str,
        operation: &str,
        input: &serde_json::Value,
    ) -> Result<Vec<Right>, Error> {
        let none = || Error::internal(format!("there is no operation {service}:{operation}"));
        let registry = self.0.yard.registry();
        let (_, operation) = registry.operation(service, operation).ok_or_else(none)?;
        let mut shape = (operation.input)();
        shape::json::from_value(shape.as_mut(), input)
            .map_err(|error| Error::internal(format!("{} at {}", error.message, error.path)))?;
        operation.rights(self, shape.into_any().as_ref())
    }

    /// Calls another service's public operation as this caller: authorized and audited like any
    /// client's call, without serialization or signature.
    ///
    /// # Errors
    /// Whatever a client would be told.
    pub async fn call<C: Call>(&self, call: C, input: C::Input) -> Result<C::Output, Error> {
        crate::dispatch::call(self, call, input).await
    }

    /// The context in which a service acts as a role that was handed to it.
    ///
    /// # Errors
    /// Where the role does not exist or does not trust the service.
    pub fn as_role(&self, request: &SessionRequest) -> Result<Self, Error> {
        let session = self.0.yard.assume_role(request)?;
        Ok(self.as_session(&session, &request.service))
    }

    /// The context in which a service acts in a role session that it has.
    pub fn as_session(&self, session: &Session, service: &str) -> Self {
        let mut origin = self.0.origin.clone();
        service.clone_into(&mut origin.user_agent);
        Self::new(self.0.yard.clone(), session.caller.clone(), self.0.region.clone(), origin)
    }

    /// Notes which service's handler runs here; raw routes say so themselves. Calls within the yard
    /// are then made in its name.
    pub fn serve(&self, service: &'static str) {
        let _ = self.0.serving.set(service);
    }

    /// The same caller one call deeper, in that region; the service that calls is the client now.
    pub(crate) fn deeper(&self, region: Region) -> Self {
        let mut origin = self.0.origin.clone();
        if let Some(service) = self.0.serving.get() {
            origin.user_agent = format!("{service}.amazonaws.com");
        }
        origin.depth = origin.depth.saturating_add(1);
        Self::new(self.0.yard.clone(), self.0.caller.clone(), region, origin)
    }

    /// The same caller in another region.
    pub fn in_region(&self, region: Region) -> Self {
        let origin = self.0.origin.clone();
        let there = Self::new(self.0.yard.clone(), self.0.caller.clone(), region, origin);
        if let Some(service) = self.0.serving.get() {
            there.serve(service);
        }
        there
    }

    /// The same caller in another region, whose calls within the yard are made in this service's
    /// name. An operation of the yard's own on a service's resources asks as that service.
    pub fn in_name_of(&self, service: &'static str, region: Region) -> Self {
        let origin = self.0.origin.clone();
        let there = Self::new(self.0.yard.clone(), self.0.caller.clone(), region, origin);
        there.serve(service);
        there
    }
}
