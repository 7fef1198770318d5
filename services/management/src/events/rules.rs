//! Rules and their tags.

use std::collections::BTreeMap;

use api_management::events::*;
use service::Cx;
use shape::Empty;
use store::Query;
use types::{PageToken, Scope};
use wire::Error;

use super::DEFAULT_BUS;
use super::arn::{check_bus, rule_arn, rule_of_arn};
use super::errors::{self, bad_pattern, bad_token, invalid, no_rule, unsupported};
use super::model::{BY_TARGET, Rule};
use super::pattern::Pattern;

/// AWS's quota for a bus.
const MAX_RULES: usize = 300;
const MAX_TAGS: usize = 50;
const PAGE: usize = 100;

pub(super) async fn put_rule(cx: Cx, input: PutRuleInput) -> Result<PutRuleOutput, Error> {
    let scope = cx.scope();
    check_bus(&scope, input.event_bus_name.as_deref())?;
    if input.schedule_expression.is_some_and(|it| !it.is_empty()) {
        return Err(unsupported("ScheduleExpression"));
    }
    if input.role_arn.is_some() {
        return Err(unsupported("RoleArn on a rule (it belongs to the targets)"));
    }
    if input.state == Some(RuleState::EnabledWithAllCloudtrailManagementEvents) {
        return Err(unsupported("State ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"));
    }
    let pattern = input.event_pattern.filter(|it| !it.is_empty()).ok_or_else(|| {
        invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.")
    })?;
    Pattern::parse(&pattern).map_err(|why| bad_pattern(&why))?;
    let tags = input.tags.map(|tags| -> Result<_, Error> {
        check_tags(&tags)?;
        Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect::<BTreeMap<_, _>>())
    });
    let new = Rule {
        name: input.name,
        pattern,
        state: input.state.unwrap_or(RuleState::Enabled),
        description: input.description,
        created_by: scope.account.to_string(),
        tags: tags.transpose()?,
        targets: Vec::new(),
    };
    let arn = rule_arn(&scope, &new.name);
    cx.write(move |tx| {
        let mut rule = new.clone();
        match tx.get::<Rule>(&scope, &new.name)? {
            Some(known) => {
                // Putting a rule again leaves its targets and tags as they are.
                rule.targets.clone_from(&known.targets);
                rule.tags.clone_from(&known.tags);
                rule.created_by.clone_from(&known.created_by);
            }
            None if tx.count::<Rule>(&scope, MAX_RULES)? == MAX_RULES => {
                return Err(errors::LIMIT_EXCEEDED
                    .error(format!("The event bus has {MAX_RULES} rules, which is its limit.")));
            }
            None => {}
        }
        tx.put(&scope, &rule)?;
        Ok(())
    })
    .await?;
    Ok(PutRuleOutput { rule_arn: Some(arn) })
}

pub(super) async fn describe_rule(
    cx: Cx,
    input: DescribeRuleInput,
) -> Result<DescribeRuleOutput, Error> {
    let scope = cx.scope();
    check_bus(&scope, input.event_bus_name.as_deref())?;
    let rule = cx.read(|tx| Ok(tx.get::<Rule>(&scope, &input.name)?))?;
    let rule = rule.ok_or_else(|| no_rule(&input.name))?.into_inner();
    Ok(DescribeRuleOutput {
        arn: Some(rule_arn(&scope, &rule.name)),
        name: Some(rule.name),
        event_pattern: Some(rule.pattern),
        state: Some(rule.state),
        description: rule.description,
        event_bus_name: Some(DEFAULT_BUS.to_owned()),
        created_by: Some(rule.created_by),
        ..Default::default()
    })
}

pub(super) async fn list_rules(cx: Cx, input: ListRulesInput) -> Result<ListRulesOutput, Error> {
    let scope = cx.scope();
    check_bus(&scope, input.event_bus_name.as_deref())?;
    let prefix = input.name_prefix.unwrap_or_default();
    let listing = format!("ListRules:{prefix}");
    let query = page(&listing, input.next_token, input.limit)?.prefix(&prefix);
    let page = cx.read(|tx| Ok(tx.list::<Rule>(&scope, &query)?))?;
    let describe = |rule: Rule| api_management::events::Rule {
        arn: Some(rule_arn(&scope, &rule.name)),
        name: Some(rule.name),
        event_pattern: Some(rule.pattern),
        state: Some(rule.state),
        description: rule.description,
        event_bus_name: Some(DEFAULT_BUS.to_owned()),
        ..Default::default()
    };
    Ok(ListRulesOutput {
        rules: page.items.into_iter().map(|rule| describe(rule.into_inner())).collect(),
        next_token: page.next.map(|next| PageToken::encode(&listing, &next)),
    })
}

