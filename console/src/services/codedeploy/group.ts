// A deployment group as it is edited.

import type { Group, TagFilter } from './types';
import { badName } from './names';

export interface GroupDraft {
  name: string;
  role: string;
  config: string;
  /** Hosts must fit one filter of each list. */
  lists: TagFilter[][];
  rollbackOnFailure: boolean;
  rollbackOnStop: boolean;
  outdated: string;
}

export const NEW: GroupDraft = {
  name: '',
  role: '',
  config: 'CodeDeployDefault.OneAtATime',
  lists: [[{ Key: '', Value: '', Type: 'KEY_AND_VALUE' }]],
  rollbackOnFailure: false,
  rollbackOnStop: false,
  outdated: 'UPDATE',
};

export function draftOf(group: Group): GroupDraft {
  const { enabled, events = [] } = group.autoRollbackConfiguration ?? {};
  const lists = group.onPremisesTagSet?.onPremisesTagSetList ?? [];
  const filters = group.onPremisesInstanceTagFilters ?? [];
  return {
    name: group.deploymentGroupName,
    role: group.serviceRoleArn,
    config: group.deploymentConfigName,
    lists: lists.length > 0 ? lists : filters.length > 0 ? [filters] : [],
    rollbackOnFailure: !!enabled && events.includes('DEPLOYMENT_FAILURE'),
    rollbackOnStop: !!enabled && events.includes('DEPLOYMENT_STOP_ON_REQUEST'),
    outdated: group.outdatedInstancesStrategy ?? 'UPDATE',
  };
}

/** What is compared is what the type says. */
function cleaned({ Key, Value, Type }: TagFilter): TagFilter {
  if (Type === 'KEY_ONLY') return { Key, Type };
  return Type === 'VALUE_ONLY' ? { Value, Type } : { Key, Value: Value ?? '', Type };
}

export const listsOf = (lists: TagFilter[][]) => lists.filter((list) => list.length > 0).map((list) => list.map(cleaned));

/** The members that creations and updates share. One list is what AWS calls tag filters. */
export function inputOf(draft: GroupDraft) {
  const lists = listsOf(draft.lists);
  const events = [...(draft.rollbackOnFailure ? ['DEPLOYMENT_FAILURE'] : []), ...(draft.rollbackOnStop ? ['DEPLOYMENT_STOP_ON_REQUEST'] : [])];
  return {
    serviceRoleArn: draft.role,
    deploymentConfigName: draft.config,
    onPremisesInstanceTagFilters: lists.length === 1 ? lists[0] : [],
    onPremisesTagSet: { onPremisesTagSetList: lists.length > 1 ? lists : [] },
    autoRollbackConfiguration: { enabled: events.length > 0, events },
    outdatedInstancesStrategy: draft.outdated,
  };
}

/** Events that the form has. Others that a group rolls back on stay. */
const SHOWN = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST'];

/** What UpdateDeploymentGroup must be told: what the form does not show, or nobody changed, stays. */
export function updateOf(group: Group, draft: GroupDraft): Partial<ReturnType<typeof inputOf>> & { newDeploymentGroupName?: string } {
  const before = draftOf(group);
  const all = inputOf(draft);
  const same = inputOf(before);
  const update: ReturnType<typeof updateOf> = {};
  if (draft.name !== before.name) update.newDeploymentGroupName = draft.name;
  if (draft.role !== before.role) update.serviceRoleArn = draft.role;
  if (draft.config !== before.config) update.deploymentConfigName = draft.config;
  if (draft.outdated !== before.outdated) update.outdatedInstancesStrategy = draft.outdated;
  if (JSON.stringify(listsOf(draft.lists)) !== JSON.stringify(listsOf(before.lists))) {
    // They exclude each other.
    update.onPremisesInstanceTagFilters = all.onPremisesInstanceTagFilters;
    update.onPremisesTagSet = all.onPremisesTagSet;
  }
  if (JSON.stringify(all.autoRollbackConfiguration) !== JSON.stringify(same.autoRollbackConfiguration)) {
    const { enabled, events = [] } = group.autoRollbackConfiguration ?? {};
    const kept = enabled ? events.filter((it) => !SHOWN.includes(it)) : [];
    const now = [...all.autoRollbackConfiguration.events, ...kept];
    update.autoRollbackConfiguration = { enabled: now.length > 0, events: now };
  }
  return update;
}

export interface GroupFlaws {
  name?: string;
  role?: string;
  /** By list and filter. */
  filters: (string | undefined)[][];
}

export function flawsOf(draft: GroupDraft): GroupFlaws {
  const filterFlaw = ({ Key, Value, Type }: TagFilter) => {
    if (Type !== 'VALUE_ONLY' && !Key) return 'A key is needed';
    return Type === 'VALUE_ONLY' && !Value ? 'A value is needed' : undefined;
  };
  return {
    name: badName(draft.name),
    role: /^arn:aws(-\w+)*:iam::\d{12}:role\/.+$/.test(draft.role) ? undefined : 'The ARN of a role is needed',
    filters: draft.lists.map((list) => list.map(filterFlaw)),
  };
}

export const isFine = ({ name, role, filters }: GroupFlaws) => !name && !role && !filters.flat().some(Boolean);

const WORDS: Record<string, (filter: TagFilter) => string> = {
  KEY_ONLY: ({ Key }) => `${Key} with any value`,
  VALUE_ONLY: ({ Value }) => `any key with ${Value}`,
};

/** `env=staging or tier with any value`. */
export const listText = (list: TagFilter[]) => list.map((it) => (WORDS[it.Type ?? ''] ?? (({ Key, Value }: TagFilter) => `${Key}=${Value ?? ''}`))(it)).join(' or ');
