import Alert from '@cloudscape-design/components/alert';
import type { Pipeline } from '../types';
import type { Flaw } from './check';
import { describe } from './place';

/** What is wrong, each with its place, where somebody tried to save. */
export function FlawList({ flaws, pipeline }: { flaws: Flaw[]; pipeline: Pipeline }) {
  const errors = flaws.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return null;
  return (
    <Alert type="error" header={errors.length === 1 ? 'One thing is wrong' : `${errors.length} things are wrong`}>
      <ul>
        {errors.map((flaw) => (
          <li key={flaw.path.join('.') + flaw.message}>
            {describe(flaw.path, pipeline)}: {flaw.message}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
