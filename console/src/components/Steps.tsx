import Wizard, { type WizardProps } from '@cloudscape-design/components/wizard';
import { useState } from 'react';
import { go } from '../app/router';

export const STEP_WORDS: WizardProps.I18nStrings = {
  stepNumberLabel: (number) => `Step ${number}`,
  collapsedStepsLabel: (number, all) => `Step ${number} of ${all}`,
  navigationAriaLabel: 'Steps',
  cancelButton: 'Cancel',
  previousButton: 'Previous',
  nextButton: 'Next',
  optional: 'optional',
};

interface Props {
  /** The steps; once somebody has tried to go on from one where something is wrong, it may say so. */
  steps: (tried: boolean) => readonly WizardProps.Step[];
  /** What is wrong in each step: nobody comes past it. */
  wrong: readonly unknown[];
  /** The word on the last button. */
  action: string;
  /** Where one is who does not go on. */
  cancel: string;
  busy: boolean;
  onSubmit: () => void;
}

/** Something that is made step by step. */
export function Steps({ steps, wrong, action, cancel, busy, onSubmit }: Props) {
  const [step, setStep] = useState(0);
  const [tried, setTried] = useState(false);
  const shown = steps(tried);
  return (
    <Wizard
      i18nStrings={STEP_WORDS}
      submitButtonText={action}
      activeStepIndex={step}
      isLoadingNextStep={busy}
      onCancel={() => go(cancel)}
      onNavigate={({ detail: { requestedStepIndex } }) => {
        const stays = requestedStepIndex > step && !!wrong[step];
        setTried(stays);
        if (!stays) setStep(requestedStepIndex);
      }}
      onSubmit={() => (wrong[step] ? setTried(true) : onSubmit())}
      steps={shown}
    />
  );
}
