import Link from '@cloudscape-design/components/link';
import { revision } from './links';
import type { Action, SourceRevision, Stage } from './types';
import './pipeline.css';

/** The source actions of a pipeline, by name. */
export const sourcesOf = (stages: Stage[] | undefined) => new Map((stages?.[0]?.actions ?? []).map((action) => [action.name, action]));

/** The revisions that an execution has, each with its message. */
export function Revisions({ revisions, sources }: { revisions: SourceRevision[] | undefined; sources?: Map<string, Action> }) {
  if (!revisions || revisions.length === 0) return <>–</>;
  return (
    <>
      {revisions.map(({ actionName, revisionId, revisionSummary }) => {
        const source = sources?.get(actionName);
        const { text, href } = revision(source?.actionTypeId, source?.configuration, revisionId ?? '');
        const shown = source ? text : text.slice(0, 12);
        return (
          <div key={actionName} className="pipeline-revision" title={revisionSummary}>
            <span className="pipeline-source">{actionName}</span>{' '}
            {href ? <Link fontSize="inherit" href={href} ariaLabel={`Commit ${shown} of ${actionName}`}>{shown}</Link> : <code>{shown || '–'}</code>}{' '}
            {firstLine(revisionSummary)}
          </div>
        );
      })}
    </>
  );
}

/** The subject of a commit's message. */
export const firstLine = (text: string | undefined) => (text ?? '').split('\n', 1)[0];
