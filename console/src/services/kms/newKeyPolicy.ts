// The policy of a new key, after the default one of AWS's console:
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html

export interface Holders {
  account: string;
  administrators: string[];
  users: string[];
  /** Whether administrators may delete the key. */
  deletable: boolean;
}

const MANAGING = ['Create*', 'Describe*', 'Enable*', 'List*', 'Put*', 'Update*', 'Revoke*', 'Disable*', 'Get*', 'Delete*', 'TagResource', 'UntagResource', 'RotateKeyOnDemand'];
const DELETING = ['ScheduleKeyDeletion', 'CancelKeyDeletion'];
const USING = ['Encrypt', 'Decrypt', 'ReEncrypt*', 'GenerateDataKey*', 'DescribeKey'];

/** Without the first statement nobody but those named could ever reach the key. */
export function keyPolicy({ account, administrators, users, deletable }: Holders): string {
  const named = (names: string[]) => names.map((name) => `kms:${name}`);
  const statements: object[] = [
    { Sid: 'Enable IAM User Permissions', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' },
  ];
  if (administrators.length > 0) {
    statements.push({ Sid: 'Allow access for Key Administrators', Effect: 'Allow', Principal: { AWS: administrators }, Action: named(deletable ? [...MANAGING, ...DELETING] : MANAGING), Resource: '*' });
  }
  if (users.length > 0) {
    statements.push({ Sid: 'Allow use of the key', Effect: 'Allow', Principal: { AWS: users }, Action: named(USING), Resource: '*' });
  }
  return JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2);
}
