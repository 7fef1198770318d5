import DateRangePicker, { type DateRangePickerProps } from '@cloudscape-design/components/date-range-picker';
import Link from '@cloudscape-design/components/link';
import Button from '@cloudscape-design/components/button';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { now } from '../../api/session';
import { useResource } from '../../api/useResource';
import { Empty } from '../../components/Empty';
import { isAny, isOfGroup, listApplicationNames, listDeployments, listGroupNames } from './api';
import { DeploymentTable } from './DeploymentTable';
import { places } from './places';
import { readable, STATUSES } from './status';
import { rangeOf } from './timeRange';

const STEP = 100;
const ALL = { value: '', label: 'All groups' };
type Range = DateRangePickerProps.Value | null;

/** All groups, as `application/group`. */
async function groups(signal: AbortSignal): Promise<string[]> {
  const applications = await listApplicationNames(signal);
  const lists = await Promise.all(applications.map(async (name) => (await listGroupNames(name, signal)).map((group) => `${name}/${group}`)));
  return lists.flat();
}

export default function DeploymentsPage() {
  const [statuses, setStatuses] = useState<string[]>([]);
  const [group, setGroup] = useState('');
  const [range, setRange] = useState<Range>(null);
  const [most, setMost] = useState(STEP);
  const [applicationName, deploymentGroupName] = group.split('/');
  const found = useResource(
    `deployments ${statuses.join()} ${group} ${JSON.stringify(range)} ${most}`,
    (signal) =>
      listDeployments(
        {
          includeOnlyStatuses: statuses.length > 0 ? statuses : undefined,
          createTimeRange: rangeOf(range, now().getTime() / 1000),
          ...(group ? { applicationName, deploymentGroupName } : {}),
        },
        most,
        signal,
      ),
    (arn) => (group ? isOfGroup(arn, applicationName, deploymentGroupName) : isAny(arn)),
  );
  const known = useResource('deployment groups', groups);
  const isFiltered = statuses.length > 0 || group !== '' || range !== null;
  return (
    <DeploymentTable
      level="page"
      withGroup
      resource={{ ...found, data: found.data?.deployments }}
      actions={found.data?.more && <Button onClick={() => setMost(most + STEP)}>Read older ones</Button>}
      filters={
        <SpaceBetween direction="horizontal" size="xs">
          <Multiselect
            ariaLabel="Status"
            placeholder={statuses.length > 0 ? statuses.map(readable).join(', ') : 'Any status'}
            hideTokens
            selectedOptions={statuses.map((value) => ({ value, label: readable(value) }))}
            options={STATUSES.map((value) => ({ value, label: readable(value) }))}
            onChange={({ detail }) => setStatuses(detail.selectedOptions.map(({ value }) => value ?? ''))}
          />
          <Select
            ariaLabel="Deployment group"
            filteringType="auto"
            selectedOption={group ? { value: group, label: group } : ALL}
            options={[ALL, ...(known.data ?? []).map((value) => ({ value, label: value }))]}
            statusType={known.error ? 'error' : known.data ? 'finished' : 'loading'}
            errorText={known.error && `The groups can’t be listed: ${known.error.code}`}
            onChange={({ detail }) => setGroup(detail.selectedOption.value ?? '')}
          />
          <DateRangePicker
            value={range}
            onChange={({ detail }) => setRange(detail.value)}
            placeholder="Any time"
            dateOnly={false}
            relativeOptions={[
              { key: 'hour', amount: 1, unit: 'hour', type: 'relative' },
              { key: 'day', amount: 1, unit: 'day', type: 'relative' },
              { key: 'week', amount: 7, unit: 'day', type: 'relative' },
              { key: 'month', amount: 30, unit: 'day', type: 'relative' },
            ]}
            isValidRange={(value) =>
              value?.type === 'absolute' && !(Date.parse(value.startDate) < Date.parse(value.endDate))
                ? { valid: false, errorMessage: 'The range ends before it begins.' }
                : { valid: true }
            }
            i18nStrings={{
              ariaLabel: 'When it was created',
              todayAriaLabel: 'Today',
              nextMonthAriaLabel: 'Next month',
              previousMonthAriaLabel: 'Previous month',
              customRelativeRangeDurationLabel: 'Duration',
              customRelativeRangeDurationPlaceholder: 'Duration',
              customRelativeRangeOptionLabel: 'Custom range',
              customRelativeRangeOptionDescription: 'A range up to now',
              customRelativeRangeUnitLabel: 'Unit of time',
              formatRelativeRange: ({ amount, unit }) => `Last ${amount} ${unit}${amount === 1 ? '' : 's'}`,
              formatUnit: (unit, amount) => (amount === 1 ? unit : `${unit}s`),
              relativeModeTitle: 'Relative range',
              absoluteModeTitle: 'Absolute range',
              relativeRangeSelectionHeading: 'Choose a range',
              startDateLabel: 'Start date',
              endDateLabel: 'End date',
              startTimeLabel: 'Start time',
              endTimeLabel: 'End time',
              clearButtonLabel: 'Any time',
              cancelButtonLabel: 'Cancel',
              applyButtonLabel: 'Apply',
            }}
          />
        </SpaceBetween>
      }
      empty={
        isFiltered ? (
          <Empty title="No deployment fits">Choose more states, another group or a longer time.</Empty>
        ) : (
          <Empty title="Nothing was deployed yet">
            A deployment brings a revision, a bundle with an AppSpec file, to the hosts of a group. Begin with <Link href={`#${places.applications}`}>an application</Link>.
          </Empty>
        )
      }
    />
  );
}
