//! The policy simulator: the same evaluation that decides real requests, on made-up ones.

use std::sync::Arc;

use api_identity::iam::*;
use auth::policy::{
    self, Attached, Context, Effect, Policy, PolicyError, PolicyKind, PolicySet, PolicyType,
    Principal, Reason, ResourcePolicy,
};
use service::{Cx, Error, Grants};
use shape::Empty;
use types::Account;

use crate::entity::{self, Entity, load};
use crate::identity::of_entity;
use crate::listing::Page;
use crate::model::{Group, Role, User};
use crate::{errors, names};

/// What both operations simulate.
struct Simulation {
    identity: Vec<Attached>,
    boundary: Option<Attached>,
    resource: Option<Attached>,
    principal: Principal,
    owner: Option<String>,
    context: Context,
}

fn malformed(error: &PolicyError) -> Error {
    errors::INVALID_INPUT.error(error.to_string())
}

fn compile(kind: PolicyKind, source: &str, document: &str) -> Result<Attached, Error> {
    let policy = Policy::parse(kind, document).map_err(|error| malformed(&error))?;
    Ok(Attached { source: source.into(), policy: Arc::new(policy) })
}

fn compile_all(name: &str, documents: Option<&Vec<String>>) -> Result<Vec<Attached>, Error> {
    let numbered = documents.into_iter().flatten().enumerate();
    numbered
        .map(|(at, document)| {
            compile(PolicyKind::Identity, &format!("{name}.{}", at + 1), document)
        })
        .collect()
}

/// Boundaries given with a request: one, as an entity can have one.
fn request_boundary(documents: Option<&Vec<String>>) -> Result<Option<Attached>, Error> {
    let mut boundaries = compile_all("PermissionsBoundaryPolicyInputList", documents)?;
    if boundaries.len() > 1 {
        return Err(errors::INVALID_INPUT
            .error("PermissionsBoundaryPolicyInputList can have one policy only."));
    }
    Ok(boundaries.pop())
}

fn context_of(entries: Option<&Vec<ContextEntry>>) -> Context {
    let mut context = Context::new();
    for entry in entries.into_iter().flatten() {
        let key = entry.context_key_name.clone().unwrap_or_default();
        context.set_many(key, entry.context_key_values.clone().unwrap_or_default());
    }
    context
}

/// The principal behind an IAM ARN, as far as policies can tell.
fn principal_of(arn: &str) -> Result<Principal, Error> {
    let invalid = || errors::INVALID_INPUT.error(format!("{arn} is no user's ARN."));
    let parsed: types::Arn = arn.parse().map_err(|_| invalid())?;
    match (parsed.service.as_str(), parsed.resource.as_str()) {
        ("iam", "root") => Ok(Principal::Root { account: parsed.account }),
        ("iam", resource) if resource.starts_with("user/") => {
            Ok(Principal::User { arn: arn.to_owned(), id: String::new() })
        }
        ("iam", resource) if resource.starts_with("role/") => {
            let name = names::name_of(arn);
            Ok(Principal::Session {
                arn: format!("arn:aws:sts::{}:assumed-role/{name}/simulation", parsed.account),
                role_arn: arn.to_owned(),
                id: String::new(),
            })
        }
        _ => Err(invalid()),
    }
}