pub(super) async fn list_rule_names_by_target(
    cx: Cx,
    input: ListRuleNamesByTargetInput,
) -> Result<ListRuleNamesByTargetOutput, Error> {
    let scope = cx.scope();
    check_bus(&scope, input.event_bus_name.as_deref())?;
    let listing = format!("ListRuleNamesByTarget:{}", input.target_arn);
    let query = page(&listing, input.next_token, input.limit)?;
    let page =
        cx.read(|tx| Ok(tx.by_index::<Rule>(&scope, BY_TARGET, &input.target_arn, &query)?))?;
    Ok(ListRuleNamesByTargetOutput {
        rule_names: page.items.into_iter().map(|rule| rule.into_inner().name).collect(),
        next_token: page.next.map(|next| PageToken::encode(&listing, &next)),
    })
}

/// The part of a listing that a request asks for.
pub(super) fn page(
    listing: &str,
    token: Option<String>,
    limit: Option<i32>,
) -> Result<Query, Error> {
    let after = token.map(|token| PageToken::decode(listing, &token));
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(PAGE);
    Ok(Query::first(limit).after(after.transpose().map_err(|_| bad_token())?))
}

pub(super) async fn delete_rule(cx: Cx, input: DeleteRuleInput) -> Result<Empty, Error> {
    let scope = cx.scope();
    check_bus(&scope, input.event_bus_name.as_deref())?;
    cx.write(move |tx| {
        // A rule that is not there is as good as deleted.
        let rule = tx.get::<Rule>(&scope, &input.name)?;
        if rule.is_some_and(|rule| !rule.targets.is_empty()) {
            return Err(invalid("Rule can't be deleted since it has targets."));
        }
        tx.delete::<Rule>(&scope, &input.name)?;
        Ok(Empty {})
    })
    .await
}

pub(super) async fn enable_rule(cx: Cx, input: EnableRuleInput) -> Result<Empty, Error> {
    set_state(cx, input.name, input.event_bus_name, RuleState::Enabled).await
}

pub(super) async fn disable_rule(cx: Cx, input: DisableRuleInput) -> Result<Empty, Error> {
    set_state(cx, input.name, input.event_bus_name, RuleState::Disabled).await
}

async fn set_state(
    cx: Cx,
    name: String,
    bus: Option<String>,
    state: RuleState,
) -> Result<Empty, Error> {
    let scope = cx.scope();
    check_bus(&scope, bus.as_deref())?;
    change(cx, scope, name, move |rule| {
        rule.state = state;
        Ok(())
    })
    .await
}

async fn change(
    cx: Cx,
    scope: Scope,
    name: String,
    change: impl Fn(&mut Rule) -> Result<(), Error> + Send + 'static,
) -> Result<Empty, Error> {
    cx.write(move |tx| {
        let mut rule = tx.get::<Rule>(&scope, &name)?.ok_or_else(|| no_rule(&name))?;
        change(&mut rule)?;
        tx.update(&scope, &rule)?;
        Ok(Empty {})
    })
    .await
}

fn check_tags(tags: &[Tag]) -> Result<(), Error> {
    if tags.len() > MAX_TAGS {
        return Err(invalid(format!("A rule can have {MAX_TAGS} tags.")));
    }
    match tags.iter().any(|tag| tag.key.to_ascii_lowercase().starts_with("aws:")) {
        true => Err(invalid("Tag keys cannot begin with aws:, which is reserved.")),
        false => Ok(()),
    }
}

pub(super) async fn tag_resource(
    cx: Cx,
    input: TagResourceInput,
) -> Result<TagResourceOutput, Error> {
    let scope = cx.scope();
    let name = rule_of_arn(&scope, &input.resource_arn)?;
    check_tags(&input.tags)?;
    change(cx, scope, name, move |rule| {
        let tags = rule.tags.get_or_insert_default();
        tags.extend(input.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())));
        match tags.len() > MAX_TAGS {
            true => Err(invalid(format!("A rule can have {MAX_TAGS} tags."))),
            false => Ok(()),
        }
    })
    .await?;
    Ok(TagResourceOutput {})
}

pub(super) async fn untag_resource(
    cx: Cx,
    input: UntagResourceInput,
) -> Result<UntagResourceOutput, Error> {
    let scope = cx.scope();
    let name = rule_of_arn(&scope, &input.resource_arn)?;
    change(cx, scope, name, move |rule| {
        if let Some(tags) = &mut rule.tags {
            tags.retain(|key, _| !input.tag_keys.contains(key));
        }
        Ok(())
    })
    .await?;
    Ok(UntagResourceOutput {})
}

pub(super) async fn list_tags_for_resource(
    cx: Cx,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, Error> {
    let scope = cx.scope();
    let name = rule_of_arn(&scope, &input.resource_arn)?;
    let rule = cx.read(|tx| Ok(tx.get::<Rule>(&scope, &name)?))?;
    let tags = rule.ok_or_else(|| no_rule(&name))?.into_inner().tags.unwrap_or_default();
    let tags = tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
    Ok(ListTagsForResourceOutput { tags })
}
