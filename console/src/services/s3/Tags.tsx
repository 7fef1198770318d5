import Button from '@cloudscape-design/components/button';
import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { ApiError } from '../../api/errors';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { useGuard } from '../../components/guard';
import { useAction } from '../../components/useAction';
import { getTags, putTags, type Tag } from './objects';
import { Setting } from './Properties';

interface Props {
  bucket: string;
  objectKey?: string;
  versionId?: string;
}

/** Tags of a bucket or of an object, to be changed all at once. */
export function Tags({ bucket, objectKey, versionId }: Props) {
  const read = (signal?: AbortSignal) =>
    getTags(bucket, objectKey, versionId, signal).catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 'NoSuchTagSet') return [];
      throw error;
    });
  const of = useResource(`tags ${bucket} ${objectKey ?? ''} ${versionId ?? ''}`, read);
  return (
    <Setting title="Tags" of={of} description="Up to 10 on objects, 50 on buckets.">
      {(tags) => <Editor key={JSON.stringify(tags)} tags={tags} read={read} save={(next) => putTags(bucket, objectKey, versionId, next)} onDone={of.reload} />}
    </Setting>
  );
}

function Editor({ tags, read, save, onDone }: { tags: Tag[]; read: () => Promise<Tag[]>; save: (tags: Tag[]) => Promise<void>; onDone: () => void }) {
  const [items, setItems] = useState(tags);
  const [busy, act] = useAction();
  const change = (at: number, part: Partial<Tag>) => setItems(items.map((item, index) => (index === at ? { ...item, ...part } : item)));
  const twice = (item: Tag) => items.some((it) => it !== item && it.key === item.key);
  const bad = items.some((item) => !item.key || twice(item));
  const changed = JSON.stringify(items) !== JSON.stringify(tags);
  const store = () =>
    act('The tags were not changed', async () => {
      if (!(await isUnchanged())) return;
      await save(items);
      notify({ type: 'success', header: 'The tags were changed' });
      onDone();
    });
  // They are stored all at once: those that somebody else added would go.
  const { isUnchanged, question } = useGuard(
    { opened: tags, read, load: setItems, shown: (now) => now.map(({ key, value }) => `${key} = ${value}`).join(', ') || 'No tags' },
    store,
  );
  return (
    <SpaceBetween size="s">
      <AttributeEditor
        items={items}
        addButtonText="Add tag"
        removeButtonText="Remove"
        removeButtonAriaLabel={({ key }) => `Remove the tag ${key}`}
        empty="There are no tags."
        onAddButtonClick={() => setItems([...items, { key: '', value: '' }])}
        onRemoveButtonClick={({ detail }) => setItems(items.filter((_, at) => at !== detail.itemIndex))}
        definition={[
          {
            label: 'Key',
            control: (item, at) => <Input value={item.key} onChange={({ detail }) => change(at, { key: detail.value })} />,
            errorText: (item) => (twice(item) ? 'This key is there twice' : !item.key && item.value ? 'A value needs a key' : undefined),
          },
          { label: 'Value', control: (item, at) => <Input value={item.value} onChange={({ detail }) => change(at, { value: detail.value })} /> },
        ]}
      />
      {question}
      {changed && <Button loading={busy} disabled={bad} onClick={store}>Save tags</Button>}
    </SpaceBetween>
  );
}
