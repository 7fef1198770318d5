import { expect, test } from 'vitest';
import { button, dialog, open, page, story, visit, yard } from './story';
import { PASSWORD } from './visit';

const heading = (name: string | RegExp) => page.getByRole('heading', { name, level: 1 }).waitFor();
const tab = (name: string) => page.getByRole('tab', { name, exact: true }).click();

story({
  prepare: async () => {
    await yard.user('rod', PASSWORD, [{ Effect: 'Allow', Action: ['events:List*', 'events:Describe*'], Resource: '*' }]);
    await yard.json('logs', 'Logs_20140328.CreateLogGroup', { logGroupName: '/events/orders' });
    await yard.json('logs', 'Logs_20140328.PutResourcePolicy', {
      policyName: 'events',
      policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] }, Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' }] }),
    });
  },
  enter: () => visit.enter(yard),
});

test('the tester tells whether an event matches, and what is wrong with a pattern', async () => {
  await open('/events/tester');
  await heading('Pattern tester');
  await visit.isAccessible();
  await visit.picture('events-tester');
  await button('Test pattern').click();
  await page.getByText('The event matches the pattern.').waitFor();
  const pattern = page.getByRole('textbox', { name: 'Event pattern' });
  await pattern.fill('{"source": ["aws.codecommit"], "detail": {"referenceName": [{"prefix": "release/"}]}}');
  // A verdict is of what was tried, not of what stands there now.
  await page.getByText('The event matches the pattern.').waitFor({ state: 'detached' });
  await button('Test pattern').click();
  await page.getByText('The event does not match the pattern.').waitFor();
  await pattern.fill('{\n  "source": "aws.codecommit",\n  "detail": {"a": [{"begins": "x"}]}\n}');
  const problems = page.getByRole('list', { name: 'Problems' });
  await problems.locator('li', { hasText: 'Line 2, column 13 What "source" may be is in a list: ["aws.codecommit"]' }).waitFor();
  await problems.locator('li', { hasText: 'Line 3, column 21 There is no operator "begins"' }).waitFor();
  expect(await button('Test pattern').isDisabled()).toBe(true);
  await visit.isAccessible();
  await visit.picture('events-pattern-errors');
  await pattern.fill('{"detail": {"n": [{"numeric": ["?", 1]}]}}');
  await button('Test pattern').click();
  await page.getByText(/The pattern can't be tested: InvalidEventPatternException/).waitFor();
});

test('every sample fits the pattern that is offered with it', async () => {
  await open('/events/create-rule');
  await heading('Create rule');
  await button('Test the pattern').click();
  for (const kind of ['CodeBuild Build State Change', 'CodePipeline Stage Execution State Change', 'Parameter Store Change', 'Order placed']) {
    for (const list of [/Begin with the events of/, /^Sample event/]) {
      await page.getByRole('button', { name: list }).click();
      await page.getByRole('option', { name: kind }).click();
      // Both lists have the same names: the one is to be gone before the other opens. What was chosen
      // moves the page, and a click that ends on the list's button by that opens it again.
      await page.keyboard.press('Escape');
      await page.getByRole('option').first().waitFor({ state: 'detached' });
    }
    await button('Test pattern').click();
    await page.getByText('The event matches the pattern.').waitFor();
  }
});

test('a rule with an input transformer brings events to a log group', async () => {
  await page.getByLabel('Name', { exact: true }).fill('orders');
  await visit.isAccessible();
  await visit.picture('events-create-rule');
  await button('Create rule').click();
  await heading('orders');
  await page.getByText('The rule has no targets').waitFor();
  await button('Add target').click();
  await dialog().getByRole('button', { name: /Target type/ }).click();
  await page.getByRole('option', { name: 'CloudWatch log group' }).click();
  await dialog().getByRole('combobox', { name: 'Target' }).fill('arn:aws:logs:us-east-1:000000000000:log-group:/events/orders');
  await page.keyboard.press('Escape');
  await dialog().getByRole('radio', { name: 'Input transformer' }).click();
  await dialog().getByLabel('Template').fill('{"timestamp": <when>, "message": "order <number>"}');
  await dialog().getByText('No path is called when, number').waitFor();
  await dialog().getByRole('textbox', { name: /Name$/ }).fill('number');
  await dialog().getByRole('textbox', { name: /Path$/ }).fill('$.detail.order');
  await dialog().getByText('No path is called when').waitFor();
  await dialog().getByLabel('Template').fill('{"timestamp": <aws.events.event.ingestion-time>, "message": "order <number>"}');
  await visit.isAccessible();
  await visit.picture('events-target');
  await dialog().getByRole('button', { name: 'Add target' }).click();
  await page.getByText('LogGroup1', { exact: true }).waitFor();
  await page.getByText('A transformed event').waitFor();
  await visit.isAccessible();
  await visit.picture('events-rule');
});

test('events of one’s own are sent, and reach the target', async () => {
  await open('/events/send');
  await heading('Send events');
  await page.getByLabel('Event source').fill('aws.mine');
  await page.getByText(/Only AWS’s services announce/).waitFor();
  await page.getByLabel('Event source').fill('com.example.orders');
  await page.getByRole('textbox', { name: 'Event detail' }).fill('{"order": "4711"}');
  await visit.isAccessible();
  await button('Send').click();
  await page.getByText('Sent', { exact: true }).waitFor();
  await visit.picture('events-sent');
  await expect
    .poll(async () => yard.json('logs', 'Logs_20140328.FilterLogEvents', { logGroupName: '/events/orders' }), { timeout: 15_000 })
    .toContain('order 4711');
});

test('rules are listed, disabled and edited', async () => {
  await open('/events/rules');
  await page.getByRole('link', { name: 'orders' }).waitFor();
  await visit.isAccessible();
  await visit.picture('events-rules');
  await page.getByRole('radio', { name: 'Select orders' }).click();
  await button('Disable').click();
  await page.getByText('Disabled', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'orders' }).click();
  await page.getByRole('link', { name: 'Edit' }).click();
  await heading('Edit orders');
  await page.getByLabel('Description').fill('Orders that were placed');
  await button('Save changes').click();
  await page.getByText('Orders that were placed').waitFor();
  await tab('Event pattern');
  await page.getByRole('region', { name: 'the event pattern' }).getByText('Order placed').waitFor();
  await open('/events/buses');
  await page.getByText('default', { exact: true }).waitFor();
  await visit.isAccessible();
  await visit.signOut('root');
});

test('a read-only user is refused', async () => {
  await visit.signIn('rod', PASSWORD);
  await page.getByRole('button', { name: 'rod' }).waitFor();
  await open('/events/rules/orders');
  await heading('orders');
  await button('Enable').click();
  await page.getByText('The rule orders was not changed: AccessDeniedException').waitFor();
  await button('Explain').waitFor();
  await visit.isAccessible();
  await visit.picture('events-refused');
  await visit.signOut('rod');
});

test('a rule is deleted with its targets', async () => {
  await visit.enter(yard);
  await open('/events/rules/orders');
  await button('Delete').click();
  await dialog().getByRole('button', { name: 'Delete' }).click();
  await page.getByText('There are no rules yet').waitFor();
});

test('nothing was refused by the pages’ own policy, and nothing failed', () => {
  expect(visit.complaints).toEqual([]);
});
