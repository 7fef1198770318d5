//! Which templates apply to which repositories.

use std::collections::BTreeMap;

use api_developer::codecommit::*;
use service::Cx;
use shape::Empty;
use store::{Query, Resource, Stored, WriteTx};
use wire::Error;

use super::model::{Association, MAX_FROM_TEMPLATES, OF_REPOSITORY, OF_TEMPLATE, PAGE, Template};
use crate::errors;
use crate::events::templates::{Change, template_changed};
use crate::model::Repository;
use crate::paging::Page;
use crate::pull_requests::history::By;

/// Lets a template apply to a repository or no longer; says whether it was otherwise before.
fn associate(
    tx: &mut WriteTx<'_>,
    template: &Stored<Template>,
    repository: &Stored<Repository>,
    wanted: bool,
) -> Result<bool, Error> {
    let scope = &template.scope;
    let association =
        Association { template_id: template.id.clone(), repository_id: repository.id.clone() };
    if tx.exists::<Association>(scope, &association.key())? == wanted {
        return Ok(false);
    }
    if !wanted {
        return Ok(tx.delete::<Association>(scope, &association.key())?);
    }
    let query = Query::first(MAX_FROM_TEMPLATES);
    let found = tx.by_index::<Association>(scope, OF_REPOSITORY, &repository.id, &query)?;
    if found.items.len() >= MAX_FROM_TEMPLATES {
        return Err(errors::MAXIMUM_RULE_TEMPLATES_ASSOCIATED_WITH_REPOSITORY.error(format!(
            "The repository {} is associated with {MAX_FROM_TEMPLATES} approval rule templates, \
             the most there can be.",
            repository.name
        )));
    }
    tx.insert(scope, &association)?;
    Ok(true)
}

/// One repository; nothing is announced where nothing changed.
async fn one(cx: Cx, template: String, repository: String, wanted: bool) -> Result<Empty, Error> {
    let (scope, by) = (cx.scope(), By::of(&cx));
    cx.write(move |tx| {
        let template = Template::load(tx, &scope, &template)?;
        let repository = Repository::load(tx, &scope, &repository)?;
        if associate(tx, &template, &repository, wanted)? {
            let change = Change::One { repository: &repository, associated: wanted };
            tx.emit(template_changed(&scope, &template, &by, &change))?;
        }
        Ok(Empty {})
    })
    .await
}

pub(crate) async fn associate_approval_rule_template_with_repository(
    cx: Cx,
    input: AssociateApprovalRuleTemplateWithRepositoryInput,
) -> Result<Empty, Error> {
    one(cx, input.approval_rule_template_name, input.repository_name, true).await
}

pub(crate) async fn disassociate_approval_rule_template_from_repository(
    cx: Cx,
    input: DisassociateApprovalRuleTemplateFromRepositoryInput,
) -> Result<Empty, Error> {
    one(cx, input.approval_rule_template_name, input.repository_name, false).await
}

/// The repositories that are as wanted now, and why others are not.
type Outcome = (Vec<String>, Vec<(String, Error)>);

/// Many repositories in one transaction, with one event.
async fn many(
    cx: Cx,
    template: String,
    names: Vec<String>,
    wanted: bool,
) -> Result<Outcome, Error> {
    if names.is_empty() {
        return Err(errors::REPOSITORY_NAMES_REQUIRED.error("A repository names list is required."));
    }
    let (scope, by) = (cx.scope(), By::of(&cx));
    cx.write(move |tx| {
        let template = Template::load(tx, &scope, &template)?;
        let (mut done, mut failed) = (Vec::new(), Vec::new());
        let mut changed = BTreeMap::new();
        for name in &names {
            let outcome = crate::model::check_given_name(name)
                .and_then(|()| Repository::load(tx, &scope, name))
                .and_then(|repository| {
                    let different = associate(tx, &template, &repository, wanted)?;
                    Ok((repository, different))
                });
            match outcome {
                Ok((repository, different)) => {
                    done.push(name.clone());
                    if different {
                        changed.insert(name.clone(), repository.value.id);
                    }
                }
                // What is wrong with one repository; a failure of the yard's fails the call.
                Err(error) if error.status < 500 => failed.push((name.clone(), error)),
                Err(error) => return Err(error),
            }
        }
        if !changed.is_empty() {
            let change = Change::Many { repositories: &changed, associated: wanted };
            tx.emit(template_changed(&scope, &template, &by, &change))?;
        }
        Ok((done, failed))
    })
    .await
}

