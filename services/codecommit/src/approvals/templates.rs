//! Approval rule templates: made, shown, listed, changed, deleted.

use api_developer::codecommit::*;
use service::Cx;
use store::{Query, Stored, WriteTx};
use types::Scope;
use wire::Error;

use super::content::{Content, For};
use super::model::{MAX_TEMPLATES, PAGE, Template, check_existing, check_name};
use crate::errors;
use crate::events::templates::{Change, template_changed};
use crate::paging::Page;
use crate::pull_requests::history::By;

fn check_content(content: &str) -> Result<(), Error> {
    Content::parse(content, For::Template).map(|_| ()).map_err(|why| {
        let kind = errors::INVALID_APPROVAL_RULE_TEMPLATE_CONTENT;
        kind.error(format!("The content of the approval rule template is not valid: {why}."))
    })
}

fn refuse_taken(tx: &store::ReadTx<'_>, scope: &Scope, name: &str) -> Result<(), Error> {
    check_name(name, errors::INVALID_APPROVAL_RULE_TEMPLATE_NAME)?;
    if tx.exists::<Template>(scope, name)? {
        return Err(errors::APPROVAL_RULE_TEMPLATE_NAME_ALREADY_EXISTS
            .error(format!("There is an approval rule template named {name} already.")));
    }
    Ok(())
}

pub(crate) async fn create_approval_rule_template(
    cx: Cx,
    input: CreateApprovalRuleTemplateInput,
) -> Result<CreateApprovalRuleTemplateOutput, Error> {
    check_content(&input.approval_rule_template_content)?;
    let (scope, by) = (cx.scope(), By::of(&cx));
    let template = Template {
        id: types::uuid(),
        name: input.approval_rule_template_name,
        description: input.approval_rule_template_description,
        content: input.approval_rule_template_content,
        created: by.now,
        modified: by.now,
        modified_by: by.caller.arn.clone(),
    };
    cx.write(move |tx| {
        refuse_taken(tx, &scope, &template.name)?;
        if tx.count::<Template>(&scope, MAX_TEMPLATES)? >= MAX_TEMPLATES {
            return Err(errors::NUMBER_OF_RULE_TEMPLATES_EXCEEDED.error(format!(
                "The limit of {MAX_TEMPLATES} approval rule templates has been reached."
            )));
        }
        tx.insert(&scope, &template)?;
        tx.emit(template_changed(&scope, &template, &by, &Change::Created))?;
        Ok(CreateApprovalRuleTemplateOutput { approval_rule_template: template.shown() })
    })
    .await
}

pub(crate) async fn get_approval_rule_template(
    cx: Cx,
    input: GetApprovalRuleTemplateInput,
) -> Result<GetApprovalRuleTemplateOutput, Error> {
    let name = &input.approval_rule_template_name;
    let found = cx.read(|tx| Template::load(tx, &cx.scope(), name))?;
    Ok(GetApprovalRuleTemplateOutput { approval_rule_template: found.shown() })
}

pub(crate) async fn list_approval_rule_templates(
    cx: Cx,
    input: ListApprovalRuleTemplatesInput,
) -> Result<ListApprovalRuleTemplatesOutput, Error> {
    let page = Page::new("ListApprovalRuleTemplates", input.next_token, input.max_results, PAGE)?;
    let query = Query::first(page.size).after(page.after.clone());
    let found = cx.read(|tx| Ok(tx.list::<Template>(&cx.scope(), &query)?))?;
    Ok(ListApprovalRuleTemplatesOutput {
        approval_rule_template_names: found.items.into_iter().map(|it| it.value.name).collect(),
        next_token: page.next(found.next),
    })
}

