import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef, useState } from 'react';
import { notify } from '../../app/notifications';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { deleteBelow, deleteObjects, type Entry } from './api';

interface Props {
  bucket: string;
  entries: Entry[];
  /** Whether versions are shown: then those are deleted for good, in folders too. */
  versions: boolean;
  onClose: () => void;
  onDone: () => void;
}

const MOST_NAMED = 5;

export function DeleteObjects({ bucket, entries, versions, onClose, onDone }: Props) {
  const [gone, setGone] = useState(0);
  const control = useRef<AbortController>(undefined);
  useEffect(() => () => control.current?.abort(), []);
  const folders = entries.filter(({ isFolder }) => isFolder);
  const single = entries.filter(({ isFolder }) => !isFolder);

  const remove = async () => {
    const { signal } = (control.current = new AbortController());
    let count = 0;
    const tell = (more: number) => setGone(count + more);
    try {
      await deleteObjects(bucket, single.map(({ key, versionId }) => ({ key, versionId: versions ? versionId : undefined })), tell, signal);
      count += single.length;
      for (const { key } of folders) count += await deleteBelow(bucket, key, versions, tell, signal);
      notify({ type: 'success', header: count === 1 ? `${entries[0].key} was deleted` : `${count.toLocaleString()} ${versions ? 'versions' : 'objects'} were deleted` });
    } finally {
      onDone();
    }
  };
  return (
    <ConfirmDelete
      title={entries.length === 1 ? `Delete ${entries[0].key}` : `Delete ${entries.length} entries`}
      typed={versions || folders.length > 0 ? 'permanently delete' : 'delete'}
      onConfirm={remove}
      onClose={onClose}
    >
      <SpaceBetween size="xs">
        <ul>
          {entries.slice(0, MOST_NAMED).map(({ key, versionId }) => <li key={`${key} ${versionId}`}>{key}{versions && versionId && ` (${versionId})`}</li>)}
          {entries.length > MOST_NAMED && <li>and {entries.length - MOST_NAMED} more</li>}
        </ul>
        <div>
          {versions
            ? 'Versions are deleted for good. They can’t be had back.'
            : 'Where the bucket keeps versions, a delete marker hides each object, and “Show versions” brings it back; elsewhere it is gone for good.'}
          {folders.length > 0 && ' Everything in the folders goes too.'}
        </div>
        {gone > 0 && <Box color="text-status-info">{gone.toLocaleString()} deleted so far</Box>}
      </SpaceBetween>
    </ConfirmDelete>
  );
}