pub(crate) async fn batch_associate_approval_rule_template_with_repositories(
    cx: Cx,
    input: BatchAssociateApprovalRuleTemplateWithRepositoriesInput,
) -> Result<BatchAssociateApprovalRuleTemplateWithRepositoriesOutput, Error> {
    let (done, failed) =
        many(cx, input.approval_rule_template_name, input.repository_names, true).await?;
    let error =
        |(name, error): (String, Error)| BatchAssociateApprovalRuleTemplateWithRepositoriesError {
            repository_name: Some(name),
            error_code: Some(error.code.into_owned()),
            error_message: Some(error.message),
        };
    Ok(BatchAssociateApprovalRuleTemplateWithRepositoriesOutput {
        associated_repository_names: done,
        errors: failed.into_iter().map(error).collect(),
    })
}

pub(crate) async fn batch_disassociate_approval_rule_template_from_repositories(
    cx: Cx,
    input: BatchDisassociateApprovalRuleTemplateFromRepositoriesInput,
) -> Result<BatchDisassociateApprovalRuleTemplateFromRepositoriesOutput, Error> {
    let (done, failed) =
        many(cx, input.approval_rule_template_name, input.repository_names, false).await?;
    let error = |(name, error): (String, Error)| {
        BatchDisassociateApprovalRuleTemplateFromRepositoriesError {
            repository_name: Some(name),
            error_code: Some(error.code.into_owned()),
            error_message: Some(error.message),
        }
    };
    Ok(BatchDisassociateApprovalRuleTemplateFromRepositoriesOutput {
        disassociated_repository_names: done,
        errors: failed.into_iter().map(error).collect(),
    })
}

pub(crate) async fn list_associated_approval_rule_templates_for_repository(
    cx: Cx,
    input: ListAssociatedApprovalRuleTemplatesForRepositoryInput,
) -> Result<ListAssociatedApprovalRuleTemplatesForRepositoryOutput, Error> {
    let scope = cx.scope();
    let listing = format!("ListAssociatedApprovalRuleTemplates {}", input.repository_name);
    let page = Page::new(&listing, input.next_token, input.max_results, PAGE)?;
    let (names, next) = cx.read(|tx| {
        let repository = Repository::load(tx, &scope, &input.repository_name)?;
        let query = Query::first(page.size).after(page.after.clone());
        let found = tx.by_index::<Association>(&scope, OF_REPOSITORY, &repository.id, &query)?;
        let mut names = Vec::new();
        for association in found.items {
            let template = Template::by_id(tx, &scope, &association.template_id)?;
            names.extend(template.map(|template| template.value.name));
        }
        Ok((names, found.next))
    })?;
    Ok(ListAssociatedApprovalRuleTemplatesForRepositoryOutput {
        approval_rule_template_names: names,
        next_token: page.next(next),
    })
}

pub(crate) async fn list_repositories_for_approval_rule_template(
    cx: Cx,
    input: ListRepositoriesForApprovalRuleTemplateInput,
) -> Result<ListRepositoriesForApprovalRuleTemplateOutput, Error> {
    let scope = cx.scope();
    let listing =
        format!("ListRepositoriesForApprovalRuleTemplate {}", input.approval_rule_template_name);
    let page = Page::new(&listing, input.next_token, input.max_results, PAGE)?;
    let (names, next) = cx.read(|tx| {
        let template = Template::load(tx, &scope, &input.approval_rule_template_name)?;
        let query = Query::first(page.size).after(page.after.clone());
        let found = tx.by_index::<Association>(&scope, OF_TEMPLATE, &template.id, &query)?;
        let mut names = Vec::new();
        for association in found.items {
            let repository = Repository::by_id(tx, &association.repository_id)?;
            names.extend(repository.map(|repository| repository.value.name));
        }
        Ok((names, found.next))
    })?;
    Ok(ListRepositoriesForApprovalRuleTemplateOutput {
        repository_names: names,
        next_token: page.next(next),
    })
}
