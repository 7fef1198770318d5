import './codecommit.css';
import '../../components/code/code.css';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import type { PageProps } from '../../app/service';
import { highlight } from '../../components/code';
import { FileDiff } from '../../components/diff';
import { Failure } from '../../components/Failure';
import { afterAt, CommitForm } from './CommitForm';
import { badPath, base64Of, getPlace, LIMITS, type FileHere } from './contents';
import { editable, encoded, type Editable } from './editing';
import { places } from './places';
import { RepositoryFrame } from './RepositoryFrame';
import { useTip } from './useTip';
import { kindOf } from './words';

const ROWS = 24;

/** A file of a branch, edited. */
export default function EditPage({ params: { name, reference, path } }: PageProps) {
  // Nothing is watched: what somebody edits must not change under the hand.
  const { data, error, reload } = useResource(`edit ${name} ${reference} ${path}`, (signal) => getPlace(name, reference, path, signal));
  const file = data && 'file' in data ? data.file : undefined;
  const text = file && editable(file.bytes);
  return (
    <RepositoryFrame name={name} tab="code">
      {error && <Failure what={`${path} can't be edited`} error={error} retry={reload} />}
      {!data && !error && <Spinner />}
      {data && (!file || typeof text === 'string' || kindOf(reference) !== 'branch') && (
        <Alert type="info" header={`${path} can’t be edited here`} action={<Button href={`#${places.browse(name, reference, path)}`}>Show it</Button>}>
          {typeof text === 'string' ? text : file ? 'Only branches can be committed to.' : 'It is no file.'}
        </Alert>
      )}
      {file && typeof text === 'object' && kindOf(reference) === 'branch' && <Edit name={name} branch={reference} file={file} before={text} />}
    </RepositoryFrame>
  );
}

function Edit({ name, branch, file, before }: { name: string; branch: string; file: FileHere; before: Editable }) {
  const { path, mode } = file.entry;
  const [text, setText] = useState(before.text);
  const bytes = encoded(text, before.ending);
  return (
    <CommitForm
      repository={name}
      branch={branch}
      base={file.commitId}
      title={`Edit ${path}`}
      action="Commit changes"
      message={`Edited ${path}`}
      ready={text !== before.text && bytes.length <= LIMITS.file}
      changes={() => ({ putFiles: [{ filePath: path, fileContent: base64Of(bytes), fileMode: mode }] })}
      after={afterAt(name, path)}
      cancel={places.browse(name, branch, path)}
    >
      <Tabs
        tabs={[
          { id: 'text', label: 'Edit', content: <Editor path={path} text={text} onChange={setText} /> },
          {
            id: 'changes',
            label: 'Preview changes',
            content: (
              <FileDiff
                path={path}
                before={{ kind: 'text', text: before.text, size: before.text.length }}
                after={{ kind: 'text', text, size: bytes.length }}
                view="unified"
                highlight={highlight}
              />
            ),
          },
        ]}
      />
    </CommitForm>
  );
}

function Editor({ path, text, onChange }: { path: string; text: string; onChange: (text: string) => void }) {
  return (
    <div className="editor">
      <Textarea value={text} rows={ROWS} spellcheck={false} disableBrowserAutocorrect ariaLabel={`Content of ${path || 'the new file'}`} onChange={({ detail }) => onChange(detail.value)} />
    </div>
  );
}

/** A new file in a folder of a branch. */
export function AddPage({ params: { name, reference, path: folder } }: PageProps) {
  const { tip, error, loading, reload } = useTip(name, reference);
  const [file, setFile] = useState(folder ? `${folder}/` : '');
  const [text, setText] = useState('');
  const [left, setLeft] = useState(false);
  const bad = badPath(file);
  const bytes = new TextEncoder().encode(text);
  return (
    <RepositoryFrame name={name} tab="code">
      {error && <Failure what="A file can't be made here" error={error} retry={reload} />}
      {loading && <Spinner />}
      {!error && !loading && (
        <CommitForm
          repository={name}
          branch={reference}
          base={tip}
          title="Create a file"
          action="Commit changes"
          message={`Added ${file || 'a file'}`}
          ready={!bad && bytes.length <= LIMITS.file}
          changes={() => ({ putFiles: [{ filePath: file, fileContent: base64Of(bytes) }] })}
          after={afterAt(name, file)}
          cancel={places.browse(name, reference, folder)}
        >
          <SpaceBetween size="m">
            <FormField label="File name" description="Slashes make folders." errorText={left && bad}>
              <Input value={file} autoFocus spellcheck={false} onBlur={() => setLeft(true)} onChange={({ detail }) => setFile(detail.value)} />
            </FormField>
            <FormField label="Content" stretch errorText={bytes.length > LIMITS.file && 'A file has at most 6 MB'}>
              <Editor path={file} text={text} onChange={setText} />
            </FormField>
          </SpaceBetween>
        </CommitForm>
      )}
    </RepositoryFrame>
  );
}
