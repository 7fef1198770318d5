import { useMemo } from 'react';
import { JsonEditor } from './JsonEditor';
import { problemsOf, type Problem } from './JsonText';
import { checkPolicy, type PolicyKind } from './policyCheck';

/** What is wrong with the text of a policy. */
export const usePolicyProblems = (text: string, kind: PolicyKind): Problem[] =>
  useMemo(() => problemsOf(text, (root) => checkPolicy(root, kind)), [text, kind]);

interface Props {
  value: string;
  onChange: (value: string) => void;
  /** From `usePolicyProblems`: whoever saves must know too. */
  problems: Problem[];
  ariaLabel?: string;
  rows?: number;
}

/** A policy document that is edited, checked as it is typed. */
export function PolicyEditor({ ariaLabel = 'Policy document', ...rest }: Props) {
  return <JsonEditor {...rest} ariaLabel={ariaLabel} fine="Nothing is wrong with the policy." />;
}
