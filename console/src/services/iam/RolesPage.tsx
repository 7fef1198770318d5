import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import { useResource } from '../../api/useResource';
import { Empty } from '../../components/Empty';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { documentOf, entityPath, listRoles, seconds } from './api';
import { trusted } from './trust';

export default function RolesPage() {
  const roles = useResource('iam roles', listRoles);
  return (
    <ItemTable
      title="Roles"
      description="A role is assumed, for a time, by services, users or other accounts that it trusts."
      resource={roles}
      idOf={({ RoleName }) => RoleName}
      textOf={({ RoleName, Path }) => `${Path}${RoleName}`}
      actions={() => <Button variant="primary" href="#/iam/create-role">Create role</Button>}
      empty={<Empty title="There are no roles yet">CodeBuild, CodePipeline and CodeDeploy each act by a role that trusts them. “Create role” makes one with what they need.</Empty>}
      columns={[
        { id: 'name', header: 'Role name', isRowHeader: true, sortBy: (it) => it.RoleName, cell: ({ RoleName }) => <Link href={`#${entityPath('Role', RoleName)}`}>{RoleName}</Link> },
        { id: 'trusted', header: 'Trusted entities', cell: ({ AssumeRolePolicyDocument }) => trusted(documentOf(AssumeRolePolicyDocument)).join(', ') || '–' },
        { id: 'description', header: 'Description', cell: ({ Description }) => Description || '–' },
        { id: 'created', header: 'Created', sortBy: (it) => it.CreateDate, cell: ({ CreateDate }) => <Moment at={seconds(CreateDate)} /> },
      ]}
    />
  );
}
