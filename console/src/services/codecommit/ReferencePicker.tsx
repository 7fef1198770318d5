import Select, { type SelectProps } from '@cloudscape-design/components/select';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { isOfRepository } from './api';
import { listReferences, type Reference } from './history';
import { branchOf, isCommitId, kindOf, shortId, shownReference, tagOf } from './words';

interface Props {
  repository: string;
  /** A branch's name, a full name of a tag, or a commit's id. */
  value?: string;
  onChange: (reference: string) => void;
  label: string;
  /** Only branches can be chosen. */
  branchesOnly?: boolean;
  placeholder?: string;
  invalid?: boolean;
}

/** Chooses a branch, a tag or a commit: what is typed is looked for in names, and may be a commit's id. */
export function ReferencePicker({ repository, value, onChange, label, branchesOnly, placeholder, invalid }: Props) {
  const [text, setText] = useState('');
  const concerns = (arn: string) => isOfRepository(arn, repository);
  const read = (kind: string) => (signal: AbortSignal) => found(repository, kind, text.trim(), signal);
  const branches = useResource(`branches of ${repository} ${text.trim()}`, read('refs/heads/'), concerns);
  const tags = useResource(
    `tags of ${repository} ${branchesOnly ?? ''} ${text.trim()}`,
    branchesOnly ? () => Promise.resolve([]) : read('refs/tags/'),
    concerns,
  );

  const options: SelectProps.OptionGroup[] = [
    { label: 'Branches', options: (branches.data ?? []).map(({ name }) => ({ value: branchOf(name), label: branchOf(name) })) },
  ];
  if (tags.data?.length) options.push({ label: 'Tags', options: tags.data.map(({ name }) => ({ value: name, label: tagOf(name) })) });
  if (!branchesOnly && isCommitId(text.trim())) {
    options.unshift({ label: 'Commit', options: [{ value: text.trim(), label: shortId(text.trim()), description: text.trim() }] });
  }
  const filled = options.filter((group) => group.options.length > 0);
  const kind = value && kindOf(value);
  const prefix = kind === 'commit' ? 'Commit: ' : kind === 'tag' ? 'Tag: ' : 'Branch: ';
  return (
    <Select
      selectedOption={value ? { value, label: `${branchesOnly ? '' : prefix}${shownReference(value)}` } : null}
      options={filled}
      filteringType="manual"
      filteringAriaLabel={`${label}: find`}
      filteringPlaceholder={branchesOnly ? 'Find a branch' : 'Find a branch or a tag, or give a commit’s whole id'}
      statusType={branches.error ? 'error' : branches.loading || tags.loading ? 'loading' : 'finished'}
      loadingText="Looking"
      errorText={branches.error?.shown}
      recoveryText="Try again"
      empty="No branch or tag is called so"
      placeholder={placeholder ?? 'Choose a branch'}
      ariaLabel={label}
      invalid={invalid}
      expandToViewport
      onLoadItems={({ detail }) => (detail.filteringText === text && branches.error ? branches.reload() : setText(detail.filteringText))}
      onChange={({ detail }) => detail.selectedOption.value && onChange(detail.selectedOption.value)}
    />
  );
}

/** References that have the text in their names: of the first hundred all, of the rest those that begin so. */
async function found(repositoryName: string, prefix: string, text: string, signal: AbortSignal): Promise<Reference[]> {
  const first = await listReferences({ repositoryName, prefix }, signal);
  const fits = first.references.filter(({ name }) => name.slice(prefix.length).toLowerCase().includes(text.toLowerCase()));
  if (!text || !first.nextToken) return fits;
  const more = await listReferences({ repositoryName, prefix: prefix + text }, signal);
  const known = new Set(fits.map(({ name }) => name));
  return [...fits, ...more.references.filter(({ name }) => !known.has(name))];
}
