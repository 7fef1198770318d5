// What approval rules say:
// https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-create-pull-request-approval-rule.html

/** A rule as the form has it. */
export interface RuleForm {
  needed: number;
  /** `CodeCommitApprovers:ACCOUNT:NAME` or ARNs; anybody if there are none. */
  members: string[];
}

const VERSION = '2018-11-08';
const MOST_NEEDED = 200;
const MOST_MEMBERS = 50;

export function contentOfRule({ needed, members }: RuleForm): string {
  const statement: Record<string, unknown> = { Type: 'Approvers', NumberOfApprovalsNeeded: needed };
  if (members.length > 0) statement.ApprovalPoolMembers = members;
  return JSON.stringify({ Version: VERSION, Statements: [statement] }, undefined, 2);
}

/** The rule as the form has it; nothing where it says more than the form can. */
export function formOfRule(content: string): RuleForm | undefined {
  try {
    const { Version, Statements, ...more } = JSON.parse(content);
    if (Version !== VERSION || Object.keys(more).length > 0 || Statements?.length !== 1) return undefined;
    const { Type, NumberOfApprovalsNeeded, ApprovalPoolMembers = [], ...rest } = Statements[0];
    if (Type !== 'Approvers' || Object.keys(rest).length > 0 || !Array.isArray(ApprovalPoolMembers)) return undefined;
    if (!Number.isInteger(NumberOfApprovalsNeeded)) return undefined;
    return { needed: NumberOfApprovalsNeeded, members: ApprovalPoolMembers.map(String) };
  } catch {
    return undefined;
  }
}

/** A member of the pool as it is written: a bare name is a user of this account. */
export const memberOf = (text: string, account: string) =>
  /^[\w+=,.@/*-]+$/.test(text.trim()) ? `CodeCommitApprovers:${account}:${text.trim()}` : text.trim();

/** What is wrong with a form, by field. */
export function wrongIn({ needed, members }: RuleForm): { needed?: string; members?: string } {
  return {
    needed: Number.isInteger(needed) && needed >= 1 && needed <= MOST_NEEDED ? undefined : `A number from 1 to ${MOST_NEEDED}`,
    members:
      members.length > MOST_MEMBERS
        ? `At most ${MOST_MEMBERS}`
        : members.find((it) => !/^(CodeCommitApprovers:\d{12}:|arn:aws:(iam|sts)::\d{12}:)[\w+=,.@/*:-]+$/.test(it))
          ? 'Each is a user’s name, CodeCommitApprovers:ACCOUNT:NAME, or an ARN of IAM or STS; an asterisk stands for any text'
          : undefined,
  };
}

/** A rule in words. */
export function ruleInWords(content: string): string {
  const form = formOfRule(content);
  if (!form) return 'A rule of several statements, or for certain branches';
  const approvals = form.needed === 1 ? 'one approval' : `${form.needed} approvals`;
  if (form.members.length === 0) return `Needs ${approvals} by anybody but the author`;
  const names = form.members.map((member) => member.replace(/^CodeCommitApprovers:\d+:/, ''));
  return `Needs ${approvals} by ${form.members.length === 1 ? names[0] : `members of the pool ${names.join(', ')}`}`;
}
