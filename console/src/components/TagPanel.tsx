import './json.css';
import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Loaded } from '../api/useResource';
import { Failure } from './Failure';
import { useSubmit } from './useSubmit';

export interface Tag {
  Key: string;
  Value: string;
}

/** Tags that are edited in a form: key and value, as many as there may be. */
export function TagFields({ tags, onChange }: { tags: Tag[]; onChange: (tags: Tag[]) => void }) {
  const change = (at: number, part: Partial<Tag>) => onChange(tags.map((tag, index) => (index === at ? { ...tag, ...part } : tag)));
  return (
    <AttributeEditor
      items={tags}
      addButtonText="Add a tag"
      removeButtonText="Remove"
      removeButtonAriaLabel={({ Key }) => `Remove the tag ${Key}`}
      empty="There are no tags."
      disableAddButton={tags.length >= 50}
      onAddButtonClick={() => onChange([...tags, { Key: '', Value: '' }])}
      onRemoveButtonClick={({ detail }) => onChange(tags.filter((_, at) => at !== detail.itemIndex))}
      definition={[
        {
          label: 'Key',
          control: ({ Key }, at) => <Input value={Key} onChange={({ detail }) => change(at, { Key: detail.value })} />,
          errorText: (tag) => (lacksKey(tag) ? 'A value needs a key' : tag.Key && tags.filter(({ Key }) => Key === tag.Key).length > 1 && 'Another tag has this key'),
        },
        { label: 'Value', control: ({ Value }, at) => <Input value={Value} onChange={({ detail }) => change(at, { Value: detail.value })} /> },
      ]}
    />
  );
}

/** Tags as requests take them: those that have a key. */
export const filled = (tags: Tag[]) => tags.filter(({ Key }) => Key !== '');

const lacksKey = ({ Key, Value }: Tag) => Key === '' && Value !== '';

/** Whether they can be stored: a row with nothing in it is none. */
export const areTags = (tags: Tag[]) => !tags.some(lacksKey) && new Set(filled(tags).map(({ Key }) => Key)).size === filled(tags).length;

/** What must be set and what taken away to come from one list of tags to another. */
export function tagChanges(before: Tag[], after: Tag[]): { set: Tag[]; gone: string[] } {
  const known = new Map(before.map(({ Key, Value }) => [Key, Value]));
  const wanted = new Set(after.map(({ Key }) => Key));
  return {
    set: after.filter(({ Key, Value }) => known.get(Key) !== Value),
    gone: before.map(({ Key }) => Key).filter((key) => !wanted.has(key)),
  };
}

interface Props {
  resource: Pick<Loaded<Tag[]>, 'data' | 'error' | 'reload'>;
  save: (changes: { set: Tag[]; gone: string[] }) => Promise<void>;
}

/** The tags of a resource, edited in place. */
export function TagPanel({ resource: { data, error, reload }, save }: Props) {
  const [edited, setEdited] = useState<Tag[]>();
  const { busy, error: failure, submit } = useSubmit();
  if (error && !data) return <Failure what="The tags can't be shown" error={error} retry={reload} />;
  const store = () =>
    submit(async () => {
      await save(tagChanges(data ?? [], filled(edited ?? [])));
      setEdited(undefined);
      reload();
    });
  return (
    <Container
      header={
        <Header
          actions={
            edited ? (
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="link" onClick={() => setEdited(undefined)}>Cancel</Button>
                <Button variant="primary" loading={busy} disabled={!areTags(edited)} onClick={store}>Save tags</Button>
              </SpaceBetween>
            ) : (
              <Button disabled={!data} onClick={() => setEdited(data)}>Manage tags</Button>
            )
          }
          counter={data && `(${data.length})`}
          description="A tag is a key and a value; policies can ask for them with aws:ResourceTag."
        >
          Tags
        </Header>
      }
    >
      <SpaceBetween size="m">
        {failure && <Failure what="The tags were not saved" error={failure} />}
        {edited ? (
          <TagFields tags={edited} onChange={setEdited} />
        ) : (
          <ul className="tags">
            {(data ?? []).map(({ Key, Value }) => (
              <li key={Key}>
                <b>{Key}</b> {Value}
              </li>
            ))}
            {data?.length === 0 && <li>There are no tags.</li>}
          </ul>
        )}
      </SpaceBetween>
    </Container>
  );
}
