import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef, useState } from 'react';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { deleteBelow, deleteBucket } from './api';
import { abortUpload, pendingUploads } from './settings';

interface Props {
  bucket: string;
  onClose: () => void;
}

/** Deletes everything in a bucket, all versions and what uploads left. */
export function EmptyBucket({ bucket, onClose, onDone }: Props & { onDone: (count: number) => void }) {
  const [gone, setGone] = useState(0);
  const control = useRef<AbortController>(undefined);
  useEffect(() => () => control.current?.abort(), []);
  const empty = async () => {
    control.current = new AbortController();
    const count = await deleteBelow(bucket, '', true, setGone, control.current.signal);
    for (let left = await pendingUploads(bucket); left.length > 0; left = await pendingUploads(bucket)) {
      for (const { key, uploadId } of left) await abortUpload(bucket, key, uploadId);
    }
    onDone(count);
  };
  return (
    <ConfirmDelete title={`Empty ${bucket}`} action="Empty" typed="permanently delete" onConfirm={empty} onClose={onClose}>
      <SpaceBetween size="xs">
        <div>All objects in <b>{bucket}</b>, all their versions and all unfinished uploads are deleted. They can’t be had back.</div>
        {gone > 0 && <Box color="text-status-info">{gone.toLocaleString()} deleted so far</Box>}
      </SpaceBetween>
    </ConfirmDelete>
  );
}

export function DeleteBucket({ bucket, onClose, onDone }: Props & { onDone: () => void }) {
  const remove = async () => {
    await deleteBucket(bucket);
    onDone();
  };
  return (
    <ConfirmDelete title={`Delete ${bucket}`} action="Delete bucket" typed={bucket} onConfirm={remove} onClose={onClose}>
      Only an empty bucket can be deleted: “Empty” deletes what is in it. Somebody else on this yard can then have its name.
    </ConfirmDelete>
  );
}
