import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useState, type ReactNode } from 'react';
import { useReading } from '../../api/useResource';
import { go } from '../../app/router';
import { CloneDialog } from './dialogs/CloneDialog';
import { StartDialog } from './dialogs/StartDialog';
import { StopDialog } from './dialogs/StopDialog';
import { isActive } from './graph/model';
import { places } from './links';
import { latestExecutions } from './readings';
import type { ExecutionSummary } from './types';

interface Props {
  name: string;
  tab: 'pipeline' | 'history' | 'settings';
  children: ReactNode;
  /** After something was started or stopped here. */
  onChanged?: () => void;
}

/** The head of a pipeline's pages: its name, what can be done with it, and the pages. */
export function PipelineFrame({ name, tab, children, onChanged }: Props) {
  const [ask, setAsk] = useState<'start' | 'stop' | 'clone'>();
  const latest = useReading(latestExecutions(name));
  const active: ExecutionSummary[] = (latest.data?.executions ?? []).filter(isActive);
  const close = () => setAsk(undefined);
  const changed = () => {
    latest.reload();
    onChanged?.();
  };
  const tabs = [
    { id: 'pipeline', label: 'Pipeline', href: places.pipeline(name) },
    { id: 'history', label: 'Executions', href: places.history(name) },
    { id: 'settings', label: 'Settings', href: places.settings(name) },
  ];
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button href={`#${places.edit(name)}`}>Edit</Button>
            <Button disabled={active.length === 0} disabledReason="No execution is in progress." onClick={() => setAsk('stop')}>Stop execution</Button>
            <Button onClick={() => setAsk('clone')}>Clone pipeline</Button>
            <Button variant="primary" onClick={() => setAsk('start')}>Release change</Button>
          </SpaceBetween>
        }
      >
        {name}
      </Header>
      <Tabs
        ariaLabel={`Pages of ${name}`}
        activeTabId={tab}
        onChange={({ detail }) => detail.activeTabHref && go(detail.activeTabHref.slice(1))}
        tabs={tabs.map((it) => ({ ...it, href: `#${it.href}`, content: it.id === tab ? children : null }))}
      />
      {ask === 'start' && <StartDialog name={name} onClose={close} onStarted={changed} />}
      {ask === 'stop' && <StopDialog name={name} active={active} onClose={close} onStopped={changed} />}
      {ask === 'clone' && <CloneDialog name={name} onClose={close} />}
    </SpaceBetween>
  );
}
