import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { go } from '../../../app/router';
import { notify } from '../../../app/notifications';
import { FormModal } from '../../../components/FormModal';
import { createPipeline, getPipeline } from '../api';
import { places } from '../links';
import { badName } from '../edit/check';

/** Makes a pipeline like another one. It starts at once, as each new pipeline does. */
export function CloneDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const [to, setTo] = useState(`${name}-copy`);
  const wrong = badName(to);
  const clone = async () => {
    const { pipeline } = await getPipeline(name);
    const { version: _, ...structure } = pipeline;
    await createPipeline({ ...structure, name: to });
    notify({ type: 'success', header: `${to} was created as a copy of ${name}` });
    go(places.pipeline(to));
  };
  return (
    <FormModal title={`Clone ${name}`} action="Clone" ready={!wrong} onSubmit={clone} onClose={onClose}>
      <p>The copy has the same stages, role, artifact bucket and variables, but no tags and no history. It runs once as soon as it exists.</p>
      <FormField label="Name of the copy" errorText={wrong}>
        <Input value={to} autoFocus onChange={({ detail }) => setTo(detail.value)} />
      </FormField>
    </FormModal>
  );
}
