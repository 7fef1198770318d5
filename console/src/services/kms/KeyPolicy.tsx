import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { Failure } from '../../components/Failure';
import { FormModal } from '../../components/FormModal';
import { textGuard } from '../../components/guard';
import { hasErrors, pretty } from '../../components/JsonText';
import { JsonView } from '../../components/JsonView';
import { PolicyEditor, usePolicyProblems } from '../../components/PolicyEditor';
import { kms } from './api';

const getPolicy = async (id: string, signal?: AbortSignal) =>
  pretty((await kms<{ Policy: string }>('GetKeyPolicy', { KeyId: id, PolicyName: 'default' }, signal)).Policy);

/** The policy of a key, without which no other policy reaches it. */
export function KeyPolicy({ id, editable }: { id: string; editable: boolean }) {
  const policy = useResource(`key policy ${id}`, (signal) => getPolicy(id, signal));
  const [editing, setEditing] = useState(false);
  if (policy.error && !policy.data) return <Failure what="The key policy can't be shown" error={policy.error} retry={policy.reload} />;
  if (!policy.data) return <Spinner />;
  return (
    <Container header={<Header description="Policies of users and roles count only where this one lets the account in." actions={editable && <Button onClick={() => setEditing(true)}>Edit</Button>}>Key policy</Header>}>
      <JsonView text={policy.data} label="the key policy" />
      {editing && <Edit id={id} text={policy.data} onDone={policy.reload} onClose={() => setEditing(false)} />}
    </Container>
  );
}

function Edit({ id, text, onDone, onClose }: { id: string; text: string; onDone: () => void; onClose: () => void }) {
  const [edited, setEdited] = useState(text);
  const problems = usePolicyProblems(edited, 'resource');
  return (
    <FormModal
      title="Edit the key policy"
      action="Save changes"
      size="large"
      ready={!hasErrors(problems)}
      onClose={onClose}
      guard={textGuard(text, () => getPolicy(id), setEdited)}
      onSubmit={async () => {
        await kms('PutKeyPolicy', { KeyId: id, PolicyName: 'default', Policy: edited });
        onDone();
      }}
    >
      <PolicyEditor value={edited} onChange={setEdited} problems={problems} ariaLabel="Key policy" />
    </FormModal>
  );
}
