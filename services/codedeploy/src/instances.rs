//! On-premises instances.

use api_developer::codedeploy::*;
use service::Cx;
use shape::Empty;
use store::{Query, ReadTx, Stored};
use types::{Arn, IdAlphabet, Scope, random_id};
use wire::Error;

use crate::model::Instance;
use crate::{arn, checks, errors, listing};

/// The default page of listings.
pub(crate) const PAGE: usize = 100;
/// The most instances of one batch or tagging call.
const MAX_BATCH: usize = 100;
/// The most tags of an instance.
const MAX_TAGS: usize = 10;

pub(crate) async fn register(
    cx: Cx,
    input: RegisterOnPremisesInstanceInput,
) -> Result<Empty, Error> {
    check_name(&input.instance_name)?;
    check_host_arn(&cx, &input)?;
    let (scope, now) = (cx.scope(), cx.now());
    let suffix = random_id(IdAlphabet::Alphanumeric, 10);
    let resource = format!("instance/{}_{suffix}", input.instance_name);
    let instance = Instance {
        instance_arn: cx.arn("codedeploy", resource),
        instance_name: input.instance_name,
        iam_user_arn: input.iam_user_arn,
        iam_session_arn: input.iam_session_arn,
        register_time: now,
        deregister_time: None,
        tags: Vec::new(),
    };
    cx.write(move |tx| {
        let existing = tx.get::<Instance>(&scope, &instance.instance_name)?;
        if existing.is_some_and(|existing| existing.is_registered()) {
            return Err(errors::INSTANCE_NAME_ALREADY_REGISTERED.error(format!(
                "The on-premises instance name {} is already registered",
                instance.instance_name
            )));
        }
        if let Some(other) = instance.host_arn().map(|arn| by_host(tx, &scope, arn)).transpose()?
            && let Some(other) = other
        {
            let kind = match instance.iam_user_arn {
                Some(_) => errors::IAM_USER_ARN_ALREADY_REGISTERED,
                None => errors::IAM_SESSION_ARN_ALREADY_REGISTERED,
            };
            return Err(kind.error(format!(
                "The ARN is already registered, for the on-premises instance {}",
                other.instance_name
            )));
        }
        tx.put(&scope, &instance)?;
        Ok(Empty {})
    })
    .await
}

fn check_name(name: &str) -> Result<(), Error> {
    // Instances of EC2 have such names.
    let ec2 = name.strip_prefix("i-").is_some_and(|id| id.bytes().all(|b| b.is_ascii_hexdigit()));
    if ec2 || name.contains('/') || name.chars().any(char::is_control) {
        return Err(errors::INVALID_INSTANCE_NAME
            .error(format!("{name:?} cannot be the name of an on-premises instance.")));
    }
    Ok(())
}

fn check_host_arn(cx: &Cx, input: &RegisterOnPremisesInstanceInput) -> Result<(), Error> {
    let of = |text: &str, service: &str, kind: &str| {
        text.parse::<Arn>().is_ok_and(|arn| {
            arn.service == service
                && arn.account == cx.account().as_str()
                && arn.resource_of_type(kind).is_some()
        })
    };
    match (&input.iam_user_arn, &input.iam_session_arn) {
        (Some(_), Some(_)) => Err(errors::MULTIPLE_IAM_ARNS
            .error("Both an IAM user ARN and an IAM session ARN were provided.")),
        (None, None) => {
            Err(errors::IAM_ARN_REQUIRED.error("No IAM ARN was included in the request."))
        }
        (Some(user), None) if !of(user, "iam", "user") => Err(errors::INVALID_IAM_USER_ARN
            .error(format!("{user} is not the ARN of an IAM user in this account."))),
        (None, Some(session)) if !of(session, "sts", "assumed-role") => {
            Err(errors::INVALID_IAM_SESSION_ARN
                .error(format!("{session} is not the ARN of a role session in this account.")))
        }
        _ => Ok(()),
    }
}

/// The registered instance whose agent calls under an ARN.
pub(crate) fn by_host(
    tx: &ReadTx<'_>,
    scope: &Scope,
    host_arn: &str,
) -> Result<Option<Stored<Instance>>, Error> {
    let found = tx.by_index::<Instance>(scope, "host", host_arn, &Query::first(1))?;
    Ok(found.items.into_iter().next())
}

fn load(tx: &ReadTx<'_>, scope: &Scope, name: &str) -> Result<Stored<Instance>, Error> {
    tx.get(scope, name)?.ok_or_else(|| {
        errors::INSTANCE_NOT_REGISTERED
            .error(format!("The on-premises instance {name} is not registered"))
    })
}

