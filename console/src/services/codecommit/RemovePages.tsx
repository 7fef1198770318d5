import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import type { PageProps } from '../../app/service';
import { Failure } from '../../components/Failure';
import { afterAt, CommitForm } from './CommitForm';
import { badPath, getPlace, parentOf } from './contents';
import { places } from './places';
import { RepositoryFrame } from './RepositoryFrame';

/** A file and the commit at which somebody began to take it away or move it. */
function useFile(name: string, reference: string, path: string) {
  return useResource(`file ${name} ${reference} ${path}`, async (signal) => {
    const place = await getPlace(name, reference, path, signal);
    if (!('file' in place)) throw new Error(`${path} is no file.`);
    return place.file;
  });
}

/** Deletes a file with a commit. */
export function DeletePage({ params: { name, reference, path } }: PageProps) {
  const { data: file, error, reload } = useFile(name, reference, path);
  return (
    <RepositoryFrame name={name} tab="code">
      {error && <Failure what={`${path} can't be deleted`} error={error} retry={reload} />}
      {!file && !error && <Spinner />}
      {file && (
        <CommitForm
          repository={name}
          branch={reference}
          base={file.commitId}
          title={`Delete ${path}`}
          action="Commit deletion"
          message={`Deleted ${path}`}
          ready
          changes={() => ({ deleteFiles: [{ filePath: path }] })}
          after={afterAt(name, '')}
          cancel={places.browse(name, reference, path)}
        >
          <Container>The file leaves the branch; history keeps it, and it can be had back from any commit before.</Container>
        </CommitForm>
      )}
    </RepositoryFrame>
  );
}

/** Gives a file another name, or another folder, with a commit. */
export function RenamePage({ params: { name, reference, path } }: PageProps) {
  const { data: file, error, reload } = useFile(name, reference, path);
  const [next, setNext] = useState(path);
  const bad = badPath(next);
  return (
    <RepositoryFrame name={name} tab="code">
      {error && <Failure what={`${path} can't be renamed`} error={error} retry={reload} />}
      {!file && !error && <Spinner />}
      {file && (
        <CommitForm
          repository={name}
          branch={reference}
          base={file.commitId}
          title={`Rename ${path}`}
          action="Commit new name"
          message={parentOf(path) === parentOf(next) ? `Renamed ${path}` : `Moved ${path}`}
          ready={!bad && next !== path}
          changes={() => ({ putFiles: [{ filePath: next, sourceFile: { filePath: path, isMove: true } }] })}
          after={afterAt(name, next)}
          cancel={places.browse(name, reference, path)}
        >
          <FormField label="New path" description="Another folder moves it." errorText={bad}>
            <Input value={next} autoFocus spellcheck={false} onChange={({ detail }) => setNext(detail.value)} />
          </FormField>
        </CommitForm>
      )}
    </RepositoryFrame>
  );
}
