// Approval rule templates: what each new pull request of the repositories that have them must have.

import { call } from '../../api/client';
import type { EpochSeconds } from '../../components/time';
import { CODECOMMIT } from './api';
import { contentOfRule, formOfRule, type RuleForm } from './pull-requests/rules';
import { listTemplates } from './settings';

export interface Template {
  approvalRuleTemplateName: string;
  approvalRuleTemplateDescription?: string;
  approvalRuleTemplateContent: string;
  ruleContentSha256?: string;
  lastModifiedDate?: EpochSeconds;
}

/** A template as the form has it: a rule, and the branches whose pull requests get it; all if there are none. */
export interface TemplateForm extends RuleForm {
  branches: string[];
}

const HEADS = 'refs/heads/';

export function contentOf({ branches, ...rule }: TemplateForm): string {
  const content = JSON.parse(contentOfRule(rule)) as { Version: string; Statements: unknown[] };
  const { Version, Statements } = content;
  return JSON.stringify({ Version, DestinationReferences: branches.length > 0 ? branches.map((it) => (it.startsWith('refs/') ? it : HEADS + it)) : undefined, Statements }, undefined, 2);
}

/** The template as the form has it; nothing where it says more than the form can. */
export function formOf(content: string): TemplateForm | undefined {
  try {
    const { DestinationReferences = [], ...rule } = JSON.parse(content);
    const form = formOfRule(JSON.stringify(rule));
    if (!form || !Array.isArray(DestinationReferences) || !DestinationReferences.every((it) => typeof it === 'string')) return undefined;
    return { ...form, branches: DestinationReferences.map((it: string) => (it.startsWith(HEADS) ? it.slice(HEADS.length) : it)) };
  } catch {
    return undefined;
  }
}

/** Requests that are under way at once. */
const AT_ONCE = 8;

export async function getTemplates(signal?: AbortSignal): Promise<Template[]> {
  const names = await listTemplates(signal);
  const found: Template[] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE).map((approvalRuleTemplateName) =>
      call<{ approvalRuleTemplate: Template }>(CODECOMMIT, 'GetApprovalRuleTemplate', { approvalRuleTemplateName }, signal));
    found.push(...(await Promise.all(some)).map((it) => it.approvalRuleTemplate));
  }
  return found;
}

const act = (operation: string, input: object) => call<object>(CODECOMMIT, operation, input);

export const createTemplate = (name: string, description: string, content: string) =>
  act('CreateApprovalRuleTemplate', {
    approvalRuleTemplateName: name,
    approvalRuleTemplateDescription: description || undefined,
    approvalRuleTemplateContent: content,
  });

/** Changes what differs. Its content only if nobody changed it meanwhile. */
export async function updateTemplate(old: Template, description: string, content: string) {
  const { approvalRuleTemplateName } = old;
  if (description !== (old.approvalRuleTemplateDescription ?? '')) {
    await act('UpdateApprovalRuleTemplateDescription', { approvalRuleTemplateName, approvalRuleTemplateDescription: description });
  }
  if (content !== old.approvalRuleTemplateContent) {
    const input = { approvalRuleTemplateName, newRuleContent: content, existingRuleContentSha256: old.ruleContentSha256 };
    await act('UpdateApprovalRuleTemplateContent', input);
  }
}

export const deleteTemplate = (approvalRuleTemplateName: string) => act('DeleteApprovalRuleTemplate', { approvalRuleTemplateName });

export async function repositoriesOf(approvalRuleTemplateName: string, signal?: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await call<{ repositoryNames?: string[]; nextToken?: string }>(
      CODECOMMIT, 'ListRepositoriesForApprovalRuleTemplate', { approvalRuleTemplateName, nextToken }, signal);
    names.push(...(page.repositoryNames ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return names;
}
