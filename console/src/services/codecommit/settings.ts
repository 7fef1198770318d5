// What a repository is called and how it behaves: its settings.

import { call } from '../../api/client';
import type { Tag } from '../../components/TagPanel';
import { CODECOMMIT, type Repository } from './api';

const act = (operation: string, input: object) => call<object>(CODECOMMIT, operation, input);

export interface NewRepository {
  repositoryName: string;
  repositoryDescription?: string;
  tags?: Record<string, string>;
  kmsKeyId?: string;
}

export const createRepository = async (input: NewRepository) =>
  (await call<{ repositoryMetadata: Repository }>(CODECOMMIT, 'CreateRepository', input)).repositoryMetadata;

export const deleteRepository = (repositoryName: string) => act('DeleteRepository', { repositoryName });
export const renameRepository = (oldName: string, newName: string) => act('UpdateRepositoryName', { oldName, newName });
export const describeRepository = (repositoryName: string, repositoryDescription: string) =>
  act('UpdateRepositoryDescription', { repositoryName, repositoryDescription: repositoryDescription || undefined });
export const setDefaultBranch = (repositoryName: string, defaultBranchName: string) => act('UpdateDefaultBranch', { repositoryName, defaultBranchName });
export const setKey = (repositoryName: string, kmsKeyId: string) => act('UpdateRepositoryEncryptionKey', { repositoryName, kmsKeyId });
export const deleteBranch = (repositoryName: string, branchName: string) => act('DeleteBranch', { repositoryName, branchName });

export async function listTags(resourceArn: string, signal?: AbortSignal): Promise<Tag[]> {
  const tags: Tag[] = [];
  let nextToken: string | undefined;
  do {
    const page = await call<{ tags?: Record<string, string>; nextToken?: string }>(CODECOMMIT, 'ListTagsForResource', { resourceArn, nextToken }, signal);
    tags.push(...Object.entries(page.tags ?? {}).map(([Key, Value]) => ({ Key, Value })));
    nextToken = page.nextToken;
  } while (nextToken);
  return tags;
}

export async function changeTags(resourceArn: string, { set, gone }: { set: Tag[]; gone: string[] }) {
  if (gone.length > 0) await act('UntagResource', { resourceArn, tagKeys: gone });
  if (set.length > 0) await act('TagResource', { resourceArn, tags: Object.fromEntries(set.map(({ Key, Value }) => [Key, Value])) });
}

export interface Trigger {
  name: string;
  destinationArn: string;
  customData?: string;
  branches?: string[];
  events: string[];
}

export const getTriggers = async (repositoryName: string, signal?: AbortSignal) =>
  (await call<{ triggers?: Trigger[] }>(CODECOMMIT, 'GetRepositoryTriggers', { repositoryName }, signal)).triggers ?? [];

export const putTriggers = (repositoryName: string, triggers: Trigger[]) => act('PutRepositoryTriggers', { repositoryName, triggers });

async function templateNames(operation: string, input: object, signal?: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await call<{ approvalRuleTemplateNames?: string[]; nextToken?: string }>(CODECOMMIT, operation, { ...input, nextToken }, signal);
    names.push(...(page.approvalRuleTemplateNames ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return names;
}

export const listTemplates = (signal?: AbortSignal) => templateNames('ListApprovalRuleTemplates', {}, signal);
export const templatesOf = (repositoryName: string, signal?: AbortSignal) =>
  templateNames('ListAssociatedApprovalRuleTemplatesForRepository', { repositoryName }, signal);
export const associate = (repositoryName: string, approvalRuleTemplateName: string) =>
  act('AssociateApprovalRuleTemplateWithRepository', { repositoryName, approvalRuleTemplateName });
export const disassociate = (repositoryName: string, approvalRuleTemplateName: string) =>
  act('DisassociateApprovalRuleTemplateFromRepository', { repositoryName, approvalRuleTemplateName });

/** Why a repository can't be called so. */
export function badName(name: string): string | undefined {
  if (!name) return 'A name is needed';
  if (name.length > 100) return 'A name has at most 100 characters';
  if (!/^[\w.-]+$/.test(name)) return 'Names have letters, digits, full stops, underscores and hyphens';
  return /\.git$/i.test(name) || name === '.' || name === '..' ? 'Names do not end in .git, and are not . or ..' : undefined;
}
