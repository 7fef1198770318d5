import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import { progressOf } from './counting';
import { readable, Status } from './status';
import type { Deployment, Target } from './types';

/** How far a deployment has come: hosts that are done, and lifecycle events within them. */
export function Progress({ deployment, targets }: { deployment: Deployment; targets: Target[] }) {
  const { done, all, percent, counts } = progressOf(deployment, targets);
  const status = deployment.status === 'Failed' || deployment.status === 'Stopped' ? 'error' : deployment.status === 'Succeeded' ? 'success' : 'in-progress';
  return (
    <Container header={<Header>Deployment status</Header>}>
      <ColumnLayout columns={2}>
        <ProgressBar
          label="Installing the revision on the hosts"
          value={percent}
          status={status}
          resultText={deployment.status === 'Succeeded' ? `${done} of ${all} hosts have it` : `${deployment.status}: ${done} of ${all} hosts are done`}
          additionalInfo={all === 0 ? 'The hosts are being looked up.' : `${done} of ${all} hosts`}
        />
        <KeyValuePairs columns={3} items={counts.map(([word, count]) => ({ label: readable(word), value: count > 0 ? <Status word={word} count={count} /> : 0 }))} />
      </ColumnLayout>
    </Container>
  );
}
