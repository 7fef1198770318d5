import { JsonEditor } from '../../../components/JsonEditor';
import { problemsOf, type Problem } from '../../../components/JsonText';
import { check, type Flaw } from './check';
import { problemOf } from './place';
import type { ActionType } from '../types';

/** All that is wrong with a document, at its places; `more` is what the yard said. */
export const problemsIn = (text: string, types: ActionType[], more: Flaw[] = []): Problem[] =>
  problemsOf(text, (root) => [...check(JSON.parse(text), types), ...more].map((flaw) => problemOf(root, flaw)));

interface Props {
  text: string;
  onChange: (text: string) => void;
  problems: Problem[];
}

export function JsonTab({ text, onChange, problems }: Props) {
  return <JsonEditor value={text} onChange={onChange} problems={problems} rows={30} ariaLabel="The pipeline as JSON" fine="The structure is as CodePipeline wants it." />;
}
