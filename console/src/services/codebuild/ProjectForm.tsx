import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type FormEvent } from 'react';
import { Failure } from '../../components/Failure';
import { useGuard } from '../../components/guard';
import { useSubmit } from '../../components/useSubmit';
import { FormAndJson } from './FormAndJson';
import type { Input } from './lens';
import { wrongOf } from './projectInput';
import { ProjectFields } from './ProjectFields';

interface Props {
  title: string;
  action: string;
  begin: Input;
  isNew: boolean;
  cancel: string;
  /** Reads again what it began with, before that is overwritten. */
  read?: () => Promise<Input>;
  save: (input: Input) => Promise<void>;
}

/** A project as a form and as JSON. */
export function ProjectForm({ title, action, begin, isNew, cancel, read, save }: Props) {
  const [input, setInput] = useState(begin);
  const [tried, setTried] = useState(false);
  const [isJson, setIsJson] = useState(true);
  const { busy, error, submit } = useSubmit();
  const wrong = wrongOf(input);
  const count = Object.keys(wrong).length;
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (count === 0 && isJson) store();
  };
  const store = () =>
    void submit(async () => {
      if (await isUnchanged()) await save(input);
    });
  const { isUnchanged, question } = useGuard<Input>(
    read && {
      opened: begin,
      read,
      load: setInput,
      shown: (now) => <pre className="there-now" tabIndex={0} role="region" aria-label="There now">{JSON.stringify(now, undefined, 2)}</pre>,
    },
    store,
  );
  return (
    <form onSubmit={send}>
      <Form
        header={<Header variant="h1">{title}</Header>}
        errorText={tried && count > 0 && `${count === 1 ? 'One thing is' : `${count} things are`} missing or wrong: ${Object.values(wrong)[0]}.`}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" href={`#${cancel}`} formAction="none">Cancel</Button>
            <Button variant="primary" loading={busy}>{action}</Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <FormAndJson label="Project" input={input} onChange={setInput} onValid={setIsJson}>
            <ProjectFields of={{ input, wrong: tried ? wrong : {}, change: setInput }} isNew={isNew} />
          </FormAndJson>
          {question}
          {error && <Failure what="The project was not saved" error={error} />}
        </SpaceBetween>
      </Form>
    </form>
  );
}
