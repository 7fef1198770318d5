import './codecommit.css';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { go } from '../../app/router';
import { rangeOf, SourceView, textOf, type LineRange } from '../../components/code';
import { imageUrl, sizeText } from '../../components/diff/content';
import { follow } from '../../components/saveFile';
import { lastOf, type FileHere } from './contents';
import { places } from './places';
import { Readme } from './Readme';

/** Text of this size is shown: a megabyte has some 30,000 lines. */
const MOST_TEXT = 20_000_000;

interface Props {
  repository: string;
  reference: string;
  file: FileHere;
  /** Chosen lines, as the address has them. */
  lines: string | null;
  /** Whether it can be committed to. */
  isBranch: boolean;
}

/** A file: its text with colours, what it is meant to look like, or what it is. */
export function FileView({ repository, reference, file: { entry, content, bytes, commitId }, lines, isBranch }: Props) {
  const { path, name, mode } = entry;
  const isMarkdown = /\.(md|markdown)$/i.test(name);
  const picture = imageUrl(path, content);
  const chosen = rangeOf(lines);
  const [view, setView] = useState(chosen || (!isMarkdown && !picture) ? 'source' : 'preview');
  const isText = content.kind === 'text';

  const download = () => {
    if (!bytes) return;
    // As nothing that a browser would open by itself.
    const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
    follow(url, name);
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  const choose = (range: LineRange | undefined) => go(places.browse(repository, reference, path, range && textOf(range)));
  const act = (id: string) => {
    if (id === 'delete') go(places.remove(repository, reference, path));
    else if (id === 'rename') go(places.rename(repository, reference, path));
  };
  const permalink = `${location.origin}${location.pathname}#${places.browse(repository, commitId, path, chosen && textOf(chosen))}`;

  return (
    <Container
      header={
        <Header
          variant="h2"
          description={[content.kind !== 'large' && sizeText(content.size), mode === 'EXECUTABLE' && 'executable', mode === 'SYMLINK' && 'symbolic link'].filter(Boolean).join(', ')}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {(isMarkdown || picture) && isText && (
                <SegmentedControl
                  label="How the file is shown"
                  selectedId={view}
                  options={[{ id: 'preview', text: 'Preview' }, { id: 'source', text: 'Source' }]}
                  onChange={({ detail }) => setView(detail.selectedId)}
                />
              )}
              <CopyToClipboard variant="icon" textToCopy={permalink} copyButtonAriaLabel="Copy a permanent link" copySuccessText="Link copied" copyErrorText="The browser does not let it be copied" />
              <Button href={`#${places.history(repository, reference, path)}`}>History</Button>
              {isText && <Button href={`#${places.blame(repository, reference, path)}`}>Blame</Button>}
              <Button disabled={!bytes} iconName="download" onClick={download}>Download</Button>
              {isBranch && <Button href={`#${places.edit(repository, reference, path)}`}>Edit</Button>}
              {isBranch && (
                <ButtonDropdown
                  variant="icon"
                  ariaLabel="More of this file"
                  items={[{ id: 'rename', text: 'Rename or move' }, { id: 'delete', text: 'Delete' }]}
                  onItemClick={({ detail }) => act(detail.id)}
                />
              )}
            </SpaceBetween>
          }
        >
          {lastOf(path)}
        </Header>
      }
    >
      {content.kind === 'large' && <Note>The file has more than 20 MB, which the API does not give: clone the repository to have it.</Note>}
      {picture && view === 'preview' && <img className="picture" src={picture} alt={name} />}
      {content.kind === 'binary' && !picture && <Note>This is no text. Download it to open it.</Note>}
      {isText && isMarkdown && view === 'preview' && <Readme repository={repository} reference={reference} path={path} text={content.text} />}
      {isText && (view === 'source' || (!isMarkdown && !picture)) && (
        content.text === '' ? <Note>The file is empty.</Note>
        : content.size > MOST_TEXT ? <Note>The file is too long to be shown. Download it.</Note>
        : <SourceView path={path} text={content.text} chosen={chosen} onChoose={choose} />
      )}
    </Container>
  );
}

function Note({ children }: { children: string }) {
  return <Box padding="m" textAlign="center" color="text-body-secondary">{children}</Box>;
}