/// The policies of a user, group or role.
fn grants_of(cx: &Cx, arn: &str) -> Result<Grants, Error> {
    let cache = cx.yard().extension(crate::identity::Cache::default);
    let scope = entity::scope(cx);
    let parsed: types::Arn = arn
        .parse()
        .map_err(|_| errors::INVALID_INPUT.error(format!("Invalid Entity Arn: {arn}")))?;
    let name = names::name_of(arn);
    let account: &Account = cx.account();
    let missing = || errors::NO_SUCH_ENTITY.error(format!("The entity {arn} cannot be found."));
    cx.read(|tx| {
        if parsed.resource.starts_with("user/") {
            let user = load::<User>(tx, &scope, name)?;
            if user.arn(account) == arn {
                return of_entity(tx, &scope, &user.value, &cache);
            }
        } else if parsed.resource.starts_with("role/") {
            let role = load::<Role>(tx, &scope, name)?;
            if role.arn(account) == arn {
                return of_entity(tx, &scope, &role.value, &cache);
            }
        } else if parsed.resource.starts_with("group/") {
            let group = load::<Group>(tx, &scope, name)?;
            if group.arn(account) == arn {
                return of_entity(tx, &scope, &group.value, &cache);
            }
        }
        Err(missing())
    })
}

pub(crate) async fn principal(
    cx: Cx,
    input: SimulatePrincipalPolicyInput,
) -> Result<SimulatePolicyOutput, Error> {
    refuse_scenario(input.resource_handling_option.as_ref())?;
    refuse_list("PolicyExclusionList", input.policy_exclusion_list.as_ref())?;
    let grants = grants_of(&cx, &input.policy_source_arn)?;
    let mut own = grants.identity;
    own.extend(compile_all("PolicyInputList", input.policy_input_list.as_ref())?);
    let given = request_boundary(input.permissions_boundary_policy_input_list.as_ref())?;
    let is_group = input.policy_source_arn.contains(":group/");
    let caller = match &input.caller_arn {
        Some(arn) => principal_of(arn)?,
        None if is_group => cx.caller().principal.clone(),
        None => principal_of(&input.policy_source_arn)?,
    };
    let simulation = Simulation {
        identity: own,
        boundary: given.or(grants.boundary),
        resource: resource_policy(input.resource_policy.as_ref())?,
        principal: caller,
        owner: input.resource_owner,
        context: context_of(input.context_entries.as_ref()),
    };
    let page = Page::new("SimulatePrincipalPolicy", input.marker.as_deref(), input.max_items)?;
    Ok(simulation.run(&input.action_names, input.resource_arns.as_ref(), &page))
}

pub(crate) async fn custom(
    cx: Cx,
    input: SimulateCustomPolicyInput,
) -> Result<SimulatePolicyOutput, Error> {
    refuse_scenario(input.resource_handling_option.as_ref())?;
    refuse_list(
        "OrderedOrganizationPolicyInputList",
        input.ordered_organization_policy_input_list.as_ref(),
    )?;
    let caller = match &input.caller_arn {
        Some(arn) => principal_of(arn)?,
        None => Principal::User {
            arn: names::arn(cx.account(), "user", "/", "simulation"),
            id: String::new(),
        },
    };
    let simulation = Simulation {
        identity: compile_all("PolicyInputList", Some(&input.policy_input_list))?,
        boundary: request_boundary(input.permissions_boundary_policy_input_list.as_ref())?,
        resource: resource_policy(input.resource_policy.as_ref())?,
        principal: caller,
        owner: input.resource_owner,
        context: context_of(input.context_entries.as_ref()),
    };
    let page = Page::new("SimulateCustomPolicy", input.marker.as_deref(), input.max_items)?;
    Ok(simulation.run(&input.action_names, input.resource_arns.as_ref(), &page))
}

fn refuse_scenario(option: Option<&String>) -> Result<(), Error> {
    match option {
        Some(option) => Err(errors::NOT_IMPLEMENTED
            .error(format!("ResourceHandlingOption {option} is not supported by Codeyard."))),
        None => Ok(()),
    }
}

fn refuse_list(name: &str, list: Option<&Vec<Empty>>) -> Result<(), Error> {
    if list.is_some_and(|list| !list.is_empty()) {
        return Err(errors::NOT_IMPLEMENTED.error(format!("{name} is not supported by Codeyard.")));
    }
    Ok(())
}

fn resource_policy(document: Option<&String>) -> Result<Option<Attached>, Error> {
    document.map(|text| compile(PolicyKind::Resource, "ResourcePolicy", text)).transpose()
}