pub(crate) async fn deregister(
    cx: Cx,
    input: DeregisterOnPremisesInstanceInput,
) -> Result<Empty, Error> {
    let (scope, now) = (cx.scope(), cx.now());
    cx.write(move |tx| {
        // AWS does not mind names that are not registered.
        if let Some(mut instance) = tx.get::<Instance>(&scope, &input.instance_name)?
            && instance.is_registered()
        {
            instance.deregister_time = Some(now);
            tx.update(&scope, &instance)?;
        }
        Ok(Empty {})
    })
    .await
}

pub(crate) async fn get(
    cx: Cx,
    input: GetOnPremisesInstanceInput,
) -> Result<GetOnPremisesInstanceOutput, Error> {
    let instance = cx.read(|tx| load(tx, &cx.scope(), &input.instance_name))?;
    Ok(GetOnPremisesInstanceOutput { instance_info: Some(instance.info()) })
}

pub(crate) async fn batch_get(
    cx: Cx,
    input: BatchGetOnPremisesInstancesInput,
) -> Result<BatchGetOnPremisesInstancesOutput, Error> {
    let names = &input.instance_names;
    checks::batch(names, MAX_BATCH, errors::INSTANCE_NAME_REQUIRED, "instanceNames")?;
    let infos = cx.read(|tx| {
        let mut infos = Vec::new();
        for name in names {
            infos.extend(tx.get::<Instance>(&cx.scope(), name)?.map(|found| found.info()));
        }
        Ok(infos)
    })?;
    Ok(BatchGetOnPremisesInstancesOutput { instance_infos: Some(infos) })
}

pub(crate) async fn list(
    cx: Cx,
    input: ListOnPremisesInstancesInput,
) -> Result<ListOnPremisesInstancesOutput, Error> {
    let filters = input.tag_filters.unwrap_or_default();
    checks::tag_filters(&filters, errors::INVALID_TAG_FILTER)?;
    let all = cx.read(|tx| {
        let mut names = Vec::new();
        let mut after = None;
        loop {
            let page = tx.list::<Instance>(&cx.scope(), &Query::first(1000).after(after))?;
            for instance in &page.items {
                let status = if instance.is_registered() {
                    RegistrationStatus::Registered
                } else {
                    RegistrationStatus::Deregistered
                };
                // An instance must match every filter.
                if input.registration_status.is_none_or(|wanted| wanted == status)
                    && filters.iter().all(|filter| instance.matches(filter))
                {
                    names.push(instance.instance_name.clone());
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(names);
            }
        }
    })?;
    let (names, next_token) =
        listing::slice("ListOnPremisesInstances", input.next_token.as_deref(), all, PAGE)?;
    Ok(ListOnPremisesInstancesOutput { instance_names: Some(names), next_token })
}

pub(crate) async fn add_tags(
    cx: Cx,
    input: AddTagsToOnPremisesInstancesInput,
) -> Result<Empty, Error> {
    checks::tags(&input.tags, errors::INVALID_TAG)?;
    change_tags(cx, input.tags, input.instance_names, checks::merge_tags).await
}

pub(crate) async fn remove_tags(
    cx: Cx,
    input: RemoveTagsFromOnPremisesInstancesInput,
) -> Result<Empty, Error> {
    change_tags(cx, input.tags, input.instance_names, |tags, gone| {
        // A tag without a value goes whatever its value is.
        tags.retain(|tag| {
            !gone.iter().any(|gone| {
                gone.key == tag.key && (gone.value.is_none() || gone.value == tag.value)
            })
        });
    })
    .await
}

async fn change_tags(
    cx: Cx,
    tags: Vec<Tag>,
    names: Vec<String>,
    change: impl Fn(&mut Vec<Tag>, &[Tag]) + Send + 'static,
) -> Result<Empty, Error> {
    if tags.is_empty() {
        return Err(errors::TAG_REQUIRED.error("No tags were given."));
    }
    if names.is_empty() {
        return Err(errors::INSTANCE_NAME_REQUIRED.error("No instance names were given."));
    }
    if names.len() > MAX_BATCH {
        return Err(errors::INSTANCE_LIMIT_EXCEEDED
            .error(format!("There are more than {MAX_BATCH} instance names.")));
    }
    let scope = cx.scope();
    cx.write(move |tx| {
        for name in &names {
            let mut instance = load(tx, &scope, name)?;
            if !instance.is_registered() {
                return Err(errors::INSTANCE_NOT_REGISTERED
                    .error(format!("The on-premises instance {name} is not registered")));
            }
            change(&mut instance.tags, &tags);
            if instance.tags.len() > MAX_TAGS {
                return Err(errors::TAG_LIMIT_EXCEEDED.error(format!(
                    "The on-premises instance {name} would have more than {MAX_TAGS} tags"
                )));
            }
            tx.update(&scope, &instance)?;
        }
        Ok(Empty {})
    })
    .await
}

/// The ARN that rights on an instance name.
pub(crate) fn resource(cx: &Cx, name: &str) -> String {
    arn::of(&cx.scope(), "instance", name)
}
