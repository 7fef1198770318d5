//! One row of a service's operation table.

use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use auth::policy::Attached;
use shape::{Call, Shape};
use wire::{Error, ErrorKind, Route};

use crate::Cx;

/// What an operation does to resources, as IAM's reference tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads one resource.
    Read,
    /// Lists resources.
    List,
    /// Changes resources.
    Write,
    /// Changes tags.
    Tagging,
    /// Changes who may do what.
    Permissions,
}

impl Access {
    /// Whether it changes nothing.
    pub const fn is_read_only(self) -> bool {
        matches!(self, Self::Read | Self::List)
    }
}

/// How much of AWS's operation is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// All of it.
    Done,
    /// All but what the text says, which is refused by name.
    Partial(&'static str),
    /// None of it, and why.
    Refused(&'static str),
}

/// What a caller must be allowed to do: an action on a resource, in a context.
#[derive(Clone, Debug, Default)]
pub struct Right {
    /// For instance `codecommit:GitPush`.
    pub action: String,
    /// The resource's ARN, or `*` where the action has no resource.
    pub resource: String,
    /// Condition keys of the request and the resource with their values.
    pub context: Vec<(String, Vec<String>)>,
    /// The resource's own policy, where it has one.
    pub resource_policy: Option<Attached>,
    /// Nothing is allowed that the resource's policy does not allow, even within the account: so
    /// it is with KMS keys.
    pub resource_policy_decides: bool,
    /// Who owns the resource, where its ARN does not say (S3's do not).
    pub resource_account: Option<String>,
}

impl Right {
    /// A right on a resource.
    pub fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self { action: action.into(), resource: resource.into(), ..Self::default() }
    }

    /// Adds a condition key with one value.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.context.push((key.into(), vec![value.into()]));
        self
    }

    /// Adds a condition key with many values.
    #[must_use]
    pub fn with_values(mut self, key: impl Into<String>, values: Vec<String>) -> Self {
        self.context.push((key.into(), values));
        self
    }

    /// Adds the resource's own policy, which can grant beside the caller's policies.
    #[must_use]
    pub fn policy(mut self, policy: Option<Attached>) -> Self {
        self.resource_policy = policy;
        self
    }

    /// Adds the resource's own policy, without whose grant nothing is allowed.
    #[must_use]
    pub fn deciding_policy(mut self, policy: Attached) -> Self {
        self.resource_policy = Some(policy);
        self.resource_policy_decides = true;
        self
    }

    /// Names the resource's owner.
    #[must_use]
    pub fn owned_by(mut self, account: impl Into<String>) -> Self {
        self.resource_account = Some(account.into());
        self
    }
}

pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Handler =
    dyn Fn(Cx, Box<dyn Any + Send>) -> BoxFuture<Result<Box<dyn Shape>, Error>> + Send + Sync;
type Rights = dyn Fn(&Cx, &dyn Any) -> Result<Vec<Right>, Error> + Send + Sync;

/// A row, its types erased.
pub struct Operation {
    /// AWS's name.
    pub name: &'static str,
    /// The service's signing name.
    pub service: &'static str,
    /// IAM action, with its prefix.
    pub action: String,
    /// What it does to resources.
    pub access: Access,
    /// How much of it is here.
    pub status: Status,
    /// Error set, beyond the common errors.
    pub errors: &'static [ErrorKind],
    /// REST route.
    pub route: Option<Route>,
    /// Detail types of the events that it causes.
    pub events: &'static [&'static str],
    /// Idempotency token member.
    pub idempotency_token: Option<&'static str>,
    /// Pagination: token member, page size member, default page size.
    pub pagination: Option<(&'static str, &'static str, usize)>,
    /// A data-plane call: not in the audit trail, as CloudTrail has it by default.
    pub data_event: bool,
    /// Needs no credentials beyond being signed: `sts:GetCallerIdentity`.
    pub always_allowed: bool,
    /// Takes its payload as a stream.
    pub streams: bool,
    /// A fresh input.
    pub input: fn() -> Box<dyn Shape>,
    /// A fresh output, for the conformance tests.
    pub output: fn() -> Box<dyn Shape>,
    pub(crate) rights: Option<Box<Rights>>,
    pub(crate) handler: Option<Box<Handler>>,
}

impl Operation {
    fn new(
        (service, name): (&'static str, &'static str),
        input: fn() -> Box<dyn Shape>,
        output: fn() -> Box<dyn Shape>,
        handler: Box<Handler>,
    ) -> Self {
        Self {
            name,
            service,
            action: format!("{service}:{name}"),
            access: Access::Read,
            status: Status::Done,
            errors: &[],
            route: None,
            events: &[],
            idempotency_token: None,
            pagination: None,
            data_event: false,
            always_allowed: false,
            streams: false,
            input,
            output,
            rights: None,
            handler: Some(handler),
        }
    }

    /// What the caller must be allowed for this input.
    pub(crate) fn rights(&self, cx: &Cx, input: &dyn Any) -> Result<Vec<Right>, Error> {
        match &self.rights {
            Some(rights) => rights(cx, input),
            None => Ok(vec![Right::new(self.action.clone(), "*")]),
        }
    }
}

/// A row being written, with its types.
pub struct Op<C: Call> {
    row: Operation,
    types: PhantomData<C>,
}

