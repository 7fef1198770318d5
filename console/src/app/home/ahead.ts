import { begin, type Reading } from '../../api/ahead';
import { measures, type Delivery } from './api';

/** Days back that can be chosen, and those that are shown first. */
export const RANGES = [7, 30, 90];
export const RANGE = 30;

export const delivery = (days: number): Reading<Delivery> => ({
  key: `delivery ${days}`,
  load: (signal) => measures(days, signal),
  concerns: (arn) => arn.includes(':codepipeline:'),
});

export const deliveryAhead = () => begin(delivery(RANGE));
