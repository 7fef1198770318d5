import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import type { ReactNode } from 'react';
import { session, shownName } from '../../api/session';
import type { Repository } from './api';
import './codecommit.css';

/** A command, to be copied. */
function Command({ text }: { text: string }) {
  return (
    <div className="command">
      <code>{text}</code>
      <CopyToClipboard variant="icon" textToCopy={text} copyButtonAriaLabel={`Copy ${text}`} copySuccessText="Copied" copyErrorText="The browser does not let it be copied" />
    </div>
  );
}

function Steps({ children }: { children: ReactNode }) {
  return <ol className="steps">{children}</ol>;
}

const isLoopback = /^(localhost|127\.|\[::1\])/;

/** How a repository is cloned, by each way to sign in. */
export function CloneSteps({ repository }: { repository: Repository }) {
  const { repositoryName: name, cloneUrlHttp: http, cloneUrlSsh: ssh } = repository;
  const who = session.get();
  const user = who && who.arn.includes(':user/') ? shownName(who.arn) : 'USER';
  const ending = /^(https?:\/\/[^/]+)/.exec(http)?.[1] ?? '';
  const plain = http.startsWith('http://') && !isLoopback.test(location.host);
  const address = ssh && /^ssh:\/\/([^/:]+|\[[^\]]+\])(?::(\d+))?/.exec(ssh);
  return (
    <Tabs
      ariaLabel="Ways to sign in"
      tabs={[
        {
          id: 'https',
          label: 'HTTPS',
          content: (
            <Steps>
              <li>
                Git credentials are a user name and a password of an IAM user. Make them once; the password is shown only then.
                <Command text={`aws iam create-service-specific-credential --user-name ${user} --service-name codecommit.amazonaws.com`} />
              </li>
              <li>
                Clone, and give them when git asks.
                <Command text={`git clone ${http}`} />
              </li>
              <li>
                Who has a role or temporary credentials uses those of the AWS CLI instead.
                <Command text={`git config --global credential.${ending}.helper '!f() { test "$1" = get && aws codecommit credential-helper --ignore-host-check get; }; f'`} />
                <Command text={`git config --global credential.${ending}.UseHttpPath true`} />
              </li>
              {plain && <li>This address is not encrypted. The same port speaks HTTPS: <code>codeyard ca --install-hint</code> tells how git trusts it.</li>}
            </Steps>
          ),
        },
        {
          id: 'grc',
          label: 'HTTPS (GRC)',
          content: (
            <Steps>
              <li>
                Install git-remote-codecommit, which signs with the credentials of the AWS CLI.
                <Command text="pip install git-remote-codecommit" />
              </li>
              <li>
                On the yard’s machine, set endpoint and region; elsewhere set <code>CODE_COMMIT_ENDPOINT</code> to the yard’s host
                and port. It speaks HTTPS only: <code>codeyard ca --install-hint</code> tells how git trusts the yard.
                <Command text={'eval "$(codeyard env)"'} />
              </li>
              <li>
                Clone.
                <Command text={`git clone codecommit://${name}`} />
                <Command text={`git clone codecommit::${who?.region ?? 'us-east-1'}://${name}`} />
              </li>
            </Steps>
          ),
        },
        {
          id: 'ssh',
          label: 'SSH',
          content: ssh ? (
            <Steps>
              <li>
                Make an RSA key and give its public half to IAM, which answers the key’s id.
                <Command text="ssh-keygen -t rsa -b 4096 -f ~/.ssh/codeyard" />
                <Command text={`aws iam upload-ssh-public-key --user-name ${user} --ssh-public-key-body "$(cat ~/.ssh/codeyard.pub)" --query SSHPublicKey.SSHPublicKeyId --output text`} />
              </li>
              <li>
                Write into <code>~/.ssh/config</code>, with that id as the user.
                <Command text={[`Host ${address?.[1] ?? ''}`, ...(address?.[2] ? [`  Port ${address[2]}`] : []), '  User KEY_ID', '  IdentityFile ~/.ssh/codeyard', '  IdentitiesOnly yes'].join('\n')} />
              </li>
              <li>
                Clone. <code>codeyard ca --known-hosts</code> prints the yard’s host keys.
                <Command text={`git clone ${ssh}`} />
              </li>
            </Steps>
          ) : (
            <Box padding={{ vertical: 'm' }}>This yard serves no SSH: it was started with <code>--ssh-listen off</code>.</Box>
          ),
        },
      ]}
    />
  );
}

export function CloneModal({ repository, onClose }: { repository: Repository; onClose: () => void }) {
  return (
    <Modal visible size="large" header={`Clone ${repository.repositoryName}`} closeAriaLabel="Close" onDismiss={onClose}>
      <SpaceBetween size="m">
        <Box color="text-body-secondary">Each way is for somebody whom IAM knows; policies decide who may pull and push.</Box>
        <CloneSteps repository={repository} />
      </SpaceBetween>
    </Modal>
  );
}