/// Deleting what is not there is no error, as AWS has it.
pub(crate) async fn delete_approval_rule_template(
    cx: Cx,
    input: DeleteApprovalRuleTemplateInput,
) -> Result<DeleteApprovalRuleTemplateOutput, Error> {
    let (scope, by) = (cx.scope(), By::of(&cx));
    let name = input.approval_rule_template_name;
    check_name(&name, errors::INVALID_APPROVAL_RULE_TEMPLATE_NAME)?;
    cx.write(move |tx| {
        let Some(template) = tx.get::<Template>(&scope, &name)? else {
            return Ok(DeleteApprovalRuleTemplateOutput::default());
        };
        if template.is_associated(tx, &scope)? {
            return Err(errors::APPROVAL_RULE_TEMPLATE_IN_USE.error(format!(
                "The approval rule template {name} is associated with repositories. Disassociate \
                 it from all of them first."
            )));
        }
        tx.delete::<Template>(&scope, &name)?;
        tx.emit(template_changed(&scope, &template, &by, &Change::Deleted))?;
        Ok(DeleteApprovalRuleTemplateOutput { approval_rule_template_id: Some(template.value.id) })
    })
    .await
}

/// Keeps a changed template, with the event that tells of it.
fn save(
    tx: &mut WriteTx<'_>,
    template: &mut Stored<Template>,
    by: &By,
) -> Result<ApprovalRuleTemplate, Error> {
    template.modified = by.now;
    template.modified_by.clone_from(&by.caller.arn);
    let scope = template.scope.clone();
    tx.update(&scope, template)?;
    tx.emit(template_changed(&scope, template, by, &Change::Updated))?;
    Ok(template.shown())
}

/// Rules that the template made before stay as they are.
pub(crate) async fn update_approval_rule_template_content(
    cx: Cx,
    input: UpdateApprovalRuleTemplateContentInput,
) -> Result<UpdateApprovalRuleTemplateContentOutput, Error> {
    check_content(&input.new_rule_content)?;
    let (scope, by) = (cx.scope(), By::of(&cx));
    cx.write(move |tx| {
        let mut template = Template::load(tx, &scope, &input.approval_rule_template_name)?;
        check_existing(&template.content, input.existing_rule_content_sha256.as_deref())?;
        template.content.clone_from(&input.new_rule_content);
        let approval_rule_template = save(tx, &mut template, &by)?;
        Ok(UpdateApprovalRuleTemplateContentOutput { approval_rule_template })
    })
    .await
}

pub(crate) async fn update_approval_rule_template_description(
    cx: Cx,
    input: UpdateApprovalRuleTemplateDescriptionInput,
) -> Result<UpdateApprovalRuleTemplateDescriptionOutput, Error> {
    let (scope, by) = (cx.scope(), By::of(&cx));
    cx.write(move |tx| {
        let mut template = Template::load(tx, &scope, &input.approval_rule_template_name)?;
        template.description = Some(input.approval_rule_template_description.clone());
        let approval_rule_template = save(tx, &mut template, &by)?;
        Ok(UpdateApprovalRuleTemplateDescriptionOutput { approval_rule_template })
    })
    .await
}

pub(crate) async fn update_approval_rule_template_name(
    cx: Cx,
    input: UpdateApprovalRuleTemplateNameInput,
) -> Result<UpdateApprovalRuleTemplateNameOutput, Error> {
    let (scope, by) = (cx.scope(), By::of(&cx));
    cx.write(move |tx| {
        let old = Template::load(tx, &scope, &input.old_approval_rule_template_name)?;
        let name = &input.new_approval_rule_template_name;
        refuse_taken(tx, &scope, name)?;
        tx.delete::<Template>(&scope, &old.name)?;
        let renamed = Template {
            name: name.clone(),
            modified: by.now,
            modified_by: by.caller.arn.clone(),
            ..old.value
        };
        tx.insert(&scope, &renamed)?;
        tx.emit(template_changed(&scope, &renamed, &by, &Change::Updated))?;
        Ok(UpdateApprovalRuleTemplateNameOutput { approval_rule_template: renamed.shown() })
    })
    .await
}