impl Simulation {
    fn run(
        mut self,
        actions: &[String],
        resources: Option<&Vec<String>>,
        page: &Page,
    ) -> SimulatePolicyOutput {
        // What the client set stands before what follows from the caller.
        let mut context = Context::new();
        self.principal.describe(&mut context);
        for (key, values) in self.context.iter() {
            context.set_many(key.to_owned(), values.iter().cloned());
        }
        self.context = context;
        let everything = vec!["*".to_owned()];
        let resources = resources.filter(|list| !list.is_empty()).unwrap_or(&everything);
        let pairs = actions
            .iter()
            .flat_map(|action| resources.iter().map(move |resource| (action, resource)))
            .enumerate()
            .collect();
        let (pairs, rest) = page.of(pairs, |(at, _)| format!("{at:08}"));
        SimulatePolicyOutput {
            evaluation_results: pairs
                .into_iter()
                .map(|(_, (action, resource))| self.one(action, resource))
                .collect(),
            is_truncated: rest.is_truncated,
            marker: rest.marker,
        }
    }

    fn one(&self, action: &str, resource: &str) -> EvaluationResult {
        let owner = self.owner.as_deref().map(|arn| arn.split(':').nth(4).unwrap_or(arn));
        let request = policy::Request {
            principal: &self.principal,
            action,
            resource,
            resource_account: owner,
            context: &self.context,
        };
        let policies = PolicySet {
            identity: &self.identity,
            boundary: self.boundary.as_ref(),
            session: None,
            resource: self
                .resource
                .as_ref()
                .map(|policy| ResourcePolicy { policy, required: false }),
        };
        let decision = policy::evaluate(&request, &policies);
        let verdict = match decision.reason {
            Reason::ExplicitDeny(_) => PolicyEvaluationDecisionType::ExplicitDeny,
            Reason::ImplicitDeny(_) => PolicyEvaluationDecisionType::ImplicitDeny,
            Reason::Root | Reason::IdentityAllow | Reason::ResourceAllow => {
                PolicyEvaluationDecisionType::Allowed
            }
        };
        let by_boundary = |effect: Effect| {
            let of_boundary = |it: &policy::MatchedStatement<'_>| {
                it.policy_type == PolicyType::Boundary && it.effect == effect
            };
            decision.matched.iter().any(of_boundary)
        };
        let bounded = self.boundary.as_ref().map(|_| PermissionsBoundaryDecisionDetail {
            allowed_by_permissions_boundary: by_boundary(Effect::Allow)
                && !by_boundary(Effect::Deny),
        });
        let statement = |matched: &policy::MatchedStatement<'_>| Statement {
            source_policy_id: Some(matched.source.to_owned()),
            source_policy_type: Some(source_type(matched)),
            ..Statement::default()
        };
        EvaluationResult {
            eval_action_name: action.to_owned(),
            eval_resource_name: Some(resource.to_owned()),
            eval_decision: verdict,
            matched_statements: Some(decision.matched.iter().map(statement).collect()),
            missing_context_values: Some(Vec::new()),
            permissions_boundary_decision_detail: bounded,
            ..EvaluationResult::default()
        }
    }
}

fn source_type(matched: &policy::MatchedStatement<'_>) -> PolicySourceType {
    if matched.policy_type == PolicyType::Resource {
        PolicySourceType::Resource
    } else if crate::managed::is_aws(matched.source) {
        PolicySourceType::AwsManaged
    } else if matched.source.contains(":user/") {
        PolicySourceType::User
    } else if matched.source.contains(":group/") {
        PolicySourceType::Group
    } else if matched.source.contains(":role/") {
        PolicySourceType::Role
    } else if matched.source.contains(":policy/") {
        PolicySourceType::UserManaged
    } else {
        PolicySourceType::None
    }
}
