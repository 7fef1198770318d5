import { JsonEditor } from '../../../components/JsonEditor';
import { problemsOf, type Problem } from '../../../components/JsonText';
import type { Pipeline } from '../types';
import { check, type Flaw } from './check';
import { problemOf } from './place';
import type { ActionType } from '../types';

/** All that is wrong with a document, at its places; `more` is what the yard said. */
export const problemsIn = (text: string, types: ActionType[], more: Flaw[] = []): Problem[] =>
  problemsOf(text, (root) => [...check(JSON.parse(text), types), ...more].map((flaw) => problemOf(root, flaw)));

/** The structure in a document that is one. */
export function parsed(text: string): Pipeline | undefined {
  try {
    const value = JSON.parse(text) as Pipeline;
    // What the form can't hold is mended as text.
    const fits = typeof value === 'object' && value !== null && Array.isArray(value.stages) && value.stages.every((stage) => isNamed(stage) && Array.isArray(stage.actions) && stage.actions.every((it) => isNamed(it) && typeof it.actionTypeId === 'object' && it.actionTypeId !== null));
    return fits ? value : undefined;
  } catch {
    return undefined;
  }
}

const isNamed = (it: unknown) => typeof it === 'object' && it !== null && typeof (it as { name?: unknown }).name === 'string';

interface Props {
  text: string;
  onChange: (text: string) => void;
  problems: Problem[];
}

export function JsonTab({ text, onChange, problems }: Props) {
  return <JsonEditor value={text} onChange={onChange} problems={problems} rows={30} ariaLabel="The pipeline as JSON" fine="The structure is as CodePipeline wants it." />;
}
