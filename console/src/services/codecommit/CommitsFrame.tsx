import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { go } from '../../app/router';
import { places } from './places';
import { RepositoryFrame } from './RepositoryFrame';

type View = 'commits' | 'visualizer' | 'compare';

/** The views of a repository's history. */
export function CommitsFrame({ name, view, reference, children }: { name: string; view?: View; reference?: string; children: ReactNode }) {
  const to: Record<View, string> = {
    commits: places.commits(name, reference),
    visualizer: places.graph(name, reference),
    compare: places.compare(name),
  };
  return (
    <RepositoryFrame name={name} tab="commits">
      <SpaceBetween size="m">
        <SegmentedControl
          label="Views of history"
          selectedId={view ?? null}
          onChange={({ detail }) => go(to[detail.selectedId as View])}
          options={[
            { id: 'commits', text: 'Commits' },
            { id: 'visualizer', text: 'Commit visualizer' },
            { id: 'compare', text: 'Compare commits' },
          ]}
        />
        {children}
      </SpaceBetween>
    </RepositoryFrame>
  );
}