/// A row: the operation and its handler.
pub fn op<C, F, Fut>(_call: C, handler: F) -> Op<C>
where
    C: Call,
    F: Fn(Cx, C::Input) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<C::Output, Error>> + Send + 'static,
{
    let handler = move |cx: Cx, input: Box<dyn Any + Send>| -> BoxFuture<_> {
        match input.downcast::<C::Input>() {
            Ok(input) => {
                let answer = handler(cx, *input);
                Box::pin(
                    async move { answer.await.map(|output| Box::new(output) as Box<dyn Shape>) },
                )
            }
            Err(_) => {
                let what = format!("{} was given another operation's input", C::NAME);
                Box::pin(std::future::ready(Err(Error::internal(what))))
            }
        }
    };
    let row = Operation::new(
        (C::SERVICE, C::NAME),
        || Box::new(C::Input::default()),
        || Box::new(C::Output::default()),
        Box::new(handler),
    );
    Op { row, types: PhantomData }
}

impl<C: Call> Op<C> {
    /// IAM action where it is not `SERVICE:NAME`.
    #[must_use]
    pub fn action(mut self, action: &str) -> Self {
        self.row.action = action.to_owned();
        self
    }

    /// Lists resources.
    #[must_use]
    pub fn list(mut self) -> Self {
        self.row.access = Access::List;
        self
    }

    /// Changes resources.
    #[must_use]
    pub fn write(mut self) -> Self {
        self.row.access = Access::Write;
        self
    }

    /// Changes tags.
    #[must_use]
    pub fn tagging(mut self) -> Self {
        self.row.access = Access::Tagging;
        self
    }

    /// Changes who may do what.
    #[must_use]
    pub fn permissions(mut self) -> Self {
        self.row.access = Access::Permissions;
        self
    }

    /// The ARN of the one resource that the action is on.
    #[must_use]
    pub fn on(self, arn: impl Fn(&Cx, &C::Input) -> String + Send + Sync + 'static) -> Self {
        let action = self.row.action.clone();
        self.rights(move |cx, input| Ok(vec![Right::new(action.clone(), arn(cx, input))]))
    }

    /// All rights that an input needs, where one ARN does not tell them: several resources,
    /// condition keys, resource policies. Further rights go with [`Op::also`].
    #[must_use]
    pub fn rights(
        mut self,
        rights: impl Fn(&Cx, &C::Input) -> Result<Vec<Right>, Error> + Send + Sync + 'static,
    ) -> Self {
        self.row.rights =
            Some(Box::new(move |cx, input: &dyn Any| match input.downcast_ref::<C::Input>() {
                Some(input) => rights(cx, input),
                None => Err(Error::internal("an input of the wrong type reached authorization")),
            }));
        self
    }

    /// Rights beside the action itself, such as `iam:PassRole`. To be set after `on`.
    #[must_use]
    pub fn also(
        mut self,
        more: impl Fn(&Cx, &C::Input) -> Vec<Right> + Send + Sync + 'static,
    ) -> Self {
        let first = self.row.rights.take();
        let action = self.row.action.clone();
        self.row.rights = Some(Box::new(move |cx, input: &dyn Any| {
            let mut rights = match &first {
                Some(first) => first(cx, input)?,
                None => vec![Right::new(action.clone(), "*")],
            };
            if let Some(input) = input.downcast_ref::<C::Input>() {
                rights.extend(more(cx, input));
            }
            Ok(rights)
        }));
        self
    }

    /// The caller hands a role to a service: `iam:PassRole` on it, with `iam:PassedToService`.
    #[must_use]
    pub fn pass_role(
        self,
        to_service: &'static str,
        role: impl Fn(&C::Input) -> Option<&str> + Send + Sync + 'static,
    ) -> Self {
        self.also(move |_, input| {
            role(input)
                .map(|role| {
                    Right::new("iam:PassRole", role).with("iam:PassedToService", to_service)
                })
                .into_iter()
                .collect()
        })
    }

    /// Works but for what the text says, which is refused by name.
    #[must_use]
    pub fn partial(mut self, what: &'static str) -> Self {
        self.row.status = Status::Partial(what);
        self
    }

    /// The operation's own error set.
    #[must_use]
    pub fn errors(mut self, errors: &'static [ErrorKind]) -> Self {
        self.row.errors = errors;
        self
    }

    /// REST route, in the form that [`Route::new`] reads.
    #[must_use]
    pub fn route(mut self, route: &'static str) -> Self {
        self.row.route = Some(Route::new(route));
        self
    }

    /// Detail types of the events that it causes.
    #[must_use]
    pub fn events(mut self, events: &'static [&'static str]) -> Self {
        self.row.events = events;
        self
    }

    /// Idempotency token member.
    #[must_use]
    pub fn idempotent(mut self, member: &'static str) -> Self {
        self.row.idempotency_token = Some(member);
        self
    }

    /// Token member, page size member, default page size.
    #[must_use]
    pub fn paginated(mut self, token: &'static str, size: &'static str, default: usize) -> Self {
        self.row.pagination = Some((token, size, default));
        self
    }

    /// Data-plane call: left out of the audit trail.
    #[must_use]
    pub fn data_event(mut self) -> Self {
        self.row.data_event = true;
        self
    }

    /// Every signed caller may, whatever its policies say.
    #[must_use]
    pub fn always_allowed(mut self) -> Self {
        self.row.always_allowed = true;
        self
    }

    /// The input's payload member is a stream.
    #[must_use]
    pub fn streams(mut self) -> Self {
        self.row.streams = true;
        self
    }
}

impl<C: Call> From<Op<C>> for Operation {
    fn from(op: Op<C>) -> Self {
        op.row
    }
}
