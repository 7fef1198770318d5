import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { IAM, query } from '../../../api/query';
import { rolesFor } from '../../../api/roles';
import { Suggest } from '../../../components/Suggest';

/** What the actions that this yard has need. */
const POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['codecommit:GetBranch', 'codecommit:GetCommit', 'codecommit:GetRepository', 'codecommit:GetUploadArchiveStatus', 'codecommit:UploadArchive', 'codecommit:CancelUploadArchive'], Resource: '*' },
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:GetBucketVersioning', 's3:GetBucketLocation', 's3:PutObject', 's3:PutObjectAcl', 's3:ListBucket'], Resource: '*' },
    { Effect: 'Allow', Action: ['codebuild:StartBuild', 'codebuild:StopBuild', 'codebuild:BatchGetBuilds', 'codebuild:StartBuildBatch', 'codebuild:BatchGetBuildBatches'], Resource: '*' },
    { Effect: 'Allow', Action: ['codedeploy:CreateDeployment', 'codedeploy:GetDeployment', 'codedeploy:GetDeploymentConfig', 'codedeploy:GetApplication', 'codedeploy:GetApplicationRevision', 'codedeploy:RegisterApplicationRevision'], Resource: '*' },
  ],
};

/** Makes a role that CodePipeline may take. */
export async function createRole(name: string): Promise<void> {
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'codepipeline.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
  await query(IAM, 'CreateRole', { RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) });
  await query(IAM, 'PutRolePolicy', { RoleName: name, PolicyName: 'codepipeline', PolicyDocument: JSON.stringify(POLICY) });
}

export interface RoleChoice {
  kind: 'existing' | 'new';
  arn: string;
  newName: string;
}

/** The name of a role that is to be made. */
export const badRoleName = (name: string) => (/^[\w+=,.@-]{1,64}$/.test(name) ? undefined : 'A role’s name has 1 to 64 letters, digits and + = , . @ _ -');

interface Props {
  choice: RoleChoice;
  onChange: (choice: RoleChoice) => void;
  error?: string;
  /** No new role is offered. */
  existingOnly?: boolean;
}

export function RoleField({ choice, onChange, error, existingOnly }: Props) {
  const wrongName = badRoleName(choice.newName);
  return (
    <SpaceBetween size="s">
      {!existingOnly && <FormField label="Service role" description="What the pipeline may do, it may do as this role.">
        <RadioGroup
          value={choice.kind}
          onChange={({ detail }) => onChange({ ...choice, kind: detail.value as 'new' })}
          items={[
            { value: 'existing', label: 'Existing service role' },
            { value: 'new', label: 'New service role', description: 'It may use all repositories, buckets, projects and deployment groups; narrow its policy afterwards.' },
          ]}
        />
      </FormField>}
      {choice.kind === 'existing' ? (
        <FormField label={existingOnly ? 'Service role' : 'Role ARN'} errorText={error}>
          <Suggest value={choice.arn} onChange={(arn) => onChange({ ...choice, arn })} of="roles of codepipeline" load={rolesFor('codepipeline')} placeholder="arn:aws:iam::000000000000:role/pipeline" />
        </FormField>
      ) : (
        <FormField label="Role name" errorText={error && wrongName}>
          <Input value={choice.newName} onChange={({ detail }) => onChange({ ...choice, newName: detail.value })} />
        </FormField>
      )}
    </SpaceBetween>
  );
}
