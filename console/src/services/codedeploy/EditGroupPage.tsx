import Spinner from '@cloudscape-design/components/spinner';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go } from '../../app/router';
import type { PageProps } from '../../app/service';
import { Failure } from '../../components/Failure';
import { getGroup, updateGroup } from './api';
import { draftOf, updateOf } from './group';
import { GroupForm } from './GroupForm';
import { places } from './places';

export default function EditGroupPage({ params: { name, group } }: PageProps) {
  const { data, error, reload } = useResource(`edit group ${name} ${group}`, (signal) => getGroup(name, group, signal));
  if (error && !data) return <Failure what="The deployment group can’t be edited" error={error} retry={reload} />;
  if (!data) return <Spinner size="large" />;
  return (
    <GroupForm
      title={`Edit ${group}`}
      action="Save changes"
      initial={draftOf(data)}
      cancel={places.group(name, group)}
      onSubmit={async (draft) => {
        await updateGroup({ applicationName: name, currentDeploymentGroupName: group, ...updateOf(data, draft) });
        notify({ type: 'success', header: `The deployment group ${draft.name} was saved` });
        go(places.group(name, draft.name));
      }}
    />
  );
}
