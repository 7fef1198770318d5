import type { Action, Pipeline, Stage } from '../types';

/** The structure in a document that is one. */
export function parsed(text: string): Pipeline | undefined {
  try {
    const value = JSON.parse(text) as Pipeline;
    // What the form can't hold is mended as text.
    return Array.isArray(value?.stages) && value.stages.every(isStage) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isStage = (it: unknown) => isNamed(it) && Array.isArray((it as Stage).actions) && (it as Stage).actions.every(isAction);
const isAction = (it: unknown) => isNamed(it) && typeof (it as Action).actionTypeId === 'object' && (it as Action).actionTypeId !== null;
const isNamed = (it: unknown) => typeof it === 'object' && it !== null && typeof (it as { name?: unknown }).name === 'string';
