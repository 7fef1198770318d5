import './codecommit.css';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Table from '@cloudscape-design/components/table';
import { useRef, useState, type DragEvent } from 'react';
import type { PageProps } from '../../app/service';
import { sizeText } from '../../components/diff/content';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { afterAt, CommitForm } from './CommitForm';
import { badPath, base64Of } from './contents';
import { places } from './places';
import { RepositoryFrame } from './RepositoryFrame';
import { dropped, joined, problemsOf, type Picked } from './uploads';
import { useTip } from './useTip';

/** Several files, chosen or dropped, in one commit. */
export default function UploadPage({ params: { name, reference, path } }: PageProps) {
  const { tip, error, loading, reload } = useTip(name, reference);
  const [folder, setFolder] = useState(path);
  const [files, setFiles] = useState<Picked[]>([]);
  const [over, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const badFolder = folder === '' ? undefined : badPath(`${folder}/x`);
  const problems = problemsOf(folder, files);

  const add = (more: Picked[]) => {
    const named = new Set(more.map((file) => file.path));
    setFiles((old) => [...old.filter((file) => !named.has(file.path)), ...more]);
  };
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    add(await dropped(event.dataTransfer));
  };

  return (
    <RepositoryFrame name={name} tab="code">
      {error && <Failure what="Files can't be uploaded here" error={error} retry={reload} />}
      {loading && <Spinner />}
      {!error && !loading && (
        <CommitForm
          repository={name}
          branch={reference}
          base={tip}
          title="Upload files"
          action="Commit changes"
          message={files.length === 1 ? `Uploaded ${files[0].path}` : `Uploaded ${files.length} files`}
          ready={files.length > 0 && !badFolder && problems.all === undefined && problems.byPath.size === 0}
          changes={async () => ({
            putFiles: await Promise.all(
              files.map(async ({ path: file, blob }) => ({ filePath: joined(folder, file), fileContent: base64Of(new Uint8Array(await blob.arrayBuffer())) })),
            ),
          })}
          after={afterAt(name, folder)}
          cancel={places.browse(name, reference, path)}
        >
          <Container header={<Header description="At most 100 files of 6 MB each, together 7 MB, go into one commit. For more, push with git.">Files</Header>}>
            <SpaceBetween size="m">
              <FormField label="Folder" description="Where the files go; the root if empty. Files of the same names are replaced." errorText={badFolder}>
                <Input value={folder} spellcheck={false} onChange={({ detail }) => setFolder(detail.value.replace(/^\/+|\/+$/g, ''))} />
              </FormField>
              <div
                className={`drop${over ? ' drop-over' : ''}`}
                onDragOver={(event) => {
                  event.preventDefault();
                  setOver(true);
                }}
                onDragLeave={() => setOver(false)}
                onDrop={drop}
              >
                <SpaceBetween size="s" alignItems="center">
                  <Box>Drop files or folders here</Box>
                  <Button formAction="none" iconName="upload" onClick={() => picker.current?.click()}>Choose files</Button>
                </SpaceBetween>
                <input
                  ref={picker}
                  type="file"
                  multiple
                  hidden
                  aria-label="Files to upload"
                  onChange={(event) => {
                    add([...(event.target.files ?? [])].map((file) => ({ path: file.name, blob: file })));
                    event.target.value = '';
                  }}
                />
              </div>
              <Table
                variant="embedded"
                items={files}
                trackBy="path"
                ariaLabels={{ tableLabel: 'Files to upload' }}
                header={<Header variant="h3" counter={`(${files.length})`} description={problems.all ?? sizeText(problems.size)}>To be committed</Header>}
                empty={<Empty title="No file is chosen">Choose files, or drop them above.</Empty>}
                columnDefinitions={[
                  { id: 'path', header: 'File', isRowHeader: true, cell: (file) => joined(folder, file.path) },
                  { id: 'size', header: 'Size', cell: (file) => sizeText(file.blob.size) },
                  { id: 'problem', header: 'Problem', cell: (file) => problems.byPath.get(file.path) ?? '–' },
                  {
                    id: 'remove',
                    header: 'Remove',
                    cell: (file) => (
                      <Button variant="inline-icon" formAction="none" iconName="close" ariaLabel={`Leave out ${file.path}`} onClick={() => setFiles(files.filter((it) => it !== file))} />
                    ),
                  },
                ]}
              />
            </SpaceBetween>
          </Container>
        </CommitForm>
      )}
    </RepositoryFrame>
  );
}
