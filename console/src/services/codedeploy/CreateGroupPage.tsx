import { notify } from '../../app/notifications';
import { go } from '../../app/router';
import type { PageProps } from '../../app/service';
import { createGroup } from './api';
import { inputOf, NEW } from './group';
import { GroupForm } from './GroupForm';
import { places } from './places';

export default function CreateGroupPage({ params: { name } }: PageProps) {
  return (
    <GroupForm
      title={`Create a deployment group in ${name}`}
      action="Create deployment group"
      initial={NEW}
      cancel={places.application(name)}
      onSubmit={async (draft) => {
        await createGroup({ applicationName: name, deploymentGroupName: draft.name, ...inputOf(draft) });
        notify({ type: 'success', header: `The deployment group ${draft.name} was created` });
        go(places.group(name, draft.name));
      }}
    />
  );
}
